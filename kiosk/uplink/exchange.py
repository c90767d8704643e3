"""One signed request and its answer, whatever stands between: timeouts, limits, and whose answer it is.

Told apart by structure only (status, headers, whether the body is a Problem of ours), never by message text: the 200 of a
captive portal, a redirect, a proxy's 413 in HTML are nobody's answer, so nobody must act.
"""

import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import requests
import urllib3

from adminduk.clock import Clock
from adminduk.messages import MessageError, Problem
from kiosk.uplink.chunks import Chunks
from kiosk.uplink.errors import Busy, Refused, Unreachable, UplinkError
from kiosk.uplink.pace import Blocks, Cap
from kiosk.uplink.patience import PatientAdapter
from kiosk.uplink.signing import KioskSignature, Unsigned, measure

JSON, OCTETS = "application/json", "application/octet-stream"
_WAIT = (408, 423, 425, 429, 502, 503, 504)
_BLOCK = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Seconds and bytes. An upload leaves in pieces of 2 to 16 KiB; each must go within ``connect_s``. The centre holds a
    HEAD for up to 10 s; a chunk was chosen to take 8 s, at a quarter of that rate 32: both lie below ``silence_s``."""

    connect_s: float = 10.0
    silence_s: float = 60.0
    answer_s: float = 300.0
    answer_bytes: int = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer: below 300, or one that the caller expects."""

    status: int
    headers: Mapping[str, str]
    content: bytes = field(repr=False)

    @property
    def kind(self) -> str:
        return self.headers.get("Content-Type", "").split(";")[0].strip().lower()


class Exchange:
    """One keep-alive session with the centre. Not for two threads at once."""

    def __init__(
        self, url: str, signature: KioskSignature | Unsigned, clock: Clock, *, verify: str | bool = True,
        limits: Limits | None = None, alive: Callable[[], None] = lambda: None, most_bytes_s: float = 0.0,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:  # fmt: skip
        """``alive`` hears of every request and every piece of what goes and comes: much over a thin line is work, not a
        hang. ``most_bytes_s``: how fast bodies of packets may leave, 0 for as fast as they can."""
        self._base, self._signature, self._clock = url.rstrip("/") + "/api/v1", signature, clock
        self._limits, self._alive, self._pause = limits or Limits(), alive, pause
        self._cap, self.chunks = Cap(most_bytes_s, clock), Chunks(clock, most_bytes_s=most_bytes_s)
        self.skew: timedelta | None = None  # how far the centre's clock was ahead at its last word
        self._session = requests.Session()
        self._session.verify = verify
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, PatientAdapter())
        self._session.trust_env = False  # no proxy from the environment, no .netrc
        self._session.headers.clear()  # what says nothing to the centre would go along with every chunk
        self._session.headers.update({"Accept-Encoding": "identity", "User-Agent": "kios", "Tus-Resumable": "1.0.0"})

    def close(self) -> None:
        self._session.close()

    def call(
        self, method: str, path: str, *, body: bytes = b"", kind: str = "", headers: Mapping[str, str] | None = None,
        expected: tuple[int, ...] = (),
    ) -> Answer:  # fmt: skip
        """Signed, once more if the clock's skew was just learned. ``expected``: statuses that are answers, not troubles.

        Raises:
            Unreachable, Busy, Refused: see kiosk/uplink/errors.py.
        """
        sent = {**({"Content-Type": kind} if kind else {}), **(headers or {})}
        answer = self._once(method, path, body, sent)
        if answer.status == 401 and self._signature.learn_skew(answer.headers.get("Date")):
            answer = self._once(method, path, body, sent)
        if answer.status >= 300 and answer.status not in expected:
            raise trouble(answer)
        self.skew = measure(answer.headers.get("Date"), self._clock.now())
        return answer

    def _once(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """A PATCH goes as a stream, so that each piece, not the whole chunk, must leave within the timeout."""
        self._alive()
        deadline = self._clock.monotonic() + self._limits.answer_s
        with _line_troubles():
            response = self._session.request(
                method, self._base + path, data=self._stream(body) if method == "PATCH" else body,
                headers=dict(headers), auth=self._signature, timeout=(self._limits.connect_s, self._limits.silence_s),
                allow_redirects=False, stream=True,
            )  # fmt: skip
            with response:  # read to the end, even of a HEAD, or the connection is not kept
                content = self._read(response.raw, deadline)
        return Answer(response.status_code, response.headers, content)

    def _stream(self, body: bytes) -> Blocks:
        return Blocks(body, self.chunks.piece, self._before_piece)

    def _before_piece(self, count: int) -> None:
        self._alive()
        if wait := self._cap.wait_s(count):
            self._pause(wait)

    def _read(self, raw: urllib3.HTTPResponse, deadline: float) -> bytes:
        """The body, within the limits: a peer that drips a byte a minute does not hold the courier."""
        content = bytearray()
        while block := raw.read1(_BLOCK):
            content += block
            self._alive()
            if len(content) > self._limits.answer_bytes:
                raise Unreachable("jawaban_terlalu_besar")
            if self._clock.monotonic() > deadline:
                raise Unreachable("waktu_habis")
        return bytes(content)


def trouble(answer: Answer) -> UplinkError:
    """Which of the three it is."""
    problem = _problem(answer)
    if answer.status in _WAIT or (problem is not None and answer.status >= 500):
        return Busy(f"http_{answer.status}" if problem is None else problem.code, _retry_after(answer, problem))
    if problem is None:
        return Unreachable(f"bukan_pusat_{answer.status}")
    return Refused(problem.code)


def _problem(answer: Answer) -> Problem | None:
    try:
        return Problem.from_json(answer.content)
    except MessageError:
        return None


def _retry_after(answer: Answer, problem: Problem | None) -> float | None:
    """Seconds, from the header or the Problem; the header's date form counts as not said."""
    text = answer.headers.get("Retry-After", "")
    if text.isascii() and text.isdigit() and len(text) < 10:
        return float(text)
    return None if problem is None else problem.retry_after


@contextmanager
def _line_troubles() -> Iterator[None]:
    """The libraries' exceptions, by class, to ours."""
    try:
        yield
    except requests.exceptions.SSLError as error:
        raise Unreachable("tidak_tersambung" if _broke_off(error) else "sertifikat") from None
    except (requests.exceptions.Timeout, urllib3.exceptions.TimeoutError):
        raise Unreachable("waktu_habis") from None
    except (requests.exceptions.RequestException, urllib3.exceptions.HTTPError):
        raise Unreachable("tidak_tersambung") from None


def _broke_off(error: object) -> bool:
    """Whether a handshake ended because the line did; the reason lies some wrappings deep."""
    if isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError | ConnectionError):
        return True
    inner = (getattr(error, "reason", None), *getattr(error, "args", ()))
    return any(_broke_off(part) for part in inner if isinstance(part, Exception))
