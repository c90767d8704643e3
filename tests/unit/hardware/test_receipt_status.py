"""Status bytes, folded by a written priority; all combinations."""

from itertools import product

import pytest

from kiosk.hardware.health import Condition
from kiosk.hardware.receipt.status import summarise, valid

BASE = 0x12
OK = {n: bytes([BASE]) for n in (1, 2, 3, 4)}


def answers(**changes: int) -> dict[int, bytes | None]:
    return {**OK, **{int(name[1:]): bytes([BASE | value]) for name, value in changes.items()}}


def test_a_printer_that_is_well() -> None:
    assert summarise(OK).condition is Condition.READY


@pytest.mark.parametrize(
    ("changes", "condition", "code"),
    [
        ({"n1": 0x08, "n2": 0x04}, Condition.FAULT, "receipt.cover_open"),
        ({"n1": 0x08, "n2": 0x20, "n4": 0x6C}, Condition.FAULT, "receipt.paper_out"),
        ({"n4": 0x60}, Condition.FAULT, "receipt.paper_out"),
        ({"n3": 0x08}, Condition.FAULT, "receipt.cutter"),
        ({"n3": 0x20}, Condition.FAULT, "receipt.cutter"),
        ({"n1": 0x08}, Condition.FAULT, "receipt.offline"),
        ({"n4": 0x0C}, Condition.ATTENTION, "receipt.paper_low"),
    ],
)
def test_what_emupos_and_the_manual_say(changes: dict[str, int], condition: Condition, code: str) -> None:
    health = summarise(answers(**changes))
    assert (health.condition, health.code) == (condition, code)


@pytest.mark.parametrize(("cover", "paper", "cutter", "offline", "low"), list(product((False, True), repeat=5)))
def test_the_priority_holds_for_every_combination(
    cover: bool, paper: bool, cutter: bool, offline: bool, low: bool
) -> None:
    health = summarise(
        answers(
            n1=0x08 if offline else 0,
            n2=0x04 if cover else 0,
            n3=0x08 if cutter else 0,
            n4=(0x60 if paper else 0) | (0x0C if low else 0),
        )
    )
    order = (("cover_open", cover), ("paper_out", paper), ("cutter", cutter), ("offline", offline), ("paper_low", low))
    expected = next((f"receipt.{name}" for name, holds in order if holds), "")
    assert health.code == expected


@pytest.mark.parametrize("silent", [1, 4])
def test_silence_is_unknown_never_plenty(silent: int) -> None:
    health = summarise({**OK, silent: None})
    assert (health.condition, health.code) == (Condition.UNKNOWN, "receipt.silent")
    assert f"{silent}=-" in health.evidence


@pytest.mark.parametrize("answer", [None, b"", b"\x12\x12", b"\x00", b"\xff", b"A"])
def test_what_is_no_status_byte(answer: bytes | None) -> None:
    assert valid(answer) is None


def test_a_printer_that_answers_only_the_two_that_matter() -> None:
    assert summarise({1: b"\x12", 4: b"\x12"}).condition is Condition.READY
