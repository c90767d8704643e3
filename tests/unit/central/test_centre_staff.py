"""The desa's staff at the centre: PINs told once, rosters signed for one desa, and who helped with an application."""

import json
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask

from adminduk.clock import ManualClock, stamp
from adminduk.messages import LARGEST_ROSTER, MessageError, SignedRoster, StaffRoster, verify_roster
from central.__main__ import main
from central.context import Context
from central.fleet import kiosks as fleet
from central.fleet import staff
from central.schema import applications, audit, desa_staff, events
from tests.unit.central.conftest import faulty, rows
from tests.unit.central.office import Browser, admit, hire
from tests.unit.central.people import NIK, Kiosk, code

DESA, OTHER_DESA = "3312122001", "3312122002"
NAME = "PETUGAS CONTOH"


def add(context: Context, *, desa: str = DESA, name: str = NAME) -> staff.NewPin:
    return staff.add(context, desa=desa, name=name)


def kept(context: Context, staff_id: str = "P-0001") -> sa.Row[tuple[object, ...]]:
    (row,) = rows(context, sa.select(desa_staff).where(desa_staff.c.staff_id == staff_id))
    return row


def fits(context: Context, new: staff.NewPin) -> bool:
    try:
        return PasswordHasher().verify(str(kept(context, new.staff_id).pin_hash), new.pin)
    except VerifyMismatchError:
        return False


def noted(context: Context) -> list[tuple[object, ...]]:
    return [(row.actor, row.what, row.target) for row in rows(context, sa.select(audit).order_by(audit.c.id))]


def fetched(context: Context, kiosk: Kiosk) -> StaffRoster:
    response = kiosk.send(kiosk.request("GET", "/staff"))
    assert response.status_code == 200, response.data
    return verify_roster(SignedRoster.from_json(response.data), context.keys.receipt.public_key())


def ids(message: StaffRoster) -> list[str]:
    return [str(row["id"]) for row in message.staff]


# --- hired, changed, gone ---------------------------------------------------------------------------------------------


def test_staff_are_numbered_over_all_desa(context: Context) -> None:
    assert [add(context, desa=desa).staff_id for desa in (DESA, OTHER_DESA, DESA)] == ["P-0001", "P-0002", "P-0003"]


@pytest.mark.real_cost
def test_a_first_pin_has_six_digits_and_is_kept_only_as_a_costly_hash(context: Context) -> None:
    new = add(context)
    row = kept(context)
    assert new.pin.isdigit()
    assert len(new.pin) == 6
    assert str(row.pin_hash).startswith("$argon2id$v=19$m=65536,t=3,")
    assert new.pin not in repr(rows(context, sa.select(desa_staff))) + repr(noted(context)) + repr(new)
    assert fits(context, new)


def test_two_people_have_different_hashes_of_the_same_pin(context: Context) -> None:
    same = faulty(context, dice=SameDice())
    assert add(same).pin == add(same).pin
    assert kept(context, "P-0001").pin_hash != kept(context, "P-0002").pin_hash


class SameDice:
    def token_bytes(self, nbytes: int, /) -> bytes:
        return bytes(nbytes)

    def randbelow(self, exclusive_upper_bound: int, /) -> int:
        return 482193


@pytest.mark.parametrize("desa", ["", "33121220", "33121220011", "331212200a", "3312122001\n", "٣٣١٢١٢٢٠٠١"])
def test_a_desa_that_is_no_code_is_refused(light: Context, desa: str) -> None:
    with pytest.raises(staff.StaffError) as refused:
        add(light, desa=desa)
    assert refused.value.code == "desa_salah"


@pytest.mark.parametrize("name", ["", "   ", "123", NIK, "x" * 61, "SITI\x00", "名前"])
def test_a_name_that_is_none_is_refused_and_not_quoted(light: Context, name: str) -> None:
    with pytest.raises(staff.StaffError) as refused:
        add(light, name=name)
    assert str(refused.value) == "nama_salah"


def test_a_disabled_person_stays_known_and_their_number_is_never_given_again(context: Context) -> None:
    add(context)
    staff.disable(context, "P-0001")
    assert kept(context).active is False
    assert add(context).staff_id == "P-0002"


def test_a_new_pin_ends_the_old_one(context: Context) -> None:
    old = add(context)
    new = staff.renew_pin(context, "P-0001")
    assert fits(context, new)
    assert old.pin == new.pin or not fits(context, old)


def test_each_change_has_its_moment_and_stands_in_the_audit(context: Context, clock: ManualClock) -> None:
    moments = []
    for change in (
        lambda: add(context),
        lambda: staff.renew_pin(context, "P-0001"),
        lambda: staff.disable(context, "P-0001"),
    ):
        clock.advance(60)
        change()
        moments.append(str(kept(context).changed_at) == stamp(clock.now()))
    assert moments == [True, True, True]
    assert noted(context) == [
        ("konsol", what, "P-0001") for what in ("petugas_ditambah", "petugas_pin_baru", "petugas_dinonaktifkan")
    ]


@pytest.mark.parametrize("change", [staff.disable, staff.renew_pin])
@pytest.mark.parametrize("staff_id", ["P-0002", "", "p-0001", "' OR 1=1"])
def test_who_is_not_there_is_not_changed(light: Context, change: Any, staff_id: str) -> None:
    add(light)
    with pytest.raises(staff.StaffError) as refused:
        change(light, staff_id)
    assert refused.value.code == "petugas_tidak_dikenal"
    assert [what for _, what, _ in noted(light)] == ["petugas_ditambah"]


def fill(context: Context, *, desa: str, first: int, last: int) -> None:
    values = [
        {
            "staff_id": f"P-{number:04d}",
            "name": NAME,
            "desa": desa,
            "pin_hash": "$argon2id$x",
            "active": True,
            "changed_at": "",
        }
        for number in range(first, last + 1)
    ]
    with context.engine.begin() as connection:
        connection.execute(desa_staff.insert(), values)


def test_a_desa_has_no_more_staff_than_fit_a_roster(light: Context, light_kiosk: Kiosk) -> None:
    fill(light, desa=DESA, first=1, last=LARGEST_ROSTER)
    with pytest.raises(staff.StaffError) as refused:
        add(light)
    assert refused.value.code == "penuh"
    assert len(fetched(light, light_kiosk).staff) == LARGEST_ROSTER
    assert add(light, desa=OTHER_DESA).staff_id == f"P-{LARGEST_ROSTER + 1:04d}"


def test_numbers_end_at_four_digits(light: Context) -> None:
    fill(light, desa=OTHER_DESA, first=9999, last=9999)
    with pytest.raises(staff.StaffError) as refused:
        add(light)
    assert refused.value.code == "penuh"


# --- the roster -------------------------------------------------------------------------------------------------------


def test_a_kiosk_gets_the_staff_of_its_desa_and_of_no_other(app: Flask, context: Context, kiosk: Kiosk) -> None:
    for desa in (DESA, OTHER_DESA, DESA):
        add(context, desa=desa)
    other = Kiosk.enrol(app, context, desa=OTHER_DESA)
    assert [(got.desa, ids(got)) for got in (fetched(context, kiosk), fetched(context, other))] == [
        (DESA, ["P-0001", "P-0003"]), (OTHER_DESA, ["P-0002"]),
    ]  # fmt: skip


def test_a_roster_tells_the_moment_the_days_and_who_is_out(context: Context, kiosk: Kiosk, clock: ManualClock) -> None:
    new = add(context)
    staff.disable(context, new.staff_id)
    got = fetched(context, kiosk)
    assert (got.issued_at, got.valid_days) == (stamp(clock.now()), 30)
    assert got.staff == ({"id": "P-0001", "name": NAME, "pin_hash": kept(context).pin_hash, "active": False},)


def test_a_desa_without_staff_gets_a_roster_of_nobody(context: Context, kiosk: Kiosk) -> None:
    assert fetched(context, kiosk).staff == ()


def test_the_agency_decides_how_long_a_roster_holds(light: Context, clock: ManualClock) -> None:
    enrolled = fleet.enrol(light, desa=DESA, key="ab" * 32)
    settings = type(light.settings)(dir=light.settings.dir, staff_valid_days=7)
    signed = staff.roster(faulty(light, settings=settings), enrolled.kiosk_id)
    assert verify_roster(signed, light.keys.receipt.public_key()).valid_days == 7


def test_a_roster_is_signed_by_the_receipts_key_and_by_no_other(light: Context, light_kiosk: Kiosk) -> None:
    response = light_kiosk.send(light_kiosk.request("GET", "/staff"))
    with pytest.raises(MessageError) as refused:
        verify_roster(SignedRoster.from_json(response.data), Ed25519PrivateKey.generate().public_key())
    assert refused.value.code == "daftar_petugas_palsu"


def test_a_stranger_and_a_revoked_kiosk_get_no_roster(light_app: Flask, light: Context, light_kiosk: Kiosk) -> None:
    assert code(light_app.test_client().get("/api/v1/staff")) == (401, "kios_tidak_dikenal")
    fleet.revoke(light, light_kiosk.kiosk_id)
    assert code(light_kiosk.send(light_kiosk.request("GET", "/staff"))) == (401, "kios_tidak_dikenal")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_a_roster_is_only_read(light_kiosk: Kiosk, method: str) -> None:
    assert code(light_kiosk.send(light_kiosk.request(method, "/staff"))) == (405, "cara_salah")


# --- who helped -------------------------------------------------------------------------------------------------------


def helped(context: Context) -> tuple[object, object, object]:
    """(who stands at the application, the first event's note, its state)."""
    (row,) = rows(context, sa.select(applications))
    (event,) = rows(context, sa.select(events))
    return row.assisted_by, event.note, row.state


def test_a_visitor_who_came_alone_has_no_helper(context: Context, kiosk: Kiosk) -> None:
    admit(context, kiosk)
    assert helped(context) == (None, "", "DIAJUKAN")


def test_a_helper_of_that_desa_stands_at_the_application(context: Context, kiosk: Kiosk) -> None:
    add(context)
    admit(context, kiosk, assisted_by="P-0001")
    assert helped(context) == ("P-0001", "dibantu petugas P-0001", "DIAJUKAN")


def test_a_helper_who_left_since_is_still_known(context: Context, kiosk: Kiosk) -> None:
    add(context)
    staff.disable(context, "P-0001")
    admit(context, kiosk, assisted_by="P-0001")
    assert helped(context)[1] == "dibantu petugas P-0001"


@pytest.mark.parametrize("desa", ["", OTHER_DESA])
def test_a_helper_nobody_knows_or_of_another_desa_is_noted_and_the_application_taken(
    context: Context, kiosk: Kiosk, desa: str
) -> None:
    if desa:
        add(context, desa=desa)
    admit(context, kiosk, assisted_by="P-0001")
    assert helped(context) == ("P-0001", "petugas tidak dikenal", "DIAJUKAN")


def test_the_desa_is_the_enrolled_one_whatever_the_packet_says(context: Context, kiosk: Kiosk) -> None:
    add(context, desa=OTHER_DESA)
    admit(context, kiosk, assisted_by="P-0001", desa=OTHER_DESA)
    assert helped(context)[1] == "petugas tidak dikenal"


@pytest.mark.parametrize("helper", ["", NIK, "WARGA CONTOH", "P-00001", "p-0001", "P-0001\n", "x" * 500])
def test_what_is_no_staff_id_is_nowhere_written_down(light: Context, light_kiosk: Kiosk, helper: str) -> None:
    admit(light, light_kiosk, assisted_by=helper)
    assert helped(light) == (None, "petugas tidak dikenal", "DIAJUKAN")


def test_the_desk_shows_who_helped(light: Context, light_app: Flask, light_kiosk: Kiosk) -> None:
    hire(light)
    add(light)
    case_id = admit(light, light_kiosk, assisted_by="P-0001")
    assert "dibantu petugas P-0001" in Browser.of(light_app, "vera").get(f"/permohonan/{case_id}").text


def test_the_desk_says_that_a_helper_is_not_known(light: Context, light_app: Flask, light_kiosk: Kiosk) -> None:
    hire(light)
    case_id = admit(light, light_kiosk, assisted_by="P-0099")
    assert "petugas tidak dikenal" in Browser.of(light_app, "vera").get(f"/permohonan/{case_id}").text


def test_the_desk_says_nothing_of_help_where_there_was_none(
    light: Context, light_app: Flask, light_kiosk: Kiosk
) -> None:
    hire(light)
    case_id = admit(light, light_kiosk)
    page = Browser.of(light_app, "vera").get(f"/permohonan/{case_id}").text
    assert "dibantu petugas" not in page
    assert "petugas tidak dikenal" not in page


# --- the command line -------------------------------------------------------------------------------------------------


@pytest.fixture
def say(folder: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    """(exit code, what was printed, complaints) of ``python -m central staff ...``."""

    def run(word: str, *rest: str) -> tuple[int, str, str]:
        done = main(["staff", word, "--dir", str(folder), *rest])
        return done, *capsys.readouterr()

    return run


def test_the_command_line_adds_changes_and_lists(say: Any) -> None:
    first = json.loads(say("add", "--desa", DESA, "--name", NAME)[1])
    again = json.loads(say("pin", "P-0001")[1])
    assert first["staff_id"] == again["staff_id"] == "P-0001"
    assert [len(first["pin"]), len(again["pin"])] == [6, 6]
    say("add", "--desa", OTHER_DESA, "--name", NAME)
    assert json.loads(say("disable", "P-0002")[1]) == {"disabled": "P-0002"}
    listed = [json.loads(line) for line in say("list")[1].splitlines()]
    assert [(one["staff_id"], one["desa"], one["active"]) for one in listed] == [
        ("P-0001", DESA, True), ("P-0002", OTHER_DESA, False),
    ]  # fmt: skip


def test_the_list_tells_neither_pin_nor_hash(say: Any) -> None:
    pin = json.loads(say("add", "--desa", DESA, "--name", NAME)[1])["pin"]
    assert set(json.loads(say("list")[1])) == {"staff_id", "name", "desa", "active", "changed_at"}
    assert pin not in say("list")[1].split('"changed_at"')[0]


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("add", "--desa", "33", "--name", NAME), "desa_salah"), (("add", "--desa", DESA, "--name", NIK), "nama_salah"),
        (("disable", "P-0001"), "petugas_tidak_dikenal"), (("pin", "P-0001"), "petugas_tidak_dikenal"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_clear_line(say: Any, words: tuple[str, ...], complaint: str) -> None:
    assert say(*words) == (2, "", f"central: {complaint}\n")
