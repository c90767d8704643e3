"""What the applicant is told, by which channel, and that nobody is told twice."""

from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask import Flask

from adminduk.application import State
from adminduk.tickets import spaced
from central.app import create_app
from central.context import Context
from central.desk.notifying import MOST
from central.schema import audit
from content.loader import load, profiles
from tests.unit.central.conftest import faulty, rows
from tests.unit.central.office import Browser, admit, hire, put_in
from tests.unit.central.people import ANSWERS, NAME, NIK, PHONE, PIN, Kiosk, ticket

TOLD = (State.PERLU_DILENGKAPI, State.DIBATALKAN, State.SIAP_CETAK, State.SELESAI)


def desk_of(context: Context, channel: str) -> Flask:
    """The desk of a kabupaten that tells people so."""
    place = replace(context.catalogue.place, channel=channel)
    return create_app(faulty(context, catalogue=replace(context.catalogue, place=place)))


@pytest.fixture
def case_id(light: Context, light_kiosk: Kiosk) -> str:
    hire(light)
    return admit(light, light_kiosk, answers={**ANSWERS, "email": "warga@example.org"})


def seen(app: Flask, case_id: str, username: str = "vera") -> str:
    return Browser.of(app, username).get(f"/permohonan/{case_id}").text


def marks(context: Context) -> list[tuple[str, str]]:
    found = sa.select(audit.c.actor, audit.c.what).where(audit.c.what.like("kabari%"))
    return [(row.actor, row.what) for row in rows(context, found)]


@pytest.mark.parametrize(
    ("channel", "word", "to"),
    [("sms", "SMS", PHONE), ("wa", "WhatsApp", PHONE), ("email", "email", "warga@example.org")],
)
def test_the_officer_sees_by_which_channel_to_whom_and_in_which_words(
    light: Context, case_id: str, channel: str, word: str, to: str
) -> None:
    put_in(light, case_id, State.SIAP_CETAK)
    page = seen(desk_of(light, channel), case_id)
    told = page[page.index('class="tell"') :]
    assert f"Kabari pemohon lewat {word}" in told
    assert f"<b>{to}</b>" in told
    assert f"permohonan {spaced(ticket(1))} sudah selesai" in told


@pytest.mark.parametrize("channel", ["log", "none"])
def test_a_kabupaten_that_sends_nothing_asks_nobody_to(light: Context, case_id: str, channel: str) -> None:
    put_in(light, case_id, State.SIAP_CETAK)
    assert 'class="tell"' not in seen(desk_of(light, channel), case_id)


@pytest.mark.parametrize("state", list(State), ids=str)
def test_people_are_told_what_they_can_act_on(light: Context, case_id: str, state: State) -> None:
    put_in(light, case_id, state)
    assert ('class="tell"' in seen(desk_of(light, "sms"), case_id)) == (state in TOLD)


def test_who_gave_no_number_is_said_so(light: Context, light_kiosk: Kiosk) -> None:
    hire(light)
    case_id = admit(light, light_kiosk, answers={key: value for key, value in ANSWERS.items() if key != "telepon"})
    put_in(light, case_id, State.SIAP_CETAK)
    page = seen(desk_of(light, "sms"), case_id)
    assert "Pemohon tidak memberi nomor telepon" in page
    assert "Sudah saya kabari" not in page


def test_nobody_is_told_twice(light: Context, case_id: str) -> None:
    put_in(light, case_id, State.DIBATALKAN, reason="R04")
    app = desk_of(light, "sms")
    for name in ("vera", "oki"):
        browser = Browser.of(app, name)
        browser.get(f"/permohonan/{case_id}")
        assert browser.post(f"/permohonan/{case_id}/kabar", keadaan="DIBATALKAN").status_code == 303
    assert marks(light) == [("vera", "kabari_DIBATALKAN")]
    page = seen(app, case_id)
    assert "Sudah dikabari" in page
    assert "oleh vera" in page
    assert "Sudah saya kabari" not in page


@pytest.mark.parametrize(("state", "answer"), [("SIAP_CETAK", 303), ("apa saja", 400), ("", 400)])
def test_a_page_that_is_out_of_date_marks_nothing(light: Context, case_id: str, state: str, answer: int) -> None:
    put_in(light, case_id, State.DIBATALKAN)
    browser = Browser.of(desk_of(light, "sms"), "vera")
    assert browser.post(f"/permohonan/{case_id}/kabar", keadaan=state).status_code == answer
    assert marks(light) == []


def test_the_admin_and_strangers_mark_nothing(light: Context, case_id: str) -> None:
    put_in(light, case_id, State.DIBATALKAN)
    app = desk_of(light, "sms")
    for browser in (Browser.of(app, "ada"), Browser.open(app)):
        browser.get("/masuk")
        browser.post(f"/permohonan/{case_id}/kabar", keadaan="DIBATALKAN")
    assert marks(light) == []


@pytest.mark.parametrize("name", profiles())
def test_every_notification_fits_one_sms_and_names_nobody(light: Context, case_id: str, name: str) -> None:
    catalogue = load(name)
    app = create_app(faulty(light, catalogue=replace(catalogue, place=replace(catalogue.place, channel="sms"))))
    for state in TOLD:
        for reason in ("", *catalogue.reasons):
            put_in(light, case_id, state, reason=reason)
            page = seen(app, case_id)
            text = page[page.index("<blockquote>") + 12 : page.index("</blockquote>")]
            assert len(text) <= MOST, (state, reason)
            assert [word for word in (NIK, NAME, PIN) if word in text] == []
            assert catalogue.place.office in text


def test_a_reason_that_is_for_staff_alone_is_not_told(light: Context, case_id: str) -> None:
    hidden = next(code for code, reason in light.catalogue.reasons.items() if reason.staff_only)
    put_in(light, case_id, State.DIBATALKAN, reason=hidden)
    page = seen(desk_of(light, "sms"), case_id)
    text = page[page.index("<blockquote>") : page.index("</blockquote>")]
    assert light.catalogue.reasons[hidden].text not in text
