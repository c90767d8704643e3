"""The camera's twin: the same rules as the real one, and hands to lay papers under it or to harm it."""

from dataclasses import replace
from functools import lru_cache

import numpy as np

from adminduk.clock import Clock
from kiosk.hardware.camera.protocol import STANDBY_S, Frame, Image
from kiosk.hardware.camera.watch import Sighting, Status, health
from kiosk.hardware.health import READY, Condition, Health

FPS = 15


@lru_cache(maxsize=4)
def bare_desk(*, width: int = 1280, height: int = 960) -> Image:
    """A dark table top, a little brighter in the middle; BGR. Made once, and not to be written on."""
    across = np.linspace(-1, 1, width)[None, :] ** 2 + np.linspace(-1, 1, height)[:, None] ** 2
    desk = np.asarray(np.clip(52 - 7 * across[..., None] + np.array((2, 0, -1)), 0, 255), np.uint8)
    desk.setflags(write=False)
    return desk


class SimulatedCamera:
    """A camera of arrays. ``desk``: what it sees when no paper lies there."""

    def __init__(self, *, clock: Clock, desk: Image | None = None, standby_s: float = STANDBY_S) -> None:
        self._clock = clock
        self._standby_s, self._looked_at = standby_s, clock.monotonic()
        self._desk = bare_desk() if desk is None else desk
        self._scene = self._desk
        self._plugged = True
        self._closed = False
        self._seen: Sighting | None = None
        self._frames = 0.0  # given so far; parts of one count, so that who looks often sees them pass too
        self._frozen: Image | None = None
        self._hanging = self._covered = False

    def __repr__(self) -> str:
        return f"<SimulatedCamera{' closed' if self._closed else ''}>"

    # -- what every camera can do

    @property
    def live(self) -> bool:
        """Whether it is awake."""
        return self._seen is not None

    def state(self) -> Health:
        """What is known now. Who only asks does not keep a camera awake that nobody needs."""
        if self._seen is None:
            return self._resting()
        self._tick()
        now = self._clock.monotonic()
        said = health(self._seen, now)
        if said.condition in (Condition.ABSENT, Condition.FAULT) or now - self._looked_at <= self._standby_s:
            return said
        self.rest()
        return self._resting()

    def _resting(self) -> Health:
        return READY if self._plugged else Health(Condition.ABSENT, "camera.absent")

    def latest(self) -> Frame | None:
        """The newest frame, or None. Wakes a resting camera."""
        if self._closed:
            return None
        self._looked_at = self._clock.monotonic()
        if self._seen is None:
            now = self._clock.monotonic()
            status = Status.STREAMING if self._plugged else Status.ABSENT
            self._frames += 1
            self._seen = Sighting(status=status, woke_at=now, frame_at=now, changed_at=now, lit_at=now)
        self._tick()
        if self._seen.status != Status.STREAMING or health(self._seen, self._clock.monotonic()).code == "camera.hung":
            return None
        return Frame(self._picture(), self._seen.frame_at, int(self._frames))

    def rest(self) -> None:
        """Let go of the device. What ails it (hanging, frozen, covered) ails it still when it wakes."""
        self._seen = None

    def close(self) -> None:
        """Rest for good. Safe to repeat."""
        self.rest()
        self._closed = True

    # -- hands

    def lay_paper(self, image: Image) -> None:
        """Lay a paper: ``image`` is the whole picture, BGR, as the camera will see it."""
        self._scene = image

    def take_away(self) -> None:
        """Take the paper away."""
        self._scene = self._desk

    def unplug(self) -> None:
        """Pull the cable."""
        self._plugged = False
        if self._seen is not None and self._seen.status == Status.STREAMING:
            self._seen = replace(self._seen, status=Status.LOST)

    def plug_in(self) -> None:
        """Put the cable back; a waking camera goes on by itself."""
        self._plugged, self._hanging, self._frozen = True, False, None
        if self._seen is not None:
            now = self._clock.monotonic()
            self._seen = Sighting(status=Status.STREAMING, woke_at=now, frame_at=now, changed_at=now, lit_at=now)

    def freeze(self) -> None:
        """Make it hand out the picture of this moment for ever."""
        self._frozen = self._view().copy()

    def thaw(self) -> None:
        """Let pictures change again."""
        self._frozen = None

    def hang(self) -> None:
        """Make its driver stop answering."""
        self._hanging = True

    def recover(self) -> None:
        """End freezing and hanging, as a restart of the device does."""
        self._hanging, self._frozen = False, None

    def cover_lens(self) -> None:
        """Put a hand on the lens."""
        self._covered = True

    def uncover_lens(self) -> None:
        """Take the hand away."""
        self._covered = False

    # -- inside

    def _view(self) -> Image:
        return np.zeros_like(self._scene) if self._covered else self._scene

    def _picture(self) -> Image:
        return (self._view() if self._frozen is None else self._frozen).copy()

    def _tick(self) -> None:
        """Let the frames pass that a camera would have given since the last look."""
        seen, now = self._seen, self._clock.monotonic()
        if seen is None or seen.status != Status.STREAMING or self._hanging:
            return
        self._frames += (now - seen.frame_at) * FPS
        frozen, black = self._frozen is not None, not self._picture().any()
        self._seen = replace(
            seen,
            frame_at=now,
            changed_at=seen.changed_at if frozen else now,
            lit_at=seen.lit_at if black else now,
        )
