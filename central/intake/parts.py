"""A browser's multipart form as it comes, part by part and block by block: nothing of it is ever held whole.

Werkzeug's own decoder does the reading. Flask's ``request.form`` would have laid everything aside before anybody could ask
who is sending it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from werkzeug.exceptions import BadRequest
from werkzeug.sansio.multipart import Data, Epilogue, Event, Field, File, MultipartDecoder, NeedData

BLOCK, LARGEST_HEAD = 64 * 1024, 256 * 1024  # bytes: read at once, and held while a boundary is looked for


class Stream(Protocol):
    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Begin:
    """``filename``: as the browser says it, with the folders of a chosen folder; None for an ordinary field."""

    name: str
    filename: str | None


@dataclass(frozen=True, slots=True)
class Piece:
    """Some bytes of the part that began last; ``last``: it ends with them."""

    data: bytes
    last: bool


def read(stream: Stream, boundary: str, *, most_parts: int) -> Iterator[Begin | Piece]:
    """Raises BadRequest for what is no form, or breaks off; RequestEntityTooLarge for too many parts."""
    decoder = MultipartDecoder(boundary.encode(), LARGEST_HEAD, max_parts=most_parts)
    while True:
        block = stream.read(BLOCK)
        decoder.receive_data(block or None)
        for event in _events(decoder):
            if isinstance(event, Epilogue):
                return
            if (part := _part(event)) is not None:
                yield part


def _events(decoder: MultipartDecoder) -> Iterator[Event]:
    """Until more is needed. The decoder's own complaints are of broken forms."""
    while True:
        try:
            event = decoder.next_event()
        except (ValueError, AttributeError):  # no header, no boundary, no line break behind a header
            raise BadRequest("formulir_rusak") from None
        if isinstance(event, NeedData):
            return
        yield event
        if isinstance(event, Epilogue):
            return


def _part(event: Event) -> Begin | Piece | None:
    if isinstance(event, File):
        return Begin(event.name, event.filename)
    if isinstance(event, Field):
        return Begin(event.name, None)
    return Piece(event.data, last=not event.more_data) if isinstance(event, Data) else None
