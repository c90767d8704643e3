"""A real scanner through SANE's ``scanimage``: one killable process for each listing and each scan.

Nothing is held between scans, and the device is looked for anew each time by backend, model and serial number: its SANE
name changes with every power cycle. What libsane does in there (hang, spin, crash) never reaches the kiosk's process.
"""

import logging
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Event, Lock

from adminduk.clock import Clock
from kiosk.hardware.health import READY, Condition, Health
from kiosk.hardware.scanner.child import Cut, Ended, Limits, run
from kiosk.hardware.scanner.listing import FORMAT, Listed, Wanted, find, parse
from kiosk.hardware.scanner.memory import Memory
from kiosk.hardware.scanner.models import find as habits_of
from kiosk.hardware.scanner.protocol import ScanResult, Source
from kiosk.hardware.scanner.reasons import feed_stopped, from_exit, last_line, never_opened, ran_out
from kiosk.hardware.scanner.usb import THIS_MACHINE, Machine
from kiosk.hardware.scanner.workplace import PATTERN, Workplace, sweep, workplace

log = logging.getLogger(__name__)

MOST_SHEETS = 20
SCAN = Limits(deadline_s=240.0, silence_s=45.0)  # an old lamp warms up for half a minute without a byte
LISTING = Limits(deadline_s=8.0, silence_s=8.0, grace_s=0.5)
FRESH_S = 15.0  # how long the state believes a listing, which wakes some devices
_CUTS = {Cut.HUNG: "scanner.hung", Cut.FLOOD: "scanner.failed", Cut.STOPPED: "scanner.stopped"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """``source``: the usual one. ``options``: more words for scanimage. ``runtime``: where working folders are made.
    ``configuration``: SANE's configuration folders; empty means the system's."""

    wanted: Wanted
    runtime: Path
    source: Source = Source.FLATBED
    options: tuple[str, ...] = ()
    configuration: str = ""
    program: str = "scanimage"
    machine: Machine = field(default=THIS_MACHINE)
    scan_limits: Limits = SCAN
    listing_limits: Limits = LISTING
    most_sheets: int = MOST_SHEETS
    fresh_s: float = FRESH_S


@dataclass(frozen=True, slots=True)
class Sighting:
    """What a listing gave: the device, or why there is none."""

    device: Listed | None = None
    code: str = ""
    evidence: str = ""


class SaneScanner:
    """One scanner. Thread-safe: a second scan at the same time is refused as busy."""

    def __init__(self, setup: Setup, *, clock: Clock) -> None:
        self._setup, self._clock = setup, clock
        self._memory = Memory(interrupted=sweep(setup.runtime))
        self._seen, self._seen_at = Sighting(), float("-inf")
        self._last: Health | None = None
        self._turn, self._stop, self._closed = Lock(), Event(), Event()
        self._beginning = Lock()  # a stop that comes while a scan begins is for that scan
        self._looking = Lock()  # a scan waits for a listing, a state does not

    def __repr__(self) -> str:
        return f"<SaneScanner {self._setup.wanted.backend}{' closed' if self._closed.is_set() else ''}>"

    # --- what the kiosk sees ------------------------------------------------------------------------------------------

    def state(self) -> Health:
        if self._looking.acquire(blocking=False):
            try:
                if self._is_stale() and not self._turn.locked():
                    self._look()
            finally:
                self._looking.release()
        if self._turn.locked():
            return Health(Condition.BUSY, evidence="scanning")
        return self._noted(self._health())

    def scan(self, source: Source | None = None) -> ScanResult:
        with self._beginning:
            if not self._turn.acquire(blocking=False):
                return ScanResult(code="scanner.busy", evidence="this kiosk is scanning")
            self._stop.clear()
        try:
            began = self._clock.monotonic()
            result = self._scan(source or self._setup.source)
            taken = self._clock.monotonic() - began
            event = "scanner_scan code=%s pages=%d seconds=%.1f evidence=%s"
            log.info(event, result.code, len(result.pages), taken, result.evidence)
            return result
        finally:
            self._turn.release()

    def stop(self) -> None:
        with self._beginning:
            self._stop.set()

    def close(self) -> None:
        self._closed.set()
        self.stop()

    # --- where it is --------------------------------------------------------------------------------------------------

    def _is_stale(self) -> bool:
        """Too old, or its device file has gone since: an unplugged cable is seen at once."""
        node = self._setup.machine.node(self._seen.device.name) if self._seen.device else None
        gone = node is not None and not node.exists()
        return gone or self._clock.monotonic() - self._seen_at > self._setup.fresh_s

    def _look(self) -> Sighting:
        """List the backend's devices and find ours. One at a time."""
        with workplace(self._setup.runtime, backend=self._setup.wanted.backend) as place:
            ended = self._run(place, ("-f", FORMAT), self._setup.listing_limits)
        before, self._seen = self._seen, self._sighting(ended)
        self._seen_at = self._clock.monotonic()
        renamed = before.device and self._seen.device and before.device.name != self._seen.device.name
        if renamed or self._seen.code == "scanner.absent":
            self._memory.went_away()
        return self._seen

    def _sighting(self, ended: Ended) -> Sighting:
        if ended.cut is not None or ended.status:
            return Sighting(None, _code(ended), _evidence(ended))
        device = find(parse(ended.printed.decode(errors="replace")), self._setup.wanted, self._setup.machine)
        return Sighting(device, "" if device else "scanner.absent", "" if device else "not listed")

    def _health(self) -> Health:
        if self._seen.code == "scanner.absent":
            return Health(Condition.ABSENT, "scanner.absent", self._seen.evidence)
        if self._seen.code:
            return Health(Condition.FAULT, self._seen.code, self._seen.evidence)
        if self._seen.device is None:
            return Health(Condition.UNKNOWN, evidence="looking")
        return Health(Condition.ATTENTION, self._memory.code) if self._memory.code else READY

    # --- one scan -----------------------------------------------------------------------------------------------------

    def _scan(self, source: Source) -> ScanResult:
        if self._closed.is_set():
            return ScanResult(code="scanner.stopped", evidence="closed")
        with self._looking:
            seen = self._look()
        if self._stop.is_set():
            return self._memory.after(ScanResult(code="scanner.stopped", evidence="before it began"), source)
        if seen.device is None:
            return self._memory.after(ScanResult(code=seen.code, evidence=seen.evidence), source)
        if source is Source.FEEDER and self._memory.must_ask():
            return ScanResult(code="scanner.paper_left", evidence="left by a scan that broke off", paper_left=True)
        return self._memory.after(self._read(seen.device, source), source)

    def _read(self, device: Listed, source: Source) -> ScanResult:
        pages = 1 if source is Source.FLATBED else self._setup.most_sheets
        backend = self._setup.wanted.backend
        with workplace(self._setup.runtime, backend=backend, purpose=source, pages=pages) as place:
            words = (*habits_of(backend).words(source), *self._setup.options)
            batch = (f"--batch={PATTERN}", f"--batch-count={pages}", "--format=jpeg", f"--device-name={device.name}")
            ended = self._run(place, (*batch, *words), self._setup.scan_limits, stopped=self._stop.is_set)
            whole = tuple(page for number, page in enumerate(ended.poured, 1) if place.is_whole(number))
        result = judged(ended, whole, source=source, most=pages)
        if result.code == "scanner.busy":
            return replace(result, evidence=f"{result.evidence} {self._who_holds(device)}".strip())
        return result

    def _who_holds(self, device: Listed) -> str:
        node = self._setup.machine.node(device.name)
        return f"held by {', '.join(self._setup.machine.holders(node)) or 'nobody we see'}" if node else ""

    def _run(
        self, place: Workplace, words: Sequence[str], limits: Limits, *, stopped: Callable[[], bool] = lambda: False
    ) -> Ended:
        return run(
            (self._setup.program, *words), limits=limits, clock=self._clock, environment=self._environment(place),
            folder=place.folder, inlets=place.inlets, stopped=stopped,
        )  # fmt: skip

    def _environment(self, place: Workplace) -> Mapping[str, str]:
        """Our dll.conf comes first; an empty end means the system's folders."""
        return {**os.environ, "LC_ALL": "C", "SANE_CONFIG_DIR": f"{place.folder}:{self._setup.configuration}"}

    def _noted(self, health: Health) -> Health:
        """Log edges only."""
        if health != self._last:
            log.info("scanner_state condition=%s code=%s evidence=%s", health.condition, health.code, health.evidence)
        self._last = health
        return health


def judged(ended: Ended, pages: tuple[bytes, ...], *, source: Source, most: int) -> ScanResult:
    """What a finished scanimage has brought. A stopped scan keeps nothing; a stack of ``most`` sheets may have more."""
    code, evidence = _code(ended), _evidence(ended)
    if code == "scanner.no_paper" and pages:
        code = ""  # the end of the stack
    elif not code and not pages:
        code, evidence = "scanner.failed", f"no picture came; {last_line(ended.said)}"
    elif not code and source is Source.FEEDER:
        code, evidence = unfinished(len(pages), most, ended.said)
    opened = ended.cut is not None or not never_opened(ended.status, ended.said)
    left = feed_stopped(code, source=source, opened=opened)
    kept = () if code == "scanner.stopped" else pages
    return ScanResult(kept, code, evidence.removesuffix("; ") if code else "", left)


def unfinished(pages: int, most: int, said: str) -> tuple[str, str]:
    """Code and evidence for a stack that scanimage left with 0: a broken pipe, too, makes it leave so, in mid-stack."""
    if pages == most:
        return "scanner.paper_left", f"stopped after {most} sheets"
    return ("", "") if ran_out(said) else ("scanner.failed", f"broke off; {last_line(said)}")


def _code(ended: Ended) -> str:
    return from_exit(ended.status, ended.said) if ended.cut is None else _CUTS[ended.cut]


def _evidence(ended: Ended) -> str:
    how = f"exit {ended.status}" if ended.cut is None else f"cut: {ended.cut}"
    return f"{how}; {last_line(ended.said)}".removesuffix("; ")
