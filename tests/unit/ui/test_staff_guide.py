"""The staff's guide names what is on the screen: every button in bold is one, and its pictures are of screens there are."""

import re
from pathlib import Path

import pytest

from content.loader import ROOT
from kiosk.messages import all_messages
from kiosk.scenarios import load
from kiosk.session import Step
from kiosk.session.drafts import DAYS
from kiosk.session.steps import CAPTURE_IDLE_S, IDLE_S, WARNING_S

TOP = Path(__file__).parents[3]
GUIDE = (TOP / "docs" / "petugas.md").read_text(encoding="utf-8")
BEFORE, _, _rest = GUIDE.partition("## Untuk petugas Dinas")  # that section is of the centre's desk
DESK, _, AFTER = _rest.partition("\n## ")
SAID = {re.sub(r"[ ,]+", " ", text).strip(" ?") for text in all_messages()}
EMPHASIS = {  # bold for its own sake: no word of a screen
    "asli", "satu bagian sekaligus", "Yang Anda lihat", "Yang tidak Anda lihat", "Kertas itu kuncinya", "sama", "petugas",
    "oleh warga", "Mencetak lagi.", "tidak pernah", "Jangan mencatat PIN warga jangan menyimpan struknya.",
}  # fmt: skip


def bold(text: str = BEFORE + AFTER) -> list[str]:
    """What the guide prints in bold, as the screens' words are compared."""
    words = re.findall(r"\*\*([^*]+)\*\*", text)
    return sorted({re.sub(r"[ ,]+", " ", word.replace("\n", " ")).strip() for word in words})


@pytest.mark.parametrize("word", [word for word in bold() if word not in EMPHASIS])
def test_what_the_guide_tells_to_touch_is_on_a_screen(word: str) -> None:
    assert word in SAID


@pytest.fixture(scope="module")
def desk_words() -> str:
    """All that the desk's pages say, with and without what stands in their place holders."""
    raw = " ".join(path.read_text("utf-8") for path in (TOP / "central" / "desk" / "templates").glob("*.html"))
    return " ".join((raw + re.sub(r"{[{%].*?[%}]}", "", raw)).split())


@pytest.mark.parametrize("word", bold(DESK))
def test_what_the_guide_tells_to_press_is_on_the_desk(desk_words: str, word: str) -> None:
    assert word in desk_words


def test_no_word_is_excused_that_the_guide_does_not_print() -> None:
    assert set(bold()) >= EMPHASIS


@pytest.mark.parametrize("picture", re.findall(r"!\[[^]]*\]\(screens/([^)]*)\.png\)", GUIDE))
def test_a_picture_is_of_a_screen_that_there_is(picture: str) -> None:
    panel, _, name = picture.partition("-")
    if panel == "kejadian":  # photographed by tests/journeys/test_scenario_pictures.py
        scenarios = load(ROOT / "scenarios").values()
        assert name in {turn.picture for scenario in scenarios for turn in scenario.turns}
        return
    assert panel in ("landscape", "portrait")
    assert name.replace("-", "_").startswith(tuple(Step))


def test_every_screen_of_the_staff_stands_in_the_guide() -> None:
    own = {step.replace("_", "-") for step in Step if step.startswith("staff")} | {"block", "forms"}
    pictured = set(re.findall(r"landscape-([a-z_-]+)\.png", GUIDE))
    assert own - {"staff-login"} <= pictured
    assert "staff-pin" in pictured  # the screen where staff logs in


def test_the_times_of_the_guide_are_those_of_the_kiosk() -> None:
    minutes = f"{(IDLE_S + WARNING_S) / 60:.0f}", f"{(CAPTURE_IDLE_S + WARNING_S) / 60:.1f}".replace(".", ",")
    assert f"setelah {minutes[0]} menit tanpa sentuhan ({minutes[1]} menit saat memfoto)" in GUIDE
    assert f"dengan peringatan {WARNING_S:.0f} detik" in GUIDE
    assert f"Warga kembali dalam {DAYS:.0f} hari" in GUIDE
