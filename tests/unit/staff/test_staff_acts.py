"""What staff did: both identities, never a person's own; only added to; counted for a day; gone after 400 days."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from content.loader import load
from kiosk.session.steps import Step
from kiosk.staff import Act, ActError, Count, acts_of_day, record, summary
from kiosk.store.schema import acts
from tests.unit.staff.hall import Hall
from tests.unit.store.making import numbered_id, ticket

WIB, WIT = ZoneInfo("Asia/Jakarta"), ZoneInfo("Asia/Jayapura")
TODAY = date(2026, 11, 21)  # the clock stands at 10:00 WIB
NIK = "3312120101909901"


def act(**changes: Any) -> Act:
    given: dict[str, Any] = {
        "staff_id": "P-0007", "subject": numbered_id(1), "service": "KK-UBAH-3", "action": "ajukan", "step": "review",
    }  # fmt: skip
    return Act(**{**given, **changes})


def done(hall: Hall, day: date = TODAY) -> list[Act]:
    return [each.act for each in acts_of_day(hall.store, day, WIB)]


def kept(hall: Hall) -> int:
    with hall.store._engine.connect() as connection:
        return int(connection.scalar(sa.select(sa.func.count()).select_from(acts)) or 0)


def test_an_act_is_read_again_as_it_was_written(hall: Hall) -> None:
    record(hall.store, hall.clock, act())
    (one,) = acts_of_day(hall.store, TODAY, WIB)
    assert (one.act, one.at, one.clock_trusted) == (act(), hall.clock.now(), True)


@pytest.mark.parametrize("subject", ["", numbered_id(7), ticket(5)])
def test_a_subject_is_a_packet_or_a_ticket_or_not_there_yet(hall: Hall, subject: str) -> None:
    record(hall.store, hall.clock, act(subject=subject))
    assert [one.subject for one in done(hall)] == [subject]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("subject", NIK), ("subject", "WARGA CONTOH"), ("subject", "+6281200009903"), ("subject", "001748219366"),
        ("subject", ticket(5) + " "), ("subject", numbered_id(1).replace("-", "")), ("subject", "01A1FC62-68AF-764B-8599-9DB65E4023C8"),
        ("staff_id", "PETUGAS CONTOH"), ("staff_id", NIK), ("staff_id", ""), ("action", ""), ("action", NIK),
        ("action", "WARGA"), ("step", "WARGA CONTOH"), ("step", "0812 0000 9903"), ("service", NIK), ("service", "a" * 33), ("step", "a\nb"),
    ],
)  # fmt: skip
def test_what_is_no_code_is_not_written_and_not_quoted(field: str, value: str) -> None:
    with pytest.raises(ActError) as refused:
        act(**{field: value})
    assert refused.value.field == field
    assert not value or value not in str(refused.value)


@given(
    st.from_regex(r"[0-9]{16}", fullmatch=True), st.sampled_from(["subject", "staff_id", "action", "step", "service"])
)
def test_no_sixteen_digits_fit_anywhere(digits: str, field: str) -> None:
    with pytest.raises(ActError):
        act(**{field: digits})


def test_every_service_and_every_step_of_a_visit_can_be_written_down() -> None:
    assert [act(service=code) for code in load().services]
    assert [act(step=step) for step in Step]


def test_acts_stand_in_the_order_they_were_done_whatever_the_clock_said(hall: Hall) -> None:
    for minutes, step in ((30, "one"), (10, "two"), (20, "three")):
        hall.clock.jump(datetime(2026, 11, 21, 3, minutes, tzinfo=UTC))
        record(hall.store, hall.clock, act(step=step))
    assert [one.step for one in done(hall)] == ["one", "two", "three"]


def test_an_act_under_a_clock_that_cannot_be_right_says_so(hall: Hall) -> None:
    hall.clock.jump(datetime(1970, 1, 1, 5, tzinfo=UTC))
    record(hall.store, hall.clock, act())
    (one,) = acts_of_day(hall.store, date(1970, 1, 1), WIB)
    assert not one.clock_trusted


def test_nobody_changes_an_act(hall: Hall) -> None:
    record(hall.store, hall.clock, act())
    with pytest.raises(sa.exc.DBAPIError), hall.store._engine.begin() as connection:
        connection.execute(acts.update().values(staff_id="P-0008"))
    assert done(hall) == [act()]


def test_acts_survive_the_process(hall: Hall) -> None:
    record(hall.store, hall.clock, act())
    hall.restart()
    assert done(hall) == [act()]


# --- days and sums ----------------------------------------------------------------------------------------------------


def test_a_day_is_the_village_s_day_from_midnight_to_midnight(hall: Hall) -> None:
    for moment in ("20T16:59:59", "20T17:00:00", "21T16:59:59", "21T17:00:00"):
        hall.clock.jump(datetime.fromisoformat(f"2026-11-{moment}+00:00"))
        record(hall.store, hall.clock, act(step=f"at-{moment[3:].replace(':', '')}"))
    assert [one.step for one in done(hall)] == ["at-170000", "at-165959"]
    assert len(acts_of_day(hall.store, TODAY, WIT)) == 2


def test_a_day_is_counted_by_action_and_service(hall: Hall) -> None:
    for some in ({}, {}, {"service": "AKL"}, {"action": "cetak", "service": "AKL"}, {"action": "buka", "service": ""}):
        record(hall.store, hall.clock, act(**some))
    assert summary(hall.store, TODAY, WIB) == (
        Count(action="ajukan", service="AKL", number=1),
        Count(action="ajukan", service="KK-UBAH-3", number=2),
        Count(action="buka", service="", number=1),
        Count(action="cetak", service="AKL", number=1),
    )


def test_a_day_without_acts_is_an_empty_summary(hall: Hall) -> None:
    record(hall.store, hall.clock, act())
    assert summary(hall.store, TODAY + timedelta(days=1), WIB) == ()


# --- 400 days ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("days", "left"), [(399, 1), (400, 1), (401, 0)])
def test_acts_go_after_four_hundred_days_when_the_centre_says_so_much_time_passed(
    hall: Hall, days: int, left: int
) -> None:
    record(hall.store, hall.clock, act())
    hall.clock.advance(days * 86400)
    hall.hear()
    assert kept(hall) == left


def test_a_clock_turned_ahead_erases_no_act(hall: Hall) -> None:
    record(hall.store, hall.clock, act())
    hall.clock.jump(datetime(2095, 1, 1, tzinfo=UTC))
    record(hall.store, hall.clock, act())
    assert kept(hall) == 2


def test_an_act_under_a_clock_turned_back_is_kept_its_full_time(hall: Hall) -> None:
    true = hall.clock.now()
    hall.clock.jump(datetime(2020, 1, 1, tzinfo=UTC))
    record(hall.store, hall.clock, act())
    hall.clock.jump(true + timedelta(days=200))
    hall.hear()
    assert kept(hall) == 1


def test_an_old_roster_that_is_refused_erases_nothing(hall: Hall) -> None:
    record(hall.store, hall.clock, act())
    hall.clock.advance(-500 * 86400)
    hall.hear()
    assert kept(hall) == 1
