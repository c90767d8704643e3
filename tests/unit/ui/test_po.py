"""Catalogues brought up to date: nothing a translator wrote is lost, nothing unused stays."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adminduk.catalogue import ContentError
from content.loader import load
from kiosk import content_tools
from kiosk.messages import all_messages, content_messages, own_names, staff_messages, template_messages
from kiosk.ui.i18n import LANGUAGES, SOURCE
from kiosk.ui.po import REVIEW, CatalogueError, Entry, brought_up, read_entries, written

OLD = f"""# Javanese
msgid ""
msgstr "Language: jv\\n"

{REVIEW}
msgid "Kembali"
msgstr "Wangsul"

#, fuzzy
msgid "Hapus"
msgstr "Busak"

msgid "Sudah tidak ada"
msgstr "Sampun boten wonten"
"""

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029\0"))
comments = st.sampled_from([(), (REVIEW,), ("#, fuzzy",), ("# a note", REVIEW)])
entries = st.lists(st.builds(Entry, texts.filter(bool), texts, comments), unique_by=lambda entry: entry.msgid)


@given(entries)
def test_what_is_written_is_read_again(made: list[Entry]) -> None:
    assert list(read_entries(written(made))) == made


def test_a_comment_belongs_to_the_message_below_it() -> None:
    header, back, delete, _gone = read_entries(OLD)
    assert header.comments == ("# Javanese",)
    assert back.machine
    assert not back.fuzzy
    assert delete.fuzzy
    assert not delete.machine


@pytest.mark.parametrize("text", ['"alone"', 'msgstr "first"', "word"])
def test_a_catalogue_begins_with_a_message(text: str) -> None:
    with pytest.raises(CatalogueError, match="line 1"):
        read_entries(text)


def test_an_update_keeps_translations_and_their_marks() -> None:
    update = brought_up(read_entries(OLD), ["Kembali"], "jv")
    assert Entry("Kembali", "Wangsul", (REVIEW,)) in update.entries


def test_an_update_appends_what_is_new_in_the_order_it_is_said() -> None:
    update = brought_up(read_entries(OLD), ["Satu", "Kembali", "Dua", "Hapus", "Dua"], "jv")
    assert [entry.msgid for entry in update.entries] == ["", "Kembali", "Hapus", "Satu", "Dua"]
    assert update.entries[-1] == Entry("Dua")


def test_an_update_drops_what_nobody_says_and_counts_all() -> None:
    update = brought_up(read_entries(OLD), ["Kembali", "Hapus", "Baru"], "jv")
    assert "Sudah tidak ada" not in [entry.msgid for entry in update.entries]
    assert (update.kept, update.new, update.dropped, update.untranslated) == (2, 1, 1, 2)


def test_a_new_language_begins_with_a_header_that_says_who_wrote_it() -> None:
    header, *_rest = brought_up((), ["Kembali"], "jv").entries
    assert "Language: jv\n" in header.msgstr
    assert "X-Review: machine\n" in header.msgstr


@given(entries, st.lists(texts.filter(bool)))
def test_an_update_twice_is_an_update_once(made: list[Entry], wanted: list[str]) -> None:
    once = brought_up(made, wanted, "jv")
    twice = brought_up(read_entries(written(once.entries)), wanted, "jv")
    assert twice.entries == once.entries
    assert (twice.new, twice.dropped) == (0, 0)


# --- what citizens read -----------------------------------------------------------------------------------------------


def test_templates_come_first_and_nothing_comes_twice() -> None:
    found = all_messages()
    assert found[: len(template_messages())] == template_messages()
    assert len(found) == len(set(found))


def test_the_staffs_screens_come_last() -> None:
    """A screen of theirs that changes makes no language of the citizens incomplete."""
    own = set(staff_messages()) - set(template_messages()) - set(content_messages())
    assert set(all_messages()[len(all_messages()) - len(own) :]) == own


def test_what_a_staff_template_says_is_no_citizens_text(tmp_path: Path) -> None:
    (tmp_path / "screens").mkdir()
    (tmp_path / "screens" / "staff_keys.html").write_text('{{ _("Kunci") }}')
    (tmp_path / "screens" / "home.html").write_text('{{ _("Masuk") }} {{ _(name) }} {{ _("Masuk") }}')
    assert template_messages(tmp_path) == ("Masuk",)
    assert staff_messages(tmp_path) == ("Kunci",)


def test_the_order_stays() -> None:
    assert all_messages() == all_messages()


def test_the_words_of_every_part_of_the_content_are_found() -> None:
    catalogue, found = load(), set(content_messages())
    service = catalogue.services["AKL"]
    field = next(field for field in service.fields() if field.choices)
    paper = service.papers[0]
    assert {service.name, service.short, service.description, *service.notes, *service.next_steps} <= found
    assert {field.label, field.caption, *(choice.label for choice in field.choices)} <= found
    assert {field.whose for field in service.fields() if field.whose} <= found
    assert {paper.name, paper.hint, catalogue.groups[0].title, catalogue.survey[0]} - {""} <= found
    assert {*catalogue.notice.paragraphs, *catalogue.status_words.values(), *catalogue.complaints.values()} <= found
    assert {output.name for output in service.outputs} <= found


def test_reasons_that_only_the_staff_reads_are_left_out() -> None:
    staff = {reason.text for reason in load().reasons.values() if reason.staff_only}
    assert staff.isdisjoint(content_messages())


def test_the_words_of_every_kabupaten_are_found() -> None:
    assert set(load("balangan").status_words.values()) <= set(content_messages())


def test_a_kabupatens_own_names_are_not_translated() -> None:
    place = load("buleleng").place
    assert {place.office, place.greeting, "Kantor Kecamatan Seririt"} <= own_names(load("buleleng"))
    assert own_names(load("buleleng")).isdisjoint(content_messages())


# --- the command ------------------------------------------------------------------------------------------------------


def run(folder: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    assert content_tools.main(["messages", "--folder", str(folder)]) == 0
    return capsys.readouterr().out.splitlines()


def test_the_command_makes_every_catalogue_and_says_how_many(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    count = len(all_messages())
    assert run(tmp_path, capsys) == [
        f"{language}.po: 0 kept, {count} new, 0 dropped, {count} untranslated"
        for language in LANGUAGES
        if language != SOURCE
    ]
    assert {path.name for path in tmp_path.iterdir()} == {f"{code}.po" for code in LANGUAGES if code != SOURCE}


def test_the_command_twice_changes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(tmp_path, capsys)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert f"jv.po: {len(all_messages())} kept, 0 new, 0 dropped" in run(tmp_path, capsys)[1]
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_the_command_keeps_what_a_translator_wrote(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "jv.po").write_text(OLD, encoding="utf-8")
    assert ", 1 dropped" in run(tmp_path, capsys)[1]
    made = {entry.msgid: entry for entry in read_entries((tmp_path / "jv.po").read_text(encoding="utf-8"))}
    assert made["Kembali"] == Entry("Kembali", "Wangsul", (REVIEW,))
    assert made["Hapus"].fuzzy


def test_a_broken_catalogue_is_one_clear_line_and_stays_as_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "en.po").write_text("msgid Kembali\n", encoding="utf-8")
    assert content_tools.main(["messages", "--folder", str(tmp_path)]) == 2
    assert "en.po: line 1" in capsys.readouterr().err
    assert (tmp_path / "en.po").read_text(encoding="utf-8") == "msgid Kembali\n"


def test_content_that_does_not_hold_touches_no_catalogue(tmp_path: Path) -> None:
    root = tmp_path / "content"
    (root / "profiles" / "contoh").mkdir(parents=True)
    assert content_tools.main(["messages", "--folder", str(tmp_path)], root=root) == 2
    assert not list(tmp_path.glob("*.po"))
    with pytest.raises(ContentError):
        content_messages(root=root)
