"""A TCP cable between a driver and a printer's brain that can be pulled, can go deaf, and acts at a line of what passes."""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Self


class Cable:
    """``port``: where the driver connects. One connection at a time, as on a real cable."""

    def __init__(self, brain: int) -> None:
        self._brain, self._listener = brain, socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._pulled = self.deaf = False
        self._at_line: tuple[int, Callable[[], None]] | None = None
        self._ends: list[socket.socket] = []
        self._over = False

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over = True
        self.pull()
        self._listener.close()

    # --- hands --------------------------------------------------------------------------------------------------------

    def pull(self) -> None:
        self._pulled = True
        self._cut()

    def plug_in(self) -> None:
        self._pulled = False

    def at_line(self, line: int, act: Callable[[], None]) -> None:
        """When so many lines of the next slip have passed, once. What came before in the same piece passes first."""
        self._at_line = (line, act)

    # --- inside -------------------------------------------------------------------------------------------------------

    def _cut(self) -> None:
        ends, self._ends = self._ends, []
        for end in ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _accept(self) -> None:
        while not self._over:
            try:
                kiosk, _ = self._listener.accept()
            except OSError:
                return
            if self._pulled:
                kiosk.close()
                continue
            brain = socket.create_connection(("127.0.0.1", self._brain))
            self._ends += [kiosk, brain]
            threading.Thread(target=self._up, args=(kiosk, brain), daemon=True).start()
            threading.Thread(target=self._down, args=(brain, kiosk), daemon=True).start()

    def _up(self, kiosk: socket.socket, brain: socket.socket) -> None:
        with suppress(OSError):
            while data := kiosk.recv(65536):
                self._pass(data, brain)
        self._cut()

    def _pass(self, data: bytes, brain: socket.socket) -> None:
        if self._at_line is not None:
            left, act = self._at_line
            lines = data.split(b"\n")
            self._at_line = (left - len(lines) + 1, act)
            if len(lines) > left:
                self._at_line = None
                brain.sendall(b"\n".join(lines[:left]) + b"\n")
                act()
                data = b"\n".join(lines[left:])
        brain.sendall(data)

    def _down(self, brain: socket.socket, kiosk: socket.socket) -> None:
        with suppress(OSError):
            while data := brain.recv(65536):
                if not self.deaf:
                    kiosk.sendall(data)
        self._cut()
