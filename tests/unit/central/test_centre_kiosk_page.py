"""The admin's page of kiosks: what it shows, what its buttons do, and who may not even look."""

import re

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask

from adminduk import enrolment_codes
from adminduk.enrolments import EnrolAnswer, EnrolRequest, Leave, public_hex
from adminduk.messages import Heartbeat
from adminduk.regions import parse
from central.app import create_app
from central.context import Context
from central.fleet import deciding, enrolment, kiosks, overview
from central.schema import audit
from central.schema import enrolment_codes as table
from tests.unit.central.conftest import faulty, rows
from tests.unit.central.office import Browser, hire
from tests.unit.central.people import JSON, Kiosk

DESA = "3312122001"
BEAT = Heartbeat(
    sequence=1, versions={}, devices={"receipt": "receipt.paper_out", "camera": ""}, queue=3, oldest_s=0, free_mb=1,
    clock_trusted=True, skew_s=-42, key_storage="host",
)  # fmt: skip
WAYS = [
    ("GET", "/kios"), ("POST", "/kios/kode"), ("POST", f"/kios/menunggu/{'0' * 32}"), ("POST", "/kios/K-0001/cabut"),
]  # fmt: skip


@pytest.fixture
def desk(light: Context, light_app: Flask) -> Flask:
    hire(light)
    return light_app


@pytest.fixture
def admin(desk: Flask) -> Browser:
    browser = Browser.of(desk, "ada")
    browser.get("/kios")
    return browser


def waiting(light: Context, app: Flask) -> tuple[str, str]:
    """A kiosk that used a code: (row, its screen's digits)."""
    key = Ed25519PrivateKey.generate()
    new = enrolment.issue(light, desa=DESA, actor="ada")
    body = EnrolRequest.made(new.code, key).to_json()
    answer = EnrolAnswer.from_json(app.test_client().post("/api/v1/enrol", data=body, content_type=JSON).data)
    return answer.row, enrolment_codes.fingerprint(public_hex(key), answer.row, answer.receipt_key)


def did(light: Context) -> list[tuple[str, str]]:
    return [(str(row.actor), str(row.what)) for row in rows(light, sa.select(audit).order_by(audit.c.id))]


def test_a_code_is_shown_once_with_its_picture_and_works(light: Context, desk: Flask, admin: Browser) -> None:
    page = admin.post("/kios/kode", desa=DESA).text
    shown = re.search(r"<b>([0-9A-Z]{5}-[0-9A-Z]{5})</b>", page)
    assert shown
    assert "<svg" in page
    assert shown[1] not in admin.get("/kios").text
    body = EnrolRequest.made(shown[1].replace("-", ""), Ed25519PrivateKey.generate()).to_json()
    assert desk.test_client().post("/api/v1/enrol", data=body, content_type=JSON).status_code == 200
    assert did(light)[0] == ("ada", "kode_dibuat")


def test_a_wrong_desa_gets_no_code_and_a_sentence(light: Context, admin: Browser) -> None:
    answer = admin.post("/kios/kode", desa="12")
    assert (answer.status_code, "sepuluh angka" in answer.text) == (400, True)
    assert rows(light, sa.select(table)) == []


def test_yes_takes_the_kiosk_whose_digits_stood_on_the_page(light: Context, desk: Flask, admin: Browser) -> None:
    row, six = waiting(light, desk)
    assert enrolment_codes.spoken(six) in admin.get("/kios").text
    answer = admin.post(f"/kios/menunggu/{row}", putusan="terima", sidik=six)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/kios")
    assert "K-0001" in admin.get("/kios").text
    assert did(light)[-1] == ("ada", "kios_diterima")


@pytest.mark.parametrize("told", ["", "000000"])
def test_other_digits_take_nobody(light: Context, desk: Flask, admin: Browser, told: str) -> None:
    row, _ = waiting(light, desk)
    answer = admin.post(f"/kios/menunggu/{row}", putusan="terima", sidik=told)
    assert (answer.status_code, "Enam angkanya berbeda" in answer.text) == (409, True)
    assert kiosks.everybody(light) == ()


def test_no_turns_it_away_once(light: Context, desk: Flask, admin: Browser) -> None:
    row, six = waiting(light, desk)
    assert admin.post(f"/kios/menunggu/{row}", putusan="tolak").status_code == 303
    for word in ("tolak", "terima"):
        assert admin.post(f"/kios/menunggu/{row}", putusan=word, sidik=six).status_code == 409
    assert kiosks.everybody(light) == ()
    assert did(light)[-1] == ("ada", "kios_ditolak")


def test_a_button_that_there_is_not_decides_nothing(light: Context, desk: Flask, admin: Browser) -> None:
    row, six = waiting(light, desk)
    assert admin.post(f"/kios/menunggu/{row}", putusan="", sidik=six).status_code == 400
    assert len(deciding.waiting(light)) == 1


def test_a_kiosk_is_turned_away_only_by_typing_its_number(light: Context, light_kiosk: Kiosk, admin: Browser) -> None:
    path = f"/kios/{light_kiosk.kiosk_id}/cabut"
    for typed in ("", "ya", "K-0002"):
        assert admin.post(path, kata=typed).status_code == 400
    assert admin.post("/kios/LAIN/cabut", kata="LAIN").status_code == 400
    assert light_kiosk.put("/heartbeat", BEAT).status_code == 204
    assert admin.post(path, kata="k-0001 ").status_code == 303
    assert light_kiosk.put("/heartbeat", BEAT).status_code == 401
    assert admin.post(path, kata="K-0001").status_code == 409
    assert "Dicabut" in admin.get("/kios").text
    assert did(light)[-1] == ("ada", "kios_dicabut")


def test_the_list_says_who_is_silent_ill_late_or_weakly_kept(light: Context, light_kiosk: Kiosk, desk: Flask) -> None:
    light_kiosk.put("/heartbeat", BEAT)
    moved, silent = (Kiosk.enrol(desk, light) for _ in range(2))
    body = Leave(desa=DESA).to_json()
    assert moved.send(moved.request("POST", "/move", body, content_type=JSON)).status_code == 200
    regions = parse(["33\tJAWA TENGAH", "3312\tKABUPATEN CONTOH", "331212\tKECAMATAN CONTOH", f"{DESA}\tCONTOH"])
    seen = {one.kiosk_id: one for one in overview.everybody(faulty(light, regions=regions))}
    first = seen[light_kiosk.kiosk_id]
    assert (first.codes, first.skew_s, first.storage, first.queue) == (("receipt.paper_out",), -42, "host", 3)
    assert (first.place, first.state) == ("CONTOH", "aktif")
    assert [seen[one.kiosk_id].state for one in (moved, silent)] == ["pindah", "aktif"]
    assert seen[silent.kiosk_id].last_seen is seen[silent.kiosk_id].queue is None
    page = Browser.of(create_app(faulty(light, regions=regions)), "ada").get("/kios").text
    for words in ("receipt.paper_out", "-42 detik", "lebih lemah", "CONTOH", "Sudah pindah"):
        assert words in page


def go(browser: Browser, method: str, path: str) -> tuple[int, str]:
    """(status, where to)."""
    answer = browser.get(path) if method == "GET" else browser.post(path, desa=DESA, kata="K-0001", putusan="tolak")
    return answer.status_code, answer.headers.get("Location", "")


@pytest.mark.parametrize("username", ["vera", "pena"])
def test_other_officers_neither_look_nor_act(light: Context, desk: Flask, username: str) -> None:
    browser = Browser.of(desk, username)
    assert "/kios" not in browser.get("/").text
    assert [go(browser, method, path)[0] for method, path in WAYS] == [403] * len(WAYS)
    assert did(light) == []


def test_nobody_without_a_login_or_the_page_s_token(light: Context, desk: Flask) -> None:
    stranger = Browser.open(desk)
    stranger.get("/masuk")
    assert {go(stranger, method, path) for method, path in WAYS} == {(302, "/masuk")}
    admin = Browser.of(desk, "ada")
    admin.token = "x"
    assert {go(admin, method, path)[0] for method, path in WAYS if method == "POST"} == {400}
    assert did(light) == []


def test_the_technicians_six_digits_stand_beside_the_kiosk(light: Context, light_kiosk: Kiosk, admin: Browser) -> None:
    """On the telephone the two are compared: a key that was exchanged on the way shows other digits."""
    (row,) = kiosks.everybody(light)
    six = enrolment_codes.key_digits(row.public_key, row.id, light.keys.receipt_hex)
    assert enrolment_codes.spoken(six) in admin.get("/kios").text
    assert enrolment_codes.key_digits(row.public_key, "K-0002", light.keys.receipt_hex) != six
