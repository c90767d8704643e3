"""A technician at a kiosk of twins: unlocked, with hands that lay what was printed under the camera."""

from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import segno

from kiosk import documents
from kiosk.hardware.camera.simulated import bare_desk
from kiosk.hardware.scanner.protocol import Scanner
from kiosk.imaging import Image
from kiosk.session import Step
from kiosk.session.technician.bench import Bench
from kiosk.staff import Unlocked
from kiosk.store import Diagnostic, PrintJob
from tests.unit.session.world import World, new_world

WHO = Unlocked(staff_id="P-0007", name="Teknisi Contoh")
WIDTH = 1240  # px of a print: 150 dpi


class Workshop:
    """``bench`` is open; ``world`` has the devices."""

    def __init__(self, folder: Path, *, scanner: Scanner | None = None, **tools: Any) -> None:
        self.world: World = new_world(folder, scanner=scanner)
        if tools:
            object.__setattr__(self.world.parts, "toolbox", replace(self.world.parts.toolbox, **tools))
        self.kiosk, self.parts = self.world.kiosk, self.world.parts
        self.bench = Bench(self.kiosk)
        self.unlock()
        assert self.bench.come(self.kiosk.visit.id)

    def unlock(self) -> None:
        self.kiosk.officer, self.kiosk.visit.step = WHO, Step.STAFF

    def do(self, verb: Any, *given: Any) -> None:
        """One verb, as its form would send it."""
        assert self.bench.act(self.kiosk.visit.id, lambda: verb(*given))

    def begin(self, device: str) -> None:
        self.do(self.bench.begin, device)

    def say(self, word: str) -> None:
        self.do(self.bench.say, word)

    def lay(self, page: Image) -> None:
        self.world.camera.lay_paper(laid(page))

    def last(self) -> Diagnostic:
        """The newest record."""
        return max(self.records(), key=lambda one: one.id)

    def records(self) -> tuple[Diagnostic, ...]:
        return self.parts.store.diagnostics.latest()

    def job(self) -> PrintJob:
        """The print of the test at hand, as the ledger knows it."""
        assert self.bench.trial is not None
        assert self.bench.trial.job is not None
        (job,) = self.parts.store.prints_of(self.bench.trial.job.subject)
        return job


def laid(page: Image, *, at: tuple[int, int] = (50, 60)) -> Image:
    """A sheet or slip straight under the camera; ``at``: top and left in the picture of 1280 x 960."""
    frame = bare_desk().copy()
    height = 860
    width = round(page.shape[1] * height / page.shape[0])
    top, left = at
    small = cv2.resize(page, (width, height), interpolation=cv2.INTER_AREA)
    frame[top : top + height, left : left + width] = np.asarray(small * 0.86, np.uint8)
    return frame


def sheet(pdf: bytes) -> Image:
    """A printed page as its paper looks."""
    picture = np.frombuffer(documents.preview(pdf, page=1, width=WIDTH), np.uint8)
    return np.asarray(cv2.imdecode(picture, cv2.IMREAD_COLOR), np.uint8)


@lru_cache(maxsize=8)
def code_picture(text: str) -> Image:
    """A slip's code, large on white paper."""
    rows = [list(row) for row in segno.make(text, error="m", micro=False).matrix_iter(scale=12, border=6)]
    grey = np.asarray(255 - np.array(rows, np.uint8) * 255, np.uint8)
    return np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR), np.uint8)


def jpeg(page: Image) -> bytes:
    """As a scanner delivers it."""
    _, content = cv2.imencode(".jpg", page)
    return content.tobytes()
