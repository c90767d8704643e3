"""The spoken screens: every step has words, off until asked for, nothing that was typed is ever said."""

import html
import json
import re
from pathlib import Path

import pytest

from content.spoken import clip_name
from kiosk.hardware.scanner.simulated import SimulatedScanner
from kiosk.session import Event, Step, forms
from kiosk.session.asking import PATIENCE_S
from kiosk.ui.app import POLICY, create_app
from kiosk.ui.entry import Entry
from tests.unit.documents.paperwork import Office, blank_pdf
from tests.unit.session.world import NIK, World, birth_letter_on_desk, new_world, right_answer
from tests.unit.ui.hand import Hand
from tests.unit.ui.harness import ASSETS, PORTRAIT, Pages, pages

UI = Path(__file__).parents[3] / "kiosk" / "ui"
BUILT = ASSETS / "static" / "voice"
STAFFS = {step for step in Step if step.startswith("staff")} | {Step.BLOCK}  # read by who can: theirs are not spoken


# --- the page -----------------------------------------------------------------------------------------------------------


def listed(page: str) -> list[list[str]]:
    """The page's list of clips."""
    found = re.search(r'<div id="suara" data-clips="([^"]*)"', page)
    assert found, "no list of clips"
    value = json.loads(html.unescape(found[1]))
    assert isinstance(value, list)
    return value


def marked(page: str) -> list[list[str]]:
    """Clips of the marked words of the screen itself, in the order of the page."""
    body = re.sub(r"<dialog.*?</dialog>|<p class=\"alarm\"[^>]* hidden>.*?</p>", " ", page, flags=re.DOTALL)
    every = listed(page)
    return [every[int(number)] for number in re.findall(r'data-say="(\d+)"', body)]


def words_of(addresses: list[list[str]]) -> list[str]:
    """The texts behind the addresses."""
    index = json.loads((BUILT / "id" / "index.json").read_text())
    names = {f"/suara/id/{name}": text for text, name in index.items()}
    return [" ".join(names[address] for address in one) for one in addresses]


def check_screen(hand: Hand, seen: dict[Step, list[str]], world: World) -> None:
    """The screen at hand says something, and every address of its list is a clip."""
    hand.look()
    words = words_of(marked(hand.page))
    assert words, f"{world.step} is silent"
    for address in {address for one in listed(hand.page) for address in one}:
        assert (hand.get(address).status_code, hand.get(address).mimetype) == (200, "audio/ogg")
    seen.setdefault(world.step, words)


@pytest.fixture(scope="module")
def office() -> Office:
    return Office.open()


def walk_to_thanks(hand: Hand, world: World, seen: dict[Step, list[str]]) -> None:
    kiosk = world.kiosk

    def look() -> None:
        check_screen(hand, seen, world)

    look()
    world.do(Event.APPLY)
    look()
    world.do(kiosk.choose("KK-UBAH-3"))
    look()
    world.do(Event.HAVE_PAPERS)
    look()
    world.do(Event.AGREE)
    look()
    world.answer()
    look()
    world.camera.lay_paper(birth_letter_on_desk())
    world.do(kiosk.take())
    look()
    world.do(Event.ADJUST)
    look()
    world.do(kiosk.back(), kiosk.use_page())
    world.photograph()
    look()
    world.do(kiosk.submit())
    look()
    world.do(Event.TO_SURVEY)
    look()
    world.do(kiosk.end_survey())
    look()
    world.do(Event.FINISH)


def walk_to_print(hand: Hand, world: World, seen: dict[Step, list[str]], office: Office) -> None:
    from tests.unit.session.test_checking import to_document

    kiosk = world.kiosk
    world.do(Event.CHECK)
    check_screen(hand, seen, world)
    ticket = ticket_of(world)
    world.do(kiosk.give_ticket(ticket))
    check_screen(hand, seen, world)
    world.do(kiosk.give_pin("482913"))
    check_screen(hand, seen, world)
    world.kiosk.leave()
    for prepare, after in (
        (lambda: None, Step.PRINTED),
        (world.paper.run_out_of_paper, Step.UNPRINTED),
        (world.paper.lose_the_next_answer, Step.DOUBTFUL),
    ):
        prepare()
        to_document(world, ticket, office.sign(blank_pdf()))
        check_screen(hand, seen, world)
        world.do(kiosk.print_document())
        assert world.step is after
        check_screen(hand, seen, world)
        world.kiosk.leave()
        world.paper.refill()
    to_document(world, ticket, blank_pdf())
    check_screen(hand, seen, world)
    world.kiosk.leave()


def walk_to_status(hand: Hand, world: World, seen: dict[Step, list[str]]) -> None:
    ticket = ticket_of(world)
    world.to_waiting(ticket)
    world.centre_answers(state="DIAJUKAN", words="Belum diproses, menunggu petugas Dukcapil", queue_number=14)
    check_screen(hand, seen, world)
    world.kiosk.leave()
    world.to_waiting(ticket)
    world.clock.advance(PATIENCE_S + 1)
    world.kiosk.look()
    check_screen(hand, seen, world)


def walk_to_saved(hand: Hand, world: World, seen: dict[Step, list[str]]) -> None:
    world.kiosk.leave()
    world.to_review("SKPWNI")
    world.do(Event.TO_FORMS)
    check_screen(hand, seen, world)
    world.kiosk.leave()
    world.to_questions()
    world.do(world.kiosk.answer(NIK), world.kiosk.save())
    check_screen(hand, seen, world)


def walk_to_scanning(hand: Hand, world: World, scanner: SimulatedScanner, seen: dict[Step, list[str]]) -> None:
    scanner.take_its_time(60)
    world.kiosk.leave()
    world.to_questions()
    world.answer()
    world.do(world.kiosk.scan())
    check_screen(hand, seen, world)
    world.kiosk.leave()


def ticket_of(world: World) -> str:
    from adminduk.tickets import new_claim

    return new_claim(17, world.parts.dice).ticket


def test_every_step_says_its_screen_and_every_clip_is_there(tmp_path: Path, office: Office) -> None:
    scanner = SimulatedScanner()
    world = new_world(tmp_path, roots=office.pem, scanner=scanner)
    hand, seen = Hand(pages(world)), dict[Step, list[str]]()
    hand.enter()
    walk_to_thanks(hand, world, seen)
    walk_to_print(hand, world, seen, office)
    walk_to_status(hand, world, seen)
    walk_to_saved(hand, world, seen)
    walk_to_scanning(hand, world, scanner, seen)
    world.parts.store.close()
    assert set(Step) - set(seen) - STAFFS == set()
    assert seen[Step.HOME][0] == "Sugeng rawuh"
    assert "Ajukan dokumen" in seen[Step.HOME]
    assert "Antrean nomor 14" in seen[Step.STATUS]
    assert "Setuju, lanjutkan" in seen[Step.NOTICE]


def test_an_alarm_is_heard_once_it_is_shown(world: World, hand: Hand) -> None:
    world.to_questions()
    hand.look()
    assert "Listrik padam. Selesaikan ini dulu." not in words_of(marked(hand.page))
    world.power.state()
    world.power.cut_mains()
    world.power.state()
    world.clock.advance(16)
    hand.look()
    assert "Listrik padam. Selesaikan ini dulu." in words_of(marked(hand.page))


def test_the_about_page_is_spoken(hand: Hand) -> None:
    assert "Tentang kios ini" in words_of(marked(hand.get("/tentang").get_data(as_text=True)))


def test_what_is_shown_is_the_text_unchanged(hand: Hand) -> None:
    assert "Sugeng rawuh Urus surat kependudukan di desa sendiri" in hand.words


def test_the_warning_has_its_own_words(hand: Hand) -> None:
    dialog = re.findall(r'<dialog id="peringatan".*?</dialog>', hand.page, flags=re.DOTALL)[0]
    every = listed(hand.page)
    words = words_of([every[int(number)] for number in re.findall(r'data-say="(\d+)"', dialog)])
    assert words == [
        "Masih di sini?",
        "Layar ini dihapus dalam",
        "30",
        "detik, supaya data Anda aman.",
        "Saya masih di sini",
    ]


def test_waiting_has_its_own_words(hand: Hand, world: World) -> None:
    world.to_receipt()
    hand.look()
    (number,) = set(re.findall(r'data-wait-say="(\d+)"', hand.page))
    assert words_of([listed(hand.page)[int(number)]]) == ["Mencetak struk …"]


def test_a_complaint_is_spoken(hand: Hand, world: World) -> None:
    world.to_questions()
    world.do(world.kiosk.answer("12"))
    hand.look()
    assert "Jumlah angkanya harus 16. Hitung kembali." in words_of(marked(hand.page))


def test_small_and_quiet_buttons_are_left_out(hand: Hand, world: World) -> None:
    world.to_questions()
    hand.look()
    assert not {"Kembali", "Mulai ulang", "Hapus"} & set(words_of(marked(hand.page)))


CITIZENS = [path for path in sorted((UI / "templates" / "screens").glob("*.html")) if path.stem not in STAFFS]


@pytest.mark.parametrize("path", CITIZENS, ids=lambda path: path.name)
def test_every_heading_and_lead_of_a_screen_is_said(path: Path) -> None:
    text = path.read_text()
    for inner in re.findall(r"<h[12][^>]*>(.*?)</h[12]>|figcaption>(.*?)</", text, flags=re.DOTALL):
        for shown in re.findall(r"\{\{ (?!icon)(.*?) \}\}", "".join(inner)):
            assert shown.startswith("say("), shown


def test_every_piece_of_a_sentence_has_a_clip() -> None:
    from content.spoken import pieces

    index = json.loads((BUILT / "id" / "index.json").read_text())
    for pattern in json.loads((BUILT / "id" / "patterns.json").read_text()):
        assert set(pieces(pattern)) <= set(index), pattern


# --- off until asked for, gone with the visit ---------------------------------------------------------------------------


def test_the_kiosk_is_silent_until_asked(hand: Hand) -> None:
    assert "data-speaks" not in hand.page
    hand.press("suara", at="tampilan")
    assert "data-speaks" in hand.page
    hand.press("apply")
    assert "data-speaks" in hand.page


def test_stop_is_the_same_button(hand: Hand) -> None:
    hand.press("suara", at="tampilan")
    assert 'id="dengar" aria-pressed="true"' in hand.page
    hand.press("suara", at="tampilan")
    assert 'id="dengar" aria-pressed="false"' in hand.page
    assert "data-speaks" not in hand.page


def test_the_voice_is_gone_with_the_visit(hand: Hand, world: World) -> None:
    hand.press("suara", at="tampilan")
    world.kiosk.leave()
    assert "data-speaks" not in hand.look()


def test_who_asks_to_hear_a_complaint_does_not_lose_it(hand: Hand, world: World) -> None:
    world.to_questions()
    hand.look()
    hand.press("answer", jawaban="12")
    hand.press("suara", at="tampilan")
    assert "Jumlah angkanya harus 16" in hand.words
    assert 'value="12"' in hand.page


def test_what_stands_in_the_field_comes_back(hand: Hand, world: World) -> None:
    world.to_questions()
    hand.look()
    hand.press("suara", at="tampilan", jawaban="3312 1201")
    assert 'value="3312 1201"' in hand.page
    assert world.kiosk.visit.draft.answers == {}


def test_a_pin_does_not_come_back(hand: Hand, world: World) -> None:
    world.do(Event.CHECK, world.kiosk.give_ticket(ticket_of(world)))
    hand.look()
    hand.press("suara", at="tampilan", jawaban="482913")
    assert "482913" not in hand.page
    assert world.kiosk.visit.typed == ""


def test_a_stale_page_turns_nothing_on(hand: Hand, world: World) -> None:
    hand.post("/tampilan/suara", {"kunjungan": "x", "jawaban": "33"})
    assert (world.kiosk.visit.display, world.kiosk.visit.typed) == ({}, "")


# --- nothing that was typed ---------------------------------------------------------------------------------------------


def spoken_while(hand: Hand, world: World, **typed: str) -> list[list[str]]:
    """All that a visit says from its first question to its receipt."""
    world.do(lambda visit: visit.display.update(suara=True))
    world.to_questions()
    said: list[list[str]] = []
    while world.step is Step.QUESTION:
        field = forms.current_field(world.kiosk.visit)
        hand.look()
        said += listed(hand.page)
        world.do(world.kiosk.answer(typed.get(field.key, right_answer(field))), world.kiosk.back())
        hand.look()  # with the answer in its field
        said += listed(hand.page)
        world.do(world.kiosk.answer(typed.get(field.key, right_answer(field))))
    world.photograph()
    hand.look()
    said += listed(hand.page)
    world.do(world.kiosk.submit())
    hand.look()
    return said + listed(hand.page)


def test_two_visitors_with_other_answers_hear_the_same_words(tmp_path: Path) -> None:
    heard = []
    for number, typed in enumerate(
        ({"nama": "WARGA CONTOH", "telepon": "081200009901"}, {"nama": "TAMBAH HALAMAN", "telepon": "081299990001"})
    ):
        world = new_world(tmp_path / str(number))
        hand = Hand(pages(world))
        hand.enter()
        heard.append(spoken_while(hand, world, **typed))
        world.parts.store.close()
    assert heard[0] == heard[1]
    assert len(heard[0]) > 100


@pytest.mark.parametrize("typed", ["Kembali", "Kartu Keluarga", "Anda"])
def test_even_words_that_have_a_clip_are_not_said_when_they_were_typed(hand: Hand, world: World, typed: str) -> None:
    world.to_questions()
    while forms.current_field(world.kiosk.visit).key != "nama":
        world.do(world.kiosk.answer(right_answer(forms.current_field(world.kiosk.visit))))
    hand.look()
    before = listed(hand.page)
    world.do(world.kiosk.answer(typed), world.kiosk.back())
    while forms.current_field(world.kiosk.visit).key != "nama":
        world.do(world.kiosk.back())
    hand.look()
    assert listed(hand.page) == before


def field_of_kind(world: World, kind: str) -> None:
    """Answer until a question of this kind is asked, in whatever service has one."""
    services = world.parts.catalogue.services.values()
    service = next(one for one in services if any(field.kind == kind and field.when is None for field in one.fields()))
    world.to_questions(service.code)
    while forms.current_field(world.kiosk.visit).kind != kind:
        world.do(world.kiosk.answer(right_answer(forms.current_field(world.kiosk.visit))))


@pytest.mark.parametrize("kind", ["nik", "kk", "phone"])
def test_the_keys_of_a_number_that_names_somebody_are_silent(hand: Hand, world: World, kind: str) -> None:
    world.do(lambda visit: visit.display.update(suara=True))
    field_of_kind(world, kind)
    hand.look()
    assert 'data-key="7"' in hand.page
    assert "data-aloud" not in hand.page


def test_the_keys_of_ticket_and_pin_are_silent(hand: Hand, world: World) -> None:
    world.do(lambda visit: visit.display.update(suara=True), Event.CHECK)
    assert "data-aloud" not in hand.look()
    world.do(world.kiosk.give_ticket(ticket_of(world)))
    assert "data-aloud" not in hand.look()


@pytest.mark.parametrize("kind", ["date", "number"])
def test_the_keys_of_a_date_and_a_count_say_their_digit(hand: Hand, world: World, kind: str) -> None:
    world.do(lambda visit: visit.display.update(suara=True))
    field_of_kind(world, kind)
    keys = dict(re.findall(r'data-key="(\d)" data-aloud="(\d+)"', hand.look()))
    assert len(keys) == 10
    assert {key: words_of([listed(hand.page)[int(at)]]) for key, at in keys.items()} == {key: [key] for key in keys}


def test_keys_are_silent_while_the_voice_is_off(hand: Hand, world: World) -> None:
    field_of_kind(world, "date")
    assert "data-aloud" not in hand.look()


# --- the addresses ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    ["/suara/id/index.json", "/suara/id/.made.json", "/suara/id/..%2findex.json", "/suara/..%2fvoice/id", "/suara/id/",
     "/suara/../ukuran.css", "/suara/id/%2e%2e/%2e%2e/icons/x.svg", "/suara/xx/selamat-datang.opus", "/suara/id/\x00.opus"],
)  # fmt: skip
def test_only_clips_are_served(hand: Hand, path: str) -> None:
    assert hand.get(path).status_code == 404


def test_a_clip_is_for_the_kiosks_window_alone(hand: Hand, kiosk_pages: Pages) -> None:
    address = listed(hand.page)[0][0]
    assert kiosk_pages.app.test_client().get(address, base_url=kiosk_pages.origin).status_code == 403
    assert hand.get(address).status_code == 200


def test_a_clip_may_be_kept_and_a_page_may_not(hand: Hand) -> None:
    assert "max-age" in hand.get(listed(hand.page)[0][0]).headers["Cache-Control"]
    assert hand.get("/").headers["Cache-Control"] == "no-store"


def test_the_policy_lets_our_own_sound_in_and_no_other() -> None:
    assert "media-src 'self';" in POLICY


def test_a_recording_is_what_the_page_plays(world: World, tmp_path: Path) -> None:
    recording = tmp_path / "recordings" / "id" / f"{clip_name('Sugeng rawuh')}.mp3"
    recording.parent.mkdir(parents=True)
    recording.write_bytes(b"ID3 a person")
    entry = Entry()
    app = create_app(
        world.kiosk, entry=entry, panel=PORTRAIT, assets=ASSETS, port=8700, recordings=tmp_path / "recordings"
    )
    hand = Hand(Pages(world, app, entry, 8700))
    hand.enter()
    (address,) = marked(hand.page)[0]
    answer = hand.get(address)
    assert (answer.get_data(), answer.mimetype) == (b"ID3 a person", "audio/mpeg")


def test_without_clips_there_is_no_button(world: World, tmp_path: Path) -> None:
    entry = Entry()
    app = create_app(world.kiosk, entry=entry, panel=PORTRAIT, assets=tmp_path, port=8700)
    hand = Hand(Pages(world, app, entry, 8700))
    hand.enter()
    assert "Sugeng rawuh" in hand.words
    assert 'id="dengar"' not in hand.page
    assert 'id="suara"' not in hand.page
