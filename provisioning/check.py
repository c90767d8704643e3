"""`make test`: style, types, every test; then one closing line, `N passed, N failed`.

Groups of tests run side by side, two more than there are cores, since many wait for printers and browsers; the longest begin
first. What they write lies in memory where there is room: they sync as the product does, and waited for the disk. Each group
writes a JUnit file, which is what is counted.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET  # our own pytest wrote it
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
OUT = TOP / "build" / "tests"
MEMORY, ROOM = Path("/dev/shm"), 4 << 30  # noqa: S108 - a folder of its own is made in it
# which begin first, by what they take; a folder takes along what lies in it and is not named itself, and folders of tests that
# stand here nowhere follow by themselves
LONGEST = (
    "tests/journeys", "tests/journeys/test_services.py", "tests/scenarios", "tests/unit/central",
    "tests/journeys/test_residue_memory.py", "tests/powercuts", "tests/faults", "tests/layout", "tests/unit/ui",
    "tests/unit/content", "tests/unit/uplink", "tests/devices", "tests/unit/session", "tests/unit", "tests/unit/imaging",
    "tests/unit/blanks",
)  # fmt: skip


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


def groups(longest: Sequence[str] = LONGEST) -> Mapping[str, Sequence[str]]:
    """Group → what pytest is given. A folder that holds folders of tests is split into them; what is named alone runs alone."""
    folders = {str(path.parent.relative_to(TOP)) for path in TOP.glob("tests/**/test_*.py")}
    made: dict[str, Sequence[str]] = {}
    others = (folder for folder in folders if not any(f"{folder}/".startswith(f"{place}/") for place in longest))
    for place in (*longest, *sorted(others)):
        apart = [f"--ignore={other}" for other in longest if other.startswith(f"{place}/")]
        made[place.removeprefix("tests/").removesuffix(".py").replace("/", " ")] = [place, *apart]
    return made


@contextmanager
def workplace(memory: Path = MEMORY, room: int = ROOM) -> Iterator[Path]:
    """Where tests write, gone afterwards: in memory where that has ``room`` bytes and runs programs, else on disk."""
    fits = memory.is_dir() and shutil.disk_usage(memory).free >= room and not os.statvfs(memory).f_flag & os.ST_NOEXEC
    place = str(memory) if fits else None
    with tempfile.TemporaryDirectory(prefix="kios-tests-", dir=place, ignore_cleanup_errors=True) as made:
        yield Path(made)


def run_group(name: str, places: Sequence[str], folder: Path) -> tuple[int, float]:
    """One pytest, its output kept in a file so that several can run at once; its exit code and its seconds of processor."""
    with (OUT / f"{name}.log").open("wb") as log:
        running = subprocess.Popen(
            [sys.executable, "-m", "pytest", "-m", "not nightly", f"--junitxml={OUT / name}.xml",
             f"--basetemp={folder / name.replace(' ', '-')}", "-o", "tmp_path_retention_policy=failed",
             "-o", f"cache_dir={OUT / name}", "--durations=12", "-rfEs", *places],
            cwd=TOP, stdout=log, stderr=subprocess.STDOUT, env=environment(),
        )  # fmt: skip
        _pid, status, used = os.wait4(running.pid, 0)
        running.returncode = os.waitstatus_to_exitcode(status)  # else subprocess waits for it once more
    return running.returncode, used.ru_utime + used.ru_stime


def environment() -> Mapping[str, str]:
    """Bytecode is kept once for the hundreds of processes that tests start, apart from the tree."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPYCACHEPREFIX": str(OUT / "bytecode")}


def one_group(name: str, places: Sequence[str], folder: Path) -> Tally:
    """Run, count, tell; show what a group printed that failed. A pytest that died counts as one failure."""
    began = time.monotonic()
    code, busy = run_group(name, places, folder)
    tally = count(OUT / f"{name}.xml")
    if code != 0 and tally.failed == 0:
        tally += Tally(failed=1)
    print(f"{name}: {tally}, {time.monotonic() - began:.0f} s, {busy:.0f} s of a processor", flush=True)
    if tally.failed:
        sys.stdout.write((OUT / f"{name}.log").read_text(errors="replace")[-20_000:])
        print(f"{name}: pytest ended with {code}", flush=True)
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
    with workplace() as folder, ThreadPoolExecutor((os.cpu_count() or 1) + 2) as pool:
        tallies = [pool.submit(one_group, name, places, folder) for name, places in groups().items()]
        total += run_check("types", "mypy", "--no-error-summary")
        total = sum((tally.result() for tally in tallies), total)
    print(f"\nwhole run: {time.monotonic() - began:.0f} s\n{total}", flush=True)
    return 1 if total.failed or not total.passed else 0


if __name__ == "__main__":
    sys.exit(main())
