"""Code readers (QR and barcodes on a cable). ``connect`` turns a device URL into one."""

import re
from urllib.parse import parse_qs, urlsplit

from adminduk.clock import Clock, SystemClock
from kiosk.hardware.codes.protocol import CodeReader

__all__ = ["CodeReader", "connect"]

_RENUMBERED = re.compile(r"/dev/tty(USB|ACM)\d+")


def connect(url: str, *, clock: Clock | None = None) -> CodeReader:
    """``simulated://``, ``serial:///dev/serial/by-id/…?baud=9600``, ``wedge:`` (a scanner that types), ``none:``.

    Raises:
        ValueError: another scheme, a baud rate that is no number, or a name that moves to another device on replugging.
    """
    parts, clock = urlsplit(url), clock or SystemClock()
    if parts.scheme == "none":
        from kiosk.hardware.codes.not_fitted import NoCodeReader

        return NoCodeReader()
    if parts.scheme == "simulated":
        from kiosk.hardware.codes.simulated import SimulatedCodeReader

        return SimulatedCodeReader(clock=clock)
    if parts.scheme == "wedge":
        from kiosk.hardware.codes.wedge import WedgeCodeReader

        return WedgeCodeReader(clock=clock)
    if parts.scheme == "serial":
        from kiosk.hardware.codes.serial_driver import BAUD, SerialCodeReader

        baud = parse_qs(parts.query).get("baud", [str(BAUD)])[-1]
        return SerialCodeReader(_lasting(parts.path), baud=int(baud), clock=clock)
    raise ValueError(f"code readers are simulated://, serial://, wedge: or none:, not {parts.scheme}://")


def _lasting(path: str) -> str:
    if _RENUMBERED.fullmatch(path):
        raise ValueError(f"{path} changes on replugging: name the reader by /dev/serial/by-id/… or by a udev rule")
    return path
