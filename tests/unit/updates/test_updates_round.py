"""A look for new content: when, what is refused though it is signed, and what staff and centre hear of it."""

import io
import secrets
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from adminduk.tickets import Dice
from content.bundle import pack
from kiosk.updates.judging import TOP, by_command, judge_of
from kiosk.updates.round import AGAIN_S, EVERY_S
from tests.unit.content.planting import change, checked, copied
from tests.unit.updates.printshop import KAB, Printshop, Village, village


def mistakes(folder: Path, profile: str) -> str:
    """The content check in this process: the same as `by_command` runs in another."""
    found = checked(folder, profile).mistakes
    return f"{found[0].file.relative_to(folder)} {found[0].code} {found[0].place}" if found else ""


@pytest.fixture(scope="module")
def draft(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole content, of which tests take a copy to spoil."""
    return copied(tmp_path_factory.mktemp("draft"))


@pytest.fixture
def strict(shop: Printshop, tmp_path: Path):  # type: ignore[no-untyped-def]  # a generator of a fixture
    with village(tmp_path / "strict", shop.root, judge=judge_of("wonogiri", KAB, mistakes)) as kiosk:
        yield kiosk


def zipped(*files: tuple[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return buffer.getvalue()


def test_a_service_without_a_name_is_refused_with_its_place(shop: Printshop, strict: Village, tmp_path: Path) -> None:
    root = copied(tmp_path)
    shop.publish(pack("wonogiri", root=root))
    assert strict.look(shop.served) == 1
    assert strict.serve() == 1
    service = (root / "base/services/akl.toml").read_text().splitlines()
    (line,) = [line for line in service if line.startswith("name = ")]
    change(root, "base/services/akl.toml", line, "")
    shop.publish(pack("wonogiri", root=root))
    assert strict.look(shop.served) == 0
    assert strict.word == "content.refused"
    (why,) = strict.told("content_refused")
    assert why.startswith("base/services/akl.toml wajib_diisi")
    assert strict.serve() == 1, "the old one stays"
    change(root, "base/services/akl.toml", "", f"{line}\n")
    shop.publish(pack("wonogiri", root=root))
    assert strict.look(shop.served) == 3
    assert strict.word == "ready"


@pytest.mark.nightly
def test_a_file_that_fells_the_check_itself_fells_nobody_else(tmp_path: Path) -> None:
    """The check as a kiosk runs it: in a process of its own (that it lets good content pass, the stick's test shows)."""
    root = copied(tmp_path)
    (root / "base/status.toml").write_text("a = " + "[" * 100_000)
    said = judge_of("wonogiri", KAB, by_command)(root)
    assert "RecursionError" in said
    assert str(tmp_path) not in said


def test_the_check_loads_nothing_that_the_couriers_sandbox_forbids() -> None:
    """NumPy calls mbind, which the unit's SystemCallFilter answers with death: each release would be refused."""
    code = "import sys, kiosk.shown_content, kiosk.content_tools as tools; tools.known(); print(*sorted(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], cwd=TOP, capture_output=True, text=True, check=True)
    assert not {"numpy", "cv2", "onnxruntime"} & set(run.stdout.split())


def test_content_of_another_kabupaten_is_refused(draft: Path) -> None:
    assert judge_of("buleleng", KAB, lambda _folder, _profile: "")(draft) == "kabupaten_lain"
    assert judge_of("atlantis", KAB, lambda _folder, _profile: "")(draft) == "profil_tidak_dikenal"


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ([("../../../etc/cron.toml", b"")], "nama_terlarang"),
        ([("base/place.toml", bytes(2 << 20))], "terlalu_besar"),
        ([], "terlalu_banyak"),
    ],
)
def test_a_signed_bundle_is_still_looked_at(
    shop: Printshop, kiosk: Village, files: list[tuple[str, bytes]], why: str
) -> None:
    shop.publish(zipped(*files))
    assert kiosk.look(shop.served) == 0
    assert (kiosk.word, kiosk.told("content_refused")) == ("content.refused", [why])
    assert kiosk.serve() == 0
    assert not list(kiosk.folder.rglob("cron.toml"))


def test_a_disk_that_keeps_nothing_is_told(shop: Printshop, kiosk: Village) -> None:
    shop.publish(shop.write("Sugeng enjing"))
    kiosk.shelf.folder.mkdir()
    (kiosk.shelf.folder / "metadata").write_text("a file where a folder should be")
    assert kiosk.look(shop.served) == 0
    assert (kiosk.word, kiosk.told("content_unkept")) == ("content.unkept", ["EEXIST"])


def test_what_was_sent_back_is_said_at_each_look_until_a_later_one_serves(shop: Printshop, kiosk: Village) -> None:
    shop.publish(shop.write("Sugeng enjing"))
    kiosk.look(shop.served)
    for _ in range(3):
        kiosk.shelf.begin("boot")
    assert kiosk.shelf.number() == 0
    assert kiosk.look(shop.served) == 0, "never again"
    assert kiosk.word == "content.reverted"
    shop.publish(shop.write("Sugeng dalu"))
    assert kiosk.look(shop.served) == 2
    assert kiosk.word == "content.reverted", "it does not serve yet"
    assert kiosk.serve() == 2
    kiosk.look(shop.served)
    assert kiosk.word == "ready"


def test_a_trouble_is_written_down_once(shop: Printshop, kiosk: Village) -> None:
    kiosk.wait(days=8)
    looking = kiosk.round
    for _ in range(3):
        looking.look(shop.served)
    assert kiosk.told("content_expired") == ["ExpiredMetadataError"]


def test_a_stick_that_is_read_now_is_waited_for(shop: Printshop, kiosk: Village) -> None:
    looking = kiosk.round
    looking.rest()
    with kiosk.shelf.alone():
        assert looking.look(shop.served) == 0
    kiosk.clock.advance(AGAIN_S)
    assert looking.due


class Sixes:
    """Dice that always show the most."""

    def token_bytes(self, count: int) -> bytes:
        return bytes(count)

    def randbelow(self, limit: int) -> int:
        return limit - 1


def test_a_look_at_the_start_and_then_once_a_day(kiosk: Village) -> None:
    for dice, most in ((secrets, 1.1), (Sixes(), 1.1)):
        looking = kiosk.round
        looking.dice = _any(dice)
        assert looking.due
        looking.rest()
        kiosk.clock.advance(EVERY_S - 1)
        assert not looking.due
        kiosk.clock.advance(EVERY_S * (most - 1) + 1)
        assert looking.due


def test_after_half_an_answer_it_asks_again_soon(kiosk: Village) -> None:
    looking = kiosk.round
    looking.rest()
    looking.unheard()
    assert not looking.due
    kiosk.clock.advance(AGAIN_S)
    assert looking.due


def _any(dice: Dice) -> Dice:
    return dice
