"""The uplink: see ``run_courier`` and ``Courier``."""

from kiosk.uplink.courier import Courier
from kiosk.uplink.errors import Busy, Refused, Unreachable, UplinkError
from kiosk.uplink.service import CourierRunningError, Post, open_courier, run_courier

__all__ = [
    "Busy",
    "Courier",
    "CourierRunningError",
    "Post",
    "Refused",
    "Unreachable",
    "UplinkError",
    "open_courier",
    "run_courier",
]
