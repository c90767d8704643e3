"""What a device may say of itself, and what may become of a print.

Source: docs/architecture.md "Hardware is honest". UNKNOWN is neither good nor broken; DOUBTFUL is never retried by itself.
"""

from dataclasses import dataclass
from enum import StrEnum


class Condition(StrEnum):
    """The six states of a device."""

    READY = "ready"
    BUSY = "busy"
    ATTENTION = "attention"
    ABSENT = "absent"
    FAULT = "fault"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Health:
    """One reading. ``code`` names the row of content/base/faults.toml (for example ``receipt.paper_out``);
    it is empty for READY and BUSY. ``evidence`` is what the device said, for the technician, never personal."""

    condition: Condition
    code: str = ""
    evidence: str = ""

    @property
    def usable(self) -> bool:
        """Whether it makes sense to start a job now. ATTENTION (say, paper near its end) and UNKNOWN still print."""
        return self.condition in (Condition.READY, Condition.ATTENTION, Condition.UNKNOWN)


READY = Health(Condition.READY)


class Outcome(StrEnum):
    """What became of a print."""

    OK = "ok"
    REFUSED = "refused"  # nothing reached paper: safe to try again
    DOUBTFUL = "doubtful"  # something may have: never retried by itself


@dataclass(frozen=True, slots=True)
class PrintResult:
    """An outcome and, unless OK, the fault code that explains it."""

    outcome: Outcome
    code: str = ""
    evidence: str = ""


PRINTED = PrintResult(Outcome.OK)
