"""Servers that are not the centre, or lie: portals, proxies, drippers, forgers. Only for what the real centre never does."""

import base64
import hashlib
import json
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from adminduk.messages import Announced, Announcement, Problem, Receipt, StaffRoster, sign_receipt, sign_roster

JSON = {"Content-Type": "application/json"}
HTML = {"Content-Type": "text/html"}


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def packet_id(self) -> str:
        return self.path.removesuffix("/receipt").rsplit("/", 1)[-1]


@dataclass(frozen=True)
class Reply:
    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


Answering = Callable[[Request], Reply | None]


class Stranger:
    """Answers what ``answering`` says; None resets the connection. ``heard`` keeps every request."""

    def __init__(self, answering: Answering) -> None:
        self.answering, self.heard = answering, list[Request]()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        stranger = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_one(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                request = Request(self.command, self.path.removeprefix("/api/v1"), dict(self.headers), body)
                stranger.heard.append(request)
                reply = stranger.answering(request)
                if reply is None:
                    self.close_connection = True
                    self.connection.shutdown(socket.SHUT_RDWR)
                else:
                    self.say(reply)

            def say(self, reply: Reply) -> None:
                self.send_response(reply.status)
                for name, value in {"Content-Length": str(len(reply.body)), **reply.headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(reply.body)

            def log_message(self, *_: Any) -> None:
                """Quiet."""

        for method in ("GET", "PUT", "POST", "HEAD", "PATCH"):
            setattr(Handler, f"do_{method}", Handler.handle_one)
        return Handler


def problem(status: int, code: str, retry_after: int | None = None, **headers: str) -> Reply:
    return Reply(status, Problem(code=code, retry_after=retry_after).to_json(), {**JSON, **headers})


SMALL = {"heartbeat": Reply(204), "inquiries": Reply(200, b"opaque", {"Content-Type": "application/octet-stream"})}

NOBODY = StaffRoster(desa="3312122001", issued_at="2026-11-21T02:00:00.000000Z", valid_days=30, staff=())


@dataclass
class Forger:
    """Speaks the wire well enough to get to its lie: ``lies`` maps (method, first word of the path) to a lying answer."""

    key: Ed25519PrivateKey
    lies: dict[tuple[str, str], Answering] = field(default_factory=dict)
    announced: dict[str, Announcement] = field(default_factory=dict)
    held: dict[str, bytes] = field(default_factory=dict)
    roster: StaffRoster = NOBODY

    def __call__(self, request: Request) -> Reply | None:
        word = "receipt" if request.path.endswith("/receipt") else request.path.strip("/").split("/")[0]
        lie = self.lies.get((request.method, word))
        return lie(request) if lie else self.honest(request.method, word, request)

    def honest(self, method: str, word: str, request: Request) -> Reply:
        if word in SMALL:
            return SMALL[word]
        if word == "staff":
            return Reply(200, sign_roster(self.roster, self.key).to_json(), JSON)
        if word == "receipt":
            return self.receipt(request)
        if word == "packets":
            message = Announcement.from_json(request.body)
            self.announced[message.id] = message
            state = Announced(id=message.id, state="announced", offset=len(self.held.get(message.id, b"")))
            return Reply(201, state.to_json(), JSON)
        if method == "POST":
            named = base64.b64decode(request.headers["Upload-Metadata"].removeprefix("id ")).decode()
            self.held[named] = b""
            return Reply(201, b"", {"Location": f"/api/v1/uploads/{named}"})
        if request.packet_id not in self.held:
            return Reply(404)
        self.held[request.packet_id] += request.body
        offset = {"Upload-Offset": str(len(self.held[request.packet_id]))}
        return Reply(204 if method == "PATCH" else 200, b"", offset)

    def receipt(self, request: Request, **changes: Any) -> Reply:
        content = self.held[request.packet_id]
        facts: dict[str, Any] = {
            "id": request.packet_id, "sha256": hashlib.sha256(content).hexdigest(), "size": len(content),
            "received_at": "2026-11-21T03:00:00.000000Z", "centre": "dukcapil",
        }  # fmt: skip
        return Reply(200, sign_receipt(Receipt(**{**facts, **changes}), self.key).to_json(), JSON)


def as_json(value: object) -> bytes:
    return json.dumps(value).encode()
