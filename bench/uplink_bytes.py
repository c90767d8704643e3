"""Bytes on the line for bytes of packet: our client and tuspy, to the same server, over the same cut line, in turns.

    python bench/uplink_bytes.py [--rounds 5]

The server is the centre's own upload code under gunicorn, without the signature check, because tuspy cannot sign; our
requests are signed all the same and their headers count against us. The line is reset after every 80 kB that go up.
Counters, not times: they mean the same on any machine. Each connection takes 50 ms, as over any real line: without it a
client asks for the offset before the server has taken up the cut request. Every connection costs a TLS handshake more
on a real line (+641 B up, +1,349 B down, measured in recipes/uplink.md §4); none is in these figures.
"""

import argparse
import io
import secrets
import socket
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from uuid6 import uuid7

TOP = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TOP))

from adminduk.clock import SystemClock  # noqa: E402 - the path comes first
from central.context import Context, open_context  # noqa: E402
from central.schema import packets  # noqa: E402
from central.settings import Settings  # noqa: E402
from kiosk.uplink.centre import Centre  # noqa: E402
from kiosk.uplink.errors import UplinkError  # noqa: E402
from kiosk.uplink.exchange import Exchange  # noqa: E402
from kiosk.uplink.signing import KioskSignature  # noqa: E402
from tests.faultproxy import FaultProxy  # noqa: E402
from tests.unit.uplink.village import RealCentre, free_port, wait_until  # noqa: E402

KIOSK, CHUNK, CUT_EVERY, LATENCY_S = "K-0001", 64 * 1024, 80_000, 0.05
Client = Callable[[str, str, bytes], None]


@dataclass(frozen=True)
class Sample:
    """One upload: bytes up ÷ bytes of the packet, and TCP connections."""

    ratio: float
    connections: int


def serve(folder: Path, port: int) -> None:
    """The centre's uploads alone; whoever asks is kiosk K-0001."""
    from flask import Blueprint, Flask, g
    from gunicorn.app.base import BaseApplication

    from central.errors import register_errors
    from central.intake.uploads import Uploads
    from central.intake.wire import add_uploads

    class Application(BaseApplication):  # type: ignore[misc]  # gunicorn ships no types
        def load_config(self) -> None:
            for name, value in {"bind": f"127.0.0.1:{port}", "worker_class": "gthread", "threads": 16,
                                "loglevel": "critical", "keepalive": 75}.items():  # fmt: skip
                self.cfg.set(name, value)

        def load(self) -> Flask:
            app, blueprint = Flask("bench"), Blueprint("wire", __name__, url_prefix="/api/v1")
            add_uploads(blueprint, Uploads(open_context(Settings(dir=folder))))
            blueprint.before_request(lambda: setattr(g, "kiosk_id", KIOSK))
            register_errors(app, blueprint)
            app.register_blueprint(blueprint)
            return app

    Application().run()


def ours(url: str, packet_id: str, content: bytes) -> None:
    clock = SystemClock()
    exchange = Exchange(url, KioskSignature(KIOSK, Ed25519PrivateKey.generate(), clock), clock)
    centre = Centre(exchange, Ed25519PrivateKey.generate().public_key())

    def read(offset: int, length: int) -> bytes:
        return content[offset : offset + length]

    while True:
        try:
            return centre.upload(packet_id, len(content), read, lambda _: None)
        except UplinkError:
            continue  # no pause: bytes are counted here, not time


def tuspy(url: str, packet_id: str, content: bytes) -> None:
    import requests
    from tusclient.client import TusClient
    from tusclient.exceptions import TusCommunicationError

    client = TusClient(f"{url}/api/v1/uploads")
    location: str | None = None
    while True:
        try:
            given: dict[str, Any] = {
                "file_stream": io.BytesIO(content),
                "chunk_size": CHUNK,
                "metadata": {"id": packet_id},
            }
            uploader = client.uploader(**given, url=location)
            if location is None:
                location = uploader.create_url()
                uploader.set_url(location)
            return uploader.upload()
        except (TusCommunicationError, requests.RequestException):
            continue


def announce(context: Context, size: int) -> str:
    """A row, as if the packet had been announced."""
    packet_id = str(uuid7())
    row = {"id": packet_id, "kiosk_id": KIOSK, "sha256": "0" * 64, "size": size, "state": "announced",
           "announced_at": context.stamp()}  # fmt: skip
    with context.engine.begin() as connection:
        connection.execute(packets.insert().values(**row))
    return packet_id


def measure(client: Client, context: Context, port: int, size: int, cut_every: int) -> Sample:
    content, packet_id = secrets.token_bytes(size), announce(context, size)
    with FaultProxy(port, cut_every=cut_every, latency=LATENCY_S) as line:
        client(line.url, packet_id, content)
    assert (context.settings.uploads / packet_id).read_bytes() == content
    return Sample(line.counted.up / size, line.counted.connections)


def table(context: Context, port: int, rounds: int) -> None:
    clients: dict[str, Client] = {"ours": ours, "tuspy": tuspy}
    print(f"{'packet':>9} {'cut every':>9}   " + "   ".join(f"{name:>6} re-sent  conns" for name in clients))
    for size, cut_every in (
        (300 * 1024, 0),
        (300 * 1024, CUT_EVERY),
        (3 * 1024 * 1024, 0),
        (3 * 1024 * 1024, CUT_EVERY),
    ):
        samples: dict[str, list[Sample]] = {name: [] for name in clients}
        for _ in range(rounds):
            for name, client in clients.items():
                samples[name].append(measure(client, context, port, size, cut_every))
        cells = [cell(found) for found in samples.values()]
        print(f"{size // 1024:>5} KiB {cut_every // 1000:>6} kB   " + "   ".join(cells), flush=True)


def cell(found: list[Sample]) -> str:
    ratio, connections = (statistics.median(getattr(s, name) for s in found) for name in ("ratio", "connections"))
    return f"{(ratio - 1) * 100:12.2f} %  {connections:5.0f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--serve", nargs=2, metavar=("FOLDER", "PORT"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve:
        serve(Path(arguments.serve[0]), int(arguments.serve[1]))
    else:
        with tempfile.TemporaryDirectory() as folder:
            run(Path(folder), arguments.rounds)


def run(folder: Path, rounds: int) -> None:
    centre = RealCentre(folder)
    centre.enrol(Ed25519PrivateKey.generate())
    port = free_port()
    server = subprocess.Popen([sys.executable, __file__, "--serve", str(folder), str(port)])
    try:
        wait_until(lambda: is_up(port))
        table(centre.context, port, rounds)
    finally:
        server.terminate()
        server.wait(10)


def is_up(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


if __name__ == "__main__":
    main()
