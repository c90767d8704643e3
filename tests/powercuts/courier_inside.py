"""The courier in the guest: its process as `python -m kiosk courier` runs it, with an ear at the wire."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import kiosk.uplink.service  # noqa: F401 - before the forks, so that it is imported once
from kiosk import appliance
from kiosk.settings import load
from kiosk.uplink.exchange import Answer, Exchange

Say = Callable[..., None]
SETTINGS_FILE = Path("/run/kiosk/kiosk.toml")


def carry(say: Say) -> None:
    """The courier's process."""
    Exchange.call = overheard(Exchange.call, say)  # type: ignore[method-assign]
    appliance.run_courier(load(SETTINGS_FILE))


def overheard(call: Callable[..., Answer], say: Say) -> Callable[..., Answer]:
    """Each request and each answer is told outside, so that power can be cut between them, and resumed uploads be counted."""

    def heard(self: Exchange, method: str, path: str, **more: Any) -> Answer:
        what = path.split("?")[0].strip("/").split("/")
        say("ASK", method, what[0], what[2] if len(what) > 2 else "-")
        answer = call(self, method, path, **more)
        say("TOLD", method, what[0], answer.status, answer.headers.get("Upload-Offset", "-"))
        return answer

    return heard
