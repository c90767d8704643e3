"""A reading that is asked for in a thread of its own, so that a device that hangs never hangs the screen."""

import logging
from collections.abc import Callable
from threading import Event, Lock, Thread
from typing import Generic, TypeVar

from adminduk.clock import Clock

log = logging.getLogger(__name__)

Reading = TypeVar("Reading")


class Polled(Generic[Reading]):
    """``ask`` every ``every_s`` seconds; ``latest`` gives the newest answer at once.

    ``silent``: what stands in when the last answer is older than ``patience_s`` (the device hangs); ``first``: until there
    is one. A question that fails is no answer, and the next one is asked: a device that comes back is seen again. Each
    kind of failure is logged once until all is well again.
    """

    def __init__(
        self, ask: Callable[[], Reading], *, first: Reading, silent: Reading, clock: Clock, every_s: float = 1.5,
        patience_s: float = 30.0,
    ) -> None:  # fmt: skip
        self._ask, self._silent, self._clock = ask, silent, clock
        self._every_s, self._patience_s = every_s, patience_s
        self._lock, self._over, self._again = Lock(), False, Event()
        self._newest, self._at = first, clock.monotonic()
        Thread(target=self._run, name="polled", daemon=True).start()

    def latest(self) -> Reading:
        with self._lock:
            late = self._clock.monotonic() - self._at > self._patience_s
            return self._silent if late else self._newest

    def refresh(self) -> None:
        """Something was done with the device: ask now, not at the next round."""
        self._again.set()

    def close(self) -> None:
        """The thread ends after the answer that it waits for."""
        self._over = True
        self._again.set()

    def _run(self) -> None:
        failures = set[str]()
        while not self._over:
            self._again.clear()
            try:
                answer = self._ask()
            except Exception as error:  # noqa: BLE001 - whatever a library makes of a device that was torn out
                if (kind := type(error).__name__) not in failures:
                    log.warning("poll_failed kind=%s", kind)
                failures.add(kind)
            else:
                if failures:
                    log.info("poll_answered failed_before=%s", ",".join(sorted(failures)))
                    failures.clear()
                with self._lock:
                    self._newest, self._at = answer, self._clock.monotonic()
            if not self._over:
                self._again.wait(self._every_s)
