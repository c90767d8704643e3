"""What breaks in a village: cables, paper, disks, power. The application survives each."""

import errno
import logging
from pathlib import Path

import pytest

from adminduk.services import Service
from adminduk.tickets import new_ticket
from kiosk.hardware.health import Outcome
from kiosk.session import Event, Step, notices
from kiosk.store import PrintState, Store, StoreError
from kiosk.vault import Vault, VaultError
from tests.unit.session.world import NIK, World, birth_letter_on_desk


class FullVault(Vault):
    """A disk without room, as the system reports it."""

    full = True

    def put(self, packet_id: str, sealed: bytes) -> None:
        if self.full:
            raise VaultError("penuh") from OSError(errno.ENOSPC, "no room")
        super().put(packet_id, sealed)


def with_vault(world: World, vault: Vault) -> None:
    object.__setattr__(world.parts, "vault", vault)


class FullStore(Store):
    """A store whose file can grow no more; wraps a real one."""

    def __init__(self, real: Store, *failing: str) -> None:
        self._real, self._failing = real, failing

    def __getattribute__(self, name: str) -> object:
        if name in ("_real", "_failing", "failing_now", "__class__"):
            return super().__getattribute__(name)
        return self.failing_now if name in self._failing else getattr(self._real, name)

    def failing_now(self, *_arguments: object, **_named: object) -> None:
        raise StoreError("penuh")


def with_store(world: World, *failing: str) -> None:
    object.__setattr__(world.parts, "store", FullStore(world.parts.store, *failing))


def slip_states(world: World) -> list[PrintState]:
    return [job.state for job in world.parts.store.prints_of(world.kiosk.visit.packet_id)]


# --- the receipt printer ------------------------------------------------------------------------------------------------


def test_paper_runs_out_before_the_slip_and_the_application_is_kept(world: World) -> None:
    world.receipt.run_out_of_paper()
    world.to_receipt()
    assert len(world.packets()) == 1
    result = world.kiosk.visit.slip_result
    assert result is not None
    assert (result.outcome, result.code) == (Outcome.REFUSED, "receipt.paper_out")
    assert world.kiosk.visit.claim is not None


def test_paper_is_refilled_and_the_slip_comes_out_after_all(world: World) -> None:
    world.receipt.run_out_of_paper()
    world.to_receipt()
    world.receipt.refill()
    world.do(world.kiosk.slip_again())
    assert len(world.receipt.printed) == 1
    assert slip_states(world) == [PrintState.REFUSED, PrintState.CONFIRMED]


def test_the_receipt_printer_is_unplugged_in_the_middle_of_the_slip(world: World) -> None:
    world.receipt.lose_power_after(100)
    world.to_receipt()
    result = world.kiosk.visit.slip_result
    assert result is not None
    assert (result.outcome, result.code) == (Outcome.DOUBTFUL, "receipt.interrupted")
    assert world.step is Step.RECEIPT
    assert len(world.packets()) == 1


def test_a_doubtful_slip_is_never_printed_again_by_itself(world: World) -> None:
    world.receipt.go_silent()
    world.to_receipt()
    world.clock.advance(60)
    world.kiosk.seconds_left()
    world.kiosk.look()
    assert len(world.receipt.printed) == 1
    assert slip_states(world) == [PrintState.DOUBTFUL]


def test_the_visitor_says_that_the_doubtful_slip_came_out(world: World) -> None:
    world.receipt.go_silent()
    world.to_receipt()
    world.do(world.kiosk.slip_came_out())
    assert slip_states(world) == [PrintState.CONFIRMED]
    assert world.kiosk.visit.slip_result is not None
    assert world.kiosk.visit.slip_result.outcome is Outcome.OK


def test_the_visitor_says_that_the_doubtful_slip_did_not_come_out(world: World) -> None:
    world.receipt.go_silent()
    world.to_receipt()
    world.receipt.speak_again()
    world.do(world.kiosk.slip_again())
    assert slip_states(world) == [PrintState.DOUBTFUL, PrintState.CONFIRMED]


# --- the disk -----------------------------------------------------------------------------------------------------------


def test_the_vault_is_full_and_nothing_of_the_draft_is_lost(world: World, tmp_path: Path) -> None:
    vault = FullVault(tmp_path / "small")
    with_vault(world, vault)
    world.to_review()
    world.do(world.kiosk.submit())
    assert (world.step, world.kiosk.visit.complaint) == (Step.REVIEW, "penuh")
    assert world.kiosk.visit.draft.answers["nik"] == NIK
    assert all(world.kiosk.visit.draft.pages.values())
    assert world.receipt.printed == []
    vault.full = False
    world.do(world.kiosk.submit())
    assert world.step is Step.RECEIPT
    assert len(world.packets()) == 1


@pytest.mark.parametrize("failing", ["record_submission", "ticket_taken"])
def test_the_store_is_full_and_no_packet_stays_behind_without_a_row(world: World, failing: str) -> None:
    world.to_review()
    with_store(world, failing)
    world.do(world.kiosk.submit())
    assert (world.step, world.kiosk.visit.complaint) == (Step.REVIEW, "penuh")
    assert list(world.parts.vault.ids()) == []
    assert world.receipt.printed == []
    assert world.kiosk.visit.packet_id == ""


def test_a_ledger_that_cannot_be_written_keeps_nobodys_slip_back(world: World) -> None:
    world.to_review()
    with_store(world, "settle_print")
    world.do(world.kiosk.submit())
    assert world.step is Step.RECEIPT
    assert len(world.receipt.printed) == 1


def test_a_copy_that_cannot_be_written_down_is_not_printed(world: World) -> None:
    world.to_receipt()
    with_store(world, "intend_print")
    world.do(world.kiosk.slip_again())
    assert len(world.receipt.printed) == 1


def test_a_visit_is_wiped_even_when_the_store_cannot_forget(world: World) -> None:
    world.to_review()
    with_store(world, "forget_questions")
    pages = [page for kept in world.kiosk.visit.draft.pages.values() for page in kept]
    world.kiosk.leave()
    assert world.step is Step.HOME
    assert not any(any(page) for page in pages)
    assert world.wiped == [None]


def test_a_question_that_cannot_be_kept_is_answered_as_a_lost_line(world: World) -> None:
    with_store(world, "ask")
    world.to_waiting(new_ticket(17, world.parts.dice))
    world.kiosk.look()
    assert world.step is Step.NO_ANSWER
    assert world.kiosk.visit.asking is not None
    assert world.kiosk.visit.asking.code == "tidak_tersambung"


# --- the camera ---------------------------------------------------------------------------------------------------------


def test_the_camera_is_lost_while_capturing_and_the_draft_stays(world: World) -> None:
    world.to_questions()
    world.answer()
    assert world.kiosk.preview() is not None
    world.camera.unplug()
    world.do(world.kiosk.take())
    assert (world.step, world.kiosk.visit.complaint) == (Step.CAPTURE, "camera.lost")
    assert world.kiosk.visit.draft.answers["nik"] == NIK


def test_the_camera_comes_back_and_the_photo_is_taken(world: World) -> None:
    world.to_questions()
    world.answer()
    world.kiosk.preview()
    world.camera.unplug()
    world.do(world.kiosk.take())
    world.camera.plug_in()
    world.photograph()
    assert world.step is Step.REVIEW


def test_a_camera_that_was_never_there_says_so(world: World) -> None:
    world.to_questions()
    world.answer()
    world.camera.unplug()
    world.do(world.kiosk.take())
    assert world.kiosk.visit.complaint == "camera.absent"
    assert world.kiosk.preview() is None


def test_no_sheet_is_found_and_the_whole_frame_stands_in(world: World) -> None:
    world.to_questions()
    world.answer()
    world.camera.take_away()
    world.do(world.kiosk.take())
    assert world.step is Step.PAGE
    taken = world.kiosk.visit.taken
    assert taken is not None
    assert "not_found" in taken.judgement.problems


# --- power --------------------------------------------------------------------------------------------------------------


def test_power_goes_between_vault_and_row_and_the_start_finds_the_orphan(world: World) -> None:
    world.to_receipt()
    known = {str(packet.id) for packet in world.packets()}
    world.parts.vault.put("0198c0de-0000-7000-8000-000000000001", b"sealed but never recorded")
    orphans = world.parts.vault.clean_up(world.parts.store.packet_ids())
    assert list(orphans) == ["0198c0de-0000-7000-8000-000000000001"]
    assert set(world.parts.vault.ids()) == known


def test_power_goes_while_printing_and_the_next_start_calls_the_slip_doubtful(world: World) -> None:
    world.to_review()
    world.do(world.kiosk.submit())
    job = world.parts.store.intend_print(world.parts.store.prints_of(world.kiosk.visit.packet_id)[0].kind, "x")
    world.parts.store.settle_print(job, PrintState.HANDED_OVER)
    assert [doubt.id for doubt in world.parts.store.reconcile_prints()] == [job.id]


# --- what can be asked for now ------------------------------------------------------------------------------------------


def test_without_a_camera_services_with_papers_are_not_offered_and_say_why(world: World) -> None:
    world.camera.unplug()
    with_papers = [offer for offer in world.kiosk.offers() if offer.service.papers]
    assert {(offer.available, offer.why) for offer in with_papers} == {(False, "camera.absent")}
    assert {offer.service.code for offer in world.kiosk.offers() if offer.available} == {"CEK", "CETAK"}
    world.do(Event.APPLY, world.kiosk.choose("AKL"))
    assert world.step is Step.SERVICES
    assert notices(world.parts) == ("camera.absent",)


def test_without_receipt_paper_services_are_offered_with_a_difference(world: World) -> None:
    world.receipt.run_out_of_paper()
    assert {(offer.available, offer.why) for offer in world.kiosk.offers()} == {(True, "receipt.paper_out")}


def test_a_receipt_printer_that_cannot_speak_is_no_trouble_to_tell(world: World) -> None:
    world.receipt.go_silent()
    assert notices(world.parts) == ()


def test_everything_well_is_told_by_silence(world: World) -> None:
    assert notices(world.parts) == ()
    assert all(offer.available and not offer.why for offer in world.kiosk.offers())


def test_every_code_that_the_screen_may_show_has_words_for_the_farmer(world: World) -> None:
    world.camera.unplug()
    world.receipt.run_out_of_paper()
    world.paper.jam()
    assert all(world.parts.faults[code].citizen for code in notices(world.parts))


# --- logs ---------------------------------------------------------------------------------------------------------------


def test_nothing_personal_is_logged(world: World, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        world.to_receipt()
        claim = world.kiosk.visit.claim
        assert claim is not None
        world.do(world.kiosk.slip_again())
        world.kiosk.leave()
    text = caplog.text
    assert "submitted" in text
    assert "visit_wiped" in text
    for personal in (NIK, "WARGA CONTOH", claim.ticket, claim.pin, "81234567890"):
        assert personal not in text


def test_pages_lie_in_the_packet_by_paper_and_number(world: World) -> None:
    world.to_questions()
    world.answer()
    world.camera.lay_paper(birth_letter_on_desk())
    world.do(world.kiosk.take(), world.kiosk.use_page(another=True), world.kiosk.take(), world.kiosk.use_page())
    world.photograph()
    world.do(world.kiosk.submit())
    (packet,) = world.packets()
    assert [page.name for page in packet.papers["kk_lama"]] == ["kk_lama-1.avif", "kk_lama-2.avif"]
    assert isinstance(world.kiosk.visit.service, Service)
