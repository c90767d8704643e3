"""A card reader on the bench and the hands at it: the twin, and the driver before the real pcscd with vsmartcard's reader.

pcscd and its virtual reader are Debian's. The card in it is ours: vsmartcard's cards want a program each, and all that a
card does here is to be there (their protocol: two bytes of length, then a control byte or an APDU).
"""

import errno
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from pathlib import Path
from threading import Thread
from typing import Protocol

from kiosk.hardware.card import CardReader, Presence, connect
from kiosk.hardware.card.simulated import SimulatedCardReader
from kiosk.hardware.health import READY
from tests.devices.simulators import until

DRIVER = Path("/usr/lib/pcsc/drivers/serial/libifdvpcd.so")
POWER_OFF, POWER_ON, RESET, ASK_ATR = b"\0", b"\1", b"\2", b"\4"
ATR = bytes.fromhex("3B00")  # nobody's: the shortest that there is
NONSENSE = b"\x3b" * 40  # longer than any answer may be: what a card upside down amounts to
# As systemd does it: the listening socket is descriptor 3. pcscd cannot be told another place for it.
START = """
import os, socket, sys
door = socket.socket(socket.AF_UNIX)
door.bind(sys.argv[1])
door.listen(16)
os.dup2(door.fileno(), 3)
os.set_inheritable(3, True)
os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()))
os.execv(sys.argv[2], sys.argv[2:])
"""


class Card:
    """A card in the reader's field. ``heard``: everything that was ever said to it."""

    def __init__(self, port: int, atr: bytes) -> None:
        self.heard: list[bytes] = []
        self._atr, self._line = atr, socket.create_connection(("127.0.0.1", port))
        Thread(target=self._answer, daemon=True).start()

    def _answer(self) -> None:
        with suppress(OSError):
            while message := self._message():
                self.heard.append(message)
                if message == ASK_ATR:
                    self._line.sendall(struct.pack(">H", len(self._atr)) + self._atr)

    def _message(self) -> bytes:
        length = self._line.recv(2, socket.MSG_WAITALL)
        return self._line.recv(*struct.unpack(">H", length), socket.MSG_WAITALL) if len(length) == 2 else b""

    def take(self) -> None:
        with suppress(OSError):
            self._line.shutdown(socket.SHUT_RDWR)
        self._line.close()


@cache
def pcscd() -> str:
    found = shutil.which("pcscd", path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
    assert found, "run `make setup-test`: pcscd is in provisioning/packages/test.txt"
    assert DRIVER.exists(), "run `make setup-test`: vsmartcard-vpcd is in provisioning/packages/test.txt"
    return found


@cache
def _options() -> tuple[str, ...]:
    """Debian 13's asks polkit who may come in; there is none here."""
    known = subprocess.run([pcscd(), "--help"], capture_output=True, text=True, check=False)
    return ("--disable-polkit",) if "--disable-polkit" in known.stdout + known.stderr else ()


def two_ports() -> int:
    """The first of two neighbours that nobody has: vpcd takes the one it is given and the next, a reader for each.

    Below those that the kernel gives away: of these it gives every second one to whoever connects somewhere, so that the
    neighbour of a free one is often taken (for a minute after a connection has ended, too).
    """
    lowest = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    begin = lowest - 2 - os.getpid() % 5000 * 2  # others look for theirs at the same time
    for port in (*range(begin, 1024, -2), *range(lowest - 2, max(begin, 1024), -2), *range(60998, 1024, -2)):
        with ExitStack() as held, suppress(OSError):
            for one in (port, port + 1):
                held.enter_context(socket.socket()).bind(("", one))
            return port
    raise OSError(errno.EADDRINUSE, "no two ports side by side")


class Pcscd:
    """The daemon in ``folder``; ``commands`` is what clients asked of it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.door, self.port = folder, folder / "pcscd.comm", two_ports()
        self._log = (folder / "pcscd.log").open("wb")
        self._process: subprocess.Popen[bytes] | None = None
        for name, content in (("with", self._reader()), ("without", "")):
            (folder / name).mkdir()
            (folder / name / "vpcd").write_text(content)

    def _reader(self) -> str:
        return (
            f'FRIENDLYNAME "Pembaca Contoh"\nDEVICENAME /dev/null:{self.port:#06x}\n'
            f"LIBPATH {DRIVER}\nCHANNELID {self.port:#06x}\n"
        )

    def start(self, *, reader: bool = True) -> None:
        self.stop()
        config = str(self.folder / ("with" if reader else "without"))
        words = (sys.executable, "-c", START, str(self.door), pcscd(), "--foreground", "--debug", "--config", config)
        guarded = ("setpriv", "--pdeathsig", "TERM", "--", *words, *_options())
        self._process = subprocess.Popen(guarded, stdout=self._log, stderr=self._log)
        until(self.door.exists, what="pcscd's door")

    def stop(self) -> None:
        """As the kernel does when memory runs out: no farewell."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
        self.door.unlink(missing_ok=True)

    def signal(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)

    @property
    def commands(self) -> set[str]:
        lines = (self.folder / "pcscd.log").read_text(errors="replace").splitlines()
        return {line.split("Received command: ")[1].split()[0] for line in lines if "Received command: " in line}

    def close(self) -> None:
        """With a farewell this time: it takes its pid file in /run along."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)
        self.stop()
        self._log.close()


@contextmanager
def card_service(folder: Path) -> Iterator[Pcscd]:
    """libpcsclite reads the door's name once in a process: one service for all tests of a run."""
    service = Pcscd(folder)
    os.environ["PCSCLITE_CSOCK_NAME"] = str(service.door)
    try:
        service.start()
        yield service
    finally:
        service.close()
        del os.environ["PCSCLITE_CSOCK_NAME"]


class Bench(Protocol):
    reader: CardReader

    def lay_card(self) -> None: ...

    def lay_card_upside_down(self) -> None: ...

    def take_card(self) -> None: ...

    def unplug(self) -> None: ...

    def plug_in(self) -> None: ...

    def stop_service(self) -> None: ...

    def start_service(self) -> None: ...


class TwinBench:
    def __init__(self) -> None:
        self.reader = twin = SimulatedCardReader()
        self.lay_card, self.lay_card_upside_down, self.take_card = (
            twin.lay_card,
            twin.lay_card_upside_down,
            twin.take_card,
        )
        self.unplug, self.plug_in = twin.unplug, twin.plug_in
        self.stop_service, self.start_service = twin.stop_service, twin.start_service


class PcscBench:
    """Unplugging is a daemon that finds no reader any more: a virtual one has no cable to pull."""

    def __init__(self, service: Pcscd) -> None:
        self.service, self.card, self.heard = service, None, list[bytes]()
        self.reader = connect("pcsc:?reader=Pembaca Contoh")
        until(lambda: self.reader.state().health == READY, what="the reader")

    def lay_card(self) -> None:
        self._lay(ATR)

    def lay_card_upside_down(self) -> None:
        self._lay(NONSENSE)

    def _lay(self, atr: bytes) -> None:
        self.take_card()
        self.card: Card | None = Card(self.service.port, atr)

    def take_card(self) -> None:
        if self.card is not None:
            self.card.take()
            self.heard += self.card.heard
            self.card = None
            until(lambda: self.reader.state().presence is not Presence.PRESENT, what="the card's going")

    def unplug(self) -> None:
        self.service.start(reader=False)

    def plug_in(self) -> None:
        self.service.start()

    def stop_service(self) -> None:
        self.service.stop()

    def start_service(self) -> None:
        self.service.start()

    def close(self) -> None:
        """As it was before, for the next test."""
        if self.card is not None:
            self.card.take()
        if self.reader.state().health != READY or self.reader.state().presence is not Presence.ABSENT:
            self.service.start()
        self.reader.close()
