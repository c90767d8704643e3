"""A test on its way: how each begins, and what a person says of it. What it waits for stands in ``looking``.

A print is made once, through the ledger; its own code, read back, settles what the printer could not say. What is shown in
vain is told and not recorded: only a verdict is.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from threading import Thread

import blanks
from kiosk.hardware.health import Health, Outcome
from kiosk.hardware.power.protocol import Mains
from kiosk.session.ledger import settle
from kiosk.session.parts import Parts
from kiosk.session.scanning import Scan
from kiosk.session.technician import printing, verdicts
from kiosk.session.technician.verdicts import Verdict
from kiosk.store import PrintJob, PrintState

KINDS: Mapping[str, str] = {
    "receipt": "print", "paper": "print", "camera": "target", "scanner": "scan", "codes": "read", "power": "unplug",
    "disk": "canary",
}  # fmt: skip
HOW = "terbaca_kamera"


class Stage(StrEnum):
    SHOW = "show"  # the slip, to the camera or the code reader
    TIDY = "tidy"  # is it cut well? a person says
    LAY = "lay"  # the sheet, under the camera or on the scanner
    SCANNING = "scanning"
    READ = "read"  # the code on the screen, by the code reader
    HEARD = "heard"  # did it beep? a person says
    UNPLUG = "unplug"
    WRITING = "writing"
    DONE = "done"


class Canary:
    """The disk is written to in a thread, because a dying one may hang. ``result`` is None until it answers."""

    def __init__(self, send: Callable[[], Health]) -> None:
        self.result: Health | None = None
        self._send = send
        Thread(target=self._run, name="canary", daemon=True).start()

    def _run(self) -> None:
        self.result = self._send()


@dataclass(slots=True)
class Trial:
    """One test on its way. ``note``: what is told at once; ``verdict`` ends it."""

    device: str
    stage: Stage
    begun: float
    code: str = ""
    others: frozenset[str] = frozenset()  # codes of this bench's earlier slips: as good for the code reader
    job: PrintJob | None = None
    note: str = ""
    scan: Scan | None = field(default=None, repr=False)
    canary: Canary | None = field(default=None, repr=False)
    verdict: Verdict | None = None
    recorded: bool = False

    def end(self, *codes: str, **numbers: object) -> None:
        self.finish(Verdict(codes=codes, numbers=numbers))

    def finish(self, verdict: Verdict) -> None:
        self.stage, self.verdict, self.note = Stage.DONE, verdict, ""

    def stop(self) -> None:
        """Nobody waits for it any more."""
        if self.scan is not None:
            self.scan.stop()
            self.scan = None


# --- how each begins --------------------------------------------------------------------------------------------------


def begin(parts: Parts, device: str, others: frozenset[str] = frozenset()) -> Trial:
    """Raises KeyError for a device without a test."""
    stage, start = _BEGIN[device]
    code = verdicts.new_code(parts.dice.token_bytes(8))
    trial = Trial(device=device, stage=stage, begun=parts.clock.monotonic(), code=code, others=others)
    start(trial, parts)
    return trial


def _print_slip(trial: Trial, parts: Parts) -> None:
    trial.job, result = printing.print_slip(parts, printing.target_slip(parts, trial.code))
    parts.codes.clear()
    if result.outcome is Outcome.REFUSED:
        trial.end(result.code)


def _print_sheet(trial: Trial, parts: Parts) -> None:
    try:
        pdf = printing.target_sheet(parts, trial.code)
    except blanks.FormError:
        trial.end("tidak_dibuat")
        return
    trial.job, result = printing.print_sheet(parts, pdf)
    if result.outcome is Outcome.REFUSED:
        trial.end(result.code)


def _wait(_trial: Trial, _parts: Parts) -> None:
    """A hand is next."""


def _empty_reader(_trial: Trial, parts: Parts) -> None:
    parts.codes.clear()


def _with_mains(trial: Trial, parts: Parts) -> None:
    state = parts.power.state()
    if state.mains is Mains.NO:
        trial.note = "sudah_baterai"
    elif state.mains is Mains.UNKNOWN:
        trial.end(state.health.code or "tidak_menjawab")


def _send_canary(trial: Trial, parts: Parts) -> None:
    trial.canary = Canary(parts.toolbox.canary)


_BEGIN: Mapping[str, tuple[Stage, Callable[[Trial, Parts], None]]] = {
    "receipt": (Stage.SHOW, _print_slip),
    "paper": (Stage.LAY, _print_sheet),
    "camera": (Stage.LAY, _wait),
    "scanner": (Stage.LAY, _wait),
    "codes": (Stage.READ, _empty_reader),
    "power": (Stage.UNPLUG, _with_mains),
    "disk": (Stage.WRITING, _send_canary),
}


# --- what a person says -----------------------------------------------------------------------------------------------

SAID: Mapping[str, tuple[Stage, ...]] = {
    "baik": (Stage.TIDY, Stage.HEARD),
    "tidak_rapi": (Stage.TIDY,),
    "tidak_bunyi": (Stage.HEARD,),
    "tidak_keluar": (Stage.SHOW, Stage.LAY),
    "kode_tak_terbaca": (Stage.SHOW, Stage.READ),
}


def say(trial: Trial, parts: Parts, word: str) -> None:
    """What only a person can tell; nonsense, or a word that means nothing now, changes nothing."""
    if trial.stage not in SAID.get(word, ()) or (word == "tidak_keluar" and trial.job is None):
        return
    if word == "tidak_keluar" and trial.job is not None:
        settle(parts, trial.job, PrintState.REFUSED, "kata_teknisi")
    trial.end(*(() if word == "baik" else (word,)))


def confirm(trial: Trial, parts: Parts) -> None:
    """The paper was seen: the ledger knows it from now on, whatever the printer said."""
    if trial.job is not None:
        settle(parts, trial.job, PrintState.CONFIRMED, HOW)
