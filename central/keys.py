"""The centre's keys, under ``<dir>/keys`` (0600): to open packets, to sign receipts, to keep officers' sessions.

The sealing key opens every packet: escrow it with two officers; losing it loses the applications, leaking it leaks them.
"""

import secrets
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from central.files import write_durably

NAMES = ("sealing", "receipt", "session")


class KeysMissing(FileNotFoundError):  # noqa: N818
    """Set-up has not been run; names the key."""


@dataclass(frozen=True, slots=True)
class Keys:
    sealing: X25519PrivateKey = field(repr=False)
    receipt: Ed25519PrivateKey = field(repr=False)
    session: bytes = field(repr=False)

    @property
    def sealing_hex(self) -> str:
        """Public half, for kiosks."""
        return self.sealing.public_key().public_bytes_raw().hex()

    @property
    def receipt_hex(self) -> str:
        """Public half, for kiosks."""
        return self.receipt.public_key().public_bytes_raw().hex()


def make(folder: Path) -> None:
    """Make what is missing; never touch what is there."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in NAMES:
        if not (folder / name).exists():
            write_durably(folder / name, secrets.token_bytes(32), mode=0o600)


def load(folder: Path) -> Keys:
    """Raises KeysMissing."""
    raw = {}
    for name in NAMES:
        try:
            raw[name] = (folder / name).read_bytes()
        except FileNotFoundError:
            raise KeysMissing(f"key {name} is missing: run `python -m central setup`") from None
    return Keys(
        sealing=X25519PrivateKey.from_private_bytes(raw["sealing"]),
        receipt=Ed25519PrivateKey.from_private_bytes(raw["receipt"]),
        session=raw["session"],
    )
