"""The pages, pressed by a visitor whose scripts do not run."""

import itertools
import json
import re

import pytest

from kiosk.session import Event, Step, forms
from kiosk.ui.resident.pictures import LivePicture
from tests.unit.session.world import CATALOGUE, NIK, World, birth_letter_on_desk, right_answer
from tests.unit.ui.hand import Hand


def answer_all(hand: Hand, world: World) -> None:
    """Every question by the form that the page offers for its kind."""
    while world.step is Step.QUESTION:
        hand.answer(right_answer(forms.current_field(world.kiosk.visit)))


def to_questions(hand: Hand, service: str = "AKL") -> None:
    hand.to_questions(CATALOGUE.services[service])


def to_review(hand: Hand, world: World, service: str = "AKL") -> None:
    to_questions(hand, service)
    answer_all(hand, world)
    world.camera.lay_paper(birth_letter_on_desk())
    while world.step is Step.CAPTURE:
        hand.press("take")
        hand.press("use")


# --- the whole way ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("service", ["AKL", "KK-UBAH-3", "KONSOL", "SKPWNI"])
def test_without_scripts_every_service_reaches_its_receipt(hand: Hand, world: World, service: str) -> None:
    to_review(hand, world, service)
    while not hand.forms("submit"):
        hand.press("list", halaman=hand.forms("list")[-1]["halaman"])
    hand.press("submit")
    assert world.step is Step.RECEIPT
    assert "Permohonan Anda sudah disimpan" in hand.words
    assert len(world.packets()) == 1


def test_no_address_and_no_title_ever_names_anybody(hand: Hand, world: World) -> None:
    titles = set()
    to_review(hand, world)
    titles.add(re.findall("<title>(.*?)</title>", hand.page)[0])
    assert titles == {"Kios Adminduk"}
    for address in hand.addresses:
        assert not re.search(r"\d{5,}|WARGA|CONTOH", address), address


def test_the_review_masks_numbers_and_spells_dates(hand: Hand, world: World) -> None:
    to_review(hand, world)
    seen = hand.words
    while len(hand.forms("list")) and not hand.forms("submit"):
        hand.press("list", halaman=hand.forms("list")[-1]["halaman"])
        seen += hand.words
    assert NIK not in seen
    assert "331212******9901" in seen
    assert "3 Maret 2026" in seen
    assert "081234567890" not in seen


def test_the_survey_is_nine_taps_and_ends_in_thanks(hand: Hand, world: World) -> None:
    world.to_receipt()
    hand.look()
    hand.press("to_survey")
    for number in range(1, 10):
        assert f"Penilaian {number} dari 9" in hand.words
        hand.press("score", nilai=str(number % 4 + 1))
    assert "Terima kasih" in hand.words
    hand.press("finish")
    assert "Sugeng rawuh" in hand.words


# --- stale pages, double taps, nonsense ---------------------------------------------------------------------------------


def test_a_form_of_the_last_visitor_changes_nothing(hand: Hand, world: World) -> None:
    to_questions(hand)
    stale = hand.forms("answer")[0]
    world.kiosk.leave()
    hand.look()
    to_questions(hand)
    hand.post("/langkah/answer", {**stale, "jawaban": NIK})
    assert world.kiosk.visit.draft.answers == {}


def test_a_form_without_a_visit_changes_nothing(hand: Hand, world: World) -> None:
    hand.post("/langkah/apply", {})
    assert world.step is Step.HOME
    hand.post("/selesai", {"kunjungan": "x"})
    hand.post("/tampilan/besar", {})
    assert world.kiosk.visit.display == {}


def test_an_unknown_verb_is_not_found(hand: Hand) -> None:
    assert hand.client.post("/langkah/meledak", base_url=hand.pages.origin).status_code == 404


def test_events_of_the_table_that_are_decisions_are_no_verbs(hand: Hand) -> None:
    for event in (Event.SENT, Event.PRINT_OK, Event.STATUS_CAME, Event.DOCUMENT_CAME, Event.LEFT):
        assert hand.client.post(f"/langkah/{event}", base_url=hand.pages.origin).status_code == 404


@pytest.mark.parametrize("value", ["", "-1", "abc", "99999999999", "²", "1e9"])
def test_nonsense_in_a_number_is_nought(hand: Hand, world: World, value: str) -> None:
    to_questions(hand)
    hand.post("/langkah/list", {"kunjungan": world.kiosk.visit.id, "halaman": value})
    assert world.kiosk.visit.list_page == 0
    assert hand.status == 200


@pytest.mark.parametrize("corners", ["", "1", "a,b;c,d", "0,0;1,0;1,1", "nan,0;1,0;1,1;0,1", ";;;"])
def test_nonsense_in_corners_is_told_kindly(hand: Hand, world: World, corners: str) -> None:
    to_questions(hand, "KONSOL")
    answer_all(hand, world)
    world.camera.lay_paper(birth_letter_on_desk())
    hand.press("take")
    hand.press("adjust")
    hand.post("/langkah/adjusted", {"kunjungan": world.kiosk.visit.id, "corners": corners})
    assert "Sudut-sudutnya belum membentuk kertas" in hand.words


def test_markup_in_an_answer_is_shown_as_text(hand: Hand, world: World) -> None:
    to_questions(hand, "KK-UBAH-3")
    while forms.current_field(world.kiosk.visit).key != "semula":
        hand.press("answer", jawaban=right_answer(forms.current_field(world.kiosk.visit)))
    hand.press("answer", jawaban='"><img src=x onerror=alert(1)>')
    assert "<img src=x" not in hand.page
    assert hand.status == 422


# --- asking -------------------------------------------------------------------------------------------------------------


def test_a_wrong_answer_is_422_and_stays_in_the_field(hand: Hand) -> None:
    to_questions(hand)
    hand.press("answer", jawaban="33121201")
    assert hand.status == 422
    assert 'value="33121201"' in hand.page
    assert 'aria-invalid="true"' in hand.page
    assert "Jumlah angkanya harus 16" in hand.words


def test_a_date_is_asked_in_three_parts_and_kept_when_it_is_wrong(hand: Hand, world: World) -> None:
    to_questions(hand)
    while 'name="hari"' not in hand.page:
        hand.press("answer", jawaban=right_answer(forms.current_field(world.kiosk.visit)))
    hand.press("answer", hari="31", bulan="02", tahun="2026")
    assert "Tanggal ini tidak ada" in hand.words
    assert re.search('id="hari"[^>]*value="31"|value="31"[^>]*id="hari"|name="hari" value="31"', hand.page)


def test_a_stored_date_comes_back_in_its_parts(hand: Hand, world: World) -> None:
    to_questions(hand)
    while 'name="hari"' not in hand.page:
        hand.press("answer", jawaban=right_answer(forms.current_field(world.kiosk.visit)))
    hand.press("answer", hari="3", bulan="3", tahun="2026")
    hand.press("back")
    assert 'name="hari" value="03"' in hand.page
    assert 'name="tahun" value="2026"' in hand.page


def test_a_telephone_number_comes_back_as_people_write_it(hand: Hand, world: World) -> None:
    to_questions(hand)
    while forms.current_field(world.kiosk.visit).key != "telepon":
        hand.press("answer", jawaban=right_answer(forms.current_field(world.kiosk.visit)))
    hand.press("answer", jawaban="0812 3456 7890")
    hand.press("back")
    assert 'value="081234567890"' in hand.page


def test_a_question_that_may_be_skipped_has_a_button_for_it(hand: Hand, world: World) -> None:
    to_questions(hand)
    assert 'name="lewati"' not in hand.page
    while forms.current_field(world.kiosk.visit).key != "telepon":
        hand.press("answer", jawaban=right_answer(forms.current_field(world.kiosk.visit)))
    assert 'name="lewati"' in hand.page
    hand.press("answer", jawaban="0812", lewati="1")
    assert world.kiosk.visit.draft.answers["telepon"] == ""


def test_a_name_has_no_digits_on_its_keyboard(hand: Hand, world: World) -> None:
    to_questions(hand)
    while forms.current_field(world.kiosk.visit).key != "nama":
        hand.press("answer", jawaban=right_answer(forms.current_field(world.kiosk.visit)))
    keys = re.findall('data-key="(.)"', hand.page)
    assert set("ABCDEFGHIJKLMNOPQRSTUVWXYZ .,-") <= set(keys)
    assert not set("0123456789") & set(keys)
    assert "&#39;" in hand.page or "'" in keys


def test_the_chosen_tile_is_marked_when_one_comes_back(hand: Hand, world: World) -> None:
    to_questions(hand)
    while forms.current_field(world.kiosk.visit).key != "anak_kelamin":
        hand.press("answer", jawaban=right_answer(forms.current_field(world.kiosk.visit)))
    hand.press("answer", jawaban="P")
    hand.press("back")
    assert hand.page.count("picked") == 1


def test_places_are_a_page_at_a_time(hand: Hand, world: World) -> None:
    to_questions(hand, "SKPWNI")
    while not hand.forms("region"):
        hand.press("answer", jawaban=right_answer(forms.current_field(world.kiosk.visit)))
    for code in ("33", "3312", "331212"):
        hand.press("region", wilayah=code)
    first = {form["wilayah"] for form in hand.forms("region") if form["wilayah"]}
    hand.press("list", halaman="1")
    second = {form["wilayah"] for form in hand.forms("region") if form["wilayah"]}
    assert (len(first), len(second)) == (12, 2)
    assert not first & second
    assert "JAWA TENGAH" in hand.words


# --- papers -------------------------------------------------------------------------------------------------------------


def test_pictures_come_from_memory_and_are_not_stored(hand: Hand, world: World) -> None:
    for path in ("/halaman", "/bingkai.jpg", "/simpanan/1", "/dokumen.png"):
        assert hand.get(path).status_code == 404
    to_questions(hand, "KONSOL")
    answer_all(hand, world)
    world.camera.lay_paper(birth_letter_on_desk())
    hand.press("take")
    for path, kind in (("/halaman", "image/avif"), ("/bingkai.jpg", "image/jpeg")):
        answer = hand.get(path)
        assert (answer.status_code, answer.mimetype) == (200, kind)
        assert answer.headers["Cache-Control"] == "no-store"


def test_a_kept_page_is_seen_and_taken_away(hand: Hand, world: World) -> None:
    to_questions(hand, "KONSOL")
    answer_all(hand, world)
    world.camera.lay_paper(birth_letter_on_desk())
    hand.press("take")
    hand.press("use_and_another")
    assert "Sudah difoto: 1 dari 2 halaman" in hand.words
    assert hand.get("/simpanan/1").mimetype == "image/avif"
    hand.press("remove_page")
    assert hand.get("/simpanan/1").status_code == 404


THE_END = b"--bingkai--\r\n"  # WebKit looks for it for ever


def test_the_newest_viewer_ends_the_one_before(world: World) -> None:
    world.to_questions("KONSOL")
    world.answer()
    live = LivePicture(world.kiosk)
    old = live.frames()
    assert b"image/jpeg" in next(old)
    new = live.frames()
    next(new)
    assert list(itertools.islice(old, 2)) == [THE_END]
    assert next(new)


def test_the_live_picture_ends_with_the_visit(world: World) -> None:
    world.to_questions("KONSOL")
    world.answer()
    frames = LivePicture(world.kiosk).frames()
    next(frames)
    world.kiosk.leave()
    assert list(itertools.islice(frames, 2)) == [THE_END]


def test_the_live_picture_is_not_shown_at_other_steps(hand: Hand) -> None:
    assert hand.get("/kamera").get_data() == THE_END


# --- honesty ------------------------------------------------------------------------------------------------------------


def test_what_does_not_work_is_told_at_the_door_in_the_farmers_words(hand: Hand, world: World) -> None:
    world.receipt.run_out_of_paper()
    world.camera.unplug()
    hand.look()
    assert "Kertas struk habis. Catat nomor di layar." in hand.words
    assert "Ganti gulungan" not in hand.words
    hand.press("apply")
    hand.press("group", kelompok="keluarga")
    assert "Belum bisa sekarang. Kamera tidak tersambung." in hand.words
    assert "disabled" in hand.page


def test_the_first_page_reloads_when_a_device_changes(hand: Hand, world: World) -> None:
    def mark() -> str:
        return str(json.loads(hand.get("/denyut").get_data())["mark"])

    assert mark() == ""
    world.receipt.run_out_of_paper()
    assert mark() == "receipt.paper_out"
    world.receipt.refill()
    assert mark() == ""


def test_a_refused_slip_shows_ticket_pin_and_code_large(hand: Hand, world: World) -> None:
    world.receipt.run_out_of_paper()
    world.to_receipt()
    hand.look()
    claim = world.kiosk.visit.claim
    assert claim is not None
    assert f"{claim.pin[:3]} {claim.pin[3:]}" in hand.words
    assert "Kertas struk habis." in hand.words
    assert "qrline" in hand.page
    assert hand.forms("slip_again")


def test_a_doubtful_slip_asks_the_visitor(hand: Hand, world: World) -> None:
    world.receipt.go_silent()
    world.to_receipt()
    hand.look()
    assert "Struk keluar? Tunjukkan ke kamera, atau jawab." in hand.words
    hand.press("slip_came_out")
    assert "Ambil struk Anda" in hand.words


def test_after_three_copies_the_button_is_gone(hand: Hand, world: World) -> None:
    world.to_receipt()
    hand.look()
    hand.press("slip_again")
    hand.press("slip_again")
    assert not hand.forms("slip_again")


def test_a_full_disk_is_told_and_the_answers_stay(hand: Hand, world: World) -> None:
    from tests.unit.session.test_mishaps import with_store

    to_review(hand, world, "KONSOL")
    with_store(world, "record_submission")
    hand.press("submit")
    assert hand.status == 422
    assert "Permohonan belum terkirim" in hand.words
    assert "WARGA CONTOH" in hand.words


def test_what_is_missing_is_marked_at_the_review(hand: Hand, world: World) -> None:
    to_review(hand, world, "KONSOL")
    world.kiosk.visit.draft.drop("ktp")
    hand.look()
    assert hand.page.count('class="missing"') == 1
    assert "Belum ada" in hand.words


# --- looks and time -----------------------------------------------------------------------------------------------------


def test_letters_and_contrast_are_the_visitors_own(hand: Hand, world: World) -> None:
    hand.press("besar", at="tampilan")
    hand.press("kontras", at="tampilan")
    assert 'class="besar kontras tegak"' in hand.page
    hand.press("besar", at="tampilan")
    assert 'class="kontras tegak"' in hand.page
    world.kiosk.leave()
    assert 'class="tegak"' in hand.look()


def test_an_unknown_look_changes_nothing(hand: Hand, world: World) -> None:
    hand.post("/tampilan/berkilau", {"kunjungan": world.kiosk.visit.id})
    assert world.kiosk.visit.display == {}


def test_the_pulse_warns_and_then_the_visit_is_over(hand: Hand, world: World) -> None:
    to_questions(hand)
    world.clock.advance(95)
    facts = json.loads(hand.get("/denyut").get_data())
    assert facts["warn"] == 25
    world.clock.advance(26)
    over = json.loads(hand.get("/denyut").get_data())
    assert over["visit"] != facts["visit"]
    assert "Sugeng rawuh" in hand.look() or "Sugeng rawuh" in hand.words


def test_a_page_load_wipes_a_visit_that_is_over(hand: Hand, world: World) -> None:
    to_questions(hand)
    world.clock.advance(1000)
    hand.look()
    assert world.step is Step.HOME
    assert "Sugeng rawuh" in hand.words


def test_a_touch_is_counted_and_a_stale_one_is_not(hand: Hand, world: World) -> None:
    to_questions(hand)
    mine = {"kunjungan": world.kiosk.visit.id}
    assert hand.client.post("/sentuh", data=mine, base_url=hand.pages.origin).status_code == 204
    world.kiosk.leave()
    assert hand.client.post("/sentuh", data=mine, base_url=hand.pages.origin).status_code == 409


def test_looking_at_a_page_is_no_touch(hand: Hand, world: World) -> None:
    to_questions(hand)
    world.clock.advance(60)
    before = world.kiosk.seconds_left()
    hand.look()
    hand.get("/denyut")
    hand.get("/tentang")
    assert world.kiosk.seconds_left() == before


def test_leaving_wipes_at_once(hand: Hand, world: World) -> None:
    to_questions(hand)
    hand.press("answer", jawaban=NIK)
    hand.post("/selesai", {"kunjungan": world.kiosk.visit.id})
    assert world.step is Step.HOME
    assert NIK not in hand.page


def test_more_than_six_services_are_asked_for_by_group(hand: Hand, world: World) -> None:
    from dataclasses import replace

    catalogue = world.parts.catalogue
    many = {f"X{n}": replace(catalogue.services["KONSOL"], code=f"X{n}", group="data") for n in range(5)}
    object.__setattr__(world.parts, "catalogue", replace(catalogue, services={**catalogue.services, **many}))
    hand.press("apply")
    assert not hand.forms("choose")
    hand.press("group", kelompok="data")
    assert len(hand.forms("choose")) == 6
    hand.press("back")
    assert hand.forms("group")
    hand.press("group", kelompok="lahir")
    hand.press("choose", layanan="AKL")
    assert world.step is Step.REQUIREMENTS


def test_about_says_whose_names_and_letters_these_are(hand: Hand) -> None:
    page = hand.get("/tentang").get_data(as_text=True)
    assert "ODbL" in page
    assert "GRATIS" in page


# --- the bell -------------------------------------------------------------------------------------------------------------


def called(hand: Hand) -> bool:
    return bool(json.loads(hand.get("/denyut").get_data())["called"])


def call(hand: Hand, **fields: str) -> None:
    hand.post("/bantuan", {"kunjungan": hand.pages.world.kiosk.visit.id, **fields})


def test_who_asks_for_staff_rings_until_somebody_comes(hand: Hand, world: World) -> None:
    to_questions(hand)
    assert not called(hand)
    call(hand)
    assert called(hand)
    world.kiosk.answer_call()
    assert not called(hand)


def test_who_needs_staff_no_more_stops_the_bell(hand: Hand) -> None:
    to_questions(hand)
    call(hand)
    call(hand, batal="1")
    assert not called(hand)


def test_a_page_left_behind_stops_no_bell(hand: Hand) -> None:
    to_questions(hand)
    call(hand)
    hand.post("/bantuan", {"kunjungan": "x", "batal": "1"})
    assert called(hand)


def test_the_bell_goes_with_the_visit(hand: Hand, world: World) -> None:
    to_questions(hand)
    call(hand)
    world.kiosk.leave()
    assert not called(hand)
