"""The worker's part: the timestamp is signed anew each day, so that kiosks know nobody holds news back from them."""

import logging
from dataclasses import dataclass, field

from adminduk.clock import Clock
from central.publishing.errors import PublishingError
from central.publishing.publisher import Publisher

log = logging.getLogger(__name__)

EVERY_S = 600.0


@dataclass(slots=True)
class Upkeep:
    """Call ``tick`` as often as you like. A centre that has signed nothing yet has nothing to keep."""

    publisher: Publisher
    clock: Clock
    _next: float = field(default=float("-inf"))

    def tick(self) -> bool:
        """Whether it was renewed now."""
        if self.clock.monotonic() < self._next or not (self.publisher.metadata / "timestamp.json").exists():
            return False
        self._next = self.clock.monotonic() + EVERY_S
        try:
            if not self.publisher.due(self.clock.now()):
                return False
            self.publisher.renew(now=self.clock.now())
        except PublishingError as error:
            log.error("content_not_renewed code=%s", error.code)  # noqa: TRY400 - the code says it
            return False
        log.info("content_renewed")
        return True
