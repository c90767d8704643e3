"""The camera before the face. It ails like the one over the papers, and says so under its own name: somebody has to be
told which of the two to look at."""

from dataclasses import replace

from kiosk.hardware.camera.protocol import Camera, Frame
from kiosk.hardware.health import Health

CODES = {
    "camera.absent": "selfie.absent",
    "camera.lost": "selfie.lost",
    "camera.hung": "selfie.hung",
    "camera.frozen": "selfie.frozen",
    "camera.black": "selfie.black",
}


class FaceCamera:
    """Any camera, whose faults are told as ``selfie.…``."""

    def __init__(self, camera: Camera) -> None:
        self.camera = camera

    def __repr__(self) -> str:
        return f"<FaceCamera {self.camera!r}>"

    @property
    def live(self) -> bool:
        return self.camera.live

    def state(self) -> Health:
        said = self.camera.state()
        return replace(said, code=CODES.get(said.code, said.code))

    def latest(self) -> Frame | None:
        return self.camera.latest()

    def rest(self) -> None:
        self.camera.rest()

    def close(self) -> None:
        self.camera.close()
