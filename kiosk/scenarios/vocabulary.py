"""The words of the scenario language: what can befall each device, what a person does, what can be seen.

An option's kind is ``count`` (a whole number from 0), ``time`` ("8 s", "2 min", "3 h", with a minus: back) or ``text``.
"""

from collections.abc import Mapping
from enum import StrEnum


class Kind(StrEnum):
    COUNT = "count"
    TIME = "time"
    TEXT = "text"


Options = Mapping[str, Kind]
_NONE: Options = {}
_FOR: Options = {"for": Kind.TIME}  # it ends by itself then

# What befalls a device, or what a hand does to it. "for" ends what can end: the hand that ends it stands in ENDS.
HANDS: Mapping[str, Mapping[str, Options]] = {
    "receipt": {
        "paper_out": {"line": Kind.COUNT}, "paper_low": _NONE, "refill": _NONE, "cover_open": _FOR, "cover_close": _NONE,
        "unplug": _FOR, "plug_in": _NONE, "silent": _FOR, "speak": _NONE, "break_off": {"line": Kind.COUNT},
    },
    "paper": {
        "paper_out": _NONE, "refill": _NONE, "jam": _FOR, "jam_in_the_job": _NONE, "clear": _NONE, "cover_open": _FOR,
        "cover_close": _NONE, "unplug": _FOR, "plug_in": _NONE,
    },
    "camera": {
        "freeze": _FOR, "thaw": _NONE, "hang": _FOR, "recover": _NONE, "cover_lens": _FOR, "uncover_lens": _NONE,
        "unplug": _FOR, "plug_in": _NONE, "lay": {"paper": Kind.TEXT}, "take_away": _NONE,
    },
    "scanner": {
        "jam": {"after": Kind.COUNT}, "cover_open": _NONE, "hang": _NONE, "mend": _NONE, "unplug": _FOR, "plug_in": _NONE,
        "lay": {"paper": Kind.TEXT},
    },
    "codes": {"held": {"by": Kind.TEXT}, "unplug": _FOR, "plug_in": _NONE, "scan_slip": _NONE},
    "power": {"cut_mains": _FOR, "restore": _NONE, "battery_low": _NONE},
    "disk": {"fill": _FOR, "read_only": _FOR, "mend": _NONE},
    "line": {"answer": {"status": Kind.COUNT, "times": Kind.COUNT}, "down": _FOR, "up": _NONE},
    "clock": {"shift": {"by": Kind.TIME}},
    "kiosk": {"power_cut": _NONE, "window_dies": _NONE, "new_content": {"half": Kind.COUNT}},
}  # fmt: skip

# what ends what began with "for"
ENDS: Mapping[tuple[str, str], str] = {
    ("receipt", "cover_open"): "cover_close", ("receipt", "unplug"): "plug_in", ("receipt", "silent"): "speak",
    ("paper", "jam"): "clear", ("paper", "cover_open"): "cover_close", ("paper", "unplug"): "plug_in",
    ("camera", "freeze"): "thaw", ("camera", "hang"): "recover", ("camera", "cover_lens"): "uncover_lens",
    ("camera", "unplug"): "plug_in", ("scanner", "unplug"): "plug_in", ("codes", "unplug"): "plug_in",
    ("power", "cut_mains"): "restore", ("disk", "fill"): "mend", ("disk", "read_only"): "mend", ("line", "down"): "up",
}  # fmt: skip

# What a person at the screen does. In training the trainee does it by hand, and the script waits.
ACTS: Mapping[str, Options] = {
    "fill_in": {"service": Kind.TEXT},  # from the first screen to the camera: questions answered rightly
    "photograph": _NONE,  # what is asked for, until the review
    "take": _NONE,  # one photograph, whatever comes of it
    "scan": _NONE,  # one page by the scanner instead
    "send": _NONE,
    "slip_again": {"times": Kind.COUNT},
    "slip_came_out": _NONE,
    "slip_did_not_come_out": _NONE,
    "ask_status": _NONE,  # by the ticket and PIN of the slip; the document is ready
    "print": _NONE,
    "print_again": {"times": Kind.COUNT},
    "type": {"text": Kind.TEXT},  # into the question that is asked
    "touch": _NONE,  # anywhere
    "begin": _NONE,  # the first screen, then the list of services
    "leave": _NONE,
}

# What can be seen. A device's role is a fact too: its code, or its state when it has none.
FACTS: Mapping[str, Kind] = {
    "step": Kind.TEXT,  # the screen, by its name in kiosk/session/steps.py
    "complaint": Kind.TEXT,  # the code that the screen words
    "slip": Kind.TEXT,  # ok, refused or doubtful
    "slip_code": Kind.TEXT,
    "document": Kind.TEXT,
    "document_code": Kind.TEXT,
    "slips": Kind.COUNT,  # papers that came out since the beginning
    "sheets": Kind.COUNT,
    "applications": Kind.COUNT,  # sealed here or at the centre, each counted once
    "delivered": Kind.COUNT,  # at the centre
    "waiting": Kind.COUNT,  # still here
    "doubtful": Kind.COUNT,  # entries of the print ledger that nobody has settled
    "closed": Kind.TEXT,  # the code that keeps new visitors out; "" when open
    "notice": Kind.TEXT,  # the first code on the first screen; "" when all is well
    "draft": Kind.TEXT,  # kept or gone
    "warned": Kind.TEXT,  # yes: the countdown to the wipe is shown
    "offered": Kind.TEXT,  # yes: services with papers can be asked for
    "copy": Kind.COUNT,  # the number on the newest slip: 1, or of a copy
}  # fmt: skip
DEVICES = frozenset(HANDS) - {"line", "clock", "kiosk"}
