"""Who may move an application from where: every role in every state presses every button, and only the right ones move it."""

import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from flask import Flask

from adminduk.application import MOVES, Action, Forbidden, Role, State
from central.accounts import Officer
from central.context import Context
from central.desk import cases
from central.schema import applications, documents, events
from tests.unit.central.conftest import rows
from tests.unit.central.office import NAME_OF, Browser, admit, hire, put_in, transfer
from tests.unit.central.people import Kiosk

REASON = "R07"
UNKNOWN = "01900000-0000-7000-8000-000000000000"
# docs/architecture.md, arrow by arrow; written anew, so that a slip in adminduk.application shows here
ALLOWED: Mapping[tuple[Role, State], Mapping[Action, State]] = {
    (Role.VERIFIKATOR, State.DIAJUKAN): {
        Action.SETUJUI: State.DISETUJUI,
        Action.KEMBALIKAN: State.PERLU_DILENGKAPI,
        Action.BATALKAN: State.DIBATALKAN,
    },
    (Role.VERIFIKATOR, State.DISETUJUI): {Action.BATALKAN: State.DIBATALKAN},
    (Role.OPERATOR_SIAK, State.DISETUJUI): {Action.ENTRI: State.DIPROSES},
    (Role.VALIDATOR, State.DIPROSES): {Action.VALIDASI: State.DIVALIDASI, Action.TOLAK_VALIDASI: State.DISETUJUI},
    (Role.PENANDA_TANGAN, State.DIVALIDASI): {Action.TANDA_TANGANI: State.DITANDATANGANI},
    (Role.PENANDA_TANGAN, State.DITANDATANGANI): {Action.TERBITKAN: State.SIAP_CETAK},
    (Role.VERIFIKATOR, State.DITANDATANGANI): {Action.TERBITKAN: State.SIAP_CETAK},
}
ARROWS = [(role, state, action) for (role, state), actions in ALLOWED.items() for action in actions]
CORNERS = [(role, state) for role in NAME_OF for state in State]
WITH_REASON = (Action.KEMBALIKAN, Action.BATALKAN, Action.TOLAK_VALIDASI)
CHAIN = (
    ("vera", Action.SETUJUI, State.DIAJUKAN),
    ("oki", Action.ENTRI, State.DISETUJUI),
    ("vali", Action.VALIDASI, State.DIPROSES),
    ("pena", Action.TANDA_TANGANI, State.DIVALIDASI),
    ("vera", Action.TERBITKAN, State.DITANDATANGANI),
)


@pytest.fixture
def case_id(context: Context, kiosk: Kiosk) -> str:
    """On each engine."""
    hire(context)
    return admit(context, kiosk)


@pytest.fixture
def light_case(light: Context, light_kiosk: Kiosk) -> str:
    """On SQLite, where the database makes no difference."""
    hire(light)
    return admit(light, light_kiosk)


def officer(username: str, role: Role) -> Officer:
    return Officer(username=username, name=f"{username.title()} Contoh", role=role)


def everything(context: Context) -> list[object]:
    """All that a move may change."""
    tables = (applications, events, documents)
    return [tuple(row) for table in tables for row in rows(context, sa.select(table))]


def state_of(context: Context, case_id: str) -> State:
    return State(str(rows(context, sa.select(applications.c.state).where(applications.c.id == case_id))[0].state))


def buttons(browser: Browser, case_id: str) -> set[str]:
    """What the opened page offers."""
    return set(re.findall(r'name="tindakan" value="([a-z_]+)"', browser.get(f"/permohonan/{case_id}").text))


# --- the whole table ------------------------------------------------------------------------------------------------


def test_the_arrows_of_the_page_are_those_of_the_code() -> None:
    coded = {
        (role, state, action): move.target
        for action, move in MOVES.items()
        for role in move.roles - {Role.SISTEM}
        for state in move.sources
    }
    assert coded == {(role, state, action): ALLOWED[role, state][action] for role, state, action in ARROWS}
    assert {action for action, move in MOVES.items() if move.needs_reason} == set(WITH_REASON)


@pytest.mark.parametrize(("role", "state"), CORNERS, ids=lambda value: str(value))
def test_every_other_button_is_refused_and_changes_nothing(
    light: Context, light_app: Flask, light_case: str, role: Role, state: State
) -> None:
    put_in(light, light_case, state, entered_by="siapa", validated_by="siapa")
    browser, allowed = Browser.of(light_app, NAME_OF[role]), ALLOWED.get((role, state), {})
    assert buttons(browser, light_case) == set(allowed)
    before = everything(light)
    told = {
        action: browser.press(light_case, action, seen=state, reason=REASON).status_code
        for action in Action
        if action not in allowed
    }
    assert told == {action: 403 for action in Action if action not in allowed}
    assert everything(light) == before


@pytest.mark.parametrize(("role", "state"), CORNERS, ids=lambda value: str(value))
def test_the_refusal_says_whether_the_role_or_the_state_is_wrong(
    light: Context, light_case: str, role: Role, state: State
) -> None:
    put_in(light, light_case, state, entered_by="siapa", validated_by="siapa")
    mine = {action for (own, _), actions in ALLOWED.items() if own is role for action in actions}
    told = {}
    for action in set(Action) - set(ALLOWED.get((role, state), {})):
        with pytest.raises(Forbidden) as refused:
            cases.act(light, officer("x", role), light_case, action, seen=state, reason=REASON)
        told[action] = refused.value.code
    assert told == {action: "keadaan_salah" if action in mine else "peran_salah" for action in told}


@pytest.mark.parametrize(("role", "state", "action"), ARROWS, ids=lambda value: str(value))
def test_every_right_button_moves_it_once_and_writes_down_who(
    light: Context, light_app: Flask, light_case: str, role: Role, state: State, action: Action
) -> None:
    put_in(light, light_case, state, entered_by="siapa", validated_by="siapa")
    light.clock.advance(60)  # type: ignore[attr-defined]  # the tests' clock can be moved
    username, reason = NAME_OF[role], REASON if action in WITH_REASON else ""
    assert Browser.of(light_app, username).press(light_case, action, seen=state, reason=reason).status_code == 303
    row, event = rows(light, sa.select(applications))[0], rows(light, sa.select(events).order_by(events.c.id))[-1]
    target = ALLOWED[role, state][action]
    assert (row.state, row.reason, row.changed_at) == (target, reason, light.stamp())
    told = (event.actor, event.role, event.action, event.before, event.after, event.reason, event.at)
    assert told == (username, role, action, state, target, reason, light.stamp())


@pytest.mark.parametrize(("role", "state", "action"), ARROWS, ids=lambda value: str(value))
def test_pressed_twice_it_moves_once_and_the_second_says_that_somebody_was_faster(
    light: Context, light_app: Flask, light_case: str, role: Role, state: State, action: Action
) -> None:
    put_in(light, light_case, state, entered_by="siapa", validated_by="siapa")
    browser = Browser.of(light_app, NAME_OF[role])
    first = browser.press(light_case, action, seen=state, reason=REASON)
    after = everything(light)
    second = browser.press(light_case, action, seen=state, reason=REASON)
    assert (first.status_code, second.status_code) == (303, 409)
    assert "Petugas lain sudah mengubah permohonan ini." in second.text
    assert everything(light) == after


# --- the chain, on both engines -------------------------------------------------------------------------------------


def test_five_turns_of_four_officers_make_a_published_document(context: Context, app: Flask, case_id: str) -> None:
    for username, action, seen in CHAIN:
        assert documents_of(context) in ([], [None])
        assert Browser.of(app, username).press(case_id, action, seen=seen).status_code == 303
    assert state_of(context, case_id) is State.SIAP_CETAK
    assert documents_of(context) == [context.stamp()]
    (document,) = rows(context, sa.select(documents))
    assert (document.output, document.signed_by, document.pages, document.fetched) == ("KK", "pena", 1, 0)
    past = rows(context, sa.select(events).order_by(events.c.id))
    assert [event.action for event in past] == ["ajukan", *(action for _, action, _ in CHAIN)]
    assert [event.after for event in past][:-1] == [event.before for event in past][1:]


def documents_of(context: Context) -> list[object]:
    return [row.published_at for row in rows(context, sa.select(documents))]


def test_a_service_without_a_document_ends_with_the_validation(context: Context, app: Flask, kiosk: Kiosk) -> None:
    hire(context)
    case = admit(context, kiosk, service="KONSOL")
    for username, action, seen in CHAIN[:3]:
        assert Browser.of(app, username).press(case, action, seen=seen).status_code == 303
    assert state_of(context, case) is State.SELESAI
    last = rows(context, sa.select(events).order_by(events.c.id))[-1]
    assert (last.actor, last.role, last.action, last.before) == ("sistem", "sistem", "selesaikan", "DIVALIDASI")
    assert rows(context, sa.select(documents)) == []


def test_approving_and_cancelling_at_once_one_of_them_counts(context: Context, case_id: str) -> None:
    vera = officer("vera", Role.VERIFIKATOR)

    def press(action: Action) -> str:
        try:
            return cases.act(context, vera, case_id, action, seen=State.DIAJUKAN, reason=REASON)
        except cases.Overtaken:
            return "didahului"

    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(press, (Action.SETUJUI, Action.BATALKAN, Action.KEMBALIKAN, Action.SETUJUI)))
    assert told.count("didahului") == 3
    assert state_of(context, case_id) in told
    assert len(rows(context, sa.select(events))) == 2


def test_signed_twice_at_once_there_is_one_document(context: Context, case_id: str) -> None:
    put_in(context, case_id, State.DIVALIDASI, entered_by="oki", validated_by="vali")
    pena = officer("pena", Role.PENANDA_TANGAN)

    def press(_: int) -> str:
        try:
            return cases.act(context, pena, case_id, Action.TANDA_TANGANI, seen=State.DIVALIDASI)
        except cases.Overtaken:
            return "didahului"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(press, range(2))) == ["DITANDATANGANI", "didahului"]
    assert len(rows(context, sa.select(documents))) == 1


def test_where_signing_fails_nothing_has_moved(context: Context, case_id: str) -> None:
    put_in(context, case_id, State.DIVALIDASI, entered_by="oki", validated_by="vali")
    (context.settings.authority / "signer.key").unlink()
    before = everything(context)
    with pytest.raises(FileNotFoundError, match="no signer"):
        cases.act(context, officer("pena", Role.PENANDA_TANGAN), case_id, Action.TANDA_TANGANI, seen=State.DIVALIDASI)
    assert everything(context) == before


# --- four eyes ------------------------------------------------------------------------------------------------------


def test_who_entered_does_not_validate_even_in_another_post(context: Context, app: Flask, case_id: str) -> None:
    put_in(context, case_id, State.DISETUJUI)
    Browser.of(app, "oki").press(case_id, Action.ENTRI, seen=State.DISETUJUI)
    transfer(context, "oki", Role.VALIDATOR)
    browser = Browser.of(app, "oki")
    assert buttons(browser, case_id) == {"tolak_validasi"}
    answer = browser.press(case_id, Action.VALIDASI, seen=State.DIPROSES)
    assert (answer.status_code, state_of(context, case_id)) == (403, State.DIPROSES)
    assert "orang lain yang harus memvalidasi" in answer.text
    assert Browser.of(app, "vali").press(case_id, Action.VALIDASI, seen=State.DIPROSES).status_code == 303


def test_who_validated_does_not_sign_even_in_another_post(context: Context, app: Flask, case_id: str) -> None:
    put_in(context, case_id, State.DIPROSES, entered_by="oki")
    Browser.of(app, "vali").press(case_id, Action.VALIDASI, seen=State.DIPROSES)
    transfer(context, "vali", Role.PENANDA_TANGAN)
    browser = Browser.of(app, "vali")
    assert buttons(browser, case_id) == set()
    answer = browser.press(case_id, Action.TANDA_TANGANI, seen=State.DIVALIDASI)
    assert (answer.status_code, state_of(context, case_id)) == (403, State.DIVALIDASI)
    assert "orang lain yang harus menandatangani" in answer.text
    assert rows(context, sa.select(documents)) == []


def test_sent_back_to_entry_the_second_entry_counts(light: Context, light_app: Flask, light_case: str) -> None:
    put_in(light, light_case, State.DIPROSES, entered_by="oki")
    vali = Browser.of(light_app, "vali")
    vali.press(light_case, Action.TOLAK_VALIDASI, seen=State.DIPROSES, reason="R08")
    transfer(light, "vera", Role.OPERATOR_SIAK)
    Browser.of(light_app, "vera").press(light_case, Action.ENTRI, seen=State.DISETUJUI)
    row = rows(light, sa.select(applications))[0]
    assert (row.state, row.entered_by, row.validated_by, row.reason) == (State.DIPROSES, "vera", None, "")


# --- reasons and notes ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("action", "role", "state"), [(a, r, s) for r, s, a in ARROWS if a in WITH_REASON], ids=lambda v: str(v)
)
@pytest.mark.parametrize("reason", ["", "R99", "karena saya mau", " "])
def test_without_a_reason_of_the_list_nothing_is_returned_or_cancelled(
    light: Context, light_app: Flask, light_case: str, action: Action, role: Role, state: State, reason: str
) -> None:
    put_in(light, light_case, state, entered_by="siapa")
    before = everything(light)
    answer = Browser.of(light_app, NAME_OF[role]).press(light_case, action, seen=state, reason=reason)
    assert answer.status_code == 403
    assert "Pilih alasannya dahulu." in answer.text
    assert everything(light) == before


def test_a_reason_that_nobody_asked_for_is_not_kept(light: Context, light_app: Flask, light_case: str) -> None:
    Browser.of(light_app, "vera").press(light_case, Action.SETUJUI, seen=State.DIAJUKAN, reason="R14")
    assert [row.reason for row in rows(light, sa.select(applications))] == [""]
    assert {row.reason for row in rows(light, sa.select(events))} == {""}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Kurang satu halaman", "Kurang satu halaman"),
        ("NIK 3312120101909901 salah", "NIK 331212******9901 salah"),
        ("x" * 600, "x" * 500),
        ("x" * 490 + "3312120101909901", "x" * 490 + "331212****"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("nol \0 di tengah", "nol  di tengah"),
    ],
    ids=["words", "number", "long", "number at the cut", "markup", "nul"],
)
def test_a_note_is_kept_without_numbers_of_people_and_not_endlessly(
    context: Context, app: Flask, case_id: str, typed: str, kept: str
) -> None:
    browser = Browser.of(app, "vera")
    answer = browser.press(case_id, Action.KEMBALIKAN, seen=State.DIAJUKAN, reason=REASON, note=typed)
    assert answer.status_code == 303
    assert rows(context, sa.select(events).order_by(events.c.id))[-1].note == kept
    assert "<script>" not in browser.get(f"/permohonan/{case_id}").text


# --- what is not there ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("action", list(Action), ids=str)
def test_an_application_that_is_not_there_cannot_be_moved(light: Context, light_case: str, action: Action) -> None:
    with pytest.raises(cases.Gone):
        cases.act(light, officer("pena", Role.PENANDA_TANGAN), UNKNOWN, action, seen=State.DIAJUKAN)
    assert len(rows(light, sa.select(events))) == 1
