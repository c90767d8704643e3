"""The live camera, the page just taken, the pages kept, the document: from memory, never stored."""

import time
from collections.abc import Callable, Iterator

from flask import Blueprint, Response, abort

from adminduk.packets import MEDIA_TYPES, ending
from kiosk.session import Kiosk, Step, Visit, asking, capture

FRAME_S, BOUNDARY = 0.1, "bingkai"
LOOKING = (Step.CAPTURE, Step.TICKET)
Picture = Callable[[Visit], bytes | None]


class LivePicture:
    """Ten pictures a second while this visit looks through the camera. The newest viewer ends the one before. The end is said
    (RFC 2046, 5.1.1): without its word WebKitGTK's reader looks for it for ever, with two processors."""

    def __init__(self, kiosk: Kiosk) -> None:
        self._kiosk = kiosk
        self._newest = 0

    def frames(self) -> Iterator[bytes]:
        self._newest += 1
        number, visit_id = self._newest, self._kiosk.visit.id
        # the first picture comes with its screen: looking for the sheet takes longer than drawing both
        jpeg, seen = (self._kiosk.preview() if self._looks(visit_id) else None), None
        while number == self._newest and self._looks(visit_id):
            due = time.monotonic() + FRAME_S
            if jpeg is not None:
                yield b"--%s\r\nContent-Type: image/jpeg\r\n\r\n%s\r\n" % (BOUNDARY.encode(), jpeg)
            jpeg, seen = self._kiosk.next_picture(seen)
            time.sleep(max(0.0, due - time.monotonic()))
        yield b"--%s--\r\n" % BOUNDARY.encode()

    def _looks(self, visit_id: str) -> bool:
        return self._kiosk.visit.id == visit_id and self._kiosk.visit.step in LOOKING


def add_pictures(blueprint: Blueprint, kiosk: Kiosk) -> None:
    """``/kamera``, ``/halaman``, ``/bingkai.jpg``, ``/simpanan/<n>``, ``/dokumen.png``."""
    live = LivePicture(kiosk)

    def send(make: Picture, kind: str = "") -> Response:
        with kiosk.lock:
            content = make(kiosk.visit)
        return abort(404) if content is None else Response(content, mimetype=kind or MEDIA_TYPES[ending(content)])

    @blueprint.get("/kamera")
    def camera() -> Response:
        return Response(live.frames(), mimetype=f"multipart/x-mixed-replace; boundary={BOUNDARY}")

    @blueprint.get("/halaman")
    def page() -> Response:
        return send(capture.shown)

    @blueprint.get("/bingkai.jpg")
    def frame() -> Response:
        return send(capture.framed, "image/jpeg")

    @blueprint.get("/simpanan/<int:number>")
    def kept(number: int) -> Response:
        return send(lambda visit: capture.kept(visit, number))

    @blueprint.get("/dokumen.png")
    def document() -> Response:
        return send(asking.picture, "image/png")
