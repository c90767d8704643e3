"""When the centre last signed what this kiosk has seen of its content: how old news is here. Without the TUF library."""

import json
from datetime import datetime
from pathlib import Path

from adminduk.clock import read_stamp


def last_signed(folder: Path) -> datetime | None:
    """From the verified cache in the updates' folder; None where nothing was seen, or it does not say."""
    try:
        data = json.loads((folder / "metadata" / "timestamp.json").read_text(encoding="utf-8"))
        return read_stamp(data["signed"]["signed_at"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
