"""A few IPP requests through pyipp, made synchronous: one event loop a request, every one with a time limit."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

REQUEST_S = 8.0
_LAST_SUCCESS = 0x00FF  # RFC 8011: 0x0000-0x00FF are the successful statuses


class IppUnreachable(OSError):  # noqa: N818 - a state of the world
    """Nobody answers IPP there."""


class IppRefused(Exception):  # noqa: N818
    """The other side answered with an error status. ``status``: IPP's number."""

    def __init__(self, status: int) -> None:
        super().__init__(f"ipp status {status:#06x}")
        self.status = status


@dataclass(frozen=True, slots=True)
class IppAddress:
    """Where an IPP object lives."""

    host: str
    port: int
    path: str

    @classmethod
    def of(cls, url: str) -> "IppAddress":
        parts = urlsplit(url)
        return cls(str(parts.hostname), parts.port or 631, parts.path or "/")


def request(address: IppAddress, operation: str, attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Execute one operation by its pyipp name, for example ``PRINT_JOB``.

    Raises:
        IppUnreachable: no connection, or no answer in time. IppRefused: an IPP error status.
    """
    return asyncio.run(_execute(address, operation, dict(attributes)))


async def _execute(address: IppAddress, operation: str, attributes: dict[str, Any]) -> dict[str, Any]:
    from pyipp import IPP
    from pyipp.enums import IppOperation
    from pyipp.exceptions import IPPConnectionError, IPPError

    link = IPP(host=address.host, port=address.port, base_path=address.path, request_timeout=int(REQUEST_S))
    async with link as ipp:
        try:
            answer: dict[str, Any] = await ipp.execute(IppOperation[operation], attributes)
        except IPPConnectionError:
            raise IppUnreachable("no answer") from None
        except IPPError:
            raise IppRefused(0) from None
    if int(answer.get("status-code", 0)) > _LAST_SUCCESS:
        raise IppRefused(int(answer["status-code"]))
    return answer
