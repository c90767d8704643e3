"""Who may see the pages: the kiosk's own window, and nobody else on the machine."""

import re
from pathlib import Path

import pytest

from kiosk.ui.app import HEADERS, KEPT, fingerprint
from kiosk.ui.entry import COOKIE, Entry
from tests.unit.ui.hand import Hand
from tests.unit.ui.harness import Pages


def test_a_key_opens_once() -> None:
    entry = Entry()
    key = entry.fresh()
    assert entry.admits(entry.redeem(key))
    assert entry.redeem(key) is None


def test_a_new_window_ends_the_old_ones_cookie() -> None:
    entry = Entry()
    old = entry.redeem(entry.fresh())
    new = entry.redeem(entry.fresh())
    assert not entry.admits(old)
    assert entry.admits(new)


def test_by_hand_the_same_address_opens_twice() -> None:
    entry = Entry(reusable=True)
    key = entry.fresh()
    assert entry.redeem(key) == entry.redeem(key)
    assert entry.fresh() == key


@pytest.mark.parametrize("guess", ["", "kunci", "0" * 32])
def test_a_guess_opens_nothing(guess: str) -> None:
    entry = Entry()
    entry.fresh()
    assert entry.redeem(guess) is None
    assert not entry.admits(guess)


def test_before_any_entry_nobody_is_admitted() -> None:
    entry = Entry()
    assert not entry.admits(None)
    assert not entry.admits("")
    assert entry.redeem("") is None


def test_without_the_cookie_every_page_is_closed(kiosk_pages: Pages) -> None:
    client = kiosk_pages.app.test_client()
    for path in ("/", "/denyut", "/kamera", "/halaman", "/dokumen.png", "/tentang", "/simpanan/1"):
        assert client.get(path, base_url=kiosk_pages.origin).status_code == 403
    assert client.post("/langkah/apply", base_url=kiosk_pages.origin).status_code == 403


def test_the_cookie_is_hidden_from_scripts_and_other_sites(kiosk_pages: Pages) -> None:
    answer = kiosk_pages.app.test_client().get(kiosk_pages.address())
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith(f"{COOKIE}=")
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie


def test_a_wrong_key_is_told_nothing(kiosk_pages: Pages) -> None:
    answer = kiosk_pages.app.test_client().get("/masuk?kunci=salah", base_url=kiosk_pages.origin)
    assert answer.status_code == 403
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("host", ["http://contoh.id:8700", "http://127.0.0.1:9999", "http://kiosk.lan:8700"])
def test_another_host_name_is_refused_even_with_the_cookie(hand: Hand, host: str) -> None:
    assert hand.client.get("/", base_url=host).status_code == 421


def test_every_answer_is_guarded(hand: Hand) -> None:
    for path in ("/", "/denyut", "/tidak-ada", "/static/tidak-ada.css"):
        headers = hand.get(path).headers
        assert {name: headers[name] for name in HEADERS} == dict(HEADERS)


def test_only_what_is_the_same_for_everyone_is_kept_by_the_window(hand: Hand) -> None:
    for path in ("/static/base.css", "/ukuran.css"):
        headers = hand.get(path).headers
        assert {name: headers[name] for name in HEADERS} == {**HEADERS, "Cache-Control": KEPT}


def test_a_page_asks_for_its_looks_by_their_release(hand: Hand) -> None:
    addresses = re.findall(r'(?:href|src)="(/(?:static|ukuran)[^"]*)"', hand.look())
    assert len(addresses) > 8
    assert {re.fullmatch(r".+\?v=[0-9a-f]{8}", address) is not None for address in addresses} == {True}


def test_another_release_or_another_panel_has_other_addresses(tmp_path: Path) -> None:
    (tmp_path / "base.css").write_text("a")
    before = fingerprint(tmp_path, "sizes")
    assert fingerprint(tmp_path, "sizes") == before
    assert fingerprint(tmp_path, "other sizes") != before
    (tmp_path / "base.css").write_text("b")
    assert fingerprint(tmp_path, "sizes") != before


def test_nothing_may_load_from_elsewhere_or_run_inline() -> None:
    policy = HEADERS["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert "frame-ancestors 'none'" in policy


def test_an_asset_outside_the_folder_is_not_served(hand: Hand) -> None:
    assert hand.get("/aset/../../pyproject.toml").status_code == 404
    assert hand.get("/aset/%2e%2e/%2e%2e/pyproject.toml").status_code == 404
