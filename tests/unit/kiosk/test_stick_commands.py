"""The technician's commands from kiosk to centre and back: one sentence each, in Indonesian, and never a stack trace."""

import json
import secrets
import shutil
from pathlib import Path

import pytest

from adminduk.clock import SystemClock, stamp
from central.__main__ import main as central
from central.intake.uploads import Uploads
from kiosk import keys
from kiosk.__main__ import main as kiosk
from kiosk.store import Store, Submission
from kiosk.vault import Vault
from tests.unit.store.making import numbered_id, ticket

DESA = "3312122001"


def told(capsys: pytest.CaptureFixture[str]) -> dict:
    return json.loads(capsys.readouterr().out.strip().splitlines()[-1])


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("centre")
    assert central(["setup", "--dir", str(folder)]) == 0
    return folder


@pytest.fixture
def home(tmp_path: Path, centre: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """An enrolled kiosk with one packet that waits; the stick beside it is named in its settings."""
    folder, stick = tmp_path / "kiosk", tmp_path / "stick"
    stick.mkdir()
    assert kiosk(["setup", "--dir", str(folder)]) == 0
    key = told(capsys)["public_key"]
    assert central(["enrol", "--dir", str(centre), "--desa", DESA, "--key", key]) == 0
    (tmp_path / "enrolment.json").write_text(json.dumps(told(capsys)))
    assert central(["public", "--dir", str(centre), "--url", "http://127.0.0.1:9"]) == 0
    (tmp_path / "public.json").write_text(json.dumps(told(capsys)))
    words = ["configure", "--dir", str(folder), "--public", str(tmp_path / "public.json")]
    words += ["--enrolment", str(tmp_path / "enrolment.json"), "--desa-name", "Desa Contoh", "--assets", str(tmp_path)]
    assert kiosk(words) == 0
    with (folder / "kiosk.toml").open("a") as file:
        file.write(f'\n[storage]\nstick = "{stick}"\n')
    capsys.readouterr()
    return folder


def submit(home: Path, number: int = 1) -> None:
    import hashlib

    state, content, now = home / "state", secrets.token_bytes(5000), SystemClock()
    store = Store.open(state / "kiosk.db", keys.read(state, keys.STORE_KEY), clock=now, dice=secrets)
    Vault(state / "vault").put(numbered_id(number), content)
    store.record_submission(
        Submission(
            id=numbered_id(number), sha256=hashlib.sha256(content).hexdigest(), size=5000, ticket=ticket(number), service="X",
            sealed_at=stamp(now.now()), clock_trusted=True,
        )
    )  # fmt: skip
    store.close()


def run(home: Path, verb: str, *words: str) -> int:
    return kiosk([verb, "--settings", str(home / "kiosk.toml"), *words])


def test_a_packet_goes_to_the_office_and_its_receipt_comes_back(
    home: Path, centre: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    submit(home)
    stick = home.parent / "stick"
    assert run(home, "export") == 0
    assert capsys.readouterr().out.startswith("Selesai: 1 kiriman (0,0 MB) di kios-kiriman/K-0001-0001.")
    assert central(["import", "--dir", str(centre), "--from", str(stick)]) == 0
    brought = {"parcel": "K-0001-0001", "kiosk_id": "K-0001", "code": "", "packets": {"diterima": 1}}
    assert told(capsys) == brought
    assert run(home, "receipts", "--from", str(stick)) == 0
    assert capsys.readouterr().out.splitlines() == ["1 tanda terima diterima; 0 sudah ada sebelumnya."]
    assert run(home, "export", "--to", str(stick)) == 2
    assert "Tidak ada kiriman yang menunggu. (tidak_ada_kiriman)" in capsys.readouterr().err


def test_troubles_are_one_sentence(home: Path, centre: Path, capsys: pytest.CaptureFixture[str]) -> None:
    submit(home)
    (home.parent / "stick").rmdir()
    for verb in ("export", "receipts"):
        assert run(home, verb) == 2
        assert "Stik tidak ada" in capsys.readouterr().err
    (home / "kiosk.toml").write_text((home / "kiosk.toml").read_text().split("[storage]")[0])
    assert run(home, "export") == 2
    assert "stik_tidak_disebut" in capsys.readouterr().err
    assert central(["import", "--dir", str(centre), "--from", str(home)]) == 2
    assert capsys.readouterr().err == "central: tidak_ada_kiriman\n"


def test_a_stick_that_the_centre_could_not_keep_is_no_success_for_a_script(
    home: Path, centre: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`central import … && wipe the stick`."""

    def full(*_given: object) -> None:
        raise OSError(28, "No space left on device")

    submit(home, number=2)
    stick = home.parent / "stick"
    assert run(home, "export") == 0
    capsys.readouterr()
    monkeypatch.setattr(Uploads, "lay", full)
    assert central(["import", "--dir", str(centre), "--from", str(stick)]) == 2
    said = capsys.readouterr()
    assert json.loads(said.out)["code"] == "tidak_tersimpan"
    assert said.err.endswith("central: tidak_tersimpan\n")
    monkeypatch.undo()
    assert central(["import", "--dir", str(centre), "--from", str(stick)]) == 0


def test_what_is_damaged_and_what_is_anothers_is_told(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    submit(home)
    stick = home.parent / "stick"
    assert run(home, "export") == 0
    receipts = stick / "kios-kiriman" / "K-9999-0001" / "tanda-terima"
    receipts.mkdir(parents=True)
    (receipts / "x.json").write_text("{}")
    assert run(home, "receipts") == 0
    assert "Dilewati: 0 milik kios lain, 1 tidak sah atau rusak." in capsys.readouterr().out
    shutil.rmtree(home / "state" / "vault")
    assert run(home, "export") == 2
    assert "tidak_ada_kiriman" in capsys.readouterr().err
