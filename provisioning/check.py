"""`make test`: style, types, every test; then one closing line, `N passed, N failed`.

The unit tests run beside the device and journey tests (two cores); each group writes a JUnit file, which is
what is counted.
"""

import os
import subprocess
import sys
import time
import xml.etree.ElementTree as ET  # our own pytest wrote it
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
OUT = TOP / "build" / "tests"


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


def start_group(name: str, folders: Sequence[str]) -> subprocess.Popen[bytes]:
    """One pytest, its output kept in a file so that two can run at once."""
    with (OUT / f"{name}.log").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "pytest", "-m", "not nightly", f"--junitxml={OUT / name}.xml",
             "-o", f"cache_dir={OUT / name}", "--durations=12", "-rfEs", *folders],
            cwd=TOP, stdout=log, stderr=subprocess.STDOUT, env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        )  # fmt: skip


def finish_group(name: str, process: subprocess.Popen[bytes]) -> Tally:
    """Wait, show what it printed, count. A pytest that died counts as one failure."""
    code = process.wait()
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
    units = start_group("units", ["tests/unit"])
    total += run_check("types", "mypy", "--no-error-summary")
    total += finish_group(
        "devices and journeys", start_group("devices and journeys", ["tests/devices", "tests/journeys"])
    )
    total += finish_group("units", units)
    print(f"\nwhole run: {time.monotonic() - began:.0f} s\n{total}", flush=True)
    return 1 if total.failed or not total.passed else 0


if __name__ == "__main__":
    sys.exit(main())
