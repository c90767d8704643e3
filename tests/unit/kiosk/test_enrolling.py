"""From a code to a kiosk, beside the real centre: the power goes between any two steps, answers get lost, nothing doubles."""

import io
import logging
import secrets
import shutil
import socket
import ssl
import subprocess
import threading
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from adminduk import enrolment_codes
from adminduk.clock import SystemClock
from adminduk.enrolments import StickFile, public_hex
from central.documents.authority import create_test_authority
from central.fleet import deciding, enrolment, kiosks
from central.schema import kiosks as kiosk_table
from kiosk import keys
from kiosk.__main__ import main
from kiosk.enrolment import EnrolmentError, moving, progress, rekeying, terminal
from kiosk.enrolment.chest import NEXT_KEY, CredentialChest, FileChest, chest_of, make_missing, signing_key
from kiosk.enrolment.configuring import with_root
from kiosk.enrolment.enrolling import Enrolling, Site, run
from kiosk.enrolment.invitation import Invitation, from_stick, invitation
from kiosk.enrolment.progress import Step
from kiosk.enrolment.registrar import Registrar
from kiosk.enrolment.site import site_of
from kiosk.enrolment.words import Words
from kiosk.settings import Settings, load
from kiosk.store import PrintKind, PrintState, Store
from kiosk.uplink.errors import Unreachable
from kiosk.vault.second import FOLDER as COPIES
from tests.unit.store.making import lay_store, submission
from tests.unit.uplink.tls import certificate
from tests.unit.uplink.village import DESA, RealCentre, free_port, real_centre

CLOCK = SystemClock()
# a port of its own: whoever else runs a kiosk on this machine is not this kiosk's screen
SITE = Site(extra=f'assets_dir = "assets"\n[screen]\nport = {free_port()}', desa_name="Desa Contoh")
TOP = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealCentre]:
    folder = tmp_path_factory.mktemp("centre")
    create_test_authority(folder / "authority", now=CLOCK.now())
    with real_centre(folder) as running:
        yield running


@dataclass
class Bench:
    """One kiosk's disk before it is anybody's; each ``power_cut`` forgets everything but the files."""

    folder: Path
    centre: RealCentre
    said: list[str] = field(default_factory=list)

    @property
    def chest(self) -> FileChest:
        return FileChest(self.folder / "state" / "keys")

    def power_cut(self) -> Enrolling:
        return Enrolling(self.folder, self.chest, clock=CLOCK, dice=secrets)

    def invited(self) -> tuple[Invitation, str]:
        """A fresh code: (what the technician brings, its row)."""
        new = enrolment.issue(self.centre.context, desa=DESA, actor="ada")
        return invitation(self.centre.url, new.code), new.row

    def begun(self) -> str:
        given, row = self.invited()
        self.power_cut().begin(given)
        return row

    def admin_says_yes(self, row: str) -> str:
        """By the six digits of the kiosk's screen."""
        shown = self.power_cut().shown()
        assert shown is not None
        return deciding.confirm(self.centre.context, row, fingerprint=shown.fingerprint, actor="ada").kiosk_id

    def enrolled(self) -> Settings:
        """All the way."""
        row = self.begun()
        assert self.power_cut().step(SITE) is Step.WAITING
        self.admin_says_yes(row)
        assert self.power_cut().step(SITE) is Step.CONFIRMED
        assert self.power_cut().step(SITE) is Step.DONE
        return load(self.folder / "kiosk.toml")

    def store(self) -> Store:
        """Laid down from one made before: migrating anew takes a tenth of a second."""
        key = self.chest.read(keys.STORE_KEY)
        return Store.open(lay_store(self.folder / "state" / "kiosk.db", key), key, clock=CLOCK, dice=secrets)

    def move(self, **told: bool) -> None:
        terminal.move(self.folder, self.chest, clock=CLOCK, dice=secrets, say=self.said.append, **told)

    def rekey(self) -> None:
        terminal.rekey(self.folder, self.chest, clock=CLOCK, dice=secrets, say=self.said.append)

    def answered(self, key: Ed25519PrivateKey | None = None) -> bool:
        """Whether the centre takes a signed request of this kiosk."""
        settings = load(self.folder / "kiosk.toml")
        registrar = terminal.signed(settings, key or signing_key(self.chest), CLOCK)
        try:
            answer = registrar._exchange.call("GET", "/staff", expected=(401,))
            return answer.status == 200
        finally:
            registrar.close()


@pytest.fixture
def bench(tmp_path: Path, centre: RealCentre) -> Bench:
    return Bench(tmp_path / "kios", centre)


def code_of(call: Callable[[], Any]) -> str:
    with pytest.raises(EnrolmentError) as refused:
        call()
    return refused.value.code


def kiosks_with(centre: RealCentre, key: Ed25519PrivateKey) -> int:
    mine = sa.select(sa.func.count()).select_from(kiosk_table).where(kiosk_table.c.public_key == public_hex(key))
    with centre.engine.connect() as connection:
        return int(connection.scalar(mine) or 0)


# --- enrolling ----------------------------------------------------------------------------------------------------------


def test_the_power_goes_after_every_step_and_it_ends_in_one_kiosk(bench: Bench) -> None:
    settings = bench.enrolled()
    assert settings.identity.desa == DESA
    assert settings.identity.desa_name == "Desa Contoh"
    assert settings.centre.sealing_key == bench.centre.context.keys.sealing_hex
    assert Path(settings.centre.roots_file).read_text().startswith("-----BEGIN CERTIFICATE")
    assert kiosks_with(bench.centre, signing_key(bench.chest)) == 1
    assert bench.answered()
    assert bench.power_cut().under_way is None


def test_an_answer_that_got_lost_is_asked_for_again(bench: Bench) -> None:
    row = bench.begun()
    before = bench.power_cut().under_way
    assert before is not None
    bench.power_cut().step(SITE)
    progress.keep(bench.folder, before)  # the centre had taken the code, the kiosk never heard of it
    assert bench.power_cut().step(SITE) is Step.WAITING
    kiosk_id = bench.admin_says_yes(row)
    bench.power_cut().step(SITE)
    confirmed = bench.power_cut().under_way
    assert confirmed is not None
    bench.power_cut().step(SITE)
    progress.keep(bench.folder, confirmed)  # the settings were written, the note about it was not
    assert bench.power_cut().step(SITE) is Step.DONE
    assert load(bench.folder / "kiosk.toml").identity.kiosk_id == kiosk_id


def test_both_screens_show_the_same_digits_and_show_them_again_after_a_power_cut(bench: Bench) -> None:
    row = bench.begun()
    assert bench.power_cut().shown() is None
    bench.power_cut().step(SITE)
    shown = [bench.power_cut().shown() for _ in range(2)]
    (seen,) = [one for one in deciding.waiting(bench.centre.context) if one.row == row]
    assert [one.fingerprint for one in shown if one] == [seen.fingerprint] * 2
    assert bench.power_cut().step(SITE) is Step.WAITING


def test_the_code_is_on_the_disk_only_until_it_is_taken_and_for_nobody_else(bench: Bench) -> None:
    given, _ = bench.invited()
    bench.power_cut().begin(given)
    file = bench.folder / progress.FILE
    assert given.code in file.read_text()
    assert file.stat().st_mode & 0o077 == 0
    bench.power_cut().step(SITE)
    assert given.code not in file.read_text()
    assert given.code not in repr(given)


@pytest.mark.parametrize("nth", [1, 5])
def test_a_wrong_code_says_so_and_a_new_one_may_be_typed(bench: Bench, nth: int) -> None:
    given, _ = bench.invited()
    letters = [letter for letter in enrolment_codes.ALPHABET if letter != given.code[-1]]
    told = []
    for letter in letters[:nth]:
        bench.power_cut().begin(invitation(bench.centre.url, given.code[:-1] + letter))
        told.append(code_of(lambda: bench.power_cut().step(SITE)))
    assert told == ["kode_salah"] * min(nth, 4) + ["kode_terkunci"] * (nth > 4)
    assert bench.power_cut().under_way is None
    assert bench.enrolled().identity.desa == DESA


def test_a_code_that_another_kiosk_used_is_refused_with_a_warning(bench: Bench, tmp_path: Path) -> None:
    given, _ = bench.invited()
    thief = Bench(tmp_path / "lain", bench.centre)
    for one in (thief, bench):
        one.power_cut().begin(given)
    thief.power_cut().step(SITE)
    assert code_of(lambda: bench.power_cut().step(SITE)) == "kode_dipakai"


def test_a_declined_kiosk_reads_it_and_may_come_again_with_the_same_key(bench: Bench) -> None:
    row = bench.begun()
    bench.power_cut().step(SITE)
    key = bench.chest.read(keys.DEVICE_KEY)
    deciding.decline(bench.centre.context, row, actor="ada")
    assert code_of(lambda: bench.power_cut().step(SITE)) == "ditolak"
    assert bench.power_cut().under_way is None
    bench.enrolled()
    assert bench.chest.read(keys.DEVICE_KEY) == key


def test_a_key_that_the_centre_knows_needs_to_be_made_anew(bench: Bench) -> None:
    kiosk_id = bench.enrolled().identity.kiosk_id
    kiosks.revoke(bench.centre.context, kiosk_id)
    (bench.folder / "kiosk.toml").unlink()
    bench.begun()
    assert code_of(lambda: bench.power_cut().step(SITE)) == "kunci_dipakai"
    bench.power_cut().begin(bench.invited()[0], new_key=True)
    assert bench.power_cut().step(SITE) is Step.WAITING


def test_who_is_enrolled_or_waits_for_the_admin_does_not_begin_again(bench: Bench) -> None:
    row = bench.begun()
    bench.power_cut().begin(bench.invited()[0])  # not taken yet: the second code is as good
    bench.power_cut().begin(invitation(bench.centre.url, bench.invited()[0].code))
    bench.power_cut().step(SITE)
    assert code_of(lambda: bench.power_cut().begin(bench.invited()[0])) == "masih_menunggu"
    assert row not in [one.row for one in deciding.waiting(bench.centre.context)]
    shutil.rmtree(bench.folder)
    bench.enrolled()
    assert code_of(lambda: bench.power_cut().begin(bench.invited()[0])) == "sudah_terdaftar"
    assert code_of(lambda: bench.power_cut().step(SITE)) == "belum_mulai"


def test_another_centre_s_yes_is_not_taken(bench: Bench) -> None:
    row = bench.begun()
    bench.power_cut().step(SITE)
    bench.admin_says_yes(row)
    now = bench.power_cut().under_way
    assert now is not None
    forged = now.answer.replace(bench.centre.context.keys.receipt_hex, "ab" * 32)
    progress.keep(bench.folder, progress.Progress(step=Step.WAITING, url=now.url, pinned=False, answer=forged))
    assert code_of(lambda: bench.power_cut().step(SITE)) == "jawaban_berbeda"


def test_a_torn_note_is_told_and_not_guessed_at(bench: Bench) -> None:
    bench.begun()
    for text in ("", "{}", '{"step":"claiming"}', '{"step":"x","url":"","pinned":false}'):
        (bench.folder / progress.FILE).write_text(text)
        assert code_of(lambda: bench.power_cut().under_way) == "berkas_rusak"
    bench.power_cut()
    progress.keep(bench.folder, progress.Progress(step=Step.WAITING, url="", pinned=False, answer="{}"))
    assert code_of(lambda: bench.power_cut().shown()) == "berkas_rusak"


def test_the_terminal_waits_for_the_line_and_the_admin_and_says_so(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    given, row = bench.invited()
    away, waits = f"http://127.0.0.1:{free_port()}", []
    bench.power_cut().begin(invitation(away, given.code))

    def wait(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 3:  # the line is back
            bench.power_cut().begin(given)
        if len(waits) == 5:
            bench.admin_says_yes(row)
        assert len(waits) < 10

    with caplog.at_level(logging.DEBUG):
        terminal.enrol(
            bench.folder, bench.chest, None, SITE, clock=CLOCK, dice=secrets, wait=wait, say=bench.said.append
        )
    assert waits == [5.0, 10.0, 20.0, 5.0, 5.0]
    told = "\n".join(bench.said)
    assert told.count("tidak_tersambung") == 3
    assert told.count("Bandingkan enam angka") == 1
    assert "paling lemah" in told
    for secret in (given.code, bench.chest.read(keys.DEVICE_KEY).hex(), public_hex(signing_key(bench.chest))):
        assert secret not in told + caplog.text


def test_run_asks_no_oftener_than_the_centre_wants(bench: Bench) -> None:
    class Busy:
        """Says wait, then is done."""

        def __init__(self) -> None:
            self.left = 2

        def step(self, _site: Site) -> Step:
            from kiosk.uplink.errors import Busy as Wait

            self.left -= 1
            if self.left:
                raise Wait("sibuk", 7)
            return Step.DONE

        def shown(self) -> None:
            return None

    waits: list[float] = []
    run(Busy(), SITE, wait=waits.append, show=bench.said.append, trouble=bench.said.append)  # type: ignore[arg-type]  # its two verbs
    assert (waits, bench.said) == ([7], ["sibuk"])


# --- what the technician brings -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "code", "ca", "error"),
    [
        ("pusat", "7K3QXM9T4A", "", "alamat_salah"),
        ("https://pusat", "", "", "kode_kosong"),
        ("https://pusat", "7K3QX", "", "kode_panjang"),
        ("https://pusat", "7K3QXM9T4U", "", "kode_huruf_salah"),
        ("https://pusat", "7K3QXM9T4A", "PEM", "ca_rusak"),
        ("https://pusat", "7K3QXM9T4A", "é", "ca_rusak"),
    ],
)
def test_an_invitation_that_cannot_work_is_refused_before_anything_is_sent(
    url: str, code: str, ca: str, error: str
) -> None:
    assert code_of(lambda: invitation(url, code, ca)) == error


def test_in_the_clear_only_on_this_machine() -> None:
    for url in ("http://pusat.example", "http://127.0.0.1.example", "http://10.0.0.1"):
        assert code_of(lambda url=url: Registrar.at(url, CLOCK, ca_file=None)) == "alamat_tanpa_tls"  # type: ignore[misc]  # a default
    for url in ("https://pusat.example", "http://127.0.0.1:8710", "http://localhost", "http://[::1]:9"):
        Registrar.at(url, CLOCK, ca_file=None).close()


def test_a_stick_is_found_where_desktops_mount_it(tmp_path: Path) -> None:
    mounted = tmp_path / "teknisi" / "STIK"
    mounted.mkdir(parents=True)
    assert code_of(lambda: from_stick(tmp_path)) == "stik_tidak_ada"
    file = mounted / "kios-daftar.json"
    file.write_bytes(StickFile(url="https://pusat.example", code="7K3QXM9T4A").to_json())
    for place in (tmp_path, mounted, file):
        assert from_stick(place) == Invitation(url="https://pusat.example", code="7K3QXM9T4A")
    shutil.copy(file, tmp_path)
    assert code_of(lambda: from_stick(tmp_path)) == "stik_ganda"
    for spoiled in (b"", b"{}", b"\xff", b" " * 70_000):
        file.write_bytes(spoiled)
        assert code_of(lambda: from_stick(file)) == "stik_rusak"


def test_the_content_s_first_root_comes_along_and_the_settings_name_it(bench: Bench) -> None:
    root = bench.centre.context.settings.content_root
    root.parent.mkdir()
    root.write_text('{"signed":{}}')
    try:
        settings = bench.enrolled()
    finally:
        shutil.rmtree(root.parent)
    assert Path(settings.updates.root_file).read_text() == '{"signed":{}}'
    assert "root_file" not in site_of(bench.folder / "kiosk.toml")


def test_a_root_is_named_once_whether_the_technician_wrote_of_updates_or_not() -> None:
    for extra in ("", "a = 1", '[updates]\ngroup = "perintis"\n[panel]\nport = 0', "[panel]\nport = 0\n"):
        told = tomllib.loads(with_root(extra, "root.json"))
        assert told["updates"]["root_file"] == "root.json"
        assert ("perintis" in extra) == ("group" in told["updates"])
        assert told.get("panel", {"port": 0}) == {"port": 0}


@contextmanager
def tls_door(port: int, pem: Path) -> Iterator[int]:
    """What stands before the centre: TLS by that key and certificate, ended here. Gives its port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)

    def pump(one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while block := one.recv(65536):
                other.sendall(block)
        for end in (one, other):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def serve(door: socket.socket) -> None:
        with suppress(OSError):
            while True:
                client = door.accept()[0]
                try:
                    inside = context.wrap_socket(client, server_side=True)
                except OSError:  # it did not trust us
                    client.close()
                    continue
                behind = socket.create_connection(("127.0.0.1", port))
                for ends in ((inside, behind), (behind, inside)):
                    threading.Thread(target=pump, args=ends, daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as door:
        threading.Thread(target=serve, args=(door,), daemon=True).start()
        yield door.getsockname()[1]


def test_only_the_agency_s_own_authority_is_believed_from_the_first_request_on(bench: Bench, tmp_path: Path) -> None:
    for name in ("dukcapil", "lain"):
        (tmp_path / name).mkdir()
    pem, other = certificate(tmp_path / "dukcapil"), certificate(tmp_path / "lain")
    given, row = bench.invited()
    with tls_door(bench.centre.port, pem) as port:
        url = f"https://localhost:{port}"
        for ca in (other.read_text(), ""):  # somebody else's, and the system's
            bench.power_cut().begin(invitation(url, given.code, ca))
            with pytest.raises(Unreachable, match="sertifikat"):
                bench.power_cut().step(SITE)
        bench.power_cut().begin(invitation(url, given.code, pem.read_text().split("-----END PRIVATE KEY-----\n")[1]))
        bench.power_cut().step(SITE)
        bench.admin_says_yes(row)
        bench.power_cut().step(SITE)
        bench.power_cut().step(SITE)
        settings = load(bench.folder / "kiosk.toml")
        assert Path(settings.centre.ca_file).read_text() in pem.read_text()
        assert bench.answered()
        Path(settings.centre.ca_file).write_text(other.read_text())
        with pytest.raises(Unreachable, match="sertifikat"):
            bench.answered()


# --- the command line ---------------------------------------------------------------------------------------------------


def test_enrol_and_move_by_the_command_line_and_the_devices_stay(
    bench: Bench, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    given, row = bench.invited()
    port = free_port()
    monkeypatch.setattr("time.sleep", lambda _seconds: bench.admin_says_yes(row))
    place = ["--dir", str(bench.folder)]
    typed = enrolment_codes.grouped(given.code).lower()
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{typed}\n"))
    receipt = "tcp://127.0.0.1:9100?model=TM-T20II"
    words = ["--centre", given.url, "--receipt", receipt, "--port", str(port)]
    assert main(["enrol", *place, *words]) == 0
    first = load(bench.folder / "kiosk.toml")
    assert first.devices.receipt == receipt
    bench.store().close()
    assert main(["move", *place]) == 0
    given, row = bench.invited()
    stick = bench.folder / "kios-daftar.json"
    stick.write_bytes(StickFile(url=given.url, code=given.code).to_json())
    assert main(["enrol", *place, "--stick", str(stick)]) == 0
    second = load(bench.folder / "kiosk.toml")
    assert second.identity.number > first.identity.number
    assert (second.devices, second.screen) == (first.devices, first.screen)
    assert given.code not in capsys.readouterr().out


def test_refusals_are_sentences_with_their_code(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    place = ["--dir", str(bench.folder)]
    assert main(["enrol", *place]) == 2
    assert main(["enrol", *place, "--centre", bench.centre.url, "--code", "salah"]) == 2
    words = ["enrol", *place, "--centre", bench.centre.url, "--code", "7K3QX-M9T4A", "--ca"]
    (bench.folder.parent / "ca.pem").write_bytes(b"\xff")
    assert [main([*words, str(bench.folder.parent / name)]) for name in ("ca.pem", "hilang.pem")] == [2, 2]
    assert main(["move", *place]) == 2
    told = capsys.readouterr().err
    assert "(belum_mulai)" in told
    assert told.count("(ca_rusak)") == 2
    assert "sepuluh huruf" in told
    assert "berkas_tidak_ada" in told


def test_every_code_has_a_sentence_and_the_technicians_page_names_it() -> None:
    """Codes as the program writes them: raised here, or told by the centre and passed on."""
    import re

    words, page = Words.load(), (TOP / "docs/technician.md").read_text()
    sources = [path.read_text() for path in (TOP / "kiosk/enrolment").glob("*.py")]
    wire = [(TOP / f"central/fleet/{name}.py").read_text() for name in ("enrolment", "rekeying")]
    raised = {found for text in sources for found in re.findall(r'EnrolmentError\("([a-z_]+)', text)}
    told = {found for text in wire for found in re.findall(r'WireError\(4\d\d, "([a-z_]+)', text)}
    typed = {f"kode_{each}" for each in ("kosong", "panjang", "huruf_salah")}
    codes = raised | told | typed | {"kios_tidak_dikenal", "jawaban_pusat_kurang"}
    assert {code for code in codes if code not in words.refusals} == set()
    assert set(words.refusals) - codes == set()
    rows = {code: f"| `{code}` | {words.refusals[code]} |" for code in sorted(codes)}
    assert [code for code, row in rows.items() if row not in page] == []
    assert {"packets", "prints", "questions", "surveys", "drafts", "reports"} == set(words.pending)


# --- a new key ----------------------------------------------------------------------------------------------------------


def test_a_new_key_takes_over_and_the_old_one_is_refused(bench: Bench) -> None:
    bench.enrolled()
    old = signing_key(bench.chest)
    bench.rekey()
    assert not bench.chest.has(NEXT_KEY)
    assert public_hex(signing_key(bench.chest)) != public_hex(old)
    assert bench.answered()
    assert not bench.answered(old)
    assert kiosks_with(bench.centre, signing_key(bench.chest)) == 1


@pytest.mark.parametrize("cut", [1, 2])
def test_an_answer_lost_while_rekeying_locks_no_kiosk_out(bench: Bench, cut: int) -> None:
    """The ``cut``-th request reaches the centre, its answer does not reach the kiosk."""
    settings, made = bench.enrolled(), 0

    class Cut(Registrar):
        def offer(self, new: Any) -> None:
            nonlocal made
            super().offer(new)
            made += 1
            if made == cut:
                raise Unreachable("tidak_tersambung")

    def connect(key: Ed25519PrivateKey) -> Registrar:
        return Cut(terminal.signed(settings, key, CLOCK)._exchange)

    with pytest.raises(Unreachable):
        rekeying.rekey(bench.chest, settings.identity.kiosk_id, connect=connect, dice=secrets)
    assert bench.chest.has(NEXT_KEY)
    assert bench.answered() == (cut == 1)  # at the second cut the new key alone is known
    bench.rekey()
    assert bench.answered()
    assert not bench.chest.has(NEXT_KEY)


def test_the_power_went_before_the_new_key_was_sent(bench: Bench) -> None:
    bench.enrolled()
    made = secrets.token_bytes(32)
    bench.chest.put(NEXT_KEY, made)
    bench.rekey()
    assert bench.chest.read(keys.DEVICE_KEY) == made
    assert bench.answered()


def test_a_revoked_kiosk_gets_no_new_key(bench: Bench) -> None:
    settings = bench.enrolled()
    kiosks.revoke(bench.centre.context, settings.identity.kiosk_id)
    assert code_of(bench.rekey) == "kios_tidak_dikenal"
    assert not bench.answered()


def test_a_next_key_that_is_another_kiosk_s_is_thrown_away(bench: Bench, tmp_path: Path) -> None:
    other = Bench(tmp_path / "lain", bench.centre)
    for one in (bench, other):
        one.enrolled()
    bench.chest.put(NEXT_KEY, other.chest.read(keys.DEVICE_KEY))
    assert code_of(bench.rekey) == "kunci_dipakai"
    assert not bench.chest.has(NEXT_KEY)
    assert bench.answered()


def test_while_the_courier_runs_no_key_changes_and_nobody_moves(bench: Bench) -> None:
    settings = bench.enrolled()
    bench.store().close()
    with terminal.only_one(settings.state / "courier.lock"):
        assert code_of(bench.rekey) == "kurir_berjalan"
        assert code_of(bench.move) == "kurir_berjalan"
    assert moving.mark(bench.folder) is None


# --- moving -------------------------------------------------------------------------------------------------------------


def fill(bench: Bench, kind: str) -> None:
    """Something that is not finished."""
    store = bench.store()
    if kind == "packets":
        store.record_submission(submission(1))
    if kind == "prints":
        job = store.intend_print(PrintKind.DOCUMENT, "dok")
        store.settle_print(job, PrintState.DOUBTFUL)
    if kind == "questions":
        store.ask("q", b"sealed")
    if kind == "surveys":
        store.add_survey("s", b"{}")
    if kind == "drafts":
        store.drafts.keep("d", days=7)
    store.close()


@pytest.mark.parametrize("kind", ["packets", "prints", "questions", "surveys", "drafts"])
def test_nobody_moves_while_something_is_pending_and_it_says_what(bench: Bench, kind: str) -> None:
    bench.enrolled()
    fill(bench, kind)
    with pytest.raises(EnrolmentError) as refused:
        bench.move()
    assert (refused.value.code, dict(refused.value.facts)) == ("masih_tertunda", {kind: 1})
    assert f"- {Words.load().pending[kind]}: 1" in Words.load().refusal(refused.value)
    assert moving.mark(bench.folder) is None
    assert bench.answered()


def test_after_the_move_nothing_of_the_old_desa_is_on_the_disk(bench: Bench) -> None:
    bench.enrolled()
    fill(bench, "none")
    state, old = bench.folder / "state", signing_key(bench.chest)
    for name in ("vault", "drafts", "bench"):
        (state / name / "dalam").mkdir(parents=True)
        (state / name / "sisa.packet").write_bytes(b"x")
    bench.move()
    files = {path.relative_to(bench.folder).as_posix() for path in bench.folder.rglob("*") if path.is_file()}
    assert files == {"kiosk.previous.toml"}
    assert "assets_dir" in site_of(bench.folder / "kiosk.previous.toml")
    assert "K-0" not in site_of(bench.folder / "kiosk.previous.toml")
    settings = bench.enrolled()
    assert not bench.answered(old)
    assert settings.identity.desa == DESA


def test_second_copies_on_another_disk_go_too_and_a_stick_that_was_pulled_out_stops_nothing(bench: Bench) -> None:
    copies = bench.folder / "stik" / COPIES
    for there in (True, False):
        bench.enrolled()
        with (bench.folder / "kiosk.toml").open("a") as file:
            file.write(f'[storage]\nsecond_copy = "{copies.parent}"\n')
        fill(bench, "none")
        if there:
            copies.mkdir(parents=True)
            (copies / "a.packet").write_bytes(b"sealed")
        bench.move()
        assert not list(bench.folder.rglob("*.packet"))
        shutil.rmtree(copies.parent, ignore_errors=True)
    assert moving.mark(bench.folder) is None


@pytest.mark.parametrize("step", range(6))
def test_the_power_goes_in_the_middle_of_the_wipe(bench: Bench, step: int, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.enrolled()
    fill(bench, "none")

    class PowerCutError(BaseException):
        """Not to be caught by anything of ours."""

    left = step

    def cut(_folder: Path) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise PowerCutError

    with monkeypatch.context() as patched:  # the disk's sync is where the power goes, if not before
        for module in ("moving", "chest", "progress"):
            patched.setattr(f"kiosk.enrolment.{module}.sync_folder", cut)
        with pytest.raises(PowerCutError):
            bench.move()
    assert code_of(lambda: moving.refuse_while_moving(bench.folder)) == "sedang_pindah"
    bench.move()
    assert moving.mark(bench.folder) is None
    assert not (bench.folder / "kiosk.toml").exists()
    assert not list((bench.folder / "state").rglob("*_key*"))
    assert not (bench.folder / "state" / "kiosk.db").exists()


def test_the_centre_s_yes_got_lost_and_meanwhile_neither_screen_nor_courier_starts(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = bench.enrolled()
    fill(bench, "none")

    class Cut(Registrar):
        def leave(self, message: Any) -> Any:
            super().leave(message)
            raise Unreachable("tidak_tersambung")

    def leave(registrar: Registrar) -> None:
        moving.leave(bench.folder, settings, registrar=registrar, unfinished=dict, alone=nullcontext)

    with pytest.raises(Unreachable):
        leave(Cut(terminal.signed(settings, signing_key(bench.chest), CLOCK)._exchange))
    for command in ("ui", "courier"):
        assert main([command, "--settings", str(bench.folder / "kiosk.toml")]) == 2
    assert capsys.readouterr().err.count("(sedang_pindah)") == 2
    assert code_of(bench.rekey) == "sedang_pindah"
    assert code_of(lambda: moving.wipe(bench.folder, bench.chest)) == "belum_pamit"
    bench.move()
    assert not (bench.folder / "kiosk.toml").exists()


def test_a_line_that_is_down_closes_nobody_s_kiosk(bench: Bench) -> None:
    bench.enrolled()
    fill(bench, "none")
    file = bench.folder / "kiosk.toml"
    file.write_text(file.read_text().replace(bench.centre.url, f"http://127.0.0.1:{free_port()}"))
    assert code_of(bench.move) == "tidak_tersambung"
    moving.refuse_while_moving(bench.folder)


def test_a_revoked_kiosk_is_wiped_without_asking_only_when_the_technician_says_so(bench: Bench) -> None:
    settings = bench.enrolled()
    fill(bench, "packets")
    kiosks.revoke(bench.centre.context, settings.identity.kiosk_id)
    assert code_of(lambda: bench.move(revoked=True)) == "masih_tertunda"
    (bench.folder / "state" / "kiosk.db").unlink()
    fill(bench, "none")
    assert code_of(bench.move) == "kios_tidak_dikenal"
    moving.refuse_while_moving(bench.folder)
    bench.move(revoked=True)
    assert not (bench.folder / "kiosk.toml").exists()


def test_a_running_screen_is_stopped_first(bench: Bench) -> None:
    settings = bench.enrolled()
    shown = SimpleNamespace(
        screen=SimpleNamespace(port=bench.centre.port), state=settings.state
    )  # somebody serves there
    told = code_of(
        lambda: moving.leave(bench.folder, shown, registrar=None, unfinished=dict, alone=nullcontext)  # type: ignore[arg-type]
    )
    assert told == "layar_berjalan"


# --- where keys lie -----------------------------------------------------------------------------------------------------


def test_keys_are_made_once_and_said_how_strongly_they_are_kept(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["keys", "--dir", str(bench.folder)]
    assert main(words) == 0
    first = bench.chest.read(keys.DEVICE_KEY)
    assert main(words) == 0
    assert bench.chest.read(keys.DEVICE_KEY) == first
    assert capsys.readouterr().out.count("paling lemah") == 2


@contextmanager
def systemd_creds() -> Iterator[None]:
    """Debian's own, where this user may use it."""
    probe = subprocess.run(
        ["systemd-creds", "encrypt", "--with-key=host", "--name=x", "-", "-"],
        input=b"x",
        capture_output=True,
        check=False,
    )
    if probe.returncode != 0:
        pytest.skip("systemd-creds does not work here")
    yield


def test_credentials_of_systemd_hold_the_keys_and_say_that_without_a_tpm_they_are_weaker(tmp_path: Path) -> None:
    with systemd_creds():
        chest = CredentialChest(tmp_path, tpm=tmp_path / "no-tpm")
        make_missing(chest, secrets)
        first = chest.read(keys.DEVICE_KEY)
        assert first != (tmp_path / "device_key.cred").read_bytes()
        assert (chest.storage, (tmp_path / "key_storage").read_text()) == ("host", "host\n")
        assert "lebih lemah" in Words.load().storage(chest.storage)
        assert (tmp_path / "device_key.cred").stat().st_mode & 0o077 == 0
        chest.put(NEXT_KEY, bytes(32))
        chest.take_over()
        assert (chest.read(keys.DEVICE_KEY), chest.has(NEXT_KEY)) == (bytes(32), False)  # under the unit's name for it
        chest.remove(keys.DEVICE_KEY)
        assert code_of(lambda: signing_key(chest)) == "kunci_tidak_ada"
        (tmp_path / "store_key.cred").write_text("rusak")
        assert code_of(lambda: chest.read(keys.STORE_KEY)) == "kunci_tidak_terbuka"


def test_a_key_of_another_length_is_no_key(bench: Bench) -> None:
    bench.chest.put(keys.DEVICE_KEY, b"short")
    assert code_of(lambda: signing_key(bench.chest)) == "kunci_rusak"
    assert isinstance(chest_of(bench.folder, None), FileChest)
    assert isinstance(chest_of(bench.folder, bench.folder), CredentialChest)


@pytest.mark.parametrize(("told", "expected"), [("tpm2\n", "tpm2"), ("host", "host"), ("lain", "host"), (None, "host")])
def test_the_running_kiosk_knows_how_its_keys_came(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: str | None, expected: str
) -> None:
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    assert keys.storage() == "files"
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    if told is not None:
        (tmp_path / "key_storage").write_text(told)
    assert keys.storage() == expected
