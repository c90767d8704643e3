"""A bad line between two processes: slow, cut every so many bytes, unplugged, answered by a captive portal.

One asyncio loop in one thread; it counts what passes. Bytes are passed on in small pieces, so that a cut falls in the
middle of things. A cut is a reset (RST), as when a modem drops; ``unplug`` leaves connections to time out in silence.
"""

import asyncio
import contextlib
import socket
import struct
import threading
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

PORTAL = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 41\r\nConnection: close\r\n\r\n"
    b"<html>Selamat datang di WiFi Desa</html>\n"
)
_PIECE = 4096
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass
class Counted:
    """``up`` and ``down`` are bytes of the kiosk and to it; ``lost_replies`` were swallowed after the centre had acted."""

    connections: int = 0
    up: int = 0
    down: int = 0
    cuts: int = 0
    lost_replies: int = 0


@dataclass
class FaultProxy:
    """``rate``: bytes a second each way, 0 for no limit; ``cut_every``: a reset after so many bytes upward, 0 for never;
    ``latency``: seconds that each new connection takes."""

    upstream: int
    rate: float = 0.0
    cut_every: int = 0
    latency: float = 0.0
    counted: Counted = field(default_factory=Counted)
    port: int = 0

    def __post_init__(self) -> None:
        self._portal = self._unplugged = self._refusing = False
        self._replies_to_lose = self._replies_to_spare = self._since_cut = 0
        self._status, self._statuses = 0, 0
        self._open: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(
            asyncio.start_server(self._serve, "127.0.0.1", 0), self._loop
        ).result(10)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    # --- hands ------------------------------------------------------------------------------------------------------

    def put_up_portal(self) -> None:
        """From now on every request gets the village WiFi's welcome page, with status 200."""
        self._portal = True
        self.cut_now()

    def take_down_portal(self) -> None:
        self._portal = False

    def unplug(self) -> None:
        """Nobody answers any more: connections open, nothing comes."""
        self._unplugged = True

    def plug_in(self) -> None:
        self._unplugged = False
        self.cut_now()

    def answer_with(self, status: int, *, times: int) -> None:
        """The next ``times`` connections get this status from a proxy on the way, and end."""
        self._status, self._statuses = status, times
        self.cut_now()

    def hang_up(self) -> None:
        """Connections are reset as soon as they open."""
        self._refusing = True
        self.cut_now()

    def pick_up(self) -> None:
        self._refusing = False

    def lose_replies(self, count: int) -> None:
        """The next ``count`` answers are swallowed and the line is cut: the centre has acted, the kiosk cannot know."""
        self._replies_to_lose = count

    def spare_replies(self, count: int) -> None:
        """Let so many answers pass before ``lose_replies`` begins."""
        self._replies_to_spare = count

    def cut_now(self) -> None:
        """Reset whatever is open."""
        done = threading.Event()

        def cut() -> None:
            for writer in list(self._open):
                _reset(writer)
            done.set()

        self._loop.call_soon_threadsafe(cut)
        done.wait(10)

    # --- the line -----------------------------------------------------------------------------------------------------

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.counted.connections += 1
        self._open.add(writer)
        try:
            await asyncio.sleep(self.latency)
            await self._treat(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            _reset(writer)
        finally:
            self._open.discard(writer)
            writer.close()

    async def _treat(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._refusing:
            _reset(writer)
        elif self._statuses:
            self._statuses -= 1
            await reader.readuntil(b"\r\n\r\n")
            writer.write(f"HTTP/1.1 {self._status} -\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
            await writer.drain()
        elif self._portal:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(PORTAL)
            await writer.drain()
        else:
            upstream = await asyncio.open_connection("127.0.0.1", self.upstream)
            await self._join((reader, writer), upstream)

    async def _join(self, kiosk: Streams, centre: Streams) -> None:
        self._open.add(centre[1])
        ways = [
            asyncio.ensure_future(self._pass(kiosk[0], centre[1], kiosk[1], upward=True)),
            asyncio.ensure_future(self._pass(centre[0], kiosk[1], centre[1], upward=False)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            self._open.discard(centre[1])
            centre[1].close()

    async def _pass(
        self, source: asyncio.StreamReader, target: asyncio.StreamWriter, back: asyncio.StreamWriter, *, upward: bool
    ) -> None:
        with contextlib.suppress(OSError):
            while piece := await source.read(_PIECE):
                while self._unplugged:
                    await asyncio.sleep(0.02)
                if self.rate:
                    await asyncio.sleep(len(piece) / self.rate)
                if not upward and self._loses_this_reply():
                    _reset(target)
                    _reset(back)
                    return
                target.write(piece)
                await target.drain()
                if self._count(len(piece), upward=upward):
                    _reset(back)
                    target.close()  # what has passed arrives; the rest is lost
                    return

    def _loses_this_reply(self) -> bool:
        if self._replies_to_lose and self._replies_to_spare:
            self._replies_to_spare -= 1
            return False
        if not self._replies_to_lose:
            return False
        self._replies_to_lose -= 1
        self.counted.lost_replies += 1
        return True

    def _count(self, size: int, *, upward: bool) -> bool:
        """Whether the line is cut now."""
        if not upward:
            self.counted.down += size
            return False
        self.counted.up += size
        self._since_cut += size
        if not self.cut_every or self._since_cut < self.cut_every:
            return False
        self._since_cut = 0
        self.counted.cuts += 1
        return True

    async def _close(self) -> None:
        self._server.close()
        for writer in list(self._open):
            _reset(writer)
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)


def _reset(writer: asyncio.StreamWriter) -> None:
    """RST instead of FIN."""
    link = writer.get_extra_info("socket")
    if link is not None:
        with contextlib.suppress(OSError):
            link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
