"""Receipt printers. ``connect`` turns a device URL into one."""

from urllib.parse import parse_qs, urlsplit

from kiosk.hardware.receipt.models import AUTO, DEFAULT, PLAINEST, find
from kiosk.hardware.receipt.protocol import ReceiptPrinter

LINE_S = 3.0


def connect(url: str) -> ReceiptPrinter:
    """``simulated://``, ``tcp://host:port?model=TM-T20II``, ``serial:///dev/ttyX?baud=38400&model=…``; ``model=auto`` asks it.

    Raises:
        ValueError: another scheme. KeyError: a model without a row in models.py.
    """
    parts = urlsplit(url)
    options = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    wanted = options.get("model", DEFAULT)
    model = None if wanted == AUTO else find(wanted)
    if parts.scheme == "simulated":
        from kiosk.hardware.receipt.simulated import SimulatedReceiptPrinter

        return SimulatedReceiptPrinter(model.name if model else DEFAULT)
    from kiosk.hardware.receipt.escpos_driver import EscposReceiptPrinter

    profile = (model or PLAINEST).profile
    if parts.scheme == "tcp":
        return EscposReceiptPrinter(lambda: _network(str(parts.hostname), parts.port or 9100, profile), model)
    if parts.scheme == "serial":
        baud = int(options.get("baud", "38400"))
        return EscposReceiptPrinter(lambda: _serial(parts.path, baud, profile), model)
    raise ValueError(f"receipt printers are simulated://, tcp:// or serial://, not {parts.scheme}://")


def _network(host: str, port: int, profile: str) -> object:
    from escpos.printer import Network

    return Network(host, port, timeout=LINE_S, profile=profile)


def _serial(path: str, baud: int, profile: str) -> object:
    from escpos.printer import Serial

    return Serial(path, baudrate=baud, timeout=LINE_S, profile=profile)
