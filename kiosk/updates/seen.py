"""What this kiosk has seen of its centre's signed content: when it was signed, and its number. Without the TUF library."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from adminduk.clock import read_stamp


def last_signed(folder: Path) -> datetime | None:
    """From the verified cache in the updates' folder; None where nothing was seen, or it does not say."""
    try:
        return read_stamp(_signed(folder)["signed_at"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def last_version(folder: Path) -> int:
    """Of the timestamp in that cache; 0 where nothing was seen, or it does not say."""
    try:
        return int(_signed(folder)["version"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0


def _signed(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "metadata" / "timestamp.json").read_text(encoding="utf-8"))["signed"]
    return found
