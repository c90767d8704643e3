"""A signed document turned out wrong: who may replace it, what kiosks and villagers hear, and what stays for ever."""

import io
from dataclasses import replace as changed
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from flask import Flask
from sqlalchemy.exc import IntegrityError
from uuid6 import uuid7

from adminduk import waiting
from adminduk.application import Action, Forbidden, Role, State
from adminduk.changes import Outcome, PrintReport
from adminduk.clock import ManualClock
from central.accounts import Officer
from central.context import Context
from central.desk import cases, replacing
from central.documents import checking, sealing
from central.documents.checking import DocumentError
from central.documents.rendering import outputs_of
from central.engine import MIGRATIONS, open_engine, upgrade
from central.intake.inquiries import REPLACED
from central.schema import applications, audit, document_prints, documents, events
from central.settings import Settings
from tests.unit.central.conftest import rows
from tests.unit.central.office import Browser, admit, hire, put_in
from tests.unit.central.people import JSON, NAME, NIK, SECRET, Kiosk, packet, ticket
from tests.unit.central.test_centre_downlink import PDF, finish, pull

PENA = Officer(username="pena", name="Kepala Contoh", role=Role.PENANDA_TANGAN)
OTHER = Officer(username="lain", name="Kepala Lain", role=Role.PENANDA_TANGAN)
VERA = Officer(username="vera", name="Vera Contoh", role=Role.VERIFIKATOR)
WHY = "Nama ayah salah ketik di SIAK"


@pytest.fixture(autouse=True)
def quickly_signed(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rendering and signing have tests of their own; here it is another PDF each time, unless the real one is looked at."""
    if "real_cost" not in request.keywords:
        from central.documents import making

        monkeypatch.setattr(making.rendering, "render", lambda _catalogue, sheet, **_named: sheet.number.encode())
        monkeypatch.setattr(making, "sign", lambda plain, _folder: b"%PDF signed " + plain)
        monkeypatch.setattr(making, "page_count", lambda _pdf: 1)


def output(context: Context) -> str:
    """What the applications of these tests end in."""
    return outputs_of(context.catalogue, packet("K-0001"))[0].code


def published(context: Context, kiosk: Kiosk, number: int = 1) -> tuple[str, str]:
    """(application, document): published and sealed, as it waits in the village."""
    case = admit(context, kiosk, number)
    put_in(context, case, State.SIAP_CETAK, entered_by="oki", validated_by="vali")
    document = finish(context, case, output=output(context))
    assert sealing.seal_next(context)
    return case, document


def swap(context: Context, case: str, document: str, **given: Any) -> None:
    """Replaced, from the state it is in."""
    state = State(rows(context, sa.select(applications.c.state).where(applications.c.id == case))[0].state)
    given = {"officer": PENA, "why": WHY, "seen": state} | given
    replacing.replace(context, given.pop("officer"), case, document, **given)


def state_of(context: Context, case: str) -> tuple[str, str]:
    row = rows(context, sa.select(applications).where(applications.c.id == case))[0]
    return str(row.state), str(row.reason)


def current(context: Context, case: str) -> Any:
    (row,) = rows(
        context, sa.select(documents).where(documents.c.application_id == case, documents.c.superseded_at.is_(None))
    )
    return row


def publish(context: Context, case: str, officer: Officer = VERA) -> None:
    cases.act(context, officer, case, Action.TERBITKAN, seen=State.DITANDATANGANI)


def tell(kiosk: Kiosk, context: Context, document: str, outcome: Outcome = Outcome.CAME) -> int:
    said = PrintReport(
        id=str(uuid7()), document=document, ticket=ticket(1), at=context.stamp(), clock_trusted=True, outcome=outcome
    )
    return kiosk.send(kiosk.request("PUT", f"/prints/{said.id}", said.to_json(), content_type=JSON)).status_code


# --- what kiosks hear ---------------------------------------------------------------------------------------------------


def test_the_wrong_one_goes_from_the_kiosks_at_once_and_the_new_one_comes_when_it_is_published(
    context: Context, kiosk: Kiosk
) -> None:
    case, wrong = published(context, kiosk)
    before = pull(kiosk)
    assert [row["id"] for row in before.documents] == [wrong]
    swap(context, case, wrong)
    told = pull(kiosk, before.cursor)
    assert [(row["state"], row["reason"]) for row in told.tickets] == [("DITANDATANGANI", REPLACED)]
    assert told.documents == ()
    assert kiosk.send(kiosk.request("GET", f"/documents/{wrong}/sealed")).status_code == 404
    assert not sealing.seal_next(context), "nothing is sealed before it is published"
    publish(context, case)
    assert sealing.seal_next(context)
    page = pull(kiosk, told.cursor)
    new = current(context, case)
    assert [(row["id"], row["content"], row["printed"]) for row in page.documents] == [(new.id, new.sha256, 0)]
    assert [(row["state"], row["reason"]) for row in page.tickets] == [("SIAP_CETAK", REPLACED)]
    sealed = kiosk.send(kiosk.request("GET", f"/documents/{new.id}/sealed")).data
    pdf = waiting.open_document(sealed, secret=SECRET, document=new.id, ticket=ticket(1), content=new.sha256)
    assert pdf == context.blobs.get(new.sha256) != PDF
    assert new.id.encode() in pdf, "it bears a number of its own"


def test_one_that_was_never_published_is_replaced_too_and_a_second_time(context: Context, kiosk: Kiosk) -> None:
    case, first = published(context, kiosk)
    with context.engine.begin() as connection:
        connection.execute(documents.update().values(published_at=None, sealed_sha256=None, sealed_size=None))
    put_in(context, case, State.DITANDATANGANI)
    swap(context, case, first)
    second = current(context, case).id
    swap(context, case, second)
    third = current(context, case)
    assert third.replaces == second
    publish(context, case)
    found = {row.id: row.published_at for row in rows(context, sa.select(documents))}
    assert (found[first], found[second]) == (None, None), "what was wrong is never published"
    assert found[third.id]


def test_the_villager_asks_with_the_line_and_never_gets_the_wrong_one(light: Context, light_kiosk: Kiosk) -> None:
    case, wrong = published(light, light_kiosk)
    swap(light, case, wrong)
    words = light.catalogue.reasons[REPLACED].text
    asked = light_kiosk.ask(light)
    assert (asked.state, asked.reason, asked.documents) == (State.DITANDATANGANI, words, ())
    assert light_kiosk.ask(light, document=wrong).code == "tidak_ada"
    publish(light, case)
    asked = light_kiosk.ask(light)
    assert (asked.state, asked.reason) == (State.SIAP_CETAK, words)
    assert [one["id"] for one in asked.documents] == [current(light, case).id]
    assert light_kiosk.ask(light, document=wrong).code == "tidak_ada"
    assert light_kiosk.ask(light, document=current(light, case).id).code == "ok"


def test_a_print_of_the_wrong_one_told_late_is_history_and_finishes_nothing(context: Context, kiosk: Kiosk) -> None:
    case, wrong = published(context, kiosk)
    assert tell(kiosk, context, wrong) == 200
    assert state_of(context, case)[0] == State.SELESAI
    swap(context, case, wrong)
    publish(context, case)
    assert sealing.seal_next(context)
    assert [row["printed"] for row in pull(kiosk).documents] == [0], "the new one has not been on paper"
    assert tell(kiosk, context, wrong) == 200, "of a kiosk without a line"
    assert state_of(context, case)[0] == State.SIAP_CETAK
    assert tell(kiosk, context, current(context, case).id) == 200
    assert state_of(context, case) == (State.SELESAI, REPLACED)
    prints = rows(context, sa.select(document_prints.c.document_id))
    assert sorted(row.document_id for row in prints) == sorted([wrong, wrong, current(context, case).id])
    notes = [
        row.note for row in rows(context, sa.select(events).where(events.c.action == "cetak").order_by(events.c.id))
    ]
    assert [note.endswith("dokumen lama yang sudah diganti") for note in notes] == [False, True, False]


def test_it_is_written_down_who_and_why_and_nobody_s_number(light: Context, light_kiosk: Kiosk) -> None:
    case, wrong = published(light, light_kiosk)
    swap(light, case, wrong, why=f"NIK {NIK} tertukar\0 di SIAK")
    (event,) = rows(light, sa.select(events).where(events.c.action == replacing.ACTION))
    assert (event.actor, event.role, event.before, event.after) == (
        "pena",
        "penanda_tangan",
        "SIAP_CETAK",
        "DITANDATANGANI",
    )
    assert "tertukar" in event.note
    assert NIK not in event.note
    assert ("pena", replacing.ACTION, wrong) in [
        (row.actor, row.what, row.target) for row in rows(light, sa.select(audit))
    ]


# --- who may ------------------------------------------------------------------------------------------------------------


def test_nobody_but_who_signs_may(light: Context, light_kiosk: Kiosk) -> None:
    case, wrong = published(light, light_kiosk)
    for role in (role for role in Role if role is not Role.PENANDA_TANGAN):
        with pytest.raises(Forbidden, match="peran_salah"):
            swap(light, case, wrong, officer=changed(PENA, role=role))


def test_only_what_is_signed_can_be_replaced(light: Context, light_kiosk: Kiosk) -> None:
    case, wrong = published(light, light_kiosk)
    for state in (state for state in State if state not in replacing.FROM):
        put_in(light, case, state)
        with pytest.raises(Forbidden, match="keadaan_salah"):
            swap(light, case, wrong)


def test_who_validated_it_does_not_sign_it_anew(light: Context, light_kiosk: Kiosk) -> None:
    case, wrong = published(light, light_kiosk)
    put_in(light, case, State.SIAP_CETAK, validated_by="pena")
    with pytest.raises(Forbidden, match="sudah_divalidasi_sendiri"):
        swap(light, case, wrong)


def test_without_a_reason_nothing_is_replaced(light: Context, light_kiosk: Kiosk) -> None:
    case, wrong = published(light, light_kiosk)
    for why in ("", "   ", "salah", "\0" * 11):
        with pytest.raises(Forbidden, match="alasan_singkat"):
            swap(light, case, wrong, why=why)
    assert current(light, case).id == wrong


def test_who_replaced_it_does_not_publish_it_and_another_does(light: Context, light_kiosk: Kiosk) -> None:
    case, wrong = published(light, light_kiosk)
    swap(light, case, wrong)
    assert Action.TERBITKAN not in cases.open_case(light, PENA, case).actions
    with pytest.raises(Forbidden, match="sudah_diganti_sendiri"):
        publish(light, case, PENA)
    assert Action.TERBITKAN in cases.open_case(light, OTHER, case).actions
    publish(light, case, OTHER)
    assert state_of(light, case)[0] == State.SIAP_CETAK


def test_two_officers_who_replace_at_once_replace_once(light: Context, light_kiosk: Kiosk) -> None:
    case, wrong = published(light, light_kiosk)
    swap(light, case, wrong)
    with pytest.raises(cases.Overtaken):
        swap(light, case, wrong, officer=OTHER)
    with pytest.raises(cases.Overtaken):
        swap(light, case, current(light, case).id, officer=OTHER, seen=State.SIAP_CETAK)
    with pytest.raises(cases.Gone):
        swap(light, case, str(uuid7()))
    assert len(rows(light, sa.select(documents))) == 2


def test_one_that_moved_while_it_was_being_signed_is_left_alone(
    light: Context, light_kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, wrong = published(light, light_kiosk)
    slow = replacing.make_again

    def signs_while_somebody_acts(*given: Any) -> Any:
        put_in(light, case, State.SELESAI)
        return slow(*given)

    monkeypatch.setattr(replacing, "make_again", signs_while_somebody_acts)
    with pytest.raises(cases.Overtaken):
        swap(light, case, wrong)
    assert current(light, case).id == wrong, "the transaction took nothing back half"


def test_the_database_itself_holds_one_current_document_an_output(context: Context, kiosk: Kiosk) -> None:
    case, wrong = published(context, kiosk)
    with pytest.raises(IntegrityError):
        finish(context, case, output=output(context))
    swap(context, case, wrong)
    assert current(context, case).replaces == wrong


def test_people_are_told_again_when_the_new_one_is_ready(
    light: Context, light_kiosk: Kiosk, clock: ManualClock
) -> None:
    from central.desk.notifying import note_sent

    case, wrong = published(light, light_kiosk)
    assert note_sent(light, VERA, case, State.SIAP_CETAK)
    assert not note_sent(light, VERA, case, State.SIAP_CETAK)
    clock.advance(60)
    swap(light, case, wrong)
    publish(light, case)
    assert note_sent(light, VERA, case, State.SIAP_CETAK)


# --- the file that an officer brings ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def good(prepared: Any) -> bytes:
    """A PDF that the office signed elsewhere."""
    return signed(prepared / "authority")


def signed(authority: Any) -> bytes:
    from central.documents.signing import sign

    return sign(plain_pdf(), authority)


def plain_pdf() -> bytes:
    from pyhanko.pdf_utils.generic import StreamObject
    from pyhanko.pdf_utils.writer import PageObject, PdfFileWriter

    writer, out = PdfFileWriter(), io.BytesIO()
    content = writer.add_object(StreamObject(stream_data=b""))
    writer.insert_page(PageObject(contents=content, media_box=(0, 0, 595, 842)))
    writer.write(out)
    return out.getvalue()


@pytest.mark.real_cost
def test_a_file_that_the_office_signed_takes_the_place(light: Context, light_kiosk: Kiosk, good: bytes) -> None:
    case, wrong = published(light, light_kiosk)
    swap(light, case, wrong, pdf=good)
    new = current(light, case)
    assert light.blobs.get(new.sha256) == good
    assert (new.pages, new.output, new.signed_by) == (1, output(light), "pena")


def test_a_file_that_kiosks_would_refuse_is_refused_here(
    light: Context, light_kiosk: Kiosk, good: bytes, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from central.documents.authority import create_test_authority

    case, wrong = published(light, light_kiosk)
    create_test_authority(tmp_path / "stranger", now=light.now())
    at = good.index(b"/MediaBox")
    spoilt: dict[str, bytes] = {
        "tidak_bertanda_tangan": plain_pdf(),
        "tidak_dipercaya": signed(tmp_path / "stranger"),
        "dokumen_rusak": b"not a PDF",
        "dokumen_berubah": good[:at] + good[at:].replace(b"595", b"594", 1),
    }
    for code, pdf in spoilt.items():
        with pytest.raises(DocumentError, match=code):
            swap(light, case, wrong, pdf=pdf)
    with pytest.raises(DocumentError, match="dokumen_rusak"):
        swap(light, case, wrong, pdf=good[: len(good) // 2])
    monkeypatch.setattr(checking, "MOST_BYTES", len(good) - 1)
    with pytest.raises(DocumentError, match="dokumen_terlalu_besar"):
        swap(light, case, wrong, pdf=good)
    assert current(light, case).id == wrong
    assert state_of(light, case) == ("SIAP_CETAK", "")


# --- the desk -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def desk(light: Context, light_app: Flask) -> Flask:
    hire(light)
    return light_app


def press(browser: Browser, case: str, document: str, **fields: Any) -> Any:
    given = {"token": browser.token, "keadaan": "SIAP_CETAK", "alasan": WHY, **fields}
    return browser.client.post(f"/permohonan/{case}/dokumen/{document}/ganti", data=given)


def test_the_form_is_there_for_who_may_and_its_button_does_it(light: Context, desk: Flask, light_kiosk: Kiosk) -> None:
    case, wrong = published(light, light_kiosk)
    seen = {
        name: "Ganti dokumen …" in Browser.of(desk, name).get(f"/permohonan/{case}").text
        for name in ("pena", "vera", "ada")
    }
    assert seen == {"pena": True, "vera": False, "ada": False}
    browser = Browser.of(desk, "pena")
    browser.get(f"/permohonan/{case}")
    assert press(browser, case, wrong).status_code == 303
    page = browser.get(f"/permohonan/{case}").text
    assert "salah, diganti" in page
    assert "pengganti, belum diterbitkan" in page
    assert WHY in page
    assert "Dokumen diganti" in page
    assert light.catalogue.reasons[REPLACED].text in page
    assert page.count("Ganti dokumen …") == 1, "the one that counts"
    assert NAME in page
    offered = Browser.of(desk, "vera").get(f"/permohonan/{case}").text
    assert f'value="{REPLACED}"' not in offered


@pytest.mark.parametrize(
    ("username", "fields", "status", "words"),
    [
        ("vera", {}, 403, "Peran Anda"),
        ("pena", {"alasan": "salah"}, 403, "apa yang salah"),
        ("pena", {"keadaan": "SELESAI"}, 409, "Petugas lain"),
        ("pena", {"keadaan": "x"}, 400, ""),
        ("pena", {"token": "x"}, 400, ""),
        ("pena", {"berkas": (io.BytesIO(b"no"), "kk.pdf")}, 422, "bukan PDF"),
    ],
)
def test_why_not_is_said_in_words(
    light: Context, desk: Flask, light_kiosk: Kiosk, username: str, fields: dict[str, Any], status: int, words: str
) -> None:
    case, wrong = published(light, light_kiosk)
    browser = Browser.of(desk, username)
    answer = press(browser, case, wrong, **fields)
    assert (answer.status_code, words in answer.text) == (status, True)
    assert current(light, case).id == wrong


def test_a_file_beyond_all_limits_is_not_read(light: Context, desk: Flask, light_kiosk: Kiosk) -> None:
    case, wrong = published(light, light_kiosk)
    browser = Browser.of(desk, "pena")
    answer = press(browser, case, wrong, berkas=(io.BytesIO(b"x" * (checking.MOST_BYTES + 200_000)), "kk.pdf"))
    assert answer.status_code == 413
    assert press(Browser.open(desk), case, wrong).status_code == 400


# --- the migration ------------------------------------------------------------------------------------------------------


def test_documents_and_prints_of_an_older_centre_come_through(tmp_path: Any) -> None:
    engine = open_engine(Settings(dir=tmp_path).database)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0004")
        for statement in (
            "INSERT INTO kiosks (id, number, desa, public_key, enrolled_at) VALUES ('K-0001', 1, '3312122001', 'k', 't')",
            "INSERT INTO packets (id, kiosk_id, sha256, size, state, announced_at) VALUES ('p', 'K-0001', 's', 1, 'x', 't')",
            "INSERT INTO applications (id, queue_number, ticket, service, desa, state, submitted_at, changed_at, pin_hash,"
            " secret_hash) VALUES ('p', 1, 't', 'S', 'd', 'SIAP_CETAK', 't', 't', '', '')",
            "INSERT INTO documents (id, application_id, output, sha256, size, pages, signed_by, signed_at)"
            " VALUES ('d', 'p', 'KK', 's', 1, 1, 'pena', 't')",
            "INSERT INTO document_prints VALUES ('c', 'd', 'K-0001', 't', 1, 'tercetak', 't')",
        ):
            connection.exec_driver_sql(statement)
    upgrade(engine)
    with engine.connect() as connection:
        assert connection.execute(sa.select(documents.c.id, documents.c.superseded_at)).all() == [("d", None)]
        assert connection.execute(sa.select(document_prints.c.id, document_prints.c.clock_trusted)).all() == [
            ("c", True)
        ]
        assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0004")
        assert connection.exec_driver_sql("SELECT id FROM document_prints").all() == [("c",)]
        with pytest.raises(IntegrityError):
            connection.exec_driver_sql("INSERT INTO documents SELECT 'e', application_id, output, sha256, size, pages, "
                                       "signed_by, signed_at, published_at, fetched, sealed_sha256, sealed_size FROM documents")  # fmt: skip
    engine.dispose()
