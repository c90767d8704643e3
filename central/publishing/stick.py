"""The repository on a USB stick: the files that the wire serves, so that a kiosk without a line checks the same signatures."""

from pathlib import Path

from central.files import write_durably
from central.publishing.edition import Edition

FOLDER = "kios-konten"


def write_stick(repository: Path, stick: Path) -> Path:
    """Every root, the newest metadata and every listed bundle; the timestamp last, as on the server. Returns the folder."""
    folder = stick / FOLDER
    edition = Edition.read(repository / "metadata")
    snapshot = edition.snapshot.signed
    roots = sorted(path.name for path in (repository / "metadata").glob("*.root.json"))
    roles = [f"{meta.version}.{name}" for name, meta in snapshot.meta.items()]
    for role in edition.roles.values():
        for name, target in role.signed.targets.items():
            above, _, last = name.rpartition("/")
            _copy(repository / "targets", folder / "targets", f"{above}/{target.hashes['sha256']}.{last}")
    for name in (*roots, *roles, f"{snapshot.version}.snapshot.json", "timestamp.json"):
        _copy(repository / "metadata", folder / "metadata", name)
    return folder


def _copy(source: Path, to: Path, name: str) -> None:
    (to / name).parent.mkdir(parents=True, exist_ok=True)
    write_durably(to / name, (source / name).read_bytes())
