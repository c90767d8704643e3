"""Cameras, for papers and for faces: ``connect`` gives one by URL."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from kiosk.hardware.camera.lamp import LEDS
from kiosk.hardware.camera.protocol import Camera, Frame, Image

__all__ = ["Camera", "Frame", "Image", "connect", "connect_face"]


def connect(url: str, *, leds: Path = LEDS) -> Camera:
    """A camera by URL: ``none:``, ``simulated://``, ``v4l2:///dev/v4l/by-id/..``, ``mjpeg://host:port``, ``folder:///dir``;
    behind each ``?light=/sys/class/leds/..`` for a lamp that burns while it is open.

    Raises:
        UnknownCamera: no such form, or /dev/video0, which is another camera after the next start (a ValueError).
        ValueError: a light that is no LED's.
    """
    from adminduk.clock import SystemClock

    if url == "none:":
        from kiosk.hardware.camera.not_fitted import NoCamera

        return NoCamera()
    if url.startswith("simulated:"):
        from kiosk.hardware.camera.simulated import SimulatedCamera

        return SimulatedCamera(clock=SystemClock())
    from kiosk.hardware.camera.driver import GrabbedCamera
    from kiosk.hardware.camera.lamp import lamp

    light = parse_qs(urlsplit(url).query).get("light", [""])[-1]
    return GrabbedCamera(url, clock=SystemClock(), lamp=lamp(light, root=leds))


def connect_face(url: str) -> Camera:
    """The camera before the face, by the same URLs; its faults are ``selfie.…``. Raises as ``connect`` does."""
    from kiosk.hardware.camera.faces import FaceCamera

    return FaceCamera(connect(url))
