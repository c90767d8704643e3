"""`make test` counts what ran, and a run of nothing is a failure."""

from pathlib import Path

from provisioning.check import LANES, TOP, Tally, count


def report(folder: Path, attributes: str) -> Path:
    path = folder / "report.xml"
    path.write_text(f'<?xml version="1.0"?><testsuites><testsuite name="pytest" {attributes}/></testsuites>')
    return path


def test_failures_and_errors_both_count_as_failed(tmp_path: Path) -> None:
    assert count(report(tmp_path, 'tests="10" failures="1" errors="2" skipped="3"')) == Tally(4, 3, 3)


def test_no_report_means_nothing_ran(tmp_path: Path) -> None:
    assert count(tmp_path / "missing.xml") == Tally()


def test_the_closing_line_is_the_plain_one() -> None:
    assert str(Tally(5, 0) + Tally(2, 1)) == "7 passed, 1 failed"
    assert str(Tally(5, 0, 2)) == "5 passed, 0 failed, 2 skipped"


def test_every_folder_of_tests_is_run_once() -> None:
    """A folder that no group names would never fail: so it was with tests/layout."""
    named = [folder for groups in LANES for folders in groups.values() for folder in folders]
    there = {str(path.parent.relative_to(TOP)) for path in TOP.glob("tests/*/__init__.py")}
    assert sorted(named) == sorted(there)
