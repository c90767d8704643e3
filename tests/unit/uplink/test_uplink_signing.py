"""Each request is signed by the kiosk's key over what must not be altered; the clock's skew is learned once."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
import requests
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from http_message_signatures import HTTPMessageVerifier, HTTPSignatureKeyResolver, InvalidSignature, algorithms

from adminduk.clock import ManualClock
from kiosk.uplink import Refused
from kiosk.uplink.exchange import Exchange, Limits
from kiosk.uplink.signing import KioskSignature
from tests.unit.uplink.strangers import Reply, Request, Stranger, problem

KEY = Ed25519PrivateKey.generate()
URL = "http://centre.test/api/v1/packets/1?x=1"
JSON = {"Content-Type": "application/json"}


class Directory(HTTPSignatureKeyResolver):
    def resolve_public_key(self, key_id: str) -> Any:
        assert key_id == "K-0001"
        return KEY.public_key()


def signed(
    method: str = "PUT", *, clock: ManualClock | None = None, body: bytes = b'{"v":1}', **headers: str
) -> requests.PreparedRequest:
    given = {name.replace("_", "-"): value for name, value in headers.items()} or JSON
    auth = KioskSignature("K-0001", KEY, clock or ManualClock(datetime.now(UTC)))
    return requests.Session().prepare_request(requests.Request(method, URL, data=body, headers=given, auth=auth))


def covered(request: requests.PreparedRequest, *, body: bytes | None = None) -> set[str]:
    """The components that a true signature covers. Raises InvalidSignature."""
    verifier = HTTPMessageVerifier(signature_algorithm=algorithms.ED25519, key_resolver=Directory())
    (result,) = verifier.verify(
        request, max_age=timedelta(minutes=5), expect_tag="kios-v1", expect_label="k", body=body
    )
    return {component.strip('"') for component in result.covered_components}


def test_a_message_is_covered_whole() -> None:
    request = signed()
    assert isinstance(request.body, bytes)
    found = covered(request, body=request.body)
    assert {"@method", "@path", "@query", "content-type", "content-digest"} <= found


def test_a_chunk_is_covered_by_its_offset_but_not_by_its_bytes() -> None:
    request = signed("PATCH", Upload_Offset="65536", Content_Type="application/offset+octet-stream")
    found = covered(request)
    assert {"upload-offset", "content-type"} <= found
    assert "content-digest" not in found


def test_a_creation_is_covered_by_its_length() -> None:
    assert "upload-length" in covered(signed("POST", body=b"", Upload_Length="100"))


@pytest.mark.parametrize("change", ["method", "url", "query", "offset", "kind", "body"])
def test_anything_altered_on_the_way_is_noticed(change: str) -> None:
    kind = "application/offset+octet-stream" if change == "offset" else "application/json"
    request = signed("PUT", Content_Type=kind, Upload_Offset="1")
    if change == "method":
        request.method = "POST"
    elif change in ("url", "query"):
        request.url = URL.replace("packets/1", "packets/2") if change == "url" else URL.replace("x=1", "x=2")
    elif change in ("offset", "kind"):
        request.headers["Upload-Offset" if change == "offset" else "Content-Type"] = "2"
    body = b'{"v":2}' if change == "body" else b'{"v":1}'
    with pytest.raises(InvalidSignature):
        covered(request, body=body)


def test_each_attempt_is_signed_anew() -> None:
    clock = ManualClock(datetime.now(UTC))
    heard: list[str] = []

    def answering(request: Request) -> Reply:
        heard.append(request.headers["Signature-Input"])
        return Reply(204)

    with Stranger(answering) as stranger:
        exchange = Exchange(stranger.url, KioskSignature("K-0001", KEY, clock), clock)
        exchange.call("PUT", "/heartbeat", body=b"{}", kind="application/json")
        clock.advance(10)
        exchange.call("PUT", "/heartbeat", body=b"{}", kind="application/json")
    assert len(set(heard)) == 2


# --- the clock --------------------------------------------------------------------------------------------------------

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)


def http_date(moment: datetime) -> str:
    return format_datetime(moment, usegmt=True)


@pytest.mark.parametrize("seconds", [3, -3, 400, -400, 86_400 * 18_000])
def test_a_skew_is_learned_from_the_centre_s_date(seconds: int) -> None:
    signature = KioskSignature("K-0001", KEY, ManualClock(NOW))
    assert signature.learn_skew(http_date(NOW + timedelta(seconds=seconds)))
    assert signature.skew == timedelta(seconds=seconds)


def test_the_same_skew_is_learned_only_once_so_that_a_refusal_is_not_repeated_for_ever() -> None:
    signature = KioskSignature("K-0001", KEY, ManualClock(NOW))
    assert signature.learn_skew(http_date(NOW + timedelta(hours=1)))
    assert not signature.learn_skew(http_date(NOW + timedelta(hours=1)))


def test_a_clock_that_is_set_right_again_is_noticed() -> None:
    clock = ManualClock(NOW)
    signature = KioskSignature("K-0001", KEY, clock)
    signature.learn_skew(http_date(NOW + timedelta(hours=1)))
    clock.jump(NOW + timedelta(hours=1))
    assert signature.learn_skew(http_date(NOW + timedelta(hours=1)))
    assert signature.skew == timedelta()


@pytest.mark.parametrize("date", [None, "", "yesterday", "Sat, 99 Nov 2026 99:99:99 GMT"])
def test_a_date_that_is_none_teaches_nothing(date: str | None) -> None:
    signature = KioskSignature("K-0001", KEY, ManualClock(NOW))
    assert not signature.learn_skew(date)
    assert signature.skew == timedelta()


def test_a_refusal_with_a_right_clock_is_asked_once_and_with_a_wrong_one_twice() -> None:
    for wrong, requests_heard in ((0, 1), (3600, 2)):
        clock = ManualClock(datetime.now(UTC) + timedelta(seconds=wrong))
        with Stranger(lambda _: problem(401, "kios_tidak_dikenal")) as stranger:
            exchange = Exchange(stranger.url, KioskSignature("K-0001", KEY, clock), clock, limits=Limits())
            with pytest.raises(Refused) as caught:
                exchange.call("PUT", "/heartbeat")
        assert caught.value.code == "kios_tidak_dikenal"
        assert len(stranger.heard) == requests_heard


def test_a_key_never_shows() -> None:
    assert KEY.private_bytes_raw().hex() not in repr(vars(KioskSignature("K-0001", KEY, ManualClock())))
