"""Officers' accounts: who may come in, who must wait, and when a session ends."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count

import pytest
import sqlalchemy as sa
from flask import Flask

from adminduk.application import Role
from central.accounts import (
    AccountError,
    Login,
    Officer,
    create_account,
    create_default_accounts,
    disable,
    find_officer,
    log_in,
)
from central.accounts.passwords import _ALPHABET, DEFAULTS, PAUSE, TRIES, new_password
from central.context import Context
from central.desk.pages import IDLE_S
from central.schema import accounts
from tests.unit.central.conftest import rows
from tests.unit.central.office import NAME_OF, OFFICERS, PASSWORD, Browser, hire, transfer

VERA = Officer(username="vera", name="Vera Contoh", role=Role.VERIFIKATOR)
Advance = Callable[[float], None]


@pytest.fixture(autouse=True)
def officers(request: pytest.FixtureRequest) -> None:
    """One officer a role, on whichever engine the test uses."""
    for name in ("light", "context"):
        if name in request.fixturenames:
            hire(request.getfixturevalue(name))


@pytest.fixture
def advance(clock: object) -> Advance:
    moved: Advance = clock.advance  # type: ignore[attr-defined]  # the tests' clock can be moved
    return moved


def attempts(context: Context, username: str = "vera") -> tuple[object, object]:
    row = rows(context, sa.select(accounts).where(accounts.c.username == username))[0]
    return row.failed_logins, row.locked_until


def fail(context: Context, times: int, username: str = "vera") -> list[Login]:
    return [log_in(context, username, "sandi-yang-salah")[0] for _ in range(times)]


# --- passwords ------------------------------------------------------------------------------------------------------


def test_the_right_password_opens(context: Context) -> None:
    assert log_in(context, "vera", PASSWORD) == (Login.OK, VERA)


@pytest.mark.parametrize(
    "password",
    ["", "sandi", PASSWORD + " ", " " + PASSWORD, PASSWORD.upper(), PASSWORD + "\0", "\0", "sandi-é", "x" * 10_000],
    ids=lambda password: repr(password)[:24],
)
def test_any_other_does_not_and_is_counted(context: Context, password: str) -> None:
    assert log_in(context, "vera", password) == (Login.WRONG, None)
    assert attempts(context) == (1, None)


@pytest.mark.parametrize(
    "username",
    ["", "nobody", "VERA", "vera ", "%", "vera\0", "\0", "' OR 1=1 --", "v" * 10_000],
    ids=lambda n: repr(n)[:24],
)
def test_a_name_that_nobody_has_is_answered_like_a_wrong_password(context: Context, username: str) -> None:
    assert log_in(context, username, PASSWORD) == (Login.WRONG, None)


@pytest.mark.real_cost
def test_passwords_are_kept_by_argon2id_at_owasp_s_least_cost(context: Context) -> None:
    create_account(context.engine, username="baru", name="Baru", role=Role.ADMIN, password=PASSWORD)
    kept = rows(context, sa.select(accounts).where(accounts.c.username == "baru"))[0].password_hash
    assert str(kept).startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_two_with_the_same_password_have_different_hashes(context: Context) -> None:
    for name in ("satu", "dua"):
        create_account(context.engine, username=name, name="x", role=Role.ADMIN, password=PASSWORD)
    kept = {row.password_hash for row in rows(context, sa.select(accounts)) if row.username in ("satu", "dua")}
    assert len(kept) == 2


def test_a_hash_that_was_spoiled_lets_nobody_in(context: Context) -> None:
    with context.engine.begin() as connection:
        connection.execute(accounts.update().values(password_hash="bukan-hash"))
    assert log_in(context, "vera", PASSWORD) == (Login.WRONG, None)
    assert log_in(context, "vera", "bukan-hash") == (Login.WRONG, None)


# --- making accounts ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["", "a", "Vera", "1vera", "ve ra", "v" * 33, "véra", "vera\n", "../vera", "a;b"])
def test_a_username_is_plain_and_short(light: Context, name: str) -> None:
    with pytest.raises(AccountError) as refused:
        create_account(light.engine, username=name, name="x", role=Role.ADMIN, password=PASSWORD)
    assert refused.value.code == "nama_salah"


@pytest.mark.parametrize("password", ["", "1234567"])
def test_a_short_password_is_refused(light: Context, password: str) -> None:
    with pytest.raises(AccountError) as refused:
        create_account(light.engine, username="baru", name="x", role=Role.ADMIN, password=password)
    assert refused.value.code == "sandi_pendek"
    assert len(rows(light, sa.select(accounts))) == len(OFFICERS)


def test_a_name_is_taken_once_and_its_password_stays(context: Context) -> None:
    with pytest.raises(AccountError) as refused:
        create_account(context.engine, username="vera", name="x", role=Role.ADMIN, password="sandi-lain-9")
    assert refused.value.code == "sudah_ada"
    assert log_in(context, "vera", PASSWORD) == (Login.OK, VERA)


def test_set_up_gives_nothing_away_where_accounts_are(context: Context) -> None:
    assert create_default_accounts(context.engine, dice=context.dice) == {}
    assert set(OFFICERS) == {row.username for row in rows(context, sa.select(accounts))}


def test_set_up_makes_one_account_a_role_with_passwords_of_their_own(context: Context) -> None:
    with context.engine.begin() as connection:
        connection.execute(accounts.delete())
    passwords = create_default_accounts(context.engine, dice=context.dice)
    found = {name: log_in(context, name, password)[1] for name, password in passwords.items()}
    assert {officer.role for officer in found.values() if officer} == set(Role) - {Role.SISTEM}
    assert len(set(passwords.values())) == len(DEFAULTS)


def test_a_new_password_is_made_of_the_dice_alone_and_of_letters_that_are_not_mistaken() -> None:
    class Counting:
        numbers = count()

        def token_bytes(self, nbytes: int, /) -> bytes:
            raise NotImplementedError

        def randbelow(self, exclusive_upper_bound: int, /) -> int:
            return next(self.numbers) % exclusive_upper_bound

    assert new_password(Counting()) == _ALPHABET[:12]
    assert not set(_ALPHABET) & set("il1oO0I")
    assert len(_ALPHABET) ** 12 > 2**58


# --- too many tries -------------------------------------------------------------------------------------------------


def test_the_fifth_wrong_password_begins_a_pause(context: Context) -> None:
    assert fail(context, 6) == [Login.WRONG] * 4 + [Login.PAUSED] * 2


def test_in_the_pause_not_even_the_right_password_opens(context: Context, advance: Advance) -> None:
    fail(context, TRIES)
    advance(PAUSE.total_seconds() - 0.001)
    assert log_in(context, "vera", PASSWORD) == (Login.PAUSED, None)


def test_after_the_pause_the_right_password_opens_and_the_count_begins_anew(context: Context, advance: Advance) -> None:
    fail(context, TRIES)
    advance(PAUSE.total_seconds())
    assert log_in(context, "vera", PASSWORD) == (Login.OK, VERA)
    assert attempts(context) == (0, None)


def test_after_the_pause_there_are_five_tries_again(context: Context, advance: Advance) -> None:
    fail(context, TRIES)
    advance(PAUSE.total_seconds())
    assert fail(context, TRIES) == [Login.WRONG] * 4 + [Login.PAUSED]


def test_tries_in_the_pause_do_not_make_it_longer(context: Context, advance: Advance) -> None:
    fail(context, TRIES)
    advance(PAUSE.total_seconds() / 2)
    fail(context, 3)
    advance(PAUSE.total_seconds() / 2)
    assert log_in(context, "vera", PASSWORD) == (Login.OK, VERA)


def test_a_right_password_forgives_the_wrong_ones(context: Context) -> None:
    fail(context, TRIES - 1)
    log_in(context, "vera", PASSWORD)
    assert fail(context, TRIES - 1) == [Login.WRONG] * 4


def test_one_officer_s_pause_is_nobody_else_s(context: Context) -> None:
    fail(context, TRIES)
    assert log_in(context, "oki", PASSWORD)[0] is Login.OK


def test_guessing_at_once_gives_no_more_guesses(context: Context) -> None:
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda _: log_in(context, "vera", "sandi-yang-salah")[0], range(12)))
    assert (told.count(Login.WRONG), told.count(Login.PAUSED)) == (TRIES - 1, 12 - TRIES + 1)


def test_a_clock_set_back_in_a_pause_keeps_it(context: Context, advance: Advance) -> None:
    fail(context, TRIES)
    advance(-3600)
    assert log_in(context, "vera", PASSWORD) == (Login.PAUSED, None)


# --- disabled -------------------------------------------------------------------------------------------------------


def test_a_disabled_officer_neither_logs_in_nor_is_found(context: Context) -> None:
    assert disable(context, "vera")
    assert log_in(context, "vera", PASSWORD) == (Login.WRONG, None)
    assert find_officer(context.engine, "vera") is None
    assert find_officer(context.engine, "oki") is not None


def test_disabling_somebody_unknown_says_so(context: Context) -> None:
    assert not disable(context, "nobody")


def test_a_disabled_officer_is_out_at_the_next_page(context: Context, app: Flask) -> None:
    browser = Browser.of(app, "vera")
    disable(context, "vera")
    answer = browser.get("/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/masuk")


def test_a_new_post_acts_at_the_next_page(context: Context, app: Flask) -> None:
    browser = Browser.of(app, "vera")
    assert "Verifikator" in browser.get("/").text
    transfer(context, "vera", Role.VALIDATOR)
    assert "<b>Validator</b>" in browser.get("/").text


# --- the session ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", list(NAME_OF), ids=str)
def test_each_role_comes_in_and_sees_its_own_name(light_app: Flask, role: Role) -> None:
    page = Browser.of(light_app, NAME_OF[role]).get("/")
    assert page.status_code == 200
    assert f"{NAME_OF[role].title()} Contoh" in page.text


def test_a_wrong_password_is_401_and_the_pause_429_and_neither_says_which_was_wrong(light_app: Flask) -> None:
    browser = Browser.open(light_app)
    told = [browser.log_in("vera", "sandi-yang-salah") for _ in range(5)]
    stranger = browser.log_in("nobody", "sandi-yang-salah")
    assert [answer.status_code for answer in told] == [401] * 4 + [429]
    assert stranger.status_code == 401
    alert = "Nama atau kata sandi tidak cocok."
    assert alert in told[0].text
    assert alert in stranger.text
    assert "lima menit" in told[4].text
    assert timedelta(minutes=5) == PAUSE


@pytest.mark.parametrize("name", ["vera\0", "\0", "\ud800".encode("utf-8", "surrogatepass").decode("latin-1")])
def test_no_odd_name_is_more_than_a_401(app: Flask, name: str) -> None:
    assert Browser.open(app).log_in(name).status_code == 401


def test_an_idle_quarter_of_an_hour_ends_the_session(light_app: Flask, advance: Advance) -> None:
    browser = Browser.of(light_app, "vera")
    advance(IDLE_S - 1)
    assert browser.get("/").status_code == 200
    advance(IDLE_S - 1)
    assert browser.get("/").status_code == 200
    advance(IDLE_S)
    assert browser.get("/").status_code == 302


def test_a_session_from_the_future_is_over(light_app: Flask, advance: Advance) -> None:
    browser = Browser.of(light_app, "vera")
    advance(-1)
    assert browser.get("/").status_code == 302


def test_leaving_ends_the_session(light_app: Flask) -> None:
    browser = Browser.of(light_app, "vera")
    answer = browser.post("/keluar")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/masuk")
    assert browser.get("/").status_code == 302


def test_the_next_officer_at_the_same_desk_is_the_next_officer(light_app: Flask) -> None:
    browser = Browser.of(light_app, "vera")
    browser.post("/keluar")
    browser.log_in("oki")
    page = browser.get("/").text
    assert "Oki Contoh" in page
    assert "Vera Contoh" not in page


def test_the_form_token_is_a_new_one_after_the_login(light_app: Flask) -> None:
    browser = Browser.open(light_app)
    browser.get("/masuk")
    before = browser.token
    browser.log_in("vera")
    assert browser.token not in ("", before)


def test_the_cookie_is_closed_to_scripts_and_to_other_sites(light_app: Flask) -> None:
    browser = Browser.open(light_app)
    cookie = browser.get("/masuk").headers["Set-Cookie"]
    assert cookie.startswith("meja=")
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(cookie.split("; "))


@pytest.mark.parametrize("forged", ["", "x", "eyJ3aG8iOiJ2ZXJhIn0.aaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbb"])
def test_a_cookie_that_the_centre_did_not_sign_is_nobody(light_app: Flask, forged: str) -> None:
    browser = Browser.open(light_app)
    browser.client.set_cookie("meja", forged)
    assert browser.get("/").status_code == 302


def test_a_cookie_of_another_centre_is_nobody(light_app: Flask) -> None:
    browser = Browser.of(light_app, "vera")
    light_app.config["SECRET_KEY"] = bytes(32)
    assert browser.get("/").status_code == 302


def test_no_password_is_ever_in_the_log(light_app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("DEBUG"):
        browser = Browser.open(light_app)
        browser.log_in("vera", "sandi-yang-salah")
        browser.log_in("vera")
    assert not [word for word in ("sandi-yang-salah", PASSWORD) if word in caplog.text]
