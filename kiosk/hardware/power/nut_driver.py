"""A UPS through NUT's upsd: its line protocol over TCP, one short connection a question.

Spoken here rather than by ``upsc``: a program a second is dear on a small PC, and upsc waits for ever on an upsd that hangs.
Source: NUT developer guide, "Network protocol" (LIST VAR) and "Variables" (ups.status).
"""

import re
import shlex
import socket
from collections.abc import Mapping

from adminduk.clock import Clock
from kiosk.hardware.power.protocol import Mains
from kiosk.hardware.power.reading import Reading, minutes, number, percent, silence

PORT = 3493
DEADLINE_S = 1.5  # for the whole question
MOST_BYTES = 64 * 1024
UPS_NAME = re.compile(r"[A-Za-z0-9_.-]{1,64}")


class UnheardError(ConnectionError):
    """upsd is there and has nothing to say: the word it gave, such as DRIVER-NOT-CONNECTED."""


class NutSource:
    """Called, it gives one Reading within DEADLINE_S."""

    def __init__(self, host: str, port: int, ups: str, *, clock: Clock) -> None:
        """Raises ValueError for a name that no UPS can have."""
        if not UPS_NAME.fullmatch(ups):
            raise ValueError(f"{ups!r} is no name of a UPS")
        self._address, self._ups, self._clock = (host, port), ups, clock

    def __call__(self) -> Reading:
        try:
            return understood(variables(self._answer()))
        except UnheardError as error:
            return silence(str(error))
        except OSError as error:
            return silence(type(error).__name__)

    def _answer(self) -> str:
        until = self._clock.monotonic() + DEADLINE_S
        with socket.create_connection(self._address, timeout=DEADLINE_S) as line:
            line.sendall(f"LIST VAR {self._ups}\n".encode())
            data = b""
            while not _whole(data):
                data += self._chunk(line, until)
                if len(data) > MOST_BYTES:
                    raise UnheardError("ENDLESS-ANSWER")
        return data.decode(errors="replace")

    def _chunk(self, line: socket.socket, until: float) -> bytes:
        left = until - self._clock.monotonic()
        if left <= 0:
            raise TimeoutError
        line.settimeout(left)
        chunk = line.recv(4096)
        if not chunk:
            raise ConnectionResetError
        return chunk


def _whole(data: bytes) -> bool:
    return data.endswith(b"\n") and (data.startswith(b"ERR ") or b"\nEND LIST VAR " in data)


def variables(answer: str) -> dict[str, str]:
    """``VAR kios ups.status "OL CHRG"`` lines as a table. Raises UnheardError."""
    if answer.startswith("ERR "):
        raise UnheardError(" ".join(answer.split()[:2]))
    found = {}
    for line in answer.splitlines():
        match _words(line):
            case ["VAR", _, name, value]:
                found[name] = value
    return found


def _words(line: str) -> list[str]:
    try:
        return shlex.split(line)  # NUT quotes as shells do: \" and \\ within "…"
    except ValueError:
        return []


def understood(said: Mapping[str, str]) -> Reading:
    """OL on line, OB on battery, LB low, RB replace the battery, FSD the UPS is being switched off."""
    status = said.get("ups.status", "")
    flags = set(status.split())
    mains = Mains.NO if "OB" in flags else Mains.YES if "OL" in flags else Mains.UNKNOWN
    return Reading(
        mains=mains,
        battery_percent=percent(number(said.get("battery.charge"))),
        minutes_left=minutes(number(said.get("battery.runtime"))),
        low="FSD" in flags or flags >= {"OB", "LB"},  # a battery that charges after a cut says OL LB
        replace="RB" in flags,
        evidence=f"ups.status={status or '-'}",
    )
