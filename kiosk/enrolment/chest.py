"""Where this kiosk's private keys lie: plain files (a demo), or systemd credentials, sealed to the TPM where there is one.

The units read credentials as ``$CREDENTIALS_DIRECTORY``; here they are made, replaced and removed, by root, at a terminal.
"""

import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from adminduk.tickets import Dice
from kiosk.durable import sync_folder
from kiosk.enrolment.configuring import EnrolmentError, write_whole
from kiosk.keys import DEVICE_KEY, KEY_STORAGE, STORE_KEY, write_new

NEXT_KEY = "device_key_next"
BYTES = 32
TPM = Path("/dev/tpmrm0")
CREDS = "systemd-creds"


class Chest(Protocol):
    """Keys of 32 bytes by name. ``storage``: tpm2, host or files, strongest first."""

    @property
    def storage(self) -> str: ...

    def has(self, name: str) -> bool: ...

    def read(self, name: str) -> bytes: ...

    def put(self, name: str, key: bytes) -> None: ...

    def take_over(self) -> None:
        """The next device key becomes the device key, at one stroke."""

    def remove(self, name: str) -> None: ...


@dataclass(frozen=True, slots=True)
class FileChest:
    """``<state>/keys``, 0600: as safe as that folder."""

    home: Path

    @property
    def storage(self) -> str:
        return "files"

    def has(self, name: str) -> bool:
        return (self.home / name).exists()

    def read(self, name: str) -> bytes:
        return _of_length((self.home / name).read_bytes())

    def put(self, name: str, key: bytes) -> None:
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_new(self.home / name, key)

    def take_over(self) -> None:
        (self.home / NEXT_KEY).replace(self.home / DEVICE_KEY)
        sync_folder(self.home)

    def remove(self, name: str) -> None:
        _remove(self.home / name)


@dataclass(frozen=True, slots=True)
class CredentialChest:
    """``<folder>/<name>.cred``, made by systemd-creds. ``tpm``: the device whose presence decides. Needs root."""

    folder: Path
    tpm: Path = TPM

    @property
    def storage(self) -> str:
        """As the keys that are there were sealed; before the first, as it would be."""
        told = self.folder / KEY_STORAGE
        return told.read_text(encoding="ascii").strip() if told.exists() else self._strongest()

    def _strongest(self) -> str:
        if not self.tpm.exists():
            return "host"
        return "tpm2" if subprocess.run([CREDS, "has-tpm2", "-q"], check=False).returncode == 0 else "host"

    def has(self, name: str) -> bool:
        return self._file(name).exists()

    def read(self, name: str) -> bytes:
        return _of_length(self._creds("decrypt", f"--name={_unit_name(name)}", str(self._file(name)), "-"))

    def put(self, name: str, key: bytes) -> None:
        storage = self._strongest()
        with_key = "host+tpm2" if storage == "tpm2" else "host"
        words = ("encrypt", f"--with-key={with_key}", f"--name={_unit_name(name)}", "-", "-")
        sealed = self._creds(*words, given=key)
        write_whole(self._file(name), sealed.decode("ascii"), mode=0o600)
        write_whole(self.folder / KEY_STORAGE, f"{storage}\n")

    def _creds(self, *words: str, given: bytes = b"") -> bytes:
        """The key goes through pipes, never through arguments or files. Raises EnrolmentError ``kunci_tidak_terbuka``."""
        try:
            done = subprocess.run([CREDS, *words], input=given, capture_output=True, check=False)
        except FileNotFoundError:
            raise EnrolmentError("kunci_tidak_terbuka") from None
        if done.returncode != 0:
            raise EnrolmentError("kunci_tidak_terbuka")
        return done.stdout

    def take_over(self) -> None:
        self._file(NEXT_KEY).replace(self._file(DEVICE_KEY))
        sync_folder(self.folder)

    def remove(self, name: str) -> None:
        _remove(self._file(name))

    def _file(self, name: str) -> Path:
        return self.folder / f"{name}.cred"


def _unit_name(name: str) -> str:
    """What the units load it as; the next device key is sealed under the name that it will have."""
    return DEVICE_KEY if name == NEXT_KEY else name


def _of_length(key: bytes) -> bytes:
    if len(key) != BYTES:
        raise EnrolmentError("kunci_rusak")
    return key


def _remove(path: Path) -> None:
    if path.parent.exists():
        path.unlink(missing_ok=True)
        sync_folder(path.parent)


def chest_of(state: Path, credentials: Path | None) -> Chest:
    """``credentials``: the folder of the units' ``*.cred``; None: files under the state folder."""
    return FileChest(state / "keys") if credentials is None else CredentialChest(credentials)


def make_missing(chest: Chest, dice: Dice) -> None:
    """Keys that are not there yet; one that is there is never touched."""
    for name in (STORE_KEY, DEVICE_KEY):
        if not chest.has(name):
            chest.put(name, dice.token_bytes(BYTES))


def signing_key(chest: Chest, name: str = DEVICE_KEY) -> Ed25519PrivateKey:
    """Raises EnrolmentError ``kunci_tidak_ada``, ``kunci_rusak``, ``kunci_tidak_terbuka``."""
    if not chest.has(name):
        raise EnrolmentError("kunci_tidak_ada")
    return Ed25519PrivateKey.from_private_bytes(chest.read(name))
