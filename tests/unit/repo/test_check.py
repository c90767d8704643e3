"""`make test` counts what ran, and a run of nothing is a failure."""

from pathlib import Path

from provisioning.check import LONGEST, TOP, Tally, count, groups, workplace


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


def test_every_file_of_tests_is_run_once() -> None:
    """A folder that no group names would never fail: so it was with tests/layout."""
    ran: list[str] = []
    for places in groups().values():
        place, *apart = places
        left_out = {one.removeprefix("--ignore=") for one in apart}
        files = [TOP / place] if place.endswith(".py") else sorted((TOP / place).rglob("test_*.py"))
        ran += [
            name for name in (str(file.relative_to(TOP)) for file in files) if not left_out & {name, *parents(name)}
        ]
    assert sorted(ran) == sorted(str(path.relative_to(TOP)) for path in TOP.glob("tests/**/test_*.py"))


def parents(name: str) -> set[str]:
    return {str(parent) for parent in Path(name).parents}


def test_what_begins_first_is_still_there() -> None:
    assert [place for place in LONGEST if not (TOP / place).exists()] == []


def test_a_folder_without_a_place_in_the_order_follows_the_named_ones() -> None:
    assert next(iter(groups(["tests/layout"]))) == "layout"
    assert groups(["tests/journeys/test_window.py"])["journeys"] == [
        "tests/journeys", "--ignore=tests/journeys/test_window.py",
    ]  # fmt: skip


def test_tests_write_in_memory_where_it_has_room_and_their_folder_is_gone_afterwards(tmp_path: Path) -> None:
    with workplace(tmp_path, room=0) as folder:
        assert folder.parent == tmp_path
        (folder / "left behind").write_text("by a test")
    assert list(tmp_path.iterdir()) == []


def test_a_small_memory_or_none_leaves_them_on_the_disk(tmp_path: Path) -> None:
    for memory, room in ((tmp_path, 1 << 60), (tmp_path / "none", 0)):
        with workplace(memory, room=room) as folder:
            assert folder.parent != memory
