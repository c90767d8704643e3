"""What keeps this kiosk from moving to another desa, in the technician's words, and what to do about each."""

from dataclasses import dataclass

from kiosk.session.parts import Parts
from kiosk.store import StoreError


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """``name``, ``step``: words of [move] in content/technician.toml; ``count``: how many."""

    name: str
    step: str
    count: int


def pending(parts: Parts) -> tuple[Pending, ...] | None:
    """What is not finished, most first to be done; empty when the kiosk may leave; None while the store cannot be read."""
    words = parts.toolbox.words
    try:
        counts = parts.store.unfinished()
    except StoreError:
        return None
    return tuple(
        Pending(name=words.named("move", kind), step=words.named("move", f"{kind}_step"), count=count)
        for kind, count in counts.items()
        if count
    )
