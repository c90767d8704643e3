"""Asking the centre and printing what it signed; nothing untrusted reaches paper."""

import base64
import re

import pytest

from adminduk.tickets import Claim, claim_code, new_claim
from kiosk.hardware.health import Outcome
from kiosk.session import Event, Step
from kiosk.session.asking import PATIENCE_S, picture
from kiosk.store import PrintState
from tests.unit.documents.paperwork import SIGNER, Office, blank_pdf, with_an_addition
from tests.unit.session.world import World, qr_on_desk

DOCUMENTS = ({"id": "d1", "output": "KK", "name": "Kartu Keluarga", "pages": "1"},)


@pytest.fixture
def claim(trusting: World) -> Claim:
    return new_claim(17, trusting.parts.dice)


def encoded(pdf: bytes) -> str:
    return base64.b64encode(pdf).decode()


def to_document(world: World, ticket: str, pdf: bytes) -> None:
    world.to_waiting(ticket)
    world.centre_answers(state="SIAP_CETAK", words="Pengajuan sudah selesai", documents=DOCUMENTS)
    world.do(world.kiosk.open_document("d1"))
    world.centre_answers(pdf=encoded(pdf))


# --- the ticket ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "complaint"),
    [
        ("1234", "tiket_panjang"),
        ("abc", "tiket_bukan_angka"),
        ("001748219366", "tiket_angka_periksa"),
        ("", "tiket_bukan_angka"),
    ],
)
def test_a_misread_ticket_is_told_before_anybody_is_asked(trusting: World, typed: str, complaint: str) -> None:
    trusting.do(Event.CHECK, trusting.kiosk.give_ticket(typed))
    assert (trusting.step, trusting.kiosk.visit.complaint) == (Step.TICKET, complaint)
    assert complaint in trusting.parts.catalogue.complaints
    assert trusting.parts.store.next_question() is None


def test_a_short_pin_is_told_before_anybody_is_asked(trusting: World, claim: Claim) -> None:
    trusting.do(Event.CHECK, trusting.kiosk.give_ticket(claim.ticket), trusting.kiosk.give_pin("12"))
    assert (trusting.step, trusting.kiosk.visit.complaint) == (Step.PIN, "pin_panjang")


def test_ticket_and_pin_travel_sealed_to_the_centre_alone(trusting: World, claim: Claim) -> None:
    trusting.to_waiting(claim.ticket, claim.pin)
    question = trusting.parts.store.next_question()
    assert question is not None
    assert claim.ticket.encode() not in question.sealed
    assert claim.pin.encode() not in question.sealed
    inquiry = trusting.centre_answers(state="DIAJUKAN", words="Belum diproses")
    assert (inquiry.ticket, inquiry.proof, inquiry.kind) == (claim.ticket, {"pin": claim.pin}, "status")


def test_the_slips_code_under_the_camera_asks_without_a_pin(trusting: World, claim: Claim) -> None:
    trusting.do(Event.CHECK)
    trusting.camera.lay_paper(qr_on_desk(claim_code(claim)))
    trusting.kiosk.look()
    assert trusting.step is Step.WAITING
    inquiry = trusting.centre_answers(state="DIAJUKAN", words="Belum diproses")
    assert inquiry.proof == {"secret": claim.secret.hex()}
    assert trusting.step is Step.STATUS


def test_looking_for_a_code_is_no_touch(trusting: World) -> None:
    trusting.do(Event.CHECK)
    trusting.clock.advance(50)
    before = trusting.kiosk.seconds_left()
    version = trusting.kiosk.visit.version
    trusting.kiosk.look()
    assert trusting.kiosk.seconds_left() == before
    assert trusting.kiosk.visit.version == version


def test_a_button_for_the_code_says_when_none_is_seen(trusting: World) -> None:
    trusting.do(Event.CHECK, trusting.kiosk.look_for_code())
    assert (trusting.step, trusting.kiosk.visit.complaint) == (Step.TICKET, "kode_tidak_terbaca")


def test_somebody_elses_code_is_not_a_claim(trusting: World) -> None:
    trusting.do(Event.CHECK)
    trusting.camera.lay_paper(qr_on_desk("https://contoh.id/promo"))
    trusting.kiosk.look()
    assert trusting.step is Step.TICKET


# --- answers ------------------------------------------------------------------------------------------------------------


def test_the_status_is_shown_in_the_centres_words(trusting: World, claim: Claim) -> None:
    trusting.to_waiting(claim.ticket)
    trusting.centre_answers(state="DIPROSES", words="Pengajuan dalam proses", queue_number=4)
    assert trusting.step is Step.STATUS
    asking = trusting.kiosk.visit.asking
    assert asking is not None
    assert asking.status is not None
    assert asking.status.words == trusting.parts.catalogue.status_words[asking.status.state]  # type: ignore[index]  # StrEnum keys


@pytest.mark.parametrize(("code", "complaint"), [("salah", "pin_salah"), ("terkunci", "pin_terkunci")])
def test_a_wrong_pin_leads_back_to_the_pin_with_words(trusting: World, claim: Claim, code: str, complaint: str) -> None:
    trusting.to_waiting(claim.ticket)
    trusting.centre_answers(code=code)
    assert (trusting.step, trusting.kiosk.visit.complaint) == (Step.PIN, complaint)
    assert complaint in trusting.parts.catalogue.complaints


@pytest.mark.parametrize("code", ["tidak_ada", "belum"])
def test_what_the_centre_does_not_have_is_said_plainly(trusting: World, claim: Claim, code: str) -> None:
    trusting.to_waiting(claim.ticket)
    trusting.centre_answers(code=code)
    assert trusting.step is Step.NO_ANSWER
    assert code in trusting.parts.catalogue.complaints


def test_the_line_is_down_and_patience_ends(trusting: World, claim: Claim) -> None:
    trusting.to_waiting(claim.ticket)
    trusting.clock.advance(PATIENCE_S - 1)
    trusting.kiosk.look()
    assert trusting.step is Step.WAITING
    trusting.clock.advance(2)
    trusting.kiosk.look()
    assert trusting.step is Step.NO_ANSWER
    assert trusting.kiosk.visit.asking is not None
    assert trusting.kiosk.visit.asking.code == "tidak_tersambung"


def test_patience_ends_before_the_visit_does() -> None:
    from kiosk.session.steps import IDLE_S

    assert PATIENCE_S < IDLE_S


def test_the_courier_says_that_the_question_failed(trusting: World, claim: Claim) -> None:
    trusting.to_waiting(claim.ticket)
    question = trusting.parts.store.next_question()
    assert question is not None
    trusting.parts.store.fail(question.id, "ditolak")
    trusting.kiosk.look()
    assert trusting.step is Step.NO_ANSWER


def test_asking_again_uses_a_fresh_key(trusting: World, claim: Claim) -> None:
    trusting.to_waiting(claim.ticket)
    asking = trusting.kiosk.visit.asking
    assert asking is not None
    first = asking.key
    trusting.clock.advance(PATIENCE_S + 1)
    trusting.kiosk.look()
    trusting.do(trusting.kiosk.ask_again())
    assert trusting.step is Step.WAITING
    assert asking.key is not first


def test_an_answer_for_another_key_opens_nothing(trusting: World, claim: Claim) -> None:
    trusting.to_waiting(claim.ticket)
    question = trusting.parts.store.next_question()
    assert question is not None
    trusting.parts.store.answer(question.id, b"not for us")
    trusting.kiosk.look()
    assert trusting.step is Step.NO_ANSWER
    assert trusting.kiosk.visit.asking is not None
    assert trusting.kiosk.visit.asking.code == "jawaban_rusak"


def test_a_document_that_was_not_offered_is_not_fetched(trusting: World, claim: Claim) -> None:
    trusting.to_waiting(claim.ticket)
    trusting.centre_answers(state="SIAP_CETAK", words="Pengajuan sudah selesai", documents=DOCUMENTS)
    trusting.do(trusting.kiosk.open_document("somebody-elses"))
    assert trusting.step is Step.STATUS


# --- documents ----------------------------------------------------------------------------------------------------------


def test_a_signed_document_is_shown_with_its_signer(trusting: World, claim: Claim, office: Office) -> None:
    to_document(trusting, claim.ticket, office.sign(blank_pdf()))
    assert trusting.step is Step.DOCUMENT
    asking = trusting.kiosk.visit.asking
    assert asking is not None
    assert (asking.signer, asking.pages) == (SIGNER, 1)
    shown = picture(trusting.kiosk.visit)
    assert shown is not None
    assert shown.startswith(b"\x89PNG")


@pytest.mark.parametrize("trick", ["unsigned", "changed", "stranger", "rubbish", "empty"])
def test_nothing_untrusted_reaches_paper(trusting: World, claim: Claim, office: Office, trick: str) -> None:
    pdf = {
        "unsigned": blank_pdf(),
        "changed": with_an_addition(office.sign(blank_pdf())),
        "stranger": Office.open("Akar Palsu").sign(blank_pdf()),
        "rubbish": b"%PDF-1.7 rubbish",
        "empty": b"",
    }[trick]
    to_document(trusting, claim.ticket, pdf)
    trusting.do(trusting.kiosk.print_document())
    assert trusting.step is Step.UNTRUSTED
    assert trusting.paper.printed == []
    assert trusting.kiosk.visit.asking is not None
    assert trusting.kiosk.visit.asking.code in trusting.parts.catalogue.complaints


def test_a_printed_document_is_confirmed_in_the_ledger(trusting: World, claim: Claim, office: Office) -> None:
    pdf = office.sign(blank_pdf())
    to_document(trusting, claim.ticket, pdf)
    trusting.do(trusting.kiosk.print_document())
    assert trusting.step is Step.PRINTED
    assert trusting.paper.printed == [pdf]
    assert [job.state for job in trusting.parts.store.prints_of("d1")] == [PrintState.CONFIRMED]


def test_the_print_job_names_nobody(trusting: World, claim: Claim, office: Office) -> None:
    to_document(trusting, claim.ticket, office.sign(blank_pdf()))
    trusting.do(trusting.kiosk.print_document())
    (job,) = trusting.paper.jobs
    assert re.fullmatch("d-[0-9a-f]{12}", job), "nothing but dice"
    assert claim.ticket not in job


def test_no_paper_is_refused_in_words_and_may_be_tried_again(trusting: World, claim: Claim, office: Office) -> None:
    trusting.paper.run_out_of_paper()
    to_document(trusting, claim.ticket, office.sign(blank_pdf()))
    trusting.do(trusting.kiosk.print_document())
    assert trusting.step is Step.UNPRINTED
    trusting.paper.refill()
    trusting.do(trusting.kiosk.back(), trusting.kiosk.print_document())
    assert trusting.step is Step.PRINTED


def test_a_lost_answer_asks_whether_paper_came_out(trusting: World, claim: Claim, office: Office) -> None:
    trusting.paper.lose_the_next_answer()
    to_document(trusting, claim.ticket, office.sign(blank_pdf()))
    trusting.do(trusting.kiosk.print_document())
    assert trusting.step is Step.DOUBTFUL
    trusting.do(trusting.kiosk.document_came_out(came=True))
    assert trusting.step is Step.PRINTED
    assert [job.state for job in trusting.parts.store.prints_of("d1")] == [PrintState.CONFIRMED]


def test_nothing_came_out_and_the_document_may_be_printed_anew(trusting: World, claim: Claim, office: Office) -> None:
    trusting.paper.lose_the_next_answer()
    to_document(trusting, claim.ticket, office.sign(blank_pdf()))
    trusting.do(trusting.kiosk.print_document(), trusting.kiosk.document_came_out(came=False))
    assert trusting.step is Step.DOCUMENT
    trusting.do(trusting.kiosk.print_document())
    states = [job.state for job in trusting.parts.store.prints_of("d1")]
    assert states == [PrintState.REFUSED, PrintState.CONFIRMED]


def test_a_second_tap_on_print_prints_once(trusting: World, claim: Claim, office: Office) -> None:
    to_document(trusting, claim.ticket, office.sign(blank_pdf()))
    trusting.do(trusting.kiosk.print_document(), trusting.kiosk.print_document())
    assert len(trusting.paper.printed) == 1


def test_without_an_intent_nothing_is_printed(trusting: World, claim: Claim, office: Office) -> None:
    from tests.unit.session.test_mishaps import with_store

    to_document(trusting, claim.ticket, office.sign(blank_pdf()))
    with_store(trusting, "intend_print")
    trusting.do(trusting.kiosk.print_document())
    assert trusting.step is Step.UNPRINTED
    assert trusting.paper.printed == []
    assert trusting.kiosk.visit.asking is not None
    assert trusting.kiosk.visit.asking.result is not None
    assert trusting.kiosk.visit.asking.result.outcome is Outcome.REFUSED


# --- the survey ---------------------------------------------------------------------------------------------------------


def surveyed(world: World) -> dict[str, object]:
    import json

    row = world.parts.store.next_survey()
    assert row is not None
    return dict(json.loads(row[1]))


def test_nine_taps_are_kept_without_a_name(world: World) -> None:
    world.to_receipt("KONSOL")
    world.do(Event.TO_SURVEY, *[world.kiosk.score(value) for value in (4, 3, 2, 1, 4, 4, 4, 4, 3)])
    assert world.step is Step.THANKS
    answer = surveyed(world)
    assert answer["scores"] == [4, 3, 2, 1, 4, 4, 4, 4, 3]
    assert (answer["service"], answer["month"]) == ("KONSOL", "2026-11")
    assert set(answer) == {"v", "id", "service", "month", "scores"}


def test_a_survey_that_ends_early_keeps_what_was_said(world: World) -> None:
    world.to_receipt()
    world.do(Event.TO_SURVEY, world.kiosk.score(4), world.kiosk.score(None), world.kiosk.end_survey())
    assert world.step is Step.THANKS
    assert surveyed(world)["scores"] == [4, *[None] * 8]


def test_a_survey_of_nothing_is_not_kept(world: World) -> None:
    world.to_receipt()
    world.do(Event.TO_SURVEY, world.kiosk.end_survey())
    assert world.step is Step.THANKS
    assert world.parts.store.next_survey() is None


@pytest.mark.parametrize("value", [0, 5, -1])
def test_a_score_outside_the_four_faces_is_nothing(world: World, value: int) -> None:
    world.to_receipt()
    world.do(Event.TO_SURVEY, world.kiosk.score(value))
    assert world.kiosk.visit.scores == []
