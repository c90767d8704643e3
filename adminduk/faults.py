"""A fault of a device, in everybody's words: the farmer's, the clerk's, the technician's."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    INFO = "info"
    DEGRADED = "degraded"
    BLOCKING = "blocking"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One row of content/base/faults.toml."""

    code: str
    citizen: str
    staff: str
    technician: str
    severity: Severity
    event: str
