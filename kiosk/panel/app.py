"""The demo's device panel: hands and eyes for the simulated devices, on a loopback port of its own.

It exists only while every device is simulated (settings refuse it otherwise): put paper in, take it out, lay a document
under the camera, unplug; and see what came out of the printers.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import cv2
from flask import Flask, Response, abort, redirect, render_template, url_for
from werkzeug.wrappers import Response as BaseResponse

from kiosk.hardware.camera.protocol import Image
from kiosk.hardware.health import Health
from kiosk.hardware.simulation import SimulatedDevices
from kiosk.panel.lessons import Lessons

Papers = Mapping[str, Callable[[], Image]]

# The hands that the panel offers, by device: the twins' own method names; their words stand in the template.
HANDS: Mapping[str, tuple[str, ...]] = {
    "receipt": (
        "run_out_of_paper",
        "run_low",
        "refill",
        "open_cover",
        "close_cover",
        "unplug",
        "plug_in",
        "go_silent",
        "speak_again",
    ),
    "paper": (
        "run_out_of_paper",
        "refill",
        "jam",
        "jam_during_the_next_job",
        "clear_jam",
        "open_cover",
        "close_cover",
        "unplug",
        "plug_in",
    ),
    "scanner": ("jam", "open_cover", "hang", "mend", "unplug", "plug_in"),
    "codes": ("garble", "unplug", "plug_in"),
    "power": ("cut_mains", "run_low", "restore_mains", "wear_out", "change_battery"),
    "camera": ("take_away", "cover_lens", "uncover_lens", "freeze", "hang", "recover", "unplug", "plug_in"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One device as the panel shows it."""

    name: str
    health: Health
    hands: tuple[str, ...]


def create_panel(devices: SimulatedDevices, papers: Papers, lessons: Lessons | None = None) -> Flask:
    """``papers``: name → what lies under the camera when it is laid there (BGR); ``lessons``: scenarios to play."""
    app = Flask(__name__)
    lessons = lessons or Lessons({}, devices, papers, dict)
    add_hands(app, devices, papers)
    add_eyes(app, devices, papers, lessons)
    add_lessons(app, lessons)
    return app


def add_lessons(app: Flask, lessons: Lessons) -> None:
    """A mishap from its file, turn by turn."""

    @app.post("/lessons/<code>/start")
    def start(code: str) -> BaseResponse:
        if not lessons.start(code):
            abort(404)
        return redirect(url_for("show", _anchor="latihan"))

    @app.post("/lessons/next")
    def go_on() -> BaseResponse:
        lessons.go_on()
        return redirect(url_for("show", _anchor="latihan"))

    @app.post("/lessons/stop")
    def stop() -> BaseResponse:
        lessons.stop()
        return redirect(url_for("show", _anchor="latihan"))


def add_hands(app: Flask, devices: SimulatedDevices, papers: Papers) -> None:
    """What a person does to devices; only the hands of the table can be used."""
    twins: dict[str, Any] = {name: getattr(devices, name) for name in HANDS}

    @app.post("/hands/<device>/<hand>")
    def use(device: str, hand: str) -> BaseResponse:
        if hand not in HANDS.get(device, ()):
            abort(404)
        getattr(twins[device], hand)()
        return redirect(url_for("show"))

    @app.post("/papers/<name>")
    def lay(name: str) -> BaseResponse:
        if name not in papers:
            abort(404)
        picture = papers[name]()
        devices.camera.lay_paper(picture)
        devices.scanner.lay(cv2.imencode(".jpg", picture)[1].tobytes())
        return redirect(url_for("show"))

    @app.post("/codes/slip")
    def scan_slip() -> BaseResponse:
        """The newest slip is held before the code reader."""
        if not devices.receipt.codes:
            abort(404)
        devices.codes.scan(devices.receipt.codes[-1])
        return redirect(url_for("show"))


def add_eyes(app: Flask, devices: SimulatedDevices, papers: Papers, lessons: Lessons) -> None:
    """What came out, and what the camera sees."""

    @app.get("/")
    def show() -> str:
        states = {name: getattr(devices, name).state() for name in HANDS if name != "power"}
        states["power"] = devices.power.state().health
        rows = [Row(name, state, HANDS[name]) for name, state in states.items()]
        slips, pages = devices.receipt.printed, len(devices.paper.printed)
        return render_template("panel.html", rows=rows, papers=list(papers), slips=slips, pages=pages, lessons=lessons)

    @app.get("/camera.jpg")
    def camera() -> Response:
        frame = devices.camera.latest()
        if frame is None:
            abort(404)
        _, jpeg = cv2.imencode(".jpg", frame.image)
        return Response(jpeg.tobytes(), mimetype="image/jpeg", headers={"Cache-Control": "no-store"})

    @app.get("/printed/<int:number>.pdf")
    def printed(number: int) -> Response:
        if not 1 <= number <= len(devices.paper.printed):
            abort(404)
        return Response(devices.paper.printed[number - 1], mimetype="application/pdf")
