"""Applying: questions, papers, review, submit. Tests are named after what goes wrong at a counter."""

import itertools

import pytest

from adminduk.services import Field, FieldKind, Paper, Service
from kiosk.session import Event, Step, forms
from kiosk.session.applying import MOST_SLIPS
from kiosk.session.visit import Visit
from tests.unit.session.world import KK, NIK, World, birth_letter_on_desk, right_answer

SERVICES = ("AKL", "KK-UBAH-3", "KONSOL", "SKPWNI")


def asked_now(world: World) -> str:
    return forms.current_field(world.kiosk.visit).key


# --- the whole way ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_goes_from_the_first_question_to_a_sealed_packet(world: World, service: str) -> None:
    world.to_receipt(service)
    (packet,) = world.packets()
    assert packet.service == service
    assert packet.answers["nik"] == NIK
    assert all(pages for pages in packet.papers.values())
    assert world.step is Step.RECEIPT


def test_the_packet_says_who_when_and_what_was_agreed(world: World) -> None:
    world.to_receipt()
    (packet,) = world.packets()
    assert packet.kiosk_id == "kios-17"
    assert packet.desa == "3312122001"
    assert packet.notice_version == world.parts.catalogue.notice.version
    assert packet.clock_trusted
    assert packet.ticket.startswith("0017")


def test_the_draft_is_gone_as_soon_as_it_is_sealed(world: World) -> None:
    world.to_receipt()
    assert world.kiosk.visit.draft.answers == {}
    assert world.kiosk.visit.draft.pages == {}


# --- questions ----------------------------------------------------------------------------------------------------------


def test_a_wrong_nik_stays_on_screen_with_what_was_typed(world: World) -> None:
    world.to_questions()
    world.do(world.kiosk.answer("3312 1201"))
    assert world.step is Step.QUESTION
    assert (world.kiosk.visit.complaint, world.kiosk.visit.typed) == ("panjang", "3312 1201")


def test_the_complaint_goes_with_the_next_touch(world: World) -> None:
    world.to_questions()
    world.do(world.kiosk.answer("1"), world.kiosk.answer(NIK))
    assert world.kiosk.visit.complaint == world.kiosk.visit.typed == ""


def test_an_old_kecamatan_is_doubted_once_then_believed(world: World) -> None:
    world.to_questions()
    old = "3312990101909901"
    world.do(world.kiosk.answer(old))
    assert world.kiosk.visit.complaint == "kecamatan_tidak_ada_di_tabel_sekarang"
    world.do(world.kiosk.answer(old))
    assert world.kiosk.visit.draft.answers["nik"] == old


def test_another_doubtful_number_is_doubted_again(world: World) -> None:
    world.to_questions()
    world.do(world.kiosk.answer("3312990101909901"), world.kiosk.answer("3312980101909901"))
    assert world.kiosk.visit.complaint == "kecamatan_tidak_ada_di_tabel_sekarang"


def test_nobody_without_a_telephone_is_stopped(world: World) -> None:
    world.to_questions()
    world.do(world.kiosk.answer(NIK), world.kiosk.answer(KK), world.kiosk.answer("WARGA CONTOH"))
    assert asked_now(world) == "telepon"
    world.do(world.kiosk.answer(""))
    assert asked_now(world) == "milik"


def test_back_never_loses_an_answer(world: World) -> None:
    world.to_questions()
    world.do(world.kiosk.answer(NIK), world.kiosk.answer(KK))
    world.do(world.kiosk.back(), world.kiosk.back())
    assert asked_now(world) == "nik"
    assert world.kiosk.visit.draft.answers == {"nik": NIK, "no_kk": KK}
    world.do(world.kiosk.back())
    assert world.step is Step.NOTICE
    world.do(Event.AGREE)
    assert world.kiosk.visit.draft.answers["nik"] == NIK


def test_a_question_is_asked_only_when_its_condition_holds(world: World) -> None:
    world.to_questions()
    world.answer(milik="sendiri")
    assert "nik_anggota" not in world.kiosk.visit.draft.answers
    world.photograph()
    world.do(world.kiosk.change("milik"), world.kiosk.answer("anggota"))
    assert asked_now(world) == "nik_anggota"


def test_an_answer_that_is_not_asked_any_more_is_never_sent(world: World) -> None:
    world.to_review(milik="anggota")
    world.do(world.kiosk.change("milik"), world.kiosk.answer("sendiri"))
    assert world.step is Step.REVIEW
    world.do(world.kiosk.submit())
    (packet,) = world.packets()
    assert not {"nik_anggota", "nama_anggota"} & set(packet.answers)


def test_a_page_that_is_not_asked_any_more_is_overwritten(world: World) -> None:
    world.to_review("AKL", buku_nikah="ya")
    page = world.kiosk.visit.draft.pages["buku_nikah"][0]
    world.do(world.kiosk.change("buku_nikah"), world.kiosk.answer("tidak"))
    assert not any(page)
    assert forms.current_paper(world.kiosk.visit).code == "sptjm"
    assert world.step is Step.CAPTURE


def test_a_desa_is_picked_level_by_level(world: World) -> None:
    world.to_questions("SKPWNI")
    while asked_now(world) != "tujuan":
        world.do(world.kiosk.answer(right_answer(forms.current_field(world.kiosk.visit))))
    for code in ("33", "3312", "331212"):
        world.do(world.kiosk.turn_list(3), world.kiosk.pick_region(code))
        assert (world.kiosk.visit.region, world.kiosk.visit.list_page) == (code, 0)
    world.do(world.kiosk.pick_region("3312122003"))
    assert world.kiosk.visit.draft.answers["tujuan"] == "3312122003"
    assert world.kiosk.visit.region == ""


def test_picking_a_place_may_start_over(world: World) -> None:
    world.to_questions("SKPWNI")
    while asked_now(world) != "tujuan":
        world.do(world.kiosk.answer(right_answer(forms.current_field(world.kiosk.visit))))
    world.do(world.kiosk.pick_region("33"), world.kiosk.pick_region(""))
    assert world.kiosk.visit.region == ""
    assert "tujuan" not in world.kiosk.visit.draft.answers


def test_an_invented_place_is_refused(world: World) -> None:
    world.to_questions("SKPWNI")
    while asked_now(world) != "tujuan":
        world.do(world.kiosk.answer(right_answer(forms.current_field(world.kiosk.visit))))
    world.do(world.kiosk.pick_region("9999999999"))
    assert world.kiosk.visit.complaint == "wilayah_tidak_dikenal"


# --- the review ---------------------------------------------------------------------------------------------------------


def test_a_change_leads_back_to_the_review(world: World) -> None:
    world.to_review()
    world.do(world.kiosk.change("nama"))
    assert asked_now(world) == "nama"
    world.do(world.kiosk.answer("WARGA LAIN CONTOH"))
    assert world.step is Step.REVIEW
    assert world.kiosk.visit.draft.answers["nama"] == "WARGA LAIN CONTOH"


def test_changing_ones_mind_about_a_change_leads_back_too(world: World) -> None:
    world.to_review()
    world.do(world.kiosk.change("nama"), world.kiosk.back())
    assert world.step is Step.REVIEW
    assert not world.kiosk.visit.returning


def test_a_question_and_a_paper_of_the_same_name_are_told_apart(world: World) -> None:
    world.to_review("AKL")
    world.do(world.kiosk.change_paper("buku_nikah"))
    assert (world.step, forms.current_paper(world.kiosk.visit).code) == (Step.CAPTURE, "buku_nikah")
    world.do(world.kiosk.back(), world.kiosk.change("buku_nikah"))
    assert (world.step, asked_now(world)) == (Step.QUESTION, "buku_nikah")


def test_an_invented_row_is_not_changed(world: World) -> None:
    world.to_review()
    world.do(world.kiosk.change("tidak_ada"), world.kiosk.change_paper("tidak_ada"))
    assert world.step is Step.REVIEW
    assert not world.kiosk.visit.returning


def test_a_new_photo_replaces_the_old_only_when_it_is_taken(world: World) -> None:
    world.to_review()
    old = bytes(world.kiosk.visit.draft.pages["kk_lama"][0])
    world.do(world.kiosk.change_paper("kk_lama"), world.kiosk.back())
    assert bytes(world.kiosk.visit.draft.pages["kk_lama"][0]) == old
    world.do(world.kiosk.change_paper("kk_lama"))
    world.camera.lay_paper(birth_letter_on_desk(2))
    world.do(world.kiosk.take(), world.kiosk.use_page())
    assert world.step is Step.REVIEW
    assert len(world.kiosk.visit.draft.pages["kk_lama"]) == 1
    assert bytes(world.kiosk.visit.draft.pages["kk_lama"][0]) != old


def test_the_review_counts_as_the_last_step(world: World) -> None:
    world.to_review()
    at, last = forms.progress(world.kiosk.visit)
    assert at == last == len(forms.asked(world.kiosk.visit)) + 2 + 1


def test_back_from_the_review_is_the_last_question(world: World) -> None:
    world.to_review()
    world.do(world.kiosk.back())
    assert asked_now(world) == "lagi"


# --- submit -------------------------------------------------------------------------------------------------------------


def test_a_double_tap_seals_once_and_prints_once(world: World) -> None:
    world.to_review()
    world.do(world.kiosk.submit(), world.kiosk.submit())
    assert len(world.packets()) == 1
    assert len(world.receipt.printed) == 1


def test_the_slip_and_the_screen_carry_the_same_ticket(world: World) -> None:
    world.to_receipt()
    claim = world.kiosk.visit.claim
    assert claim is not None
    (packet,) = world.packets()
    assert packet.ticket == claim.ticket
    assert (packet.pin, packet.secret) == (claim.pin, claim.secret)
    assert claim.pin[:3] in world.receipt.printed[0]


def test_a_submitted_packet_stands_in_the_outbox(world: World) -> None:
    world.to_receipt()
    assert {item.id for item in world.parts.store.waiting()} == {str(packet.id) for packet in world.packets()}


def test_something_missing_is_never_sealed(world: World) -> None:
    world.to_review()
    world.kiosk.visit.draft.drop("bukti")
    world.do(world.kiosk.submit())
    assert world.step is Step.REVIEW
    assert world.kiosk.visit.complaint == "belum_lengkap"
    assert world.packets() == []


def test_every_ticket_of_a_kiosk_is_its_own(world: World) -> None:
    tickets = set()
    for _ in range(3):
        world.to_receipt("KONSOL")
        assert world.kiosk.visit.claim is not None
        tickets.add(world.kiosk.visit.claim.ticket)
        world.kiosk.leave()
    assert len(tickets) == 3


def test_copies_of_the_slip_come_to_an_end(world: World) -> None:
    world.to_receipt()
    for _ in range(MOST_SLIPS + 4):
        world.do(world.kiosk.slip_again())
    assert len(world.receipt.printed) == MOST_SLIPS


# --- papers that may be missing, papers of many pages -------------------------------------------------------------------


def a_service(*papers: Paper) -> Service:
    from adminduk.services import Block

    fields = (Field(key="nama", kind=FieldKind.NAME, label="Siapa?"),)
    return Service(
        code="UJI", name="Uji", short="Uji", description="", group="data", icon="user", papers=papers,
        blocks=(Block(code="b", title="b", fields=fields),),
    )  # fmt: skip


def a_visit(*papers: Paper, at: str, step: Step = Step.CAPTURE) -> Visit:
    visit = Visit(id="x", step=step, service=a_service(*papers), at=at)
    visit.draft.answers["nama"] = "WARGA"
    return visit


def paper(code: str, *, required: bool = True) -> Paper:
    return Paper(code=code, name=code, required=required)


def test_a_paper_that_may_be_missing_is_asked_for_once() -> None:
    visit = a_visit(paper("a", required=False), paper("b"), at="a")
    assert forms.after_this_paper(visit) is Event.MORE_PAPERS
    assert visit.at == "b"
    visit.draft.pages["b"] = [bytearray(b"x")]
    assert forms.after_this_paper(visit) is Event.COMPLETE


def test_a_last_paper_that_may_be_missing_ends_the_papers() -> None:
    visit = a_visit(paper("a"), paper("b", required=False), at="b")
    visit.draft.pages["a"] = [bytearray(b"x")]
    assert forms.after_this_paper(visit) is Event.COMPLETE


@pytest.mark.parametrize("have", list(itertools.product((False, True), repeat=3)))
def test_the_review_is_reached_only_with_every_paper_that_must_be_there(have: tuple[bool, ...]) -> None:
    papers = (paper("a"), paper("b", required=False), paper("c"))
    visit = a_visit(*papers, at="c")
    visit.draft.pages = {one.code: [bytearray(b"x")] for one, present in zip(papers, have, strict=True) if present}
    complete = have[0] and have[2]
    assert (forms.after_this_paper(visit) is Event.COMPLETE) == complete


def test_back_from_the_first_paper_is_the_last_question() -> None:
    visit = a_visit(paper("a"), paper("b"), at="b")
    assert forms.back_from_papers(visit) is Event.MORE_PAPERS
    assert visit.at == "a"
    assert forms.back_from_papers(visit) is Event.BACK
    assert visit.at == "nama"


def test_a_removed_page_is_overwritten_and_an_empty_paper_is_no_paper() -> None:
    visit = a_visit(paper("a"), at="a")
    first, second = bytearray(b"xx"), bytearray(b"yy")
    visit.draft.pages["a"] = [first, second]
    visit.draft.remove("a", 1)
    assert visit.draft.pages["a"] == [second]
    assert first == bytearray(2)
    visit.draft.remove("a", 7)
    visit.draft.remove("a", 1)
    assert "a" not in visit.draft.pages
