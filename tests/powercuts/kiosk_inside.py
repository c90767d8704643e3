"""The kiosk in the guest: its start, its submit, its courier; only the paper is the console."""

import hashlib
import os
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from adminduk.tickets import check_ticket
from kiosk import appliance
from kiosk.hardware.receipt.protocol import Slip
from kiosk.hardware.receipt.simulated import SimulatedReceiptPrinter
from kiosk.session import Visit, submitting
from kiosk.session.parts import Parts
from kiosk.settings import load
from kiosk.store import engine
from tests.powercuts.people import ANSWERS, PAGE_MARK

Say = Callable[..., None]
SETTINGS_FILE = Path("/run/kiosk/kiosk.toml")


class Paper(SimulatedReceiptPrinter):
    """What comes out is read by the test at once: the ticket."""

    def __init__(self, say: Say) -> None:
        super().__init__()
        self._say = say

    def _come_out(self, slip: Slip) -> None:
        super()._come_out(slip)
        found = re.search(r"\d{4}-\d{4}-\d{4}", self.printed[-1])
        self._say("PAPER", check_ticket(found[0]).value if found else "without-a-ticket")


def begin(say: Say) -> Parts:
    """The start of the screen's process: the store opened or mended, halves of before settled."""
    return replace(appliance.build_parts(load(SETTINGS_FILE), on_wiped=lambda: None), receipt=Paper(say))


def serve(parts: Parts, say: Say, *, sizes: Sequence[int], pause_s: float) -> None:
    """One visitor after another; each lays down two pages that are like no others."""
    for number, size in enumerate(sizes):
        page = b"\xff\xd8" + PAGE_MARK + os.urandom(size)
        say("LAID", hashlib.sha256(page).hexdigest())
        submitting.submit(visit(parts, number, page), parts)
        time.sleep(pause_s)


def visit(parts: Parts, number: int, page: bytes) -> Visit:
    """Somebody who has answered everything."""
    made = Visit(id=f"kunjungan-{number}")
    made.service = parts.catalogue.services["KK-UBAH-3"]
    made.draft.answers.update(ANSWERS)
    made.draft.pages.update({"kk_lama": [bytearray(page)], "bukti": [bytearray(PAGE_MARK)]})
    return made


def drained(parts: Parts) -> bool:
    """Whether nothing of it waits any more."""
    return not parts.store.waiting() and not parts.vault.ids()


def trust_the_cache() -> None:
    """A store that syncs nothing: what the test must notice."""
    engine.PRAGMAS = tuple(word.replace("=EXTRA", "=OFF") for word in engine.PRAGMAS)  # type: ignore[assignment]
