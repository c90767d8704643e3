"""After a visit nothing of the visitor is in the memory of the kiosk's processes either."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.devices.simulators import until
from tests.journeys.browser import Screen, chromium, photograph, taken, to_papers
from tests.journeys.residue import in_memory
from tests.journeys.stack import Stack, running, set_up
from tests.journeys.test_residue import lay_a_paper

pytestmark = pytest.mark.journey

# nobody of the demo's own synthetic papers, whose words stand in the program
WHO = {"nik": "3312125508929917", "kk": "3312120908139918", "nama": "LESTARI UJIMEMORI", "hp": "081355709919"}
PLAIN = (*WHO.values(), WHO["hp"].removeprefix("0"), WHO["nama"].lower())
WORDS = (
    *(word.encode() for word in PLAIN),
    WHO["nama"].encode("utf-16-le"),
)  # as Python keeps it beside a letter beyond Latin-1


def page_bytes(screen: Screen) -> list[bytes]:
    """Pieces of the page that was just taken, as the kiosk holds it."""
    answer = screen.page.request.get(screen.page.url.rstrip("/") + "/halaman")
    assert answer.ok
    content = answer.body()
    return [content[at : at + 40] for at in (len(content) // 3, len(content) // 2)]


def test_nothing_of_the_visitor_stays_in_memory(tmp_path: Path) -> None:
    made = set_up(tmp_path / "all")
    settings = made.kiosk / "kiosk.toml"
    settings.write_text(settings.read_text().replace("[panel]\nport = 0", f"[panel]\nport = {made.panel_port}"))
    with running(made), chromium() as browser:
        screen = Screen.open(browser, made.wait_kiosk())
        lay_a_paper(made)
        to_papers(screen, WHO)
        until(lambda: taken(screen), seconds=30, what="a picture")
        pieces = page_bytes(screen)
        screen.do("retake")
        photograph(screen)
        photograph(screen)
        kiosk = made.processes["kiosk"].pid
        assert in_memory(kiosk, WORDS), "the search finds who is there"
        assert in_memory(kiosk, pieces), "and the page"
        screen.do("submit")
        screen.reach("receipt")
        screen.do("finish")
        screen.do("finish")
        screen.reach("home")
        to_papers(screen, WHO)
        swept = sweeps(made)
        screen.page.locator("form[action$='/selesai'] button").first.click()
        screen.page.locator("#yakin-ya").click()
        screen.reach("home")
        until(lambda: sweeps(made) > swept, seconds=60, what="the sweep after the visit")
        wanted = (*WORDS, *pieces)
        until(lambda: in_memory(kiosk, wanted) == [], seconds=60, what="an empty memory")
        assert in_memory(made.processes["courier"].pid, wanted) == []


def sweeps(made: Stack) -> int:
    return (made.folder / "kiosk.log").read_text().count("memory_swept")


HOLDER = (
    "import sys; held = sys.argv[1][::-1].encode('utf-16-le'); print('held', flush=True); sys.stdin.read(); del held"
)


def test_the_same_search_finds_a_leak_planted_in_another_process() -> None:
    planted = [sys.executable, "-c", HOLDER, WHO["nama"][::-1]]
    with subprocess.Popen(planted, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        assert in_memory(process.pid, [WHO["nama"].encode("utf-16-le")])
        assert in_memory(process.pid, [b"nobody of this name"]) == []
        process.communicate("")
