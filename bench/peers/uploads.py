"""Other ways to bring a file over a bad line: tuspy, one multipart form, rclone to a WebDAV server. They know nothing of ours.

Each ``send_…(way, packet_id, content)`` tries until the file is there, and gives up (False) after three times its bytes.
"""

import io
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from tests.faultproxy import FaultProxy
from tests.unit.uplink.village import free_port, wait_until

GIVE_UP = 3


@dataclass(frozen=True)
class Way:
    """The line to take, whom to trust there, and where to lay files down first."""

    line: FaultProxy
    pem: Path
    folder: Path

    @property
    def url(self) -> str:
        return self.line.url.replace("http://127.0.0.1", "https://localhost")

    def hopeless(self, size: int, before: int) -> bool:
        return self.line.counted.up - before > GIVE_UP * size


def send_tuspy(way: Way, packet_id: str, content: bytes, *, chunk: int | None = None) -> bool:
    """tus in chunks of that many bytes, or in one."""
    from tusclient.client import TusClient
    from tusclient.exceptions import TusCommunicationError

    client, location = TusClient(f"{way.url}/api/v1/uploads"), None
    before = way.line.counted.up
    given: dict[str, Any] = {"chunk_size": chunk} if chunk else {}
    while not way.hopeless(len(content), before):
        try:
            uploader = client.uploader(
                file_stream=io.BytesIO(content), metadata={"id": packet_id}, url=location, **given
            )
            if location is None:
                location = uploader.create_url()
                uploader.set_url(location)
            uploader.upload()
        except (TusCommunicationError, requests.RequestException):
            continue
        return True
    return False


def send_form(way: Way, packet_id: str, content: bytes) -> bool:
    """What most programs do: the whole file in one request, from the beginning after each cut."""
    before = way.line.counted.up
    while not way.hopeless(len(content), before):
        try:
            answer = requests.post(
                f"{way.url}/api/v1/form/{packet_id}", files={"packet": ("packet", content)}, verify=str(way.pem),
                timeout=(5, 20),
            )  # fmt: skip
        except requests.RequestException:
            continue
        if answer.status_code == 201:
            return True
    return False


def send_rclone(way: Way, packet_id: str, content: bytes) -> bool:
    """``rclone copyto`` to WebDAV, with its own retries."""
    file, before = way.folder / packet_id, way.line.counted.up
    file.write_bytes(content)
    words = ["rclone", "copyto", str(file), f":webdav:{packet_id}", "--webdav-url", way.url, "--ca-cert", str(way.pem),
             "--config", os.devnull, "--retries", "100000", "--low-level-retries", "1", "--contimeout", "5s",
             "--timeout", "20s", "--quiet"]  # fmt: skip
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while process.poll() is None and not way.hopeless(len(content), before):
            time.sleep(0.02)
    finally:
        process.kill()
        process.wait(10)
    return process.returncode == 0


@contextmanager
def webdav(folder: Path, pem: Path) -> Iterator[int | None]:
    """The port of ``rclone serve webdav`` over TLS; None where rclone is not installed."""
    if shutil.which("rclone") is None:
        yield None
        return
    port = free_port()
    folder.mkdir(exist_ok=True)
    words = ["rclone", "serve", "webdav", str(folder), "--addr", f"127.0.0.1:{port}", "--cert", str(pem),
             "--key", str(pem), "--config", os.devnull]  # fmt: skip
    server = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_until(lambda: _answers(port, pem))
        yield port
    finally:
        server.terminate()
        server.wait(10)


def _answers(port: int, pem: Path) -> bool:
    try:
        return requests.get(f"https://localhost:{port}/", verify=str(pem), timeout=2).ok
    except requests.RequestException:
        return False
