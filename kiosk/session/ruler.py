"""How long a receipt is, measured on the bytes that go to the printer. Pure.

It follows what moves the paper (lines, feeds, codes, pictures, the cut) and passes over the rest. Held against the pictures
that emupos draws of the same bytes, dot for dot (tests/unit/session/test_ruler.py).
"""

from collections.abc import Callable, Mapping

DOTS_PER_MM = 8  # 203 dpi
LINE, CHARACTER = 30, 24  # dots: the pitch of a line, the height of font A
CUT_MM = 15  # from the heating line to the blade of the models that we know; it is blank on the next receipt
ESC, DLE, GS = 0x1B, 0x10, 0x1D
QR_ERROR, LONGEST_CODE = "m", 2331  # bytes


def millimetres(data: bytes) -> int:
    """Of paper that a receipt takes, the blank strip before the blade too."""
    ruler = _Ruler(data)
    return -(-ruler.dots // DOTS_PER_MM) + (CUT_MM if ruler.cut else 0)


class _Ruler:
    """Walks through one job. ``dots`` down the paper; ``cut``: whether a blade ended it."""

    def __init__(self, data: bytes) -> None:
        self.dots, self.cut = 0, False
        self._pitch, self._height, self._module, self._held = LINE, 1, 3, 0
        self._rest = iter(data)
        for byte in self._rest:
            self._take(byte)

    def _take(self, byte: int) -> None:
        if byte == 0x0A:
            self._feed(1)
        elif byte == ESC:
            self._command(_AFTER_ESC)
        elif byte == GS:
            self._command(_AFTER_GS)
        elif byte == DLE:
            self._bytes(2)

    def _command(self, table: Mapping[int, Callable[["_Ruler"], None]]) -> None:
        """A command without a row moves no paper and has one parameter."""
        for name in self._bytes(1):
            table.get(name, _Ruler._one)(self)

    def _bytes(self, count: int) -> bytes:
        """The next ones; fewer at the end."""
        return bytes(byte for _, byte in zip(range(count), self._rest, strict=False))

    def _one(self) -> None:
        self._bytes(1)

    def _number(self, count: int = 1) -> int:
        return int.from_bytes(self._bytes(count), "little")

    def _feed(self, lines: int) -> None:
        self.dots += lines * max(self._pitch, CHARACTER * self._height)

    # --- commands: who they are stands in the tables below ------------------------------------------------------------

    def _reset(self) -> None:
        self._pitch, self._height = LINE, 1

    def _set_pitch(self) -> None:
        self._pitch = self._number()

    def _usual_pitch(self) -> None:
        self._pitch = LINE

    def _feed_dots(self) -> None:
        self.dots += self._number()

    def _feed_lines(self) -> None:
        self._feed(self._number())

    def _double(self) -> None:
        self._height = 2 if self._number() & 0x10 else 1

    def _size(self) -> None:
        self._height = (self._number() & 7) + 1

    def _columns(self) -> None:
        """A band of a picture; the line feed after it moves the paper."""
        mode, across = self._number(), self._number(2)
        self._bytes(across * (3 if mode in (32, 33) else 1))

    def _cut(self) -> None:
        self.cut = True
        if self._number() in (65, 66, 97, 98, 103, 104):
            self._bytes(1)

    def _raster(self) -> None:
        _name, mode, across, down = self._number(), self._number(), self._number(2), self._number(2)
        self._bytes(across * down)
        self.dots += down * (2 if mode & 2 else 1)

    def _long(self) -> None:
        """GS ( name length …: codes drawn by the printer (k), pictures it keeps (L)."""
        name, body = self._number(), self._bytes(self._number(2))
        if name == ord("k"):
            self._code(body)
        elif name == ord("L"):
            self._picture(body)

    def _code(self, body: bytes) -> None:
        match body[:2]:
            case b"1C":
                self._module = int.from_bytes(body[2:3], "little")
            case b"1P":
                self._held = modules(body[3:])
            case b"1Q":
                self.dots += self._held * self._module

    def _picture(self, body: bytes) -> None:
        match body[1:2]:
            case b"p":
                self._held = int.from_bytes(body[8:10], "little") * int.from_bytes(body[4:5], "little")
            case b"\x02" | b"2":
                self.dots += self._held


def modules(text: bytes) -> int:
    """How many squares high a QR code of our error correction is; 0 for what no code can hold."""
    import segno

    if not 0 < len(text) <= LONGEST_CODE:
        return 0
    return int(segno.make(text.decode("ascii", "replace"), error=QR_ERROR, micro=False).symbol_size(border=0)[1])


_AFTER_ESC: Mapping[int, Callable[[_Ruler], None]] = {
    ord("@"): _Ruler._reset, ord("2"): _Ruler._usual_pitch, ord("3"): _Ruler._set_pitch, ord("J"): _Ruler._feed_dots,
    ord("d"): _Ruler._feed_lines, ord("!"): _Ruler._double, ord("*"): _Ruler._columns,
}  # fmt: skip
_AFTER_GS: Mapping[int, Callable[[_Ruler], None]] = {
    ord("!"): _Ruler._size, ord("V"): _Ruler._cut, ord("v"): _Ruler._raster, ord("("): _Ruler._long,
}  # fmt: skip
