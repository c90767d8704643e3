"""The document camera: ``connect`` gives one by URL."""

from kiosk.hardware.camera.protocol import Camera, Frame, Image

__all__ = ["Camera", "Frame", "Image", "connect"]


def connect(url: str) -> Camera:
    """A camera by URL: ``simulated://``, ``v4l2:///dev/v4l/by-id/..``, ``mjpeg://host:port``, ``folder:///dir``.

    Raises:
        UnknownCamera: no such form (a ValueError).
    """
    from adminduk.clock import SystemClock

    if url.startswith("simulated:"):
        from kiosk.hardware.camera.simulated import SimulatedCamera

        return SimulatedCamera(clock=SystemClock())
    from kiosk.hardware.camera.driver import GrabbedCamera

    return GrabbedCamera(url, clock=SystemClock())
