"""The centre as a technician's command sees it: enrol, ask, a new key, leave. Small JSON messages over the courier's line."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from adminduk.clock import Clock
from adminduk.enrolments import EnrolAnswer, EnrolQuestion, EnrolRequest, Leave, Left, NewKey
from adminduk.messages import Message, MessageError
from kiosk.enrolment.configuring import EnrolmentError
from kiosk.uplink.errors import Unreachable
from kiosk.uplink.exchange import JSON, Answer, Exchange, Limits
from kiosk.uplink.signing import KioskSignature, Unsigned

LIMITS = Limits(connect_s=10.0, silence_s=30.0, answer_s=60.0, answer_bytes=256 * 1024)
_LOOPBACK = ("127.0.0.1", "::1", "localhost")

M = TypeVar("M", bound=Message)
Connect = Callable[[Ed25519PrivateKey], "Registrar"]


class Registrar:
    """Raises Unreachable, Busy and Refused as kiosk/uplink/errors.py says."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    @classmethod
    def at(
        cls, url: str, clock: Clock, *, ca_file: Path | None, signature: KioskSignature | None = None,
        limits: Limits = LIMITS,
    ) -> "Registrar":  # fmt: skip
        """Raises EnrolmentError ``alamat_tanpa_tls``: in the clear only on this machine."""
        parts = urlsplit(url)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
            raise EnrolmentError("alamat_tanpa_tls")
        verify = str(ca_file) if ca_file else True
        return cls(Exchange(url, signature or Unsigned(), clock, verify=verify, limits=limits))

    def close(self) -> None:
        self._exchange.close()

    def enrol(self, request: EnrolRequest) -> EnrolAnswer:
        return _read(EnrolAnswer, self._post("/enrol", request))

    def ask(self, question: EnrolQuestion) -> EnrolAnswer:
        return _read(EnrolAnswer, self._post("/enrol/status", question))

    def offer(self, new: NewKey) -> None:
        """The same again changes nothing."""
        if self._exchange.call("PUT", "/key", body=new.to_json(), kind=JSON).status != 204:
            raise Unreachable("bukan_pusat")

    def leave(self, message: Leave) -> Left:
        return _read(Left, self._post("/move", message))

    def reach(self) -> None:
        """Whether somebody answers as the centre does."""
        if self._exchange.call("GET", "/health").content != b'{"v":1}':
            raise Unreachable("bukan_pusat")

    def _post(self, path: str, message: Message) -> Answer:
        return self._exchange.call("POST", path, body=message.to_json(), kind=JSON)


def _read(kind: type[M], answer: Answer) -> M:
    try:
        return kind.from_json(answer.content)
    except MessageError:
        raise Unreachable("bukan_pusat") from None
