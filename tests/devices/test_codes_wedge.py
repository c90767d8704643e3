"""A scanner that types hands its text in by the page; from there on it is a code reader like any other.

How a burst is told from a person's typing is the page's: tests/journeys/test_wedge.py.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adminduk.clock import ManualClock
from kiosk.hardware.codes import connect
from kiosk.hardware.codes.inbox import KEEP_S
from kiosk.hardware.codes.protocol import LONGEST
from kiosk.hardware.codes.wedge import WedgeCodeReader
from kiosk.hardware.health import READY, Condition

CLAIM = "KIOS1 001748219365 ABCDEFGHIJKLMNOPQRSTUVWXYZ"
PRINTABLE = st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=80)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def reader(clock: ManualClock) -> WedgeCodeReader:
    made = connect("wedge:", clock=clock)
    assert isinstance(made, WedgeCodeReader)
    return made


def test_a_scan_is_read_once(reader: WedgeCodeReader) -> None:
    assert reader.next() is None
    reader.hear(CLAIM)
    assert reader.next() == CLAIM
    assert reader.next() is None


def test_the_newest_of_two_scans_counts(reader: WedgeCodeReader) -> None:
    reader.hear(CLAIM)
    reader.hear(CLAIM[::-1])
    assert reader.next() == CLAIM[::-1]


def test_a_scan_that_nobody_took_is_forgotten(reader: WedgeCodeReader, clock: ManualClock) -> None:
    reader.hear(CLAIM)
    clock.advance(KEEP_S + 1)
    assert reader.next() is None


def test_the_next_visitor_does_not_get_the_last_one_s_scan(reader: WedgeCodeReader) -> None:
    reader.hear(CLAIM)
    reader.clear()
    assert reader.next() is None


def test_nobody_knows_whether_a_keyboard_is_there_until_it_scans(reader: WedgeCodeReader) -> None:
    assert reader.state().condition is Condition.UNKNOWN
    assert reader.state().code == ""
    reader.hear(CLAIM)
    assert reader.state() == READY


@pytest.mark.parametrize(
    ("text", "evidence"),
    [("x" * (LONGEST + 1), "too long"), ("KIOS1\x00", "not text"), ("KIOS1\n001748", "not text"), ("a\rb", "not text")],
)
def test_what_no_code_can_be_is_garbled_and_never_two_codes(reader: WedgeCodeReader, text: str, evidence: str) -> None:
    reader.hear(text)
    assert reader.next() is None
    assert (reader.state().code, reader.state().evidence) == ("codes.garbled", evidence)
    reader.hear(CLAIM)
    assert reader.state() == READY


def test_half_a_letter_is_no_crash(reader: WedgeCodeReader) -> None:
    reader.hear("kode \ud800")
    assert reader.next() == "kode ?"


@given(text=PRINTABLE)
def test_every_text_that_can_be_typed_comes_as_it_was(text: str) -> None:
    reader = WedgeCodeReader(clock=ManualClock())
    reader.hear(text)
    assert reader.next() == text


def test_a_closed_one_holds_nothing_and_takes_nothing(reader: WedgeCodeReader) -> None:
    reader.hear(CLAIM)
    reader.close()
    reader.hear(CLAIM)
    assert reader.next() is None
    assert reader.state().evidence == "closed"


def test_its_repr_shows_nothing_of_what_was_scanned(reader: WedgeCodeReader) -> None:
    reader.hear(CLAIM)
    assert repr(reader) == "<WedgeCodeReader>"
