"""The lines to a receipt printer: TCP and serial through python-escpos's connectors, each with a limit on every wait.

A line is opened by one process alone (TCP printers take one caller, serial ports are locked, USB interfaces are claimed), and
one that no longer leads to the device of its name says so.
"""

import os
import socket
from pathlib import Path
from typing import Any, Protocol

from kiosk.hardware.health import Condition, Health

LINE_S = 3.0


class Line(Protocol):
    """``open`` before, ``close`` after; a break is an exception out of ``troubles()``. ``node``: the device file, if any."""

    node: Path | None

    def open(self) -> None: ...

    def write(self, data: bytes) -> None: ...

    def read(self, wait_s: float) -> int | None: ...

    def close(self) -> None: ...


class Unfit(OSError):  # noqa: N818 - a state of the world
    """There is a printer, but not the one that is meant, or not for us."""

    def __init__(self, code: str, evidence: str) -> None:
        super().__init__(evidence)
        self.health = Health(Condition.FAULT, code, evidence)


def troubles() -> tuple[type[BaseException], ...]:
    """Every way in which a line to a printer breaks. pyusb's errors are OSErrors, termios' are not."""
    import termios

    import serial
    from escpos.exceptions import Error

    return (OSError, Error, serial.SerialException, termios.error)


class TcpLine:
    """``printer``: an escpos.printer.Network, not open yet."""

    node: Path | None = None

    def __init__(self, printer: Any) -> None:
        self._printer = printer

    @classmethod
    def to(cls, host: str, port: int, profile: str) -> "TcpLine":
        from escpos.printer import Network

        return cls(Network(host, port, timeout=LINE_S, profile=profile))

    def open(self) -> None:
        self._printer.open()

    def write(self, data: bytes) -> None:
        self._printer._raw(data)

    def read(self, wait_s: float) -> int | None:
        """One byte, or None when it stays silent. ConnectionResetError when the other side is gone."""
        device: socket.socket = self._printer.device
        device.settimeout(wait_s)
        try:
            byte = device.recv(1)
        except (TimeoutError, BlockingIOError):
            return None
        finally:
            device.settimeout(LINE_S)
        if not byte:
            raise ConnectionResetError("printer closed the line")
        return byte[0]

    def close(self) -> None:
        self._printer.close()


class SerialLine:
    """``printer``: an escpos.printer.Serial, not open yet, on a name that udev keeps."""

    def __init__(self, printer: Any) -> None:
        self._printer = printer
        self.node: Path | None = Path(printer.devfile)

    @classmethod
    def to(cls, path: str, baud: int, profile: str) -> "SerialLine":
        from escpos.printer import Serial

        return cls(Serial(path, baudrate=baud, timeout=LINE_S, profile=profile))

    def open(self) -> None:
        self._printer.open()
        try:
            self._printer.device.exclusive = True
            self._printer.device.write_timeout = LINE_S
        except BaseException:
            self.close()
            raise

    def write(self, data: bytes) -> None:
        import serial

        try:
            self._printer._raw(data)
        except serial.SerialTimeoutException:
            raise TimeoutError("the printer takes nothing") from None

    def read(self, wait_s: float) -> int | None:
        """One byte, or None when it stays silent."""
        self._stays()
        self._printer.device.timeout = wait_s
        byte = self._printer.device.read(1)
        return int(byte[0]) if byte else None

    def close(self) -> None:
        """Without python-escpos's flush: a printer that takes nothing would hold us for ever."""
        device, self._printer._device = self._printer._device, False
        if device:
            device.reset_output_buffer()
            device.close()

    def _stays(self) -> None:
        """udev may point the name at another device while the old one is still open."""
        if not os.path.samestat(os.stat(self._printer.devfile), os.fstat(self._printer.device.fileno())):  # noqa: PTH116
            raise ConnectionResetError("the name leads elsewhere now")
