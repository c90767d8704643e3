"""The same picture is looked at once: what the real imaging functions found of it is remembered for the tests' process.

Hundreds of tests lay the same sheet under the camera, and a look at it takes a third of a second. These functions are arrays in,
arrays out: the same picture gives the same result, so it may as well be the one from before. Only what the session asks for is
remembered; `kiosk.imaging` itself stays as it is, for the tests of the functions themselves.
"""

import functools
import pickle
import sys
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from types import SimpleNamespace
from typing import Any

import numpy as np

from kiosk import imaging
from kiosk.imaging import Upright
from kiosk.session import capture

MOST = 40  # results of a function; a flat page is 12 MB
REMEMBERED = ("find_sheet", "flatten", "upright", "judge", "read_codes", "encode", "preview")


def _own(made: Any) -> Any:
    """A copy where it is pixels; all else cannot be changed."""
    if isinstance(made, np.ndarray):
        return made.copy()
    if isinstance(made, Upright):
        return made._replace(flat=made.flat.copy())
    return tuple(map(_own, made)) if type(made) is tuple else made


def once(function: Callable[..., Any], most: int = MOST) -> Callable[..., Any]:
    """``function``, called once for the same arguments; every caller gets a copy of his own, to overwrite as he likes."""
    found: OrderedDict[int, Any] = OrderedDict()
    lock = Lock()

    @functools.wraps(function)
    def remembered(*given: Any, **named: Any) -> Any:
        try:
            key = hash(pickle.dumps((given, sorted(named.items())), 5))  # 64 bits, and faster than any digest
        except (pickle.PicklingError, AttributeError, TypeError):  # a reader of letters that holds a model
            return function(*given, **named)
        with lock:
            kept = found.pop(key, None)
        if kept is None:
            kept = _own(function(*given, **named))
        with lock:
            found[key] = kept
            if len(found) > most:
                found.popitem(last=False)
        return _own(kept)

    return remembered


def remember() -> None:
    """From now on, in this process; twice is once."""
    if capture.imaging is not imaging:
        return
    remembering = SimpleNamespace(**{**vars(imaging), **{name: once(getattr(imaging, name)) for name in REMEMBERED}})
    for name, module in sys.modules.items():
        if name.startswith("kiosk.session.") and getattr(module, "imaging", None) is imaging:
            setattr(module, "imaging", remembering)  # noqa: B010 - a module has no such attribute to be assigned
