"""What the screen asks of other processes (kiosk/errands) and how it stands, in the words that are shown."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from adminduk.clock import read_stamp
from kiosk.errands import FOLDER, Phase, Seen, Tray, Verb
from kiosk.session import Kiosk

STICK = (Verb.EXPORT, Verb.RECEIPTS)
KEPT = timedelta(days=1)  # so long what came of the last stick is shown
FRESH_S = 120.0  # so long without its moment
GOOD, BAD, NOTE = "good", "bad", "note"
_LOOKS = {Phase.DONE: GOOD, Phase.ASKED: NOTE, Phase.TAKEN: NOTE}
UNASKED = "usb_tak_tertulis"  # a visit's note


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One band. ``look``: good, bad, note; ``open``: nothing else may be asked meanwhile; ``unheard``: it may be withdrawn;
    ``at``: a stamp, empty where it is of now."""

    words: str = ""
    look: str = NOTE
    at: str = ""
    open: bool = False
    unheard: bool = False


def tray(kiosk: Kiosk) -> Tray:
    """Below the state folder: the disk's address in the toolbox."""
    return Tray(Path(kiosk.parts.toolbox.addresses["disk"]) / FOLDER, kiosk.parts.clock)


def ask(kiosk: Kiosk, verb: Verb) -> bool:
    """In the name of who unlocked the kiosk. False when it cannot be written down; one that is on its way already is enough."""
    try:
        tray(kiosk).place(verb, staff_id=kiosk.officer.staff_id if kiosk.officer else "")
    except OSError:
        return False
    return True


def withdraw(kiosk: Kiosk, verbs: Iterable[Verb]) -> None:
    """What nobody took yet."""
    for verb in verbs:
        try:
            tray(kiosk).withdraw(verb)
        except OSError:
            continue


def stick(kiosk: Kiosk) -> Shown:
    """The newest of the two errands with a stick; nothing when there was none since yesterday."""
    if kiosk.visit.note == UNASKED:
        return Shown(words=kiosk.parts.toolbox.words("errands", "unasked"), look=BAD)
    found = {verb: tray(kiosk).seen(verb) for verb in STICK}
    verb, seen = max(found.items(), key=lambda one: (one[1].open, one[1].at))
    return shown(kiosk, verb, seen) if seen.open or _recent(kiosk, seen) else Shown()


def shown(kiosk: Kiosk, verb: Verb, seen: Seen) -> Shown:
    fresh = seen.open or abs((kiosk.parts.clock.now() - read_stamp(seen.at)).total_seconds()) < FRESH_S
    return Shown(
        words=_words(kiosk, verb, seen), look=_LOOKS.get(seen.phase, BAD), at="" if fresh else seen.at, open=seen.open,
        unheard=seen.phase is Phase.UNHEARD,
    )  # fmt: skip


def _words(kiosk: Kiosk, verb: Verb, seen: Seen) -> str:
    """Its own sentence, or the phase's; a code that has no sentence is shown as it is."""
    words = kiosk.parts.toolbox.words
    if seen.words:
        return seen.words
    if seen.phase is Phase.TAKEN and verb in STICK:
        parts = {name: int(seen.facts.get(name, 0)) for name in ("done", "of")}
        return words("errands", "export_part", **parts) if parts["of"] else words("errands", f"{verb}_taken")
    said = words("errands", seen.phase)
    return f"{said} ({seen.code})" if seen.code else said


def _recent(kiosk: Kiosk, seen: Seen) -> bool:
    try:
        return bool(seen.at) and abs(kiosk.parts.clock.now() - read_stamp(seen.at)) < KEPT
    except ValueError:
        return False


def mark(kiosk: Kiosk, verbs: Iterable[Verb]) -> str:
    """Changes whenever one of them does."""
    found = (tray(kiosk).seen(verb) for verb in verbs)
    return " ".join(f"{seen.phase} {seen.at} {seen.code} {sorted(seen.facts.items())}" for seen in found if seen.at)
