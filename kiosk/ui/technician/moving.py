"""The page Pindah desa: drained, confirmed by the centre, wiped, enrolled again; each with its state, in this order.

The screen only asks (kiosk/errands). When the move begins the screen goes dark; when it is refused the screen comes back and
this page says why.
"""

from typing import Any

from kiosk.errands import Phase, Verb
from kiosk.session.technician.bench import Bench, Page
from kiosk.session.technician.leaving import pending
from kiosk.ui import errands

SURE = 1  # the bench's ``at``: asked once, to be pressed again


def ask(bench: Bench) -> None:
    """Pressed twice: the first asks whether it is meant. Refused here while anything is pending, and in the carrier again."""
    if (
        bench.page is not Page.MOVE
        or pending(bench.kiosk.parts) != ()
        or errands.tray(bench.kiosk).seen(Verb.MOVE).open
    ):
        return
    if bench.at != SURE:
        bench.at = SURE
        return
    bench.at = 0
    if not errands.ask(bench.kiosk, Verb.MOVE):
        bench.note = "sibuk"


def withdraw(bench: Bench) -> None:
    """What nobody took; and the question whether it is meant."""
    bench.at = 0
    errands.withdraw(bench.kiosk, (Verb.MOVE, Verb.IDENTITY))


def view(bench: Bench) -> dict[str, Any]:
    tray, left = errands.tray(bench.kiosk), pending(bench.kiosk.parts)
    seen, line = tray.seen(Verb.MOVE), tray.seen(Verb.IDENTITY).facts.get("line", "")
    told = seen.phase is not Phase.NONE
    return {
        "left": left or (), "known": left is not None, "drained": left == (), "line": line, "open": seen.open,
        "sure": bench.at == SURE, "unheard": seen.phase is Phase.UNHEARD,
        "told": errands.shown(bench.kiosk, Verb.MOVE, seen) if told else None,
    }  # fmt: skip


def mark(bench: Bench) -> str:
    """How much is pending: the page is loaded anew when it changes."""
    return " ".join(f"{row.name} {row.count}" for row in pending(bench.kiosk.parts) or ())
