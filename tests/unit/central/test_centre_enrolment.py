"""A code, a kiosk and an admin: single use, five tries, three days, six digits; then a new key, and leaving."""

import json
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask
from werkzeug.test import TestResponse

from adminduk import enrolment_codes
from adminduk.clock import ManualClock
from adminduk.enrolments import EnrolAnswer, EnrolQuestion, EnrolRequest, Leave, Left, NewKey, StickFile, public_hex
from adminduk.messages import Heartbeat, Message
from adminduk.regions import parse
from central.__main__ import main
from central.context import Context
from central.fleet import deciding, enrolment, kiosks
from central.fleet.kiosks import EnrolmentError
from central.intake.wire import LARGEST_STRANGER
from central.schema import audit
from central.schema import enrolment_codes as table
from central.schema import kiosks as kiosk_table
from tests.unit.central.conftest import faulty, rows
from tests.unit.central.people import JSON, Kiosk, code, noise

DESA = "3312122001"
BEAT = Heartbeat(sequence=1, versions={}, devices={}, queue=0, oldest_s=0, free_mb=1, clock_trusted=True)
Post = Callable[[str, Message], TestResponse]


def post(app: Flask, path: str, message: Message) -> TestResponse:
    """As a kiosk that nobody knows yet."""
    return app.test_client().post(f"/api/v1{path}", data=message.to_json(), content_type=JSON)


def claim(app: Flask, told: str, key: Ed25519PrivateKey) -> TestResponse:
    return post(app, "/enrol", EnrolRequest.made(told, key))


def waiting_kiosk(app: Flask, context: Context, key: Ed25519PrivateKey) -> EnrolAnswer:
    """A code issued and used."""
    new = enrolment.issue(context, desa=DESA, actor="ada")
    return EnrolAnswer.from_json(claim(app, new.code, key).data)


def digits(context: Context, key: Ed25519PrivateKey, row: str) -> str:
    """As the kiosk's screen shows them."""
    return enrolment_codes.fingerprint(public_hex(key), row, context.keys.receipt_hex)


def wrong(told: str, nth: int = 0) -> str:
    """The ``nth`` guess: the first letters right, the rest not."""
    letter = enrolment_codes.ALPHABET[(enrolment_codes.ALPHABET.index(told[-1]) + 1 + nth) % 32]
    return told[:-1] + letter


def notes(context: Context) -> list[tuple[str, str]]:
    return [(str(row.actor), str(row.what)) for row in rows(context, sa.select(audit).order_by(audit.c.id))]


@pytest.fixture
def key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.generate()


# --- the way that goes well -----------------------------------------------------------------------------------------


def test_a_code_a_key_and_an_admin_s_yes_make_a_kiosk(app: Flask, context: Context, key: Ed25519PrivateKey) -> None:
    first = waiting_kiosk(app, context, key)
    assert (first.state, first.desa, first.receipt_key) == ("waiting", DESA, context.keys.receipt_hex)
    (waiting,) = deciding.waiting(context)
    assert (waiting.row, waiting.fingerprint) == (first.row, digits(context, key, first.row))
    enrolled = deciding.confirm(context, first.row, fingerprint=waiting.fingerprint, actor="ada")
    answer = EnrolAnswer.from_json(post(app, "/enrol/status", EnrolQuestion.made(first.row, key)).data)
    assert (answer.state, answer.kiosk_id, answer.number) == ("confirmed", enrolled.kiosk_id, enrolled.number)
    assert answer.sealing_key == context.keys.sealing_hex
    assert "BEGIN CERTIFICATE" in answer.roots
    assert deciding.waiting(context) == ()
    assert Kiosk(app, answer.kiosk_id, key).put("/heartbeat", BEAT).status_code == 204


def test_a_lost_answer_is_given_again_before_and_after_the_yes(
    light_app: Flask, light: Context, key: Ed25519PrivateKey
) -> None:
    new = enrolment.issue(light, desa=DESA, actor="ada")
    first, again = (claim(light_app, new.code, key) for _ in range(2))
    assert first.data == again.data
    deciding.confirm(light, new.row, fingerprint=digits(light, key, new.row), actor="ada")
    assert EnrolAnswer.from_json(claim(light_app, new.code, key).data).state == "confirmed"
    assert len(rows(light, sa.select(kiosk_table))) == 1


def test_the_name_of_the_desa_and_the_content_s_root_come_along_where_the_centre_has_them(
    light_app: Flask, light: Context, key: Ed25519PrivateKey
) -> None:
    regions = parse(["33\tJAWA TENGAH", "3312\tKABUPATEN CONTOH", "331212\tKECAMATAN CONTOH", f"{DESA}\tCONTOH"])
    row = waiting_kiosk(light_app, light, key).row
    deciding.confirm(light, row, fingerprint=digits(light, key, row), actor="ada")
    light.settings.content_root.parent.mkdir()
    light.settings.content_root.write_text('{"signed":1}')
    told = enrolment.ask(faulty(light, regions=regions), EnrolQuestion.made(row, key))
    assert (told.desa_name, told.content_root) == ("CONTOH", '{"signed":1}')


def test_everything_is_in_the_audit_and_nothing_there_or_in_the_database_is_a_code(
    light_app: Flask, light: Context, key: Ed25519PrivateKey, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("DEBUG"):
        new = enrolment.issue(light, desa=DESA, actor="ada")
        claim(light_app, wrong(new.code), key)
        claim(light_app, new.code, key)
        six = digits(light, key, new.row)
        enrolled = deciding.confirm(light, new.row, fingerprint=six, actor="ada")
        kiosks.revoke(light, enrolled.kiosk_id, actor="ada")
    assert notes(light) == [
        ("ada", "kode_dibuat"), ("kios", "kode_dipakai"), ("ada", "kios_diterima"), ("ada", "kios_dicabut"),
    ]  # fmt: skip
    kept = repr([rows(light, sa.select(each)) for each in (audit, table, kiosk_table)])
    assert new.code not in kept + caplog.text + repr(new)
    assert public_hex(key) not in caplog.text
    assert six not in caplog.text


# --- refusals ---------------------------------------------------------------------------------------------------------


def test_a_wrong_code_is_refused_and_the_right_one_still_works(
    app: Flask, context: Context, key: Ed25519PrivateKey
) -> None:
    new = enrolment.issue(context, desa=DESA, actor="ada")
    for nth in range(4):
        assert code(claim(app, wrong(new.code, nth), key)) == (403, "kode_salah")
    assert claim(app, new.code, key).status_code == 200


def test_the_fifth_wrong_try_ends_the_code_and_the_sixth_with_the_right_one_finds_it_dead(
    app: Flask, context: Context, key: Ed25519PrivateKey
) -> None:
    new = enrolment.issue(context, desa=DESA, actor="ada")
    told = [code(claim(app, wrong(new.code, nth), key))[1] for nth in range(5)]
    assert told == ["kode_salah"] * 4 + ["kode_terkunci"]
    assert code(claim(app, new.code, key)) == (403, "kode_terkunci")
    assert notes(context)[-1] == ("kios", "kode_terkunci")


def test_guesses_sent_at_once_are_all_counted(app: Flask, context: Context, key: Ed25519PrivateKey) -> None:
    new = enrolment.issue(context, desa=DESA, actor="ada")
    with ThreadPoolExecutor(6) as pool:
        told = list(pool.map(lambda nth: code(claim(app, wrong(new.code, nth), key))[1], range(6)))
    assert sorted(told) == ["kode_salah"] * 4 + ["kode_terkunci"] * 2
    assert code(claim(app, new.code, key)) == (403, "kode_terkunci")


def test_a_code_that_nobody_issued_looks_like_a_wrong_one_and_touches_no_other(
    light_app: Flask, light: Context, key: Ed25519PrivateKey
) -> None:
    new = enrolment.issue(light, desa=DESA, actor="ada")
    first = enrolment_codes.ALPHABET[(enrolment_codes.ALPHABET.index(new.code[0]) + 1) % 32]
    assert code(claim(light_app, first + new.code[1:], key)) == (403, "kode_salah")
    assert [row.wrong_tries for row in rows(light, sa.select(table))] == [0]


@pytest.mark.parametrize(("hours", "expected"), [(71.99, 200), (72, 403)])
def test_a_code_lives_seventy_two_hours_of_the_centre_s_clock(
    light_app: Flask, light: Context, clock: ManualClock, key: Ed25519PrivateKey, hours: float, expected: int
) -> None:
    new = enrolment.issue(light, desa=DESA, actor="ada")
    clock.advance(timedelta(hours=hours).total_seconds())
    answer = claim(light_app, new.code, key)
    assert answer.status_code == expected
    assert expected == 200 or code(answer)[1] == "kode_kedaluwarsa"


def test_a_used_code_is_no_other_kiosk_s(light_app: Flask, light: Context, key: Ed25519PrivateKey) -> None:
    new = enrolment.issue(light, desa=DESA, actor="ada")
    claim(light_app, new.code, key)
    assert code(claim(light_app, new.code, Ed25519PrivateKey.generate())) == (409, "kode_dipakai")
    assert code(claim(light_app, wrong(new.code), key)) == (403, "kode_salah")


def test_two_kiosks_race_for_one_code_and_one_has_it(app: Flask, context: Context) -> None:
    new = enrolment.issue(context, desa=DESA, actor="ada")
    keys = [Ed25519PrivateKey.generate() for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(lambda key: claim(app, new.code, key).status_code, keys))
    assert sorted(told) == [200, 409, 409, 409]
    (waiting,) = deciding.waiting(context)
    assert waiting.fingerprint == digits(context, keys[told.index(200)], new.row)


def test_a_key_that_is_a_kiosk_s_already_takes_no_code(light: Context, light_kiosk: Kiosk) -> None:
    new = enrolment.issue(light, desa=DESA, actor="ada")
    assert code(claim(light_kiosk.app, new.code, light_kiosk.key)) == (409, "kunci_dipakai")
    kiosks.revoke(light, light_kiosk.kiosk_id)
    assert code(claim(light_kiosk.app, new.code, light_kiosk.key)) == (409, "kunci_dipakai")
    assert claim(light_kiosk.app, new.code, Ed25519PrivateKey.generate()).status_code == 200


def test_who_does_not_hold_the_key_cannot_name_it(light_app: Flask, light: Context, key: Ed25519PrivateKey) -> None:
    new = enrolment.issue(light, desa=DESA, actor="ada")
    honest = EnrolRequest.made(new.code, Ed25519PrivateKey.generate())
    forged = EnrolRequest(code=new.code, public_key=public_hex(key), proof=honest.proof)
    assert code(post(light_app, "/enrol", forged)) == (400, "bukti_salah")
    claim(light_app, new.code, key)
    question = EnrolQuestion.made(new.row, key)
    stranger = EnrolQuestion(row=new.row, public_key=public_hex(key), proof=honest.proof)
    assert code(post(light_app, "/enrol/status", stranger)) == (400, "bukti_salah")
    assert post(light_app, "/enrol/status", question).status_code == 200


def test_another_key_learns_nothing_about_a_code(light_app: Flask, light: Context, key: Ed25519PrivateKey) -> None:
    row = waiting_kiosk(light_app, light, key).row
    other = Ed25519PrivateKey.generate()
    assert code(post(light_app, "/enrol/status", EnrolQuestion.made(row, other))) == (404, "tidak_ada")
    assert code(post(light_app, "/enrol/status", EnrolQuestion.made("00" * 16, key))) == (404, "tidak_ada")


def test_an_endless_body_of_a_stranger_is_not_read(light_app: Flask) -> None:
    answer = light_app.test_client().post("/api/v1/enrol", data=b"x" * (LARGEST_STRANGER + 1), content_type=JSON)
    assert code(answer) == (413, "terlalu_besar")


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b'{"v":1,"code":"\\u0000"}'])
def test_malformed_words_of_a_stranger_are_a_problem(light_app: Flask, body: bytes) -> None:
    answer = light_app.test_client().post("/api/v1/enrol", data=body, content_type=JSON)
    assert answer.status_code == 400


def test_a_desa_that_is_no_code_gets_none(light: Context) -> None:
    with pytest.raises(EnrolmentError) as refused:
        enrolment.issue(light, desa="12", actor="ada")
    assert refused.value.code == "desa_salah"


def test_codes_alive_at_once_never_share_their_first_letters_and_are_not_endless(
    light: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(enrolment, "LARGEST_COUNT", 3)

    class Dice:
        """The first three letters are the same three times over."""

        throws = [0] * 10 + [0] * 10 + [1] * 10 + [2] * 10

        def token_bytes(self, nbytes: int, /) -> bytes:
            return len(self.throws).to_bytes(nbytes)

        def randbelow(self, _bound: int, /) -> int:
            return self.throws.pop(0)

    loaded = faulty(light, dice=Dice())
    issued = [enrolment.issue(loaded, desa=DESA, actor="ada").code for _ in range(3)]
    assert issued == ["0" * 10, "1" * 10, "2" * 10]
    with pytest.raises(EnrolmentError) as refused:
        enrolment.issue(loaded, desa=DESA, actor="ada")
    assert refused.value.code == "penuh"


# --- the admin's word ---------------------------------------------------------------------------------------------------


def test_other_digits_take_no_kiosk(light_app: Flask, light: Context, key: Ed25519PrivateKey) -> None:
    row = waiting_kiosk(light_app, light, key).row
    six = digits(light, key, row)
    for told in ("", "000000", f"{int(six) ^ 1:06d}", six[:5]):
        with pytest.raises(EnrolmentError) as refused:
            deciding.confirm(light, row, fingerprint=told, actor="ada")
        assert refused.value.code == "sidik_berbeda"
    assert deciding.confirm(light, row, fingerprint=enrolment_codes.spoken(six), actor="ada").number == 1


def test_a_declined_kiosk_reads_so_and_its_code_is_spent(
    light_app: Flask, light: Context, key: Ed25519PrivateKey
) -> None:
    new = enrolment.issue(light, desa=DESA, actor="ada")
    claim(light_app, new.code, key)
    deciding.decline(light, new.row, actor="ada")
    assert code(post(light_app, "/enrol/status", EnrolQuestion.made(new.row, key))) == (403, "ditolak")
    assert code(claim(light_app, new.code, key)) == (403, "ditolak")
    assert notes(light)[-1] == ("ada", "kios_ditolak")
    second = enrolment.issue(light, desa=DESA, actor="ada")
    assert claim(light_app, second.code, key).status_code == 200


def test_only_who_waits_is_decided_about_and_only_once(
    light_app: Flask, light: Context, key: Ed25519PrivateKey
) -> None:
    unused = enrolment.issue(light, desa=DESA, actor="ada").row
    row = waiting_kiosk(light_app, light, key).row
    deciding.decline(light, row, actor="ada")
    for each in (unused, row, "00" * 16, "", "\0"):
        with pytest.raises(EnrolmentError, match="tidak_menunggu"):
            deciding.confirm(light, each, fingerprint="000000", actor="ada")
        with pytest.raises(EnrolmentError, match="tidak_menunggu"):
            deciding.decline(light, each, actor="ada")


def test_two_admins_say_yes_at_once_and_it_is_one_kiosk(app: Flask, context: Context, key: Ed25519PrivateKey) -> None:
    row = waiting_kiosk(app, context, key).row
    six = digits(context, key, row)

    def confirm(who: str) -> str:
        try:
            return deciding.confirm(context, row, fingerprint=six, actor=who).kiosk_id
        except EnrolmentError as error:
            return error.code

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(confirm, ("ada", "adi", "ari"))) == ["K-0001", "tidak_menunggu", "tidak_menunggu"]


def test_two_kiosks_confirmed_at_once_have_two_numbers(app: Flask, context: Context) -> None:
    keys = [Ed25519PrivateKey.generate() for _ in range(4)]
    told = [(key, waiting_kiosk(app, context, key).row) for key in keys]

    def confirm(one: tuple[Ed25519PrivateKey, str]) -> int:
        key, row = one
        return deciding.confirm(context, row, fingerprint=digits(context, key, row), actor="ada").number

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(confirm, told)) == [1, 2, 3, 4]


# --- a new key ----------------------------------------------------------------------------------------------------------


def offer(kiosk: Kiosk, new: Ed25519PrivateKey, kiosk_id: str = "") -> TestResponse:
    return kiosk.put("/key", NewKey.made(kiosk_id or kiosk.kiosk_id, new))


def test_the_old_key_ends_when_the_new_one_signs_and_not_before(context: Context, kiosk: Kiosk) -> None:
    new = Ed25519PrivateKey.generate()
    renewed = Kiosk(kiosk.app, kiosk.kiosk_id, new)
    assert offer(kiosk, new).status_code == 204
    assert kiosk.put("/heartbeat", BEAT).status_code == 204  # the power went: the kiosk still has only the old one
    assert offer(kiosk, new).status_code == 204  # the answer was lost
    assert renewed.put("/heartbeat", BEAT).status_code == 204
    assert code(kiosk.put("/heartbeat", BEAT)) == (401, "kios_tidak_dikenal")
    assert offer(renewed, new).status_code == 204
    assert [what for _, what in notes(context)] == ["kunci_baru_ditawarkan", "kunci_baru_berlaku"]


def test_a_new_key_that_never_signed_gives_way_to_the_next(light: Context, light_kiosk: Kiosk) -> None:
    lost, new = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    offer(light_kiosk, lost)
    offer(light_kiosk, new)
    assert code(Kiosk(light_kiosk.app, light_kiosk.kiosk_id, lost).put("/heartbeat", BEAT))[0] == 401
    assert Kiosk(light_kiosk.app, light_kiosk.kiosk_id, new).put("/heartbeat", BEAT).status_code == 204


def test_a_new_key_proves_itself_for_this_kiosk_and_is_nobody_else_s(light: Context, light_kiosk: Kiosk) -> None:
    other, new = Kiosk.enrol(light_kiosk.app, light), Ed25519PrivateKey.generate()
    assert code(offer(light_kiosk, new, "K-0009")) == (400, "bukti_salah")
    assert code(offer(light_kiosk, other.key)) == (409, "kunci_dipakai")
    assert offer(other, new).status_code == 204
    assert code(offer(light_kiosk, new)) == (409, "kunci_dipakai")


def test_one_key_offered_by_two_kiosks_at_once_is_one_s(context: Context, kiosk: Kiosk) -> None:
    other, new = Kiosk.enrol(kiosk.app, context), Ed25519PrivateKey.generate()
    with ThreadPoolExecutor(2) as pool:
        told = sorted(pool.map(lambda one: offer(one, new).status_code, (kiosk, other)))
    assert told == [204, 409]


def test_a_revoked_kiosk_s_next_key_is_as_dead_as_its_first(light: Context, light_kiosk: Kiosk) -> None:
    new = Ed25519PrivateKey.generate()
    offer(light_kiosk, new)
    kiosks.revoke(light, light_kiosk.kiosk_id)
    for key in (light_kiosk.key, new):
        assert code(Kiosk(light_kiosk.app, light_kiosk.kiosk_id, key).put("/heartbeat", BEAT))[0] == 401
        assert code(Kiosk(light_kiosk.app, light_kiosk.kiosk_id, key).put("/key", NewKey.made("K-0001", key)))[0] == 401


# --- leaving ------------------------------------------------------------------------------------------------------------


def ask_to_leave(kiosk: Kiosk, desa: str = DESA) -> TestResponse:
    return kiosk.send(kiosk.request("POST", "/move", Leave(desa=desa).to_json(), content_type=JSON))


def test_a_kiosk_that_left_may_only_ask_again(context: Context, kiosk: Kiosk) -> None:
    first, again = ask_to_leave(kiosk), ask_to_leave(kiosk)
    assert Left.from_json(first.data) == Left(kiosk_id=kiosk.kiosk_id, at=context.stamp())
    assert first.data == again.data
    assert code(kiosk.put("/heartbeat", BEAT)) == (401, "kios_tidak_dikenal")
    assert code(offer(kiosk, Ed25519PrivateKey.generate()))[0] == 401
    assert [what for _, what in notes(context)].count("kios_pindah") == 1


def test_a_packet_that_is_still_on_its_way_keeps_the_kiosk(light: Context, light_kiosk: Kiosk) -> None:
    parcel = noise()
    light_kiosk.announce(parcel)
    assert code(ask_to_leave(light_kiosk)) == (409, "masih_ada_titipan")
    light_kiosk.deliver(parcel)
    assert ask_to_leave(light_kiosk).status_code == 200


def test_who_names_another_desa_stays(light: Context, light_kiosk: Kiosk) -> None:
    assert code(ask_to_leave(light_kiosk, "3312122002")) == (409, "desa_lain")
    assert light_kiosk.put("/heartbeat", BEAT).status_code == 204


def test_nobody_leaves_without_a_signature_or_after_being_revoked(light: Context, light_kiosk: Kiosk) -> None:
    assert code(post(light_kiosk.app, "/move", Leave(desa=DESA)))[0] == 401
    kiosks.revoke(light, light_kiosk.kiosk_id)
    assert code(ask_to_leave(light_kiosk))[0] == 401


# --- the command line ---------------------------------------------------------------------------------------------------


@pytest.fixture
def console(light: Context, capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    """Runs a command on the centre's folder: (exit code, JSON or complaint)."""

    def run(*words: str) -> tuple[int, Any]:
        status = main([words[0], "--dir", str(light.settings.dir), *words[1:]])
        captured = capsys.readouterr()
        return status, json.loads(captured.out) if captured.out else captured.err

    return run


def test_code_waiting_confirm_from_the_server_s_console(
    light_app: Flask, light: Context, key: Ed25519PrivateKey, console: Callable[..., Any]
) -> None:
    _, new = console("code", "--desa", DESA)
    assert re.fullmatch(r"[0-9A-Z]{5}-[0-9A-Z]{5}", new["code"])
    assert enrolment_codes.check_code(new["qr"]).value == new["code"].replace("-", "")
    claim(light_app, new["qr"].split()[1], key)
    _, waiting = console("waiting")
    assert waiting["fingerprint"] == digits(light, key, new["row"])
    refused, words = console("confirm", "--row", new["row"], "--fingerprint", "000000")
    assert (refused, words) == (2, "central: sidik_berbeda\n")
    assert console("confirm", "--row", new["row"], "--fingerprint", waiting["fingerprint"])[1]["kiosk_id"] == "K-0001"
    assert console("revoke", "--kiosk", "K-0001")[1] == {"revoked": True}


def test_a_kiosk_taken_by_its_key_at_the_console_is_written_down(
    light: Context, key: Ed25519PrivateKey, console: Callable[..., Any]
) -> None:
    assert console("enrol", "--desa", DESA, "--key", public_hex(key))[1]["kiosk_id"] == "K-0001"
    assert notes(light) == [("konsol", "kios_didaftarkan")]


def test_a_declined_row_from_the_console(
    light_app: Flask, light: Context, key: Ed25519PrivateKey, console: Callable[..., Any]
) -> None:
    row = waiting_kiosk(light_app, light, key).row
    assert console("decline", "--row", row) == (0, {"declined": row})
    assert console("decline", "--row", row)[0] == 2


def test_the_stick_s_file_holds_what_a_kiosk_needs_and_nobody_else_may_read_it(
    light: Context, tmp_path: Path, console: Callable[..., Any]
) -> None:
    (tmp_path / "ca.pem").write_text("PEM")
    stick = tmp_path / "kios-daftar.json"
    words = ("--url", "https://pusat.example", "--ca", str(tmp_path / "ca.pem"), "--stick", str(stick))
    _, new = console("code", "--desa", DESA, *words)
    told = StickFile.from_json(stick.read_bytes())
    assert (told.url, told.ca, enrolment_codes.grouped(told.code)) == ("https://pusat.example", "PEM", new["code"])
    assert stick.stat().st_mode & 0o077 == 0
    assert console("code", "--desa", DESA, "--stick", str(stick))[0] == 2  # without an address it helps nobody
