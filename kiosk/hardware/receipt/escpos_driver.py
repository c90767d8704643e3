"""A real receipt printer over TCP, serial or USB. Status first, fence last, troubles as values.

Data sent to a printer that is out of paper is accepted and prints after the refill, for the next villager: so nothing is
sent unless the printer says it can print, long slips go in pieces with a question after each, and what stays unfenced is
Doubtful and never sent again by itself.
"""

import errno
import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from threading import RLock

from kiosk.hardware.enrolled import whereabouts
from kiosk.hardware.errors import errno_of
from kiosk.hardware.health import PRINTED, Condition, Health, Outcome, PrintResult
from kiosk.hardware.holders import named as held_by
from kiosk.hardware.plugged import Miss, Missed
from kiosk.hardware.receipt.asking import ANSWER_S, ask, ask_name, forgets
from kiosk.hardware.receipt.lines import Line, Unfit, troubles
from kiosk.hardware.receipt.models import MODELS, PLAINEST, Model, named, told
from kiosk.hardware.receipt.protocol import Slip
from kiosk.hardware.receipt.render import FENCE, Piece, after_an_abort, slices
from kiosk.hardware.receipt.status import QUERIES, Kind, summarise

log = logging.getLogger(__name__)

FENCE_S = 8.0
CHUNK = 512  # of a write: 0.5 s at 9600 baud
_DENIED, _HELD = (errno.EACCES, errno.EPERM), (errno.EBUSY, errno.EAGAIN)
_PRINTS = (Condition.READY, Condition.ATTENTION)
_MISSED = {Miss.MOVED: "receipt.moved", Miss.OTHER: "receipt.swapped", Miss.ALIKE: "receipt.swapped"}

STUCK = Health(Condition.UNKNOWN, "receipt.silent", "takes nothing")

Connect = Callable[[], Line]
Whereabouts = Callable[[Path], Missed | None]


class EscposReceiptPrinter:
    """``connect`` makes a line that is not open yet; it is called again whenever one was lost. ``model``: None takes what the
    printer says it is; otherwise one that says it is of another width or kind is not the enrolled one. ``whereabouts``: why
    the enrolled name of a device file is not there."""

    def __init__(
        self, connect: Connect, model: Model | None, *, fence_s: float = FENCE_S, whereabouts: Whereabouts = whereabouts
    ) -> None:
        self._connect, self._enrolled, self._fence_s, self._whereabouts = connect, model, fence_s, whereabouts
        self._model = model or PLAINEST
        self._line: Line | None = None
        self._up = False
        self._asked_name, self._stranger = False, Health(Condition.READY)
        self._lost = 0  # a slip broke off, maybe inside a command of so many bytes
        self._last: Health | None = None
        self._lock = RLock()

    @property
    def model(self) -> Model:
        """As it was enrolled, or as the printer told."""
        return self._model

    def state(self) -> Health:
        with self._lock:
            return self._noted(self._read_state())

    def print(self, slip: Slip) -> PrintResult:
        with self._lock:
            health = self.state()
            if not health.usable or not self._up or self._line is None:
                return PrintResult(Outcome.REFUSED, health.code, health.evidence)
            pieces = slices(slip, self._model)
            if self._lost:
                pieces = (after_an_abort(self._lost, self._model), *pieces)
            return self._send(self._line, pieces, answers=health.condition in _PRINTS)

    def close(self) -> None:
        with self._lock:
            line, self._line, self._up = self._line, None, False
            self._asked_name, self._stranger = False, Health(Condition.READY)
            if line is not None:
                with suppress(*troubles()):
                    line.close()

    def __repr__(self) -> str:
        return f"<EscposReceiptPrinter {self._model.name}>"

    # --- its state ----------------------------------------------------------------------------------------------------

    def _read_state(self) -> Health:
        line = self._line = self._line or self._connect()
        try:
            if not self._up:
                line.open()
                self._up = True
            health = summarise({n: ask(line, query, Kind.STATUS, ANSWER_S) for n, query in QUERIES.items()})
            return self._recognised(line, health)
        except Unfit as unfit:
            self.close()
            return unfit.health
        except troubles() as error:
            was_up = self._up
            self.close()
            return STUCK if was_up and timed_out(error) else why(error, line.node, self._whereabouts)

    def _recognised(self, line: Line, health: Health) -> Health:
        """Asked once a line, and only while it prints: the question waits behind what is held."""
        if health.condition not in _PRINTS:
            return health
        if not self._asked_name:
            self._recognise(ask_name(line))
            self._asked_name = True
        return health if self._stranger.condition is Condition.READY else self._stranger

    def _recognise(self, answer: bytes) -> None:
        """One that does not say what it is, or says what no row knows, is taken for the enrolled one."""
        if self._enrolled is None:
            self._model = named(answer)
            log.info("receipt_model name=%s", self._model.name)
        elif not MODELS.get(told(answer), self._enrolled).prints_like(self._enrolled):
            evidence = f"enrolled {self._enrolled.name}, this is {told(answer)}"
            self._stranger = Health(Condition.FAULT, "receipt.swapped", evidence)

    def _noted(self, health: Health) -> Health:
        """Log edges only."""
        if health != self._last:
            log.info("receipt_state condition=%s code=%s evidence=%s", health.condition, health.code, health.evidence)
        self._last = health
        return health

    # --- one slip -----------------------------------------------------------------------------------------------------

    def _send(self, line: Line, pieces: Sequence[Piece], *, answers: bool) -> PrintResult:
        """From the first byte on, a break may have left something on paper. A printer that ``answers`` is asked after each
        piece whether it has got so far, so that never more than one piece waits in it."""
        try:
            for number, piece in enumerate(pieces, 1):
                self._lost = piece.longest
                for at in range(0, len(piece.data), CHUNK):
                    line.write(piece.data[at : at + CHUNK])
                goes_on = number < len(pieces) and not answers
                if not goes_on and ask(line, FENCE, Kind.PAPER, self._fence_s) is None:
                    return self._unfenced(line)
        except troubles() as error:
            self.close()
            return PrintResult(Outcome.DOUBTFUL, "receipt.interrupted", type(error).__name__)
        self._lost = 0
        return PRINTED

    def _unfenced(self, line: Line) -> PrintResult:
        """The printer holds the slip, or cannot answer. Ask why; one that holds it is told to forget it, else it comes out for
        the next villager."""
        health = self._read_state()
        if health.condition not in (Condition.FAULT, Condition.ABSENT):
            self._lost = 0
            return PrintResult(Outcome.DOUBTFUL, "receipt.silent", health.code)
        code = "receipt.interrupted" if self._line is not line or forgets(line) else "receipt.held"
        log.warning("receipt_aborted code=%s cause=%s", code, health.code)
        return PrintResult(Outcome.DOUBTFUL, code, health.code)


def timed_out(error: BaseException) -> bool:
    return isinstance(error, TimeoutError) or errno_of(error) == errno.ETIMEDOUT


def why(error: BaseException, node: Path | None, whereabouts: Whereabouts) -> Health:
    """A line that could not be opened, or broke, as a state with what the technician needs."""
    number = errno_of(error)
    if number in _DENIED:
        return Health(Condition.FAULT, "receipt.denied", str(node or ""))
    if number in _HELD and node is not None:
        return Health(Condition.FAULT, "receipt.busy", held_by(node))
    missed = whereabouts(node) if node is not None else None
    if missed is not None and missed.miss in _MISSED:
        return Health(Condition.FAULT, _MISSED[missed.miss], missed.evidence)
    return Health(Condition.ABSENT, "receipt.absent", errno.errorcode.get(number, type(error).__name__))
