"""A centre that signs content, by its own publisher, and a kiosk that takes it; both stand still in time until told to move."""

import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from adminduk.clock import ManualClock
from adminduk.releases import Release
from central.publishing.chest import Chest
from central.publishing.publisher import Publisher
from content.bundle import pack
from kiosk.store import Store
from kiosk.updates.round import ROLE, ContentRound, Taker
from kiosk.updates.shelf import Judge, Shelf
from kiosk.updates.sources import GetPiece, Piece, from_folder
from kiosk.updates.trust import Trusted
from kiosk.uplink.errors import Unreachable
from tests.unit.store.making import KEY, lay_store

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
KAB, OTHER = "3312", "5108"


def sound(_folder: Path) -> str:
    """The judge who has no complaint."""
    return ""


class Printshop:
    """``content``: a folder of very little content, which ``write`` changes; whole content is packed where it matters."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.now = folder, NOW
        self.keys = folder / "keys"
        repository = folder / "content"
        repository.mkdir(parents=True)
        self.publisher = Publisher(
            folder=repository, online=Chest((folder / "online",)), offline=Chest((self.keys,))
        )  # fmt: skip
        self.root = self.publisher.begin([KAB, OTHER], now=NOW).read_bytes()
        self.content = folder / "draft"
        for part in ("base/services", "profiles/wonogiri"):
            (self.content / part).mkdir(parents=True)
        (self.content / "base/services/akl.toml").write_text('name = "Akta Kelahiran"\n')

    def write(self, greeting: str, *, weight: int = 0) -> bytes:
        """A bundle with another greeting, and so many bytes that cannot be pressed."""
        (self.content / "base/weight.toml").write_text(f"# {secrets.token_urlsafe(weight)}\n")
        (self.content / "profiles/wonogiri/place.toml").write_text(f'greeting = "{greeting}"\n')
        return pack("wonogiri", root=self.content)

    def publish(self, bundle: bytes, *, kabupaten: str = KAB, percent: int = 100, **given: Any) -> Release:
        return self.publisher.publish(kabupaten, bundle, percent=percent, dice=secrets, now=self.now, **given)

    def copy(self, folder: Path) -> Path:
        """The repository as it is now, as somebody may play it back later."""
        return Path(shutil.copytree(self.publisher.folder, folder))

    @property
    def served(self) -> GetPiece:
        return from_folder(self.publisher.folder)


@dataclass
class Counted:
    """A source that counts, and that can break after so many pieces."""

    get: GetPiece
    size: int = 1 << 20
    breaks_after: int = 1 << 30
    asked: list[str] = field(default_factory=list)
    bytes: int = 0

    def __call__(self, path: str, offset: int) -> Piece | None:
        if len(self.asked) >= self.breaks_after:
            raise Unreachable("tidak_tersambung")
        self.asked.append(path)
        found = self.get(path, offset)
        if found is None:
            return None
        piece = found[0][: self.size]
        self.bytes += len(piece)
        return piece, found[1]


@dataclass
class Village:
    """One kiosk's shelf, store and clock."""

    folder: Path
    root: bytes
    kiosk_id: str = "K-0001"
    group: str = ""
    clock: ManualClock = field(default_factory=lambda: ManualClock(NOW))
    judge: Judge = sound

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.store = Store.open(lay_store(self.folder / "store.db", KEY), KEY, clock=self.clock, dice=secrets)

    @property
    def shelf(self) -> Shelf:
        return Shelf(self.folder / "updates")

    @property
    def round(self) -> ContentRound:
        """Anew each time, as after a restart."""
        folder = self.folder / "updates"
        return ContentRound(
            shelf=Shelf(folder), trusted=Trusted(folder=folder, root=self.root, kabupaten=KAB),
            taker=Taker(kiosk_id=self.kiosk_id, group=self.group, software="0.1.0"), judge=self.judge, store=self.store,
            clock=self.clock, dice=secrets,
        )  # fmt: skip

    def look(self, get: GetPiece) -> int:
        return self.round.look(get)

    @property
    def word(self) -> str:
        return self.store.devices().get(ROLE, "")

    def told(self, event: str) -> list[str]:
        return [detail for name, _, detail in self.store.events() if name == event]

    def serve(self, boot: str = "boot-1") -> int:
        """A start that goes well."""
        number = self.shelf.begin(boot)
        self.shelf.confirm(number)
        return number

    def wait(self, days: float) -> None:
        self.clock.advance(timedelta(days=days).total_seconds())


@contextmanager
def village(folder: Path, root: bytes, **given: Any) -> Iterator[Village]:
    kiosk = Village(folder, root, **given)
    try:
        yield kiosk
    finally:
        kiosk.store.close()
