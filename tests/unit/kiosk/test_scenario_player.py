"""Playing: turn by turn, with what ends by itself, and a stop where what is seen is not what must be."""

from collections.abc import Mapping

import pytest

from kiosk.scenarios import MismatchError, Playing, parse, play
from kiosk.scenarios.script import Value

HEAD = "title: Contoh\nfailure: 1\nteaches: Pelajaran.\nplay:\n"


class Notes:
    """A stage that writes down what it is told, and sees what it was given."""

    def __init__(self, **facts: Value) -> None:
        self.facts, self.told = facts, list[str]()

    def push(self, device: str, hand: str, options: Mapping[str, Value]) -> None:
        self.told.append(f"{device} {hand} {dict(options)}")

    def act(self, act: str, options: Mapping[str, Value]) -> None:
        self.told.append(f"person {act} {dict(options)}")

    def wait(self, seconds: float) -> None:
        self.told.append(f"wait {seconds:g}")

    def seen(self, wanted: Mapping[str, Value]) -> Mapping[str, Value]:
        return self.facts


def test_what_ends_by_itself_ends_in_the_middle_of_a_longer_wait() -> None:
    stage = Notes()
    play(parse(HEAD + "  - {camera: {freeze: {for: 8 s}}}\n  - {after: 5 s}\n  - {after: 10 s}\n", "contoh"), stage)
    assert stage.told == ["camera freeze {}", "wait 5", "wait 3", "camera thaw {}", "wait 7"]


def test_two_that_end_by_themselves_end_in_their_order() -> None:
    stage = Notes()
    text = HEAD + "  - {receipt: {unplug: {for: 9 s}}}\n  - {paper: {jam: {for: 4 s}}}\n  - {after: 10 s}\n"
    play(parse(text, "contoh"), stage)
    assert stage.told[2:] == ["wait 4", "paper clear {}", "wait 5", "receipt plug_in {}", "wait 1"]


def test_what_is_not_seen_stops_the_play_and_says_what_was_seen_instead() -> None:
    stage = Notes(slips=2, step="receipt")
    playing = Playing(
        parse(HEAD + "  - {see: {slips: 1, step: receipt}, note: Satu.}\n  - {after: 1 s}\n", "contoh"), stage
    )
    with pytest.raises(MismatchError) as missed:
        playing.step()
    assert missed.value.wrong == {"slips": 2}
    assert "turn 1 (Satu.): want {'slips': 1}, see {'slips': 2}" in str(missed.value)
    stage.facts["slips"] = 1
    assert playing.step() is not None
    assert playing.step() is not None
    assert playing.step() is None


def test_a_fact_that_the_stage_does_not_know_is_not_taken_for_true() -> None:
    with pytest.raises(MismatchError):
        play(parse(HEAD + "  - {see: {slips: 1}}\n", "contoh"), Notes())


def test_a_turn_that_was_done_by_hand_is_skipped() -> None:
    stage = Notes()
    playing = Playing(parse(HEAD + "  - {person: send}\n  - {after: 1 s}\n", "contoh"), stage)
    playing.skip()
    playing.step()
    assert stage.told == ["wait 1"]
    playing.skip()
    assert playing.at is None
