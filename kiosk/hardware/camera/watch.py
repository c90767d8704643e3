"""From what was seen of a camera to one state. Pure: the driver and its twin are judged by the same rules.

A camera fails in more ways than by being unplugged: the driver may stop answering (hung), or go on handing out one old
picture (frozen: a live sensor has noise, so two frames are never alike), or see nothing (lens covered, lamp out).
"""

from dataclasses import dataclass
from enum import IntEnum

from kiosk.hardware.health import READY, Condition, Health

HUNG_AFTER = 2.0  # seconds without a new frame
FROZEN_AFTER = 3.0  # seconds of frames that are all alike
BLACK_AFTER = 1.0  # seconds without light; many cameras begin with a few black frames
OPENING_FOR = 8.0  # seconds that a first opening may take
BLACK_LEVEL = 10.0  # of 255: mean of the picture
FLAT = 6.0  # and standard deviation: a dark room still shows its shapes


class Status(IntEnum):
    """What the grabber is at."""

    OPENING = 0
    STREAMING = 1
    ABSENT = 2  # never opened since it was woken
    LOST = 3  # delivered before
    HUNG = 4  # the driver gave up waiting


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """What is known of a waking camera. Times are monotonic seconds."""

    status: Status
    woke_at: float
    frame_at: float  # the newest frame
    changed_at: float  # the newest that differed from the one before
    lit_at: float  # the newest that was not black


def health(seen: Sighting, now: float) -> Health:
    """One state; the first that applies: absent, lost, hung, opening, black, frozen, ready.

    Black before frozen: in full darkness a sensor may have no noise left, and a hand can be taken off the lens.
    """
    match seen.status:
        case Status.ABSENT:
            return Health(Condition.ABSENT, "camera.absent")
        case Status.LOST:
            return Health(Condition.ABSENT, "camera.lost")
        case Status.HUNG:
            return Health(Condition.FAULT, "camera.hung", "the driver gave up")
        case Status.OPENING:
            return _opening(now - seen.woke_at)
        case Status.STREAMING:
            return _streaming(seen, now)


def _opening(waited: float) -> Health:
    if waited > OPENING_FOR:
        return Health(Condition.FAULT, "camera.hung", f"opening for {waited:.0f} s")
    return Health(Condition.BUSY, evidence="opening")


def _streaming(seen: Sighting, now: float) -> Health:
    if now - seen.frame_at > HUNG_AFTER:
        return Health(Condition.FAULT, "camera.hung", f"no frame for {now - seen.frame_at:.0f} s")
    if seen.frame_at - seen.lit_at > BLACK_AFTER:
        return Health(Condition.ATTENTION, "camera.black")
    if seen.frame_at - seen.changed_at > FROZEN_AFTER:
        return Health(Condition.FAULT, "camera.frozen", f"one picture for {seen.frame_at - seen.changed_at:.0f} s")
    return READY


def is_black(mean: float, spread: float) -> bool:
    """Whether a picture of this mean and standard deviation (0..255) shows nothing."""
    return mean < BLACK_LEVEL and spread < FLAT
