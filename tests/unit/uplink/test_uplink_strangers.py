"""Who is not the centre, or lies, never makes a packet disappear: the class of trouble, by structure only."""

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from adminduk.clock import Clock, ManualClock, SystemClock
from adminduk.messages import Announced, Announcement, Heartbeat
from kiosk.store import Phase
from kiosk.uplink import Busy, Refused, Unreachable, UplinkError
from kiosk.uplink.centre import Centre
from kiosk.uplink.exchange import Exchange, Limits
from kiosk.uplink.signing import KioskSignature
from tests.unit.store.making import numbered_id
from tests.unit.uplink.strangers import HTML, JSON, Forger, Reply, Request, Stranger, as_json, problem
from tests.unit.uplink.tls import certificate
from tests.unit.uplink.village import Kiosk

CENTRE_KEY = Ed25519PrivateKey.generate()
PACKET = Announcement(id=numbered_id(1), sha256="a" * 64, size=1000)
SHORT = Limits(connect_s=1.0, silence_s=0.5, answer_s=1.0, answer_bytes=10_000)


def centre_at(url: str, *, limits: Limits = SHORT, verify: str | bool = True, clock: Clock | None = None) -> Centre:
    clock = clock or ManualClock()
    signature = KioskSignature("K-0001", Ed25519PrivateKey.generate(), clock)
    return Centre(Exchange(url, signature, clock, verify=verify, limits=limits), CENTRE_KEY.public_key())


def trouble(reply: Reply | None) -> UplinkError:
    """What an announcement ends in when somebody answers that."""
    with Stranger(lambda _: reply) as stranger, pytest.raises(UplinkError) as caught:
        centre_at(stranger.url).announce(PACKET)
    return caught.value


NOBODY_ACTS = {
    "a portal's welcome page": (Reply(200, b"<html>Selamat datang</html>", HTML), "bukan_pusat"),
    "a page that says it is JSON": (Reply(200, b"<html></html>", JSON), "bukan_pusat"),
    "an empty 200": (Reply(200), "bukan_pusat"),
    "an empty 204": (Reply(204), "bukan_pusat"),
    "JSON of somebody else": (Reply(200, b'{"status":"ok"}', JSON), "bukan_pusat"),
    "an answer about another packet": (
        Reply(200, Announced(id=numbered_id(2), state="received", offset=1000).to_json(), JSON),
        "bukan_pusat",
    ),
    "a state nobody knows": (
        Reply(200, Announced(id=PACKET.id, state="eaten", offset=0).to_json(), JSON),
        "bukan_pusat",
    ),
    "a later version's answer": (Reply(200, as_json({"v": 2, "id": PACKET.id}), JSON), "bukan_pusat"),
    "a redirect to a login": (Reply(302, b"", {"Location": "http://127.0.0.1:1/login"}), "bukan_pusat_302"),
    "a permanent redirect": (Reply(308, b"", {"Location": "http://127.0.0.1:1/"}), "bukan_pusat_308"),
    "a proxy's 401 page": (Reply(401, b"<html>Login</html>", HTML), "bukan_pusat_401"),
    "a proxy's 403 page": (Reply(403, b"<html>Blokir</html>", HTML), "bukan_pusat_403"),
    "a proxy's 407": (Reply(407, b"", {"Proxy-Authenticate": "Basic"}), "bukan_pusat_407"),
    "a proxy's 413 page": (Reply(413, b"<html>nginx</html>", HTML), "bukan_pusat_413"),
    "a 404 page": (Reply(404, b"<html>nginx</html>", HTML), "bukan_pusat_404"),
    "a crash of something": (Reply(500, b"Internal Server Error", HTML), "bukan_pusat_500"),
    "a closed door": (None, "tidak_tersambung"),
}


@pytest.mark.parametrize("name", NOBODY_ACTS)
def test_nobody_must_act_when_it_is_not_the_centre_that_answers(name: str) -> None:
    reply, code = NOBODY_ACTS[name]
    found = trouble(reply)
    assert isinstance(found, Unreachable)
    assert found.code == code


WAITING = {
    "a 503 that says how long": (Reply(503, b"", {"Retry-After": "120"}), "http_503", 120.0),
    "a 429 that says how long": (Reply(429, b"<html>", {"Retry-After": "7"}), "http_429", 7.0),
    "a 503 that does not say": (Reply(503, b"busy", HTML), "http_503", None),
    "a 503 that gives a date": (Reply(503, b"", {"Retry-After": "Sat, 21 Nov 2026 04:00:00 GMT"}), "http_503", None),
    "a 503 that says nonsense": (Reply(503, b"", {"Retry-After": "-5"}), "http_503", None),
    "a 503 that says a thousand years": (Reply(503, b"", {"Retry-After": "31536000000"}), "http_503", None),
    "a 502 of a proxy": (Reply(502, b"<html>Bad Gateway</html>", HTML), "http_502", None),
    "a 504 of a proxy": (Reply(504, b"", {}), "http_504", None),
    "a lock of the centre": (problem(423, "sedang_dipakai", 5), "sedang_dipakai", 5),
    "the header before the Problem": (problem(503, "sibuk", 5, **{"Retry-After": "9"}), "sibuk", 9.0),
    "the centre's own trouble": (problem(500, "http_500"), "http_500", None),
    "a full disk at the centre": (problem(507, "penuh", 600), "penuh", 600),
}


@pytest.mark.parametrize("name", WAITING)
def test_a_wish_to_wait_is_understood(name: str) -> None:
    reply, code, seconds = WAITING[name]
    found = trouble(reply)
    assert isinstance(found, Busy)
    assert (found.code, found.retry_after) == (code, seconds)


@pytest.mark.parametrize(("status", "code"), [(400, "pesan_rusak"), (409, "isi_berbeda"), (413, "terlalu_besar")])
def test_only_the_centre_s_own_problem_is_a_refusal(status: int, code: str) -> None:
    found = trouble(problem(status, code))
    assert isinstance(found, Refused)
    assert found.code == code


def test_a_redirect_is_never_followed() -> None:
    with Stranger(lambda _: Reply(200, b"{}", JSON)) as trap:
        found = trouble(Reply(307, b"", {"Location": f"{trap.url}/api/v1/packets/x"}))
        assert found.code == "bukan_pusat_307"
        assert trap.heard == []


def test_an_error_carries_nothing_of_what_was_answered() -> None:
    found = trouble(Reply(403, b"NIK 3312120101909901", HTML))
    assert "3312120101909901" not in str(found) + repr(found)
    assert found.__cause__ is None


# --- lies -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def kiosk(tmp_path: Path) -> Iterator[Kiosk]:
    receipt_key = CENTRE_KEY.public_key().public_bytes_raw()
    kiosk = Kiosk(tmp_path / "kiosk", "K-0001", Ed25519PrivateKey.generate(), receipt_key, limits=SHORT)
    yield kiosk
    kiosk.close()


def deliver_to(kiosk: Kiosk, forger: Forger) -> list[Request]:
    with Stranger(forger) as stranger, kiosk.courier(stranger.url) as courier:
        courier.deliver_next()
    return stranger.heard


def assert_still_here(kiosk: Kiosk, packet_id: str, code: str) -> None:
    row = kiosk.row(packet_id)
    assert row.last_error == code
    assert row.state is not Phase.NEEDS_ATTENTION
    assert kiosk.vault.ids() == {packet_id}
    assert kiosk.tombstones() == {}


def test_a_forger_without_a_lie_would_be_believed(kiosk: Kiosk) -> None:
    kiosk.submit(100_000)
    deliver_to(kiosk, Forger(CENTRE_KEY))
    assert kiosk.tombstones() == kiosk.sealed


def test_a_receipt_signed_by_another_key_erases_nothing(kiosk: Kiosk) -> None:
    packet_id = kiosk.submit()
    deliver_to(kiosk, Forger(Ed25519PrivateKey.generate()))
    assert_still_here(kiosk, packet_id, "tanda_terima_palsu")


@pytest.mark.parametrize("change", [{"id": numbered_id(9)}, {"sha256": "b" * 64}, {"size": 5}])
def test_a_true_receipt_for_something_else_erases_nothing(kiosk: Kiosk, change: dict[str, object]) -> None:
    packet_id = kiosk.submit()
    forger = Forger(CENTRE_KEY)
    forger.lies[("POST", "receipt")] = lambda request: forger.receipt(request, **change)
    deliver_to(kiosk, forger)
    assert_still_here(kiosk, packet_id, "tanda_terima_lain")


@pytest.mark.parametrize(
    "reply", [Reply(200, b"OK", HTML), Reply(200, as_json({"v": 1, "receipt": "{}", "signature": "x"}), JSON)]
)
def test_a_word_that_is_no_receipt_erases_nothing(kiosk: Kiosk, reply: Reply) -> None:
    packet_id = kiosk.submit()
    deliver_to(kiosk, Forger(CENTRE_KEY, {("POST", "receipt"): lambda _: reply}))
    assert_still_here(kiosk, packet_id, "tanda_terima_palsu" if reply.body[:1] == b"{" else "bukan_pusat")


def test_a_centre_that_says_received_without_a_receipt_erases_nothing(kiosk: Kiosk) -> None:
    packet_id = kiosk.submit()
    said = Announced(id=packet_id, state="received", offset=20_000).to_json()
    lies: dict[tuple[str, str], Callable[[Request], Reply | None]] = {
        ("PUT", "packets"): lambda _: Reply(200, said, JSON),
        ("POST", "receipt"): lambda _: problem(404, "belum_diumumkan"),
    }
    deliver_to(kiosk, Forger(CENTRE_KEY, lies))
    assert_still_here(kiosk, packet_id, "belum_diumumkan")


@pytest.mark.parametrize("said", ["0", "65535000", "-1", "x", "", "١", "9" * 30])
def test_an_offset_that_stands_still_or_leaps_ends_the_attempt(kiosk: Kiosk, said: str) -> None:
    packet_id = kiosk.submit(200_000)
    lie = Reply(204, b"", {"Upload-Offset": said.encode().decode("latin-1")})
    forger = Forger(CENTRE_KEY, {("PATCH", "uploads"): lambda _: lie})
    heard = deliver_to(kiosk, forger)
    assert [request.method for request in heard].count("PATCH") == 1
    assert_still_here(kiosk, packet_id, "bukan_pusat")


def test_a_creation_that_points_elsewhere_is_not_followed(kiosk: Kiosk) -> None:
    packet_id = kiosk.submit()
    lie = Reply(201, b"", {"Location": "http://127.0.0.1:9/evil"})
    heard = deliver_to(kiosk, Forger(CENTRE_KEY, {("POST", "uploads"): lambda _: lie}))
    assert "PATCH" not in [request.method for request in heard]
    assert_still_here(kiosk, packet_id, "bukan_pusat")


@pytest.mark.parametrize("code", ["posisi_salah", "tidak_ada"])
def test_an_upload_that_moved_or_went_while_sending_is_asked_for_again_later(kiosk: Kiosk, code: str) -> None:
    packet_id = kiosk.submit()
    forger = Forger(CENTRE_KEY, {("PATCH", "uploads"): lambda _: problem(409, code)})
    heard = deliver_to(kiosk, forger)
    assert [request.method for request in heard].count("PATCH") == 1
    assert_still_here(kiosk, packet_id, code)
    del forger.lies["PATCH", "uploads"]
    with kiosk.store._engine.begin() as connection:
        connection.exec_driver_sql("UPDATE outbox SET next_try = 0")
    deliver_to(kiosk, forger)
    assert kiosk.tombstones() == kiosk.sealed


def test_an_upload_goes_on_at_the_offset_and_sends_no_byte_twice(kiosk: Kiosk) -> None:
    packet_id = kiosk.submit(200_000)
    forger = Forger(CENTRE_KEY)
    forger.held[packet_id] = kiosk.vault.read(packet_id, 0, 123_456)
    heard = deliver_to(kiosk, forger)
    assert sum(len(request.body) for request in heard if request.method == "PATCH") == 200_000 - 123_456
    assert kiosk.tombstones() == kiosk.sealed


def test_a_refusal_in_the_middle_of_an_upload_needs_a_person(kiosk: Kiosk) -> None:
    packet_id = kiosk.submit()
    deliver_to(kiosk, Forger(CENTRE_KEY, {("PATCH", "uploads"): lambda _: problem(415, "jenis_isi_salah")}))
    assert (kiosk.row(packet_id).state, kiosk.row(packet_id).code) == (Phase.NEEDS_ATTENTION, "jenis_isi_salah")
    assert kiosk.vault.ids() == {packet_id}


def test_a_packet_that_vanishes_while_the_centre_finds_it_rotten_needs_a_person(kiosk: Kiosk) -> None:
    packet_id = kiosk.submit()

    def rotten(_: Request) -> Reply:
        kiosk.vault.erase(packet_id)
        return problem(422, "isi_rusak")

    deliver_to(kiosk, Forger(CENTRE_KEY, {("POST", "receipt"): rotten}))
    assert (kiosk.row(packet_id).state, kiosk.row(packet_id).code) == (Phase.NEEDS_ATTENTION, "isi_rusak")


# --- slow and endless -------------------------------------------------------------------------------------------------


@contextmanager
def raw_server(talk: Callable[[socket.socket], None]) -> Iterator[str]:
    """A bare socket: reads the head, then says whatever ``talk`` says, at its own pace."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            try:
                link, _ = listener.accept()
                with link:
                    while b"\r\n\r\n" not in link.recv(65536):
                        pass
                    talk(link)
            except OSError:
                return  # the kiosk hung up, as it is to

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def drip(link: socket.socket) -> None:
    """One byte at a time, each well before the silence ends, for ever."""
    link.sendall(HEAD + b"Content-Length: 100000\r\n\r\n")
    pause = threading.Event()
    while not pause.wait(0.1):
        link.sendall(b"x")


def drip_chunks(link: socket.socket) -> None:
    link.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
    pause = threading.Event()
    while not pause.wait(0.1):
        link.sendall(b"1\r\nx\r\n")


def drip_the_head(link: socket.socket) -> None:
    link.sendall(b"HTTP/1.1 200 OK\r\n")
    pause = threading.Event()
    while not pause.wait(0.1):
        link.sendall(b"X-Slow: loris\r\n")


def say_nothing(link: socket.socket) -> None:
    link.recv(1_000_000)
    threading.Event().wait(5)


@pytest.mark.parametrize("talk", [drip, drip_chunks, drip_the_head, say_nothing])
def test_a_peer_that_drips_or_falls_silent_does_not_hold_the_courier(talk: Callable[[socket.socket], None]) -> None:
    began = time.monotonic()
    with raw_server(talk) as url:
        centre = centre_at(url, clock=SystemClock())
        with pytest.raises(Unreachable) as caught:
            centre.announce(PACKET)
    assert caught.value.code == "waktu_habis"
    assert time.monotonic() - began < 4.0


def test_a_long_answer_over_a_thin_line_feeds_the_watchdog() -> None:
    fed: list[float] = []

    def trickle(link: socket.socket) -> None:
        link.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: 6\r\n\r\n")
        pause = threading.Event()
        for _ in range(6):
            link.sendall(b"x")
            pause.wait(0.05)

    clock = SystemClock()
    signature = KioskSignature("K-0001", Ed25519PrivateKey.generate(), clock)
    with raw_server(trickle) as url:
        exchange = Exchange(url, signature, clock, limits=SHORT, alive=lambda: fed.append(clock.monotonic()))
        assert Centre(exchange, CENTRE_KEY.public_key()).inquire(b"sealed") == b"xxxxxx"
    assert len(fed) >= 3


def test_an_endless_answer_does_not_fill_the_memory() -> None:
    def flood(link: socket.socket) -> None:
        link.sendall(HEAD + b"Connection: close\r\n\r\n")
        while True:
            link.sendall(b"x" * 65536)

    with raw_server(flood) as url, pytest.raises(Unreachable) as caught:
        centre_at(url).announce(PACKET)
    assert caught.value.code == "jawaban_terlalu_besar"


def test_an_answer_that_breaks_off_is_no_answer() -> None:
    whole = Announced(id=PACKET.id, state="received", offset=1000).to_json()

    def break_off(link: socket.socket) -> None:
        link.sendall(HEAD + f"Content-Length: {len(whole) + 5}\r\n\r\n".encode() + whole)

    with raw_server(break_off) as url, pytest.raises(Unreachable) as caught:
        centre_at(url).announce(PACKET)
    assert caught.value.code == "tidak_tersambung"


def test_a_thin_line_may_take_longer_for_a_chunk_than_for_a_connection() -> None:
    """Each block leaves in time, the whole need not. Loopback swallows 64 KiB at once, so here everything is greater."""
    size = 16 * 1024 * 1024

    def sip(link: socket.socket) -> None:
        got, pause = 0, threading.Event()
        while got < size and (piece := link.recv(65_536)):
            got += len(piece)
            pause.wait(0.008)
        link.sendall(f"HTTP/1.1 204 No Content\r\nUpload-Offset: {size}\r\n\r\n".encode())

    limits = Limits(connect_s=0.7, silence_s=20.0, answer_s=60.0)
    with small_window_server(sip) as url:
        assert centre_at(url, limits=limits)._send_chunk(PACKET.id, 0, bytes(size)) == size


@contextmanager
def small_window_server(talk: Callable[[socket.socket], None]) -> Iterator[str]:
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
        listener.bind(("127.0.0.1", 0))
        listener.listen(1)

        def serve() -> None:
            link, _ = listener.accept()
            with link:
                talk(link)

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


# --- TLS --------------------------------------------------------------------------------------------------------------


@contextmanager
def tls_stranger(pem: Path) -> Iterator[str]:
    with Stranger(lambda _: Reply(204)) as stranger:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem)
        stranger._server.socket = context.wrap_socket(stranger._server.socket, server_side=True)
        yield stranger.url.replace("http://127.0.0.1", "https://localhost")


BEAT = Heartbeat(sequence=1, versions={}, devices={}, queue=0, oldest_s=0, free_mb=1, clock_trusted=True)


def test_the_pinned_authority_is_believed(tmp_path: Path) -> None:
    pem = certificate(tmp_path)
    with tls_stranger(pem) as url:
        centre_at(url, verify=str(pem)).heartbeat(BEAT)


@pytest.mark.parametrize("flaw", ["another authority", "the system's", "another host", "not yet valid", "expired"])
def test_a_certificate_that_does_not_fit_is_not_the_centre(tmp_path: Path, flaw: str) -> None:
    days = {"not yet valid": (1, 2), "expired": (-2, -1)}.get(flaw, (-1, 1))
    pem = certificate(tmp_path, host="portal.example" if flaw == "another host" else "localhost", days=days)
    (tmp_path / "other").mkdir()
    other = str(certificate(tmp_path / "other"))
    trusted: str | bool = True if flaw == "the system's" else other if flaw == "another authority" else str(pem)
    with tls_stranger(pem) as url, pytest.raises(Unreachable) as caught:
        centre_at(url, verify=trusted).heartbeat(BEAT)
    assert caught.value.code == "sertifikat"


def test_a_handshake_that_breaks_off_says_nothing_about_certificates() -> None:
    with raw_tcp(lambda link: link.shutdown(socket.SHUT_RDWR)) as url, pytest.raises(Unreachable) as caught:
        centre_at(url).heartbeat(BEAT)
    assert caught.value.code == "tidak_tersambung"


def test_a_handshake_that_drips_does_not_hold_the_courier() -> None:
    """The head of a record of 16 KiB, then a byte at a time, each in good time."""

    def drip_the_handshake(link: socket.socket) -> None:
        link.sendall(b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc")
        pause = threading.Event()
        while not pause.wait(0.05):
            link.sendall(b"\x03")

    began = time.monotonic()
    limits = Limits(connect_s=0.4, silence_s=0.4, answer_s=1.0, answer_bytes=10_000)
    with raw_tcp(drip_the_handshake) as url, pytest.raises(Unreachable) as caught:
        centre_at(url, limits=limits).heartbeat(BEAT)
    assert caught.value.code in ("waktu_habis", "tidak_tersambung")
    assert time.monotonic() - began < 3.0


@contextmanager
def raw_tcp(talk: Callable[[socket.socket], None]) -> Iterator[str]:
    """Hears the first word of a handshake, then answers whatever ``talk`` says."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            with contextlib.suppress(OSError):
                link, _ = listener.accept()
                with link:
                    link.recv(65536)
                    talk(link)

        threading.Thread(target=serve, daemon=True).start()
        yield f"https://localhost:{listener.getsockname()[1]}"


def test_a_page_where_tls_belongs_is_not_the_centre() -> None:
    """A portal that answers port 443 in the clear."""
    portal = b"HTTP/1.1 302 Found\r\nLocation: http://login.example/\r\nContent-Length: 0\r\n\r\n"
    with raw_tcp(lambda link: link.sendall(portal)) as url, pytest.raises(Unreachable) as caught:
        centre_at(url).heartbeat(BEAT)
    assert caught.value.code == "sertifikat"


def test_the_environment_cannot_put_a_proxy_in_between(monkeypatch: pytest.MonkeyPatch) -> None:
    with Stranger(lambda _: Reply(204)) as centre, Stranger(lambda _: Reply(204)) as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        centre_at(centre.url).heartbeat(BEAT)
        assert (len(centre.heard), len(proxy.heard)) == (1, 0)


NO_ANSWERS = [
    Reply(200, b"sealed", HTML),
    Reply(200, b"", {"Content-Type": "application/octet-stream"}),
    Reply(204),
]


@pytest.mark.parametrize("reply", NO_ANSWERS)
def test_an_answer_to_a_question_that_is_not_the_centre_s_kind_is_not_one(reply: Reply) -> None:
    with Stranger(lambda _: reply) as stranger, pytest.raises(Unreachable):
        centre_at(stranger.url).inquire(b"sealed")


def test_a_survey_answer_counts_as_taken_only_when_the_centre_repeats_it() -> None:
    with Stranger(lambda _: Reply(200, b'{"ok":true}', JSON)) as stranger, pytest.raises(Unreachable):
        centre_at(stranger.url).survey(numbered_id(1), b"{}")


def test_a_heartbeat_into_a_portal_is_not_heard() -> None:
    with Stranger(lambda _: Reply(200, b"<html>", HTML)) as stranger, pytest.raises(Unreachable):
        centre_at(stranger.url).heartbeat(BEAT)
