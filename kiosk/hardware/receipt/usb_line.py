"""A receipt printer on USB, through pyusb and libusb.

Not through escpos.printer.Usb: it resets the printer whenever it opens (which drops what it holds and may renumber it),
waits for ever by default, loses what a short write left over, and hides the kernel's error number in words.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import usb.core  # type: ignore[import-untyped]  # pyusb ships no types
import usb.util  # type: ignore[import-untyped]  # the same

from kiosk.hardware.plugged import SYSFS, Miss, Missed, Plugged, Wanted, find, plugged
from kiosk.hardware.receipt.lines import LINE_S, Unfit

PRINTER_CLASS = 7
PACKET = 64
_CODES = {Miss.OTHER: "receipt.swapped", Miss.ALIKE: "receipt.swapped", Miss.MOVED: "receipt.moved"}


class UsbLine:
    """Looked for anew at each opening: its number changes with every plugging. ``look`` lists what is plugged."""

    node: Path | None = None

    def __init__(self, wanted: Wanted, look: Callable[[], Sequence[Plugged]] = lambda: plugged(SYSFS)) -> None:
        self._wanted, self._look = wanted, look
        self._device: Any = None
        self._out = self._in = 0
        self._said = bytearray()

    def open(self) -> None:
        """Raises Unfit when another one hangs there, FileNotFoundError when none does, USBError (OSError) otherwise."""
        found = find(self._wanted, self._look())
        if isinstance(found, Missed):
            if found.miss is Miss.ABSENT:
                raise FileNotFoundError("no such printer")
            raise Unfit(_CODES[found.miss], found.evidence)
        self.node = found.node
        self._device = device = _device_at(found)
        interface = _printing(device)
        self._out, self._in = _endpoints(interface)
        if device.is_kernel_driver_active(interface.bInterfaceNumber):
            device.detach_kernel_driver(interface.bInterfaceNumber)  # usblp, which can print but not listen
        usb.util.claim_interface(device, interface)

    def write(self, data: bytes) -> None:
        """All of it: a printer that is busy takes less than it is offered."""
        while data:
            taken = self._device.write(self._out, data, _ms(LINE_S))
            if not taken:
                raise TimeoutError("the printer takes nothing")
            data = data[taken:]

    def read(self, wait_s: float) -> int | None:
        """One byte, or None when it stays silent."""
        if not self._said:
            try:
                self._said += self._device.read(self._in, PACKET, _ms(wait_s))
            except usb.core.USBTimeoutError:
                return None
        return self._said.pop(0) if self._said else None

    def close(self) -> None:
        device, self._device = self._device, None
        self._said.clear()
        if device is not None:
            usb.util.dispose_resources(device)


def _ms(seconds: float) -> int:
    """libusb's 0 means for ever."""
    return max(1, round(seconds * 1000))


def _device_at(found: Plugged) -> Any:
    try:
        device = usb.core.find(bus=found.bus, address=found.number)
    except usb.core.NoBackendError:
        raise Unfit("receipt.denied", "libusb-1.0 is not installed") from None
    if device is None:
        raise FileNotFoundError("gone since it was listed")
    return device


def _printing(device: Any) -> Any:
    """The interface for printing: of the printers' class, else the first that takes and gives bulk data."""
    interfaces = list(device.get_active_configuration())
    ranked = sorted(interfaces, key=lambda interface: interface.bInterfaceClass != PRINTER_CLASS)
    usable = [interface for interface in ranked if all(_endpoints(interface))]
    if not usable:
        raise Unfit("receipt.swapped", "this device cannot print and answer")
    return usable[0]


def _endpoints(interface: Any) -> tuple[int, int]:
    """Addresses of bulk out and bulk in; 0 for one that is not there."""
    ends = {
        usb.util.endpoint_direction(end.bEndpointAddress): end.bEndpointAddress
        for end in interface
        if usb.util.endpoint_type(end.bmAttributes) == usb.util.ENDPOINT_TYPE_BULK
    }
    return ends.get(usb.util.ENDPOINT_OUT, 0), ends.get(usb.util.ENDPOINT_IN, 0)
