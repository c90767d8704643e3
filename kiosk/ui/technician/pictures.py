"""The live camera, the picture on which the mat is placed, the report's pages: from memory, never stored."""

from flask import Blueprint, Response, abort

from kiosk.session.technician import pictures
from kiosk.session.technician.bench import Bench
from kiosk.ui.resident.pictures import BOUNDARY, LivePicture


class BenchPicture(LivePicture):
    """While the bench looks through the camera."""

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench.kiosk)
        self._bench = bench

    def _looks(self, visit_id: str) -> bool:
        return self._kiosk.visit.id == visit_id and pictures.looking(self._bench)


def add_pictures(blueprint: Blueprint, bench: Bench) -> None:
    """``/teknisi/kamera``, ``/teknisi/bingkai.jpg``, ``/teknisi/laporan-<n>.png``."""
    live = BenchPicture(bench)

    @blueprint.get("/kamera")
    def camera() -> Response:
        if not bench.open:
            abort(404)
        return Response(live.frames(), mimetype=f"multipart/x-mixed-replace; boundary={BOUNDARY}")

    @blueprint.get("/bingkai.jpg")
    def frame() -> Response:
        content = pictures.framed(bench)
        return abort(404) if content is None else Response(content, mimetype="image/jpeg")

    @blueprint.get("/laporan-<int:page>.png")
    def report(page: int) -> Response:
        content = pictures.report_page(bench, page)
        return abort(404) if content is None else Response(content, mimetype="image/png")
