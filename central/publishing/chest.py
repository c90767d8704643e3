"""Signing keys as files: 32 raw bytes each (Ed25519, 0600). Which key may sign what stands in the metadata, not in its name."""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from securesystemslib.signer import CryptoSigner, SSlibKey

from central.files import write_durably

ENDING = ".key"


@dataclass(frozen=True, slots=True)
class Chest:
    """Some folders of keys, each perhaps on another officer's stick. The first takes new ones."""

    folders: Sequence[Path]

    def find(self, keyids: Sequence[str]) -> tuple[CryptoSigner, ...]:
        """Those of these keys that lie here."""
        return tuple(signer for signer in self._all() if signer.public_key.keyid in keyids)

    def make(self, name: str) -> CryptoSigner:
        """A new key, as ``<name>-<number>.key``; none is ever written over."""
        folder = self.folders[0]
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        taken = {path.name for path in folder.iterdir()}
        number = next(one for one in range(1, 1000) if f"{name}-{one}{ENDING}" not in taken)
        raw = secrets.token_bytes(32)
        write_durably(folder / f"{name}-{number}{ENDING}", raw, mode=0o600)
        return _signer(raw)

    def _all(self) -> Iterator[CryptoSigner]:
        for folder in self.folders:
            for path in sorted(folder.glob(f"*{ENDING}")):
                raw = path.read_bytes()
                if len(raw) == 32:
                    yield _signer(raw)


def _signer(raw: bytes) -> CryptoSigner:
    private = Ed25519PrivateKey.from_private_bytes(raw)
    return CryptoSigner(private, SSlibKey.from_crypto(private.public_key()))
