"""The receipt: what an old farmer keeps in his pocket for a week."""

from datetime import UTC, datetime

import pytest

from adminduk.tickets import Claim, claim_code, read_claim_code, spaced, with_check_digits
from content.loader import load
from kiosk.hardware.receipt.models import DEFAULT, find
from kiosk.hardware.receipt.protocol import Code, Line, Size
from kiosk.hardware.receipt.render import render
from kiosk.hardware.receipt.simulated import as_text
from kiosk.session import slip
from tests.unit.session.world import World

CLAIM = Claim(ticket=with_check_digits("0017482193"), secret=bytes(range(16)), pin="482913")
AT = datetime(2026, 11, 21, 3, 5, tzinfo=UTC)
PROFILES = ("wonogiri", "buleleng", "mataram", "balangan", "maluku_tengah")


def built(world: World, service: str = "AKL") -> str:
    return as_text(slip.build(world.parts, world.parts.catalogue.services[service], CLAIM, AT), 48)


@pytest.mark.parametrize(
    "words",
    [
        "Dukcapil Kab. Wonogiri",
        "Kios Desa Contoh",
        "21 November 2026 10:05 WIB",
        "GRATIS",
        "Akta kelahiran",
        spaced(CLAIM.ticket),
        "PIN 482 913",
        "[QR]",
        "Simpan kertas ini",
        "1 hari kerja",
        "bukan dokumen",
    ],
)
def test_the_slip_says(world: World, words: str) -> None:
    assert words in built(world)


def test_ticket_and_pin_are_large(world: World) -> None:
    parts = slip.build(world.parts, world.parts.catalogue.services["AKL"], CLAIM, AT).parts
    large = [part.text for part in parts if isinstance(part, Line) and part.size is Size.LARGE]
    assert large == [spaced(CLAIM.ticket), "PIN 482 913"]


def test_the_code_on_the_slip_opens_the_claim(world: World) -> None:
    parts = slip.build(world.parts, world.parts.catalogue.services["AKL"], CLAIM, AT).parts
    (code,) = [part for part in parts if isinstance(part, Code)]
    assert code.text == claim_code(CLAIM)
    assert read_claim_code(code.text) == (CLAIM.ticket, CLAIM.secret)


@pytest.mark.parametrize("profile", PROFILES)
def test_every_kabupatens_slip_is_under_500_bytes_on_a_tm_t20ii(world: World, profile: str) -> None:
    object.__setattr__(world.parts, "catalogue", load(profile))
    sizes = {
        code: len(render(slip.build(world.parts, service, CLAIM, AT), find(DEFAULT)))
        for code, service in world.parts.catalogue.services.items()
    }
    assert max(sizes.values()) <= 500, sizes


@pytest.mark.parametrize(
    ("profile", "time"), [("wonogiri", "10:05 WIB"), ("buleleng", "11:05 WITA"), ("maluku_tengah", "12:05 WIT")]
)
def test_the_time_is_the_kabupatens_own(world: World, profile: str, time: str) -> None:
    object.__setattr__(world.parts, "catalogue", load(profile))
    assert time in built(world)


def test_nothing_personal_but_the_claim_is_on_the_slip(world: World) -> None:
    world.to_receipt()
    (printed,) = world.receipt.printed
    for personal in ("3312120101909901", "WARGA", "08123", "9901"):
        assert personal not in printed


def test_the_slip_fits_the_paper(world: World) -> None:
    assert max(len(line) for line in built(world).splitlines()) <= 48
