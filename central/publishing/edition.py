"""The metadata of the signed content as it stands, in memory: read from the folder, changed, signed anew, written in an order
in which a kiosk that asks at any moment finds a whole: roles, snapshot, root, and the timestamp last."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from tuf.api.exceptions import UnsignedMetadataError
from tuf.api.metadata import Delegations, Metadata, MetaFile, Role, Root, Snapshot, Targets, Timestamp
from tuf.api.serialization.json import JSONSerializer

from adminduk.clock import stamp
from central.files import write_durably
from central.publishing.chest import Chest
from central.publishing.errors import PublishingError

T = TypeVar("T", Root, Targets, Snapshot, Timestamp)

ROOT_KEYS, ROOT_THRESHOLD = 3, 2
DAYS = {"root": 730, "targets": 365, "snapshot": 30, "timestamp": 7}
KABUPATEN_DAYS = 365
_SERIALIZER = JSONSerializer(compact=True)


@dataclass(slots=True)
class Edition:
    """``roles``: name → what a kabupaten has signed. ``changed``: what is to be signed and written."""

    folder: Path
    root: Metadata[Root]
    targets: Metadata[Targets]
    snapshot: Metadata[Snapshot]
    timestamp: Metadata[Timestamp]
    roles: dict[str, Metadata[Targets]] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)
    previous_root: Metadata[Root] | None = None

    @classmethod
    def new(cls, folder: Path) -> "Edition":
        root = unsigned(Root(consistent_snapshot=True))
        root.signed.roles["root"] = Role([], ROOT_THRESHOLD)
        targets = unsigned(Targets(delegations=Delegations({}, {})))
        edition = cls(folder, root, targets, unsigned(Snapshot()), unsigned(Timestamp()))
        edition.changed = {"root", "targets"}
        return edition

    @classmethod
    def read(cls, folder: Path) -> "Edition":
        """Raises PublishingError ``belum_ada``."""
        versions = [int(path.name.split(".")[0]) for path in folder.glob("*.root.json")]
        if not versions or not (folder / "timestamp.json").exists():
            raise PublishingError("belum_ada")
        root = Metadata[Root].from_bytes((folder / f"{max(versions)}.root.json").read_bytes())
        timestamp = Metadata[Timestamp].from_bytes((folder / "timestamp.json").read_bytes())
        number = timestamp.signed.snapshot_meta.version
        snapshot = Metadata[Snapshot].from_bytes((folder / f"{number}.snapshot.json").read_bytes())
        listed = {
            name.removesuffix(".json"): Metadata[Targets].from_bytes((folder / f"{meta.version}.{name}").read_bytes())
            for name, meta in snapshot.signed.meta.items()
        }
        return cls(folder, root, listed.pop("targets"), snapshot, timestamp, listed)

    def change_root(self) -> Root:
        """The next root, to be signed by the keys of this one and of itself."""
        if self.previous_root is None:
            self.previous_root = Metadata[Root].from_bytes(self.root.to_bytes(_SERIALIZER))
        self.changed.add("root")
        return self.root.signed

    @property
    def delegations(self) -> Delegations:
        found = self.targets.signed.delegations
        if found is None:
            raise PublishingError("belum_ada")
        return found

    def _of(self, name: str) -> Metadata[Any]:
        top: dict[str, Metadata[Any]] = {
            "root": self.root, "targets": self.targets, "snapshot": self.snapshot, "timestamp": self.timestamp,
        }  # fmt: skip
        return top.get(name) or self.roles[name]

    def keyids(self, name: str) -> tuple[Sequence[str], int]:
        """Whose signatures a role needs, and how many of them."""
        top = self.root.signed.roles
        roles = top if name in top else (self.delegations.roles or {})
        if name not in roles:
            raise PublishingError("peran_tidak_dikenal", name)
        return roles[name].keyids, roles[name].threshold

    # --- signing and writing ------------------------------------------------------------------------------------------

    def publish(self, now: datetime, *, offline: Chest, online: Chest, timestamp_days: int = DAYS["timestamp"]) -> None:
        """Sign what changed, then the snapshot if anything did, then the timestamp; nothing is written unless all of it could
        be signed. Raises PublishingError ``kunci_kurang``."""
        held = sorted(self.changed - {"root", "snapshot"})
        for name in held:
            self._sign(name, now, DAYS.get(name, KABUPATEN_DAYS), offline)
        if held or "snapshot" in self.changed:
            self.snapshot.signed.meta = {
                f"{name}.json": MetaFile(self._of(name).signed.version) for name in ("targets", *sorted(self.roles))
            }
            self._sign("snapshot", now, DAYS["snapshot"], online)
        if "root" in self.changed:
            self._sign_root(now, offline)
        self.timestamp.signed.snapshot_meta = MetaFile(self.snapshot.signed.version)
        self.timestamp.signed.unrecognized_fields["signed_at"] = stamp(now)
        self._sign("timestamp", now, timestamp_days, online)
        self._write(held)

    def _sign(self, name: str, now: datetime, days: int, chest: Chest) -> None:
        metadata = self._of(name)
        metadata.signed.version += 1
        metadata.signed.expires = _end(now, days)
        keyids, threshold = self.keyids(name)
        signers = chest.find(keyids)
        if len({signer.public_key.keyid for signer in signers}) < threshold:
            raise PublishingError("kunci_kurang", name)
        metadata.signatures.clear()
        for signer in signers:
            metadata.sign(signer, append=True)

    def _sign_root(self, now: datetime, chest: Chest) -> None:
        """By enough keys of the root before and of this one."""
        judges = [one.signed for one in (self.previous_root, self.root) if one is not None]
        self.root.signed.version += 1
        self.root.signed.expires = _end(now, DAYS["root"])
        self.root.signatures.clear()
        for signer in chest.find([keyid for judge in judges for keyid in judge.roles["root"].keyids]):
            self.root.sign(signer, append=True)
        try:
            for judge in judges:
                judge.verify_delegate("root", self.root.signed_bytes, self.root.signatures)
        except UnsignedMetadataError:
            raise PublishingError("kunci_kurang", "root") from None

    def _write(self, held: Sequence[str]) -> None:
        root = ["root"] if "root" in self.changed else []
        snapshot = ["snapshot"] if held or "snapshot" in self.changed else []
        for name in (*held, *snapshot, *root):
            metadata = self._of(name)
            write_durably(self.folder / f"{metadata.signed.version}.{name}.json", metadata.to_bytes(_SERIALIZER))
        write_durably(self.folder / "timestamp.json", self.timestamp.to_bytes(_SERIALIZER))
        self.changed.clear()
        self.previous_root = None


def unsigned(signed: T) -> Metadata[T]:
    """Before its first version."""
    signed.version = 0
    return Metadata(signed)


def _end(now: datetime, days: int) -> datetime:
    return now.replace(microsecond=0) + timedelta(days=days)
