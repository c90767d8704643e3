"""Kiosks taken, heard and turned away."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from adminduk.messages import Heartbeat
from central.context import Context
from central.engine import loosely
from central.fleet import kiosks as fleet
from central.schema import audit, kiosks
from tests.unit.central.conftest import rows
from tests.unit.central.people import Kiosk, code, noise

DESA = "3312122001"
BEAT = {
    "sequence": 7, "versions": {"kios": "1.0"}, "devices": {"printer": "ok"}, "queue": 2, "oldest_s": 30,
    "free_mb": 900, "clock_trusted": True,
}  # fmt: skip
LARGEST = 2**63 - 1


def fresh_key() -> str:
    return Ed25519PrivateKey.generate().public_key().public_bytes_raw().hex()


def beat(**changes: Any) -> Heartbeat:
    return Heartbeat(**{**BEAT, **changes})


def heard(context: Context) -> tuple[object, object]:
    """(sequence, moment) of the only kiosk."""
    (row,) = rows(context, sa.select(kiosks))
    return row.last_sequence, row.last_seen


# --- enrolment ------------------------------------------------------------------------------------------------------


def test_kiosks_are_numbered_from_one(context: Context) -> None:
    taken = [fleet.enrol(context, desa=DESA, key=fresh_key()) for _ in range(3)]
    assert [(kiosk.kiosk_id, kiosk.number, kiosk.desa) for kiosk in taken] == [
        ("K-0001", 1, DESA), ("K-0002", 2, DESA), ("K-0003", 3, DESA),
    ]  # fmt: skip


def test_the_number_of_a_revoked_kiosk_is_never_given_again(context: Context) -> None:
    first = fleet.enrol(context, desa=DESA, key=fresh_key())
    assert fleet.revoke(context, first.kiosk_id)
    assert fleet.enrol(context, desa=DESA, key=fresh_key()).number == 2


@pytest.mark.parametrize("key", ["", "ab", "g" * 64, "A" * 64, "a" * 63, "a" * 65, "a" * 64 + "\n", "٣" * 64])
def test_a_key_that_is_no_key_is_refused(light: Context, key: str) -> None:
    with pytest.raises(fleet.EnrolmentError) as refused:
        fleet.enrol(light, desa=DESA, key=key)
    assert refused.value.code == "kunci_salah"


@pytest.mark.parametrize("desa", ["", "331212200", "33121220011", "33.12.12.2001", "٣٣١٢١٢٢٠٠١", DESA + "\n"])
def test_a_desa_that_is_no_code_is_refused(light: Context, desa: str) -> None:
    with pytest.raises(fleet.EnrolmentError) as refused:
        fleet.enrol(light, desa=desa, key=fresh_key())
    assert refused.value.code == "desa_salah"


def test_a_key_enrols_once(context: Context) -> None:
    key = fresh_key()
    fleet.enrol(context, desa=DESA, key=key)
    with pytest.raises(fleet.EnrolmentError) as refused:
        fleet.enrol(context, desa="3312122002", key=key)
    assert refused.value.code == "sudah_terdaftar"
    assert len(rows(context, sa.select(kiosks))) == 1


def test_a_revoked_key_does_not_come_back_by_enrolling(context: Context) -> None:
    key = fresh_key()
    fleet.revoke(context, fleet.enrol(context, desa=DESA, key=key).kiosk_id)
    with pytest.raises(fleet.EnrolmentError) as refused:
        fleet.enrol(context, desa=DESA, key=key)
    assert refused.value.code == "sudah_terdaftar"


def test_after_kiosk_9999_the_tickets_have_no_room(context: Context) -> None:
    last = {"id": "K-9999", "number": 9999, "desa": DESA, "public_key": fresh_key(), "enrolled_at": context.stamp()}
    with context.engine.begin() as connection:
        connection.execute(kiosks.insert().values(**last))
    with pytest.raises(fleet.EnrolmentError) as refused:
        fleet.enrol(context, desa=DESA, key=fresh_key())
    assert refused.value.code == "penuh"


def test_enrolled_at_once_each_kiosk_has_its_own_number(context: Context) -> None:
    with ThreadPoolExecutor(4) as pool:
        taken = list(pool.map(lambda _: fleet.enrol(context, desa=DESA, key=fresh_key()), range(8)))
    assert sorted(kiosk.number for kiosk in taken) == list(range(1, 9))


def test_one_key_enrolled_twice_at_once_is_one_kiosk(context: Context) -> None:
    key = fresh_key()

    def enrol(_: int) -> str:
        try:
            return fleet.enrol(context, desa=DESA, key=key).kiosk_id
        except fleet.EnrolmentError as error:
            return error.code

    with ThreadPoolExecutor(4) as pool:
        told = sorted(pool.map(enrol, range(4)))
    assert told == ["K-0001", *["sudah_terdaftar"] * 3]


# --- revoking -------------------------------------------------------------------------------------------------------


def test_a_revoked_kiosk_is_a_stranger_at_its_next_request(context: Context, kiosk: Kiosk) -> None:
    parcel = noise()
    assert kiosk.announce(parcel).status_code == 201
    assert fleet.revoke(context, kiosk.kiosk_id)
    assert code(kiosk.announce(parcel)) == (401, "kios_tidak_dikenal")
    assert code(kiosk.put("/heartbeat", beat())) == (401, "kios_tidak_dikenal")
    assert heard(context) == (None, None)


def test_only_a_known_kiosk_is_revoked_and_only_once(context: Context, kiosk: Kiosk) -> None:
    assert [fleet.revoke(context, each) for each in (kiosk.kiosk_id, kiosk.kiosk_id, "K-0042")] == [True, False, False]


# --- heartbeats -----------------------------------------------------------------------------------------------------


def test_a_heartbeat_is_kept_with_its_moment(context: Context, kiosk: Kiosk) -> None:
    answer = kiosk.put("/heartbeat", beat())
    assert (answer.status_code, answer.data) == (204, b"")
    (row,) = rows(context, sa.select(kiosks))
    assert (row.last_sequence, row.last_seen) == (7, context.stamp())
    assert Heartbeat.from_json(str(row.last_heartbeat).encode()) == beat()


@pytest.mark.parametrize("sequence", [7, 6, 0])
def test_a_late_heartbeat_changes_nothing(context: Context, kiosk: Kiosk, sequence: int) -> None:
    kiosk.put("/heartbeat", beat())
    first = heard(context)
    context.clock.advance(60)  # type: ignore[attr-defined]  # the tests' clock can be moved
    assert kiosk.put("/heartbeat", beat(sequence=sequence, queue=99)).status_code == 204
    assert heard(context) == first


def test_the_newest_of_many_at_once_stays(context: Context, kiosk: Kiosk) -> None:
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda n: kiosk.put("/heartbeat", beat(sequence=n)).status_code, (3, 9, 1, 8, 9, 2)))
    assert set(answers) == {204}
    assert heard(context)[0] == 9


def test_a_kiosk_speaks_for_itself_only(context: Context, kiosk: Kiosk) -> None:
    other = Kiosk.enrol(kiosk.app, context)
    other.put("/heartbeat", beat(sequence=50))
    assert {row.id: row.last_sequence for row in rows(context, sa.select(kiosks))} == {
        kiosk.kiosk_id: None, other.kiosk_id: 50,
    }  # fmt: skip


def test_the_largest_sequence_is_taken(context: Context, kiosk: Kiosk) -> None:
    assert kiosk.put("/heartbeat", beat(sequence=LARGEST)).status_code == 204
    assert heard(context)[0] == LARGEST


@pytest.mark.parametrize(
    "changes",
    [
        {"sequence": LARGEST + 1},
        {"sequence": -LARGEST * 10},
        {"sequence": 10**4000},
        {"sequence": "7"},
        {"sequence": True},
        {"versions": {"kios": "\ud800"}},
        {"versions": {"kios": 1}},
        {"devices": ["printer"]},
        {"nama": "x"},
        {"v": 1.0},
    ],
    ids=lambda changes: repr(changes)[:40],
)
def test_a_heartbeat_that_cannot_be_kept_is_400_and_leaves_the_last_one(
    context: Context, kiosk: Kiosk, changes: dict[str, Any]
) -> None:
    kiosk.put("/heartbeat", beat())
    body = json.dumps({"v": 1, **BEAT, "sequence": 8, **changes}).encode()
    assert code(kiosk.put("/heartbeat", body)) == (400, "pesan_rusak")
    assert heard(context)[0] == 7


@pytest.mark.parametrize("text", ["\0", "é", "x" * 5000, "💥"])
def test_any_other_text_is_kept_as_it_came(context: Context, kiosk: Kiosk, text: str) -> None:
    assert kiosk.put("/heartbeat", beat(versions={"kios": text})).status_code == 204
    (row,) = rows(context, sa.select(kiosks))
    assert Heartbeat.from_json(str(row.last_heartbeat).encode()).versions == {"kios": text}


def test_another_version_of_the_message_is_told_apart(context: Context, kiosk: Kiosk) -> None:
    assert code(kiosk.put("/heartbeat", json.dumps({"v": 2, **BEAT}).encode())) == (400, "versi")
    assert heard(context) == (None, None)


def test_a_heartbeat_that_is_no_json_by_its_type_is_415(kiosk: Kiosk) -> None:
    assert code(kiosk.put("/heartbeat", beat(), content_type="text/plain")) == (415, "jenis_isi_salah")


def test_the_centre_says_how_often_it_wants_to_hear(light: Context, light_kiosk: Kiosk) -> None:
    assert light_kiosk.put("/heartbeat", beat()).headers["Kios-Beat-Every"] == "300"


def synced(connection: sa.Connection) -> object:
    """How surely a transaction is on the disk when it ends."""
    sqlite = connection.dialect.name == "sqlite"
    return connection.exec_driver_sql("PRAGMA synchronous" if sqlite else "SHOW synchronous_commit").scalar()


def write_loosely(context: Context, actor: str, divisor: int) -> float:
    with loosely(context.engine) as connection:
        assert synced(connection) in (1, "off")  # 1: NORMAL
        connection.execute(audit.insert().values(at="x", actor=actor, what="x", target="x"))
        return 1 / divisor


def test_a_loose_transaction_is_whole_or_not_there_and_the_next_one_is_durable_again(context: Context) -> None:
    with context.engine.connect() as connection:
        before = synced(connection)
    write_loosely(context, "kept", 1)
    with pytest.raises(ZeroDivisionError):
        write_loosely(context, "undone", 0)
    with context.engine.connect() as connection:
        assert [row.actor for row in connection.execute(sa.select(audit))] == ["kept"]
        assert synced(connection) == before


def test_a_heartbeat_s_answer_hints_at_the_newest_content(light: Context, light_kiosk: Kiosk) -> None:
    assert "Kios-Content" not in light_kiosk.put("/heartbeat", beat()).headers, "nothing is signed yet"
    folder = light.settings.dir / "content" / "metadata"
    folder.mkdir(parents=True)
    for said, hint in (('{"signed":{"version":12}}', "12"), ('{"signed":{"version":-1}}', None), ("torn", None)):
        (folder / "timestamp.json").write_text(said)
        assert light_kiosk.put("/heartbeat", beat()).headers.get("Kios-Content") == hint
