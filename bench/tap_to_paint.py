"""From the touch of a finger to the frame that shows it, measured in the pages of whole visits by touch.

    python bench/tap_to_paint.py [--services KONSOL KK-UBAH-3 AKUN] [--read]

Chromium draws without a graphics card here, with the kiosk's server in the same process as the finger. A key counts until two
animation frames after its click; a verb until two frames after the next screen stands, or the first contentful paint of a
window that starts anew. Photographs and sending work for longer; there the frame that marks the button as felt is what a person
waits for. These are times: run it on an idle machine, and read the load that is printed beside them. Exit 1 when the 95th of a
hundred keys or screens is later than 100 ms. ``--read``: the taps of the last run of tests/journeys/test_services.py instead
of new ones.
"""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TOP))

from tests.journeys.browser import chromium  # noqa: E402 - the path comes first
from tests.journeys.eye import Checked, Eye, Tap  # noqa: E402
from tests.journeys.test_services import PANELS, SHAPES, TAPS, Hall  # noqa: E402
from tests.unit.session.world import new_world  # noqa: E402
from tests.unit.ui.harness import served  # noqa: E402

LIMIT_MS = 100.0
WORKING = ("take", "submit", "print", "save", "adjusted")


class BusyEye(Eye):
    """Goes along without looking: axe beside a journey takes its time from the next screen."""

    def inspect(self, name: str) -> None:
        """Nothing."""


def measured(services: Sequence[str]) -> list[Tap]:
    """Every tap of these services' visits on each panel."""
    taps: list[Tap] = []
    for panel, size in PANELS.items():
        with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(1) as pool:
            world = pool.submit(new_world, Path(folder)).result()
            with chromium() as browser, served(world, panel=size) as pages:
                hall = Hall(browser, {panel: pages}, Checked(), taps, eye=BusyEye)
                for service in services:
                    visitor = hall.enter(panel, "id", SHAPES[service])
                    visitor.choose(service)
                    visitor.fill_in()
                    visitor.send()
                hall.close()
    return taps


def kind_of(tap: Tap) -> str:
    if tap.kind == "key":
        return "key"
    return "work" if tap.kind in WORKING else "screen"


def line(name: str, values: Iterable[float]) -> tuple[str, float]:
    """(a row of the table, p95)."""
    ordered = sorted(values)
    if not ordered:
        return f"{name:<28} none", 0.0
    p50, p95 = (ordered[int(len(ordered) * share)] for share in (0.5, 0.95))
    return f"{name:<28}{len(ordered):>6}{p50:>9.0f}{p95:>9.0f}{ordered[-1]:>9.0f}", p95


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--services", nargs="+", default=["KONSOL", "KK-UBAH-3", "AKUN"], choices=list(SHAPES))
    parser.add_argument("--read", action="store_true")
    given = parser.parse_args()
    taps = [Tap(**tap) for tap in json.loads(TAPS.read_text())] if given.read else measured(given.services)
    by_kind = {kind: [tap for tap in taps if kind_of(tap) == kind] for kind in ("key", "screen", "work")}
    print(f"{'ms':<28}{'taps':>6}{'p50':>9}{'p95':>9}{'max':>9}    load {os.getloadavg()[0]:.1f}")
    worst = 0.0
    for name, values, held in (
        ("key → its frame", [tap.paint_ms for tap in by_kind["key"]], True),
        ("verb → next screen", [tap.paint_ms for tap in by_kind["screen"]], True),
        ("work → felt", [tap.busy_ms for tap in by_kind["work"] if tap.busy_ms], True),
        ("work → next screen", [tap.paint_ms for tap in by_kind["work"]], False),
    ):
        row, p95 = line(name, values)
        worst = max(worst, p95 if held else 0.0)
        print(row)
    return 1 if worst > LIMIT_MS else 0


if __name__ == "__main__":
    sys.exit(main())
