"""The three calls of PC/SC that say whether a card is there, by ctypes on Debian's libpcsclite (its ABI is of 2003).

Not pyscard: it would be one more package to keep in step with two Debians for the sake of three calls, and it opens the way
to the chip. The structure that PC/SC fills has room for the card's answer to reset; nobody here looks at it.
"""

import ctypes
from collections.abc import Mapping
from functools import cache

LIBRARY = "libpcsclite.so.1"
_SYSTEM, _NOW, _UNAWARE = 2, 0, 0
_ATR_ROOM = 33
OK, NO_READERS = 0, 0x8010002E
UNKNOWN_READER, UNAVAILABLE = 0x80100009, 0x80100017  # unplugged between two calls
NO_LIBRARY = 0x8010001D  # SCARD_E_NO_SERVICE, as if the daemon were not there


class PcscError(Exception):
    """PC/SC cannot answer. ``code``: its 32-bit number (pcsclite.h)."""

    def __init__(self, code: int) -> None:
        super().__init__(f"pcsc {code:#010x}")
        self.code = code


class _ReaderState(ctypes.Structure):
    """SCARD_READERSTATE of pcsclite.h."""

    _fields_ = (
        ("reader", ctypes.c_char_p),
        ("user", ctypes.c_void_p),
        ("current", ctypes.c_ulong),
        ("event", ctypes.c_ulong),
        ("unread_length", ctypes.c_ulong),
        ("unread", ctypes.c_ubyte * _ATR_ROOM),
    )


def readers(name: str = LIBRARY) -> Mapping[str, int]:
    """Reader's name → its SCARD_STATE flags, now; empty when none is plugged in. Asked afresh each time, so that a daemon
    that came back is found. Blocks while the daemon hangs. ``name``: of the shared library.

    Raises:
        PcscError: no library, no daemon, not allowed, or a daemon that went away in the middle.
    """
    library, context = _library(name), ctypes.c_long()
    _check(library.SCardEstablishContext(_SYSTEM, None, None, ctypes.byref(context)))
    try:
        names = _names(library, context)
        return _states(library, context, names) if names else {}
    finally:
        library.SCardReleaseContext(context)


def _names(library: ctypes.CDLL, context: ctypes.c_long) -> list[bytes]:
    size = ctypes.c_ulong()
    found = library.SCardListReaders(context, None, None, ctypes.byref(size)) & 0xFFFFFFFF
    if found == NO_READERS:
        return []
    _check(found)
    room = ctypes.create_string_buffer(size.value)
    _check(library.SCardListReaders(context, None, room, ctypes.byref(size)))
    return [name for name in room.raw[: size.value].split(b"\0") if name]


def _states(library: ctypes.CDLL, context: ctypes.c_long, names: list[bytes]) -> Mapping[str, int]:
    asked = (_ReaderState * len(names))(*[_ReaderState(reader=name, current=_UNAWARE) for name in names])
    found = library.SCardGetStatusChange(context, _NOW, asked, len(names)) & 0xFFFFFFFF
    if found in (UNKNOWN_READER, UNAVAILABLE):
        return {}
    _check(found)
    return {name.decode(errors="replace"): int(one.event) for name, one in zip(names, asked, strict=True)}


def _check(code: int) -> None:
    if code & 0xFFFFFFFF != OK:
        raise PcscError(code & 0xFFFFFFFF)


@cache
def _load(name: str) -> ctypes.CDLL:
    library = ctypes.CDLL(name)
    context, pointer, number = ctypes.c_long, ctypes.c_void_p, ctypes.c_ulong
    for call, arguments in (
        (library.SCardEstablishContext, (number, pointer, pointer, pointer)),
        (library.SCardListReaders, (context, pointer, pointer, pointer)),
        (library.SCardGetStatusChange, (context, number, pointer, number)),
        (library.SCardReleaseContext, (context,)),
    ):
        call.argtypes, call.restype = arguments, ctypes.c_long
    return library


def _library(name: str) -> ctypes.CDLL:
    try:
        return _load(name)
    except OSError:
        raise PcscError(NO_LIBRARY) from None
