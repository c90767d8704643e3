"""From what the centre says to a settings file: `python -m kiosk configure`.

The centre's two answers are JSON: ``central public`` (url, sealing_key, receipt_key, roots; ``ca``: PEM of its TLS
authority, when one is pinned; ``content_root``: the first root of its signed content, when there is one) and ``central
enrol`` (kiosk_id, number, desa). Each file is written whole or not at all,
``kiosk.toml`` last: where it is, the kiosk is enrolled.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kiosk.durable import sync_folder
from kiosk.settings import Settings, load


class EnrolmentError(ValueError):
    """An answer of the centre that lacks something (names the key), or why a step may not be done now. ``code``: the first
    word; ``facts``: what its sentence in content/enrolment.toml names."""

    def __init__(self, text: str, **facts: object) -> None:
        super().__init__(text)
        self.code, self.facts = text.partition(":")[0], facts


CONTENT_ROOT = "content_root.json"
PUBLIC_KEYS = ("url", "sealing_key", "receipt_key", "roots")
ENROLMENT_KEYS = ("kiosk_id", "number", "desa")


def _demand(answer: Mapping[str, Any], keys: tuple[str, ...]) -> None:
    for key in keys:
        if key not in answer:
            raise EnrolmentError(f"jawaban_pusat_kurang: {key}")


def settings_text(
    public: Mapping[str, Any], enrolment: Mapping[str, Any], *, desa_name: str, extra: str = "",
    state_dir: str = "state",
) -> str:  # fmt: skip
    """The TOML of one kiosk. JSON strings are TOML basic strings, so nothing needs escaping by hand."""
    _demand(public, PUBLIC_KEYS)
    _demand(enrolment, ENROLMENT_KEYS)
    quoted = {key: json.dumps(str(public[key])) for key in ("url", "sealing_key", "receipt_key")}
    pinned = ['ca_file = "ca.pem"'] if public.get("ca") else []
    return "\n".join(
        [
            f"state_dir = {json.dumps(state_dir)}",
            extra.strip(),
            "[identity]",
            f"kiosk_id = {json.dumps(enrolment['kiosk_id'])}",
            f"number = {int(enrolment['number'])}",
            f"desa = {json.dumps(enrolment['desa'])}",
            f"desa_name = {json.dumps(desa_name, ensure_ascii=False)}",
            "[centre]",
            *(f"{key} = {value}" for key, value in quoted.items()),
            'roots_file = "roots.pem"',
            *pinned,
            "",
        ]
    )


def with_root(extra: str, root_file: str) -> str:
    """The same TOML, which names the first root of the signed content; a table may stand in TOML only once."""
    header, line = "[updates]\n", f"root_file = {json.dumps(root_file)}\n"
    before, found, after = f"{extra.strip()}\n".partition(header)
    return f"{before}{header}{line}{after}" if found else f"{before}{header}{line}"


def write_whole(path: Path, text: str, *, mode: int = 0o644) -> None:
    """Draft, sync, rename, sync the folder."""
    draft = path.with_name(path.name + ".tmp")
    draft.unlink(missing_ok=True)  # a torn one keeps its old rights
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    sync_folder(path.parent)


def configure(
    folder: Path, public: Mapping[str, Any], enrolment: Mapping[str, Any], *, desa_name: str, extra: str,
    state_dir: str = "state",
) -> Settings:  # fmt: skip
    """Write what the centre told and ``kiosk.toml`` into ``folder`` and read it back, which checks it.

    Raises:
        EnrolmentError: the centre's answer lacks a key.
        SettingsError: the result would not load.
    """
    write_whole(folder / "roots.pem", str(public["roots"]) if "roots" in public else "")
    if public.get("ca"):
        write_whole(folder / "ca.pem", str(public["ca"]))
    if public.get("content_root"):
        write_whole(folder / CONTENT_ROOT, str(public["content_root"]))
        extra = with_root(extra, CONTENT_ROOT)
    write_whole(
        folder / "kiosk.toml", settings_text(public, enrolment, desa_name=desa_name, extra=extra, state_dir=state_dir)
    )
    return load(folder / "kiosk.toml")
