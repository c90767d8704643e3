"""When to take the photograph: a whole sheet has come to rest, is sharp, no hand is on it, and it was not taken already.

Pure: each look at the live picture gives the next `Watch`. The time is the frames' own, so that a camera that hands out
one frame again and again tells nothing new, however long that lasts. What was taken is remembered by its face, and does
not count again when it is pushed, turned or covered for a moment; only when it was taken away, or another page lies there.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum

import numpy as np

from kiosk.imaging.likeness import alike
from kiosk.imaging.live import Page, Seen
from kiosk.imaging.motion import difference, replaced
from kiosk.imaging.shapes import ImagingError


class Cue(StrEnum):
    """What is waited for; content words each for the citizen."""

    NO_SHEET = "no_sheet"  # none, or a part of it lies outside the picture
    MOVING = "moving"
    HAND = "hand"
    BLURRED = "blurred"
    STEADY = "steady"  # it lies well: wait
    TAKE = "take"
    TAKEN_ALREADY = "taken_already"
    AGAIN = "again"  # it is to be taken once more: when it was laid anew


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """Limits, the table ``automatic`` of content/base/legibility.toml, which says what each means."""

    still_s: float
    gap_s: float
    gone_s: float
    most_shift: float
    most_motion: float
    most_hand: float
    least_sharpness: float
    least_alike: float
    least_replaced: float

    @classmethod
    def of(cls, table: Mapping[str, object]) -> "Patience":
        """Raises:
        ImagingError: ``ambang_salah`` for a missing, unknown or non-number key.
        """
        if set(table) != {item.name for item in fields(cls)}:
            raise ImagingError("ambang_salah")
        if any(type(value) not in (int, float) for value in table.values()):
            raise ImagingError("ambang_salah")
        return cls(**{key: float(str(value)) for key, value in table.items()})


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What is known after the looks so far; nothing in it can be read. ``progress``: 0..1 while STEADY, 1 at TAKE.

    ``rest``: what was seen when everything came to rest, ``since``: when that was; ``taken``: what was taken last,
    ``disturbed``: something has moved since; ``again``: the person wants the same page once more;
    ``bare_since``: since when no sheet lies in its place.
    """

    cue: Cue = Cue.NO_SHEET
    progress: float = 0.0
    number: int = -1
    at: float = 0.0
    rest: Seen | None = None
    since: float = 0.0
    taken: Seen | None = None
    disturbed: bool = False
    again: bool = False
    bare_since: float | None = None


def watch(before: Watch, seen: Seen, *, number: int, at: float, limits: Patience) -> Watch:
    """The next state. ``number`` and ``at`` (monotonic s): the frame's; a frame seen before changes nothing."""
    if number == before.number:
        return before
    now = replace(before, number=number, at=at, progress=0.0)
    if before.rest is None or at - before.at > limits.gap_s or _moved(before.rest, seen, limits):
        cue = Cue.MOVING if seen.page else Cue.NO_SHEET
        return replace(now, cue=cue, rest=seen, since=at, disturbed=_disturbed(before, seen, limits), bare_since=None)
    if seen.page is None:
        return _bare(now, seen, limits)
    return _at_rest(replace(now, bare_since=None), seen, seen.page, limits)


def photographed(before: Watch) -> Watch:
    """A picture was taken, by itself or by a finger: the page that lies there does not count again."""
    if before.rest is None or before.rest.page is None:
        return before
    return replace(before, cue=Cue.TAKEN_ALREADY, progress=0.0, taken=before.rest, disturbed=False, again=False)


def once_more(before: Watch) -> Watch:
    """What was taken is not good enough: the same page counts again, as soon as somebody has laid it better."""
    return replace(before, again=True)


def _disturbed(before: Watch, seen: Seen, limits: Patience) -> bool:
    """Nobody may have looked for a while. A page that is wanted again and lies as it lay was not touched."""
    if not before.again or before.disturbed or before.taken is None:
        return True
    return _moved(before.taken, seen, limits)


def _moved(rest: Seen, seen: Seen, limits: Patience) -> bool:
    """Against that at which it came to rest, so that slow sliding adds up."""
    if rest.page is None or seen.page is None:
        return rest.page is not seen.page or difference(rest.thumbnail, seen.thumbnail) > limits.most_motion
    shift = float(np.abs(rest.page.corners - seen.page.corners).max())
    return shift > limits.most_shift or difference(rest.thumbnail, seen.thumbnail) > limits.most_motion


def _bare(now: Watch, seen: Seen, limits: Patience) -> Watch:
    """No sheet, and nothing moves: was the one that was taken taken away, or does something cover it?"""
    now = replace(now, cue=Cue.NO_SHEET)
    if now.taken is None or now.taken.page is None:
        return now
    if replaced(now.taken.thumbnail, seen.thumbnail, now.taken.page.corners) < limits.least_replaced:
        return replace(now, bare_since=None)
    since = now.at if now.bare_since is None else now.bare_since
    return replace(now, bare_since=since, taken=None if now.at - since >= limits.gone_s else now.taken)


def _at_rest(now: Watch, seen: Seen, page: Page, limits: Patience) -> Watch:
    if _taken_already(now, page, limits):
        return replace(now, cue=Cue.AGAIN if now.again else Cue.TAKEN_ALREADY)
    wrong = _wrong(page, limits)
    if wrong is not None:
        return replace(now, cue=wrong, rest=seen, since=now.at)
    progress = min(1.0, (now.at - now.since) / limits.still_s)
    return replace(now, cue=Cue.TAKE if progress >= 1 else Cue.STEADY, progress=progress)


def _taken_already(now: Watch, page: Page, limits: Patience) -> bool:
    """Nothing moved since, or it did and the same page lies there. What hides it for a moment does not make it forgotten."""
    if now.taken is None or now.taken.page is None:
        return False
    return not now.disturbed or (not now.again and alike(now.taken.page.face, page.face, least=limits.least_alike))


def _wrong(page: Page, limits: Patience) -> Cue | None:
    if page.hand > limits.most_hand:
        return Cue.HAND
    return Cue.BLURRED if page.sharpness < limits.least_sharpness else None
