"""A scanner that types is not a person who types: told apart by their pace alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.hardware.codes.protocol import LONGEST
from kiosk.hardware.codes.wedge import AVERAGE_S, BREAK_S, LEAST, Wedge

CLAIM = "KIOS1 001748219365 ABCDEFGHIJKLMNOPQRSTUVWXYZ"
FAST, SLOW = st.floats(0, AVERAGE_S - 0.001), st.floats(0.06, 3)
TYPED = st.characters(min_codepoint=32, max_codepoint=126)
CODES = st.text(TYPED, min_size=LEAST, max_size=60).filter(lambda text: len(set(text)) > 1)
END = st.sampled_from(["\r", "\n", "\t", "Enter", "Tab"])


def typed(wedge: Wedge, keys: list[str], gaps: list[float], *, since: float = 1000.0) -> tuple[list[str], float]:
    """The codes that came out, and when the last key was pressed."""
    codes, at = [], since
    for key, gap in zip(keys, gaps, strict=False):
        at += gap
        code = wedge.feed(key, at)
        codes += [code] if code is not None else []
    return codes, at


@given(code=CODES, end=END, data=st.data())
def test_every_burst_is_a_code(code: str, end: str, data: st.DataObject) -> None:
    gaps = data.draw(st.lists(FAST, min_size=len(code) + 1, max_size=len(code) + 1))
    assert typed(Wedge(), [*code, end], gaps)[0] == [code]


@given(keys=st.lists(TYPED | END, max_size=60), data=st.data())
def test_no_person_types_a_code(keys: list[str], data: st.DataObject) -> None:
    gaps = data.draw(st.lists(SLOW, min_size=len(keys), max_size=len(keys)))
    assert typed(Wedge(), keys, gaps)[0] == []


@given(before=st.text(TYPED, max_size=20), code=CODES, data=st.data())
def test_what_was_typed_before_a_scan_is_no_part_of_it(before: str, code: str, data: st.DataObject) -> None:
    wedge = Wedge()
    slow = data.draw(st.lists(SLOW, min_size=len(before), max_size=len(before)))
    nothing, at = typed(wedge, list(before), slow)
    burst = [BREAK_S + 0.01, *[0.01] * len(code)]
    assert nothing + typed(wedge, [*code, "Enter"], burst, since=at)[0] == [code]


@pytest.mark.parametrize(
    ("keys", "why"),
    [
        (["1", "2", "3", "4", "5", "Enter"], "too short"),
        ([*"aaaaaaaaaaaaaaaa", "Enter"], "a key that is leaned on"),
        ([*"KIOS1", "\x00", *"001748", "Enter"], "not text"),
        ([*("xy" * LONGEST), "Enter"], "too long"),
        (list(CLAIM), "no end"),
    ],
)
def test_a_fast_burst_that_is_no_code_is_dropped(keys: list[str], why: str) -> None:
    assert typed(Wedge(), keys, [0.01] * len(keys))[0] == [], why


def test_a_dropped_burst_leaves_nothing_behind() -> None:
    wedge = Wedge()
    _, at = typed(wedge, [*("xy" * LONGEST), "Enter"], [0.001] * 2 * LONGEST + [0.001])
    assert typed(wedge, [*CLAIM, "Enter"], [0.01] * 100, since=at)[0] == [CLAIM]


def test_the_longest_code_still_comes() -> None:
    code = "xy" * (LONGEST // 2)
    assert typed(Wedge(), [*code, "Enter"], [0.005] * (LONGEST + 1))[0] == [code]


def test_shift_between_the_letters_is_passed_over() -> None:
    keys = [key for character in CLAIM for key in ("Shift", character)]
    assert typed(Wedge(), [*keys, "Enter"], [0.004] * 200)[0] == [CLAIM]


def test_two_scans_in_a_row_are_two_codes() -> None:
    assert typed(Wedge(), [*CLAIM, "Enter", *CLAIM[::-1], "Tab"], [0.01] * 200)[0] == [CLAIM, CLAIM[::-1]]


def test_one_hiccup_of_the_browser_is_forgiven_and_a_pause_is_not() -> None:
    hiccup, pause = [0.01] * 200, [0.01] * 200
    hiccup[20], pause[20] = BREAK_S - 0.01, BREAK_S + 0.01
    assert typed(Wedge(), [*CLAIM, "Enter"], hiccup)[0] == [CLAIM]
    assert typed(Wedge(), [*CLAIM, "Enter"], pause)[0] != [CLAIM]


def test_the_next_visit_begins_without_the_last_ones_beginning() -> None:
    wedge = Wedge()
    _, at = typed(wedge, list(CLAIM), [0.01] * 100)
    wedge.clear()
    assert typed(wedge, ["Enter"], [0.01], since=at)[0] == []


def test_a_clock_that_steps_back_begins_anew() -> None:
    wedge = Wedge()
    typed(wedge, list(CLAIM), [0.01] * 100)
    assert wedge.feed("Enter", 10.0) is None


def test_its_repr_shows_nothing_of_what_was_typed() -> None:
    wedge = Wedge()
    typed(wedge, list(CLAIM), [0.01] * 100)
    assert repr(wedge) == "<Wedge>"
