"""What stands in the templates: nothing inline, nothing from elsewhere, every icon built, every sentence translated."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from jinja2 import Environment

from content.loader import load, load_faults
from kiosk.session import Step
from kiosk.ui.i18n import read_po

UI = Path(__file__).parents[3] / "kiosk" / "ui"
TEMPLATES = sorted((UI / "templates").rglob("*.html"))
PICTURES = sorted((UI / "static" / "pictures").glob("*.svg"))
STYLES = sorted((UI / "static").glob("*.css"))
SCRIPTS = sorted((UI / "static").glob("*.js"))


def name(path: Path) -> str:
    return path.name


def icon_list() -> list[str]:
    return [line for line in (UI / "icons.txt").read_text().splitlines() if line and not line.startswith("#")]


def content_icons() -> set[str]:
    catalogue = load()
    fields = [field for service in catalogue.services.values() for field in service.fields()]
    found = {group.icon for group in catalogue.groups} | {service.icon for service in catalogue.services.values()}
    found |= {field.icon for field in fields} | {choice.icon for field in fields for choice in field.choices}
    return found - {""}


def template_icons() -> set[str]:
    """Names in ``icon("…")`` and in the macros that take one."""
    text = "\n".join(path.read_text() for path in TEMPLATES)
    calls = re.findall(r'icon\("([a-z0-9-]+)"', text) + re.findall(r'glyph_stage\("([a-z0-9-]+)"', text)
    calls += re.findall(r'verb\("[a-z_]+", [^{}]*?\), "([a-z0-9-]+)"', text)
    return set(calls)


def messages() -> set[str]:
    environment = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    found: set[str] = set()
    for path in TEMPLATES:
        for _line, _function, message in environment.extract_translations(path.read_text()):  # type: ignore[attr-defined]  # added by the extension
            found |= {text for text in (message if isinstance(message, tuple) else (message,)) if text}
    return found


def content_words() -> set[str]:
    catalogue, words = load(), set[str]()
    for service in catalogue.services.values():
        words |= {service.name, service.short, service.description, *service.next_steps}
        for field in service.fields():
            words |= {field.label, field.hint, *(choice.label for choice in field.choices)}
        words |= {text for paper in service.papers for text in (paper.name, paper.hint)}
    words |= {group.title for group in catalogue.groups} | set(catalogue.status_words.values())
    return (words | set(catalogue.survey) | set(catalogue.notice.paragraphs)) - {""}


@pytest.mark.parametrize("step", Step)
def test_every_step_has_its_screen(step: Step) -> None:
    assert (UI / "templates" / "screens" / f"{step}.html").exists()


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_nothing_is_inline(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:|<script(?![^>]*\ssrc=)", text)


@pytest.mark.parametrize("path", [*TEMPLATES, *STYLES, *SCRIPTS], ids=name)
def test_nothing_comes_from_elsewhere(path: Path) -> None:
    assert not re.search(r"(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}", path.read_text())


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_every_button_says_what_it_does_beside_its_icon(path: Path) -> None:
    for inner in re.findall(r"<button[^>]*>(.*?)</button>", path.read_text(), flags=re.DOTALL):
        assert re.search(r"\{\{|[A-Za-z]{2,}|^[0-9]$", re.sub(r"\{\{ icon\(.*?\) \}\}", "", inner)), inner


def test_every_icon_that_is_named_is_built() -> None:
    assert template_icons() | content_icons() <= set(icon_list())


def test_the_icon_list_names_each_once() -> None:
    assert len(icon_list()) == len(set(icon_list()))


@pytest.mark.parametrize("path", PICTURES, ids=name)
def test_a_picture_scales_and_runs_nothing(path: Path) -> None:
    root = ElementTree.parse(path).getroot()  # noqa: S314 - our own file
    assert "viewBox" in root.attrib
    assert not [element for element in root.iter() if element.tag.endswith(("script", "style", "image", "use"))]
    assert not [a for element in root.iter() for a in element.attrib if a.startswith("on") or a == "style"]


def test_every_picture_that_is_named_is_there() -> None:
    text = "\n".join(path.read_text() for path in TEMPLATES) + (UI / "views.py").read_text()
    named = set(re.findall(r'(?:picture|stage)\("([a-z-]+)"', text)) - set(icon_list())
    named |= set(re.findall(r'FieldKind\.[A-Z]+: "([a-z]+-[a-z]+)"', (UI / "views.py").read_text()))
    assert named <= {path.stem for path in PICTURES}


def test_every_sentence_of_the_templates_is_in_the_english_catalogue() -> None:
    assert messages() - set(read_po((UI / "translations" / "en.po").read_text())) == set()


def test_every_word_of_the_content_that_a_citizen_reads_is_in_it_too() -> None:
    assert content_words() - set(read_po((UI / "translations" / "en.po").read_text())) == set()


def test_complaints_and_faults_are_in_it_too() -> None:
    english = read_po((UI / "translations" / "en.po").read_text())
    complaints = {words for code, words in load().complaints.items() if code != "tidak_dikenal"}
    faults = {
        fault.citizen for fault in load_faults().values() if fault.severity != "info" or fault.code == "paper.busy"
    }
    assert (complaints | faults) - set(english) == set()


def test_a_translation_keeps_its_placeholders() -> None:
    for source, target in read_po((UI / "translations" / "en.po").read_text()).items():
        assert sorted(re.findall(r"%\(\w+\)s", source)) == sorted(re.findall(r"%\(\w+\)s", target)), source


def test_no_indonesian_sentence_stands_in_python() -> None:
    words = re.compile(r'"[^"\n]*\b(Anda|silakan|tekan|pilih|kertas|dokumen|belum)\b [^"\n]*"', re.IGNORECASE)
    for path in [*UI.rglob("*.py"), *(UI.parent / "session").rglob("*.py")]:
        assert not words.search(path.read_text()), path
