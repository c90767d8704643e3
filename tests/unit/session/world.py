"""A whole kiosk for one test: real store, real vault, simulated devices, a hand-moved clock, and a centre that answers."""

import base64
import io
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import segno
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from uuid6 import uuid7

import blanks
from adminduk.clock import Clock, ManualClock
from adminduk.messages import ANSWER_INFO, INQUIRY_INFO, Inquiry, InquiryAnswer
from adminduk.packets import Packet, SealingKey, open_packet, seal_to, unseal
from adminduk.regions import Regions, parse
from adminduk.services import Catalogue
from content.loader import ROOT, load, load_faults, load_forms, load_poster, load_send_errors, read_toml
from kiosk.hardware.camera.not_fitted import NoCamera
from kiosk.hardware.camera.protocol import Camera, Image
from kiosk.hardware.camera.simulated import SimulatedCamera
from kiosk.hardware.codes.simulated import SimulatedCodeReader
from kiosk.hardware.health import READY, Health
from kiosk.hardware.paper.simulated import SimulatedPaperPrinter
from kiosk.hardware.power.simulated import SimulatedPower
from kiosk.hardware.receipt.simulated import SimulatedReceiptPrinter
from kiosk.hardware.scanner.not_fitted import NoScanner
from kiosk.hardware.scanner.protocol import Scanner
from kiosk.imaging import Patience, Thresholds, encoding
from kiosk.session import Event, Identity, Kiosk, Parts, Step, forms
from kiosk.session.desk import Action
from kiosk.session.technician.toolbox import Toolbox
from kiosk.store import Store
from kiosk.vault import Vault
from tests import once
from tests.right_answers import KK, NIK, right_answer
from tests.specimens import birth_letter, on_desk
from tests.unit.store.making import lay_store

__all__ = ["KK", "NIK", "right_answer"]

once.remember()

TOP = Path(__file__).parents[3]
KEY = bytes(range(32))
CATALOGUE = load("wonogiri")
FORMS = load_forms("wonogiri")


def few_regions() -> Regions:
    """Enough of Indonesia: three provinces, and one kecamatan with fourteen desa."""
    names = {"33": "JAWA TENGAH", "34": "DI YOGYAKARTA", "51": "BALI", "3312": "KABUPATEN WONOGIRI", "331212": "CONTOH"}
    names |= {f"33121220{number:02d}": f"DESA CONTOH {number}" for number in range(1, 15)}
    return parse(f"{code}\t{name}" for code, name in names.items())


@lru_cache(maxsize=4)
def birth_letter_on_desk(seed: int = 1) -> Image:
    return on_desk(birth_letter(), seed=seed, size=(1920, 1440))[0]


@once.once
def encode_quickly(flat: Image) -> bytes:
    """As pages are encoded, but coarsely: these tests are not about what a page looks like, and there are thousands of them."""
    small = flat if max(flat.shape) < 2000 else cv2.resize(flat, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    return encoding.avif(np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2RGB), np.uint8), encoding.Step(40, 10))


@lru_cache(maxsize=16)
def qr_on_desk(text: str) -> Image:
    """A slip's code on a desk, as a hand lays it."""
    png = io.BytesIO()
    segno.make(text, error="m", micro=False).save(png, kind="png", scale=14, border=6)
    return on_desk(np.asarray(cv2.imdecode(np.frombuffer(png.getvalue(), np.uint8), cv2.IMREAD_COLOR)), seed=5)[0]


@dataclass(slots=True)
class World:
    """The kiosk under test and every hand and eye on it."""

    kiosk: Kiosk
    parts: Parts
    clock: ManualClock
    camera: SimulatedCamera
    receipt: SimulatedReceiptPrinter
    paper: SimulatedPaperPrinter
    power: SimulatedPower
    codes: SimulatedCodeReader
    private: X25519PrivateKey
    wiped: list[None]

    # --- the visitor's hands ------------------------------------------------------------------------------------------

    @property
    def step(self) -> Step:
        return self.kiosk.visit.step

    def do(self, *verbs: Action | Event) -> None:
        """Verbs or plain events, one after another, on the visit of this moment."""
        for verb in verbs:
            action = (lambda _visit, event=verb: event) if isinstance(verb, Event) else verb
            assert self.kiosk.act(self.kiosk.visit.id, action)

    def to_questions(self, service: str = "KK-UBAH-3") -> None:
        self.do(Event.APPLY, self.kiosk.choose(service), Event.HAVE_PAPERS, Event.AGREE)

    def answer(self, **wanted: str) -> None:
        """Every question that is asked, rightly, or as ``wanted`` says."""
        for _ in range(400):
            if self.step is not Step.QUESTION:
                return
            field = forms.current_field(self.kiosk.visit)
            self.do(self.kiosk.answer(wanted.get(field.key, right_answer(field))))
        raise AssertionError(f"stuck at {self.kiosk.visit.at}: {self.kiosk.visit.complaint}")

    def photograph(self, *, until: Step = Step.REVIEW) -> None:
        """One page of each paper, until the review."""
        self.camera.lay_paper(birth_letter_on_desk())
        while self.step is Step.CAPTURE:
            self.do(self.kiosk.take(), self.kiosk.use_page())
        assert self.step is until

    def to_review(self, service: str = "KK-UBAH-3", **wanted: str) -> None:
        self.to_questions(service)
        self.answer(**wanted)
        self.photograph()

    def to_receipt(self, service: str = "KK-UBAH-3") -> None:
        self.to_review(service)
        self.do(self.kiosk.submit())

    def to_waiting(self, ticket: str, pin: str = "482913") -> None:
        self.do(Event.CHECK, self.kiosk.give_ticket(ticket), self.kiosk.give_pin(pin))

    # --- the centre ---------------------------------------------------------------------------------------------------

    def packets(self) -> list[Packet]:
        """What the centre would find in the vault, opened."""
        ids = sorted(self.parts.vault.ids())
        return [open_packet(self.parts.vault.read(one, 0, self.parts.vault.size(one)), self.private) for one in ids]

    def centre_answers(self, **answer: Any) -> Inquiry:
        """The oldest open question is answered as the centre would; returns the question."""
        question = self.parts.store.next_question()
        assert question is not None
        inquiry = Inquiry.from_json(unseal(self.private, question.sealed, INQUIRY_INFO))
        reply_to = X25519PublicKey.from_public_bytes(base64.b64decode(inquiry.reply_to))
        message = InquiryAnswer(**{"code": "ok", **answer}).to_json()
        self.parts.store.answer(question.id, seal_to(reply_to, message, ANSWER_INFO))
        self.kiosk.look()
        return inquiry


def poster(catalogue: Catalogue, day: date) -> bytes:
    """The villagers' poster with the screen's pictures."""
    words = blanks.parse_words(load_poster("wonogiri"), catalogue)
    pictures = blanks.pictures_in(TOP / "build" / "static" / "icons", TOP / "kiosk" / "ui" / "static" / "pictures")
    return blanks.poster(catalogue, words, desa_name="Desa Contoh", today=day, pictures=pictures)


def new_world(
    folder: Path,
    *,
    roots: bytes = b"",
    staff_key: bytes = b"",
    regions: Regions | None = None,
    clock: Clock | None = None,
    catalogue: Catalogue = CATALOGUE,
    scanner: Scanner | None = None,
    disk: Callable[[], Health] | None = None,
    selfie: Camera | None = None,
    read_nik: bool = False,
) -> World:
    """Everything fresh under ``folder``; no scanner unless one is given."""
    hand_clock = ManualClock()
    time = clock or hand_clock
    private, wiped = X25519PrivateKey.generate(), list[None]()
    camera, receipt, paper = SimulatedCamera(clock=time), SimulatedReceiptPrinter(), SimulatedPaperPrinter()
    power, codes = SimulatedPower(clock=time), SimulatedCodeReader(clock=time)
    folder.mkdir(parents=True, exist_ok=True)
    parts = Parts(
        catalogue=catalogue,
        faults=load_faults(),
        forms=FORMS,
        regions=regions or few_regions(),
        thresholds=Thresholds.of(read_toml(ROOT / "base" / "legibility.toml")["camera"]),
        scanned=Thresholds.of(read_toml(ROOT / "base" / "legibility.toml")["upload"]),
        patience=Patience.of(read_toml(ROOT / "base" / "legibility.toml")["automatic"]),
        identity=Identity(kiosk_id="kios-17", number=17, desa="3312122001", desa_name="Desa Contoh"),
        sealing_key=SealingKey(private.public_key()),
        roots=roots,
        staff_key=staff_key,
        store=Store.open(lay_store(folder / "kiosk.db", KEY), KEY, clock=time, dice=secrets),
        vault=Vault(folder / "vault"),
        drafts=Vault(folder / "drafts"),
        waiting=Vault(folder / "documents"),
        receipt=receipt,
        paper=paper,
        camera=camera,
        selfie=selfie or NoCamera(),
        read_nik=read_nik,
        encode=encode_quickly,
        scanner=scanner or NoScanner(),
        codes=codes,
        power=power,
        disk=lambda: READY if disk is None else disk(),
        clock=time,
        dice=secrets,
        new_id=lambda: str(uuid7()),
        poster=lambda day: poster(catalogue, day),
        toolbox=Toolbox.of(
            read_toml(ROOT / "technician.toml"),
            version="0.1.0",
            addresses={"disk": str(folder)},
            canary=lambda: READY,
            free_mb=lambda: 51_200,
        ),
        send_errors=load_send_errors(),
        on_wiped=lambda: wiped.append(None),
    )
    return World(
        kiosk=Kiosk(parts), parts=parts, clock=hand_clock, camera=camera, receipt=receipt, paper=paper,
        power=power, codes=codes, private=private, wiped=wiped,
    )  # fmt: skip
