"""The page at hand, its pulse, the way in and the way out."""

import json

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from kiosk.session import WARNING_S
from kiosk.session.technician.bench import Bench
from kiosk.ui.technician.views import mark, view


def add_screen(blueprint: Blueprint, bench: Bench) -> None:
    """``/teknisi``, ``/teknisi/denyut``, ``/teknisi/buka``, ``/teknisi/tutup``."""
    kiosk = bench.kiosk

    @blueprint.get("")
    def show() -> str | BaseResponse:
        kiosk.seconds_left()
        with kiosk.lock:
            if not bench.open:
                return redirect(url_for("resident.show"))
            facts = view(bench)
            return render_template(f"technician/{bench.page}.html", bench=bench, view=facts, mark=mark(bench))

    @blueprint.get("/denyut")
    def pulse() -> Response:
        """What the page asks each second: is it still the technician's, has anything changed, is somebody still there."""
        bench.look()
        left = kiosk.seconds_left()
        with kiosk.lock:
            if not bench.open:
                return Response(status=409)
            warn = max(1, round(left)) if left is not None and left <= WARNING_S else 0
            return Response(json.dumps({"mark": mark(bench), "warn": warn}), mimetype="application/json")

    @blueprint.post("/buka")
    def come() -> BaseResponse:
        bench.come(request.form.get("kunjungan", ""))
        return redirect(url_for("technician.show"), 303)

    @blueprint.post("/tutup")
    def go_away() -> BaseResponse:
        bench.go_away(request.form.get("kunjungan", ""))
        return redirect(url_for("resident.show"), 303)
