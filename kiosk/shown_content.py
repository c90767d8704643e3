"""The content that this kiosk shows: what was installed, or what the centre signed since; and who brings news of it."""

import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from adminduk.clock import Clock, SystemClock, boot_identity
from adminduk.faults import Fault
from adminduk.forms import Form
from adminduk.services import Catalogue
from content.loader import ROOT, load, load_faults, load_forms, load_poster, read_toml
from kiosk import __version__
from kiosk.settings import Settings
from kiosk.store import Store
from kiosk.updates import Running, Shelf, begin
from kiosk.updates.errors import OFF, REVERTED

if TYPE_CHECKING:
    from kiosk.hardware.health import Health
    from kiosk.imaging import Patience, Thresholds
    from kiosk.session import Kiosk
    from kiosk.updates.round import ContentRound

log = logging.getLogger(__name__)

ROLE = "content"
ASKED_EVERY_S = 30.0
QUIET_S = 60.0
"""Nobody has touched the first screen for so long before it goes away for new content."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """Everything of a content folder that the screens need. What newer software says (faults, limits) and older content does
    not know is taken from what was installed."""

    root: Path
    catalogue: Catalogue
    faults: Mapping[str, Fault]
    forms: Mapping[str, Form]
    camera: "Thresholds"
    scanned: "Thresholds"
    patience: "Patience"
    poster: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Shown:
    """``running``: None where the centre's root is not known, so that nothing new is ever taken."""

    loaded: Loaded
    running: Running | None

    def tell(self, store: Store) -> None:
        """What heartbeat and staff hear of it, besides what the courier says."""
        if self.running is None:
            store.report_device(ROLE, OFF)
        elif number := self.running.reverted:
            store.report_device(ROLE, REVERTED)
            store.note("content_reverted", str(number))

    def confirm(self) -> None:
        if self.running is not None:
            self.running.confirm()

    def outdated(self, kiosk: "Kiosk") -> bool:
        """Whether to make room for the next: something waits, and nobody is here, and nobody was just here."""
        return self.running is not None and at_rest(kiosk) and self.running.outdated


def told(store: Store, clock: Clock) -> "Callable[[], Health]":
    """How new content fares, as the courier or the start last said, for staff and technician; asked every half a minute.
    Nothing to say is a device that is not fitted: visitors never hear of it."""
    from kiosk.hardware.health import Condition, Health

    seen: list[tuple[float, Health]] = []

    def word() -> "Health":
        now = clock.monotonic()
        if not seen or now - seen[0][0] >= ASKED_EVERY_S:
            code = store.devices().get(ROLE, "")
            seen[:] = [(now, Health(Condition.ATTENTION, code) if "." in code else Health(Condition.ABSENT))]
        return seen[0][1]

    return word


def at_rest(kiosk: "Kiosk") -> bool:
    """Between two visits: the first screen, nothing begun, no staff, a minute without a touch."""
    from kiosk.session import Step

    with kiosk.lock:
        visit = kiosk.visit
        quiet = kiosk.parts.clock.monotonic() - visit.touched >= QUIET_S
        fresh = visit.step is Step.HOME and visit.version == 0
        return fresh and quiet and kiosk.officer is None and kiosk.held is None and kiosk.called is None


def load_all(profile: str, root: Path) -> Loaded:
    """Raises ContentError, and what a table of limits lacks: KeyError, TypeError, ValueError."""
    from kiosk.imaging import Patience, Thresholds

    installed, own = (read_toml(folder / "base" / "legibility.toml") for folder in (ROOT, root))
    legibility = {
        name: {key: own.get(name, {}).get(key, limit) for key, limit in limits.items()}
        for name, limits in installed.items()
    }
    return Loaded(
        root=root, catalogue=load(profile, root=root), faults={**load_faults(), **load_faults(root=root)},
        forms=load_forms(profile, root=root), camera=Thresholds.of(legibility["camera"]),
        scanned=Thresholds.of(legibility["upload"]), patience=Patience.of(legibility["automatic"]),
        poster=load_poster(profile, root=root),
    )  # fmt: skip


def installed(settings: Settings) -> Loaded:
    """What came with the software. Raises as ``load_all`` does."""
    return load_all(settings.profile, ROOT)


def show(settings: Settings) -> Shown:
    """The newest content that holds. Raises what ``load_all`` raises for what was installed."""

    def load_from(root: Path) -> Loaded:
        return load_all(settings.profile, root)

    if root_of(settings) is None:
        return Shown(installed(settings), None)
    return Shown(*begin(Shelf(folder_of(settings)), boot_identity(), load_from, installed=ROOT))


def age_of(settings: Settings, loaded: Loaded) -> Callable[[], datetime | None]:
    """When the centre last signed what this kiosk has heard of; None for what was installed, which has no age."""
    from kiosk.updates.seen import last_signed

    return lambda: None if loaded.root == ROOT else last_signed(folder_of(settings))


def folder_of(settings: Settings) -> Path:
    return settings.state / "updates"


def root_of(settings: Settings) -> bytes | None:
    """The centre's first root, as enrolment gave it. None: nothing new is taken."""
    if not settings.updates.root_file:
        return None
    try:
        return Path(settings.updates.root_file).read_bytes()
    except OSError:
        return None


def round_maker(settings: Settings) -> "Callable[[Store], ContentRound] | None":
    """For the courier, and for a technician's stick."""
    root = root_of(settings)
    if root is None:
        log.warning("content_updates_off")
        return None

    def make(store: Store) -> "ContentRound":
        from kiosk.updates.judging import by_command, judge_of
        from kiosk.updates.round import ContentRound, Taker
        from kiosk.updates.trust import Trusted

        own, folder = settings.identity, folder_of(settings)
        kabupaten = own.desa[:4]
        return ContentRound(
            shelf=Shelf(folder), trusted=Trusted(folder=folder, root=root, kabupaten=kabupaten),
            taker=Taker(kiosk_id=own.kiosk_id, group=settings.updates.group, software=__version__),
            judge=judge_of(settings.profile, kabupaten, by_command), store=store, clock=SystemClock(), dice=secrets,
        )  # fmt: skip

    return make


def take_from(settings: Settings, store: Store, stick: Path) -> tuple[int, str]:
    """A technician's stick: the same checks as on the line. The number that was staged (0: none), and the code that says how
    it stands."""
    from kiosk.updates.sources import from_folder

    make = round_maker(settings)
    if make is None:
        return 0, OFF
    number = make(store).look(from_folder(stick))
    return number, store.devices().get(ROLE, "")
