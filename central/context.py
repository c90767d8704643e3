"""What every part of the centre works with, handed in once."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from adminduk.clock import Clock, stamp
from adminduk.regions import Regions
from adminduk.services import Catalogue
from adminduk.tickets import Dice
from central.blobs import Blobs
from central.keys import Keys
from central.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """``regions``: names of places, read once; without them codes are shown."""

    settings: Settings
    engine: sa.Engine
    keys: Keys
    blobs: Blobs
    catalogue: Catalogue
    clock: Clock
    dice: Dice
    regions: Regions | None = None

    def now(self) -> datetime:
        return self.clock.now()

    def stamp(self) -> str:
        """The present as a UTC stamp."""
        return stamp(self.clock.now())


def open_context(settings: Settings) -> Context:
    """From a folder that ``setup`` prepared."""
    import secrets

    from adminduk.clock import SystemClock
    from central import keys
    from central.blobs import FolderBlobs
    from central.engine import open_engine
    from content.loader import load, load_regions

    return Context(
        settings=settings, engine=open_engine(settings.database), keys=keys.load(settings.keys),
        blobs=FolderBlobs(settings.dir / "documents"), catalogue=load(settings.profile), clock=SystemClock(),
        dice=secrets, regions=load_regions(settings.regions_file),
    )  # fmt: skip
