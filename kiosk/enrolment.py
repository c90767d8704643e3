"""From what the centre says to a settings file: `python -m kiosk configure`.

The centre's two answers are JSON: ``central public`` (url, sealing_key, receipt_key, roots) and ``central enrol``
(kiosk_id, number). The file is written whole or not at all.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kiosk.settings import Settings, load


class EnrolmentError(ValueError):
    """An answer of the centre that lacks something; names the key."""


PUBLIC_KEYS = ("url", "sealing_key", "receipt_key", "roots")
ENROLMENT_KEYS = ("kiosk_id", "number", "desa")


def _demand(answer: Mapping[str, Any], keys: tuple[str, ...]) -> None:
    for key in keys:
        if key not in answer:
            raise EnrolmentError(f"jawaban_pusat_kurang: {key}")


def settings_text(public: Mapping[str, Any], enrolment: Mapping[str, Any], *, desa_name: str, extra: str = "") -> str:
    """The TOML of one kiosk. JSON strings are TOML basic strings, so nothing needs escaping by hand."""
    _demand(public, PUBLIC_KEYS)
    _demand(enrolment, ENROLMENT_KEYS)
    quoted = {key: json.dumps(str(public[key])) for key in ("url", "sealing_key", "receipt_key")}
    return "\n".join(
        [
            'state_dir = "state"',
            extra.strip(),
            "[identity]",
            f"kiosk_id = {json.dumps(enrolment['kiosk_id'])}",
            f"number = {int(enrolment['number'])}",
            f"desa = {json.dumps(enrolment['desa'])}",
            f"desa_name = {json.dumps(desa_name, ensure_ascii=False)}",
            "[centre]",
            *(f"{key} = {value}" for key, value in quoted.items()),
            'roots_file = "roots.pem"',
            "",
        ]
    )


def write_whole(path: Path, text: str) -> None:
    """Draft, sync, rename."""
    draft = path.with_name(path.name + ".tmp")
    with draft.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def configure(
    folder: Path, public: Mapping[str, Any], enrolment: Mapping[str, Any], *, desa_name: str, extra: str
) -> Settings:
    """Write ``kiosk.toml`` and ``roots.pem`` into ``folder`` and read them back, which checks them.

    Raises:
        EnrolmentError: the centre's answer lacks a key.
        SettingsError: the result would not load.
    """
    write_whole(folder / "roots.pem", str(public["roots"]) if "roots" in public else "")
    write_whole(folder / "kiosk.toml", settings_text(public, enrolment, desa_name=desa_name, extra=extra))
    return load(folder / "kiosk.toml")
