"""Each refusal has words, and the page names it."""

import re
from pathlib import Path

from content.loader import load

TOP = Path(__file__).parents[3]
SOURCES = [*(TOP / "kiosk/staff").glob("*.py"), TOP / "kiosk/uplink/roster.py", TOP / "kiosk/uplink/courier.py"]


def codes() -> set[str]:
    """Every ``staff.`` code that the kiosk can say."""
    return {code for path in SOURCES for code in re.findall(r'"(staff\.[a-z_]+)"', path.read_text())}


def worded() -> set[str]:
    return {code for code in load().complaints if code.startswith("staff.")}


def test_every_refusal_has_words_and_no_words_are_left_over() -> None:
    assert len(codes()) == 8
    assert codes() == worded()


def test_the_page_names_every_refusal() -> None:
    page = (TOP / "docs/architecture.md").read_text()
    assert [code for code in codes() if code not in page] == []
