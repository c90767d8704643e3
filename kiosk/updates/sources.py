"""Where signed content comes from: the line, or a folder on a stick. Both give bytes; neither is believed.

A target comes in pieces that are kept until it is whole, so that a line that breaks costs no piece twice.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

from tuf.api.exceptions import DownloadHTTPError
from tuf.ngclient.fetcher import FetcherInterface

METADATA, TARGETS = "content/metadata/", "content/targets/"
Piece = tuple[bytes, int]
"""Some bytes from the asked offset on, and how many the whole has."""
GetPiece = Callable[[str, int], Piece | None]
"""Path and offset; None where there is no such file. Raises what the line raises."""


class PieceFetcher(FetcherInterface):
    """Asks for one piece after the other. ``parts``: folder of targets that are not whole yet."""

    def __init__(self, get: GetPiece, parts: Path) -> None:
        self._get, self._parts = get, parts
        self.received = 0

    def _fetch(self, url: str) -> Iterator[bytes]:
        """A generator, so that the line's own errors come through as they are."""
        if not url.startswith(TARGETS):
            yield from self._pieces(url, 0)
            return
        part = self._parts / url.rpartition("/")[2]
        have = part.read_bytes() if part.exists() else b""
        if have:
            yield have
        with part.open("ab") as file:
            for piece in self._pieces(url, len(have)):
                file.write(piece)
                file.flush()
                yield piece

    def _pieces(self, url: str, offset: int) -> Iterator[bytes]:
        total = offset + 1
        while offset < total:
            found = self._get(url, offset)
            if found is None:
                raise DownloadHTTPError("no such file", 404)
            piece, total = found
            self.received += len(piece)
            offset += len(piece)
            if not piece:
                return
            yield piece


def from_folder(folder: Path) -> GetPiece:
    """The layout that the centre serves, in a folder: ``metadata/``, ``targets/``. Links lead nowhere."""
    top = folder.resolve()

    def get(path: str, offset: int) -> Piece | None:
        file = (top / path.removeprefix("content/")).resolve()
        try:
            content = file.read_bytes() if top in file.parents and file.is_file() else None
        except OSError:  # it was pulled out, or it is worn out
            return None
        return None if content is None else (content[offset:], len(content))

    return get
