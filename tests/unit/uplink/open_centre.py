"""The real centre behind TLS, and the same upload code once more for clients that cannot sign.

``python -m tests.unit.uplink.open_centre FOLDER PORT PEM`` serves. A signed request goes to the centre as it is; an unsigned one
to its upload routes alone, as kiosk K-0001, and to a plain multipart form, which is what most programs would do.
"""

import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Blueprint, Flask, Response, g, request
from uuid6 import uuid7

from central.app import serve_app
from central.context import open_context
from central.errors import register_errors
from central.intake.tus import add_uploads
from central.intake.uploads import Uploads
from central.schema import packets
from central.settings import Settings
from tests.unit.uplink.tls import certificate
from tests.unit.uplink.village import TOP, RealCentre, wait_until

STRANGER = "K-0001"


@dataclass
class OpenCentre(RealCentre):
    """``pem``: what clients are to trust. The first kiosk is enrolled already: whoever does not sign."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.pem = certificate(self.folder)
        assert self.enrol(Ed25519PrivateKey.generate()) == STRANGER

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}"

    def start(self) -> None:
        words = [str(self.folder), str(self.port), str(self.pem)]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.unit.uplink.open_centre", *words], cwd=TOP, stdout=log, stderr=log,
                process_group=0,
            )  # fmt: skip
        wait_until(self.answers)

    def answers(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, (self.folder / "log").read_text()[-3000:]
        try:
            return requests.get(f"{self.url}/api/v1/health", timeout=2, verify=str(self.pem)).ok
        except requests.RequestException:
            return False

    def expect(self, size: int) -> str:
        """The id of a packet that was announced by whoever does not sign."""
        packet_id = str(uuid7())
        row = {"id": packet_id, "kiosk_id": STRANGER, "sha256": "0" * 64, "size": size, "state": "announced",
               "announced_at": self.context.stamp()}  # fmt: skip
        with self.context.engine.begin() as connection:
            connection.execute(packets.insert().values(**row))
        return packet_id

    def held(self, packet_id: str) -> bytes:
        return (self.settings.uploads / packet_id).read_bytes()


@contextmanager
def open_centre(folder: Path) -> Iterator[OpenCentre]:
    centre = OpenCentre(folder)
    try:
        centre.start()
        yield centre
    finally:
        centre.kill()
        centre.engine.dispose()


def unsigned(settings: Settings) -> Flask:
    app, blueprint = Flask("unsigned"), Blueprint("wire", __name__, url_prefix="/api/v1")
    add_uploads(blueprint, Uploads(open_context(settings)))
    blueprint.before_request(lambda: setattr(g, "kiosk_id", STRANGER))
    forms = settings.dir / "forms"
    forms.mkdir(exist_ok=True)

    @blueprint.post("/form/<uuid:name>")
    def form(name: str) -> Response:
        request.files["packet"].save(forms / str(name))
        return Response(status=201)

    @blueprint.get("/health")
    def health() -> Response:
        return Response(status=204)

    register_errors(app, blueprint)
    app.register_blueprint(blueprint)
    return app


def either(settings: Settings) -> Callable[[dict[str, Any], Any], Iterable[bytes]]:
    """The centre for those who sign."""
    ours, open_to_all = serve_app(settings), unsigned(settings)

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        return (ours if "HTTP_SIGNATURE_INPUT" in environ else open_to_all)(environ, start_response)

    return answer


def serve(folder: Path, port: int, pem: str) -> None:
    from gunicorn.app.base import BaseApplication

    class Application(BaseApplication):  # type: ignore[misc]  # gunicorn ships no types
        def load_config(self) -> None:
            for name, value in {
                "bind": f"127.0.0.1:{port}", "worker_class": "gthread", "threads": 16, "loglevel": "critical",
                "keepalive": 75, "certfile": pem, "keyfile": pem, "control_socket_disable": True,
            }.items():  # fmt: skip
                if name in self.cfg.settings:
                    self.cfg.set(name, value)

        def load(self) -> Any:
            return either(Settings(dir=folder))

    Application().run()


if __name__ == "__main__":
    serve(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
