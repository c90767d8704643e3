"""A USB bus to plug receipt printers into (usb_bus.py), and a receipt printer's driver that runs in a process of its own,
because only a program under umockdev's preload sees that bus."""

import json
import os
import pickle
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kiosk.hardware.health import Health, PrintResult
from kiosk.hardware.receipt.protocol import Slip
from tests.devices.simulators import TOP

PRELOAD = {"LD_PRELOAD": "libumockdev-preload.so.0"}
LIVES = ("setpriv", "--pdeathsig", "TERM", "--")
# root may open everything; without these two powers it asks as everyone does
NO_POWERS = (
    "setpriv", "--inh-caps=-dac_override,-dac_read_search", "--bounding-set=-dac_override,-dac_read_search", "--",
)  # fmt: skip
VENDOR, PRODUCT = "04b8", "0e15"


@dataclass(frozen=True, slots=True)
class UsbBus:
    """Hands at the plugs. ``root``: where its /dev and /sys lie."""

    process: subprocess.Popen[str]
    root: Path

    def _do(self, name: str, **words: Any) -> str:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps({"do": name, **words}) + "\n")
        self.process.stdin.flush()
        answer: str = json.loads(self.process.stdout.readline())
        return answer

    def plug(self, port: str, tcp: int, *, serial: str = "", product: str = PRODUCT, **more: Any) -> str:
        """A printer whose brain listens at ``tcp``. Returns its device file."""
        return self._do("plug", port=port, tcp=tcp, serial=serial, vendor=VENDOR, product=product, **more)

    def unplug(self, port: str) -> None:
        self._do("unplug", port=port)

    def adapter(self, port: str, tty: str) -> str:
        """What is plugged there is a serial adapter, and its port is ``tty``. Returns its place below /sys."""
        return self._do("adapter", port=port, tty=tty)

    def clear(self) -> None:
        """Unplug everything."""
        self._do("clear")

    def set(self, port: str, what: str, *, on: bool) -> None:
        """``stalled``: it takes no byte more; ``taken``: another program has claimed it; ``fragile``: its plug falls out with the
        next slip."""
        self._do("set", port=port, what=what, to=on)


@contextmanager
def usb_bus(folder: Path) -> Iterator[UsbBus]:
    """``folder`` takes its log."""
    words = (*LIVES, sys.executable, str(Path(__file__).with_name("usb_bus.py")))
    with (folder / "usb.log").open("wb") as log:
        process = subprocess.Popen(
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, env={**os.environ, **PRELOAD}, text=True
        )
    assert process.stdout
    root = process.stdout.readline().strip()
    try:
        assert root, (folder / "usb.log").read_text()
        Path(root).chmod(0o755)
        yield UsbBus(process, Path(root))
    finally:
        process.terminate()
        process.communicate(timeout=5)
        shutil.rmtree(root, ignore_errors=True)


class RemotePrinter:
    """``connect(url)`` in another process; the same three members. ``powers``: False takes root's from it."""

    def __init__(self, bus: UsbBus, url: str, log: Path, *, powers: bool = True) -> None:
        words: Sequence[str] = (
            *LIVES,
            *(() if powers else NO_POWERS),
            sys.executable,
            "-m",
            "tests.devices.usb_bench",
            url,
        )
        with log.open("ab") as out:
            self.process = subprocess.Popen(
                words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=out, cwd=TOP,
                env={**os.environ, **PRELOAD, "UMOCKDEV_DIR": str(bus.root)},
            )  # fmt: skip

    def _ask(self, name: str, *words: Any) -> Any:
        assert self.process.stdin
        assert self.process.stdout
        pickle.dump((name, words), self.process.stdin)
        self.process.stdin.flush()
        return pickle.load(self.process.stdout)  # noqa: S301 - our own process

    def state(self) -> Health:
        health: Health = self._ask("state")
        return health

    def print(self, slip: Slip) -> PrintResult:
        result: PrintResult = self._ask("print", slip)
        return result

    def close(self) -> None:
        self._ask("close")

    def __repr__(self) -> str:
        answer: str = self._ask("__repr__")
        return answer

    def end(self) -> None:
        self.process.communicate(timeout=5)


def serve(url: str) -> None:
    """The other process: one call a pickle, until nobody asks any more."""
    import logging

    from kiosk.hardware.receipt import connect

    logging.basicConfig(level=logging.INFO)
    printer = connect(url)
    while True:
        try:
            name, words = pickle.load(sys.stdin.buffer)  # noqa: S301 - our own process
        except EOFError:
            return
        pickle.dump(getattr(printer, name)(*words), sys.stdout.buffer)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    serve(sys.argv[1])
