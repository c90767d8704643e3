"""Errands from the screen: a double press, a power cut at any point, nobody who carries them out, files that are none."""

from pathlib import Path

import pytest

from adminduk.clock import ManualClock
from kiosk.errands import STALLED_S, UNHEARD_S, Phase, Seen, Tray, Verb

EXPORT, MOVE = Verb.EXPORT, Verb.MOVE


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def tray(tmp_path: Path, clock: ManualClock) -> Tray:
    return Tray(tmp_path / "errands", clock, boot="boot-1")


def after_the_power_came_back(tray: Tray, clock: ManualClock) -> Tray:
    clock.elapsed = 5.0
    return Tray(tray.folder, clock, boot="boot-2")


def files(tray: Tray) -> list[str]:
    return sorted(path.name for path in tray.folder.iterdir())


def test_an_errand_from_the_press_to_its_answer(tray: Tray) -> None:
    assert tray.seen(EXPORT) == Seen()
    assert tray.take(EXPORT) is None
    assert tray.place(EXPORT, staff_id="P-0007")
    assert tray.seen(EXPORT).phase is Phase.ASKED
    asked = tray.take(EXPORT)
    assert asked is not None
    assert (asked.verb, asked.staff_id) == (EXPORT, "P-0007")
    assert tray.seen(EXPORT).phase is Phase.TAKEN
    tray.tell(asked, Phase.TAKEN, done=2, of=3)
    assert tray.seen(EXPORT).facts == {"done": 2, "of": 3}
    tray.tell(asked, Phase.DONE, words="Selesai.", packets=3)
    seen = tray.seen(EXPORT)
    assert (seen.phase, seen.words, seen.facts, seen.open) == (Phase.DONE, "Selesai.", {"packets": 3}, False)
    assert files(tray) == ["export.state"]


def test_a_double_press_is_one_errand_also_while_it_is_carried(tray: Tray) -> None:
    assert tray.place(EXPORT)
    assert not tray.place(EXPORT)
    assert files(tray) == ["export.request"]
    assert tray.take(EXPORT) is not None
    assert not tray.place(EXPORT)
    assert tray.take(EXPORT) is None
    assert tray.place(MOVE)  # another verb is another errand


def test_the_next_press_does_not_show_what_came_of_the_last(tray: Tray) -> None:
    tray.place(EXPORT)
    asked = tray.take(EXPORT)
    assert asked is not None
    tray.tell(asked, Phase.REFUSED, code="stik_penuh", words="Penuh.")
    tray.place(EXPORT)
    assert (tray.seen(EXPORT).phase, tray.seen(EXPORT).words) == (Phase.ASKED, "")
    tray.take(EXPORT)
    assert (tray.seen(EXPORT).phase, tray.seen(EXPORT).words) == (Phase.TAKEN, "")


def test_nobody_carries_it_out_and_the_screen_says_so_and_takes_it_back(tray: Tray, clock: ManualClock) -> None:
    tray.place(EXPORT)
    clock.advance(UNHEARD_S - 1)
    assert tray.seen(EXPORT).phase is Phase.ASKED
    clock.advance(1)
    assert tray.seen(EXPORT).phase is Phase.UNHEARD
    tray.withdraw(EXPORT)
    assert tray.seen(EXPORT).phase is Phase.NONE
    assert tray.take(EXPORT) is None
    tray.withdraw(EXPORT)  # twice is no mistake


def test_what_is_being_carried_is_not_taken_back(tray: Tray) -> None:
    tray.place(EXPORT)
    tray.take(EXPORT)
    tray.withdraw(EXPORT)
    assert tray.seen(EXPORT).phase is Phase.TAKEN


def test_a_carrier_that_says_nothing_more_is_told_after_a_while(tray: Tray, clock: ManualClock) -> None:
    tray.place(EXPORT)
    asked = tray.take(EXPORT)
    assert asked is not None
    clock.advance(STALLED_S - 1)
    tray.tell(asked, Phase.TAKEN, done=1, of=9)
    clock.advance(STALLED_S - 1)
    assert tray.seen(EXPORT).phase is Phase.TAKEN
    clock.advance(1)
    assert tray.seen(EXPORT).phase is Phase.STALLED
    assert tray.seen(EXPORT).open


def test_the_power_went_before_anybody_took_it(tray: Tray, clock: ManualClock) -> None:
    tray.place(EXPORT)
    again = after_the_power_came_back(tray, clock)
    assert again.seen(EXPORT).phase is Phase.UNHEARD
    assert again.take(EXPORT) is not None


@pytest.mark.parametrize("told_before", [False, True])
def test_the_power_went_while_it_was_carried_and_the_next_carrier_tells(
    tray: Tray, clock: ManualClock, told_before: bool
) -> None:
    tray.place(EXPORT)
    asked = tray.take(EXPORT)
    assert asked is not None
    if told_before:
        tray.tell(asked, Phase.TAKEN)
    again = after_the_power_came_back(tray, clock)
    assert again.seen(EXPORT).phase is Phase.STALLED
    left = again.left_over(EXPORT)
    assert left == asked
    again.tell(left, Phase.CUT)
    assert again.seen(EXPORT).phase is Phase.CUT
    assert again.place(EXPORT)


def test_the_power_went_between_the_answer_and_the_end(tray: Tray, clock: ManualClock) -> None:
    """The answer holds, whether or not its request is still there."""
    tray.place(EXPORT)
    taken = tray.folder / "export.taken"
    asked = tray.take(EXPORT)
    assert asked is not None
    kept = taken.read_bytes()
    tray.tell(asked, Phase.DONE, words="Selesai.")
    taken.write_bytes(kept)
    again = after_the_power_came_back(tray, clock)
    assert (again.seen(EXPORT).phase, again.seen(EXPORT).words) == (Phase.DONE, "Selesai.")


def test_an_open_word_without_its_request_is_one_that_broke_off(tray: Tray) -> None:
    tray.place(EXPORT)
    asked = tray.take(EXPORT)
    assert asked is not None
    tray.tell(asked, Phase.TAKEN)
    (tray.folder / "export.taken").unlink()
    assert tray.seen(EXPORT).phase is Phase.CUT


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b'{"verb":"export"}', b'{"verb":"move","id":"1","staff_id":"","at":"","boot":"","since":1}', b"x" * 20_000,
     b'{"verb":"export","id":1,"staff_id":"","at":"","boot":"","since":1}'],
)  # fmt: skip
def test_a_file_that_is_no_request_is_carried_out_by_nobody_and_goes(tray: Tray, content: bytes) -> None:
    tray.folder.mkdir()
    (tray.folder / "export.request").write_bytes(content)
    assert tray.seen(EXPORT).phase is Phase.NONE
    assert tray.take(EXPORT) is None
    assert files(tray) == []


def test_a_torn_state_says_nothing_and_a_link_is_not_followed(tray: Tray, tmp_path: Path) -> None:
    tray.folder.mkdir()
    (tray.folder / "export.state").write_text('{"phase": "done"')
    assert tray.seen(EXPORT) == Seen()
    (tray.folder / "export.state").write_text('{"phase": "flown", "since": 1}')
    assert tray.seen(EXPORT) == Seen()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text('{"verb":"export","id":"1","staff_id":"","at":"","boot":"","since":1}')
    (tray.folder / "export.request").symlink_to(elsewhere)
    assert tray.take(EXPORT) is None
    assert elsewhere.exists()


def test_a_disk_that_takes_nothing_leaves_nothing_asked(tray: Tray, tmp_path: Path) -> None:
    (tmp_path / "errands").write_text("a file where the folder should be")
    with pytest.raises(OSError):
        tray.place(EXPORT)
    assert tray.seen(EXPORT) == Seen()
