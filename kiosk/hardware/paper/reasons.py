"""What an A4 printer's state reasons mean. Pure: IPP keywords in, one Health out, by a written priority.

Source: RFC 8011 §5.4.12 and PWG 5100.x keywords, matched by prefix without -report, -warning, -error; CUPS shows some
reasons late and keeps a stale one after a cancel, so the device itself is asked.
"""

from collections.abc import Iterable, Sequence

from kiosk.hardware.health import READY, Condition, Health

_SUFFIXES = ("-report", "-warning", "-error")
# priority: what stops paper first, then what will soon
_RULES: Sequence[tuple[tuple[str, ...], Condition, str]] = (
    (("media-jam",), Condition.FAULT, "paper.jam"),
    (("cover-open", "door-open", "interlock-open"), Condition.FAULT, "paper.cover_open"),
    (("media-empty", "media-needed", "input-tray-missing"), Condition.FAULT, "paper.paper_out"),
    (("toner-empty", "marker-supply-empty", "marker-waste-full"), Condition.FAULT, "paper.toner_out"),
    (("paused", "shutdown", "offline", "stopped"), Condition.FAULT, "paper.aborted"),
    (("media-low",), Condition.ATTENTION, "paper.paper_low"),
    (("toner-low", "marker-supply-low", "marker-waste-almost-full"), Condition.ATTENTION, "paper.toner_low"),
)


def plain(reason: str) -> str:
    """Without its severity."""
    return next((reason.removesuffix(suffix) for suffix in _SUFFIXES if reason.endswith(suffix)), reason)


def summarise(reasons: Iterable[str], *, busy: bool = False) -> Health:
    """One state from ``printer-state-reasons``. An unknown reason is evidence, not a fault."""
    kept = [plain(reason) for reason in reasons if reason != "none"]
    evidence = ",".join(sorted(set(kept)))[:80]
    for prefixes, condition, code in _RULES:
        if any(reason.startswith(prefixes) for reason in kept):
            return Health(condition, code, evidence)
    return Health(Condition.BUSY, "", evidence) if busy else READY
