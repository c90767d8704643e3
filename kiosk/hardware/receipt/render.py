"""A slip as bytes for one model. Pure: the same slip and model give the same bytes."""

import io
from collections.abc import Iterable
from dataclasses import dataclass

from kiosk.hardware.receipt.encoding import fold
from kiosk.hardware.receipt.models import Model
from kiosk.hardware.receipt.protocol import Code, Line, Size, Slip

RESET, CUT, FENCE = b"\x1b@", b"\x1dVB\x00", b"\x1dr\x01"
# Epson's DLE DC4 (fn 8), obeyed at once even while the printer is offline: forget everything that waits; and its answer
CLEAR, CLEARED = b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08", b"\x37\x25\x00"
_CANCEL = b"\x18"
SLICE = 4096  # the receive buffer of the smallest printers
_FEED_FOR_TEARING = b"\n\n\n\n"
_CENTRE, _LEFT = b"\x1ba\x01", b"\x1ba\x00"
_LARGE, _NORMAL = b"\x1d!\x11", b"\x1d!\x00"
_BOLD, _PLAIN = b"\x1bE\x01", b"\x1bE\x00"
_MODULE = 6  # dots: 0.75 mm, read by every phone we tried in the dark of a shop


def render(slip: Slip, model: Model) -> bytes:
    """Reset first, cut (or feed) last."""
    return b"".join(commands(slip, model))


@dataclass(frozen=True, slots=True)
class Piece:
    """Some whole commands. ``longest``: of one of them, in bytes."""

    data: bytes
    longest: int


def slices(slip: Slip, model: Model, *, most: int = SLICE) -> tuple[Piece, ...]:
    """The same bytes in pieces of at most ``most``, never cut inside a command (only a picture may be longer than that): after
    each the printer may be asked how far it is."""
    return tuple(_gathered(commands(slip, model), most))


def after_an_abort(lost: int, model: Model) -> Piece:
    """What goes before the next slip when the last one broke off inside a command of at most ``lost`` bytes.

    A printer that waits for the rest of a picture would swallow the next slip's beginning: it gets that rest as NULs, which
    print nothing. What was printed of the broken slip is cut off, so that nobody else's lines stand on the next paper.
    """
    return Piece(b"\0" * lost + _CANCEL + RESET + _end(model), lost)


def _gathered(whole: Iterable[bytes], most: int) -> Iterable[Piece]:
    data, longest = b"", 0
    for command in whole:
        if data and len(data) + len(command) > most:
            yield Piece(data, longest)
            data, longest = b"", 0
        data, longest = data + command, max(longest, len(command))
    yield Piece(data, longest)


def _end(model: Model) -> bytes:
    return CUT if model.cutter else _FEED_FOR_TEARING


def commands(slip: Slip, model: Model) -> tuple[bytes, ...]:
    """Each a whole command, or a line of text."""
    writer = _Writer(model)
    for part in slip.parts:
        if isinstance(part, Code):
            writer.code(part)
        else:
            writer.line(part)
    return (RESET, *writer.out, _end(model))


class _Writer:
    """Sends a style only when it changes: every byte costs 1 ms at 9600 baud."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self.out: list[bytes] = []
        self._centred = self._bold = False
        self._size = Size.NORMAL

    def line(self, line: Line) -> None:
        self._style(line)
        columns = self._model.columns // (2 if line.size is Size.LARGE else 1)
        self.out += [text.encode("ascii") + b"\n" for text in fold(line.text, columns)]

    def _style(self, line: Line) -> None:
        if line.centred is not self._centred:
            self.out.append(_CENTRE if line.centred else _LEFT)
        if line.size is not self._size:
            self.out.append(_LARGE if line.size is Size.LARGE else _NORMAL)
        if line.bold is not self._bold:
            self.out.append(_BOLD if line.bold else _PLAIN)
        self._centred, self._size, self._bold = line.centred, line.size, line.bold

    def code(self, code: Code) -> None:
        self._style(Line("", centred=True))
        self.out += native_qr(code.text) if self._model.native_qr else (raster_qr(code.text, self._model),)


def native_qr(text: str) -> tuple[bytes, ...]:
    """GS ( k: model 2, module size, error correction M, store, print."""
    data = text.encode("ascii")
    store = b"\x1d(k" + (len(data) + 3).to_bytes(2, "little") + b"1P0" + data
    return b"\x1d(k\x03\x001C" + bytes([_MODULE]), b"\x1d(k\x03\x001E1", store, b"\x1d(k\x03\x001Q0"


def raster_qr(text: str, model: Model) -> bytes:
    """GS v 0 for models that cannot draw codes themselves; the printer doubles each dot both ways, so that a quarter of the
    dots goes over the line (at 9600 baud a second and a half instead of five)."""
    import segno
    from escpos.printer import Dummy
    from PIL import Image

    picture = io.BytesIO()
    segno.make(text, error="m", micro=False).save(picture, kind="png", scale=_MODULE // 2, border=2)
    printer = Dummy(profile=model.profile)
    printer.image(
        Image.open(picture), impl="bitImageRaster", high_density_vertical=False, high_density_horizontal=False
    )
    output: bytes = printer.output
    return output
