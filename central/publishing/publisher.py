"""What may be done with the signed content, in verbs; each is one new edition, whole or not at all."""

import fcntl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from tuf.api.metadata import DelegatedRole, TargetFile, Targets

from adminduk.releases import Release, ReleaseError, role_name, target_name, target_paths
from adminduk.tickets import Dice
from central.files import write_durably
from central.publishing.chest import Chest
from central.publishing.edition import DAYS, ROOT_KEYS, Edition, unsigned
from central.publishing.errors import PublishingError

ONLINE = ("snapshot", "timestamp")
MOST_LISTED = 8  # releases of a kabupaten; the newest number is always among them
_FRESH = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    """``folder``: what is served, and a lock; ``online``: the server's own two keys; ``offline``: the others, when they are
    there."""

    folder: Path
    online: Chest
    offline: Chest = field(default_factory=lambda: Chest(()))

    def begin(self, kabupaten: Sequence[str], *, now: datetime) -> Path:
        """Make every key and the first edition; the first root's file, which kiosks are given. Raises PublishingError."""
        self.metadata.mkdir(mode=0o750, parents=True, exist_ok=True)
        with self._alone():
            if any(self.metadata.iterdir()):
                raise PublishingError("sudah_ada")
            edition = Edition.new(self.metadata)
            names = {"root": ROOT_KEYS, "targets": 1, "snapshot": 1, "timestamp": 1}
            for role, count in names.items():
                for _ in range(count):
                    chest = self.online if role in ONLINE else self.offline
                    edition.root.signed.add_key(chest.make(role).public_key, role)
            for code in kabupaten:
                self._delegate(edition, code)
            edition.publish(now, offline=self.offline, online=self.online)
            first = self.folder / "1.root.json"
            write_durably(first, (self.metadata / "1.root.json").read_bytes())
        return first

    def delegate(self, kabupaten: str, *, now: datetime) -> None:
        """A key of its own for one more kabupaten."""
        with self._edition(now) as edition:
            if role_name(kabupaten) in edition.roles:
                raise PublishingError("kabupaten_sudah_ada", kabupaten)
            self._delegate(edition, kabupaten)

    def _delegate(self, edition: Edition, kabupaten: str) -> None:
        name = role_name(kabupaten)
        roles = edition.delegations.roles
        if roles is not None:
            roles[name] = DelegatedRole(name, [], 1, terminating=True, paths=[target_paths(kabupaten)])
        edition.targets.signed.add_key(self.offline.make(name).public_key, name)
        edition.roles[name] = unsigned(Targets())
        edition.changed |= {"targets", name}

    # --- releases -----------------------------------------------------------------------------------------------------

    def publish(
        self, kabupaten: str, bundle: bytes, *, percent: int, groups: Sequence[str] = (), least_software: str = "0",
        dice: Dice, now: datetime,
    ) -> Release:  # fmt: skip
        """A new number, whose salt says who is in at which percent. Raises PublishingError."""
        with self._edition(now) as edition:
            signed = self._signed(edition, kabupaten)
            number = max(self._releases(signed, kabupaten), default=0) + 1
            release = _release(number, percent, dice.token_bytes(8).hex(), groups, least_software)
            name = target_name(kabupaten, number)
            target = TargetFile.from_data(name, bundle, ["sha256"])
            target.unrecognized_fields["custom"] = release.custom()
            file = self.targets / f"kab/{kabupaten}/{target.hashes['sha256']}.content-{number}.zip"
            file.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
            write_durably(file, bundle)
            signed.targets[name] = target
            self._drop_oldest(signed, kabupaten)
            edition.changed.add(role_name(kabupaten))
        return release

    def stage(self, kabupaten: str, number: int, *, percent: int, groups: Sequence[str], now: datetime) -> Release:
        """Another share of kiosks for a number that stands; who was in at a smaller one stays in. At 0 nobody new takes it."""
        with self._edition(now) as edition:
            signed = self._signed(edition, kabupaten)
            release = self._releases(signed, kabupaten).get(number)
            if release is None:
                raise PublishingError("rilis_tidak_dikenal", str(number))
            changed = _release(number, percent, release.salt, groups, release.least_software)
            signed.targets[target_name(kabupaten, number)].unrecognized_fields["custom"] = changed.custom()
            edition.changed.add(role_name(kabupaten))
        return changed

    def bundle(self, kabupaten: str, number: int) -> bytes:
        """What a number brought, to publish it again as a new one. Raises PublishingError."""
        signed = self._signed(Edition.read(self.metadata), kabupaten)
        target = signed.targets.get(target_name(kabupaten, number))
        if target is None:
            raise PublishingError("rilis_tidak_dikenal", str(number))
        return (self.targets / f"kab/{kabupaten}/{target.hashes['sha256']}.content-{number}.zip").read_bytes()

    def releases(self, kabupaten: str) -> tuple[Release, ...]:
        """Those that are listed, lowest first."""
        found = self._releases(self._signed(Edition.read(self.metadata), kabupaten), kabupaten)
        return tuple(found[number] for number in sorted(found))

    @staticmethod
    def _signed(edition: Edition, kabupaten: str) -> Targets:
        role = edition.roles.get(role_name(kabupaten))
        if role is None:
            raise PublishingError("kabupaten_tidak_dikenal", kabupaten)
        return role.signed

    @staticmethod
    def _releases(signed: Targets, kabupaten: str) -> dict[int, Release]:
        read = (Release.of(name, kabupaten, target.custom) for name, target in signed.targets.items())
        return {release.number: release for release in read}

    def _drop_oldest(self, signed: Targets, kabupaten: str) -> None:
        for number in sorted(self._releases(signed, kabupaten))[:-MOST_LISTED]:
            del signed.targets[target_name(kabupaten, number)]

    # --- keeping it fresh, changing keys ------------------------------------------------------------------------------

    def renew(self, *, now: datetime, days: int = DAYS["timestamp"], everything: bool = False) -> None:
        """Snapshot and timestamp by the server's keys; ``everything``: the other roles too, by theirs."""
        with self._edition(now, days=days) as edition:
            edition.changed.add("snapshot")
            if everything:
                edition.changed |= {"targets", *edition.roles}
                edition.change_root()

    def due(self, now: datetime) -> bool:
        """Whether the last timestamp is a day old. Raises PublishingError ``belum_ada``."""
        end = Edition.read(self.metadata).timestamp.signed.expires
        return end - now <= timedelta(days=DAYS["timestamp"]) - _FRESH

    def change_key(self, role: str, *, now: datetime) -> None:
        """A new key in the place of one: of ``root`` the first that lies here; of any other role all. What the old one signed
        is signed anew; what it signs from now on no kiosk takes."""
        with self._edition(now) as edition:
            old, _ = edition.keyids(role)
            chest = self.online if role in ONLINE else self.offline
            top = role in edition.root.signed.roles
            delegator = edition.change_root() if top else edition.targets.signed
            going = self._going(role, list(old))
            new = chest.make(role).public_key
            for keyid in going:
                delegator.revoke_key(keyid, role)
            delegator.add_key(new, role)
            edition.changed |= {"snapshot"} | ({role} - {"root", "timestamp"}) | (set() if top else {"targets"})

    def _going(self, role: str, keyids: list[str]) -> list[str]:
        """Of the root's keys the lost one is the one that is not here."""
        if role != "root":
            return keyids
        here = {signer.public_key.keyid for signer in self.offline.find(keyids)}
        return [keyid for keyid in keyids if keyid not in here][:1] or keyids[:1]

    # --- the folder ---------------------------------------------------------------------------------------------------

    @property
    def metadata(self) -> Path:
        return self.folder / "metadata"

    @property
    def targets(self) -> Path:
        return self.folder / "targets"

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with (self.folder / "lock").open("a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise PublishingError("sedang_dipakai") from None
            yield

    @contextmanager
    def _edition(self, now: datetime, *, days: int = DAYS["timestamp"]) -> Iterator[Edition]:
        """Changed inside, published at the end; left as it was when anything inside complains."""
        if not self.metadata.is_dir():
            raise PublishingError("belum_ada")
        with self._alone():
            edition = Edition.read(self.metadata)
            yield edition
            edition.publish(now, offline=self.offline, online=self.online, timestamp_days=days)


def _release(number: int, percent: int, salt: str, groups: Sequence[str], least_software: str) -> Release:
    try:
        return Release(number=number, percent=percent, salt=salt, groups=tuple(groups), least_software=least_software)
    except ReleaseError as error:
        raise PublishingError("nilai_salah", error.where) from None


def publisher_of(centre: Path, keys: Sequence[Path] = ()) -> Publisher:
    """``centre``: the folder that `setup` prepared; ``keys``: folders of the keys that the server has not."""
    folder = centre / "content"
    folder.mkdir(mode=0o750, parents=True, exist_ok=True)
    return Publisher(folder=folder, online=Chest((centre / "keys" / "content",)), offline=Chest(tuple(keys)))
