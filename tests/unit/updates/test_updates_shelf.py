"""New content on the shelf: whole or not there, tried, kept or sent back, whatever the power does in between."""

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kiosk.updates import book
from kiosk.updates.book import Book
from kiosk.updates.errors import UpdateError
from kiosk.updates.shelf import Shelf
from tests.unit.updates.printshop import sound

FILES = {
    "base/place.toml": b"a = 1\n",
    "base/services/akl.toml": b"b = 2\n",
    "profiles/wonogiri/place.toml": b"c = 3\n",
}


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "updates")


def put(shelf: Shelf, *numbers: int) -> None:
    with shelf.alone():
        for number in numbers:
            shelf.stage(number, FILES, sound)


def serve(shelf: Shelf, boot: str = "boot") -> int:
    number = shelf.begin(boot)
    shelf.confirm(number)
    return number


def link(shelf: Shelf, name: str) -> str:
    path = shelf.folder / name
    return str(path.readlink()) if path.is_symlink() else ""


def test_a_shelf_that_nobody_used_makes_nothing(shelf: Shelf) -> None:
    assert shelf.begin("boot") == 0
    shelf.confirm(0)
    shelf.send_back(0)
    assert shelf.waiting() == 0
    assert not shelf.folder.exists()


def test_what_is_put_there_is_taken_at_the_next_start_and_not_before(shelf: Shelf) -> None:
    put(shelf, 1)
    assert (shelf.number(), shelf.waiting()) == (0, 1)
    assert shelf.begin("boot") == 1
    assert (link(shelf, "current"), link(shelf, "last-good")) == ("content-1", "")
    assert shelf.waiting() == 0
    assert (shelf.path(1) / "base/services/akl.toml").read_bytes() == b"b = 2\n"


def test_two_before_a_start_are_one_change(shelf: Shelf) -> None:
    put(shelf, 1, 2)
    assert serve(shelf) == 2
    assert shelf.staged() == (2,), "nobody will ask for the first"


def test_the_one_before_stays_to_come_back_to(shelf: Shelf) -> None:
    for number in (1, 2, 3):
        put(shelf, number)
        assert serve(shelf) == number
    assert shelf.staged() == (2, 3)
    assert (link(shelf, "current"), link(shelf, "last-good")) == ("content-3", "content-2")


def test_confirming_twice_is_confirming_once(shelf: Shelf) -> None:
    put(shelf, 1, 2)
    serve(shelf)
    page = shelf.folder / "book.json"
    before = page.stat().st_mtime_ns
    shelf.confirm(2)
    assert page.stat().st_mtime_ns == before


# --- content that does not serve --------------------------------------------------------------------------------------


def test_two_starts_that_nobody_confirms_send_it_back_for_ever(shelf: Shelf) -> None:
    put(shelf, 1)
    serve(shelf)
    put(shelf, 2)
    assert [shelf.begin("boot") for _ in range(3)] == [2, 2, 1]
    assert shelf.book.bad == (2,)
    assert shelf.book.reverted == 2
    assert (link(shelf, "current"), shelf.waiting()) == ("content-1", 0)
    assert not shelf.wants(2), "never again"
    shelf.confirm(1)
    assert shelf.staged() == (1,)
    assert shelf.book.reverted == 2, "said until a later one serves"
    put(shelf, 3)
    assert serve(shelf) == 3
    assert (shelf.book.reverted, shelf.book.bad) == (0, (2,))


def test_the_first_of_all_goes_back_to_what_was_installed(shelf: Shelf) -> None:
    put(shelf, 1)
    assert [shelf.begin("boot") for _ in range(4)] == [1, 1, 0, 0]
    assert link(shelf, "current") == link(shelf, "last-good") == ""


def test_a_village_whose_power_fails_at_each_start_is_no_bad_content(shelf: Shelf) -> None:
    put(shelf, 1)
    assert [shelf.begin(f"boot-{n}") for n in range(4)] == [1, 1, 1, 1]
    shelf.confirm(1)
    assert shelf.book.bad == ()


def test_but_five_boots_without_a_page_are_enough(shelf: Shelf) -> None:
    put(shelf, 1)
    assert [shelf.begin(f"boot-{n}") for n in range(6)] == [1, 1, 1, 1, 1, 0]


def test_what_served_yesterday_and_fails_today_goes_back_too(shelf: Shelf) -> None:
    for number in (1, 2):
        put(shelf, number)
        serve(shelf)
    assert [shelf.begin("later") for _ in range(5)] == [2, 2, 1, 1, 0]
    assert shelf.book.bad == (1, 2)


def test_a_folder_that_somebody_removed_may_come_again(shelf: Shelf) -> None:
    for number in (1, 2):
        put(shelf, number)
        serve(shelf)
    shelf.path(2).rename(shelf.folder / "elsewhere")
    assert serve(shelf) == 1
    assert shelf.wants(2)
    put(shelf, 2)
    assert serve(shelf) == 2


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"current": 2}', '{"current":"2","good":0,"before":0,"starts":[],"bad":[],"reverted":0}']
)
def test_a_book_that_cannot_be_read_tries_what_lies_there(shelf: Shelf, text: str) -> None:
    put(shelf, 1, 2)
    serve(shelf)
    (shelf.folder / "book.json").write_text(text)
    assert shelf.book == Book()
    assert serve(shelf) == 2


# --- putting it there -------------------------------------------------------------------------------------------------


def test_what_the_judge_refuses_leaves_nothing(shelf: Shelf) -> None:
    seen: list[list[str]] = []

    def judge(folder: Path) -> str:
        seen.append(sorted(str(path.relative_to(folder)) for path in folder.rglob("*.toml")))
        return "base/place.toml:1:1: wajib_diisi"

    with shelf.alone(), pytest.raises(UpdateError) as caught:
        shelf.stage(1, FILES, judge)
    assert (caught.value.code, caught.value.why) == ("content.refused", "base/place.toml:1:1: wajib_diisi")
    assert seen == [sorted(FILES)]
    assert sorted(path.name for path in shelf.folder.iterdir()) == ["lock"]


def test_a_disk_that_fills_in_the_middle_leaves_nothing_and_says_so(tmp_path: Path, shelf: Shelf) -> None:
    """A file system of 256 KiB, filled by the bundle itself."""
    with small_disk(tmp_path / "updates") as there:
        if not there:
            pytest.skip("no tmpfs may be mounted here")
        put(shelf, 1)
        with shelf.alone(), pytest.raises(UpdateError) as caught:
            shelf.stage(2, {**FILES, "base/large.toml": bytes(1 << 20)}, sound)
        assert (caught.value.code, caught.value.why) == ("content.unkept", "ENOSPC")
        assert shelf.staged() == (1,)
        assert serve(shelf) == 1


@contextmanager
def small_disk(folder: Path) -> Iterator[bool]:
    import subprocess

    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(folder)]
    there = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    try:
        yield there
    finally:
        if there:
            subprocess.run(["umount", "-l", str(folder)], check=True)


def test_only_one_puts_at_a_time(shelf: Shelf) -> None:
    with shelf.alone(), pytest.raises(BlockingIOError), Shelf(shelf.folder).alone():
        pytest.fail("two at once")


def test_leftovers_of_a_cut_go_when_the_next_one_puts(shelf: Shelf) -> None:
    put(shelf, 1)
    (shelf.folder / "content-2.tmp" / "base").mkdir(parents=True)
    put(shelf, 2)
    assert not (shelf.folder / "content-2.tmp").exists()
    assert shelf.waiting() == 2


# --- a power cut after every single step ------------------------------------------------------------------------------


class PowerCut(BaseException):
    """The machine is off."""


STEPS = ("fsync", "rename", "replace", "symlink", "unlink", "mkdir", "open", "rmdir")


@contextmanager
def power(steps: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """After so many calls to the system that change the disk, it is off; and after that nothing changes any more."""
    left = [steps]

    def counted(real: Callable[..., object]) -> Callable[..., object]:
        def call(*words: object, **given: object) -> object:
            if left[0] <= 0:
                raise PowerCut
            left[0] -= 1
            return real(*words, **given)

        return call

    with monkeypatch.context() as patch:
        for name in STEPS:
            patch.setattr(os, name, counted(getattr(os, name)))
        yield left


def life(shelf: Shelf) -> None:
    """A second release comes and serves; a third comes and is sent back."""
    put(shelf, 2)
    serve(shelf, "b")
    put(shelf, 3)
    shelf.begin("c")
    shelf.begin("c")
    shelf.begin("c")


@pytest.mark.parametrize("every", [4, pytest.param(1, marks=pytest.mark.nightly)])
def test_wherever_the_power_goes_the_next_start_has_whole_content(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, every: int
) -> None:
    """By day a quarter of the cuts, by night after each single step."""
    monkeypatch.setattr(
        os, "fsync", lambda _handle: None
    )  # a cut of the process; what the disk itself loses, UML shows
    cuts = 0
    while True:
        shelf = Shelf(tmp_path / f"cut-{cuts}")
        put(shelf, 1)
        serve(shelf, "a")
        try:
            with power(cuts, monkeypatch):
                life(shelf)
        except PowerCut:
            pass
        else:
            break
        look_around(Shelf(shelf.folder), f"cut {cuts}")
        cuts += every
    assert cuts > 60, "the cuts fell between all steps"


def look_around(shelf: Shelf, where: str) -> None:
    """A new process on what the cut left."""
    for name in ("current", "last-good"):
        path = shelf.folder / name
        assert path.is_dir() or not path.is_symlink(), f"{where}: {name} is broken"
    number = shelf.begin("after")
    assert number in (1, 2, 3), where
    there = {
        str(path.relative_to(shelf.path(number))): path.read_bytes() for path in shelf.path(number).rglob("*.toml")
    }
    assert there == FILES, where
    shelf.confirm(number)
    assert (shelf.folder / "current").resolve() == shelf.path(number).resolve()
    assert shelf.book.good == number
    put(shelf, 4)
    assert serve(shelf, "after") == 4, f"{where}: what comes next is taken"


def test_a_book_that_cannot_be_written_keeps_the_old_one(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    put(shelf, 1)
    serve(shelf)
    before = shelf.book
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space"):
            book.write(shelf.folder / "book.json", Book(current=9))
    assert shelf.book == before


def full(_handle: int) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
