"""The window that villagers see rests when the live picture has gone: WebKit must be told where it ends."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from flask import Response, request

from kiosk.imaging import Look
from kiosk.session import Kiosk, Step
from tests.devices.simulators import offspring, until
from tests.journeys.speaking_window import opened
from tests.layout.test_layout import fresh
from tests.unit.session.world import birth_letter_on_desk
from tests.unit.ui.harness import Pages, served

pytestmark = pytest.mark.journey
MOST_SWITCHES = 5000  # from one pulse to the next; 70 were seen at rest, 180,000 when it ran in a circle


@pytest.fixture
def pages(tmp_path: Path) -> Iterator[Pages]:
    with served(fresh(tmp_path)) as made:
        yield made


def switches(pid: int) -> int:
    """How often the processes of this window were given a processor."""
    total = 0
    for one in (pid, *offspring(pid)):
        for status in Path(f"/proc/{one}/task").glob("*/status"):
            with suppress(OSError):
                lines = status.read_text().splitlines()
                total += sum(int(line.split()[1]) for line in lines if "ctxt_switches" in line)
    return total


def test_a_live_picture_that_ended_lets_the_window_rest(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    """libsoup read its end again and again: 1.7 processors at work until the visit was over."""
    world, asked, pictures = pages.world, list[str](), list[bytes | None]()
    drawn = Kiosk.next_picture

    def heard(answer: Response) -> Response:
        asked.append(request.path)
        return answer

    def seen(kiosk: Kiosk, before: Look | None) -> tuple[bytes | None, Look | None]:
        found = drawn(kiosk, before)
        pictures.append(found[0])
        return found

    pages.app.after_request(heard)
    monkeypatch.setattr(Kiosk, "next_picture", seen)
    world.to_questions()
    world.answer()
    assert world.step is Step.CAPTURE
    world.camera.lay_paper(birth_letter_on_desk())
    with opened(pages.address()) as window:
        until(lambda: len(pictures) > 3, seconds=60, what="the live picture")
        asked.clear()
        world.do(world.kiosk.take())
        until(lambda: "/halaman" in asked, what="the picture that was taken")
        until(lambda: asked.count("/denyut") > 2)
        before, pulses = switches(window), asked.count("/denyut")
        until(lambda: asked.count("/denyut") >= pulses + 4)
        assert (switches(window) - before) / 4 < MOST_SWITCHES
