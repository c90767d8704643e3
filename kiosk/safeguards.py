"""What watches over the packets while the screen runs: when new applications freeze, and the second copy on another disk."""

import shutil
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from adminduk.clock import Clock
from kiosk.settings import Settings
from kiosk.store import Store
from kiosk.vault import SecondCopy, Vault, on_other_disk

if TYPE_CHECKING:
    from kiosk.hardware.health import Health

LOOK_EVERY_S, PATIENCE_S = 10.0, 40.0
MB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Safeguards:
    """As ``Parts`` wants them: each answers at once."""

    freeze: Callable[[], tuple[str, ...]]
    copy: Callable[[], "Health"]
    on_kept: Callable[[], None]


def open_safeguards(
    settings: Settings, store: Store, vault: Vault, clock: Clock, *, content: Callable[[], datetime | None]
) -> Safeguards:
    """``content``: when that which is shown was last signed. Starts the second copy's thread where one is wanted."""
    from kiosk.hardware.polled import Polled
    from kiosk.session import freeze

    room = Polled[int | None](
        lambda: shutil.disk_usage(settings.state).free // MB, first=None, silent=None, clock=clock,
        every_s=LOOK_EVERY_S, patience_s=PATIENCE_S,
    )  # fmt: skip
    freezer = freeze.Freezer(
        freeze.Limits(**asdict(settings.limits)), clock, backlog=store.backlog, free_mb=room.latest,
        content=content,
    )  # fmt: skip
    if not settings.storage.second_copy:
        from kiosk.session.parts import NOT_FITTED

        return Safeguards(freezer.codes, lambda: NOT_FITTED, lambda: None)
    second = open_second_copy(Path(settings.storage.second_copy), settings.state, store, vault, clock)
    threading.Thread(target=second.keep, args=(threading.Event(),), name="second-copy", daemon=True).start()
    return Safeguards(freezer.codes, lambda: health(second.code), second.nudge)


def open_second_copy(home: Path, state: Path, store: Store, vault: Vault, clock: Clock) -> SecondCopy:
    """What it puts back into the vault goes on its way again."""
    return SecondCopy(
        home, vault, store.unsent, clock=clock, other_disk=lambda: on_other_disk(home, state), restored=store.try_again
    )


def health(code: str) -> "Health":
    """A second copy's code as a device's word."""
    from kiosk.hardware.health import READY, Condition, Health

    if not code:
        return READY
    return Health(Condition.ABSENT if code == "copy.absent" else Condition.FAULT, code)
