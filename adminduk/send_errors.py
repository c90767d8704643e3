"""Why a packet waits, in everybody's words: one row of content/uplink_errors.toml for each code that the courier stores."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

REST = "*"  # the rest of a code that carries a number: ``http_*``


@dataclass(frozen=True, slots=True, kw_only=True)
class SendError:
    """``citizen``: the complaint that a villager reads meanwhile; ``staff``, ``technician``: sentences."""

    code: str
    citizen: str
    staff: str
    technician: str


@dataclass(frozen=True, slots=True)
class SendErrors:
    """By code; ``http_503`` is found under ``http_*``."""

    rows: Mapping[str, SendError]

    @classmethod
    def of(cls, table: Mapping[str, Mapping[str, Any]]) -> "SendErrors":
        """From TOML's ``errors``. Raises TypeError for a row that lacks a word or has one too many."""
        return cls({code: SendError(code=code, **words) for code, words in table.items()})

    def find(self, code: str) -> SendError | None:
        """None for a code that nobody has worded; a test forbids that there is one."""
        if code in self.rows:
            return self.rows[code]
        stems = (name for name in self.rows if name.endswith(REST) and code.startswith(name.removesuffix(REST)))
        found = max(stems, key=len, default="")
        return self.rows[found] if found else None
