"""The kiosk's pages: thin. One address shows the step the visit is at; each verb is a small POST that leads back to it."""

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from flask import Flask, Response, g, redirect, render_template, request, send_from_directory, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as BaseResponse

from adminduk.services import Place
from kiosk.session import Kiosk
from kiosk.ui import resident
from kiosk.ui.entry import COOKIE, Entry
from kiosk.ui.i18n import LANGUAGES, Languages
from kiosk.ui.resident.staff import staff_pages
from kiosk.ui.sizes import PanelSize, device_css
from kiosk.ui.technician import technician_pages
from kiosk.ui.voice import Voice, add_voice
from kiosk.ui.words import Words

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "media-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
SAME_FOR_ALL = ("static", "device", "asset")
OPEN = ("enter", *SAME_FOR_ALL)
MODES = ("besar", "kontras", "rendah")
# looks and scripts stay in the window's memory: asking for fifteen of them again took two thirds of a page's time
KEPT = "private, max-age=86400, immutable"


def create_app(
    kiosk: Kiosk, *, entry: Entry, panel: PanelSize, assets: Path, port: int, recordings: Path | None = None
) -> Flask:
    """``assets``: the asset build's folder; ``port``: the only Host that is answered; ``recordings``: folders of voices."""
    app = Flask(__name__)
    add_guards(app, entry, port)
    add_turning(app)
    add_templates(app, kiosk, panel, assets)
    add_frame(app, entry, panel, assets, kiosk.parts.catalogue.place)
    add_voice(app, kiosk, Voice(assets / "static" / "voice", recordings))
    app.register_blueprint(staff_pages(kiosk))
    app.register_blueprint(resident.pages(kiosk, portrait=panel.portrait))
    app.register_blueprint(technician_pages(kiosk))
    return app


def add_guards(app: Flask, entry: Entry, port: int) -> None:
    """Host, cookie, headers."""
    hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}

    @app.before_request
    def guard() -> Response | None:
        if request.host not in hosts:
            return Response("salah alamat", 421)
        if request.endpoint not in OPEN and not entry.admits(request.cookies.get(COOKIE)):
            return Response(render_template("closed.html"), 403)
        return None

    @app.after_request
    def close(response: Response) -> Response:
        if request.endpoint in SAME_FOR_ALL and response.status_code == 200:
            response.headers["Cache-Control"] = KEPT
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response


def add_turning(app: Flask) -> None:
    """Who turns screens by script (static/turning.js) is given the next one at once, and told whose address it is; without
    scripts the window is sent there."""

    @app.after_request
    def at_once(response: Response) -> Response:
        if response.status_code != 303 or "Turning" not in request.headers:
            return response
        endpoint, arguments = app.url_map.bind("").match(response.location, "GET")
        show: Callable[..., Any] = app.view_functions[endpoint]
        screen = app.make_response(show(**arguments))
        screen.headers["Content-Location"] = response.location
        return screen


def add_templates(app: Flask, kiosk: Kiosk, panel: PanelSize, assets: Path) -> None:
    """What every template may use. ``_`` marks text for translation; Indonesian is the source."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    tongue = Languages(kiosk)
    words = Words(kiosk, tongue.gettext)
    app.jinja_env.install_gettext_callables(tongue.gettext, tongue.ngettext, newstyle=True)  # type: ignore[attr-defined]  # added by the extension
    icons: dict[str, str] = {}

    def icon(name: str) -> Markup:
        """An inline SVG of the asset build; hidden from readers, the word stands beside it."""
        if name not in icons:
            path = assets / "static" / "icons" / f"{name}.svg"
            text = path.read_text(encoding="utf-8") if path.exists() else "<svg></svg>"
            icons[name] = text[text.index("<svg") :].replace("<svg", '<svg aria-hidden="true" focusable="false"', 1)
        return Markup(icons[name])  # noqa: S704 - our own build's files

    def modes() -> str:
        """The classes of a page: who is at the screen, how it is read, how the panel stands."""
        shown = kiosk.visit.display
        told = {"petugas": kiosk.officer, **{name: shown.get(name) for name in MODES}, "tegak": panel.portrait}
        return " ".join(name for name, on in told.items() if on)

    @app.context_processor
    def everywhere() -> dict[str, Any]:
        return {
            "modes": modes,
            "kiosk": kiosk,
            "visit": kiosk.visit,
            "words": words,
            "icon": icon,
            "panel": panel,
            "fell_back": tongue.fell_back,
            "languages": LANGUAGES,
        }


def add_frame(app: Flask, entry: Entry, panel: PanelSize, assets: Path, place: Place) -> None:
    """The way in, the sizes, the assets."""

    @app.get("/masuk")
    def enter() -> BaseResponse:
        cookie = entry.redeem(request.args.get("kunci", ""))
        if cookie is None:
            return Response(render_template("closed.html"), 403)
        response = redirect(url_for("resident.show"))
        response.set_cookie(COOKIE, cookie, httponly=True, samesite="Strict")
        g.entered = True
        return response

    sizes = device_css(panel, accent=place.accent, pattern=place.pattern)
    version = fingerprint(Path(app.static_folder or ""), sizes)

    @app.url_defaults
    def stamp(endpoint: str, values: dict[str, Any]) -> None:
        """Another release has other addresses, so that nothing old stays in a window's memory."""
        if endpoint in ("static", "device"):
            values.setdefault("v", version)

    @app.get("/ukuran.css")
    def device() -> Response:
        return Response(sizes, mimetype="text/css")

    @app.get("/aset/<path:name>")
    def asset(name: str) -> Response:
        return send_from_directory(assets / "static", name)


def fingerprint(folder: Path, sizes: str) -> str:
    """Eight letters that change with any of our static files, or with the panel's sizes."""
    digest = hashlib.sha256(sizes.encode())
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:8]
