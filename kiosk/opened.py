"""Opens the devices that the settings name, each as the screen wants it: one that may be slow is asked in a thread."""

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from adminduk.clock import Clock
from kiosk.settings import Settings

if TYPE_CHECKING:
    from kiosk.hardware.card.protocol import CardReader
    from kiosk.hardware.health import Health
    from kiosk.hardware.paper.protocol import PaperPrinter
    from kiosk.hardware.polled import Polled
    from kiosk.hardware.power.protocol import Power
    from kiosk.hardware.receipt.protocol import ReceiptPrinter
    from kiosk.hardware.scanner.protocol import Scanner

log = logging.getLogger(__name__)

DISK_EVERY_S = 10.0


def tell_misplaced(enrolled: Path | None = None) -> None:
    """At start: what was enrolled and is not where it was, by role, into the log; the drivers say it on the screens."""
    from kiosk.hardware.enrolled import ENROLLED, differences, parse
    from kiosk.hardware.plugged import plugged

    file = enrolled or ENROLLED
    if file.exists():
        for role, missed in differences(parse(file.read_text(encoding="utf-8")), plugged()).items():
            log.warning("device_misplaced role=%s miss=%s evidence=%s", role, missed.miss, missed.evidence)


def open_receipt(settings: Settings, clock: Clock) -> "ReceiptPrinter":
    """A real one is asked in a thread how it is."""
    from kiosk.hardware import receipt
    from kiosk.hardware.receipt.polled import PolledReceiptPrinter

    found = receipt.connect(settings.devices.receipt)
    return found if settings.devices.receipt.startswith("simulated:") else PolledReceiptPrinter(found, clock=clock)


def open_paper(settings: Settings, clock: Clock) -> "PaperPrinter":
    """A real one is asked in a thread how it is."""
    from kiosk.hardware import paper
    from kiosk.hardware.paper.polled import PolledPaperPrinter

    found = paper.connect(settings.devices.paper)
    return found if settings.devices.paper.startswith("simulated:") else PolledPaperPrinter(found, clock=clock)


def open_scanner(settings: Settings, clock: Clock, *, runtime: Path) -> "Scanner":
    """A real one is asked in a thread whether it is there."""
    from kiosk.hardware import scanner
    from kiosk.hardware.scanner.polled import PolledScanner

    url = settings.devices.scanner
    found = scanner.connect(url, runtime=runtime)
    return PolledScanner(found, clock=clock) if url.startswith("sane:") else found


def open_card(settings: Settings, clock: Clock) -> "CardReader":
    """A real one is asked in a thread: its daemon may hang."""
    from kiosk.hardware import card
    from kiosk.hardware.card.polled import PolledCardReader

    url = settings.devices.card
    found = card.connect(url)
    return PolledCardReader(found, clock=clock) if url.startswith("pcsc:") else found


def open_power(settings: Settings, clock: Clock) -> "Power":
    from kiosk.hardware import power
    from kiosk.hardware.power.polled import PolledPower

    url = settings.devices.power
    found = power.connect(url, clock=clock)
    return PolledPower(found, clock=clock) if url.startswith(("nut:", "sysfs:")) else found


def open_disk(settings: Settings, clock: Clock) -> "Polled[Health]":
    """The disk under the state folder; one that hangs is told as broken after half a minute."""
    from kiosk.hardware.health import READY, Condition, Health
    from kiosk.hardware.polled import Polled
    from kiosk.hardware.power.disk import Disk

    disk, hung = Disk(settings.state, clock=clock), Health(Condition.FAULT, "disk.errors", "not answered")
    return Polled(disk.state, first=READY, silent=hung, clock=clock, every_s=DISK_EVERY_S, patience_s=4 * DISK_EVERY_S)
