"""One person's visit, in memory only. ``wipe`` drops and overwrites everything personal."""

import base64
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from adminduk.messages import InquiryAnswer
from adminduk.services import Service
from adminduk.tickets import Claim
from kiosk.hardware.health import PrintResult
from kiosk.hardware.scanner.protocol import ScanResult
from kiosk.imaging import Image, Judgement, Sheet, Watch
from kiosk.imaging.face import Advice
from kiosk.session.nik_offer import NikCheck
from kiosk.session.steps import Step
from kiosk.store import PrintJob

DRAFT_PREFIX = "KIOD1"


@dataclass(frozen=True, slots=True)
class DraftKey:
    """What the slip of a saved draft carries."""

    id: str
    secret: bytes = field(repr=False)

    @property
    def code(self) -> str:
        """The QR's text: 58 characters of QR's alphanumeric set."""
        parts = (UUID(self.id).bytes, self.secret)
        return " ".join((DRAFT_PREFIX, *(base64.b32encode(part).decode().rstrip("=") for part in parts)))


@dataclass(frozen=True, slots=True)
class DayDraft:
    """A draft that staff saved today; the key is in memory only, and goes at the day's end or with the process."""

    key: DraftKey
    service: str
    at: str
    day: date


@dataclass(slots=True)
class Draft:
    """Answers by field key; pages by paper code, as `imaging.encode` made them."""

    answers: dict[str, str] = field(default_factory=dict, repr=False)
    pages: dict[str, list[bytearray]] = field(default_factory=dict, repr=False)
    remarks: dict[str, tuple[str, ...]] = field(
        default_factory=dict
    )  # paper code → what was told of the page kept last

    def wipe(self) -> None:
        for code in list(self.pages):
            self.drop(code)
        self.answers.clear()

    def drop(self, code: str) -> None:
        """Every page of a paper, overwritten."""
        self.remarks.pop(code, None)
        for page in self.pages.pop(code, []):
            page[:] = bytes(len(page))

    def remove(self, code: str, number: int) -> None:
        """One page of a paper, counted from 1; nothing when there is no such page."""
        pages = self.pages.get(code, [])
        if 1 <= number <= len(pages):
            page = pages.pop(number - 1)
            page[:] = bytes(len(page))
        if not pages:
            self.pages.pop(code, None)


@dataclass(slots=True)
class Taken:
    """A picture that is being judged: the frame, where the sheet is, the flat page as it will be sent, the verdict."""

    frame: Image = field(repr=False)
    sheet: Sheet
    page: bytearray = field(repr=False)
    judgement: Judgement
    scanned: bool = False  # by the scanner: no lamp shines, no corner is cut
    advice: tuple[Advice, ...] = ()  # of a portrait, where nothing is judged for being read

    @property
    def told(self) -> tuple[str, ...]:
        """The codes of what is wrong with it, in the order in which to tell them."""
        return (*self.judgement.problems, *self.advice)

    def wipe(self) -> None:
        if self.frame.flags.writeable:
            self.frame.fill(0)
        self.page[:] = bytes(len(self.page))


@dataclass(slots=True)
class Asking:
    """A question to the centre: the key that alone opens the answer, and what came."""

    ticket: str
    pin: str | None = field(default=None, repr=False)
    secret: bytes | None = field(default=None, repr=False)
    question_id: str = ""
    key: X25519PrivateKey | None = field(default=None, repr=False)
    document: str | None = None
    asked_at: float = 0.0
    code: str = ""
    status: InquiryAnswer | None = None
    pdf: bytes = field(default=b"", repr=False)
    signer: str = ""
    pages: int = 0
    job: PrintJob | None = None
    result: PrintResult | None = None
    tries: int = 0  # of printing this document
    as_of: str = ""  # the status is not the centre's of now but of this moment: there is no line
    spent: bool = False  # the centre knows of a print of this document
    codes: frozenset[str] | None = field(default=None, repr=False)  # that its pages show; None until they were read
    waited: str = ""  # the document is the copy that waited here: the SHA-256 of its content

    def wipe(self) -> None:
        """Nothing of the claim and of the document stays, whoever still holds this object."""
        self.pin = self.secret = self.key = self.status = self.codes = None
        self.pdf, self.signer, self.ticket = b"", "", ""


class Stoppable(Protocol):
    """What kiosk/session/scanning.py leaves here while the scanner reads."""

    result: ScanResult | None

    def stop(self) -> None: ...


@dataclass(slots=True)
class Visit:
    """``id`` is random and guards every form; ``version`` rises with each change, so that pages know when to reload."""

    id: str
    step: Step = Step.HOME
    version: int = 0
    touched: float = 0.0
    moved: float = 0.0  # seconds for which only motion under the camera kept the visit
    seen: Image | None = field(default=None, repr=False)  # a thumbnail of what lay under the camera
    watch: Watch = field(default_factory=Watch, repr=False)  # over the papers under the camera
    service: Service | None = None
    group: str = ""
    at: str = ""  # field key or paper code in work
    returning: bool = False  # came from the review and goes back there
    replacing: bool = False  # the next page kept takes the place of all earlier ones
    draft: Draft = field(default_factory=Draft, repr=False)
    taken: Taken | None = None
    nik: NikCheck = field(default_factory=NikCheck, repr=False)  # the numbers on the cards that were photographed
    scan: Stoppable | None = None  # a scan on its way
    complaint: str = ""
    typed: str = field(default="", repr=False)
    region: str = ""  # how far the picking of a place has come
    list_page: int = 0
    warned: str = ""  # "key:code,…" of the warnings already shown once
    claim: Claim | None = field(default=None, repr=False)
    packet_id: str = ""
    slip: PrintJob | None = None
    slip_result: PrintResult | None = None
    proven: set[str] = field(default_factory=set, repr=False)  # codes of doubtful prints that lay under the camera
    slips: int = 0  # papers of the slip that may have come out: a refused one has not
    slip_tries: int = 0  # of printing it without being asked, after a refill
    asking: Asking | None = None
    refused_draft: str = ""  # the id of a slip that opened nothing
    draft_key: DraftKey | None = field(default=None, repr=False)
    assisted_by: str = ""  # the staff id of who fills in
    complaints: dict[str, str] = field(default_factory=dict)  # of a whole block: field key → code
    given: dict[str, str] = field(default_factory=dict, repr=False)  # what stood in a block that does not hold
    wait_s: int = 0  # until the next try of a PIN
    note: str = ""  # what is told once
    reason: str = ""  # why staff prints a document again
    scores: list[int | None] = field(default_factory=list)
    display: dict[str, Any] = field(default_factory=dict)  # large text, contrast, language: reset with the visit

    def wipe(self) -> None:
        self.draft.wipe()
        self.nik.wipe()
        if self.taken is not None:
            self.taken.wipe()
        if self.scan is not None:
            self.scan.stop()
        if self.asking is not None:
            self.asking.wipe()
        self.seen = self.scan = None
        self.watch = Watch()
        self.taken = self.claim = self.asking = self.service = self.draft_key = None
        self.typed = self.complaint = self.warned = self.at = self.region = ""
        self.scores.clear()
        self.proven.clear()
        self.given.clear()
        self.display.clear()
