"""Receipt printers. ``connect`` turns a device URL into one."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, parse_qs, urlsplit

from kiosk.hardware.plugged import Wanted, is_numbered
from kiosk.hardware.receipt.models import AUTO, DEFAULT, PLAINEST, find
from kiosk.hardware.receipt.protocol import ReceiptPrinter

if TYPE_CHECKING:
    from kiosk.hardware.receipt.lines import Line


def connect(url: str) -> ReceiptPrinter:
    """``simulated://``, ``tcp://host:port?model=TM-T20II``, ``serial:///dev/kios-struk?baud=38400&model=…``,
    ``usb:04b8:0e15?serial=…&model=…`` (or ``&path=1-4.3``); ``model=auto`` asks it.

    Raises:
        ValueError: another scheme, no such address, or a name that is another device tomorrow (/dev/ttyUSB0). KeyError: a
            model without a row in models.py.
    """
    parts = urlsplit(url)
    options = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    wanted = options.get("model", DEFAULT)
    model = None if wanted == AUTO else find(wanted)
    if parts.scheme == "simulated":
        from kiosk.hardware.receipt.simulated import SimulatedReceiptPrinter

        return SimulatedReceiptPrinter(model.name if model else DEFAULT)
    from kiosk.hardware.receipt.escpos_driver import EscposReceiptPrinter

    return EscposReceiptPrinter(_line(parts, options, (model or PLAINEST).profile), model)


def _line(parts: SplitResult, options: Mapping[str, str], profile: str) -> "Callable[[], Line]":
    from kiosk.hardware.receipt.lines import SerialLine, TcpLine

    if parts.scheme == "tcp":
        return lambda: TcpLine.to(str(parts.hostname), parts.port or 9100, profile)
    if parts.scheme == "serial":
        if is_numbered(parts.path):
            raise ValueError(
                f"{parts.path} may be another device tomorrow: enrol it (provisioning/devices.py), use its name"
            )
        baud = int(options.get("baud", "38400"))
        return lambda: SerialLine.to(parts.path, baud, profile)
    if parts.scheme == "usb":
        return _usb(parts.path, options)
    raise ValueError(f"receipt printers are simulated://, tcp://, serial:// or usb:, not {parts.scheme}://")


def _usb(kind: str, options: Mapping[str, str]) -> "Callable[[], Line]":
    from kiosk.hardware.receipt.usb_line import UsbLine

    vendor, _, product = kind.partition(":")
    if not all(len(half) == 4 and set(half) <= set("0123456789abcdef") for half in (vendor, product)):
        raise ValueError("usb: needs vendor and product, four small hexadecimal digits each: usb:04b8:0e15")
    wanted = Wanted(vendor=vendor, product=product, serial=options.get("serial", ""), path=options.get("path", ""))
    return lambda: UsbLine(wanted)
