"""A code reader on the bench and the hands that scan with it or harm it: the twin, and the driver at the end of a pty."""

import os
import tty
from pathlib import Path
from threading import Event

from adminduk.clock import ManualClock
from kiosk.hardware.codes import CodeReader
from kiosk.hardware.codes.serial_driver import SerialCodeReader
from kiosk.hardware.codes.simulated import SimulatedCodeReader
from kiosk.hardware.health import Condition
from tests.devices.simulators import until


class Cable:
    """One plugged-in scanner: the kernel's end bears udev's name, the other is the scanner's electronics."""

    def __init__(self, name: Path) -> None:
        self.scanner, self.tty = os.openpty()
        tty.setraw(self.tty)
        name.symlink_to(os.ttyname(self.tty))
        self.name = name

    def pull(self) -> None:
        self.name.unlink()
        os.close(self.scanner)
        os.close(self.tty)


class TwinBench:
    def __init__(self) -> None:
        self.clock = ManualClock()
        self.reader = SimulatedCodeReader(clock=self.clock)
        self.send, self.unplug, self.plug_in = self.reader.send, self.reader.unplug, self.reader.plug_in

    def close(self) -> None:
        self.reader.close()


class PtyBench:
    """``pauses``: how long the driver would have rested between two tries to open; here it rests a moment only."""

    def __init__(self, folder: Path) -> None:
        self.clock, self.path = ManualClock(), folder / "kios-codes"
        self.pauses: list[float] = []
        self.cable: Cable | None = Cable(self.path)
        self.reader = SerialCodeReader(str(self.path), clock=self.clock, wait=self._rest)
        until(lambda: is_ready(self.reader), what="the reader")

    def _rest(self, seconds: float) -> None:
        self.pauses.append(seconds)
        Event().wait(0.01)

    def send(self, data: bytes) -> None:
        if self.cable is not None:
            os.write(self.cable.scanner, data)

    def unplug(self) -> None:
        cable, self.cable = self.cable, None
        if cable is not None:
            cable.pull()
        gone = (Condition.BUSY, Condition.ABSENT)
        until(lambda: self.reader.state().condition in gone, what="the loss")

    def plug_in(self) -> None:
        self.cable = Cable(self.path)

    def close(self) -> None:
        self.reader.close()
        if self.cable is not None:
            self.cable.pull()


def is_ready(reader: CodeReader) -> bool:
    return reader.state().condition is Condition.READY


def scanned(reader: CodeReader) -> str:
    """The next code, waited for."""
    found: list[str] = []

    def looked() -> bool:
        code = reader.next()
        found.extend([code] if code is not None else [])
        return bool(found)

    until(looked, what="a code")
    return found[0]
