"""A real card reader through PC/SC: present or not, read from the daemon's own flags. No card is ever connected to."""

import logging
from collections.abc import Callable, Mapping

from kiosk.hardware.card.protocol import CardState, Presence
from kiosk.hardware.card.winscard import PcscError, readers
from kiosk.hardware.health import READY, Condition, Health

log = logging.getLogger(__name__)

# SCARD_STATE_ flags of pcsclite.h
GONE = 0x0001 | 0x0004 | 0x0008  # ignored, unknown, unavailable
PRESENT, MUTE = 0x0020, 0x0200
SAM = "SAM"  # the slot of a security module, where something lies for good

Look = Callable[[], Mapping[str, int]]


class PcscCardReader:
    """``named``: a part of the reader's name; empty means any. Nothing is held between two looks."""

    def __init__(self, named: str = "", *, look: Look = readers) -> None:
        self._named, self._look = named, look
        self._last: Health | None = None

    def state(self) -> CardState:
        try:
            found = chosen(self._look(), self._named)
        except PcscError as error:
            down = Health(Condition.FAULT, "card.service_down", f"{error.code:#010x}")
            return self._noted(CardState(Presence.UNKNOWN, down))
        return self._noted(summarise(found))

    def close(self) -> None:
        """Nothing is held."""

    def __repr__(self) -> str:
        return f"<PcscCardReader {self._named or 'any'}>"

    def _noted(self, state: CardState) -> CardState:
        """Log edges of the reader only: when somebody's card came or went is nobody's business."""
        if state.health != self._last:
            health = state.health
            log.info("card_state condition=%s code=%s evidence=%s", health.condition, health.code, health.evidence)
        self._last = state.health
        return state


def chosen(found: Mapping[str, int], named: str) -> list[int]:
    """The flags of the readers that are meant: by a part of their name, or all but slots for security modules."""
    return [flags for name, flags in found.items() if (named in name if named else SAM not in name.upper())]


def summarise(flags: list[int]) -> CardState:
    """One state of all readers. Priority: no reader, a card that answers nothing, a card, no card."""
    alive = [one for one in flags if not one & GONE]
    if not alive:
        return CardState(Presence.UNKNOWN, Health(Condition.ABSENT, "card.absent", f"{len(flags)} readers, none alive"))
    if any(one & PRESENT and one & MUTE for one in alive):
        return CardState(Presence.PRESENT, Health(Condition.ATTENTION, "card.mute"))
    return CardState(Presence.PRESENT if any(one & PRESENT for one in alive) else Presence.ABSENT, READY)
