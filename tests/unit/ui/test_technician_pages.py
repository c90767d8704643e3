"""The technician's pages, without scripts: who is let in, every page and every verb, and the way out."""

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from adminduk.clock import ManualClock
from kiosk.hardware.codes.wedge import WedgeCodeReader
from kiosk.hardware.scanner.simulated import SimulatedScanner
from kiosk.session import Step
from kiosk.session.technician.trials import KINDS
from kiosk.ui.app import POLICY
from kiosk.ui.technician.views import GLYPHS
from tests.unit.session.workshop import WHO, code_picture, jpeg, laid, sheet
from tests.unit.session.world import World, new_world
from tests.unit.ui.harness import pages

UI = Path(__file__).parents[3] / "kiosk" / "ui"
TEMPLATES = sorted((UI / "templates" / "technician").glob("*.html"))


class Technician:
    """A hand in the kiosk's window, unlocked, at the staff menu."""

    def __init__(self, world: World) -> None:
        made = pages(world)
        self.world, self.origin = world, made.origin
        self.client: FlaskClient = made.app.test_client()
        self.client.get(made.address())
        world.kiosk.officer, world.kiosk.visit.step = WHO, Step.STAFF

    def post(self, verb: str, **fields: str) -> int:
        data = {"kunjungan": self.world.kiosk.visit.id, **fields}
        return self.client.post(f"/teknisi/{verb}", data=data, base_url=self.origin).status_code

    def do(self, verb: str, **fields: str) -> str:
        """Press, and read the page that follows."""
        assert self.post(verb, **fields) == 303
        return self.read()

    def read(self, path: str = "/teknisi") -> str:
        answer = self.client.get(path, base_url=self.origin)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.get_data(as_text=True)

    def words(self, page: str) -> str:
        body = re.sub(r"<dialog.*?</dialog>", " ", page.split("<main")[1], flags=re.DOTALL)
        return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())

    def status(self, path: str) -> int:
        return self.client.get(path, base_url=self.origin).status_code


@pytest.fixture
def technician(tmp_path: Path) -> Iterator[Technician]:
    world = new_world(tmp_path, scanner=SimulatedScanner())
    made = Technician(world)
    assert made.post("buka") == 303
    yield made
    world.parts.store.close()


# --- the door ---------------------------------------------------------------------------------------------------------


def test_a_visitor_finds_no_bench(world: World) -> None:
    visitor = Technician(world)
    world.kiosk.officer, world.kiosk.visit.step = None, Step.HOME
    visitor.post("buka")
    assert visitor.status("/teknisi") == 302
    assert visitor.status("/teknisi/denyut") == 409
    for picture in ("kamera", "bingkai.jpg", "laporan-1.png"):
        assert visitor.status(f"/teknisi/{picture}") == 404
    assert visitor.post("begin", perangkat="receipt") == 303
    assert world.receipt.printed == []


def test_without_the_windows_cookie_there_is_nothing_at_all(technician: Technician) -> None:
    technician.client.delete_cookie("kios", domain="127.0.0.1")
    assert technician.status("/teknisi") == 403
    assert technician.post("begin", perangkat="receipt") == 403


def test_a_window_that_was_renewed_comes_back_to_the_bench(technician: Technician) -> None:
    answer = technician.client.get("/", base_url=technician.origin)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/teknisi")


def test_the_staffs_screen_turns_into_a_page_that_the_window_loads_whole(technician: Technician) -> None:
    """turning.js shows only what names a visit; anything else makes the window ask the door, which leads here."""
    form = {"kunjungan": technician.world.kiosk.visit.id}
    answer = technician.client.post("/teknisi/buka", data=form, base_url=technician.origin, headers={"Turning": "1"})
    assert answer.status_code == 200
    assert "data-visit" not in answer.get_data(as_text=True)


def test_the_way_out_leads_to_the_staffs_menu(technician: Technician) -> None:
    assert technician.post("tutup") == 303
    assert "Mode petugas" in technician.read("/")
    assert technician.status("/teknisi") == 302


def test_an_unknown_verb_is_no_page(technician: Technician) -> None:
    assert technician.post("format") == 404


def test_nothing_may_come_from_elsewhere_nor_be_kept(technician: Technician) -> None:
    headers = technician.client.get("/teknisi", base_url=technician.origin).headers
    assert (headers["Content-Security-Policy"], headers["Cache-Control"]) == (POLICY, "no-store")


# --- the pages --------------------------------------------------------------------------------------------------------


def test_the_overview_names_every_device_its_state_its_code_and_its_test(technician: Technician) -> None:
    technician.world.paper.jam()
    words = technician.words(technician.read())
    for said in ("Pencetak struk Siap", "Pencetak A4 Terganggu paper.jam Belum diuji", "Pemindai", "Cakram", "Listrik"):
        assert said in words


def test_a_devices_page_has_step_evidence_and_history(technician: Technician) -> None:
    technician.world.codes.be_held_by("ModemManager 712")
    technician.world.clock.advance(3)
    technician.do("begin", perangkat="codes")
    technician.do("say", kata="kode_tak_terbaca")
    words = technician.words(technician.do("show", halaman="device", perangkat="codes"))
    step = technician.world.parts.faults["codes.busy"].technician
    for said in ("codes.busy", step, "held by ModemManager 712", "tanpa batas", "Gagal: Kode tidak terbaca", "P-0007"):
        assert said in words


def test_a_test_under_a_clock_that_cannot_be_right_says_so(technician: Technician) -> None:
    technician.world.clock.jump(ManualClock().now().replace(year=1999))
    technician.do("begin", perangkat="receipt")
    technician.do("say", kata="tidak_keluar")
    assert "jam tidak dipercaya" in technician.words(technician.do("show", halaman="device", perangkat="receipt"))
    assert "Gagal · jam tidak dipercaya" in technician.words(technician.do("show", halaman="overview"))


def test_a_slip_is_tested_from_the_first_tap_to_the_record(technician: Technician) -> None:
    world = technician.world
    assert "Tunjukkan kodenya ke kamera" in technician.words(technician.do("begin", perangkat="receipt"))
    world.camera.lay_paper(laid(code_picture(world.receipt.codes[-1])))
    technician.read("/teknisi/denyut")
    assert "terpotong lurus" in technician.words(technician.read())
    assert "Lulus" in technician.words(technician.do("say", kata="baik"))
    assert "Lulus · 21-11-2026" in technician.words(technician.do("show", halaman="overview"))


def test_a_sheet_is_tested_with_its_numbers_beside_their_limits(technician: Technician) -> None:
    world = technician.world
    technician.do("begin", perangkat="paper")
    world.camera.lay_paper(laid(sheet(world.paper.printed[-1])))
    words = technician.words(technician.do("check"))
    assert "Lulus" in words
    for said in ("paling banyak 3 mm", "100 % ± 1,5 %", "paling banyak 12 %"):
        assert said in words


def test_every_other_test_has_its_page(technician: Technician) -> None:
    said = {
        "camera": "di tempat yang sama", "scanner": "terbalik di kaca pemindai", "codes": "Pindai kode di layar ini",
        "power": "Cabut steker UPS", "disk": "Cakram",
    }  # fmt: skip
    for device in KINDS.keys() - {"receipt", "paper"}:
        assert said[device] in technician.words(technician.do("begin", perangkat=device))
    assert "<svg" in technician.do("begin", perangkat="codes").split("shown")[1]


def test_a_reader_that_types_is_heard_here_too(technician: Technician) -> None:
    world = technician.world
    object.__setattr__(world.parts, "codes", WedgeCodeReader(clock=world.clock))
    page = technician.do("begin", perangkat="codes")
    assert "data-wedge" in page
    assert "wedge.js" in page
    typed = {"kunjungan": world.kiosk.visit.id, "kode": slip_of(technician)}
    assert technician.client.post("/kode", data=typed, base_url=technician.origin).status_code == 204
    technician.read("/teknisi/denyut")
    assert "berbunyi saat membaca" in technician.words(technician.read())


def slip_of(technician: Technician) -> str:
    """The code of a slip that this bench printed; the reader's test is begun anew after it."""
    technician.do("begin", perangkat="receipt")
    technician.do("begin", perangkat="codes")
    return technician.world.receipt.codes[-1]


def test_a_device_that_was_unplugged_for_good_has_a_page_that_says_so(technician: Technician) -> None:
    assert "tidak ada lagi" in technician.words(technician.do("show", halaman="device", perangkat="turnstile"))


def test_a_running_scan_has_a_page_that_waits(technician: Technician) -> None:
    scanner = technician.world.parts.scanner
    assert isinstance(scanner, SimulatedScanner)
    scanner.take_its_time(60)
    scanner.lay(jpeg(code_picture("x")))
    technician.do("begin", perangkat="scanner")
    assert "sedang membaca" in technician.words(technician.do("scan"))
    technician.do("show", halaman="overview")


def test_the_mats_corners_are_placed_on_a_still_picture(technician: Technician) -> None:
    technician.world.camera.lay_paper(laid(code_picture("x")))
    assert "Belum diatur" in technician.words(technician.do("show", halaman="mat"))
    page = technician.do("photograph")
    assert page.count('data-corner="') == 4
    assert technician.status("/teknisi/bingkai.jpg") == 200
    assert "Sudutnya bersilang" in technician.words(technician.do("place", corners="0,0;1,1;1,0;0,1"))
    words = technician.words(technician.do("place", corners="0.1,0.1;0.9,0.1;0.9,0.9;0.1,0.9"))
    assert "Sudut alas disimpan" in words
    assert "tanpa lembar uji" in words
    assert technician.status("/teknisi/bingkai.jpg") == 404


def test_the_report_is_on_the_screen_and_on_both_papers(technician: Technician) -> None:
    words = technician.words(technician.do("show", halaman="report"))
    assert "Belum siap, karena: Pencetak struk: belum diuji" in words
    assert "dan 1 lagi" in words
    assert technician.status("/teknisi/laporan-1.png") == 200
    assert technician.status("/teknisi/laporan-9.png") == 404
    assert "Laporan dicetak" in technician.words(technician.do("print_report"))
    assert "Struk laporan dicetak" in technician.words(technician.do("print_capsule"))
    assert len(technician.world.paper.printed) == len(technician.world.receipt.printed) == 1


def test_the_mains_are_gone_and_the_header_says_so(technician: Technician) -> None:
    power = technician.world.power
    power.state()
    power.cut_mains()
    power.state()
    technician.world.clock.advance(6)
    assert technician.world.parts.faults["power.on_battery"].staff in html.unescape(technician.read())


# --- the pulse --------------------------------------------------------------------------------------------------------


def mark(technician: Technician) -> str:
    found = re.search(r'data-mark="([^"]+)"', technician.read())
    assert found
    return found[1]


def test_the_page_is_looked_at_again_when_a_device_changes_and_not_before(technician: Technician) -> None:
    before = mark(technician)
    assert f'"mark": "{before}"' in technician.read("/teknisi/denyut")
    technician.world.clock.advance(20)
    assert f'"mark": "{before}"' in technician.read("/teknisi/denyut")
    technician.world.receipt.run_low()
    assert f'"mark": "{before}"' not in technician.read("/teknisi/denyut")
    assert mark(technician) != before


def test_the_pulse_warns_before_the_mode_closes_and_then_is_over(technician: Technician) -> None:
    technician.world.clock.advance(190)
    assert '"warn": 20' in technician.read("/teknisi/denyut")
    technician.world.clock.advance(30)
    assert technician.status("/teknisi/denyut") == 409
    assert technician.world.kiosk.officer is None


# --- what stands in them ----------------------------------------------------------------------------------------------


def test_every_icon_of_the_technicians_pages_is_built() -> None:
    built = set((UI / "icons.txt").read_text().split())
    text = "\n".join(path.read_text() for path in TEMPLATES)
    named = set(re.findall(r'icon\("([a-z0-9-]+)"', text)) | set(GLYPHS.values())
    named |= set(re.findall(r'(?:act|say_it)\("[a-z_]+", "[^"]+"(?: if [^,]+)?, "([a-z0-9-]+)"', text))
    assert len(named) > 20
    assert named <= built


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_the_technicians_words_are_not_for_the_translators(path: Path) -> None:
    """The office's language is Indonesian; a catalogue that had to hold these would hide what citizens miss."""
    assert not re.search(r"\b(?:_|gettext|say)\(", path.read_text())
