"""A4 printers. ``connect`` turns a device URL into one."""

from urllib.parse import parse_qs, urlsplit

from adminduk.clock import SystemClock
from kiosk.hardware.paper.protocol import PaperPrinter


def connect(url: str) -> PaperPrinter:
    """``simulated://``, ``ipp://host:port/printers/A4?device=ipp://host:port/ipp/print``.

    Raises:
        ValueError: another scheme, or no device behind the queue.
    """
    parts = urlsplit(url)
    if parts.scheme == "simulated":
        from kiosk.hardware.paper.simulated import SimulatedPaperPrinter

        return SimulatedPaperPrinter()
    if parts.scheme != "ipp":
        raise ValueError(f"A4 printers are simulated:// or ipp://, not {parts.scheme}://")
    from kiosk.hardware.paper.cups_driver import CupsPaperPrinter
    from kiosk.hardware.paper.ipp import IppAddress

    device = parse_qs(parts.query).get("device")
    if not device:
        raise ValueError("ipp:// needs ?device=ipp://…: CUPS alone does not tell the truth")
    return CupsPaperPrinter(IppAddress.of(url), IppAddress.of(device[0]), clock=SystemClock())
