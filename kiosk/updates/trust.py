"""What the centre has signed for this kiosk: The Update Framework (TUF) by `tuf.ngclient`, over a source of ours.

The trusted root came with the enrolment. Every answer is checked against it, the cache included: a cache that is damaged is
fetched anew. Nothing older than what was seen, nothing expired, nothing that another kabupaten's key signed.
"""

import errno
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from tuf.api.exceptions import (
    DownloadError,
    DownloadHTTPError,
    ExpiredMetadataError,
    RepositoryError,
)
from tuf.api.metadata import Metadata, Targets, Timestamp
from tuf.ngclient.updater import Updater

from adminduk.releases import Release, ReleaseError, is_target, role_name, target_name
from content.bundle import LARGEST_BUNDLE
from kiosk.updates.errors import EXPIRED, UNKEPT, UNSIGNED, NothingThereError, UpdateError
from kiosk.updates.sources import METADATA, TARGETS, GetPiece, PieceFetcher

Choose = Callable[[Release], bool]
NO_NUMBER = 0  # a name that no release bears: asking for it loads the role


@dataclass(slots=True)
class Trusted:
    """``folder``: cache and pieces, made when needed; ``root``: the trusted root's bytes; ``kabupaten``: four digits."""

    folder: Path
    root: bytes = field(repr=False)
    kabupaten: str
    received: int = 0

    def newest(self, get: GetPiece, *, now: datetime, choose: Choose) -> tuple[Release, bytes] | None:
        """The highest signed release that ``choose`` takes, and its bytes. ``received``: bytes that this took.

        Raises:
            UpdateError: EXPIRED, UNSIGNED, UNKEPT.
            NothingThereError: there is no signed content at all.
        """
        parts, metadata = self.folder / "parts", self.folder / "metadata"
        fetcher = PieceFetcher(get, parts)
        try:
            with self._judged():
                for folder in (parts, metadata):
                    folder.mkdir(mode=0o750, parents=True, exist_ok=True)
                for leftover in metadata.glob("tmp*"):  # of a power cut in the middle of a cache's write
                    leftover.unlink(missing_ok=True)
                updater = Updater(str(metadata), METADATA, str(parts), TARGETS, fetcher=fetcher, bootstrap=self.root)
                # The library asks the machine's clock; ours is an argument. There is no public way.
                updater._trusted_set.reference_time = now
                return self._chosen(updater, choose)
        finally:
            self.received = fetcher.received
            with suppress(OSError):  # the library makes it for its owner alone; the screen asks how old the news is
                (metadata / "timestamp.json").chmod(0o640)

    def _chosen(self, updater: Updater, choose: Choose) -> tuple[Release, bytes] | None:
        updater.refresh()
        updater.get_targetinfo(target_name(self.kabupaten, NO_NUMBER))
        releases = [release for release in self._signed(updater) if choose(release)]
        if not releases:
            return None
        release = max(releases, key=lambda one: one.number)
        info = updater.get_targetinfo(target_name(self.kabupaten, release.number))
        if info is None or info.length > LARGEST_BUNDLE:
            raise UpdateError(UNSIGNED, "too_large")
        bundle = Path(updater.download_target(info, str(self.folder / "bundle.zip")))
        try:
            return release, bundle.read_bytes()
        finally:
            bundle.unlink()
            self._drop_parts()

    def _signed(self, updater: Updater) -> Iterator[Release]:
        """What the kabupaten's role lists. Names come from the cache that was just verified; what they mean, and whether they
        are signed, the library says."""
        with suppress(OSError):
            file = self.folder / "metadata" / f"{role_name(self.kabupaten)}.json"
            listed = Metadata[Targets].from_bytes(file.read_bytes())
            for name in listed.signed.targets:
                info = updater.get_targetinfo(name) if is_target(name, self.kabupaten) else None
                if info is not None:
                    yield Release.of(name, self.kabupaten, info.custom)

    @contextmanager
    def _judged(self) -> Iterator[None]:
        """The library's errors, by class, to ours. What the line raises goes through."""
        try:
            yield
        except ExpiredMetadataError as error:
            raise UpdateError(EXPIRED, type(error).__name__) from None
        except DownloadHTTPError:
            raise NothingThereError from None
        except (RepositoryError, DownloadError, ReleaseError) as error:
            self._drop_parts()
            raise UpdateError(UNSIGNED, type(error).__name__) from None
        except OSError as error:
            raise UpdateError(UNKEPT, errno.errorcode.get(error.errno or 0, "")) from None

    def _drop_parts(self) -> None:
        shutil.rmtree(self.folder / "parts", ignore_errors=True)

    def lapsed(self, now: datetime) -> bool:
        """Whether what was last seen is too old: nobody has answered for long. False when nothing was ever seen."""
        try:
            seen = Metadata[Timestamp].from_bytes((self.folder / "metadata" / "timestamp.json").read_bytes())
        except (OSError, RepositoryError):
            return False
        return bool(seen.signed.is_expired(now))
