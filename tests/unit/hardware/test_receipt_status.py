"""Status bytes, folded by a written priority; all combinations."""

from itertools import product

import pytest

from kiosk.hardware.health import READY, Condition, Health
from kiosk.hardware.receipt.status import Kind, kind_of, summarise, summarise_asb

BASE = 0x12
OK: dict[int, int | None] = dict.fromkeys((1, 2, 3, 4), BASE)
FLAGS = ("cover_open", "paper_out", "cutter", "offline", "paper_low")  # by priority


def answers(**changes: int) -> dict[int, int | None]:
    return {**OK, **{int(name[1:]): BASE | value for name, value in changes.items()}}


def first_of(flags: tuple[bool, ...]) -> str:
    return next((f"receipt.{name}" for name, holds in zip(FLAGS, flags, strict=True) if holds), "")


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


@pytest.mark.parametrize("flags", list(product((False, True), repeat=5)))
def test_the_priority_holds_for_every_combination(flags: tuple[bool, ...]) -> None:
    cover, paper, cutter, offline, low = flags
    health = summarise(
        answers(
            n1=0x08 if offline else 0,
            n2=0x04 if cover else 0,
            n3=0x08 if cutter else 0,
            n4=(0x60 if paper else 0) | (0x0C if low else 0),
        )
    )
    assert health.code == first_of(flags)


@pytest.mark.parametrize("flags", list(product((False, True), repeat=5)))
@pytest.mark.parametrize("broken", [0x08, 0x20])
@pytest.mark.parametrize("noise", [0x00, 0x44])
def test_an_automatic_status_says_the_same_in_its_own_bits(flags: tuple[bool, ...], broken: int, noise: int) -> None:
    """``noise``: the drawer and the feed button, which are no news of ours."""
    cover, paper, cutter, offline, low = flags
    block = bytes((
        0x10 | (noise & 0x44) | (0x20 if cover else 0) | (0x08 if offline else 0), broken if cutter else 0,
        (0x0C if paper else 0) | (0x03 if low else 0), 0,
    ))  # fmt: skip
    assert [kind_of(byte) for byte in block] == [Kind.ASB, Kind.PAPER, Kind.PAPER, Kind.PAPER]
    assert summarise_asb(block).code == first_of(flags)


@pytest.mark.parametrize(
    ("block", "code"),
    [
        ("10000000", ""), ("10000300", "receipt.paper_low"), ("18000f00", "receipt.paper_out"),
        ("38000000", "receipt.cover_open"), ("18000000", "receipt.offline"),
    ],
)  # fmt: skip
def test_what_emupos_sends_by_itself(block: str, code: str) -> None:
    health = summarise_asb(bytes.fromhex(block))
    assert health == (Health(health.condition, code, f"asb={block}") if code else READY)


@pytest.mark.parametrize("silent", [1, 4])
def test_silence_is_unknown_never_plenty(silent: int) -> None:
    health = summarise({**OK, silent: None})
    assert (health.condition, health.code) == (Condition.UNKNOWN, "receipt.silent")
    assert f"{silent}=-" in health.evidence


@pytest.mark.parametrize("answer", [0x00, 0xFF, ord("A"), 0x11, 0x13, 0x10])
def test_what_is_no_status_byte_is_silence(answer: int) -> None:
    assert kind_of(answer) is not Kind.STATUS
    assert summarise({**OK, 1: answer}).condition is Condition.UNKNOWN


def test_a_printer_that_answers_only_the_two_that_matter() -> None:
    assert summarise({1: 0x12, 4: 0x12}).condition is Condition.READY


def test_each_byte_is_of_one_kind_by_its_fixed_bits() -> None:
    """Epson's table: 0xx1xx10 status, 0xx1xx00 the first of an ASB, 0xx0xxxx paper sensors (all sixteen and the drawer's)."""
    kinds = [kind_of(byte) for byte in range(256)]
    assert [kinds.count(kind) for kind in (Kind.STATUS, Kind.ASB, Kind.PAPER)] == [16, 16, 64]
    assert {kind_of(near | out) for near in (0, 1, 2, 3) for out in (0, 4, 8, 12)} == {Kind.PAPER}
    assert {kind_of(byte) for byte in (0x11, 0x13, 0x37, 0x5F, 0x80, 0xFF)} == {Kind.OTHER}
