"""`make test`: style, types, every test; then one closing line, `N passed, N failed`.

Two lanes run side by side (two cores): units and layout in one, types, devices and journeys in the other. Each group writes
a JUnit file, which is what is counted.
"""

import os
import subprocess
import sys
import time
import xml.etree.ElementTree as ET  # our own pytest wrote it
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
OUT = TOP / "build" / "tests"
# group → folders, in the order of each lane; weighed so that two idle cores end together
LANES: Sequence[Mapping[str, Sequence[str]]] = (
    {"units": ["tests/unit"], "layout": ["tests/layout"]},
    {"devices and journeys": ["tests/devices", "tests/journeys"]},
)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many of what."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped)

    def __str__(self) -> str:
        skipped = f", {self.skipped} skipped" if self.skipped else ""
        return f"{self.passed} passed, {self.failed} failed{skipped}"


def run_check(name: str, *arguments: str) -> Tally:
    """One tool that must exit 0."""
    result = subprocess.run([sys.executable, "-m", *arguments], cwd=TOP, check=False)
    print(f"{name}: {'ok' if result.returncode == 0 else 'FAILED'}", flush=True)
    return Tally(passed=1) if result.returncode == 0 else Tally(failed=1)


def run_group(name: str, folders: Sequence[str]) -> int:
    """One pytest, its output kept in a file so that two can run at once; its exit code."""
    with (OUT / f"{name}.log").open("wb") as log:
        return subprocess.run(
            [sys.executable, "-m", "pytest", "-m", "not nightly", f"--junitxml={OUT / name}.xml",
             "-o", f"cache_dir={OUT / name}", "--durations=12", "-rfEs", *folders],
            cwd=TOP, stdout=log, stderr=subprocess.STDOUT, env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}, check=False,
        ).returncode  # fmt: skip


def run_lane(groups: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """One group after another: group → exit code."""
    return {name: run_group(name, folders) for name, folders in groups.items()}


def tell_group(name: str, code: int) -> Tally:
    """Show what it printed, count. A pytest that died counts as one failure."""
    print(f"\n== {name}", flush=True)
    sys.stdout.write((OUT / f"{name}.log").read_text(errors="replace")[-20_000:])
    tally = count(OUT / f"{name}.xml")
    if code != 0 and tally.failed == 0:
        print(f"{name}: pytest ended with {code}")
        return tally + Tally(failed=1)
    return tally


def count(report: Path) -> Tally:
    """Read a JUnit file; no file, nothing ran."""
    if not report.exists():
        return Tally()
    total = Tally()
    for suite in ET.parse(report).getroot().iter("testsuite"):  # noqa: S314 - written by our own pytest just now
        tests, skipped = int(suite.get("tests", 0)), int(suite.get("skipped", 0))
        failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        total += Tally(tests - failed - skipped, failed, skipped)
    return total


def main() -> int:
    began = time.monotonic()
    OUT.mkdir(parents=True, exist_ok=True)
    for old in OUT.glob("*.xml"):
        old.unlink()
    total = run_check("style", "ruff", "check", "--quiet", ".")
    total += run_check("format", "ruff", "format", "--quiet", "--check", ".")
    with ThreadPoolExecutor(len(LANES)) as pool:
        lanes = [pool.submit(run_lane, groups) for groups in LANES]
        total += run_check("types", "mypy", "--no-error-summary")
        for lane in reversed(lanes):
            for name, code in lane.result().items():
                total += tell_group(name, code)
    print(f"\nwhole run: {time.monotonic() - began:.0f} s\n{total}", flush=True)
    return 1 if total.failed or not total.passed else 0


if __name__ == "__main__":
    sys.exit(main())
