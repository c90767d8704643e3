"""The technician's pages Identitas and Pindah desa: what the carrier told, what it did not, and what must be pressed twice."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kiosk.errands import FOLDER, Phase, Tray, Verb
from kiosk.session import Step
from kiosk.store import PrintKind, PrintState
from tests.unit.session.test_sendings import wait
from tests.unit.session.world import World, new_world
from tests.unit.ui.test_technician_pages import Technician, mark

FACTS: dict[str, Any] = {
    "centre": "https://adminduk.example.go.id", "storage": "host", "heard_at": "2026-11-21T02:58:00.000000Z",
    "fingerprint": "482 193", "next_key": False, "content": 7, "content_until": "2026-11-28T02:00:00Z", "line": "up",
    "line_code": "", "skew_s": 0,
}  # fmt: skip


class Bench:
    """The technician and the carrier's tray."""

    def __init__(self, folder: Path) -> None:
        self.world: World = new_world(folder)
        self.technician = Technician(self.world)
        self.technician.post("buka")
        self.tray = Tray(folder / FOLDER, self.world.clock)

    def show(self, page: str) -> str:
        return self.technician.words(self.technician.do("show", halaman=page))

    def do(self, verb: str) -> str:
        return self.technician.words(self.technician.do(verb))

    def told(self, verb: Verb, phase: Phase, **facts: Any) -> None:
        self.tray.place(verb)
        asked = self.tray.take(verb)
        assert asked is not None
        self.tray.tell(asked, phase, **facts)

    def identity(self, **facts: Any) -> str:
        self.told(Verb.IDENTITY, Phase.DONE, **{**FACTS, **facts})
        return self.show("identity")


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.world.parts.store.close()


# --- identity ---------------------------------------------------------------------------------------------------------


def test_opened_from_the_overview_it_asks_the_centre_once(bench: Bench) -> None:
    assert "Identitas" in bench.show("overview")
    words = bench.do("identify")
    assert "Menanyakan pusat" in words
    for said in ("kios-17", "Desa Contoh, 3312122001", "belum pernah", "tidak terukur"):
        assert said in words
    bench.do("identify")
    assert sorted(path.name for path in bench.tray.folder.iterdir()) == ["identity.request"]


def test_all_that_the_carrier_told_stands_there(bench: Bench) -> None:
    words = bench.identity()
    for said in (
        "Terdaftar, dikenal pusat", "482 193", "tanpa TPM2: lebih lemah", "https://adminduk.example.go.id", "cocok dengan pusat",
        "21 November 2026 09:58 WIB", "sudah 2 menit", "nomor 7, berlaku sampai 28 November 2026 09:00 WIB",
    ):  # fmt: skip
        assert said in words
    assert "Kunci baru" not in words


STATES: tuple[tuple[dict[str, Any], str], ...] = (
    ({"line": "refused", "line_code": "kios_tidak_dikenal"}, "Ditolak pusat kios_tidak_dikenal Pusat tidak mengenal kios ini"),
    ({"line": "down", "line_code": "tidak_tersambung"}, "Pusat tidak terjangkau tidak_tersambung"),
    ({"line": "busy", "line_code": "http_503"}, "Pusat sedang sibuk http_503"),
    ({"storage": "tpm2"}, "terikat pada TPM2 mesin ini"),
    ({"storage": "files"}, "berkas biasa: paling lemah"),
    ({"skew_s": 412}, "jam kios 412 detik lebih lambat dari pusat"),
    ({"skew_s": -7}, "jam kios 7 detik lebih cepat dari pusat"),
    ({"skew_s": None}, "tidak terukur"),
    ({"content": 0, "content_until": ""}, "bawaan perangkat lunak"),
    ({"content_until": "2026-11-20T02:00:00Z"}, "sudah lewat 20 November 2026"),
    ({"content_until": "next year"}, "nomor 7"),
    ({"next_key": True}, "menunggu konfirmasi pusat: python -m kiosk rekey"),
    ({"heard_at": ""}, "belum pernah"),
)  # fmt: skip


def test_each_state_has_its_words(bench: Bench) -> None:
    for facts, said in STATES:
        assert said in bench.identity(**facts), facts


def test_nobody_carries_it_out_and_what_was_told_before_still_stands(bench: Bench) -> None:
    bench.do("identify")
    bench.world.clock.advance(30)
    words = bench.show("identity")
    assert "Belum ada yang mengerjakan permintaan ini" in words
    assert "Batalkan permintaan" in words
    assert "Batalkan permintaan" not in bench.do("withdraw")
    bench.told(Verb.IDENTITY, Phase.CUT)
    assert "Terputus di tengah jalan" in bench.show("identity")


def test_a_disk_that_takes_no_request_is_said(bench: Bench) -> None:
    (bench.tray.folder).write_text("a file where the folder should be")
    assert "Kios sedang sibuk" in bench.do("identify")


def test_the_page_goes_on_by_itself_when_the_answer_comes(bench: Bench) -> None:
    bench.do("identify")
    before = mark(bench.technician)
    asked = bench.tray.take(Verb.IDENTITY)
    assert asked is not None
    bench.tray.tell(asked, Phase.DONE, **FACTS)
    assert mark(bench.technician) != before


# --- the move ---------------------------------------------------------------------------------------------------------


def test_each_thing_that_is_pending_is_named_and_counted_and_the_button_does_nothing(bench: Bench) -> None:
    store = bench.world.parts.store
    for number in (1, 2):
        wait(bench.world, number)
    store.settle_print(store.intend_print(PrintKind.DOCUMENT, "dok"), PrintState.DOUBTFUL)
    store.ask("q", b"sealed")
    store.add_survey("s", b"{}")
    store.drafts.keep("d", days=7)
    words = bench.show("move")
    for said in (
        "Permohonan belum sampai: 2",
        "Cetakan ragu: 1",
        "Pertanyaan status: 1",
        "Survei: 1",
        "Isian warga tersimpan: 1",
    ):
        assert said in words
    assert "disabled" in bench.technician.read().split("teknisi/move")[1].split("</form>")[0]
    for _ in range(2):
        bench.do("move")
    assert not (bench.tray.folder / "move.request").exists()


def test_drained_it_is_pressed_twice_and_then_asked_once(bench: Bench) -> None:
    assert "Tidak ada yang tertunda" in bench.show("move")
    assert "Layar ini akan padam" in bench.do("move")
    assert not (bench.tray.folder / "move.request").exists()
    assert "Menunggu dikerjakan" in bench.do("move")
    assert (bench.tray.folder / "move.request").exists()
    before = (bench.tray.folder / "move.request").read_bytes()
    for _ in range(3):
        bench.do("move")
    assert (bench.tray.folder / "move.request").read_bytes() == before


def test_thought_better_of_it(bench: Bench) -> None:
    bench.show("move")
    bench.do("move")
    assert "Layar ini akan padam" not in bench.do("withdraw")
    bench.do("move")
    assert not (bench.tray.folder / "move.request").exists()  # the first press of two again


def test_from_another_page_nothing_moves(bench: Bench) -> None:
    bench.show("identity")
    for _ in range(2):
        bench.do("move")
    assert not (bench.tray.folder / "move.request").exists()


def test_a_refusal_is_read_after_the_screen_came_back(bench: Bench) -> None:
    bench.told(
        Verb.MOVE, Phase.REFUSED, code="masih_ada_titipan", words="Pusat masih menunggu permohonan. (masih_ada_titipan)"
    )
    assert "Pusat masih menunggu permohonan. (masih_ada_titipan)" in bench.show("move")
    bench.world.clock.advance(600)
    bench.technician.post("show", halaman="overview")
    assert "21 November 2026 10:00 WIB" in bench.show("move")
    bench.told(Verb.MOVE, Phase.CUT)
    assert "Terputus di tengah jalan" in bench.show("move")


def test_the_second_step_says_what_the_centre_said_last(bench: Bench) -> None:
    assert "Belum ditanyakan" in bench.show("move")
    for line, said in (("up", "Pusat terjangkau"), ("refused", "Pusat menolak"), ("down", "tidak terjangkau")):
        bench.identity(line=line)
        assert said in bench.show("move")


def test_nobody_carries_the_move_out(bench: Bench) -> None:
    bench.show("move")
    bench.do("move")
    bench.do("move")
    bench.world.clock.advance(30)
    assert "Belum ada yang mengerjakan" in bench.show("move")
    bench.do("withdraw")
    assert not (bench.tray.folder / "move.request").exists()


def test_the_page_is_loaded_anew_when_the_queue_drains(bench: Bench) -> None:
    given = wait(bench.world, 1)
    bench.show("move")
    before = mark(bench.technician)
    bench.world.parts.store.receive(given.id, "{}")
    bench.world.parts.store.purge(given.id)
    assert mark(bench.technician) != before


def test_a_store_that_cannot_be_read_lets_nobody_move(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    from kiosk.store import Store, StoreError

    def busy(_store: Store) -> dict[str, int]:
        raise StoreError("sibuk")

    monkeypatch.setattr(Store, "unfinished", busy)
    assert "Penyimpanan tidak terbaca" in bench.show("move")
    bench.do("move")
    assert "Layar ini akan padam" not in bench.do("move")


def test_a_visitor_asks_for_nothing(bench: Bench) -> None:
    bench.world.kiosk.officer, bench.world.kiosk.visit.step = None, Step.HOME
    for verb in ("identify", "move"):
        bench.technician.post(verb)
    assert not bench.tray.folder.exists()
