"""What the PC/SC driver makes of the daemon's flags and numbers, and which addresses it takes."""

import logging
from collections.abc import Mapping

import pytest

from kiosk.hardware.card import CardState, Presence, connect
from kiosk.hardware.card.pcsc_driver import MUTE, PRESENT, PcscCardReader, chosen, summarise
from kiosk.hardware.card.winscard import NO_LIBRARY, PcscError, readers
from kiosk.hardware.health import READY, Condition

EMPTY, CHANGED, IN_USE, UNPOWERED, COUNT = 0x0010, 0x0002, 0x0100, 0x0400, 0x10000
NOT_ALLOWED = 0x8010006A  # what polkit's refusal looks like
IGNORED, UNKNOWN, UNAVAILABLE = 0x0001, 0x0004, 0x0008


def refusing(code: int) -> PcscCardReader:
    def look() -> Mapping[str, int]:
        raise PcscError(code)

    return PcscCardReader(look=look)


@pytest.mark.parametrize(
    ("flags", "presence", "code"),
    [
        ([EMPTY | CHANGED], Presence.ABSENT, ""),
        ([PRESENT | CHANGED | COUNT], Presence.PRESENT, ""),
        ([PRESENT | UNPOWERED], Presence.PRESENT, ""),
        ([PRESENT | IN_USE], Presence.PRESENT, ""),
        ([PRESENT | MUTE], Presence.PRESENT, "card.mute"),
        ([EMPTY, PRESENT], Presence.PRESENT, ""),
        ([EMPTY, PRESENT | MUTE], Presence.PRESENT, "card.mute"),
        ([PRESENT, PRESENT | MUTE], Presence.PRESENT, "card.mute"),
        ([], Presence.UNKNOWN, "card.absent"),
        ([UNAVAILABLE], Presence.UNKNOWN, "card.absent"),
        ([UNKNOWN | CHANGED], Presence.UNKNOWN, "card.absent"),
        ([IGNORED], Presence.UNKNOWN, "card.absent"),
        ([UNAVAILABLE | PRESENT], Presence.UNKNOWN, "card.absent"),
        ([UNAVAILABLE, EMPTY], Presence.ABSENT, ""),
    ],
)
def test_the_daemon_s_flags_become_one_state(flags: list[int], presence: Presence, code: str) -> None:
    state = summarise(flags)
    assert (state.presence, state.health.code) == (presence, code)


def test_the_security_module_s_slot_is_no_card_of_a_visitor() -> None:
    found = {"ACS ACR1281 PICC 00 00": EMPTY, "ACS ACR1281 SAM 00 01": PRESENT}
    assert chosen(found, "") == [EMPTY]
    assert chosen(found, "PICC") == [EMPTY]
    assert chosen(found, "SAM 00 01") == [PRESENT]
    assert chosen(found, "Omnikey") == []


@pytest.mark.parametrize("code", [0x8010001D, 0x8010001E, NOT_ALLOWED])
def test_a_daemon_that_does_not_serve_us_says_its_number_to_the_technician(code: int) -> None:
    state = refusing(code).state()
    assert (state.presence, state.health.condition) == (Presence.UNKNOWN, Condition.FAULT)
    assert (state.health.code, state.health.evidence) == ("card.service_down", f"{code:#010x}")


def test_a_machine_without_the_library_is_a_value_not_a_crash() -> None:
    with pytest.raises(PcscError) as caught:
        readers("libpcsclite-tiada.so.9")
    assert caught.value.code == NO_LIBRARY
    look = PcscCardReader(look=lambda: readers("libpcsclite-tiada.so.9"))
    assert look.state().health.code == "card.service_down"


def test_the_reader_s_troubles_are_logged_once_each_way(caplog: pytest.LogCaptureFixture) -> None:
    answers = [{}, {}, {"R": EMPTY}, {"R": PRESENT}, {"R": EMPTY}, {}]
    reader = PcscCardReader(look=lambda: answers.pop(0))
    with caplog.at_level(logging.INFO):
        for _ in range(6):
            reader.state()
    told = [record.getMessage().split()[1] for record in caplog.records]
    assert told == ["condition=absent", "condition=ready", "condition=absent"]


@pytest.mark.parametrize(
    "url", ["serial:///dev/ttyUSB0", "pcsc://localhost", "pcsc:?readr=ACR122", "pcsc:ACR122", "tcp://127.0.0.1:1"]
)
def test_an_address_that_no_card_reader_has_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"pcsc:"):
        connect(url)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("none:", "<NoCardReader>"),
        ("simulated://", "<SimulatedCardReader ready>"),
        ("pcsc:", "<PcscCardReader any>"),
        ("pcsc:?reader=ACR122U%20PICC", "<PcscCardReader ACR122U PICC>"),
    ],
)
def test_an_address_becomes_its_reader(url: str, shown: str) -> None:
    assert repr(connect(url)) == shown


def test_the_twin_starts_as_a_reader_with_nothing_on_it() -> None:
    assert connect("simulated://").state() == CardState(Presence.ABSENT, READY)
