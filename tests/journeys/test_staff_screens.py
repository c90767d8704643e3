"""Staff's day in the browser: every screen of staff mode measured, searched by axe, and photographed for docs/petugas.md."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator

from adminduk.services import Block, Service
from adminduk.tickets import Claim, new_ticket
from content.loader import ROOT, load_send_errors, read_toml
from kiosk.errands import Phase, Verb
from kiosk.hardware.health import Outcome, PrintResult
from kiosk.session import Event, Step, forms
from kiosk.staff import Unlocked
from kiosk.store import PrintKind, PrintState
from kiosk.ui import errands
from tests.journeys.browser import PANELS as SIZES
from tests.journeys.browser import Screen, arrive, chromium, keep
from tests.layout.measure import axed, ruled
from tests.layout.scenes import under_which_asked
from tests.right_answers import all_right
from tests.unit.documents.paperwork import Office, blank_pdf
from tests.unit.session.test_checking import encoded, to_document
from tests.unit.session.test_sendings import wait
from tests.unit.session.world import CATALOGUE, World, birth_letter_on_desk, new_world
from tests.unit.staff.hall import CENTRE_KEY, PIN, put, roster
from tests.unit.ui.harness import PANELS, served

pytestmark = pytest.mark.journey
STEPS = {
    "staff_login", "staff", "staff_help", "staff_prints", "staff_drafts", "staff_pickup", "staff_summary", "block", "forms",
    "saved", "staff_reprint", "staff_paper", "staff_outbox",
}  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@dataclass(slots=True)
class Rounds:
    """A clerk's hands: walks, measures, photographs."""

    world: World
    screen: Screen
    folder: Path
    panel: str
    seen: set[str]

    def take(self, name: str) -> None:
        """One picture; nothing small, nothing off the glass, nothing that axe finds."""
        self.seen.add(self.screen.step)
        keep(self.screen.page, self.folder / f"{self.panel}-{name}.png")
        found = ruled(self.screen.page) + axed(self.screen.page)
        assert found == [], (name, found)

    def tap(self, text: str) -> None:
        """A button by its words, as a person finds it."""
        self.screen._click(self.screen.page.get_by_role("button", name=text).first)

    def come(self, *, with_help: bool = False) -> None:
        """From anywhere to staff mode, by the door that everybody sees."""
        self.screen.page.get_by_role("link", name="Bantuan").click()
        self.screen.settle()
        if with_help:
            self.take("help")
        self.screen.page.get_by_role("button", name="Saya petugas").click()
        self.screen.reach("staff_login")
        self.take("staff-names")
        self.tap("Petugas Contoh")
        self.take("staff-pin")
        self.screen.press(PIN)
        self.screen.go_on("unlock")


@pytest.mark.parametrize("panel", ["landscape", pytest.param("portrait", marks=pytest.mark.nightly)])
def test_a_clerks_day(browser: Browser, tmp_path: Path, screens: Path, panel: str) -> None:
    office = Office.open()
    with ThreadPoolExecutor(1) as pool:
        world = pool.submit(made, tmp_path, office.pem).result()
    with served(world, panel=PANELS[panel]) as pages:
        rounds = Rounds(world, Screen.open(browser, pages.address(), panel), screens, panel, set())
        help_somebody(rounds)
        apply_for_somebody(rounds)
        print_again(rounds, office)
        look_after_the_day(rounds)
        assert rounds.screen.problems == []
        assert STEPS - rounds.seen == set()
        rounds.screen.page.context.close()


def made(folder: Path, roots: bytes = b"") -> World:
    world = new_world(folder, roots=roots, staff_key=CENTRE_KEY.public_key().public_bytes_raw())
    put(world.parts.store, roster(world.clock.now()))
    job = world.parts.store.intend_print(PrintKind.DOCUMENT, "d-1")
    world.parts.store.settle_print(job, PrintState.DOUBTFUL, "paper.jam")
    return world


def help_somebody(rounds: Rounds) -> None:
    """A visitor is stuck: staff sees the step, nothing else, and gives the screen back."""
    screen = rounds.screen
    screen.do("apply")
    screen.do("group", kelompok="keluarga")
    screen.do("choose", layanan="KK-UBAH-3")
    screen.do("have_papers")
    screen.do("agree")
    ring(rounds)
    rounds.come(with_help=True)
    screen.reach("staff_help")
    rounds.take("staff-help")
    screen.page.get_by_role("button", name="Kembalikan ke warga").click()
    screen.reach("question")
    screen.page.get_by_role("button", name="Mulai ulang").click()
    screen.page.locator("#yakin-ya").click()
    screen.reach("home")


def ring(rounds: Rounds) -> None:
    """The visitor asks for staff: the bell sounds, and goes on until somebody comes."""
    page = rounds.screen.page
    page.get_by_role("link", name="Bantuan").click()
    rounds.screen.settle()
    page.get_by_role("button", name="Minta bantuan petugas").click()
    page.locator("html[data-rung]").wait_for(state="attached")
    rounds.take("help-called")
    page.get_by_role("link", name="Kembali").click()
    rounds.screen.reach("question")


def apply_for_somebody(rounds: Rounds) -> None:
    """Whole blocks, many papers in one go, a form to sign."""
    screen, world = rounds.screen, rounds.world
    rounds.come()
    screen.reach("staff")
    rounds.take("staff")
    screen.do("assist")
    screen.do("group", kelompok="keluarga")
    screen.do("choose", layanan="KK-UBAH-3")
    screen.do("have_papers")
    screen.do("agree")
    screen.reach("block")
    rounds.take("block")
    screen.page.locator("#f_nik").fill("12")
    screen.go_on("answer_block")
    rounds.take("block-wrong")
    service = world.kiosk.visit.service
    assert service is not None
    right = all_right(service)
    while screen.step == "block":
        for field in forms.current_block(world.kiosk.visit).fields:
            box = screen.page.locator(f"#f_{field.key}")
            if box.count() and field.key in right:
                type_in(box, right[field.key])
        screen.go_on("answer_block")
    world.camera.lay_paper(birth_letter_on_desk())
    while screen.step == "capture":
        screen.do("take")
    screen.reach("review")
    rounds.take("staff-review")
    screen.do("to_forms")
    rounds.take("forms")
    screen.do("print_form", formulir="F-1.02")
    rounds.take("forms-printed")
    screen.do("back")
    screen.do("save")
    screen.reach("saved")
    rounds.take("saved")
    screen.do("finish")
    screen.reach("staff")


def print_again(rounds: Rounds, office: Office) -> None:
    """A document that was printed before: why once more?"""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(printed_before, rounds.world, office).result()
    rounds.screen.reach("document")
    rounds.screen.do("print")
    rounds.screen.reach("staff_reprint")
    rounds.take("staff-reprint")
    rounds.screen.do("reprint", sebab="rusak")
    rounds.screen.reach("printed")
    rounds.take("staff-reprinted")
    rounds.screen.do("finish")
    rounds.screen.do("finish")
    rounds.screen.reach("staff")


def printed_before(world: World, office: Office) -> None:
    ticket, pdf = new_ticket(17, world.parts.dice), office.sign(blank_pdf())
    to_document(world, ticket, pdf)
    world.do(world.kiosk.print_document(), Event.TO_STATUS, world.kiosk.open_document("d1"))
    world.centre_answers(pdf=encoded(pdf))


def type_in(box: Locator, text: str) -> None:
    if box.evaluate("element => element.tagName") == "SELECT":
        box.select_option(text)
    else:
        box.fill(text)


def look_after_the_day(rounds: Rounds) -> None:
    screen = rounds.screen
    screen.do("walk_in")
    rounds.take("staff-number")
    screen.do("to_drafts")
    rounds.take("staff-drafts")
    screen.do("back")
    screen.do("to_prints")
    rounds.take("staff-prints")
    screen.do("settle_doubt", sebab="macet")
    screen.do("back")
    screen.do("to_pickup")
    rounds.take("staff-pickup")
    screen.press(new_ticket(17, rounds.world.parts.dice).replace("-", ""))
    screen.go_on("pick_up")
    screen.do("back")
    screen.do("to_summary")
    rounds.take("staff-summary")
    queue_up(rounds.world)
    screen.do("to_outbox")
    rounds.take("staff-outbox")
    save_to_a_stick(rounds)
    screen.do("back")
    screen.do("to_paper")
    screen.do("new_roll")
    screen.do("add_sheets", lembar="250")
    rounds.take("staff-paper")
    screen.do("back")
    screen.do("print_poster")
    assert rounds.world.kiosk.visit.note == "poster"
    rounds.world.receipt.unplug()
    screen.do("walk_in")
    rounds.take("staff-unplugged")
    screen.do("lock_staff")
    assert rounds.world.step is Step.HOME
    applied_without_a_line(rounds)


def applied_without_a_line(rounds: Rounds) -> None:
    """The next villager's slip is in doubt and the line is down: the fullest that the receipt can be."""
    world, page = rounds.world, rounds.screen.page
    with ThreadPoolExecutor(1) as pool:
        pool.submit(just_applied, world, Outcome.DOUBTFUL).result()
    page.goto(page.url)
    rounds.screen.reach("receipt")
    assert page.get_by_text("aman di kios ini").count()
    rounds.take("receipt-offline-doubtful")


def just_applied(world: World, outcome: Outcome, number: int = 9) -> None:
    """Sent a moment ago, and tried in vain."""
    world.kiosk.leave()
    given = wait(world, number)
    world.parts.store.set_back(given.id, "tidak_tersambung")
    visit = world.kiosk.visit
    visit.service, visit.step = CATALOGUE.services["AKL"], Step.RECEIPT
    visit.claim = Claim(ticket=given.ticket, secret=bytes(16), pin="482913")
    visit.slip_result = PrintResult(outcome, "" if outcome is Outcome.OK else "receipt.silent")


def save_to_a_stick(rounds: Rounds) -> None:
    """Asked, being carried, done: the page goes on by itself at each."""
    page, tray = rounds.screen.page, errands.tray(rounds.world.kiosk)
    rounds.tap("Simpan ke USB")
    asked = tray.take(Verb.EXPORT)
    assert asked is not None
    tray.tell(asked, Phase.TAKEN, done=1, of=2)
    page.get_by_text("JANGAN dicabut").wait_for()
    words = read_toml(ROOT / "uplink_errors.toml")["stick_screen"]["exported"]
    tray.tell(asked, Phase.DONE, words=words.format(packets=2, size="1,9 MB", folder="K-0017-0003"))
    page.get_by_text("Stik boleh dicabut").wait_for()
    arrive(page)
    rounds.take("staff-stick")


def queue_up(world: World, *, stuck: tuple[str, ...] = ("terlalu_besar",)) -> None:
    """Packets that wait for a person, and one that waits for the line."""
    for number, code in enumerate(stuck, 1):
        world.parts.store.need_attention(wait(world, number).id, code)
    world.parts.store.set_back(wait(world, len(stuck) + 1).id, "tidak_tersambung")


@pytest.mark.nightly
@pytest.mark.parametrize("panel", list(SIZES))
def test_a_queue_in_the_longest_words_fits_the_glass(browser: Browser, tmp_path: Path, panel: str) -> None:
    """The staff's menu with its warning, and three packets that wait for a person, in usual and in large letters."""
    longest = sorted(load_send_errors().rows, key=lambda code: -len(str(load_send_errors().rows[code])))[:3]
    with ThreadPoolExecutor(1) as pool:
        world = pool.submit(made, tmp_path).result()
    queue_up(world, stuck=tuple(longest))
    code = max(
        (code for code in world.parts.faults if code.startswith("freeze.")),
        key=lambda code: len(world.parts.faults[code].staff),
    )
    world.kiosk.parts = replace(world.parts, freeze=lambda: (code,))
    with served(world, panel=PANELS[panel]) as pages:
        screen, wrong = Screen.open(browser, pages.address(), panel), {}
        for step in (Step.STAFF, Step.STAFF_OUTBOX):
            for large in (False, True):
                world.kiosk.officer = Unlocked(staff_id="P-0007", name="Petugas Contoh")
                world.kiosk.visit.step = step
                world.kiosk.visit.display["besar"] = large
                screen.page.goto(f"{pages.origin}/")
                screen.settle()
                if found := ruled(screen.page):
                    wrong[f"{step} {large}"] = found[:4]
                keep(screen.page, tmp_path / f"{panel}-{step}-{large}.png")
        screen.page.context.close()
    assert wrong == {}


@pytest.mark.parametrize("panel", list(SIZES))
@pytest.mark.parametrize("every", [4, pytest.param(1, marks=pytest.mark.nightly)])
def test_every_block_fits_the_glass(browser: Browser, tmp_path: Path, panel: str, every: int) -> None:
    """Of every service, as staff fills it in, empty and with everything wrong; by day a sample of them."""
    with ThreadPoolExecutor(1) as pool:
        world = pool.submit(made, tmp_path).result()
    with served(world, panel=PANELS[panel]) as pages:
        screen, wrong = Screen.open(browser, pages.address(), panel), {}
        for service, block in blocks()[::every]:
            visit = world.kiosk.visit
            visit.service, visit.step, visit.assisted_by = service, Step.BLOCK, "P-0007"
            visit.draft.answers.clear()
            visit.draft.answers.update(under_which_asked(service, block.fields[0].key))
            visit.at = block.fields[0].key
            asked = [field for field in block.fields if field.asked(visit.draft.answers)]
            for complaints in ({}, {field.key: "wajib_diisi" for field in asked}):
                visit.complaints = complaints
                screen.page.goto(f"{pages.origin}/")
                screen.settle()
                if found := ruled(screen.page):
                    wrong[f"{service.code} {block.code} {len(asked)} {bool(complaints)}"] = found[:3]
        screen.page.context.close()
    assert wrong == {}


def blocks() -> list[tuple[Service, Block]]:
    """Each block that looks different, once."""
    found = {
        (block.title, tuple((field.caption or field.label, field.kind) for field in block.fields)): (service, block)
        for service in CATALOGUE.services.values()
        for block in service.blocks
    }
    return list(found.values())
