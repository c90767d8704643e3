"""Who is asking: every way not to be an enrolled kiosk ends in the same 401."""

import io
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adminduk.clock import SystemClock
from central.context import Context
from central.fleet import kiosks
from central.fleet.signatures import LARGEST_BODY, find_key
from tests.unit.central.people import JSON, Kiosk, Sealed, Unsent, code, noise, sign

REFUSED = (401, "kios_tidak_dikenal")


@pytest.fixture
def parcel() -> Sealed:
    return noise()


def announcing(kiosk: Kiosk, parcel: Sealed, **signed: object) -> Unsent:
    body = parcel.announcement().to_json()
    return kiosk.request("PUT", f"/packets/{parcel.id}", body, content_type=JSON, signed=signed)


def test_an_enrolled_kiosk_is_known_on_both_engines(kiosk: Kiosk, parcel: Sealed) -> None:
    assert kiosk.send(announcing(kiosk, parcel)).status_code == 201


def test_health_needs_no_signature(light_app: Flask) -> None:
    answer = light_app.test_client().get("/api/v1/health")
    assert (answer.status_code, answer.get_json()) == (200, {"v": 1})


def test_an_unsigned_request_is_refused(light_kiosk: Kiosk, parcel: Sealed) -> None:
    plain = Unsent("PUT", f"/api/v1/packets/{parcel.id}", {"content-type": JSON}, parcel.announcement().to_json())
    assert code(light_kiosk.send(plain)) == REFUSED


def test_an_unknown_kiosk_is_refused(light_app: Flask, light_kiosk: Kiosk, parcel: Sealed) -> None:
    stranger = Kiosk(light_app, "K-0099", Ed25519PrivateKey.generate())
    assert code(stranger.send(announcing(stranger, parcel))) == REFUSED


def test_a_stolen_name_with_another_key_is_refused(light_app: Flask, light_kiosk: Kiosk, parcel: Sealed) -> None:
    thief = Kiosk(light_app, light_kiosk.kiosk_id, Ed25519PrivateKey.generate())
    assert code(thief.send(announcing(thief, parcel))) == REFUSED


def test_a_revoked_kiosk_is_refused_from_then_on(context: Context, kiosk: Kiosk, parcel: Sealed) -> None:
    assert kiosk.send(announcing(kiosk, parcel)).status_code == 201
    assert kiosks.revoke(context, kiosk.kiosk_id)
    assert code(kiosk.send(announcing(kiosk, parcel))) == REFUSED


def test_a_body_changed_on_the_way_is_refused(light_kiosk: Kiosk, parcel: Sealed) -> None:
    request = announcing(light_kiosk, parcel)
    request.body = parcel.announcement(size=parcel.size + 1).to_json()
    assert code(light_kiosk.send(request)) == REFUSED


def test_a_body_taken_away_is_refused(light_kiosk: Kiosk, parcel: Sealed) -> None:
    request = announcing(light_kiosk, parcel)
    request.body = None
    assert code(light_kiosk.send(request)) == REFUSED


def test_a_body_that_the_signature_does_not_cover_is_refused(light_kiosk: Kiosk, parcel: Sealed) -> None:
    assert code(light_kiosk.send(announcing(light_kiosk, parcel, digest=False))) == REFUSED


def test_a_changed_body_does_not_slip_through_in_chunks_without_a_length(light_kiosk: Kiosk, parcel: Sealed) -> None:
    request = announcing(light_kiosk, parcel)
    body, request.body = parcel.announcement(size=parcel.size + 1).to_json(), None
    assert light_kiosk.send_chunked(request, io.BytesIO(body)) == REFUSED


def test_a_path_changed_on_the_way_is_refused(light_kiosk: Kiosk, parcel: Sealed) -> None:
    request = announcing(light_kiosk, parcel)
    request.path = f"/api/v1/packets/{noise().id}"
    assert code(light_kiosk.send(request)) == REFUSED


def test_a_query_added_on_the_way_is_refused(light_kiosk: Kiosk, parcel: Sealed) -> None:
    request = announcing(light_kiosk, parcel)
    request.path += "?lain=1"
    assert code(light_kiosk.send(request)) == REFUSED


def test_another_verb_than_the_signed_one_is_refused(light_kiosk: Kiosk, parcel: Sealed) -> None:
    request = light_kiosk.request("HEAD", f"/uploads/{parcel.id}")
    request.method = "PATCH"
    assert code(light_kiosk.send(request)) == REFUSED


@pytest.mark.parametrize("missing", ["@method", "@path", "@query"])
def test_a_signature_that_leaves_something_out_is_refused(light_kiosk: Kiosk, parcel: Sealed, missing: str) -> None:
    covered = tuple(name for name in ("@method", "@path", "@query") if name != missing)
    assert code(light_kiosk.send(announcing(light_kiosk, parcel, components=covered))) == REFUSED


@pytest.mark.parametrize(("age", "status"), [(timedelta(minutes=4), 201), (timedelta(minutes=6), 401)])
def test_an_old_signature_is_refused(light_kiosk: Kiosk, parcel: Sealed, age: timedelta, status: int) -> None:
    request = announcing(light_kiosk, parcel, created=SystemClock().now() - age)
    assert light_kiosk.send(request).status_code == status


def test_a_signature_from_the_future_is_refused(light_kiosk: Kiosk, parcel: Sealed) -> None:
    request = announcing(light_kiosk, parcel, created=SystemClock().now() + timedelta(minutes=2))
    assert code(light_kiosk.send(request)) == REFUSED


def test_a_refusal_tells_the_time_so_that_a_lost_clock_is_mended(light_kiosk: Kiosk, parcel: Sealed) -> None:
    request = announcing(light_kiosk, parcel, created=SystemClock().now() - timedelta(days=400))
    assert code(light_kiosk.send(request)) == REFUSED


@pytest.mark.parametrize("other", [{"tag": "lain"}, {"label": "sig1"}])
def test_a_signature_made_for_something_else_is_refused(
    light_kiosk: Kiosk, parcel: Sealed, other: dict[str, str]
) -> None:
    assert code(light_kiosk.send(announcing(light_kiosk, parcel, **other))) == REFUSED


def test_the_host_may_change_at_the_proxy_but_nothing_else(light_kiosk: Kiosk, parcel: Sealed) -> None:
    answer = light_kiosk.send(announcing(light_kiosk, parcel), base_url="https://dukcapil.example")
    assert answer.status_code == 201


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    told=st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=60),
    signature=st.one_of(
        st.just("k=:AAAA:"), st.just("k=1"), st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=40)
    ),
)
def test_no_garbage_in_the_headers_is_more_than_a_401(light_kiosk: Kiosk, told: str, signature: str) -> None:
    headers = {"signature-input": told, "signature": signature, "content-type": JSON}
    request = Unsent("PUT", "/api/v1/heartbeat", headers, b"{}")
    assert code(light_kiosk.send(request)) == REFUSED


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    parameters=st.sampled_from(
        ['created="1"', "created=1e9", "keyid=5", "alg=1", "nonce=?1", "created=999999999999999"]
    )
)
def test_no_odd_parameter_is_more_than_a_401(light_kiosk: Kiosk, parameters: str) -> None:
    told = f'k=("@method" "@path" "@query");tag="kios-v1";keyid="{light_kiosk.kiosk_id}";{parameters}'
    headers = {"signature-input": told, "signature": "k=:AAAA:"}
    assert code(light_kiosk.send(Unsent("PUT", "/api/v1/heartbeat", headers, None))) == REFUSED


def test_two_signatures_both_have_to_be_true(light_kiosk: Kiosk, parcel: Sealed) -> None:
    good = announcing(light_kiosk, parcel)
    forged = sign(Unsent("PUT", good.path, {}, None), light_kiosk.kiosk_id, Ed25519PrivateKey.generate(), label="k")
    good.headers["signature"] = forged.headers["Signature"]
    del good.headers["Signature"]
    assert code(light_kiosk.send(good)) == REFUSED


def test_a_large_body_is_refused_before_anything_is_read(light_kiosk: Kiosk) -> None:
    """A stranger must not fill the server's memory: the length is looked at before the signature."""
    plain = Unsent("PUT", "/api/v1/heartbeat", {"content-type": JSON}, b" " * (LARGEST_BODY + 1))
    assert code(light_kiosk.send(plain)) == (413, "terlalu_besar")


def test_an_endless_body_in_chunks_is_not_read_to_its_end(light_kiosk: Kiosk) -> None:
    class Endless(io.RawIOBase):
        given = 0

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: object) -> int:
            size = len(memoryview(buffer))  # type: ignore[arg-type]  # typeshed has no buffer here before 3.12
            self.given += size
            return size

    endless = Endless()
    plain = Unsent("PUT", "/api/v1/heartbeat", {"content-type": JSON}, None)
    assert light_kiosk.send_chunked(plain, endless) == REFUSED
    assert endless.given < 4 * LARGEST_BODY


def test_keys_are_found_only_for_kiosks_that_may_speak(context: Context, kiosk: Kiosk) -> None:
    find = find_key(context.engine)
    assert find(kiosk.kiosk_id) == kiosk.key.public_key().public_bytes_raw().hex()
    assert find("K-0099") is None
    kiosks.revoke(context, kiosk.kiosk_id)
    assert find(kiosk.kiosk_id) is None


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/lain", (404, "tidak_ada")),
        ("PUT", "/packets/bukan-uuid", (404, "tidak_ada")),
        ("GET", "/heartbeat", (405, "cara_salah")),
        ("DELETE", "/uploads", (405, "cara_salah")),
    ],
)
def test_what_is_no_route_answers_as_a_problem(
    light_kiosk: Kiosk, method: str, path: str, expected: tuple[int, str]
) -> None:
    answer = light_kiosk.send(light_kiosk.request(method, path))
    assert code(answer) == expected
    assert answer.get_json()["v"] == 1
