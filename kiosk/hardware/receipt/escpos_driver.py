"""A real receipt printer through python-escpos: TCP or serial. Status first, fence last, troubles as values.

Data sent to a printer that is out of paper is accepted and prints after the refill, for the next villager: so nothing is
sent unless the printer says it can print, and what stays unfenced is Doubtful and never sent again by itself.
"""

import logging
import socket
from collections.abc import Callable
from contextlib import suppress
from threading import RLock
from typing import Any

from kiosk.hardware.health import PRINTED, Condition, Health, Outcome, PrintResult
from kiosk.hardware.receipt.models import PLAINEST, Model, named
from kiosk.hardware.receipt.protocol import Slip
from kiosk.hardware.receipt.render import FENCE, render
from kiosk.hardware.receipt.status import QUERIES, summarise

log = logging.getLogger(__name__)

ANSWER_S, FENCE_S = 1.0, 8.0
SLICE = 512
MODEL_NAME, LONGEST_NAME = b"\x1dI\x43", 80

Connect = Callable[[], Any]


def troubles() -> tuple[type[BaseException], ...]:
    """Every way in which a line to a printer breaks."""
    import serial
    from escpos.exceptions import Error

    return (OSError, Error, serial.SerialException)


class EscposReceiptPrinter:
    """``connect`` opens a python-escpos printer; it is called again whenever the line was lost. ``model``: None asks the
    printer each time the line opens, because another one may hang there after a repair."""

    def __init__(self, connect: Connect, model: Model | None, *, fence_s: float = FENCE_S) -> None:
        self._connect, self._model, self._fence_s = connect, model or PLAINEST, fence_s
        self._asks = model is None
        self._printer: Any = None
        self._last: Health | None = None
        self._lock = RLock()

    def state(self) -> Health:
        with self._lock:
            return self._noted(self._read_state())

    def print(self, slip: Slip) -> PrintResult:
        with self._lock:
            health = self.state()
            if not health.usable:
                return PrintResult(Outcome.REFUSED, health.code, health.evidence)
            return self._send(render(slip, self._model))

    def close(self) -> None:
        with self._lock:
            printer, self._printer = self._printer, None
            if printer is not None:
                with suppress(*troubles()):
                    printer.close()

    def __repr__(self) -> str:
        return f"<EscposReceiptPrinter {self._model.name}>"

    def _read_state(self) -> Health:
        try:
            self._open()
            return summarise({n: self._ask(query) for n, query in QUERIES.items()})
        except troubles() as error:
            self.close()
            return Health(Condition.ABSENT, "receipt.absent", type(error).__name__)

    def _send(self, data: bytes) -> PrintResult:
        """From the first byte on, a break may have left something on paper."""
        try:
            for at in range(0, len(data), SLICE):
                self._printer._raw(data[at : at + SLICE])
            fenced = self._ask(FENCE, wait_s=self._fence_s)
        except troubles() as error:
            self.close()
            return PrintResult(Outcome.DOUBTFUL, "receipt.interrupted", type(error).__name__)
        return PRINTED if fenced else self._unfenced()

    def _unfenced(self) -> PrintResult:
        """No answer to the fence: the printer holds the job, or cannot answer. Ask why; either way it may still print."""
        health = self._read_state()
        held = health.condition in (Condition.FAULT, Condition.BUSY)
        return PrintResult(Outcome.DOUBTFUL, "receipt.held" if held else "receipt.silent", health.code)

    def _open(self) -> None:
        if self._printer is None:
            printer = self._connect()
            printer.open()
            self._printer = printer
            if self._asks:
                self._identify()

    def _identify(self) -> None:
        """Which model hangs here. One that does not say prints what every printer can."""
        first, answer = self._ask(MODEL_NAME), b""
        while first and first != b"\0" and len(answer) < LONGEST_NAME:
            answer += first
            first = read_byte(self._printer.device, ANSWER_S)
        self._model = named(answer)
        log.info("receipt_model name=%s", self._model.name)

    def _ask(self, query: bytes, *, wait_s: float = ANSWER_S) -> bytes | None:
        """Send a query, take at most one byte; silence is None, a broken line an exception."""
        self._drain()
        self._printer._raw(query)
        return read_byte(self._printer.device, wait_s)

    def _drain(self) -> None:
        """Late answers to earlier questions are thrown away."""
        while read_byte(self._printer.device, 0.0):
            pass

    def _noted(self, health: Health) -> Health:
        """Log edges only."""
        if health != self._last:
            log.info("receipt_state condition=%s code=%s evidence=%s", health.condition, health.code, health.evidence)
        self._last = health
        return health


def read_byte(device: Any, wait_s: float) -> bytes | None:
    """One byte from a socket or a serial port within ``wait_s`` seconds; None when it stays silent. Raises OSError when the
    other side is gone."""
    if isinstance(device, socket.socket):
        return _read_socket(device, wait_s)
    device.timeout = wait_s
    return device.read(1) or None


def _read_socket(device: socket.socket, wait_s: float) -> bytes | None:
    before = device.gettimeout()
    device.settimeout(wait_s)
    try:
        byte = device.recv(1)
    except (TimeoutError, BlockingIOError):
        return None
    finally:
        device.settimeout(before)
    if not byte:
        raise ConnectionResetError("printer closed the line")
    return byte
