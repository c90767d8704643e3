"""Carrying out what was asked at the screen: the right stick, every trouble of one, who this kiosk is, the move that is cut."""

import hashlib
import json
import os
import re
import secrets
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from adminduk.clock import SystemClock
from adminduk.enrolment_codes import key_digits
from adminduk.enrolments import public_hex
from central.fleet import kiosks
from kiosk import keys
from kiosk.carrier import sending, standing
from kiosk.carrier.__main__ import main
from kiosk.carrier.moving_out import NOTE, UNITS, MovingOut, SystemdServices
from kiosk.carrier.sending import Bag, StickWords, carry_next
from kiosk.carrier.sticks import Stick, mounted, the_stick
from kiosk.enrolment import EnrolmentError, moving
from kiosk.enrolment.chest import FileChest, make_missing, signing_key
from kiosk.errands import FOLDER, Phase, Seen, Tray, Verb
from kiosk.export import StickError
from kiosk.settings import Centre, Identity, Settings, load
from kiosk.vault import Vault
from tests.small_disk import needs_root, small_disk
from tests.unit.kiosk.test_enrolling import Bench, fill
from tests.unit.kiosk.test_enrolling import bench as bench
from tests.unit.kiosk.test_enrolling import centre as centre
from tests.unit.store.making import lay_store, submission
from tests.unit.uplink.village import DESA, QUICK, free_port

CLOCK = SystemClock()
TOP = Path(__file__).parents[3]
LINE = "36 25 8:17 / {path} ro,nosuid,nodev,noexec,relatime shared:12 - vfat /dev/{device} ro,uid=997"


def mounts(*sticks: tuple[str, str]) -> str:
    root = "25 1 8:1 / / rw - ext4 /dev/sda1 rw\n26 25 0:5 / /media/tmp rw - tmpfs tmpfs rw\n"
    return root + "\n".join(LINE.format(path=path, device=device) for path, device in sticks)


# --- which stick ----------------------------------------------------------------------------------------------------------


def test_a_stick_is_what_is_mounted_from_a_device_below_the_folder() -> None:
    found = mounted(mounts(("/media/kios/sdb1", "sdb1"), ("/mnt/sdc1", "sdc1")), Path("/media"))
    assert found == (Stick(Path("/media/kios/sdb1"), "sdb1"),)


def test_a_name_with_a_space_and_one_device_at_two_places() -> None:
    text = mounts(("/media/kios/STIK\\040DESA", "sdb1"), ("/media/other", "sdb1"))
    assert [str(one.path) for one in mounted(text, Path("/media"))] == ["/media/other"]
    assert str(mounted(mounts(("/media/A\\040B", "sdb1")), Path("/media"))[0].path) == "/media/A B"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Of a kiosk that was never anywhere: its sticks need no centre."""
    identity = Identity(kiosk_id="K-0001", number=1, desa=DESA, desa_name="Desa Contoh")
    centre = Centre(
        url="http://127.0.0.1:9", sealing_key="00" * 32, receipt_key="00" * 32, roots_file=str(tmp_path / "roots.pem")
    )
    return Settings(state_dir=str(tmp_path / "state"), assets_dir="/none", identity=identity, centre=centre)


@pytest.fixture
def real(settings: Settings) -> Settings:
    """Not a demo: a folder is no stick."""
    return replace(settings, devices=replace(settings.devices, receipt="tcp://127.0.0.1:9?model=TM-T20II"))


def with_stick(settings: Settings, path: Path | str, **more: str) -> Settings:
    return replace(settings, storage=replace(settings.storage, stick=str(path), **more))


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises(StickError) as caught:
        call()
    return caught.value.code


def test_a_folder_without_a_stick_in_it_is_no_stick_but_in_a_demo(
    real: Settings, settings: Settings, tmp_path: Path
) -> None:
    assert code_of(lambda: the_stick(real, mounts())) == "stik_tidak_ada"
    assert code_of(lambda: the_stick(with_stick(real, tmp_path), mounts())) == "stik_tidak_ada"
    assert code_of(lambda: the_stick(settings, mounts())) == "stik_tidak_ada"
    assert the_stick(with_stick(settings, tmp_path), mounts()).path == tmp_path


def test_two_sticks_are_asked_about_and_the_one_with_the_second_copies_is_none_of_them(real: Settings) -> None:
    two = mounts(("/media/kios/sdb1", "sdb1"), ("/media/kios/sdc1", "sdc1"))
    assert code_of(lambda: the_stick(real, two)) == "stik_ganda"
    copies = with_stick(real, "", second_copy="/media/kios/sdc1")
    assert the_stick(copies, two).device == "sdb1"


# --- packets and receipts --------------------------------------------------------------------------------------------------


@dataclass
class Office:
    """A kiosk with packets that wait, and its carrier."""

    settings: Settings
    chest: FileChest
    stick: Path
    bag: Bag = field(init=False)
    tray: Tray = field(init=False)

    def __post_init__(self) -> None:
        self.stick.mkdir(exist_ok=True)
        self.settings = with_stick(self.settings, self.stick)
        self.bag = Bag(
            settings=self.settings, store_key=self.chest.read(keys.STORE_KEY), key=signing_key(self.chest), storage="host",
            clock=CLOCK, dice=secrets, limits=QUICK,
        )  # fmt: skip
        self.tray = Tray(self.settings.state / FOLDER, CLOCK)

    def waits(self, *sizes: int) -> None:
        store, vault = self.bag.store(), Vault(self.settings.state / "vault")
        for number, size in enumerate(sizes, 1):
            content = secrets.token_bytes(size)
            made = submission(number)
            given = {name: getattr(made, name) for name in made.__slots__}
            vault.put(made.id, content)
            store.record_submission(type(made)(**{**given, "sha256": sha256(content), "size": size}))
        store.close()

    def ask(self, verb: Verb) -> Seen:
        assert self.tray.place(verb, staff_id="P-0007")
        assert carry_next(self.tray, self.bag)
        return self.tray.seen(verb)


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def office(settings: Settings, tmp_path: Path) -> Office:
    chest = FileChest(settings.state / "keys")
    make_missing(chest, secrets)
    lay_store(settings.state / "kiosk.db", chest.read(keys.STORE_KEY))
    return Office(settings, chest, tmp_path / "stick")


@pytest.fixture
def known(bench: Bench, tmp_path: Path) -> Office:
    """The same, enrolled."""
    made = bench.enrolled()
    fill(bench, "none")
    return Office(made, bench.chest, tmp_path / "stick")


def test_everything_that_waits_is_on_the_stick_and_it_is_said_how_many_and_which(office: Office) -> None:
    office.waits(40_000, 2_000_000)
    seen = office.ask(Verb.EXPORT)
    assert seen.phase is Phase.DONE
    folder = f"{office.settings.identity.kiosk_id}-0001"
    assert seen.words.startswith("2 kiriman (2,0 MB) sudah di stik. Stik boleh dicabut.")
    assert f"kios-kiriman/{folder}" in seen.words
    assert (seen.facts["packets"], seen.facts["folder"]) == (2, folder)
    assert (office.stick / "kios-kiriman" / folder).is_dir()
    store = office.bag.store()
    assert len(store.unsent()) == 2  # they stay in the queue
    with store._engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT staff_id, action FROM acts").fetchall() == [("P-0007", "exported")]
    store.close()


def test_a_long_export_tells_how_far_it_is_and_not_at_each_packet(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.waits(*[1000] * 5)
    told: list[dict[str, object]] = []
    tell = Tray.tell

    def listen(self: Tray, asked, phase, **facts) -> None:
        told.append(facts)
        tell(self, asked, phase, **facts)

    monkeypatch.setattr(Tray, "tell", listen)
    office.ask(Verb.EXPORT)
    assert [facts for facts in told if "of" in facts] == [{"done": 0, "of": 5}]


def test_a_damaged_packet_stays_at_home_and_is_told(office: Office) -> None:
    office.waits(1000, 1000)
    next((office.settings.state / "vault").glob("*.packet")).write_bytes(b"x")
    assert "1 kiriman tidak utuh" in office.ask(Verb.EXPORT).words


def refused(office: Office, code: str, verb: Verb = Verb.EXPORT) -> None:
    seen = office.ask(verb)
    assert (seen.phase, seen.code, seen.words) == (Phase.REFUSED, code, StickWords()(code))
    assert not list((office.settings.state / FOLDER).glob("*.taken"))


def test_nothing_to_carry_no_stick_and_no_receipts_are_each_said(office: Office) -> None:
    refused(office, "tidak_ada_kiriman")
    refused(office, "tidak_ada_tanda_terima", Verb.RECEIPTS)
    office.waits(1000)
    office.stick.rmdir()
    refused(office, "stik_tidak_ada")
    refused(office, "stik_tidak_ada", Verb.RECEIPTS)


def stick_sh(verb: str, home: Path) -> None:
    """What the unit does before and after an errand."""
    path = f"{os.environ['PATH']}:/usr/sbin:/sbin"
    subprocess.run(
        ["sh", str(TOP / "provisioning/stick.sh"), verb], check=True, env={"KIOS_STICKS": str(home), "PATH": path}
    )


@needs_root
def test_a_stick_that_is_full_and_one_that_may_not_be_written(office: Office) -> None:
    office.waits(1_500_000)
    with small_disk(office.stick, "2m"):
        refused(office, "stik_penuh")
    with small_disk(office.stick, "8m"):
        subprocess.run(["mount", "-o", "remount,ro", str(office.stick)], check=True)
        refused(office, "stik_hanya_baca")
        stick_sh("writable", office.stick.parent)
        assert office.ask(Verb.EXPORT).phase is Phase.DONE
        stick_sh("readonly", office.stick.parent)
        refused(office, "stik_hanya_baca")


class PulledOut(Vault):
    """Somebody pulls the stick while the second packet is read."""

    def read(self, packet_id: str, offset: int, length: int) -> bytes:
        shutil.rmtree(PulledOut.stick)
        return super().read(packet_id, offset, length)

    stick: Path


def test_a_stick_that_is_pulled_out_midway_is_called_that(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.waits(1000)
    PulledOut.stick = office.stick
    with monkeypatch.context() as patched:
        patched.setattr(sending, "Vault", PulledOut)
        refused(office, "stik_dicabut")
    office.stick.mkdir()
    assert office.ask(Verb.EXPORT).phase is Phase.DONE


def test_a_device_that_is_gone_from_the_kernels_list_was_pulled_out(tmp_path: Path) -> None:
    stick = Stick(tmp_path, "sdb1")
    assert stick.pulled_out(tmp_path)
    (tmp_path / "sdb1").mkdir()
    assert not stick.pulled_out(tmp_path)


def test_a_carrier_that_was_killed_is_told_by_the_next_and_nothing_is_carried_by_itself(office: Office) -> None:
    office.waits(1000)
    office.tray.place(Verb.EXPORT)
    assert office.tray.take(Verb.EXPORT) is not None
    assert carry_next(office.tray, office.bag)
    assert office.tray.seen(Verb.EXPORT).phase is Phase.CUT
    assert list(office.stick.iterdir()) == []
    assert not carry_next(office.tray, office.bag)


def test_a_store_that_does_not_open_is_a_refusal_with_its_code(office: Office) -> None:
    office.bag = replace(office.bag, store_key=bytes(32))
    seen = office.ask(Verb.EXPORT)
    assert (seen.phase, seen.code.split(".")[0]) == (Phase.REFUSED, "store")


def test_every_trouble_of_a_stick_has_a_sentence_for_the_screen() -> None:
    files = Path(sending.__file__).parents[1]
    text = "".join(path.read_text() for name in ("export", "carrier") for path in (files / name).glob("*.py"))
    for code in set(re.findall(r'"(stik_[a-z_]+|tidak_ada_[a-z_]+)"', text)):
        assert StickWords()(code), code


# --- who this kiosk is ---------------------------------------------------------------------------------------------------


def test_the_identity_names_the_key_the_centre_and_what_both_clocks_say(bench: Bench, known: Office) -> None:
    facts = known.ask(Verb.IDENTITY).facts
    public = public_hex(signing_key(bench.chest))
    six = key_digits(public, known.settings.identity.kiosk_id, known.settings.centre.receipt_key)
    assert facts["fingerprint"] == f"{six[:3]} {six[3:]}"
    assert (facts["line"], facts["line_code"], facts["storage"], facts["centre"]) == (
        "up",
        "",
        "host",
        bench.centre.url,
    )
    assert abs(facts["skew_s"]) <= 2
    assert facts["heard_at"][:4] >= "2026"
    assert (facts["next_key"], facts["content"], facts["content_until"]) == (False, 0, "")
    assert public not in json.dumps(facts)
    other = key_digits(public_hex(Ed25519PrivateKey.generate()), "K-0001", known.settings.centre.receipt_key)
    assert other != six


def test_a_revoked_kiosk_a_dead_line_and_a_new_key_on_its_way_are_told_apart(bench: Bench, known: Office) -> None:
    (known.settings.state / "keys" / "device_key_next").write_bytes(bytes(32))
    kiosks.revoke(bench.centre.context, known.settings.identity.kiosk_id)
    facts = known.ask(Verb.IDENTITY).facts
    assert (facts["line"], facts["line_code"], facts["next_key"]) == ("refused", "kios_tidak_dikenal", True)
    nobody = replace(known.settings.centre, url=f"http://127.0.0.1:{free_port()}")
    known.bag = replace(known.bag, settings=replace(known.settings, centre=nobody))
    facts = known.ask(Verb.IDENTITY).facts
    assert (facts["line"], facts["line_code"], facts["heard_at"]) == ("down", "tidak_tersambung", "")


def test_content_is_known_by_the_shelf_and_the_verified_cache_and_rubbish_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "metadata").mkdir()
    (tmp_path / "book.json").write_text('{"current": 7}')
    (tmp_path / "metadata" / "timestamp.json").write_text('{"signed": {"expires": "2026-11-28T02:00:00Z"}}')
    assert standing.content(tmp_path) == {"content": 7, "content_until": "2026-11-28T02:00:00Z"}
    for torn in ("", "[]", '{"signed": 1}'):
        (tmp_path / "metadata" / "timestamp.json").write_text(torn)
        (tmp_path / "book.json").write_text(torn)
        assert standing.content(tmp_path) == {"content": 0, "content_until": ""}


# --- the move ------------------------------------------------------------------------------------------------------------


@dataclass
class Lights:
    """Screen and courier, as somebody sees them go off and on."""

    seen: list[str] = field(default_factory=list)

    def stop(self) -> None:
        self.seen.append("stop")

    def start(self) -> None:
        self.seen.append("start")


@dataclass
class Leaving:
    bench: Bench
    lights: Lights = field(default_factory=Lights)

    @property
    def tray(self) -> Tray:
        return Tray(self.bench.folder / "state" / FOLDER, CLOCK)

    @property
    def carrier(self) -> MovingOut:
        return MovingOut(
            folder=self.bench.folder, chest=self.bench.chest, services=self.lights, clock=CLOCK, dice=secrets
        )

    def ask(self) -> Seen:
        assert self.tray.place(Verb.MOVE)
        assert self.carrier.carry_next()
        return self.tray.seen(Verb.MOVE)


@pytest.fixture
def leaving(bench: Bench) -> Leaving:
    bench.enrolled()
    fill(bench, "none")
    return Leaving(bench)


def test_a_drained_kiosk_goes_dark_and_is_empty(leaving: Leaving) -> None:
    assert not leaving.carrier.carry_next()  # nobody asked
    assert leaving.tray.place(Verb.MOVE)
    assert leaving.carrier.carry_next()
    assert leaving.lights.seen == ["stop"]
    files = {path.name for path in leaving.bench.folder.rglob("*") if path.is_file()}
    assert files == {"kiosk.previous.toml"}
    assert not leaving.carrier.carry_next()


def test_while_something_is_pending_the_screen_stays_on_and_says_what(leaving: Leaving) -> None:
    for kind in ("packets", "drafts"):
        fill(leaving.bench, kind)
    seen = leaving.ask()
    assert (seen.phase, seen.code, seen.facts) == (Phase.REFUSED, "masih_tertunda", {"packets": 1, "drafts": 1})
    assert "masih ada yang harus selesai" in seen.words
    assert leaving.lights.seen == []


def test_a_dead_line_is_found_before_the_screen_goes_dark(leaving: Leaving) -> None:
    file = leaving.bench.folder / "kiosk.toml"
    file.write_text(file.read_text().replace(leaving.bench.centre.url, f"http://127.0.0.1:{free_port()}"))
    assert leaving.ask().code == "tidak_tersambung"
    assert leaving.lights.seen == []


def test_what_the_centre_refuses_is_read_on_a_screen_that_came_back(leaving: Leaving) -> None:
    settings = load(leaving.bench.folder / "kiosk.toml")
    kiosks.revoke(leaving.bench.centre.context, settings.identity.kiosk_id)
    seen = leaving.ask()
    assert (seen.phase, seen.code) == (Phase.REFUSED, "kios_tidak_dikenal")
    assert leaving.lights.seen == ["stop", "start"]
    assert not (leaving.bench.folder / NOTE).exists()
    assert moving.mark(leaving.bench.folder) is None


def test_the_power_went_before_the_screen_was_stopped(leaving: Leaving) -> None:
    leaving.tray.place(Verb.MOVE)
    assert leaving.tray.take(Verb.MOVE) is not None
    assert leaving.carrier.carry_next()
    assert leaving.tray.seen(Verb.MOVE).phase is Phase.CUT
    assert leaving.lights.seen == []


def test_the_power_went_after_the_screen_was_stopped_and_before_the_centre_was_asked(leaving: Leaving) -> None:
    leaving.tray.place(Verb.MOVE)
    asked = leaving.tray.take(Verb.MOVE)
    assert asked is not None
    (leaving.bench.folder / NOTE).write_text(json.dumps({"id": asked.id}))
    assert leaving.carrier.carry_next()
    assert leaving.tray.seen(Verb.MOVE).phase is Phase.CUT
    assert not leaving.carrier.unfinished


@pytest.mark.parametrize("step", [moving.ASKING, moving.WIPING])
def test_the_power_went_after_the_centre_was_asked_and_the_next_run_ends_it(leaving: Leaving, step: str) -> None:
    settings = load(leaving.bench.folder / "kiosk.toml")
    (leaving.bench.folder / NOTE).write_text("{}")
    moving._mark(leaving.bench.folder, moving.Mark.of(step, settings))
    assert leaving.carrier.carry_next()
    assert leaving.lights.seen == ["stop"]
    assert not (leaving.bench.folder / "kiosk.toml").exists()
    assert not leaving.carrier.unfinished


def test_asked_and_no_answer_keeps_everything_closed_until_there_is_one(leaving: Leaving) -> None:
    file = leaving.bench.folder / "kiosk.toml"
    text = file.read_text()
    (leaving.bench.folder / NOTE).write_text("{}")
    moving._mark(leaving.bench.folder, moving.Mark.of(moving.ASKING, load(file)))
    file.write_text(text.replace(leaving.bench.centre.url, f"http://127.0.0.1:{free_port()}"))
    assert not leaving.carrier.carry_next()
    assert leaving.carrier.unfinished
    assert leaving.lights.seen == ["stop"]
    file.write_text(text)
    assert leaving.carrier.carry_next()
    assert not file.exists()


def test_the_power_went_after_the_last_file(leaving: Leaving) -> None:
    (leaving.bench.folder / "kiosk.toml").unlink()
    (leaving.bench.folder / NOTE).write_text("{}")
    assert leaving.carrier.carry_next()
    assert not leaving.carrier.unfinished


# --- the program -----------------------------------------------------------------------------------------------------------


def test_the_program_carries_what_waits_and_ends(leaving: Leaving) -> None:
    tray, settings = leaving.tray, leaving.bench.folder / "kiosk.toml"
    tray.place(Verb.EXPORT)
    assert main(["--settings", str(settings)]) == 0
    assert tray.seen(Verb.EXPORT).code == "stik_tidak_ada"
    assert main(["--settings", str(settings), "--move"]) == 0
    tray.place(Verb.MOVE)
    assert main(["--settings", str(settings), "--move"]) == 0
    assert not settings.exists()


def test_while_the_kiosk_moves_no_other_errand_is_carried(leaving: Leaving) -> None:
    folder = leaving.bench.folder
    moving._mark(folder, moving.Mark.of(moving.ASKING, load(folder / "kiosk.toml")))
    with pytest.raises(EnrolmentError, match="sedang_pindah"):
        main(["--settings", str(folder / "kiosk.toml")])


def test_on_a_device_systemd_stops_and_starts_both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    systemctl = tmp_path / "systemctl"
    systemctl.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/said\n')
    systemctl.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    SystemdServices().stop()
    SystemdServices().start()
    units = " ".join(UNITS)
    assert (tmp_path / "said").read_text().splitlines() == [f"stop {units}", f"start --no-block {units}"]
