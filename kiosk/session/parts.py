"""What a visit works with, handed in once by the appliance."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from adminduk.clock import Clock
from adminduk.faults import Fault
from adminduk.forms import Form
from adminduk.packets import SealingKey
from adminduk.regions import Regions
from adminduk.send_errors import SendErrors
from adminduk.services import Catalogue
from adminduk.tickets import Dice
from kiosk.hardware.camera.protocol import Camera
from kiosk.hardware.card.not_fitted import NoCardReader
from kiosk.hardware.card.protocol import CardReader
from kiosk.hardware.codes.protocol import CodeReader
from kiosk.hardware.health import Condition, Health
from kiosk.hardware.paper.protocol import PaperPrinter
from kiosk.hardware.power.protocol import Power
from kiosk.hardware.receipt.protocol import ReceiptPrinter
from kiosk.hardware.scanner.protocol import Scanner
from kiosk.imaging import Image, Patience, Reader, Thresholds, encode
from kiosk.session.technician.toolbox import Toolbox
from kiosk.store import Store
from kiosk.vault import Vault

NOT_FITTED = Health(Condition.ABSENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who this kiosk is."""

    kiosk_id: str
    number: int
    desa: str
    desa_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """``vault``: packets that wait for the courier; ``drafts``: drafts that wait for their owner; ``waiting``: finished
    documents that wait for theirs, which the courier brings and erases.

    ``staff_key``: the centre's 32 bytes, by which its roster is believed. ``roots``: PEM of who may sign documents.
    ``thresholds``: of photographs, ``scanned``: of the scanner's pages, ``patience``: of the
    photograph that takes itself, None where it is not wanted. ``lines``: tells which way up letters stand, where it is
    installed. ``encode``: how pages are kept and sent. ``selfie``: before the face, often not fitted.
    ``read_nik``: whether cards' numbers are read. ``disk``: its newest reading, at once. ``forms``: the
    official forms, by code. ``new_id``: a fresh UUIDv7 as text. ``poster``: the villagers' poster of a day, as a PDF.
    ``toolbox``: the technician's. ``on_wiped``: the shell is renewed. ``freeze``: the codes of why nobody should begin a new
    application now, ``copy``: how the second copy of the packets is, ``content``: how new content fares; all at once.
    ``on_kept``: a packet was kept. ``send_errors``: why a packet waits, in words.
    """

    catalogue: Catalogue
    faults: Mapping[str, Fault]
    forms: Mapping[str, Form]
    regions: Regions | None
    thresholds: Thresholds
    scanned: Thresholds
    patience: Patience | None
    identity: Identity
    sealing_key: SealingKey
    roots: bytes
    staff_key: bytes
    store: Store
    vault: Vault
    drafts: Vault
    waiting: Vault
    receipt: ReceiptPrinter
    paper: PaperPrinter
    camera: Camera
    selfie: Camera
    read_nik: bool
    scanner: Scanner
    codes: CodeReader
    power: Power
    disk: Callable[[], Health]
    clock: Clock
    dice: Dice
    new_id: Callable[[], str]
    poster: Callable[[date], bytes]
    toolbox: Toolbox
    lines: Reader | None = None
    encode: Callable[[Image], bytes] = encode
    card: CardReader = field(default_factory=NoCardReader)
    on_wiped: Callable[[], None] = lambda: None
    freeze: Callable[[], tuple[str, ...]] = lambda: ()
    copy: Callable[[], Health] = lambda: NOT_FITTED
    content: Callable[[], Health] = lambda: NOT_FITTED
    send_errors: SendErrors = field(default_factory=lambda: SendErrors({}))
    on_kept: Callable[[], None] = lambda: None
