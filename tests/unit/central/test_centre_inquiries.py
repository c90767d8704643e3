"""Sealed questions about a ticket: who proves nothing learns nothing, and the wire shows nothing to anybody."""

import base64
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from flask import Flask
from uuid6 import uuid7

from adminduk.application import Action, Role, State
from adminduk.messages import ANSWER_INFO, INQUIRY_INFO, InquiryAnswer
from adminduk.packets import PacketError, seal_to, unseal
from central.accounts import Officer
from central.claims import PAUSE, TRIES
from central.context import Context
from central.desk import cases
from central.schema import applications, documents
from tests.unit.central.conftest import rows
from tests.unit.central.office import admit, put_in
from tests.unit.central.people import JSON, NAME, NIK, PIN, SECRET, Kiosk, code, inquiry, packet, sealed, ticket

WRONG = "000000"
# what the villager is told: the sentences of Buleleng to the letter; how one waits is worded by the kabupaten
WORDS = {
    State.DIAJUKAN: "Belum diproses, masuk antrean",
    State.DISETUJUI: "Pengajuan sudah disetujui",
    State.DIPROSES: "Pengajuan dalam proses",
    State.DIVALIDASI: "Pengajuan dalam pengerjaan",
    State.DITANDATANGANI: "Pengajuan dalam pengerjaan",
    State.SIAP_CETAK: "Pengajuan sudah selesai",
    State.SELESAI: "Pengajuan sudah selesai",
    State.PERLU_DILENGKAPI: "Perlu dilengkapi",
    State.DIBATALKAN: "Pengajuan dibatalkan",
}
PRINTABLE = (State.SIAP_CETAK, State.SELESAI)
Ask = Callable[..., InquiryAnswer]


@pytest.fixture
def case_id(context: Context, kiosk: Kiosk) -> str:
    """The first application, on each engine."""
    return admit(context, kiosk)


@pytest.fixture
def ask(context: Context, kiosk: Kiosk, case_id: str) -> Ask:
    """A sealed question about it, and the opened answer."""

    def asked(**given: Any) -> InquiryAnswer:
        return kiosk.ask(context, **given)

    return asked


@pytest.fixture
def light_case(light: Context, light_kiosk: Kiosk) -> str:
    """The first application, where the database makes no difference."""
    return admit(light, light_kiosk)


@pytest.fixture
def light_ask(light: Context, light_kiosk: Kiosk, light_case: str) -> Ask:
    def asked(**given: Any) -> InquiryAnswer:
        return light_kiosk.ask(light, **given)

    return asked


def by_pin(pin: str) -> dict[str, dict[str, str]]:
    return {"proof": {"pin": pin}}


def by_secret(secret: str) -> dict[str, dict[str, str]]:
    return {"proof": {"secret": secret}}


def publish(context: Context, case_id: str) -> str:
    """Signed and published; the id of its document."""
    put_in(context, case_id, State.DIVALIDASI, entered_by="oki", validated_by="vali")
    pena = Officer(username="pena", name="Kepala Dinas Contoh", role=Role.PENANDA_TANGAN)
    cases.act(context, pena, case_id, Action.TANDA_TANGANI, seen=State.DIVALIDASI)
    cases.act(context, pena, case_id, Action.TERBITKAN, seen=State.DITANDATANGANI)
    return str(rows(context, sa.select(documents).where(documents.c.application_id == case_id))[0].id)


def fetched(context: Context) -> list[object]:
    return [row.fetched for row in rows(context, sa.select(documents))]


# --- proof ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("proof", [by_pin(PIN), by_secret(SECRET.hex()), by_secret(SECRET.hex().upper())], ids=repr)
def test_who_holds_the_paper_is_told(context: Context, ask: Ask, proof: dict[str, Any]) -> None:
    told = ask(**proof)
    expected = InquiryAnswer(
        code="ok", state="DIAJUKAN", words=WORDS[State.DIAJUKAN], queue_number=1, changed_at=context.stamp()
    )
    assert told == expected


@pytest.mark.parametrize(
    "proof",
    [
        by_pin(WRONG),
        by_pin(""),
        by_pin(PIN[:5]),
        by_pin(PIN + "0"),
        by_pin(f" {PIN}"),
        by_pin("\0"),
        by_pin("x" * 5000),
        by_secret(""),
        by_secret("00" * 16),
        by_secret(SECRET.hex()[:-2]),
        by_secret(SECRET.hex() + "00"),
        by_secret("zz"),
        by_secret("\0"),
        by_secret(PIN),
        by_pin(SECRET.hex()),
    ],
    ids=lambda proof: repr(proof)[:50],
)
def test_who_does_not_is_told_only_that_and_it_is_counted(
    light: Context, light_ask: Ask, proof: dict[str, Any]
) -> None:
    assert light_ask(**proof) == InquiryAnswer(code="salah")
    assert [row.failed_claims for row in rows(light, sa.select(applications))] == [1]


def test_both_databases_count_alike_whatever_is_typed(context: Context, ask: Ask) -> None:
    wrong = (by_pin("\0"), by_pin(WRONG), by_secret("\0"), by_secret("zz"))
    assert [ask(**proof).code for proof in wrong] == ["salah"] * 4
    assert [row.failed_claims for row in rows(context, sa.select(applications))] == [4]


def test_an_unknown_ticket_is_answered_like_a_wrong_pin(ask: Ask) -> None:
    spaced_out = f"{ticket(1)[:4]}-{ticket(1)[4:8]}-{ticket(1)[8:]}"
    unknown = (ticket(2), ticket(1)[:-1], ticket(1) + "0", spaced_out, "", "\0", "%", "9" * 5000, "٣" * 12)
    told = [ask(**by_pin(WRONG)), *(ask(ticket=each) for each in unknown)]
    assert told == [InquiryAnswer(code="salah")] * 10


def test_neither_the_answer_s_size_nor_its_code_tells_an_unknown_ticket(
    context: Context, kiosk: Kiosk, ask: Ask
) -> None:
    reply = X25519PrivateKey.generate()
    told = [
        kiosk.ask_sealed(seal_to(context.keys.sealing.public_key(), inquiry(reply, **given), INQUIRY_INFO))
        for given in ({"ticket": ticket(2)}, by_pin(WRONG))
    ]
    assert {(answer.status_code, len(answer.data)) for answer in told} == {(200, len(told[0].data))}


def test_any_kiosk_may_ask(context: Context, app: Flask, ask: Ask) -> None:
    assert Kiosk.enrol(app, context, desa="3312122002").ask(context) == ask()


def test_the_proof_of_one_ticket_opens_no_other(context: Context, kiosk: Kiosk, ask: Ask) -> None:
    admit(context, kiosk, 2, pin="195738", secret=bytes(16))
    assert ask(ticket=ticket(2)).code == "salah"
    assert ask(ticket=ticket(2), **by_secret(SECRET.hex())).code == "salah"
    assert ask(ticket=ticket(2), **by_pin("195738")).code == "ok"


def test_a_packet_that_is_not_admitted_yet_is_unknown(context: Context, kiosk: Kiosk, ask: Ask) -> None:
    kiosk.deliver(sealed(context, packet(kiosk.kiosk_id, 2)))
    assert ask(ticket=ticket(2)).code == "salah"


# --- too many tries -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wrong", [by_pin(WRONG), by_secret("00" * 16)], ids=["pin", "secret"])
def test_the_fifth_wrong_proof_begins_a_pause_for_both(ask: Ask, wrong: dict[str, Any]) -> None:
    assert [ask(**wrong).code for _ in range(TRIES)] == ["salah"] * 4 + ["terkunci"]
    assert [ask(**proof) for proof in (by_pin(PIN), by_secret(SECRET.hex()))] == [InquiryAnswer(code="terkunci")] * 2


def test_the_pause_is_a_quarter_of_an_hour_and_then_the_count_begins_anew(context: Context, ask: Ask) -> None:
    for _ in range(TRIES):
        ask(**by_pin(WRONG))
    context.clock.advance(PAUSE.total_seconds() - 0.001)  # type: ignore[attr-defined]  # the tests' clock can be moved
    assert ask().code == "terkunci"
    context.clock.advance(0.001)  # type: ignore[attr-defined]  # the tests' clock can be moved
    assert [ask(**by_pin(WRONG)).code for _ in range(TRIES - 1)] == ["salah"] * 4
    assert ask().code == "ok"
    assert PAUSE.total_seconds() == 900


def test_the_right_proof_forgives_the_wrong_ones(ask: Ask) -> None:
    for _ in range(3):
        assert [ask(**by_pin(WRONG)).code for _ in range(TRIES - 1)] == ["salah"] * 4
        assert ask().code == "ok"


def test_tries_in_the_pause_do_not_make_it_longer(context: Context, ask: Ask) -> None:
    for _ in range(TRIES + 3):
        ask(**by_pin(WRONG))
    context.clock.advance(PAUSE.total_seconds())  # type: ignore[attr-defined]  # the tests' clock can be moved
    assert ask().code == "ok"


def test_one_ticket_s_pause_is_no_other_s(context: Context, kiosk: Kiosk, ask: Ask) -> None:
    admit(context, kiosk, 2)
    for _ in range(TRIES):
        ask(**by_pin(WRONG))
    assert ask(ticket=ticket(2)).code == "ok"


def test_guessing_at_once_and_by_many_kiosks_gives_no_more_guesses(context: Context, app: Flask, ask: Ask) -> None:
    kiosks = [Kiosk.enrol(app, context) for _ in range(3)]
    with ThreadPoolExecutor(6) as pool:
        told = list(pool.map(lambda n: kiosks[n % 3].ask(context, **by_pin(WRONG)).code, range(12)))
    assert (told.count("salah"), told.count("terkunci")) == (TRIES - 1, 12 - TRIES + 1)


# --- what is told ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", list(State), ids=str)
def test_each_state_has_its_words_and_nothing_of_the_form(
    light: Context, light_case: str, light_ask: Ask, state: State
) -> None:
    put_in(light, light_case, state)
    told = light_ask()
    assert (told.code, told.state, told.words) == ("ok", state, WORDS[state])
    assert told.queue_number == (1 if state is State.DIAJUKAN else None)
    assert not [word for word in (NIK, NAME, PIN, SECRET.hex()) if word in told.to_json().decode()]


@pytest.mark.parametrize("state", list(State), ids=str)
def test_the_reason_is_told_where_the_villager_must_act_and_nowhere_else(
    light: Context, light_case: str, light_ask: Ask, state: State
) -> None:
    put_in(light, light_case, state, reason="R04")
    expected = light.catalogue.reasons["R04"].text if state in (State.PERLU_DILENGKAPI, State.DIBATALKAN) else ""
    assert light_ask().reason == expected


@pytest.mark.parametrize("reason", ["R14", "R99", ""])
def test_a_reason_for_staff_only_is_not_told(light: Context, light_case: str, light_ask: Ask, reason: str) -> None:
    put_in(light, light_case, State.DIBATALKAN, reason=reason)
    assert light_ask().reason == ""
    assert light.catalogue.reasons["R14"].staff_only


def test_the_place_in_the_queue_counts_only_who_waits_before(context: Context, kiosk: Kiosk, ask: Ask) -> None:
    others = [admit(context, kiosk, number) for number in (2, 3, 4)]
    assert [ask(ticket=ticket(number)).queue_number for number in (1, 2, 3, 4)] == [1, 2, 3, 4]
    put_in(context, others[0], State.DISETUJUI)
    assert [ask(ticket=ticket(number)).queue_number for number in (1, 2, 3, 4)] == [1, None, 2, 3]


def test_the_moment_is_that_of_the_last_change(context: Context, case_id: str, ask: Ask) -> None:
    context.clock.advance(3600)  # type: ignore[attr-defined]  # the tests' clock can be moved
    vera = Officer(username="vera", name="Vera Contoh", role=Role.VERIFIKATOR)
    cases.act(context, vera, case_id, Action.SETUJUI, seen=State.DIAJUKAN)
    moved = context.stamp()
    context.clock.advance(3600)  # type: ignore[attr-defined]  # the tests' clock can be moved
    assert ask().changed_at == moved


# --- the document ---------------------------------------------------------------------------------------------------


def test_a_published_document_is_listed_handed_over_and_counted(context: Context, case_id: str, ask: Ask) -> None:
    document = publish(context, case_id)
    (listed,) = ask().documents
    assert (listed["id"], listed["output"], listed["pages"]) == (document, "KK", "1")
    assert "Kartu Keluarga" in listed["name"]
    told = ask(document=document, **by_secret(SECRET.hex()))
    (row,) = rows(context, sa.select(documents))
    assert told == InquiryAnswer(
        code="ok", state="SIAP_CETAK", pdf=base64.b64encode(context.blobs.get(row.sha256)).decode()
    )
    assert base64.b64decode(told.pdf or "").startswith(b"%PDF-")
    assert fetched(context) == [1]
    ask(document=document)
    assert fetched(context) == [2]


def test_a_signed_document_is_nobody_s_before_it_is_published(context: Context, case_id: str, ask: Ask) -> None:
    put_in(context, case_id, State.DIVALIDASI, entered_by="oki", validated_by="vali")
    pena = Officer(username="pena", name="Kepala Dinas Contoh", role=Role.PENANDA_TANGAN)
    cases.act(context, pena, case_id, Action.TANDA_TANGANI, seen=State.DIVALIDASI)
    (row,) = rows(context, sa.select(documents))
    assert ask(document=row.id) == InquiryAnswer(code="tidak_ada")
    assert ask().documents == ()
    assert fetched(context) == [0]


def test_a_document_is_handed_over_only_where_the_state_says_so(context: Context, case_id: str, ask: Ask) -> None:
    document, told = publish(context, case_id), {}
    for state in State:
        put_in(context, case_id, state)
        told[state] = (ask(document=document).code, len(ask().documents))
    assert told == {state: ("ok", 1) if state in PRINTABLE else ("tidak_ada", 0) for state in State}


def test_a_document_of_another_ticket_is_not_there(context: Context, kiosk: Kiosk, case_id: str, ask: Ask) -> None:
    document = publish(context, case_id)
    publish(context, admit(context, kiosk, 2))
    assert ask(ticket=ticket(2), document=document) == InquiryAnswer(code="tidak_ada")
    assert set(fetched(context)) == {0}


def test_a_document_that_there_is_not_is_not_there(context: Context, case_id: str, ask: Ask) -> None:
    publish(context, case_id)
    names = (str(uuid7()), "", "\0", "KK", "../keys/sealing", "x" * 5000)
    assert [ask(kind="document", document=name) for name in names] == [InquiryAnswer(code="tidak_ada")] * len(names)


def test_without_proof_no_document(context: Context, case_id: str, ask: Ask) -> None:
    document = publish(context, case_id)
    assert ask(document=document, **by_pin(WRONG)) == InquiryAnswer(code="salah")
    assert fetched(context) == [0]


# --- the wire -------------------------------------------------------------------------------------------------------


def seal_question(context: Context, plain: bytes, info: bytes = INQUIRY_INFO) -> bytes:
    return seal_to(context.keys.sealing.public_key(), plain, info)


def test_only_the_visit_s_own_key_opens_the_answer(light: Context, light_kiosk: Kiosk, light_case: str) -> None:
    reply = X25519PrivateKey.generate()
    body = light_kiosk.ask_sealed(seal_question(light, inquiry(reply))).data
    assert InquiryAnswer.from_json(unseal(reply, body, ANSWER_INFO)).code == "ok"
    for key, info in (
        (X25519PrivateKey.generate(), ANSWER_INFO), (light.keys.sealing, ANSWER_INFO), (reply, INQUIRY_INFO),
    ):  # fmt: skip
        with pytest.raises(PacketError) as refused:
            unseal(key, body, info)
        assert refused.value.code == "segel_rusak"


def test_the_wire_shows_neither_question_nor_answer(light: Context, light_kiosk: Kiosk, light_case: str) -> None:
    document, reply = publish(light, light_case), X25519PrivateKey.generate()
    for given in ({}, {"document": document}):
        asked = seal_question(light, inquiry(reply, **given))
        answer = light_kiosk.ask_sealed(asked)
        shown = asked + answer.data + str(answer.headers).encode()
        hidden = (ticket(1), PIN, SECRET.hex(), document, "Pengajuan", "SIAP_CETAK", "%PDF", "pin", '"code"')
        assert not [words for words in hidden if words.encode() in shown]
        assert answer.mimetype == "application/octet-stream"


def test_the_same_question_never_looks_the_same_nor_does_its_answer(
    light: Context, light_kiosk: Kiosk, light_case: str
) -> None:
    plain = inquiry(X25519PrivateKey.generate())
    asked = [seal_question(light, plain) for _ in range(3)]
    answers = [light_kiosk.ask_sealed(each).data for each in (*asked, asked[0])]
    assert len({*asked, *answers}) == 7


def test_a_question_that_is_not_sealed_to_the_centre_is_400(light: Context, light_kiosk: Kiosk) -> None:
    plain, stranger = inquiry(X25519PrivateKey.generate()), X25519PrivateKey.generate()
    good = seal_question(light, plain)
    spoiled = (
        b"", b"x", plain, good[:-1], good[:40], good + b"x", good[:-1] + bytes([good[-1] ^ 1]),
        seal_to(stranger.public_key(), plain, INQUIRY_INFO), seal_question(light, plain, ANSWER_INFO),
    )  # fmt: skip
    assert [code(light_kiosk.ask_sealed(body)) for body in spoiled] == [(400, "segel_rusak")] * len(spoiled)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"v": 2}, "versi"),
        ({"kind": "semua"}, "pesan_rusak"),
        ({"kind": "document"}, "pesan_rusak"),
        ({"document": "x"}, "pesan_rusak"),
        ({"proof": {}}, "pesan_rusak"),
        ({"proof": {"pin": PIN, "secret": SECRET.hex()}}, "pesan_rusak"),
        ({"proof": {"nik": NIK}}, "pesan_rusak"),
        ({"proof": {"pin": 482193}}, "pesan_rusak"),
        ({"proof": {"pin": "\ud800"}}, "pesan_rusak"),
        ({"ticket": 12}, "pesan_rusak"),
        ({"ticket": None}, "pesan_rusak"),
        ({"reply_to": ""}, "pesan_rusak"),
        ({"reply_to": "AAAA"}, "pesan_rusak"),
        ({"reply_to": base64.b64encode(bytes(32)).decode()}, "pesan_rusak"),
        ({"nik": NIK}, "pesan_rusak"),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_a_sealed_question_that_is_none_is_400_and_says_nothing_of_it(
    light: Context, light_kiosk: Kiosk, light_case: str, changes: dict[str, Any], expected: str
) -> None:
    whole = json.loads(inquiry(X25519PrivateKey.generate()))
    answer = light_kiosk.ask_sealed(seal_question(light, json.dumps({**whole, **changes}).encode()))
    assert code(answer) == (400, expected)
    assert NIK not in answer.text


def test_a_question_by_another_type_than_bytes_is_415(light: Context, light_kiosk: Kiosk) -> None:
    body = seal_question(light, inquiry(X25519PrivateKey.generate()))
    assert code(light_kiosk.ask_sealed(body, JSON)) == (415, "jenis_isi_salah")


def test_the_log_says_nothing_of_questions(
    light: Context, light_kiosk: Kiosk, light_case: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("DEBUG"):
        light_kiosk.ask(light)
        light_kiosk.ask(light, **by_pin(WRONG))
        light_kiosk.ask_sealed(b"x")
    assert not [word for word in (ticket(1), PIN, WRONG, NIK, NAME, light_case) if word in caplog.text]
