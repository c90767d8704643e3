"""The catalogues: read as they are, and spoken by the visit that chose them."""

from pathlib import Path

import pytest
from flask import Flask
from markupsafe import escape

from kiosk.session import Event
from kiosk.ui.i18n import LANGUAGES, SOURCE, CatalogueError, Languages, catalogue, read_po, untranslated
from tests.unit.session.world import World
from tests.unit.ui.hand import Hand


def test_a_message_and_its_translation_are_read() -> None:
    assert read_po('msgid "Kembali"\nmsgstr "Back"\n') == {"Kembali": "Back"}


def test_long_messages_stand_on_many_lines() -> None:
    assert read_po('msgid ""\n"satu "\n"dua"\nmsgstr "one "\n"two"\n') == {"satu dua": "one two"}


def test_escapes_are_read() -> None:
    assert read_po('msgid "\\"ya\\"\\n"\nmsgstr "\\"yes\\"\\n"\n') == {'"ya"\n': '"yes"\n'}


def test_headers_untranslated_and_fuzzy_messages_are_left_out() -> None:
    text = 'msgid ""\nmsgstr "Language: en\\n"\n\nmsgid "a"\nmsgstr ""\n\n#, fuzzy\nmsgid "b"\nmsgstr "B"\n\nmsgid "c"\nmsgstr "C"\n'
    assert read_po(text) == {"c": "C"}


def test_the_last_message_counts_without_an_empty_line() -> None:
    assert read_po('msgid "a"\nmsgstr "A"')["a"] == "A"


@pytest.mark.parametrize("line", ["msgid Kembali", "kembali", 'msgid "a', "msgid 3"])
def test_a_broken_line_is_named(line: str) -> None:
    with pytest.raises(CatalogueError, match="line 2"):
        read_po(f"# ok\n{line}\n")


def test_indonesian_is_the_source(world: World) -> None:
    assert Languages(world.kiosk).gettext("Kembali") == "Kembali"


def test_a_visit_speaks_its_own_language(world: World) -> None:
    world.do(lambda visit: visit.display.update(bahasa="en"))
    assert Languages(world.kiosk).gettext("Kembali") == "Back"
    assert Languages(world.kiosk).ngettext("Kembali", "Kembali", 2) == "Back"
    world.kiosk.leave()
    assert Languages(world.kiosk).gettext("Kembali") == "Kembali"


def test_what_is_not_translated_stays_indonesian(world: World) -> None:
    world.do(lambda visit: visit.display.update(bahasa="en"))
    assert Languages(world.kiosk).gettext("Kalimat baru") == "Kalimat baru"


@pytest.fixture
def english(world: World, tmp_path: Path) -> Languages:
    """A visit in English, whose catalogue does not say everything yet."""
    text = (
        'msgid "Kembali"\nmsgstr "Back"\n\nmsgid "Kalimat baru"\nmsgstr ""\n\n#, fuzzy\nmsgid "Ragu"\nmsgstr "Doubt"\n'
    )
    (tmp_path / "en.po").write_text(text, encoding="utf-8")
    world.do(lambda visit: visit.display.update(bahasa="en"))
    return Languages(world.kiosk, tmp_path)


@pytest.mark.parametrize("message", ["Kalimat baru", "Ragu"])
def test_a_page_that_falls_back_says_so(english: Languages, message: str) -> None:
    with Flask(__name__).app_context():
        assert english.gettext("Kembali") == "Back"
        assert not english.fell_back()
        assert english.gettext(message) == message
        assert english.fell_back()


def test_each_page_is_asked_anew_whether_it_fell_back(english: Languages) -> None:
    app = Flask(__name__)
    with app.app_context():
        english.gettext("Kalimat baru")
    with app.app_context():
        assert not english.fell_back()


@pytest.mark.parametrize("typed", ["", "WARGA CONTOH", "–", "••••0001", "5 November 2026"])
def test_what_a_visitor_typed_is_no_fall(english: Languages, typed: str) -> None:
    with Flask(__name__).app_context():
        assert english.gettext(typed) == typed
        assert not english.fell_back()


@pytest.mark.parametrize("chosen", ["", SOURCE])
def test_indonesian_never_falls_back(english: Languages, world: World, chosen: str) -> None:
    world.do(lambda visit: visit.display.update(bahasa=chosen))
    with Flask(__name__).app_context():
        assert english.gettext("Kalimat baru") == "Kalimat baru"
        assert not english.fell_back()


def test_outside_a_page_nothing_fell_back(english: Languages) -> None:
    assert english.gettext("Kalimat baru") == "Kalimat baru"
    assert not english.fell_back()


def test_a_finished_catalogue_leaves_nothing_untranslated() -> None:
    assert untranslated("en") == frozenset()
    assert untranslated(SOURCE) == frozenset()


@pytest.mark.parametrize("language", ["jv", "ban", "bjn", "sas", "abs"])
def test_a_language_of_the_villages_is_spoken_from_door_to_question(hand: Hand, world: World, language: str) -> None:
    world.do(lambda visit: visit.display.update(bahasa=language))
    hand.look()
    said = catalogue(language)
    assert f'lang="{language}"' in hand.page
    hand.press("apply")
    assert said["Apa yang ingin Anda urus?"] in hand.words
    assert said["Sentuh salah satu."] in hand.words
    assert "fallback" not in hand.page


@pytest.mark.parametrize("typed", ["5% & ANAK", "%(n)s", "100%"])
def test_what_a_visitor_typed_is_shown_as_typed(hand: Hand, world: World, typed: str) -> None:
    """A percent sign broke the page, and what was typed went in as markup."""
    world.to_review("KONSOL", tampilan=typed)
    assert str(escape(typed)) in hand.look() or str(escape(typed)) in next_page(hand)


def next_page(hand: Hand) -> str:
    return hand.press("list")


def test_a_choice_is_shown_again_in_the_visits_language(hand: Hand, world: World) -> None:
    world.to_review("KONSOL", lembaga="bansos")
    world.kiosk.visit.display["bahasa"] = "en"
    assert "Social aid" in hand.look()


def test_each_language_has_a_name_of_its_own_and_a_catalogue() -> None:
    assert len(set(LANGUAGES.values())) == len(LANGUAGES)
    assert catalogue(SOURCE) == {}
    for language in LANGUAGES:
        catalogue(language)


def test_an_unknown_language_is_indonesian(world: World) -> None:
    world.do(lambda visit: visit.display.update(bahasa="../../etc"))
    assert Languages(world.kiosk).gettext("Kembali") == "Kembali"


def test_english_is_chosen_at_the_door_and_kept_through_the_visit(hand: Hand, world: World) -> None:
    hand.press("bahasa", at="tampilan", kode="en")
    assert "Welcome" in hand.words
    assert 'lang="en"' in hand.page
    hand.press("apply")
    assert "A child is born" in hand.words
    world.do(Event.BACK)
    assert "Welcome" in hand.look()


def test_the_language_changes_only_where_a_visit_begins(hand: Hand, world: World) -> None:
    hand.press("apply")
    hand.post("/tampilan/bahasa", {"kunjungan": world.kiosk.visit.id})
    assert world.kiosk.visit.display == {}


def test_complaints_speak_the_visits_language(hand: Hand) -> None:
    hand.press("bahasa", at="tampilan", kode="en")
    hand.press("check")
    hand.press("ticket", jawaban="12")
    assert "12 digits" in hand.words
