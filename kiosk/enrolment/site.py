"""What stays when a kiosk moves: devices, screen and content of the settings that it had, as TOML for the new ones."""

import json
import tomllib
from pathlib import Path
from typing import Any

from kiosk.enrolment.configuring import EnrolmentError

OF_THE_DESA = ("state_dir", "identity", "centre")


def site_of(settings_file: Path) -> str:
    """Raises EnrolmentError ``berkas_rusak``. Values are strings, numbers and booleans, which JSON and TOML write alike."""
    try:
        data = tomllib.loads(settings_file.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError):
        raise EnrolmentError("berkas_rusak") from None
    kept = {name: value for name, value in data.items() if name not in OF_THE_DESA}
    if isinstance(updates := kept.get("updates"), dict):
        updates.pop("root_file", None)  # the next centre brings its own
    tables = {name: value for name, value in kept.items() if isinstance(value, dict)}
    top = _lines({name: value for name, value in kept.items() if name not in tables})
    return "\n".join([top, *(f"[{name}]\n{_lines(values)}" for name, values in tables.items())])


def _lines(values: dict[str, Any]) -> str:
    return "\n".join(f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in values.items())
