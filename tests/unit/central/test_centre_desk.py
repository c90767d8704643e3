"""The officers' pages: who sees what, in which order, and what a stranger's page, cookie or host achieves: nothing."""

import re
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from markupsafe import escape
from uuid6 import uuid7

from adminduk.application import Action, Role, State
from adminduk.packets import Page
from adminduk.regions import parse
from adminduk.services import FieldKind, Service
from adminduk.tickets import spaced
from central import worker
from central.app import create_app
from central.context import Context
from central.intake.packets import packet_path
from central.schema import applications, audit, documents, events
from tests.unit.central.conftest import faulty, rows
from tests.unit.central.office import NAME_OF, OFFICERS, PASSWORD, Browser, admit, hire, put_in
from tests.unit.central.people import ANSWERS, KK, NAME, NIK, PHONE, PIN, SECRET, Kiosk, noise, picture, ticket

PERSONAL = (NIK, KK, NAME, PHONE, PIN, SECRET.hex(), PASSWORD)
LONG_NUMBER = re.compile(r"[0-9]{13,}")
POSTS = ("/masuk", "/keluar", "/permohonan/{id}", "/permohonan/{id}/kabar")
PAGES = (
    "/", "/permohonan/{id}", "/permohonan/{id}/halaman/kk_lama-1.jpg", "/permohonan/{id}/berkas.pdf",
    "/permohonan/{id}/dokumen/{id}.pdf",
)  # fmt: skip
Admit = Callable[..., str]


@pytest.fixture
def desk(light: Context, light_app: Flask, light_kiosk: Kiosk) -> Flask:
    """With its officers."""
    hire(light)
    return light_app


@pytest.fixture
def take(light: Context, light_kiosk: Kiosk, desk: Flask) -> Admit:
    """Admit the n-th application."""

    def admitted(number: int = 1, **changes: Any) -> str:
        return admit(light, light_kiosk, number, **changes)

    return admitted


def shown(text: str) -> list[str]:
    """The tickets of a list, in its order."""
    return re.findall(r"<tr><td>[0-9]+</td><td><a [^>]+>([0-9-]+)</a>", text)


def tickets(*numbers: int) -> list[str]:
    return [spaced(ticket(number)) for number in numbers]


def looks(context: Context) -> list[tuple[object, ...]]:
    """Who looked at what."""
    return [(row.actor, row.what, row.target) for row in rows(context, sa.select(audit).order_by(audit.c.id))]


def signed(context: Context, desk: Flask, case_id: str) -> str:
    """The id of its document, just signed."""
    put_in(context, case_id, State.DIVALIDASI, entered_by="oki", validated_by="vali")
    browser = Browser.of(desk, "pena")
    assert browser.press(case_id, Action.TANDA_TANGANI, seen=State.DIVALIDASI).status_code == 303
    return str(rows(context, sa.select(documents).where(documents.c.application_id == case_id))[0].id)


# --- the queue ------------------------------------------------------------------------------------------------------


def test_first_come_first_shown(take: Admit, desk: Flask) -> None:
    for number in (5, 3, 9, 1):
        take(number)
    assert shown(Browser.of(desk, "vera").get("/").text) == tickets(5, 3, 9, 1)


@pytest.mark.parametrize(
    ("username", "expected"), [("vera", [1, 5]), ("oki", [2]), ("vali", [3]), ("pena", [4, 5]), ("ada", range(1, 10))]
)
def test_each_role_sees_its_own_work_and_the_admin_all(
    light: Context, take: Admit, desk: Flask, username: str, expected: Any
) -> None:
    for number, state in enumerate(State, 1):
        put_in(light, take(number), state)
    assert shown(Browser.of(desk, username).get("/").text) == tickets(*expected)


@pytest.mark.parametrize("state", list(State), ids=str)
def test_any_state_can_be_asked_for(light: Context, take: Admit, desk: Flask, state: State) -> None:
    put_in(light, take(1), state)
    take(2)
    expected = tickets(1, 2) if state is State.DIAJUKAN else tickets(1)
    assert shown(Browser.of(desk, "oki").get(f"/?keadaan={state}").text) == expected


@pytest.mark.parametrize("asked", ["", "SEMUA", "diajukan", "DIAJUKAN' OR '1", "\0"])
def test_a_state_that_there_is_not_shows_one_s_own_work(take: Admit, desk: Flask, asked: str) -> None:
    take(1)
    answer = Browser.of(desk, "oki").get("/", query_string={"keadaan": asked})
    assert (answer.status_code, shown(answer.text)) == (200, [])


def test_the_numbers_beside_the_list_are_those_of_the_lists(light: Context, take: Admit, desk: Flask) -> None:
    for number in (1, 2, 3):
        take(number)
    put_in(light, take(4), State.DIBATALKAN)
    page = Browser.of(desk, "vera").get("/").text
    told = re.findall(r'keadaan=([A-Z_]+)"[^>]*><span>[^<]+</span><b>([0-9]+)</b>', page)
    assert {state: int(number) for state, number in told if number != "0"} == {"DIAJUKAN": 3, "DIBATALKAN": 1}
    assert len(told) == len(State)


def test_an_empty_queue_says_so(desk: Flask) -> None:
    assert "Tidak ada yang menunggu." in Browser.of(desk, "vera").get("/").text


def test_a_packet_that_cannot_be_read_is_the_admin_s_alone(light: Context, desk: Flask, light_kiosk: Kiosk) -> None:
    broken = noise()
    light_kiosk.deliver(broken)
    assert worker.admit_next(light)
    seen = {name: broken.id in Browser.of(desk, name).get("/").text for name in OFFICERS}
    assert seen == {name: name == "ada" for name in OFFICERS}
    assert "bukan_paket" in Browser.of(desk, "ada").get("/").text


# --- one application ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", list(NAME_OF), ids=str)
def test_an_opened_application_shows_what_was_sent_and_writes_down_who_looked(
    light: Context, take: Admit, desk: Flask, role: Role
) -> None:
    case_id = take()
    page = Browser.of(desk, NAME_OF[role]).get(f"/permohonan/{case_id}")
    assert page.status_code == 200
    assert [word for word in (NIK, KK, NAME, "GURU", spaced(ticket(1))) if word not in page.text] == []
    assert PIN not in page.text
    assert looks(light) == [(NAME_OF[role], "lihat_permohonan", case_id)]


@pytest.mark.parametrize("role", list(NAME_OF), ids=str)
def test_its_pages_are_served_from_memory_and_each_look_is_written_down(
    light: Context, take: Admit, desk: Flask, role: Role
) -> None:
    case_id, browser = take(), Browser.of(desk, NAME_OF[role])
    found = [browser.get(f"/permohonan/{case_id}/halaman/{name}-1.jpg") for name in ("kk_lama", "bukti")]
    assert [answer.data for answer in found] == [picture(), picture(90)]
    assert {answer.mimetype for answer in found} == {"image/jpeg"}
    assert [actor for actor, _, _ in looks(light)] == [NAME_OF[role]] * 2
    assert not [path for path in light.settings.dir.rglob("*") if path.suffix in (".jpg", ".jpeg")]


def test_a_page_that_is_a_pdf_is_served_as_one(take: Admit, desk: Flask) -> None:
    papers = {"bukti": (Page("bukti-1.pdf", b"%PDF-1.7 contoh"),)}
    answer = Browser.of(desk, "vera").get(f"/permohonan/{take(papers=papers)}/halaman/bukti-1.pdf")
    assert (answer.data, answer.mimetype) == (b"%PDF-1.7 contoh", "application/pdf")


@pytest.mark.parametrize(
    "name", ["kk_lama-2.jpg", "packet.json", "..", "%2e%2e%2fpacket.json", "kk_lama-1.jpg%00", NIK]
)
def test_a_page_that_was_not_sent_is_404(take: Admit, desk: Flask, name: str) -> None:
    answer = Browser.of(desk, "vera").get(f"/permohonan/{take()}/halaman/{name}")
    assert answer.status_code == 404
    assert NAME not in answer.text


def test_a_document_is_seen_by_officers_before_it_is_published(light: Context, take: Admit, desk: Flask) -> None:
    case_id = take()
    document = signed(light, desk, case_id)
    answer = Browser.of(desk, "vera").get(f"/permohonan/{case_id}/dokumen/{document}.pdf")
    assert (answer.mimetype, answer.data[:5]) == ("application/pdf", b"%PDF-")
    assert looks(light)[-1] == ("vera", "lihat_dokumen", document)
    assert [row.fetched for row in rows(light, sa.select(documents))] == [0]


def test_a_document_of_another_application_is_404(light: Context, take: Admit, desk: Flask) -> None:
    mine, other = take(1), take(2)
    document = signed(light, desk, mine)
    assert Browser.of(desk, "vera").get(f"/permohonan/{other}/dokumen/{document}.pdf").status_code == 404


def test_what_is_not_there_is_404_in_words(take: Admit, desk: Flask) -> None:
    take()
    browser, stranger = Browser.of(desk, "vera"), str(uuid7())
    told = [browser.get(page.format(id=stranger)) for page in PAGES[1:]]
    told.append(browser.press(stranger, Action.SETUJUI, seen=State.DIAJUKAN))
    assert [answer.status_code for answer in told] == [404] * len(PAGES)
    assert all("Permohonan ini tidak ada." in answer.text for answer in told)


@pytest.mark.parametrize("spoil", ["lost", "cut"])
def test_a_packet_that_the_disk_lost_is_said_in_words_and_the_queue_goes_on(
    light: Context, take: Admit, desk: Flask, spoil: str, caplog: pytest.LogCaptureFixture
) -> None:
    case_id = take()
    path = packet_path(light, case_id)
    path.unlink() if spoil == "lost" else path.write_bytes(path.read_bytes()[:-1])
    browser = Browser.of(desk, "vera")
    answer = browser.get(f"/permohonan/{case_id}")
    assert (answer.status_code, "Beri tahu admin." in answer.text) == (500, True)
    assert f"file_unreadable code={'hilang' if spoil == 'lost' else 'segel_rusak'}" in caplog.text
    assert "Traceback" not in caplog.text
    assert browser.get("/").status_code == 200


def test_a_document_that_the_disk_changed_is_not_served(light: Context, take: Admit, desk: Flask) -> None:
    case_id = take()
    document = signed(light, desk, case_id)
    (path,) = [path for path in (light.settings.dir / "documents").rglob("*") if path.is_file()]
    path.write_bytes(path.read_bytes() + b" ")
    answer = Browser.of(desk, "vera").get(f"/permohonan/{case_id}/dokumen/{document}.pdf")
    assert (answer.status_code, answer.mimetype) == (500, "text/html")


def test_the_time_is_told_as_the_kabupaten_s_clocks_tell_it(take: Admit, desk: Flask) -> None:
    case_id = take(sealed_at="2026-11-20T23:30:00.000000Z")
    browser = Browser.of(desk, "vera")
    assert "21-11-2026 06:30 WIB" in browser.get("/").text
    assert "WIB" in browser.get(f"/permohonan/{case_id}").text


def test_the_reason_and_the_history_are_shown_in_words(light: Context, take: Admit, desk: Flask) -> None:
    case_id, browser = take(), Browser.of(desk, "vera")
    browser.press(case_id, Action.KEMBALIKAN, seen=State.DIAJUKAN, reason="R04", note="halaman dua")
    page = browser.get(f"/permohonan/{case_id}").text
    said = [
        light.catalogue.reasons["R04"].text,
        "Perlu dilengkapi",
        "Kembalikan untuk dilengkapi",
        "halaman dua",
        "vera",
    ]
    assert [words for words in said if words not in page] == []


@pytest.mark.parametrize("evil", ["<script>alert(1)</script>", "'\"><img src=x>", "{{ config }}", "&lt;b&gt;"])
def test_what_a_villager_typed_stays_text(take: Admit, desk: Flask, evil: str) -> None:
    page = Browser.of(desk, "vera").get(f"/permohonan/{take(answers={**ANSWERS, 'nama': evil})}").text
    assert str(escape(evil)) in page
    assert "<script" not in page
    assert "src=x" not in page.replace("src=x&gt;", "")


# --- strangers ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("known", [True, False], ids=["there", "not there"])
def test_without_a_login_every_page_leads_to_the_login(
    light: Context, take: Admit, desk: Flask, page: str, known: bool
) -> None:
    case_id = take()
    answer = Browser.open(desk).get(page.format(id=case_id if known else uuid7()))
    assert (answer.status_code, answer.headers["Location"]) == (302, "/masuk")
    assert case_id not in answer.text
    assert looks(light) == []


@pytest.mark.parametrize("action", list(Action), ids=str)
def test_without_a_login_nothing_moves(light: Context, take: Admit, desk: Flask, action: Action) -> None:
    case_id, browser = take(), Browser.open(desk)
    browser.get("/masuk")
    answer = browser.press(case_id, action, seen=State.DIAJUKAN, reason="R01")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/masuk")
    assert len(rows(light, sa.select(events))) == 1


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize("token", [None, "", "x", "é", "\ufffd" * 22, "another's"])
def test_a_form_without_this_session_s_token_does_nothing(
    light: Context, take: Admit, desk: Flask, path: str, token: str | None
) -> None:
    case_id, browser, other = take(), Browser.of(desk, "vera"), Browser.of(desk, "vera")
    fields = {"tindakan": "setujui", "keadaan": "DIAJUKAN", "nama": "vera", "sandi": PASSWORD}
    if token is not None:
        fields["token"] = other.token if token == "another's" else token
    answer = browser.client.post(path.format(id=case_id), data=fields)
    assert answer.status_code == 400
    assert [row.state for row in rows(light, sa.select(applications))] == ["DIAJUKAN"]
    assert browser.get("/").status_code == 200


def test_a_page_opened_before_the_login_has_no_token_after_it(light: Context, take: Admit, desk: Flask) -> None:
    case_id, browser = take(), Browser.open(desk)
    browser.get("/masuk")
    stale = browser.token
    browser.log_in("vera")
    browser.token = stale
    assert browser.press(case_id, Action.SETUJUI, seen=State.DIAJUKAN).status_code == 400
    assert len(rows(light, sa.select(events))) == 1


@pytest.mark.parametrize(
    ("action", "seen"),
    [
        ("", "DIAJUKAN"),
        ("hapus", "DIAJUKAN"),
        ("SETUJUI", "DIAJUKAN"),
        ("setujui", ""),
        ("setujui", "BARU"),
        ("\0", "\0"),
    ],
)
def test_a_button_that_there_is_not_is_400(take: Admit, desk: Flask, action: str, seen: str) -> None:
    case_id, browser = take(), Browser.of(desk, "vera")
    assert browser.post(f"/permohonan/{case_id}", tindakan=action, keadaan=seen).status_code == 400


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE"])
def test_other_verbs_are_not_known(light: Context, take: Admit, desk: Flask, method: str) -> None:
    case_id, browser = take(), Browser.of(desk, "vera")
    assert browser.client.open(f"/permohonan/{case_id}", method=method).status_code == 405
    assert len(rows(light, sa.select(events))) == 1


def test_looking_never_moves(light: Context, take: Admit, desk: Flask) -> None:
    case_id = take()
    Browser.of(desk, "vera").get(f"/permohonan/{case_id}?tindakan=setujui&keadaan=DIAJUKAN")
    assert [row.state for row in rows(light, sa.select(applications))] == ["DIAJUKAN"]


@pytest.mark.parametrize("host", ["jahat.example", "jahat.example:8080", "127.0.0.1", "[::1]"])
def test_another_host_s_name_is_never_said_back_and_its_cookie_is_not_ours(take: Admit, desk: Flask, host: str) -> None:
    case_id, browser = take(), Browser.of(desk, "vera")
    answers = [browser.get(page.format(id=case_id), base_url=f"http://{host}") for page in PAGES]
    assert {answer.status_code for answer in answers} == {302}
    assert {answer.headers["Location"] for answer in answers} == {"/masuk"}
    assert not [answer for answer in answers if host in answer.text + str(answer.headers)]


@pytest.mark.parametrize("page", ["/masuk", *PAGES, "/meja/desk.css"])
def test_every_answer_forbids_scripts_frames_and_keeping(take: Admit, desk: Flask, page: str) -> None:
    answer = Browser.of(desk, "vera").get(page.format(id=take()))
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    if page != "/meja/desk.css":
        assert answer.headers["Cache-Control"] == "no-store"


# --- nothing personal where it stays ----------------------------------------------------------------------------------


def test_no_address_and_no_log_tells_whose_an_application_is(
    light: Context, take: Admit, desk: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    seen: list[str] = []
    with caplog.at_level("DEBUG"):
        case_id = take()
        walk(desk, case_id, seen)
        document = signed(light, desk, case_id)
        seen.append(f"/permohonan/{case_id}/dokumen/{document}.pdf")
        Browser.of(desk, "vera").get(f"/permohonan/{case_id}/halaman/{NIK}")
    addresses = "\n".join(seen)
    assert len(set(seen)) > 5
    assert not [word for word in PERSONAL if word in addresses]
    assert not LONG_NUMBER.search(addresses.replace(case_id, "").replace(document, ""))
    assert not [word for word in PERSONAL if word in caplog.text]


def walk(desk: Flask, case_id: str, seen: list[str]) -> None:
    """Every officer opens the queue and the application; all their links are noted."""
    for name in OFFICERS:
        browser = Browser.of(desk, name)
        for path in ("/", f"/permohonan/{case_id}"):
            seen.extend(re.findall(r'(?:href|src|action)="([^"]+)"', browser.get(path).text))


def test_the_cookie_holds_no_more_than_a_username_a_moment_and_a_token(take: Admit, desk: Flask) -> None:
    browser = Browser.of(desk, "vera")
    browser.get(f"/permohonan/{take()}")
    with browser.client.session_transaction() as session:
        assert set(session) == {"who", "at", "token"}


def test_what_is_written_down_of_looks_names_officers_and_ids_only(light: Context, take: Admit, desk: Flask) -> None:
    walk(desk, take(), [])
    text = repr(rows(light, sa.select(audit)))
    assert len(looks(light)) == len(OFFICERS)
    assert not [word for word in PERSONAL if word in text]


# --- names of places ------------------------------------------------------------------------------------------------


def test_a_place_is_named_where_the_centre_knows_its_name_and_else_its_code_is_shown(
    light: Context, light_kiosk: Kiosk
) -> None:
    known = parse(["33\tJAWA TENGAH", "3312\tKABUPATEN CONTOH", "331212\tKECAMATAN CONTOH", "3312122001\tDESA CONTOH"])
    service = next(each for each in light.catalogue.services.values() if place_field(each))
    answers = {place_field(service): "3312122001"}
    hire(light)
    case_id = admit(light, light_kiosk, service=service.code, answers=answers, papers={})
    pages = [
        Browser.of(create_app(context), "vera").get(f"/permohonan/{case_id}").text
        for context in (light, faulty(light, regions=known))
    ]
    assert [("DESA CONTOH" in page, "<dd>3312122001</dd>" in page) for page in pages] == [(False, True), (True, False)]


def place_field(service: Service) -> str:
    """The key of a service's first question about a desa."""
    return next((field.key for block in service.blocks for field in block.fields if field.kind is FieldKind.REGION), "")
