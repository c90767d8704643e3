"""Save now, go on later: the paper is the only key, and nothing readable stays."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag

from kiosk.session import Event, Step, drafts
from kiosk.session.visit import DraftKey, Visit
from kiosk.store import PrintKind
from tests.unit.session.world import NIK, World, birth_letter_on_desk, new_world, qr_on_desk

OTHER = DraftKey("01a1fcde-bf9b-7c9f-9b21-e4fa9e7f0ed5", bytes(16))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = new_world(tmp_path)
    yield made
    made.parts.store.close()


def half_way(world: World) -> DraftKey:
    """Some questions answered, then saved; the key that the slip carries."""
    world.to_questions()
    for answer in (NIK, "3312120505129901", "WARGA CONTOH"):
        world.do(world.kiosk.answer(answer))
    world.do(world.kiosk.save())
    return slip_key(world)


def slip_key(world: World) -> DraftKey:
    key = drafts.read_code(world.receipt.codes[-1])
    assert key is not None
    return key


def show(world: World, key: DraftKey) -> None:
    """Home, then the slip under the camera."""
    world.do(Event.FINISH if world.step is Step.SAVED else Event.LEFT)
    world.camera.lay_paper(qr_on_desk(key.code))
    world.do(Event.CHECK)
    world.kiosk.look()


def files(world: World, tmp_path: Path) -> bytes:
    return b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())


def test_saving_prints_the_only_key_and_says_that_nothing_was_sent(world: World) -> None:
    half_way(world)
    assert world.step is Step.SAVED
    text = world.receipt.printed[-1]
    assert "BELUM DIKIRIM" in text
    assert world.packets() == []
    assert world.kiosk.visit.draft.answers == {}


def test_the_slip_opens_the_draft_where_it_stopped(world: World) -> None:
    show(world, half_way(world))
    assert world.step is Step.QUESTION
    assert world.kiosk.visit.at == "telepon"
    assert world.kiosk.visit.draft.answers["nik"] == NIK


def test_pages_come_back_as_they_were(world: World) -> None:
    world.to_questions()
    world.answer()
    world.camera.lay_paper(birth_letter_on_desk())
    world.do(world.kiosk.take(), world.kiosk.use_page())
    page = bytes(world.kiosk.visit.draft.pages["kk_lama"][0])
    world.do(world.kiosk.save())
    show(world, slip_key(world))
    assert (world.step, world.kiosk.visit.at) == (Step.CAPTURE, "bukti")
    assert bytes(world.kiosk.visit.draft.pages["kk_lama"][0]) == page


def test_a_whole_draft_opens_at_the_review_and_is_gone_when_it_was_sent(world: World) -> None:
    world.to_review()
    world.do(world.kiosk.save())
    key = slip_key(world)
    show(world, key)
    assert world.step is Step.REVIEW
    world.do(world.kiosk.submit())
    assert len(world.packets()) == 1
    assert world.parts.drafts.ids() == frozenset()
    show(world, key)
    assert world.kiosk.visit.complaint == "draf_tidak_ada"


def test_nothing_readable_stays_on_the_disk(world: World, tmp_path: Path) -> None:
    half_way(world)
    world.do(Event.FINISH)
    content = files(world, tmp_path)
    assert NIK.encode() not in content
    assert b"WARGA CONTOH" not in content


def test_the_kiosk_cannot_open_its_own_draft(world: World) -> None:
    key = half_way(world)
    sealed = world.parts.drafts.read(key.id, 0, world.parts.drafts.size(key.id))
    with pytest.raises(InvalidTag):
        drafts.unsealed(DraftKey(key.id, bytes(16)), sealed)


def test_a_stolen_file_under_another_id_opens_nothing(world: World) -> None:
    key = half_way(world)
    sealed = world.parts.drafts.read(key.id, 0, world.parts.drafts.size(key.id))
    with pytest.raises(InvalidTag):
        drafts.unsealed(DraftKey(OTHER.id, key.secret), sealed)


def test_a_changed_byte_is_noticed_in_words(world: World) -> None:
    key = half_way(world)
    sealed = bytearray(world.parts.drafts.read(key.id, 0, world.parts.drafts.size(key.id)))
    sealed[-1] ^= 1
    world.parts.drafts.erase(key.id)
    world.parts.drafts.put(key.id, bytes(sealed))
    show(world, key)
    assert (world.step, world.kiosk.visit.complaint) == (Step.TICKET, "draf_tidak_ada")


def test_after_a_week_it_is_over_and_erased(world: World) -> None:
    key = half_way(world)
    world.do(Event.FINISH)
    world.clock.advance(7 * 86400 + 1)
    show(world, key)
    assert world.kiosk.visit.complaint == "draf_tidak_ada"
    world.do(Event.LEFT)
    assert world.parts.drafts.ids() == frozenset()
    assert world.parts.store.drafts.ids() == frozenset()


def test_one_minute_before_the_week_is_over_it_opens(world: World) -> None:
    key = half_way(world)
    world.clock.advance(7 * 86400 - 60)
    show(world, key)
    assert world.step is Step.QUESTION


def test_saving_again_replaces_the_draft_and_its_key(world: World) -> None:
    first = half_way(world)
    show(world, first)
    world.do(world.kiosk.answer("081234567890"), world.kiosk.save())
    second = slip_key(world)
    assert second.id != first.id
    assert second.secret != first.secret
    assert world.parts.drafts.ids() == {second.id}


def test_a_slip_of_a_draft_that_is_gone_is_complained_of_once(world: World) -> None:
    world.camera.lay_paper(qr_on_desk(OTHER.code))
    world.do(Event.CHECK)
    world.kiosk.look()
    version = world.kiosk.visit.version
    world.kiosk.look()
    assert (world.kiosk.visit.complaint, world.kiosk.visit.version) == ("draf_tidak_ada", version)


def test_a_slip_that_did_not_come_out_can_be_printed_again_with_the_same_key(world: World) -> None:
    world.receipt.run_out_of_paper()
    world.to_questions()
    world.do(world.kiosk.answer(NIK), world.kiosk.save())
    assert world.kiosk.visit.slip_result is not None
    assert world.kiosk.visit.slip_result.code == "receipt.paper_out"
    world.receipt.refill()
    world.do(world.kiosk.slip_again())
    assert world.kiosk.visit.draft_key is not None
    assert slip_key(world).secret == world.kiosk.visit.draft_key.secret


def test_an_empty_draft_is_not_kept(world: World) -> None:
    world.to_questions()
    world.do(world.kiosk.save())
    assert (world.step, world.kiosk.visit.complaint) == (Step.QUESTION, "draf_kosong")


def test_a_picture_that_is_being_judged_is_not_saved(world: World) -> None:
    world.to_questions()
    world.answer()
    world.camera.lay_paper(birth_letter_on_desk())
    world.do(world.kiosk.take(), world.kiosk.save())
    assert world.kiosk.visit.taken is None
    assert world.step is Step.SAVED


def test_a_full_disk_keeps_the_visit(world: World, tmp_path: Path) -> None:
    world.to_questions()
    world.do(world.kiosk.answer(NIK))
    (tmp_path / "drafts").rmdir()
    (tmp_path / "drafts").write_text("in the way")
    world.do(world.kiosk.save())
    assert (world.step, world.kiosk.visit.complaint) == (Step.QUESTION, "penuh")
    assert world.kiosk.visit.draft.answers == {"nik": NIK}


def test_power_that_goes_between_content_and_row_leaves_nothing(world: World) -> None:
    world.to_questions()
    world.do(world.kiosk.answer(NIK))
    world.parts.drafts.put(OTHER.id, drafts.sealed(OTHER, world.kiosk.visit, world.parts))
    assert world.parts.drafts.clean_up(world.parts.store.drafts.ids()) == {OTHER.id}


def test_power_that_goes_between_erasing_and_forgetting_opens_nothing(world: World) -> None:
    key = half_way(world)
    world.parts.drafts.erase(key.id)
    show(world, key)
    assert world.kiosk.visit.complaint == "draf_tidak_ada"


def test_the_print_is_in_the_ledger_as_a_draft(world: World) -> None:
    half_way(world)
    assert world.kiosk.visit.slip is not None
    assert world.kiosk.visit.slip.kind is PrintKind.DRAFT


def test_a_service_that_is_no_longer_offered_is_said(world: World) -> None:
    key = half_way(world)
    services = dict(world.parts.catalogue.services)
    del services["KK-UBAH-3"]
    object.__setattr__(world.parts, "catalogue", _with_services(world, services))
    show(world, key)
    assert world.kiosk.visit.complaint == "draf_layanan"


def _with_services(world: World, services: object) -> object:
    from dataclasses import replace

    return replace(world.parts.catalogue, services=services)  # type: ignore[arg-type]  # a catalogue with fewer services


@pytest.mark.parametrize(
    "text", ["", "KIOD1", "KIOD1 A B", "KIOS1 000100000114 AAAA", "KIOD1 !!! ???", "https://contoh.id"]
)
def test_other_codes_are_no_drafts(text: str) -> None:
    assert drafts.read_code(text) is None


def test_the_code_is_short_and_of_a_qrs_dense_letters() -> None:
    key = DraftKey(OTHER.id, secrets.token_bytes(16))
    assert drafts.read_code(key.code) == key
    assert len(key.code) == 59
    assert set(key.code) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ")


def test_the_secret_is_in_no_repr(world: World) -> None:
    key = half_way(world)
    assert key.secret.hex() not in repr(world.kiosk.visit) + repr(key)
    assert repr(Visit(id="x", draft_key=key)).count("secret") == 0
