"""A few IPP requests through pyipp, made synchronous: one event loop a request, every one with a time limit."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

REQUEST_S = 8.0
USER = "kiosk"
NOT_FOUND = 0x0406
_LAST_SUCCESS = 0x00FF  # RFC 8011: 0x0000-0x00FF are the successful statuses
_JOB_FACTS = ["job-id", "job-name", "job-state", "job-impressions-completed"]


class IppUnreachable(OSError):  # noqa: N818 - a state of the world
    """Nobody answers IPP there, or the answer broke off: whether the request was obeyed is not known."""


class IppRefused(Exception):  # noqa: N818
    """The other side answered with an error status. ``status``: IPP's number, or HTTP's where it never came to IPP."""

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
        IppUnreachable: no connection, or no whole answer in time. IppRefused: an IPP error status.
    """
    return asyncio.run(_execute(address, operation, dict(attributes)))


def jobs_of(address: IppAddress, which: str) -> list[dict[str, Any]]:
    """``not-completed`` or ``completed`` jobs, each with its id, name, state and impressions. Raises as ``request``."""
    asked = {"which-jobs": which, "requesting-user-name": USER, "requested-attributes": _JOB_FACTS}
    jobs: list[dict[str, Any]] = request(address, "GET_JOBS", {"operation-attributes-tag": asked}).get("jobs", [])
    return [job for job in jobs if "job-id" in job]


async def _execute(address: IppAddress, operation: str, attributes: dict[str, Any]) -> dict[str, Any]:
    from aiohttp import ClientError
    from pyipp import IPP
    from pyipp.enums import IppOperation
    from pyipp.exceptions import IPPConnectionError, IPPError, IPPParseError

    link = IPP(host=address.host, port=address.port, base_path=address.path, request_timeout=int(REQUEST_S))
    async with link as ipp:
        try:
            answer: dict[str, Any] = await ipp.execute(IppOperation[operation], attributes)
        except (IPPConnectionError, IPPParseError, ClientError, TimeoutError):  # pyipp lets a half answer through
            raise IppUnreachable("no whole answer") from None
        except IPPError as error:
            raise IppRefused(_status(error)) from None
    if int(answer.get("status-code", 0)) > _LAST_SUCCESS:
        raise IppRefused(int(answer["status-code"]))
    return answer


def _status(error: Exception) -> int:
    """pyipp keeps it beside its words; 0 where it has none."""
    facts = error.args[1] if len(error.args) > 1 else {}
    return int(facts.get("status-code", 0)) if isinstance(facts, dict) else 0
