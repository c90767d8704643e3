"""The page Identitas: who this kiosk is, how its key is kept, how it stands with its centre; as the carrier last told."""

from typing import Any

from adminduk.clock import read_stamp
from kiosk.errands import Phase, Seen, Verb
from kiosk.session.technician import wording
from kiosk.session.technician.bench import Bench, Page
from kiosk.session.technician.overview import span
from kiosk.session.technician.toolbox import Words
from kiosk.ui import errands

LINES = {"up": ("ready", "circle-check"), "refused": ("fault", "circle-x"), "down": ("attention", "wifi-off")}
UNSURE = ("attention", "circle-alert")
RIGHT_S = 2  # nearer than that two clocks are not told apart


def ask(bench: Bench) -> None:
    """To the page, and have the centre asked now."""
    bench.show(Page.IDENTITY)
    if not errands.tray(bench.kiosk).seen(Verb.IDENTITY).open and not errands.ask(bench.kiosk, Verb.IDENTITY):
        bench.note = "sibuk"


def view(bench: Bench) -> dict[str, Any]:
    parts, seen = bench.kiosk.parts, errands.tray(bench.kiosk).seen(Verb.IDENTITY)
    words, facts = parts.toolbox.words, seen.facts
    line = str(facts.get("line", ""))
    look, glyph = LINES.get(line, UNSURE)
    waiting = seen.phase in (Phase.ASKED, Phase.TAKEN)
    return {
        "look": "busy" if waiting else look, "glyph": "loader-circle" if waiting else glyph,
        "state": words("identity", "asking" if waiting else line or "unknown"), "code": facts.get("line_code", ""),
        "step": words.tables["identity"].get(f"{line}_step", "") if not waiting else "",
        "trouble": errands.shown(bench.kiosk, Verb.IDENTITY, seen).words if _silent(seen) else "",
        "rows": _rows(bench, facts), "open": seen.open, "unheard": seen.phase is Phase.UNHEARD,
    }  # fmt: skip


def _silent(seen: Seen) -> bool:
    """Whether what stands there is not the last word: nobody took it, it broke off, it was refused."""
    return seen.phase in (Phase.UNHEARD, Phase.STALLED, Phase.CUT, Phase.REFUSED)


def _rows(bench: Bench, facts: Any) -> list[tuple[str, str, bool]]:
    """(caption, value, whether it stands out)."""
    parts = bench.kiosk.parts
    words, own = parts.toolbox.words, parts.identity
    storage = str(facts.get("storage") or parts.toolbox.key_storage)
    rows = [
        ("Kios", own.kiosk_id, True),
        ("Desa", f"{own.desa_name}, {own.desa}", False),
        ("Sidik kunci", str(facts.get("fingerprint", "–")), True),
        ("Kunci", words("identity", f"keys_{storage}") if storage else "–", False),
        ("Pusat", str(facts.get("centre", "–")), False),
        ("Terakhir didengar", _heard(bench, str(facts.get("heard_at", ""))), False),
        ("Jam", _skew(words, facts.get("skew_s")), False),
        ("Konten", _content(bench, facts), False),
    ]
    return [*rows, ("Kunci baru", words("identity", "next_key"), True)] if facts.get("next_key") else rows


def _heard(bench: Bench, at: str) -> str:
    if not at:
        return bench.kiosk.parts.toolbox.words("identity", "never")
    return f"{wording.moment(bench.kiosk.parts, at)} ({_ago(bench, at)})"


def _ago(bench: Bench, at: str) -> str:
    parts = bench.kiosk.parts
    seconds = max(0.0, (parts.clock.now() - read_stamp(at)).total_seconds())
    return span(parts.toolbox.words, seconds)


def _skew(words: Words, skew: object) -> str:
    if not isinstance(skew, int):
        return words("identity", "skew_none")
    if abs(skew) <= RIGHT_S:
        return words("identity", "skew_right")
    return words("identity", "skew_behind" if skew > 0 else "skew_ahead", n=abs(skew))


def _content(bench: Bench, facts: Any) -> str:
    """Its number, and until when the centre's signature holds."""
    parts, number, until = bench.kiosk.parts, facts.get("content", 0), str(facts.get("content_until", ""))
    words = parts.toolbox.words
    said = words("identity", "content_number", n=number) if number else words("identity", "content_installed")
    if not until:
        return said
    stamped = f"{until.removesuffix('Z')}.000000Z"  # TUF's own form has no fractions
    try:
        key = "content_until" if parts.clock.now() < read_stamp(stamped) else "content_over"
    except ValueError:
        return said
    return f"{said}, {words('identity', key, until=wording.moment(parts, stamped))}"
