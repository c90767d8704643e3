"""The catalogues: read as they are, and spoken by the visit that chose them."""

import pytest
from flask import Flask

from kiosk.session import Event
from kiosk.ui.i18n import LANGUAGES, SOURCE, CatalogueError, Languages, catalogue, read_po
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


def test_a_page_that_falls_back_says_so(world: World) -> None:
    world.do(lambda visit: visit.display.update(bahasa="en"))
    tongue = Languages(world.kiosk)
    with Flask(__name__).app_context():
        assert tongue.gettext("Kembali") == "Back"
        assert not tongue.fell_back()
        tongue.gettext("Kalimat baru")
        assert tongue.fell_back()


def test_each_page_is_asked_anew_whether_it_fell_back(world: World) -> None:
    world.do(lambda visit: visit.display.update(bahasa="en"))
    tongue, app = Languages(world.kiosk), Flask(__name__)
    with app.app_context():
        tongue.gettext("Kalimat baru")
    with app.app_context():
        assert not tongue.fell_back()


def test_indonesian_never_falls_back(world: World) -> None:
    tongue = Languages(world.kiosk)
    with Flask(__name__).app_context():
        assert tongue.gettext("Kalimat baru") == "Kalimat baru"
        world.do(lambda visit: visit.display.update(bahasa=SOURCE))
        assert tongue.gettext("Kalimat baru") == "Kalimat baru"
        assert not tongue.fell_back()


def test_nothing_to_say_is_no_fall(world: World) -> None:
    world.do(lambda visit: visit.display.update(bahasa="en"))
    with Flask(__name__).app_context():
        assert Languages(world.kiosk).gettext("") == ""
        assert not Languages(world.kiosk).fell_back()


def test_outside_a_page_nothing_fell_back(world: World) -> None:
    world.do(lambda visit: visit.display.update(bahasa="en"))
    assert Languages(world.kiosk).gettext("Kalimat baru") == "Kalimat baru"
    assert not Languages(world.kiosk).fell_back()


def test_each_language_has_a_name_of_its_own_and_a_catalogue() -> None:
    assert len(set(LANGUAGES.values())) == len(LANGUAGES)
    assert catalogue(SOURCE) == {}
    for language in LANGUAGES:
        catalogue(language)


def test_an_unknown_language_is_indonesian(world: World) -> None:
    world.do(lambda visit: visit.display.update(bahasa="../../etc"))
    assert Languages(world.kiosk).gettext("Kembali") == "Kembali"


def test_english_is_chosen_at_the_door_and_kept_through_the_visit(hand: Hand, world: World) -> None:
    hand.press("bahasa", at="tampilan")
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
    hand.press("bahasa", at="tampilan")
    hand.press("check")
    hand.press("ticket", jawaban="12")
    assert "12 digits" in hand.words
