"""Files that a power cut leaves whole or not there: write, sync, rename, sync the folder."""

import os
from pathlib import Path

MODE = 0o640


def write_synced(path: Path, content: bytes, *, mode: int = MODE) -> None:
    """The file's bytes are on the disk; its name is not yet."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, mode)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """The names in it are on the disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def replace_file(path: Path, content: bytes, *, mode: int = MODE) -> None:
    """Whole or as it was."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    write_synced(draft, content, mode=mode)
    draft.replace(path)
    sync_folder(path.parent)


def point(link: Path, target: str) -> None:
    """A link that names a sibling, swapped in one rename."""
    draft = link.with_name(f"{link.name}.tmp")
    draft.unlink(missing_ok=True)
    draft.symlink_to(target)
    draft.replace(link)
    sync_folder(link.parent)
