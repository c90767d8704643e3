"""What a kiosk holds of the desa's staff: signed, of one desa, never older, whatever lies on the disk."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from adminduk.clock import stamp
from kiosk.staff import Person, Refusal, Roster, RosterError
from kiosk.store.schema import staff
from tests.unit.staff.hall import CENTRE_KEY, DESA, NAME, OTHER_DESA, Hall, hashed, person, put, roster, signed

RECEIPT_KEY = CENTRE_KEY.public_key().public_bytes_raw()


def held(hall: Hall) -> Roster:
    return Roster.of(hall.store, hall.clock, receipt_key=RECEIPT_KEY)


def refused(hall: Hall) -> str:
    with pytest.raises(RosterError) as caught:
        held(hall)
    return caught.value.code


def spoil(hall: Hall, **values: str) -> None:
    """Somebody with the store's key writes into it."""
    with hall.store._engine.begin() as connection:
        connection.execute(staff.update().values(**values))


def text(hall: Hall) -> str:
    with hall.store._engine.connect() as connection:
        return str(connection.scalar(sa.select(staff.c.signed)))


def test_a_screen_reads_who_may_help_and_until_when(empty: Hall) -> None:
    empty.hear(person(7), person(8, active=False))
    got = held(empty)
    assert [(one.staff_id, one.name, one.active) for one in got.staff] == [
        ("P-0007", NAME, True), ("P-0008", NAME, False),
    ]  # fmt: skip
    assert (got.desa, got.expires_at - got.issued_at, got.expired) == (DESA, timedelta(days=30), False)


def test_somebody_is_found_by_id_and_a_stranger_is_not(hall: Hall) -> None:
    assert held(hall).find("P-0007") == Person(staff_id="P-0007", name=NAME, active=True, pin_hash=hashed())
    assert held(hall).find("P-0008") is None


def test_no_roster_yet_is_a_code(empty: Hall) -> None:
    assert refused(empty) == "staff.roster_missing"


def test_a_desa_without_staff_has_a_roster_of_nobody(empty: Hall) -> None:
    put(empty.store, replace(roster(empty.clock.now()), staff=()))
    assert held(empty).staff == ()
    assert empty.code() == "staff.wrong"


def test_an_expired_roster_still_says_who_they_are(hall: Hall) -> None:
    hall.clock.advance(31 * 86400)
    assert (held(hall).expired, len(held(hall).staff)) == (True, 1)


# --- forged on the disk -----------------------------------------------------------------------------------------------


def test_a_roster_of_another_key_on_the_disk_opens_nothing(hall: Hall) -> None:
    forged = signed(roster(hall.clock.now(), person(66)), Ed25519PrivateKey.generate())
    spoil(hall, signed=forged.to_json().decode())
    assert refused(hall) == "staff.roster_forged"
    assert hall.unlock("P-0066") == Refusal(code="staff.roster_forged")


@pytest.mark.parametrize(
    ("was", "becomes"), [("P-0007", "P-0066"), ('"valid_days":30', '"valid_days":99'), (DESA, OTHER_DESA)]
)
def test_one_word_changed_on_the_disk_opens_nothing(hall: Hall, was: str, becomes: str) -> None:
    outer = json.loads(text(hall))
    assert was in outer["roster"]
    spoil(hall, signed=json.dumps({**outer, "roster": outer["roster"].replace(was, becomes)}))
    assert refused(hall) == "staff.roster_forged"


@pytest.mark.parametrize("junk", ["", "{}", "null", "not json", '{"v":1,"roster":"{}","signature":"AA=="}'])
def test_what_is_no_roster_on_the_disk_opens_nothing(hall: Hall, junk: str) -> None:
    spoil(hall, signed=junk)
    assert refused(hall) == "staff.roster_forged"


def test_changing_the_columns_beside_it_changes_nothing_but_the_seen_time(hall: Hall) -> None:
    spoil(hall, issued_at=stamp(hall.clock.now() + timedelta(days=300)))
    assert held(hall).issued_at == hall.clock.now()


# --- older, replayed, of another desa ---------------------------------------------------------------------------------


def test_a_newer_roster_replaces_the_old_one(hall: Hall) -> None:
    hall.clock.advance(900)
    hall.hear(person(8))
    assert [one.staff_id for one in held(hall).staff] == ["P-0008"]


def test_an_older_roster_is_refused_and_the_newer_kept(hall: Hall) -> None:
    older = roster(hall.clock.now() - timedelta(seconds=1), person(66))
    assert not put(hall.store, older)
    assert [one.staff_id for one in held(hall).staff] == ["P-0007"]


def test_the_same_roster_again_is_fine_and_buys_no_time(hall: Hall) -> None:
    same = hall.hear()
    hall.clock.advance(31 * 86400)
    assert hall.code() == "staff.roster_expired"
    hall.clock.advance(-31 * 86400)
    assert put(hall.store, same)
    assert hall.code() == "staff.roster_expired"


def test_a_kiosk_that_moved_to_another_desa_takes_that_desas_roster_alone(hall: Hall) -> None:
    assert put(hall.store, roster(hall.clock.now() - timedelta(hours=1), person(9), desa=OTHER_DESA))
    assert (held(hall).desa, [one.staff_id for one in held(hall).staff]) == (OTHER_DESA, ["P-0009"])
    with hall.store._engine.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(staff)) == 1


def test_a_roster_survives_the_process_and_the_machine(hall: Hall) -> None:
    hall.restart()
    assert hall.code() == "ok"
    hall.reboot()
    assert hall.code() == "ok"
