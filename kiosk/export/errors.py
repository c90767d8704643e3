"""Why nothing was laid on a stick, or taken from it."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_CLOSED = (errno.EROFS, errno.EACCES, errno.EPERM)
_GONE = (errno.ENOENT, errno.ENODEV, errno.ENXIO, errno.ENOTDIR)


class StickError(OSError):
    """``code``: ``stik_tidak_disebut``, ``stik_tidak_ada`` (no such folder, or it was pulled out), ``stik_ganda`` (which one?),
    ``stik_penuh``, ``stik_hanya_baca`` (its switch, or its rights), ``stik_rusak`` (what was written does not come back),
    ``stik_dicabut`` (it was there when we began), ``tidak_ada_kiriman`` (nothing waits)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@contextmanager
def stick_troubles() -> Iterator[None]:
    """The system's error numbers to our codes."""
    try:
        yield
    except StickError:
        raise
    except OSError as error:
        raise StickError(_code(error)) from None


def _code(error: OSError) -> str:
    if error.errno in _FULL:
        return "stik_penuh"
    if error.errno in _CLOSED:
        return "stik_hanya_baca"
    return "stik_tidak_ada" if error.errno in _GONE else "stik_rusak"
