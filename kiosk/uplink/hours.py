"""Quiet hours: when a dear or shared line is left to others. Packets wait, unless somebody waits for them."""

from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from adminduk.clock import trusted


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From ``begin`` until just before ``end``, by the clocks of ``zone``; over midnight when ``end`` is the earlier one."""

    begin: time
    end: time
    zone: ZoneInfo

    @classmethod
    def of(cls, begin: str, end: str, zone: str) -> "QuietHours | None":
        """From ``HH:MM`` words; None when there are no such hours. Raises ValueError, KeyError (ZoneInfoNotFoundError)."""
        if not begin and not end:
            return None
        return cls(time.fromisoformat(begin), time.fromisoformat(end), ZoneInfo(zone))

    def hold(self, now: datetime) -> bool:
        """Whether it is quiet at that moment (UTC). A clock that cannot be believed holds nothing back."""
        if not trusted(now):
            return False
        local = now.astimezone(self.zone).time()
        if self.begin <= self.end:
            return self.begin <= local < self.end
        return local >= self.begin or local < self.end
