"""The kiosk's two secrets: the key that opens its store, and the key that signs its requests.

On a device they come from systemd credentials (``$CREDENTIALS_DIRECTORY``), bound to the TPM where there is one; on a
demo from ``<state>/keys`` (0600), which is as safe as that folder and no safer.
"""

import os
import secrets
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.durable import sync_folder

STORE_KEY = "store_key"
DEVICE_KEY = "device_key"
KEY_STORAGE = "key_storage"  # a word beside them: tpm2, or host, whose secret lies on the same disk
STORAGES = ("tpm2", "host", "files")  # strongest first


class KeyMissingError(FileNotFoundError):
    """A key that should have been made at set-up is not there. The message names the key, never its value."""


def folder(state: Path) -> Path:
    """Where the keys are: systemd's credentials when given, else the state folder."""
    given = os.environ.get("CREDENTIALS_DIRECTORY")
    return Path(given) if given else state / "keys"


def make(state: Path) -> None:
    """Make the keys that are missing; never touch one that is there."""
    home = state / "keys"
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in (STORE_KEY, DEVICE_KEY):
        if not (home / name).exists():
            write_new(home / name, secrets.token_bytes(32))


def storage() -> str:
    """How this process was given its keys: tpm2; host (weaker, also when nobody said); files (as safe as their folder)."""
    given = os.environ.get("CREDENTIALS_DIRECTORY")
    if not given:
        return "files"
    try:
        told = (Path(given) / KEY_STORAGE).read_text(encoding="ascii").strip()
    except OSError:
        return "host"
    return told if told in STORAGES else "host"


def write_new(path: Path, content: bytes) -> None:
    """Whole or not at all, 0600."""
    draft = path.with_name(path.name + ".tmp")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    sync_folder(path.parent)


def read(state: Path, name: str) -> bytes:
    """32 raw bytes. Raises KeyMissingError when absent, ValueError when of another length."""
    path = folder(state) / name
    try:
        key = path.read_bytes()
    except FileNotFoundError:
        raise KeyMissingError(f"{name}: run `python -m kiosk setup`, or give it as a systemd credential") from None
    if len(key) != 32:
        raise ValueError(f"{name} must hold 32 bytes")
    return key


def device_key(state: Path) -> Ed25519PrivateKey:
    """The key that signs this kiosk's requests; only the courier reads it."""
    return Ed25519PrivateKey.from_private_bytes(read(state, DEVICE_KEY))


def public_hex(state: Path) -> str:
    """What the centre enrols: the public half, 64 hex digits."""
    return device_key(state).public_key().public_bytes_raw().hex()
