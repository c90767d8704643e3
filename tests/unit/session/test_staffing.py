"""Staff at the kiosk: unlock, help without reading, apply for others with whole blocks, settle prints, count the day."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from adminduk.tickets import new_ticket
from kiosk import staff
from kiosk.session import Event, Step, forms
from kiosk.session.visit import Visit
from kiosk.store import PrintState
from tests.right_answers import all_right
from tests.unit.session.world import NIK, World, birth_letter_on_desk, new_world
from tests.unit.staff.hall import CENTRE_KEY, PIN, put, roster

STAFF = "P-0007"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = new_world(tmp_path, staff_key=CENTRE_KEY.public_key().public_bytes_raw())
    put(made.parts.store, roster(made.clock.now()))
    yield made
    made.parts.store.close()


def come(world: World, pin: str = PIN) -> None:
    assert world.kiosk.summon(world.kiosk.visit.id)
    world.do(world.kiosk.name_staff(STAFF), world.kiosk.unlock(pin))


def acts(world: World) -> list[tuple[str, str]]:
    from zoneinfo import ZoneInfo

    done = staff.acts_of_day(world.parts.store, forms.today(world.parts), ZoneInfo("Asia/Jakarta"))
    return [(each.act.action, each.act.subject) for each in done]


def to_block(world: World, service: str = "KK-UBAH-3") -> None:
    come(world)
    world.do(world.kiosk.assist(), world.kiosk.choose(service), Event.HAVE_PAPERS, Event.AGREE)


def fill(world: World, **wanted: str) -> None:
    """Every block of the service, rightly."""
    visit = world.kiosk.visit
    assert visit.service is not None
    right = all_right(visit.service, **wanted)
    for _ in range(40):
        if world.step is not Step.BLOCK:
            return
        block = forms.current_block(world.kiosk.visit)
        world.do(world.kiosk.answer_block({field.key: right.get(field.key, "") for field in block.fields}))


def photograph(world: World) -> None:
    """One page of each paper."""
    world.camera.lay_paper(birth_letter_on_desk())
    while world.step is Step.CAPTURE:
        world.do(world.kiosk.take())
        if world.step is Step.CAPTURE and world.kiosk.visit.draft.pages.get(world.kiosk.visit.at):
            world.do(world.kiosk.enough())


# --- unlocking ------------------------------------------------------------------------------------------------------------


def test_a_pin_opens_the_staff_screen(world: World) -> None:
    come(world)
    assert world.step is Step.STAFF
    assert world.kiosk.officer is not None
    assert acts(world) == [("unlock", "")]


def test_a_wrong_pin_says_so_and_opens_nothing(world: World) -> None:
    come(world, "000001")
    assert (world.step, world.kiosk.visit.complaint, world.kiosk.officer) == (Step.STAFF_LOGIN, "staff.wrong", None)


def test_after_three_wrong_pins_the_right_one_waits(world: World) -> None:
    come(world, "000001")
    for _ in range(2):
        world.do(world.kiosk.unlock("000001"))
    world.do(world.kiosk.unlock(PIN))
    assert world.kiosk.visit.complaint == "staff.locked"
    assert world.kiosk.visit.wait_s > 0
    assert world.kiosk.officer is None


def test_a_name_that_is_not_on_the_roster_is_nobody(world: World) -> None:
    world.kiosk.summon(world.kiosk.visit.id)
    world.do(world.kiosk.name_staff("P-9999"))
    assert world.kiosk.visit.at == ""


def test_without_a_roster_nobody_is_listed(tmp_path: Path) -> None:
    world = new_world(tmp_path, staff_key=CENTRE_KEY.public_key().public_bytes_raw())
    assert world.kiosk.people() == ()
    world.parts.store.close()


def test_locking_gives_the_kiosk_back_to_the_citizens(world: World) -> None:
    come(world)
    world.do(world.kiosk.lock_staff())
    assert (world.step, world.kiosk.officer) == (Step.HOME, None)
    assert acts(world)[-1] == ("lock", "")


def test_who_walks_away_unlocked_is_locked_out_with_the_visit(world: World) -> None:
    come(world)
    world.clock.advance(300)
    world.kiosk.seconds_left()
    assert (world.step, world.kiosk.officer) == (Step.HOME, None)


def test_after_an_assisted_visit_staff_is_still_unlocked(world: World) -> None:
    to_block(world)
    world.do(Event.LEFT)
    assert world.step is Step.STAFF


def test_a_stale_page_summons_nobody(world: World) -> None:
    assert not world.kiosk.summon("another visit")
    assert world.step is Step.HOME


# --- a stuck visitor --------------------------------------------------------------------------------------------------------


def stuck(world: World) -> Visit:
    world.to_questions()
    world.do(world.kiosk.answer(NIK))
    world.kiosk.call_staff(world.kiosk.visit.id)
    return world.kiosk.visit


def test_staff_sees_only_the_step_and_gives_it_back_untouched(world: World) -> None:
    visit = stuck(world)
    come(world)
    assert world.step is Step.STAFF_HELP
    assert world.kiosk.visit is not visit
    assert world.kiosk.visit.draft.answers == {}
    assert world.kiosk.called is None
    assert world.kiosk.give_back(world.kiosk.visit.id)
    assert world.kiosk.visit is visit
    assert (visit.step, visit.at, visit.draft.answers, visit.assisted_by) == (Step.QUESTION, "no_kk", {"nik": NIK}, "")
    assert world.kiosk.officer is None
    assert ("given_back", "") in acts(world)


def test_staff_may_fill_in_and_the_packet_says_who(world: World) -> None:
    stuck(world)
    come(world)
    assert world.kiosk.take_over(world.kiosk.visit.id)
    assert world.step is Step.BLOCK
    fill(world)
    photograph(world)
    world.do(world.kiosk.submit())
    (packet,) = world.packets()
    assert packet.assisted_by == STAFF
    assert ("submitted", str(packet.id)) in acts(world)


def test_ending_a_stuck_visit_wipes_it(world: World) -> None:
    visit = stuck(world)
    come(world)
    world.kiosk.leave()
    assert visit.draft.answers == {}
    assert world.kiosk.held is None


def test_an_idle_staff_screen_wipes_the_visitor_it_put_aside(world: World) -> None:
    visit = stuck(world)
    world.kiosk.summon(world.kiosk.visit.id)
    world.clock.advance(300)
    world.kiosk.seconds_left()
    assert visit.draft.answers == {}
    assert world.step is Step.HOME


def test_calling_for_help_from_a_stale_page_rings_nothing(world: World) -> None:
    assert not world.kiosk.call_staff("another visit")
    assert world.kiosk.called is None


# --- whole blocks -----------------------------------------------------------------------------------------------------------


def test_a_block_is_one_screen_and_leads_to_the_next(world: World) -> None:
    to_block(world)
    assert (world.step, forms.current_block(world.kiosk.visit).code) == (Step.BLOCK, "pemohon")
    world.do(world.kiosk.answer_block({"nik": NIK, "no_kk": "3312120505129901", "nama": "WARGA CONTOH"}))
    assert forms.current_block(world.kiosk.visit).code == "kontak"


def test_what_is_wrong_is_said_beside_its_field_and_the_rest_is_kept(world: World) -> None:
    to_block(world)
    world.do(world.kiosk.answer_block({"nik": "123", "no_kk": "3312120505129901", "nama": ""}))
    visit = world.kiosk.visit
    assert visit.complaints == {"nik": "panjang", "nama": "wajib_diisi"}
    assert visit.complaint == "periksa_yang_merah"
    assert visit.given["nik"] == "123"
    assert visit.draft.answers["no_kk"] == "3312120505129901"


def test_a_doubt_is_shown_once_and_then_believed(world: World) -> None:
    to_block(world)
    given = {"nik": "9901010101909914", "no_kk": "3312120505129901", "nama": "WARGA CONTOH"}
    world.do(world.kiosk.answer_block(given))
    assert "nik" in world.kiosk.visit.complaints
    world.do(world.kiosk.answer_block(given))
    assert world.kiosk.visit.draft.answers["nik"] == "9901010101909914"


def test_an_answer_that_opens_questions_shows_them_before_going_on(world: World) -> None:
    to_block(world)
    world.do(world.kiosk.answer_block({"nik": NIK, "no_kk": "3312120505129901", "nama": "WARGA CONTOH"}))
    world.do(world.kiosk.answer_block({"telepon": ""}))
    world.do(
        world.kiosk.answer_block(
            {"milik": "anggota", "elemen": "agama", "semula": "A", "menjadi": "B", "lagi": "tidak"}
        )
    )
    assert (world.step, forms.current_block(world.kiosk.visit).code) == (Step.BLOCK, "ubah")
    assert world.kiosk.visit.complaints == {}


def test_back_goes_block_by_block_and_loses_nothing(world: World) -> None:
    to_block(world)
    world.do(
        world.kiosk.answer_block({"nik": NIK, "no_kk": "3312120505129901", "nama": "WARGA CONTOH"}), world.kiosk.back()
    )
    assert forms.current_block(world.kiosk.visit).code == "pemohon"
    assert world.kiosk.visit.draft.answers["nik"] == NIK
    world.do(world.kiosk.back())
    assert world.step is Step.NOTICE


def test_a_clear_photo_needs_no_word(world: World) -> None:
    to_block(world)
    fill(world)
    world.camera.lay_paper(birth_letter_on_desk())
    world.do(world.kiosk.take(), world.kiosk.enough(), world.kiosk.take(), world.kiosk.enough())
    assert world.step is Step.REVIEW
    assert set(world.kiosk.visit.draft.pages) == {"kk_lama", "bukti"}


def test_a_paper_that_is_hard_to_read_is_shown_to_staff_too(world: World) -> None:
    from tests.specimens import birth_letter, on_desk

    to_block(world)
    fill(world)
    world.camera.lay_paper(on_desk(birth_letter(), seed=3, size=(1920, 1440), blur=4.0)[0])
    world.do(world.kiosk.take())
    assert world.step is Step.PAGE


def test_from_the_review_a_change_opens_its_block_and_comes_back(world: World) -> None:
    to_block(world)
    fill(world)
    photograph(world)
    world.do(world.kiosk.change("nama"))
    assert (world.step, forms.current_block(world.kiosk.visit).code) == (Step.BLOCK, "pemohon")
    world.do(world.kiosk.answer_block({"nik": NIK, "no_kk": "3312120505129901", "nama": "WARGA LAIN"}))
    assert world.step is Step.REVIEW
    assert world.kiosk.visit.draft.answers["nama"] == "WARGA LAIN"


@pytest.mark.parametrize("service", ["AKL", "SKPWNI", "BIO", "AKW", "KONSOL"])
def test_blocks_lead_through_every_kind_of_service(world: World, service: str) -> None:
    to_block(world, service)
    fill(world)
    assert world.step is Step.CAPTURE, (world.kiosk.visit.at, world.kiosk.visit.complaints)


def test_a_place_may_be_typed_by_its_names(world: World) -> None:
    to_block(world, "SKPWNI")
    fill(world, tujuan="desa contoh 3, contoh, wonogiri")
    assert world.kiosk.visit.draft.answers["tujuan"] == "3312122003"


# --- the day ----------------------------------------------------------------------------------------------------------------


def test_a_walk_in_gets_the_next_number_on_paper(world: World) -> None:
    come(world)
    world.do(world.kiosk.walk_in(), world.kiosk.walk_in())
    assert "NOMOR ANTREAN" in world.receipt.printed[-1]
    assert world.kiosk.visit.note == "2"


def test_numbers_begin_anew_each_day(world: World) -> None:
    come(world)
    world.do(world.kiosk.walk_in())
    world.clock.advance(86400)
    world.kiosk.touch(world.kiosk.visit.id)
    world.do(world.kiosk.walk_in())
    assert world.kiosk.visit.note == "1"


def test_an_empty_roll_is_said_to_staff(world: World) -> None:
    come(world)
    world.receipt.run_out_of_paper()
    world.do(world.kiosk.walk_in())
    assert world.kiosk.visit.complaint == "receipt.paper_out"


def test_todays_drafts_of_staff_go_on_without_their_paper(world: World) -> None:
    to_block(world)
    world.do(world.kiosk.answer_block({"nik": NIK, "no_kk": "3312120505129901", "nama": "WARGA CONTOH"}))
    world.do(world.kiosk.save(), Event.FINISH)
    (kept,) = world.kiosk.day_drafts()
    assert kept.service == "KK-UBAH-3"
    world.do(Event.TO_DRAFTS, world.kiosk.resume(kept.key.id))
    assert world.step is Step.BLOCK
    assert world.kiosk.visit.draft.answers["nik"] == NIK
    assert world.kiosk.visit.assisted_by == STAFF


def test_tomorrow_only_the_paper_opens_them(world: World) -> None:
    to_block(world)
    world.do(world.kiosk.answer_block({"nik": NIK, "no_kk": "3312120505129901", "nama": "WARGA CONTOH"}))
    world.do(world.kiosk.save(), Event.FINISH)
    world.clock.advance(86400)
    assert world.kiosk.day_drafts() == ()


def test_a_visitors_own_draft_is_not_staffs_to_open(world: World) -> None:
    world.to_questions()
    world.do(world.kiosk.answer(NIK), world.kiosk.save(), Event.FINISH)
    come(world)
    assert world.kiosk.day_drafts() == ()


@pytest.mark.parametrize(
    ("came", "reason", "state"), [(True, "", PrintState.CONFIRMED), (False, "macet", PrintState.REFUSED)]
)
def test_a_doubtful_print_is_settled_by_who_looked(world: World, came: bool, reason: str, state: PrintState) -> None:
    world.receipt.go_silent()
    world.to_receipt()
    world.receipt.speak_again()
    packet_id = world.kiosk.visit.packet_id
    world.do(Event.FINISH, Event.FINISH)
    come(world)
    (job,) = world.kiosk.doubtful_prints()
    world.do(Event.TO_PRINTS, world.kiosk.settle_doubt(job.id, came=came, reason=reason))
    assert world.kiosk.doubtful_prints() == ()
    assert world.parts.store.prints_of(packet_id)[0].state is state
    assert acts(world)[-1][1] == packet_id


def test_a_print_is_not_lost_without_a_reason(world: World) -> None:
    world.receipt.go_silent()
    world.to_receipt()
    world.do(Event.FINISH, Event.FINISH)
    come(world)
    (job,) = world.kiosk.doubtful_prints()
    world.do(Event.TO_PRINTS, world.kiosk.settle_doubt(job.id, came=False, reason="begitu saja"))
    assert len(world.kiosk.doubtful_prints()) == 1


def test_a_pick_up_slip_names_the_place(world: World) -> None:
    come(world)
    ticket = new_ticket(17, world.parts.dice)
    world.do(Event.TO_PICKUP, world.kiosk.pick_up(ticket))
    assert "TANDA AMBIL KARTU" in world.receipt.printed[-1]
    assert "kantor kecamatan" in world.receipt.printed[-1]
    assert acts(world)[-1] == ("pick_up_slip", ticket)


def test_a_mistyped_ticket_prints_nothing(world: World) -> None:
    come(world)
    before = len(world.receipt.printed)
    world.do(Event.TO_PICKUP, world.kiosk.pick_up("123"))
    assert world.kiosk.visit.complaint == "tiket_panjang"
    assert len(world.receipt.printed) == before


def test_the_day_is_counted_and_printed(world: World) -> None:
    come(world)
    world.do(world.kiosk.walk_in(), world.kiosk.walk_in(), Event.TO_SUMMARY)
    assert {(row.action, row.number) for row in world.kiosk.summary()} == {("unlock", 1), ("queue_number", 2)}
    world.do(world.kiosk.print_summary())
    assert "2  Nomor antrean" in world.receipt.printed[-1]


def test_no_act_names_anybody(world: World) -> None:
    to_block(world)
    fill(world)
    photograph(world)
    world.do(world.kiosk.submit())
    assert NIK not in repr(acts(world))


# --- papers in one go -------------------------------------------------------------------------------------------------------


def to_papers(world: World, service: str) -> None:
    to_block(world, service)
    fill(world)
    assert world.step is Step.CAPTURE
    world.camera.lay_paper(birth_letter_on_desk())


def test_a_paper_of_many_pages_stays_until_it_is_enough(world: World) -> None:
    """A court's ruling of twelve pages went off with one."""
    to_papers(world, "AKC")
    kept = world.kiosk.visit.draft.pages
    while (paper := forms.current_paper(world.kiosk.visit)).max_pages < 3:
        world.do(world.kiosk.take(), world.kiosk.enough())
    for count in (1, 2, 3):
        world.do(world.kiosk.take())
        assert len(kept[paper.code]) == count
        assert forms.current_paper(world.kiosk.visit).code == paper.code
    world.do(world.kiosk.enough())
    assert forms.current_paper(world.kiosk.visit).code != paper.code or world.step is Step.REVIEW


def test_a_paper_of_one_page_leads_on_by_itself(world: World) -> None:
    to_papers(world, "KTP-HR")
    visit = world.kiosk.visit
    cards = [paper for paper in forms.papers(visit) if paper.max_pages == 1]
    while forms.current_paper(visit).max_pages > 1:
        world.do(world.kiosk.take(), world.kiosk.enough())
    world.do(world.kiosk.take())
    assert len(visit.draft.pages[cards[0].code]) == 1
    assert visit.at != cards[0].code or world.step is Step.REVIEW


def test_finishing_a_visit_whose_visitor_has_gone_wipes_it_and_staff_stays(world: World) -> None:
    visit = stuck(world)
    come(world)
    world.do(Event.FINISH)
    assert (world.step, world.kiosk.held, visit.draft.answers) == (Step.STAFF, None, {})
