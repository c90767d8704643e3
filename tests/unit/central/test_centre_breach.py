"""The kiosk was stolen: who was on it?"""

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from adminduk.clock import stamp
from adminduk.messages import Announcement, Heartbeat
from central import worker
from central.__main__ import main
from central.context import Context
from central.fleet.breach import Breach, BreachError, Person, breach
from central.fleet.kiosks import hear
from central.schema import audit
from tests.unit.central.people import NAME, NIK, PHONE, Kiosk, packet, sealed

LONG_AGO, SOON = datetime(2020, 1, 1, tzinfo=UTC), datetime(2099, 1, 1, tzinfo=UTC)
BEAT = Heartbeat(sequence=1, versions={}, devices={}, queue=3, oldest_s=60, free_mb=900, clock_trusted=True)


def admitted(context: Context, kiosk: Kiosk, number: int, **changes: object) -> str:
    parcel = sealed(context, packet(kiosk.kiosk_id, number, **changes))
    assert kiosk.deliver(parcel).status_code == 200
    assert worker.admit_next(context)
    return str(parcel.id)


def who(context: Context, kiosk: Kiosk, since: datetime = LONG_AGO, until: datetime = SOON) -> Breach:
    return breach(context, kiosk.kiosk_id, since=since, until=until, actor="konsol")


def test_everybody_who_was_on_the_stolen_kiosk_is_named_with_a_way_to_tell_them(context: Context, kiosk: Kiosk) -> None:
    admitted(context, kiosk, 1)
    admitted(context, kiosk, 2)
    found = who(context, kiosk)
    assert [(one.nama, one.telepon) for one in found.people] == [(NAME, PHONE)] * 2
    assert found.people[0].dokumen == "bukti kk_lama"
    assert "nik" in found.people[0].isian.split()
    assert NIK not in found.table().decode()


def test_who_came_before_or_after_is_left_out(context: Context, kiosk: Kiosk) -> None:
    for number, year in ((1, 2024), (2, 2025), (3, 2026)):
        admitted(context, kiosk, number, sealed_at=f"{year}-06-01T00:00:00+00:00")
    found = who(context, kiosk, datetime(2025, 1, 1, tzinfo=UTC), datetime(2025, 12, 31, tzinfo=UTC))
    assert [one.dikirim[:4] for one in found.people] == ["2025"]


def test_a_clock_in_1970_hides_nobody(context: Context, kiosk: Kiosk) -> None:
    admitted(context, kiosk, 1, sealed_at="1970-01-01T00:03:00+00:00", clock_trusted=False)
    now = context.clock.now()
    assert len(who(context, kiosk, now - timedelta(days=1), now + timedelta(days=1)).people) == 1


def test_a_packet_that_cannot_be_opened_still_has_its_line(context: Context, kiosk: Kiosk) -> None:
    lost = admitted(context, kiosk, 1)
    from central.intake.packets import packet_path

    packet_path(context, lost).unlink()
    (person,) = who(context, kiosk).people
    assert (person.keterangan, person.nama, bool(person.tiket)) == ("hilang", "", True)


def test_what_only_the_kiosk_holds_is_counted(context: Context, kiosk: Kiosk) -> None:
    parcel = sealed(context, packet(kiosk.kiosk_id))
    kiosk.put(f"/packets/{parcel.id}", Announcement(id=parcel.id, sha256=parcel.sha256, size=len(parcel.content)))
    hear(context, kiosk.kiosk_id, BEAT)
    found = who(context, kiosk)
    assert (found.announced, found.unsent, found.people) == (1, 3, ())


def test_the_look_is_written_down_before_it_is_made(context: Context, kiosk: Kiosk) -> None:
    who(context, kiosk)
    with context.engine.connect() as connection:
        rows = connection.execute(sa.select(audit).where(audit.c.what == "laporan_kebocoran")).all()
    assert [(row.actor, row.target) for row in rows] == [("konsol", kiosk.kiosk_id)]


def test_another_kiosk_s_people_are_not_told_and_an_unknown_one_is_refused(context: Context, kiosk: Kiosk) -> None:
    admitted(context, kiosk, 1)
    with pytest.raises(BreachError, match="kios_tidak_dikenal"):
        breach(context, "K-9999", since=LONG_AGO, until=SOON, actor="konsol")
    with pytest.raises(BreachError, match="rentang_salah"):
        who(context, kiosk, SOON, LONG_AGO)


def test_a_name_that_is_a_formula_is_only_a_name() -> None:
    found = Breach(
        kiosk_id="K-0001", desa="3312122001", revoked_at=None, last_seen=None, unsent=None, announced=0, staff=(),
        people=(Person(nama="=1+1", telepon="+6281200009901"),),
    )  # fmt: skip
    (row,) = csv.DictReader(io.StringIO(found.table().decode("utf-8-sig")))
    assert (row["nama"], row["telepon"]) == ("'=1+1", "'+6281200009901")
    assert json.loads(found.summary())["people"] == 1
    assert "=1+1" not in repr(found) + found.summary()


def test_the_moment_is_utc(context: Context, kiosk: Kiosk) -> None:
    admitted(context, kiosk, 1, sealed_at=stamp(datetime(2025, 1, 1, tzinfo=UTC)))
    edge = datetime(2025, 1, 1, 7, tzinfo=UTC).astimezone()
    assert who(context, kiosk, until=edge - timedelta(hours=7)).people
    assert not who(context, kiosk, until=edge - timedelta(hours=7, seconds=1)).people


def test_the_table_is_for_its_owners_eyes_and_the_summary_names_nobody(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    centre, table = tmp_path / "centre", tmp_path / "orang.csv"
    assert main(["setup", "--dir", str(centre)]) == 0
    assert main(["enrol", "--dir", str(centre), "--desa", "3312122001", "--key", "ab" * 32]) == 0
    asked = ["breach", "--dir", str(centre), "--kiosk", "K-0001", "--to", str(table)]
    capsys.readouterr()
    assert main([*asked, "--since", "2026-01-01"]) == 0
    assert table.stat().st_mode & 0o777 == 0o600
    assert json.loads(capsys.readouterr().out)["kiosk_id"] == "K-0001"
    assert main([*asked, "--since", "kemarin"]) == 2
    assert "rentang_salah" in capsys.readouterr().err
