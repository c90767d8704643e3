"""One small POST a verb; the visit's id in each form guards it."""

from collections.abc import Callable, Mapping

from flask import Blueprint, abort, redirect, request, url_for
from werkzeug.wrappers import Response

from kiosk.session.technician.bench import Bench
from kiosk.ui.resident.verbs import corners, number, text
from kiosk.ui.technician import identity, moving


def every_verb(bench: Bench) -> Mapping[str, Callable[[], None]]:
    """Name in the address → how to read its form and what to do."""
    return {
        "show": lambda: bench.show(text("halaman"), text("perangkat"), number("nomor")),
        "begin": lambda: bench.begin(text("perangkat")),
        "check": bench.check,
        "scan": bench.scan,
        "say": lambda: bench.say(text("kata")),
        "photograph": bench.photograph,
        "place": lambda: bench.place(corners()),
        "print_report": bench.print_report,
        "print_capsule": bench.print_capsule,
        "identify": lambda: identity.ask(bench),
        "move": lambda: moving.ask(bench),
        "withdraw": lambda: moving.withdraw(bench),
    }


def add_verbs(blueprint: Blueprint, bench: Bench) -> None:
    """``/teknisi/<verb>``."""
    verbs = every_verb(bench)

    @blueprint.post("/<verb>")
    def act(verb: str) -> Response:
        if verb not in verbs:
            abort(404)
        bench.act(request.form.get("kunjungan", ""), verbs[verb])
        return redirect(url_for("technician.show"), 303)
