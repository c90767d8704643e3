"""Keys made once and never replaced; a folder set up by the command line; tables that are what the migrations make."""

import json
import stat
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.x509 import load_pem_x509_certificate

from adminduk.messages import MessageError, Receipt, sign_receipt, verify_receipt
from adminduk.packets import SealingKey, open_packet, seal
from central import keys
from central.__main__ import main
from central.accounts import Login, log_in
from central.accounts.passwords import DEFAULTS
from central.context import Context, open_context
from central.engine import open_engine, upgrade
from central.schema import accounts, metadata
from central.settings import Settings
from tests.unit.central.conftest import rows
from tests.unit.central.people import packet


@pytest.fixture
def made(tmp_path: Path) -> Path:
    keys.make(tmp_path / "keys")
    return tmp_path / "keys"


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


# --- keys -----------------------------------------------------------------------------------------------------------


def test_each_key_is_32_bytes_that_only_their_owner_reads(made: Path) -> None:
    assert {name: len(content) for name, content in contents(made).items()} == dict.fromkeys(keys.NAMES, 32)
    assert {stat.S_IMODE(path.stat().st_mode) for path in made.iterdir()} == {0o600}
    assert stat.S_IMODE(made.stat().st_mode) == 0o700


def test_no_two_keys_are_alike(made: Path, tmp_path: Path) -> None:
    keys.make(tmp_path / "another")
    assert len({*contents(made).values(), *contents(tmp_path / "another").values()}) == 6


def test_made_again_nothing_changes(made: Path) -> None:
    before = contents(made)
    keys.make(made)
    assert contents(made) == before


@pytest.mark.parametrize("lost", keys.NAMES)
def test_set_up_that_was_cut_off_is_finished_without_touching_what_is_there(made: Path, lost: str) -> None:
    before = contents(made)
    (made / lost).unlink()
    keys.make(made)
    after = contents(made)
    assert {name for name in before if before[name] != after[name]} == {lost}


@pytest.mark.parametrize("lost", keys.NAMES)
def test_a_missing_key_is_named_and_the_remedy_told(made: Path, lost: str) -> None:
    (made / lost).unlink()
    with pytest.raises(keys.KeysMissing, match=rf"key {lost} is missing: run `python -m central setup`"):
        keys.load(made)


def test_half_a_key_is_not_loaded(made: Path) -> None:
    (made / "sealing").write_bytes(b"half")
    with pytest.raises(ValueError):
        keys.load(made)


def test_a_half_written_draft_is_no_key(made: Path) -> None:
    (made / "receipt.1.tmp").write_bytes(b"half")
    assert keys.load(made).receipt_hex


def test_private_halves_never_show_in_a_repr(made: Path) -> None:
    assert repr(keys.load(made)) == "Keys()"


def test_the_public_halves_are_those_of_the_private_ones(made: Path) -> None:
    own, raw = keys.load(made), contents(made)
    sealing = X25519PrivateKey.from_private_bytes(raw["sealing"]).public_key()
    receipt = Ed25519PrivateKey.from_private_bytes(raw["receipt"]).public_key()
    assert own.sealing_hex == sealing.public_bytes_raw().hex()
    assert own.receipt_hex == receipt.public_bytes_raw().hex()


def test_what_a_kiosk_seals_to_the_public_half_opens(made: Path) -> None:
    own, sent = keys.load(made), packet("K-0001")
    sealing = SealingKey.from_raw(bytes.fromhex(own.sealing_hex))
    assert open_packet(seal(sent, sealing), own.sealing) == sent


def test_only_the_centres_own_key_signs_its_receipts(made: Path, tmp_path: Path) -> None:
    keys.make(tmp_path / "another")
    own, other = keys.load(made), keys.load(tmp_path / "another")
    receipt = Receipt(id="1", sha256="0", size=1, received_at="2026", centre="dukcapil")
    public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(own.receipt_hex))
    assert verify_receipt(sign_receipt(receipt, own.receipt), public) == receipt
    with pytest.raises(MessageError) as refused:
        verify_receipt(sign_receipt(receipt, other.receipt), public)
    assert refused.value.code == "tanda_terima_palsu"


# --- tables ---------------------------------------------------------------------------------------------------------


def test_the_migrations_make_the_tables_of_the_schema(context: Context) -> None:
    with context.engine.connect() as connection:
        seen = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(seen, metadata) == []


def test_migrating_again_changes_nothing(context: Context) -> None:
    def tables() -> list[str]:
        return sorted(sa.inspect(context.engine).get_table_names())

    before = tables()
    upgrade(context.engine)
    assert tables() == before
    assert set(metadata.tables) < set(before)


@pytest.mark.parametrize(
    ("pragma", "value"), [("journal_mode", "wal"), ("synchronous", 3), ("foreign_keys", 1), ("busy_timeout", 20000)]
)
def test_sqlite_is_set_to_lose_nothing(light: Context, pragma: str, value: object) -> None:
    with light.engine.connect() as connection:
        assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() == value


def test_a_failing_statement_quotes_no_values(context: Context) -> None:
    wrong = {"username": "rahasia-sekali", "display_name": None, "password_hash": "rahasia-sekali", "role": "admin"}
    with pytest.raises(sa.exc.IntegrityError) as refused, context.engine.begin() as connection:
        connection.execute(accounts.insert().values(**wrong))
    assert "[SQL parameters hidden" in str(refused.value)
    assert "parameters: {" not in str(refused.value)


# --- the command line -----------------------------------------------------------------------------------------------


def run(capsys: pytest.CaptureFixture[str], command: str, folder: Path, *words: str) -> dict[str, object]:
    """What a command printed; it must end well."""
    assert main([command, "--dir", str(folder), *words]) == 0
    told = capsys.readouterr().out
    assert isinstance(told, str)
    return dict(json.loads(told)) if told else {}


def test_a_folder_is_set_up_once_and_its_passwords_are_printed_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "centre"
    passwords = run(capsys, "setup", folder)["accounts"]
    before = {path: path.read_bytes() for name in ("keys", "authority") for path in (folder / name).iterdir()}
    again = run(capsys, "setup", folder)
    opened = open_context(Settings(dir=folder))
    assert isinstance(passwords, dict)
    assert set(passwords) == set(DEFAULTS)
    assert again == {"accounts": {}}
    assert {path: path.read_bytes() for path in before} == before
    assert {log_in(opened, name, password)[0] for name, password in passwords.items()} == {Login.OK}
    opened.engine.dispose()


def test_kiosks_are_told_public_things_only(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = run(capsys, "public", folder, "--url", "https://dukcapil.example")
    own = keys.load(folder / "keys")
    assert (told["url"], told["sealing_key"], told["receipt_key"]) == (
        "https://dukcapil.example", own.sealing_hex, own.receipt_hex,
    )  # fmt: skip
    assert set(told) == {"url", "sealing_key", "receipt_key", "roots"}
    root = load_pem_x509_certificate(str(told["roots"]).encode())
    assert "CONTOH" in root.subject.rfc4514_string()
    assert "PRIVATE" not in json.dumps(told)


def test_a_kiosk_is_enrolled_then_revoked(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key = Ed25519PrivateKey.generate().public_key().public_bytes_raw().hex()
    told = run(capsys, "enrol", folder, "--desa", "3312122001", "--key", key)
    assert told == {"kiosk_id": "K-0001", "number": 1, "desa": "3312122001"}
    assert run(capsys, "revoke", folder, "--kiosk", "K-0001") == {"revoked": True}
    assert run(capsys, "revoke", folder, "--kiosk", "K-0001") == {"revoked": False}


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["enrol", "--desa", "3312122001", "--key", "kunci"], "central: kunci_salah\n"),
        (["enrol", "--desa", "33.12", "--key", "0" * 64], "central: desa_salah\n"),
    ],
)
def test_a_mistake_at_enrolment_is_one_line(
    folder: Path, capsys: pytest.CaptureFixture[str], words: list[str], complaint: str
) -> None:
    assert main([*words, "--dir", str(folder)]) == 2
    assert capsys.readouterr() == ("", complaint)


def test_a_folder_that_was_never_set_up_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["public", "--dir", str(tmp_path), "--url", "https://dukcapil.example"]) == 2
    assert capsys.readouterr() == ("", "central: key sealing is missing: run `python -m central setup`\n")


def test_migrate_makes_the_tables_of_an_empty_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "migrate", tmp_path)
    engine = open_engine(Settings(dir=tmp_path).database)
    assert set(metadata.tables) <= set(sa.inspect(engine).get_table_names())
    engine.dispose()


def test_a_port_is_asked_for_before_anything_is_opened(tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as refused:
        main(["serve", "--dir", str(tmp_path / "nothing")])
    assert refused.value.code == 2
    assert not (tmp_path / "nothing").exists()


def test_accounts_hold_no_password(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    passwords = run(capsys, "setup", folder)["accounts"]
    opened = open_context(Settings(dir=folder))
    text = repr(rows(opened, sa.select(accounts)))
    opened.engine.dispose()
    assert isinstance(passwords, dict)
    assert not [password for password in passwords.values() if password in text]
