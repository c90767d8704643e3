"""The real server process: killed in the middle of an upload, it goes on where it stood; told to stop, it stops."""

import base64
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask

from adminduk.messages import SignedReceipt, verify_receipt
from central.context import Context, open_context
from central.intake.packets import packet_path
from central.schema import applications, packets
from central.settings import Settings
from tests.unit.central.conftest import rows
from tests.unit.central.people import CHUNK, NAME, NIK, Kiosk, Sealed, Unsent, noise, packet, sealed

TOP = Path(__file__).resolve().parents[3]
PATIENCE_S = 60.0  # two cores, many helpers


def until(what: str, holds: Callable[[], bool]) -> None:
    """Wait for a condition; a deadline that is missed fails the test."""
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline, f"never happened: {what}"
        time.sleep(0.02)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Process:
    """One command of the centre in its own process group; its words go to a file."""

    running: subprocess.Popen[bytes]
    log: Path
    port: int = 0

    def kill(self) -> None:
        """As the power does: master and worker at once, nothing is told."""
        os.killpg(self.running.pid, signal.SIGKILL)
        self.running.wait(PATIENCE_S)

    def stop(self) -> int:
        self.running.send_signal(signal.SIGTERM)
        return self.running.wait(PATIENCE_S)

    def workers(self) -> list[int]:
        """The children that gunicorn's master started."""
        children = Path(f"/proc/{self.running.pid}/task/{self.running.pid}/children")
        return [int(word) for word in children.read_text().split()]

    def answers(self) -> bool:
        try:
            line = self.line()
            line.request("GET", "/api/v1/health")
            return line.getresponse().status == 200
        except OSError:
            return False

    def line(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)

    def send(self, request: Unsent) -> tuple[int, dict[str, str], bytes]:
        """(status, headers, body)."""
        line = self.line()
        line.request(request.method, request.path, request.body or b"", request.headers)
        answer = line.getresponse()
        told = answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        line.close()
        return told


def start(folder: Path, command: str, *words: str, port: int = 0) -> Process:
    log = folder.with_name(f"{folder.name}-{command}.log")
    with log.open("ab") as out:
        running = subprocess.Popen(
            [sys.executable, "-m", "central", command, "--dir", str(folder), *words],
            cwd=TOP, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True,
        )  # fmt: skip
    return Process(running, log, port)


@contextmanager
def serving(folder: Path, port: int) -> Iterator[Process]:
    """Up and answering; whatever happens, it ends with the test."""
    process = start(folder, "serve", "--port", str(port), "--threads", "8", port=port)
    try:
        until("the server answers", lambda: process.answers() or process.running.poll() is not None)
        assert process.running.poll() is None, process.log.read_text()
        yield process
    finally:
        if process.running.poll() is None:
            process.kill()


@pytest.fixture
def centre(folder: Path) -> Iterator[Context]:
    """The same folder, seen from beside the server."""
    opened = open_context(Settings(dir=folder))
    yield opened
    opened.engine.dispose()


@pytest.fixture
def kiosk(centre: Context) -> Kiosk:
    return Kiosk.enrol(Flask("nothing"), centre)


@pytest.fixture
def port() -> int:
    return free_port()


def announce(server: Process, kiosk: Kiosk, parcel: Sealed) -> None:
    body = parcel.announcement().to_json()
    put = kiosk.request("PUT", f"/packets/{parcel.id}", body, content_type="application/json")
    assert server.send(put)[0] in (200, 201)
    assert server.send(creation(kiosk, parcel))[0] == 201


def creation(kiosk: Kiosk, parcel: Sealed) -> Unsent:
    told = f"id {base64.b64encode(parcel.id.encode()).decode()}"
    return kiosk.request("POST", "/uploads", upload_length=str(parcel.size), upload_metadata=told)


def offset(server: Process, kiosk: Kiosk, parcel: Sealed) -> int:
    status, headers, _ = server.send(kiosk.request("HEAD", f"/uploads/{parcel.id}"))
    assert status == 200
    return int(headers["upload-offset"])


def chunk(kiosk: Kiosk, parcel: Sealed, at: int, content: bytes) -> Unsent:
    path = f"/uploads/{parcel.id}"
    return kiosk.request("PATCH", path, content, upload_offset=str(at), content_type=CHUNK)


def send_half(server: Process, kiosk: Kiosk, parcel: Sealed, size: int, *, at: int = 0) -> http.client.HTTPConnection:
    """Promise the rest of the packet, send ``size`` bytes of it, and hold the line."""
    request, line = chunk(kiosk, parcel, at, b""), server.line()
    line.putrequest("PATCH", request.path)
    for name, value in {**request.headers, "content-length": str(parcel.size - at)}.items():
        line.putheader(name, value)
    line.endheaders(parcel.content[at : at + size])
    return line


def finish(server: Process, kiosk: Kiosk, parcel: Sealed, centre: Context) -> None:
    """Send the rest, and hold the receipt to the packet."""
    at = offset(server, kiosk, parcel)
    status, headers, _ = server.send(chunk(kiosk, parcel, at, parcel.content[at:]))
    assert (status, headers["upload-offset"]) == (204, str(parcel.size))
    status, _, body = server.send(kiosk.request("POST", f"/packets/{parcel.id}/receipt"))
    receipt = verify_receipt(SignedReceipt.from_json(body), centre.keys.receipt.public_key())
    assert (status, receipt.id, receipt.sha256, receipt.size) == (200, parcel.id, parcel.sha256, parcel.size)
    assert packet_path(centre, parcel.id).read_bytes() == parcel.content


def parcel_of(size: int) -> Sealed:
    """Bytes that show when a piece is lost, doubled or out of place."""
    plain = noise()
    return Sealed(plain.id, b"".join(number.to_bytes(4, "big") for number in range(size // 4)))


# --- killed ---------------------------------------------------------------------------------------------------------


def test_killed_in_the_middle_of_an_upload_it_goes_on_where_it_stood(
    folder: Path, centre: Context, kiosk: Kiosk, port: int
) -> None:
    parcel, held = parcel_of(600_000), 0
    partial = centre.settings.uploads / parcel.id
    for round_ in (1, 2):
        with serving(folder, port) as server:
            announce(server, kiosk, parcel)
            assert offset(server, kiosk, parcel) == held
            line = send_half(server, kiosk, parcel, 150_000, at=held)
            until("the bytes are on the disk", lambda: partial.stat().st_size >= held + 64 * 1024)  # noqa: B023
            server.kill()
            line.close()
        before, held = held, partial.stat().st_size
        assert before < held <= before + 150_000, round_
    with serving(folder, port) as server:
        assert offset(server, kiosk, parcel) == held
        finish(server, kiosk, parcel, centre)


def test_a_killed_worker_is_replaced_and_the_upload_goes_on(
    folder: Path, centre: Context, kiosk: Kiosk, port: int
) -> None:
    parcel = parcel_of(300_000)
    partial = centre.settings.uploads / parcel.id
    with serving(folder, port) as server:
        announce(server, kiosk, parcel)
        line = send_half(server, kiosk, parcel, 150_000)
        until("the bytes are on the disk", lambda: partial.stat().st_size >= 64 * 1024)
        (worker,) = server.workers()
        os.kill(worker, signal.SIGKILL)
        until("another worker is there", lambda: server.workers() not in ([], [worker]))
        line.close()
        until("it answers", server.answers)
        finish(server, kiosk, parcel, centre)


def test_killed_after_the_receipt_the_receipt_is_the_same(
    folder: Path, centre: Context, kiosk: Kiosk, port: int
) -> None:
    parcel = parcel_of(40_000)
    told: list[bytes] = []
    for _ in range(2):
        with serving(folder, port) as server:
            if not told:
                announce(server, kiosk, parcel)
                finish(server, kiosk, parcel, centre)
            told.append(server.send(kiosk.request("POST", f"/packets/{parcel.id}/receipt"))[2])
            server.kill()
    assert told[0] == told[1]
    assert [row.state for row in rows(centre, sa.select(packets))] == ["received"]


# --- stopped --------------------------------------------------------------------------------------------------------


def test_told_to_stop_it_stops_cleanly_and_says_nothing_of_anybody(
    folder: Path, centre: Context, kiosk: Kiosk, port: int
) -> None:
    parcel = sealed(centre, packet(kiosk.kiosk_id))
    with serving(folder, port) as server:
        announce(server, kiosk, parcel)
        finish(server, kiosk, parcel, centre)
        waiting = server.line()
        waiting.connect()  # a kiosk that keeps its line open
        assert server.stop() == 0
        waiting.close()
        with pytest.raises(ConnectionRefusedError):
            server.line().connect()
    log = server.log.read_text()
    assert "Traceback" not in log
    assert not [word for word in (NIK, NAME, parcel.id, kiosk.kiosk_id, "/api/") if word in log]


def test_told_to_stop_in_an_upload_it_keeps_the_bytes_it_has(
    folder: Path, centre: Context, kiosk: Kiosk, port: int
) -> None:
    parcel = parcel_of(300_000)
    partial = centre.settings.uploads / parcel.id
    with serving(folder, port) as server:
        announce(server, kiosk, parcel)
        line = send_half(server, kiosk, parcel, 100_000)
        until("the bytes are on the disk", lambda: partial.stat().st_size >= 64 * 1024)
        assert server.stop() == 0
        line.close()
    held = partial.stat().st_size
    assert held >= 64 * 1024
    assert partial.read_bytes() == parcel.content[:held]
    with serving(folder, port) as server:
        finish(server, kiosk, parcel, centre)


def test_the_worker_admits_what_the_server_received_and_stops_cleanly(
    folder: Path, centre: Context, kiosk: Kiosk, port: int
) -> None:
    parcel = sealed(centre, packet(kiosk.kiosk_id))
    with serving(folder, port) as server:
        announce(server, kiosk, parcel)
        finish(server, kiosk, parcel, centre)
    worker = start(folder, "worker")
    try:
        until("it is admitted", lambda: len(rows(centre, sa.select(applications))) == 1)
        assert worker.stop() == 0
    finally:
        if worker.running.poll() is None:
            worker.kill()
    log = worker.log.read_text()
    assert f"application_admitted id={parcel.id}" in log
    assert not [word for word in (NIK, NAME) if word in log]


# --- lines that are not what they say -------------------------------------------------------------------------------


def raw(server: Process, sent: bytes) -> bytes:
    """What comes back for these bytes; the line is closed after them."""
    with socket.create_connection(("127.0.0.1", server.port), PATIENCE_S) as line:
        line.sendall(sent)
        line.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: line.recv(4096), b""))


def test_it_listens_on_loopback_and_speaks_only_what_it_should(
    folder: Path, centre: Context, kiosk: Kiosk, port: int
) -> None:
    stranger = Kiosk(kiosk.app, kiosk.kiosk_id, Ed25519PrivateKey.generate())
    with serving(folder, port) as server:
        status, _, body = server.send(stranger.request("PUT", "/heartbeat", b"{}", content_type="application/json"))
        assert (status, json.loads(body)["code"]) == (401, "kios_tidak_dikenal")
        assert raw(server, b"bukan HTTP\r\n\r\n").startswith(b"HTTP/1.1 400")
        twice = b"POST /api/v1/inquiries HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
        assert raw(server, twice).startswith(b"HTTP/1.1 400")
        assert raw(server, b"GET /masuk HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 9000 + b"\r\n\r\n").startswith(
            b"HTTP/1.1 4"
        )
        assert server.answers()
        listening = Path("/proc/net/tcp").read_text() + Path("/proc/net/tcp6").read_text()
        bound = [words.split()[1] for words in listening.splitlines() if f":{port:04X} " in words.split(" 0A ")[0]]
        assert {address.split(":")[0] for address in bound} == {"0100007F"}


def test_a_chunk_without_a_length_is_taken_as_well(folder: Path, centre: Context, kiosk: Kiosk, port: int) -> None:
    parcel = parcel_of(100_000)
    pieces = [parcel.content[at : at + 7_000] for at in range(0, 70_000, 7_000)]
    with serving(folder, port) as server:
        announce(server, kiosk, parcel)
        request, line = chunk(kiosk, parcel, 0, b""), server.line()
        line.request("PATCH", request.path, iter(pieces), request.headers, encode_chunked=True)
        assert line.getresponse().status == 204
        line.close()
        assert offset(server, kiosk, parcel) == 70_000
        finish(server, kiosk, parcel, centre)


def test_without_set_up_it_does_not_start(tmp_path: Path, port: int) -> None:
    (tmp_path / "centre").mkdir()
    process = start(tmp_path / "centre", "serve", "--port", str(port))
    assert process.running.wait(PATIENCE_S) != 0
    assert "run `python -m central setup`" in process.log.read_text()
