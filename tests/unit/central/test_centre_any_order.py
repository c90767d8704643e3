"""Duplicate, late, reordered and parallel: whatever a line does to a kiosk's requests, each packet is there once and whole.

Random requests about two packets first, some of them two at a time; then what a kiosk does in any case: announce, ask where it
stands, send the rest, fetch the receipt. The centre is never wrong in between, and nothing that came before is undone.
"""

import hashlib
import secrets
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from uuid6 import uuid7
from werkzeug.test import TestResponse

from central.context import Context
from central.intake.packets import packet_path
from central.schema import packets
from tests.unit.central.people import Kiosk, Sealed

PIECES, PIECE = 3, 700
Move = tuple[str, int, int]  # what, which packet, which piece

MOVES = st.tuples(
    st.sampled_from(["announce", "create", "head", "patch", "patch", "patch", "receipt"]),
    st.integers(0, 1),
    st.integers(0, PIECES - 1),
)
STORIES = st.lists(st.lists(MOVES, min_size=1, max_size=2), max_size=14)  # two of a step go at the same time


def parcel() -> Sealed:
    """The centre looks into packets later, so any bytes will do."""
    return Sealed(str(UUID(str(uuid7()))), secrets.token_bytes(PIECES * PIECE))


@contextmanager
def hands() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as pool:
        yield pool


class Line:
    """Sends what it is told, and remembers the receipts that it saw."""

    def __init__(self, kiosk: Kiosk) -> None:
        self.kiosk, self.parcels = kiosk, (parcel(), parcel())
        self.receipts: dict[str, set[bytes]] = {one.id: set() for one in self.parcels}

    def send(self, move: Move) -> None:
        what, which, piece = move
        one = self.parcels[which]
        sends: dict[str, Callable[[], TestResponse]] = {
            "announce": lambda: self.kiosk.announce(one),
            "create": lambda: self.kiosk.create(one),
            "head": lambda: self.kiosk.head(one),
            "patch": lambda: self.kiosk.patch(one, piece * PIECE, one.content[piece * PIECE : (piece + 1) * PIECE]),
            "receipt": lambda: self.receipt(one),
        }
        answer = sends[what]()
        assert answer.status_code < 500, (what, answer.data)

    def receipt(self, one: Sealed) -> TestResponse:
        answer = self.kiosk.receipt(one)
        if answer.status_code == 200:
            self.receipts[one.id].add(answer.data)
        return answer

    def finish(self, one: Sealed) -> None:
        """As a courier does."""
        assert self.kiosk.announce(one).status_code in (200, 201)
        for _ in range(PIECES + 1):
            if self.receipt(one).status_code == 200:
                return
            standing = self.kiosk.head(one)
            at = int(standing.headers["Upload-Offset"]) if standing.status_code == 200 else 0
            if standing.status_code == 404:
                assert self.kiosk.create(one).status_code == 201
            assert self.kiosk.patch(one, at, one.content[at : at + PIECE]).status_code == 204
        assert self.receipt(one).status_code == 200


def told(context: Context, kiosk: Kiosk, story: Sequence[Sequence[Move]]) -> None:
    line = Line(kiosk)
    with hands() as pool:
        for step in story:
            list(pool.map(line.send, step))
    for one in line.parcels:
        line.finish(one)
        line.finish(one)
        kept = packet_path(context, one.id).read_bytes()
        assert hashlib.sha256(kept).hexdigest() == one.sha256
        assert len(line.receipts[one.id]) == 1, "a receipt is one receipt, however often it is asked for"
        with context.engine.connect() as connection:
            wanted = sa.select(sa.func.count()).select_from(packets).where(packets.c.id == one.id)
            assert connection.scalar(wanted) == 1
        leftovers = Path(context.settings.uploads) / one.id
        assert not leftovers.exists() or leftovers.stat().st_size == 0


SHARED = [HealthCheck.function_scoped_fixture]  # one centre for all stories: each has packets of its own


@settings(max_examples=24, deadline=None, suppress_health_check=SHARED, derandomize=True)
@given(story=STORIES)
def test_whatever_the_line_does_each_packet_is_there_once(
    light: Context, light_kiosk: Kiosk, story: list[list[Move]]
) -> None:
    told(light, light_kiosk, story)


@pytest.mark.nightly
@settings(max_examples=500, deadline=None, suppress_health_check=SHARED)
@given(story=STORIES)
def test_five_hundred_stories_on_each_database(context: Context, kiosk: Kiosk, story: list[list[Move]]) -> None:
    told(context, kiosk, story)
