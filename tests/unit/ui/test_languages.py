"""The languages of the screens: what is translated, how far, and by whom it was read."""

import re
import sys
import unicodedata
from collections import Counter
from pathlib import Path

import pytest

from kiosk.messages import all_messages, template_messages
from kiosk.ui.i18n import FOLDER, LANGUAGES, SOURCE, catalogue
from kiosk.ui.po import REVIEW, Entry, read_entries

LOCAL = ("jv", "ban", "bjn", "sas", "abs")
# the least share of all texts that is translated; every language says every text of the templates
FLOORS = {"en": 1.0, "jv": 0.95, "ban": 0.95, "bjn": 0.95, "sas": 0.95, "abs": 0.95}
COMPLETE_SCREENS = ("en", *LOCAL)
# the most that may read as the Indonesian does: official names, borrowed words, close kin
SAME_AS_SOURCE = {"en": 0.05, "jv": 0.2, "ban": 0.2, "bjn": 0.25, "sas": 0.25, "abs": 0.3}
SAME_AS_ANOTHER = 0.10
PLACEHOLDER = re.compile(r"%\(\w+\)s")
DIGITS = re.compile(r"\d+")
NAMES = re.compile(r"\b(?:KTP-el|NIK|KK|KIA|SPTJM|SKPWNI|SKTT|KITAS|KITAP|BPJS|KUA|Kartu Keluarga|ASLI|Dukcapil|PIN)\b")
PAPERS = re.compile(
    r"\b(?:akta (?:kelahiran|kematian|perkawinan|perceraian)|buku nikah|surat kuasa|surat keterangan (?:lahir|kematian))\b",
    re.IGNORECASE,
)


def entries(language: str) -> tuple[Entry, ...]:
    return read_entries((FOLDER / f"{language}.po").read_text(encoding="utf-8"))


def said(language: str) -> dict[str, str]:
    return dict(catalogue(language))


def share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0


@pytest.fixture(scope="module")
def everything() -> tuple[str, ...]:
    return all_messages()


translated = pytest.mark.parametrize("language", [code for code in LANGUAGES if code != SOURCE])


def test_every_catalogue_belongs_to_a_language_that_is_offered() -> None:
    assert {path.stem for path in FOLDER.glob("*.po")} == set(LANGUAGES) - {SOURCE}


def test_every_language_has_a_floor() -> None:
    assert set(FLOORS) == set(LANGUAGES) - {SOURCE} == {"en", *LOCAL}


def test_coverage_stays_above_the_floors(everything: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    screens = template_messages()
    lines, low = [f"{'':6}{'screens':>10}{'all':>10}{'unread':>10}"], []
    for language, floor in FLOORS.items():
        known = said(language)
        whole = share(sum(text in known for text in everything), len(everything))
        template = share(sum(text in known for text in screens), len(screens))
        unread = sum(entry.machine for entry in entries(language))
        lines.append(f"{language:6}{template:>10.1%}{whole:>10.1%}{unread:>10}")
        low += [language] if whole < floor else []
    with capsys.disabled():
        sys.stdout.write("\n" + "\n".join(lines) + "\n")
    assert not low


@pytest.mark.parametrize("language", COMPLETE_SCREENS)
def test_every_text_of_the_templates_is_translated(language: str) -> None:
    assert [text for text in template_messages() if text not in said(language)] == []


@translated
def test_no_catalogue_says_what_no_screen_says(language: str, everything: tuple[str, ...]) -> None:
    """``python -m kiosk content messages`` mends it."""
    assert {entry.msgid for entry in entries(language) if entry.msgid} - set(everything) == set()


@translated
def test_every_text_stands_in_every_catalogue(language: str, everything: tuple[str, ...]) -> None:
    """So that a translator finds what is missing; ``python -m kiosk content messages`` mends it."""
    assert set(everything) - {entry.msgid for entry in entries(language)} == set()


@translated
def test_no_text_stands_twice(language: str) -> None:
    assert [text for text, count in Counter(entry.msgid for entry in entries(language)).items() if count > 1] == []


@translated
def test_a_translation_keeps_the_placeholders(language: str) -> None:
    for source, target in said(language).items():
        assert sorted(PLACEHOLDER.findall(source)) == sorted(PLACEHOLDER.findall(target)), source


@translated
def test_a_translation_keeps_the_numbers(language: str) -> None:
    """16 digits stay 16 digits, F-1.07 stays F-1.07."""
    for source, target in said(language).items():
        assert sorted(DIGITS.findall(source)) == sorted(DIGITS.findall(target)), source


@pytest.mark.parametrize("language", LOCAL)
def test_the_names_of_papers_and_offices_stay(language: str) -> None:
    """A villager compares the word on the screen with the word on the paper in the hand."""
    names = re.compile(
        r"\b(?:KTP-el|NIK|KIA|SPTJM|SKPWNI|SKTT|KITAS|KITAP|BPJS|KUA|Kartu Keluarga|ASLI|Dukcapil|PIN)\b"
    )
    for source, target in said(language).items():
        assert set(names.findall(source)) <= set(names.findall(target)), source


@translated
def test_a_translation_is_clean_text(language: str) -> None:
    """No control characters, no stray blanks, no mark of markup."""
    for entry in entries(language):
        if not entry.msgid:
            continue
        assert not [letter for letter in entry.msgstr if unicodedata.category(letter) in ("Cc", "Cf", "Co")], entry
        assert entry.msgstr == entry.msgstr.strip(), entry
        assert "  " not in entry.msgstr, entry
        assert not re.search(r"[<>&|]", entry.msgstr), entry


@translated
def test_a_question_stays_a_question(language: str) -> None:
    for source, target in said(language).items():
        assert source.endswith("?") == target.endswith("?"), source


@translated
def test_a_translation_is_not_much_longer_than_the_screen_has_room_for(language: str) -> None:
    """Twice the Indonesian text and a few words more: a browser test measures what really fits."""
    for source, target in said(language).items():
        assert len(target) <= 2 * len(source) + 24, source


@translated
def test_what_a_machine_wrote_says_so(language: str) -> None:
    """The header tells it of the whole file, each entry of itself, until somebody who speaks the language has read it."""
    header = entries(language)[0]
    assert not header.msgid
    assert f"Language: {language}\n" in header.msgstr
    machine = [entry for entry in entries(language) if entry.machine]
    assert "X-Review: machine\n" in header.msgstr or not machine


@translated
def test_no_empty_entry_carries_a_review_mark(language: str) -> None:
    assert [entry.msgid for entry in entries(language) if entry.machine and not entry.msgstr] == []


@translated
def test_a_review_mark_is_written_as_the_tools_know_it(language: str) -> None:
    text = (FOLDER / f"{language}.po").read_text(encoding="utf-8")
    assert {line for line in text.splitlines() if "mesin" in line and line.startswith("#")} <= {REVIEW}


@translated
def test_a_catalogue_is_not_the_source_under_another_name(language: str) -> None:
    known = said(language)
    same = [text for text, words in known.items() if words == text]
    assert share(len(same), len(known) or 1) < SAME_AS_SOURCE[language]


@pytest.mark.parametrize(("one", "other"), [(one, other) for at, one in enumerate(LOCAL) for other in LOCAL[at + 1 :]])
def test_no_catalogue_is_a_copy_of_another(one: str, other: str) -> None:
    """Of what differs from the Indonesian in both, only little is the same: these languages are kin, not one."""
    first, second = said(one), said(other)
    both = [text for text in first if text in second and text not in (first[text], second[text])]
    same = [text for text in both if first[text] == second[text]]
    assert share(len(same), len(both) or 1) < SAME_AS_ANOTHER


def test_the_guide_names_every_language() -> None:
    guide = (Path(__file__).parents[3] / "docs" / "bahasa.md").read_text(encoding="utf-8")
    for code, name in LANGUAGES.items():
        assert f"`{code}`" in guide, code
        assert name in guide, name
    assert REVIEW in guide
