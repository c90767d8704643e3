"""Kiriman with a stick, through the screen: pressed, carried out by the real carrier, received by the real centre; whichever of
stick and line is first, each packet is there once."""

import hashlib
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from adminduk.clock import SystemClock
from adminduk.parcels import FOLDER as PARCELS
from adminduk.tickets import Claim
from central.intake import parcels
from central.schema import packets
from content.loader import ROOT, read_toml
from kiosk.carrier.sending import Bag, carry_next
from kiosk.errands import FOLDER, Phase, Tray, Verb
from kiosk.session import Step
from kiosk.settings import Centre, Identity, Settings, Storage
from kiosk.staff import Unlocked
from kiosk.store import Submission
from kiosk.uplink import Post, open_courier
from tests.unit.session.test_sendings import wait
from tests.unit.session.world import World, new_world
from tests.unit.store.making import KEY, numbered_id, ticket
from tests.unit.ui.hand import Hand
from tests.unit.ui.harness import pages
from tests.unit.uplink.village import DESA, QUICK, RealCentre, real_centre

SCREEN = read_toml(ROOT / "technician.toml")["errands"]
NIGHT = pytest.mark.nightly
STICK = read_toml(ROOT / "uplink_errors.toml")["stick_screen"]
WHO = Unlocked(staff_id="P-0007", name="Petugas Contoh")


@dataclass
class Clerk:
    """At the screen Kiriman, with a carrier beside the kiosk and a stick in its pocket."""

    world: World
    folder: Path
    url: str = "http://127.0.0.1:9"
    kiosk_id: str = "K-0017"
    receipt_key: bytes = bytes(32)
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)

    def __post_init__(self) -> None:
        self.hand = Hand(pages(self.world))
        self.hand.enter()
        self.stick = self.folder / "stick"
        self.stick.mkdir()
        self.at_outbox()

    def at_outbox(self) -> str:
        self.world.kiosk.officer, self.world.kiosk.visit.step = WHO, Step.STAFF_OUTBOX
        self.world.kiosk.visit.touched = self.world.clock.monotonic()
        return self.hand.look()

    @property
    def tray(self) -> Tray:
        return Tray(self.folder / FOLDER, self.world.clock)

    def press(self, what: str) -> str:
        return self.hand.press(what, at="petugas/usb")

    def carry(self) -> str:
        """The carrier's turn; the page as the pulse brings it."""
        identity = Identity(kiosk_id=self.kiosk_id, number=17, desa=DESA, desa_name="Desa Contoh")
        centre = Centre(url=self.url, sealing_key="00" * 32, receipt_key=self.receipt_key.hex(), roots_file="/none")
        settings = Settings(
            state_dir=str(self.folder), assets_dir="/none", identity=identity, centre=centre,
            storage=Storage(stick=str(self.stick)),
        )  # fmt: skip
        bag = Bag(settings=settings, store_key=KEY, key=self.key, storage="files", clock=self.world.clock, dice=secrets)
        assert carry_next(self.tray, bag)
        return self.hand.look()

    def submit(self, size: int = 30_000) -> str:
        content, packet_id = secrets.token_bytes(size), self.world.parts.new_id()
        self.world.parts.vault.put(packet_id, content)
        digest = hashlib.sha256(content).hexdigest()
        self.world.parts.store.record_submission(
            Submission(id=packet_id, sha256=digest, size=size, ticket=ticket(secrets.randbelow(10**6)), service="X",
                       sealed_at="2026-11-21T03:00:00.000000Z", clock_trusted=True)
        )  # fmt: skip
        self.at_outbox()
        return packet_id


@pytest.fixture
def clerk(tmp_path: Path) -> Iterator[Clerk]:
    world = new_world(tmp_path)
    yield Clerk(world, tmp_path)
    world.parts.store.close()


def test_nothing_waits_and_nothing_is_saved(clerk: Clerk) -> None:
    (form,) = clerk.hand.forms("simpan")
    assert form
    assert "disabled" in clerk.hand.page.split("usb/simpan")[1].split("</form>")[0]
    assert "disabled" not in clerk.hand.page.split("usb/baca")[1].split("</form>")[0]


def test_pressed_carried_and_said_which_to_bring(clerk: Clerk) -> None:
    for _ in range(3):
        clerk.submit()
    assert SCREEN["asked"] in clerk.press("simpan")
    assert "disabled" in clerk.hand.page.split("usb/simpan")[1].split("</form>")[0]
    said = STICK["exported"].format(packets=3, size="90 KB", folder="K-0017-0001")
    assert said in clerk.carry()
    assert (clerk.stick / PARCELS / "K-0017-0001").is_dir()
    clerk.world.clock.advance(7200)
    assert "21 November 2026 10:00 WIB" in clerk.at_outbox()  # an old word has its moment
    clerk.world.clock.advance(86_400)
    assert said not in clerk.at_outbox()


def test_a_double_press_is_one_parcel(clerk: Clerk) -> None:
    clerk.submit()
    form = clerk.hand.forms("simpan")[0]
    for _ in range(2):
        clerk.hand.post("/petugas/usb/simpan", form)
        clerk.at_outbox()
        form["kunjungan"] = clerk.world.kiosk.visit.id
    clerk.carry()
    assert len(list((clerk.stick / PARCELS).iterdir())) == 1
    assert not (clerk.folder / FOLDER / "export.request").exists()


def test_no_stick_is_said_and_what_to_do(clerk: Clerk) -> None:
    clerk.submit()
    clerk.stick.rmdir()
    for verb in ("simpan", "baca"):
        clerk.press(verb)
        assert STICK["stik_tidak_ada"] in clerk.carry()
        assert 'role="alert"' in clerk.hand.page


def test_while_it_is_carried_the_page_says_how_far_and_not_to_pull(clerk: Clerk) -> None:
    clerk.submit()
    clerk.press("simpan")
    asked = clerk.tray.take(Verb.EXPORT)
    assert asked is not None
    assert SCREEN["export_taken"] in clerk.at_outbox()
    clerk.tray.tell(asked, Phase.TAKEN, done=4, of=9)
    assert SCREEN["export_part"].format(done=4, of=9) in clerk.at_outbox()
    assert "simpan" in clerk.hand.page
    clerk.tray.tell(asked, Phase.REFUSED, code="unheard_of")
    assert "Ditolak. (unheard_of)" in clerk.at_outbox()


def test_nobody_carries_it_out_and_it_can_be_taken_back(clerk: Clerk) -> None:
    clerk.submit()
    clerk.press("simpan")
    assert clerk.hand.forms("batal") == []
    clerk.world.clock.advance(25)
    assert SCREEN["unheard"] in clerk.at_outbox()
    clerk.press("batal")
    assert not (clerk.folder / FOLDER / "export.request").exists()
    assert SCREEN["unheard"] not in clerk.hand.page
    assert clerk.hand.forms("batal") == []


def test_a_power_cut_in_the_middle_is_told_and_the_button_is_there_again(clerk: Clerk) -> None:
    clerk.submit()
    clerk.press("simpan")
    assert clerk.tray.take(Verb.EXPORT) is not None
    assert SCREEN["cut"] in clerk.carry()
    clerk.press("simpan")
    assert "1 kiriman" in clerk.carry()


def test_a_disk_that_takes_no_request_is_said(clerk: Clerk) -> None:
    clerk.submit()
    (clerk.folder / FOLDER).write_text("a file where the folder should be")
    assert SCREEN["unasked"] in clerk.press("simpan")


def test_the_pulse_brings_each_change(clerk: Clerk) -> None:
    clerk.submit()

    def mark() -> str:
        return clerk.hand.get("/denyut").get_json()["mark"]

    before = mark()
    clerk.press("simpan")
    asked = mark()
    clerk.carry()
    assert len({before, asked, mark()}) == 3


def test_only_staff_at_this_screen_may_ask(clerk: Clerk) -> None:
    clerk.submit()
    form = clerk.hand.forms("simpan")[0]
    clerk.world.kiosk.visit.step = Step.STAFF
    clerk.hand.post("/petugas/usb/simpan", form)
    clerk.world.kiosk.visit.step, clerk.world.kiosk.officer = Step.STAFF_OUTBOX, None
    clerk.hand.post("/petugas/usb/simpan", form)
    clerk.at_outbox()
    clerk.hand.post("/petugas/usb/simpan", {**form, "kunjungan": "of-another-visit"})
    assert not (clerk.folder / FOLDER).exists()
    assert clerk.hand.client.post("/petugas/usb/format", data=form, base_url=clerk.hand.pages.origin).status_code == 404


# --- with the centre ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealCentre]:
    with real_centre(tmp_path_factory.mktemp("centre")) as running:
        yield running


@pytest.mark.parametrize(
    "line",
    ["before_the_office", *(pytest.param(one, marks=NIGHT) for one in ("never", "while_saving", "after_the_office"))],
)
def test_the_line_comes_back_meanwhile_and_nothing_doubles(centre: RealCentre, tmp_path: Path, line: str) -> None:
    clock, key = SystemClock(), Ed25519PrivateKey.generate()
    world = new_world(tmp_path, clock=clock)
    object.__setattr__(world, "clock", clock)
    clerk = Clerk(world, tmp_path, url=centre.url, kiosk_id=centre.enrol(key), receipt_key=centre.receipt_key, key=key)
    sent = {clerk.submit(), clerk.submit()}

    def line_is_back(moment: str) -> None:
        if line != moment:
            return
        post = Post(store_file=tmp_path / "kiosk.db", vault_folder=tmp_path / "vault", url=centre.url, kiosk_id=clerk.kiosk_id,
                    desa=DESA, store_key=KEY, device_key=key, receipt_key=centre.receipt_key, limits=QUICK)  # fmt: skip
        with open_courier(post, clock=clock, dice=secrets) as courier:
            while courier.deliver_next():
                pass

    clerk.press("simpan")
    line_is_back("while_saving")
    told = clerk.carry()
    assert (STICK["tidak_ada_kiriman"] if line == "while_saving" else "2 kiriman") in told
    line_is_back("before_the_office")
    if line != "while_saving":
        assert [one.code for one in parcels.bring(centre.context, clerk.stick, actor="penguji")] == [""]
    line_is_back("after_the_office")
    clerk.press("baca")
    new = 2 if line == "never" else 0
    if line == "while_saving":
        assert STICK["tidak_ada_tanda_terima"] in clerk.carry()
    else:
        assert STICK["received"].format(received=new, known=2 - new) in clerk.carry()
    assert "Semua sudah sampai di kantor" in clerk.at_outbox()
    assert world.parts.vault.ids() == frozenset()
    with centre.engine.connect() as connection:
        mine = sa.select(packets.c.id).where(packets.c.kiosk_id == clerk.kiosk_id)
        assert sorted(connection.scalars(mine)) == sorted(sent)
    world.parts.store.close()


# --- the villager's receipt -----------------------------------------------------------------------------------------------


SAFE = "Permohonan Anda aman di kios ini dan terkirim sendiri begitu tersambung"


def at_receipt(clerk: Clerk, taken: str) -> str:
    visit = clerk.world.kiosk.visit
    clerk.world.kiosk.officer = None
    visit.claim = Claim(ticket=taken, secret=bytes(16), pin="482913")
    visit.service, visit.step = next(iter(clerk.world.parts.catalogue.services.values())), Step.RECEIPT
    visit.touched = clerk.world.clock.monotonic()
    return clerk.hand.look()


def test_a_receipt_says_that_all_is_safe_once_it_was_tried_in_vain(clerk: Clerk) -> None:
    given = wait(clerk.world, 1)
    assert SAFE not in at_receipt(clerk, given.ticket)
    before = clerk.hand.get("/denyut").get_json()["mark"]
    clerk.world.parts.store.claim()
    clerk.world.parts.store.set_back(given.id, "tidak_tersambung")
    assert clerk.hand.get("/denyut").get_json()["mark"] != before
    assert SAFE in at_receipt(clerk, given.ticket)
    clerk.world.parts.store.receive(given.id, "{}")
    assert SAFE not in at_receipt(clerk, given.ticket)


def test_one_that_does_not_get_its_turn_says_it_too(clerk: Clerk) -> None:
    wait(clerk.world, 1)
    clerk.world.clock.advance(700)
    given = wait(clerk.world, 2)
    assert SAFE in at_receipt(clerk, given.ticket)
    assert given.id == numbered_id(2)
