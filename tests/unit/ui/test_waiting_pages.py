"""What a villager reads when the line is down: a dated status, a document that opens, a second copy that waits for staff."""

from pathlib import Path

import pytest

from adminduk.tickets import Claim, new_claim
from kiosk.session import Step
from tests.unit.documents.paperwork import Office, blank_pdf
from tests.unit.session.test_waiting import bring, line_is_down, show, to_local_document
from tests.unit.session.world import World, new_world
from tests.unit.ui.hand import Hand
from tests.unit.ui.harness import pages


@pytest.fixture
def office() -> Office:
    return Office.open()


@pytest.fixture
def world(tmp_path: Path, office: Office) -> World:
    return new_world(tmp_path, roots=office.pem)


@pytest.fixture
def hand(world: World) -> Hand:
    made = Hand(pages(world))
    made.enter()
    return made


@pytest.fixture
def claim(world: World) -> Claim:
    return new_claim(17, world.parts.dice)


def test_the_status_says_of_which_day_it_is_and_that_there_is_no_line(hand: Hand, world: World, claim: Claim) -> None:
    bring(world, claim, None, state="DIPROSES")
    show(world, claim)
    line_is_down(world)
    hand.look()
    assert "Sambungan ke Dukcapil sedang terputus." in hand.words
    assert "Per tanggal 20 November 2026 10:00 WIB." in hand.words
    hand.press("ask_again")
    assert world.step is Step.WAITING
    world.centre_answers(state="DIPROSES", words="Pengajuan dalam proses")
    hand.look()
    assert "Per tanggal" not in hand.words


def test_a_document_that_has_not_come_is_not_sent_to_the_office(hand: Hand, world: World, claim: Claim) -> None:
    bring(world, claim, None)
    show(world, claim)
    line_is_down(world)
    hand.look()
    assert "dokumen itu belum sampai di kios" in hand.words
    assert "diambil di tempat yang ditunjukkan" not in hand.words


def test_a_pin_without_a_line_is_told_to_show_the_code(hand: Hand, world: World, claim: Claim) -> None:
    bring(world, claim, None)
    world.to_waiting(claim.ticket, claim.pin)
    line_is_down(world)
    hand.look()
    assert "Tunjukkan kode QR di struk" in hand.words


def test_the_document_prints_once_and_then_names_staff(hand: Hand, world: World, claim: Claim, office: Office) -> None:
    document = bring(world, claim, office.sign(blank_pdf()))
    to_local_document(world, claim, document)
    hand.look()
    assert "dokumen ini menunggu di kios" in hand.words
    hand.press("print")
    assert world.step is Step.PRINTED
    hand.press("to_status")
    hand.press("document", dokumen=document)
    hand.press("print")
    assert (world.step, len(world.paper.printed)) == (Step.DOCUMENT, 1)
    assert "cetak ulang hanya dapat dilakukan petugas desa" in hand.words


def test_the_words_of_a_day_without_a_line_are_spoken(hand: Hand, world: World, claim: Claim) -> None:
    bring(world, claim, None)
    show(world, claim)
    line_is_down(world)
    page = hand.client.post("/tampilan/suara", data={"kunjungan": world.kiosk.visit.id}, base_url=hand.pages.origin)
    assert page.status_code == 303
    hand.look()
    assert world.kiosk.visit.display["suara"]
    assert "data-clips" in hand.page
