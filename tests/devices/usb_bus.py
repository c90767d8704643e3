"""A USB bus without a kernel: umockdev redirects a program's /sys, /dev and netlink into a folder of ours, and this program
answers libusb's usbfs ioctls for the printers on it. libusb, pyusb and python-escpos are the real ones.

What a printer is sent goes to emupos over TCP, and its answers come back as bulk transfers. Run under umockdev's preload;
orders come as JSON lines on stdin, each is answered by one line; the first line names the folder (UMOCKDEV_DIR).
Layouts: linux/usbdevice_fs.h on a 64-bit machine; the way is that of libusb's own tests (tests/umockdev.c).
"""

import errno
import json
import socket
import struct
import sys
import threading
from pathlib import Path
from typing import Any

import gi

gi.require_version("UMockdev", "1.0")
from gi.repository import UMockdev  # noqa: E402

CAPABILITIES, GET_DRIVER, CLAIM, RELEASE, RESET = 0x8004551A, 0x41045508, 0x8004550F, 0x80045510, 0x5514
SET_CONFIGURATION, SUBMIT, DISCARD, REAP_NOW, IOCTL = 0x80045505, 0x8038550A, 0x550B, 0x4008550D, 0xC0105512
DISCONNECT = 0x5516
CAN = 0x01 | 0x02 | 0x04  # zero packets, bulk continuation, no packet size limit
CONTROL, BULK = 2, 3
URB = struct.Struct("<BBxxiIxxxxQiiiiiIQ")  # type, endpoint, status, flags, buffer, length, done, ...
BUFFER_AT, STATUS_AT, DONE_AT = 16, 4, 28
REAP_S = 0.02  # libusb sees our file as always ready: an answer that waits a little keeps it from spinning
OUT, IN = 0x01, 0x82
LONGEST_QUESTION = 16
CONTROLLER = "/devices/pci0000:00/0000:00:14.0"
HUBS = (("usb1", 1), ("usb1/1-4", 5))


def descriptors(vendor: int, product: int, kind: int, *, deaf: bool = False) -> bytes:
    """Of a printer with one interface of class ``kind`` (7: printer, 255: its maker's own) and two bulk endpoints; a deaf one
    has no way to answer."""
    device = struct.pack("<BBHBBBBHHHBBBB", 18, 1, 0x0200, 0, 0, 0, 64, vendor, product, 0x0100, 1, 2, 3, 1)
    back = [] if deaf else [7, 5, IN, 2, 64, 0, 0]
    interface = bytes([9, 4, 0, 0, 1 if deaf else 2, kind, 1, 2, 0, 7, 5, OUT, 2, 64, 0, 0, *back])
    return device + struct.pack("<BBHBBBBB", 9, 2, 9 + len(interface), 1, 1, 0, 0xC0, 1) + interface


class Plugged:
    """One printer on the bus. ``pending`` transfers wait for the printer, ``done`` ones for libusb to take them."""

    def __init__(self, order: dict[str, Any], address: int) -> None:
        self.order, self.address = order, address
        self.driver, self.taken, self.stalled, self.fragile = order.get("driver", ""), False, False, False
        self.gone = False
        self.parts: list[str] = []
        self.line = socket.create_connection(("127.0.0.1", order["tcp"]), timeout=5)
        self.line.settimeout(None)
        self.said = b""
        self.pending: list[tuple[Any, Any]] = []
        self.done: list[Any] = []
        self.reaper: Any = None
        self.news = threading.Condition()
        for work in (self._listen, self._reap):
            threading.Thread(target=work, daemon=True).start()

    # --- the printer's side -------------------------------------------------------------------------------------------

    def _listen(self) -> None:
        while data := self._received():
            with self.news:
                self.said += data
                self._deliver()
        self.leave()

    def _received(self) -> bytes:
        try:
            return self.line.recv(4096)
        except OSError:
            return b""

    def _deliver(self) -> None:
        while self.said and self.pending:
            urb, buffer = self.pending.pop(0)
            length = URB.unpack(bytes(urb.retrieve()))[5]
            self._finish(urb, buffer, self.said[:length])
            self.said = self.said[length:]

    def _finish(self, urb: Any, buffer: Any, data: bytes = b"", *, sent: int = 0, status: int = 0) -> None:
        if data:
            buffer.update(0, data)
        urb.update(STATUS_AT, struct.pack("<i", status))
        urb.update(DONE_AT, struct.pack("<i", len(data) or sent))
        self.done.append(urb)
        self.news.notify_all()

    def leave(self) -> None:
        """The plug is pulled: what waits ends as the kernel ends it."""
        with self.news:
            self.gone = True
            while self.pending:
                self._finish(*self.pending.pop(0), status=-errno.ESHUTDOWN)

    # --- libusb's side ------------------------------------------------------------------------------------------------

    def ioctl(self, client: Any) -> bool:
        request, argument = client.get_request(), client.get_arg()
        with self.news:
            if self.gone and request not in (REAP_NOW, DISCARD, RELEASE):
                client.complete(-1, errno.ENODEV)
            elif request == REAP_NOW:
                self.reaper = (client, argument)
                self.news.notify_all()
            else:
                client.complete(*self._answer(request, argument))
        return True

    def _answer(self, request: int, argument: Any) -> tuple[int, int]:
        if request == CAPABILITIES:
            argument.resolve(0, 4).update(0, struct.pack("<I", CAN))
        elif request == GET_DRIVER:
            return self._name_driver(argument)
        elif request == CLAIM and (self.driver or self.taken):
            return -1, errno.EBUSY
        elif request == IOCTL:
            return self._disconnect(argument)
        elif request == SUBMIT:
            self._submit(argument)
        elif request == DISCARD:
            return self._discard(argument)
        elif request not in (CLAIM, RELEASE, RESET, SET_CONFIGURATION):
            return -1, errno.ENOTTY
        return 0, 0

    def _name_driver(self, argument: Any) -> tuple[int, int]:
        if not self.driver:
            return -1, errno.ENODATA
        argument.resolve(0, 260).update(4, self.driver.encode() + b"\0")
        return 0, 0

    def _disconnect(self, argument: Any) -> tuple[int, int]:
        code = struct.unpack_from("<i", bytes(argument.resolve(0, 16).retrieve()), 4)[0]
        if code != DISCONNECT or not self.driver:
            return -1, errno.ENODATA
        self.driver = ""
        return 0, 0

    def _submit(self, argument: Any) -> None:
        urb = argument.resolve(0, URB.size)
        kind, endpoint, _status, _flags, _at, length, *_rest = URB.unpack(bytes(urb.retrieve()))
        buffer = urb.resolve(BUFFER_AT, length)
        content = bytes(buffer.retrieve())
        if kind == CONTROL:
            self._finish(urb, buffer, status=-errno.EPIPE)  # nothing of ours asks by control transfer
        elif endpoint == OUT and self.fragile and length > LONGEST_QUESTION:
            self.pending.append((urb, buffer))
            self.leave()
        elif endpoint == OUT and not self.stalled:
            self.line.sendall(content)
            self._finish(urb, buffer, sent=length)
        else:
            self.pending.append((urb, buffer))
            if endpoint == IN:
                self._deliver()

    def _discard(self, argument: Any) -> tuple[int, int]:
        (address,) = struct.unpack("<Q", bytes(argument.retrieve()))
        for entry in self.pending:
            if entry[0].client_addr == address:
                self.pending.remove(entry)
                self._finish(*entry, status=-errno.ENOENT)
                return 0, 0
        return -1, errno.EINVAL

    def _reap(self) -> None:
        """libusb takes until there is nothing more: only who finds nothing twice in a row waits."""
        waits = True
        while True:
            with self.news:
                self.news.wait_for(lambda: self.reaper is not None)
                self.news.wait_for(lambda: bool(self.done), timeout=REAP_S if waits else 0)
                (client, argument), self.reaper = self.reaper, None
                waits = not self.done
                if self.done:
                    argument.resolve(0, 8).set_ptr(0, self.done.pop(0))
                    client.complete(0, 0)
                else:
                    client.complete(-1, errno.ENODEV if self.gone else errno.EAGAIN)


class Bus:
    """Two hubs, and printers at ports such as ``1-2`` and ``1-4.3``."""

    def __init__(self) -> None:
        self.bed = UMockdev.Testbed.new()
        self.printers: dict[str, Plugged] = {}
        self.handlers: list[Any] = []
        self.address = 10
        self.bed.add_from_string(f"P: {CONTROLLER}\nE: SUBSYSTEM=pci\n")
        for place, address in HUBS:
            self.bed.add_from_string(described(place, address, descriptors(0x1D6B, 2, 9), "1d6b", "0002", ""))

    def plug(self, order: dict[str, Any]) -> str:
        """At ``port``: a printer with ``vendor``, ``product``, ``serial``, whose brain listens at ``tcp``."""
        self.address += 1
        printer = Plugged(order, self.address)
        self.printers[order["port"]] = printer
        handler = UMockdev.IoctlBase.new()
        handler.connect("handle-ioctl", lambda _base, client: printer.ioctl(client))
        self.handlers.append(handler)
        self.bed.attach_ioctl(node(self.address), handler)
        numbers = (int(order["vendor"], 16), int(order["product"], 16), order.get("kind", 7))
        words = descriptors(*numbers, deaf=order.get("deaf", False))
        facts = (order["vendor"], order["product"], order.get("serial", ""))
        self.bed.add_from_string(described(where(order["port"]), self.address, words, *facts))
        return node(self.address)

    def adapter(self, order: dict[str, Any]) -> str:
        """What is plugged at ``port`` is a serial adapter: the kernel gives it an interface and ``tty``."""
        name = order["tty"]
        interface = f"{CONTROLLER}/{where(order['port'])}/{order['port']}:1.0"
        places = (interface, f"{interface}/{name}", f"{interface}/{name}/tty/{name}")
        facts = (
            "E: SUBSYSTEM=usb\nE: DEVTYPE=usb_interface\nA: bInterfaceNumber=00\\n",
            "E: SUBSYSTEM=usb-serial",
            f"E: SUBSYSTEM=tty\nE: DEVNAME=/dev/{name}\nE: MAJOR=188\nE: MINOR=0\nA: dev=188:0\\n",
        )
        for place, words in zip(places, facts, strict=True):
            self.bed.add_from_string(f"P: {place}\n{words}\n")
            self.printers[order["port"]].parts.append(place)
        return places[-1]

    def clear(self, _order: dict[str, Any]) -> str:
        for port in tuple(self.printers):
            self.unplug({"port": port})
        return ""

    def unplug(self, order: dict[str, Any]) -> str:
        printer = self.printers.pop(order["port"])
        printer.leave()
        for part in reversed(printer.parts):
            self.bed.remove_device(f"/sys{part}")
        place = f"/sys{CONTROLLER}/{where(order['port'])}"
        self.bed.uevent(place, "remove")
        self.bed.remove_device(place)
        Path(self.bed.get_root_dir() + node(printer.address)).unlink(missing_ok=True)
        return ""

    def set(self, order: dict[str, Any]) -> str:
        """``driver``: the kernel's driver; ``taken``: another program's claim; ``stalled``: it takes no byte more;
        ``fragile``: its plug falls out with the next slip."""
        setattr(self.printers[order["port"]], order["what"], order["to"])
        return self.printers[order["port"]].driver


def where(port: str) -> str:
    return f"usb1/1-4/{port}" if "." in port else f"usb1/{port}"


def node(address: int) -> str:
    return f"/dev/bus/usb/001/{address:03d}"


def described(place: str, address: int, words: bytes, vendor: str, product: str, serial: str) -> str:
    """umockdev's own language: path, node, properties, attributes."""
    attributes = {
        "dev": f"189:{address - 1}", "busnum": "1", "devnum": str(address), "bConfigurationValue": "1", "speed": "12", "idVendor": vendor,
        "idProduct": product, **({"serial": serial} if serial else {}),
    }  # fmt: skip
    return "\n".join((
        f"P: {CONTROLLER}/{place}",
        f"N: bus/usb/001/{address:03d}={words.hex().upper()}",
        "E: SUBSYSTEM=usb", "E: DRIVER=usb", "E: BUSNUM=001", f"E: DEVNUM={address:03d}", "E: DEVTYPE=usb_device",
        f"E: DEVNAME={node(address)}", "E: MAJOR=189", f"E: MINOR={address - 1}",
        *(f"A: {name}={value}\\n" for name, value in attributes.items()),
        f"H: descriptors={words.hex().upper()}", "",
    ))  # fmt: skip


def main() -> None:
    bus = Bus()
    answer(bus.bed.get_root_dir())
    for line in sys.stdin:
        order = json.loads(line)
        answer(json.dumps(getattr(bus, order["do"])(order)))


def answer(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
