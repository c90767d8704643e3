"""What tus 1.0 demands of headers: versions, what is offered, limits. Bytes are in test_centre_uploads.py."""

import base64

import pytest
from flask import Flask

from central.context import Context
from central.intake.uploads import Uploads
from tests.unit.central.people import CHUNK, Kiosk, Sealed, code, noise


@pytest.fixture
def parcel(light_kiosk: Kiosk) -> Sealed:
    made = noise(5000)
    light_kiosk.announce(made)
    light_kiosk.create(made)
    return made


def test_whoever_asks_what_is_offered_learns_version_extensions_and_the_largest_upload(
    light: Context, light_kiosk: Kiosk
) -> None:
    for place in ("/uploads", "/uploads/00000000-0000-4000-8000-000000000000"):
        answer = light_kiosk.send(light_kiosk.request("OPTIONS", place))
        told = answer.headers
        assert answer.status_code == 204
        assert (told["Tus-Resumable"], told["Tus-Version"], told["Tus-Extension"]) == ("1.0.0", "1.0.0", "creation")
        assert told["Tus-Max-Size"] == str(light.settings.largest_packet)


def test_what_is_offered_is_told_to_kiosks_only(light_app: Flask) -> None:
    assert light_app.test_client().options("/api/v1/uploads").status_code == 401


@pytest.mark.parametrize("method", ["POST", "HEAD", "PATCH"])
def test_another_version_is_412_with_the_versions_we_speak_and_nothing_is_done(
    light_kiosk: Kiosk, parcel: Sealed, method: str
) -> None:
    place = "/uploads" if method == "POST" else f"/uploads/{parcel.id}"
    for version in ("", "0.2.2", "1.0.1", "2.0.0", "1.0.0, 2.0.0"):
        headers = {"tus_resumable": version, "content_type": CHUNK, "upload_offset": "0", "upload_length": "5000"}
        answer = light_kiosk.send(light_kiosk.request(method, place, b"x" if method == "PATCH" else None, **headers))
        assert answer.status_code == 412
        assert (answer.headers["Tus-Version"], answer.headers["Tus-Resumable"]) == ("1.0.0", "1.0.0")
        if method != "HEAD":
            assert code(answer) == (412, "versi_tus")
    assert light_kiosk.head(parcel).headers["Upload-Offset"] == "0"


def test_a_length_above_the_largest_is_413_before_anything_is_looked_up(light: Context, light_kiosk: Kiosk) -> None:
    answer = light_kiosk.create(noise(), length=light.settings.largest_packet + 1)
    assert code(answer) == (413, "terlalu_besar")
    assert answer.headers["Tus-Resumable"] == "1.0.0"


def test_creation_with_upload_is_not_offered_and_its_bytes_are_not_taken(light_kiosk: Kiosk) -> None:
    parcel = noise(5000)
    light_kiosk.announce(parcel)
    named = f"id {base64.b64encode(parcel.id.encode()).decode()}"
    request = light_kiosk.request(
        "POST", "/uploads", parcel.content, upload_length="5000", upload_metadata=named, content_type=CHUNK
    )
    answer = light_kiosk.send(request)
    assert answer.status_code == 201
    assert "Upload-Offset" not in answer.headers, "by which a client knows that its bytes were not taken"
    assert light_kiosk.head(parcel).headers["Upload-Offset"] == "0"


def test_a_length_that_comes_later_is_not_offered(light_kiosk: Kiosk) -> None:
    parcel = noise()
    light_kiosk.announce(parcel)
    named = f"id {base64.b64encode(parcel.id.encode()).decode()}"
    request = light_kiosk.request("POST", "/uploads", upload_defer_length="1", upload_metadata=named)
    assert code(light_kiosk.send(request)) == (400, "kepala_salah")


def test_an_upload_is_not_ended_by_a_stranger_s_delete(light_kiosk: Kiosk, parcel: Sealed) -> None:
    request = light_kiosk.request("DELETE", f"/uploads/{parcel.id}")
    assert light_kiosk.send(request).status_code == 405
    assert light_kiosk.head(parcel).status_code == 200


def test_a_method_is_not_overridden_by_a_header_that_no_signature_covers(light_kiosk: Kiosk, parcel: Sealed) -> None:
    request = light_kiosk.request(
        "POST", f"/uploads/{parcel.id}", b"x", x_http_method_override="PATCH", upload_offset="0", content_type=CHUNK
    )
    assert light_kiosk.send(request).status_code == 405
    assert light_kiosk.head(parcel).headers["Upload-Offset"] == "0"


def test_head_repeats_the_metadata_and_is_not_to_be_kept(light_kiosk: Kiosk, parcel: Sealed) -> None:
    told = light_kiosk.head(parcel).headers
    assert base64.b64decode(told["Upload-Metadata"].removeprefix("id ")).decode() == parcel.id
    assert (told["Cache-Control"], told["Upload-Length"], told["Tus-Resumable"]) == ("no-store", "5000", "1.0.0")


REFUSALS = [
    ({"content_type": "application/octet-stream"}, (415, "jenis_isi_salah")),
    ({"upload_offset": "17"}, (409, "posisi_salah")),
    ({"upload_offset": "-1"}, (400, "kepala_salah")),
]


def test_each_refusal_of_a_chunk_speaks_tus_too(light_kiosk: Kiosk, parcel: Sealed) -> None:
    for change, expected in REFUSALS:
        headers = {"content_type": CHUNK, "upload_offset": "0", **change}
        answer = light_kiosk.send(light_kiosk.request("PATCH", f"/uploads/{parcel.id}", b"abc", **headers))
        assert code(answer) == expected
        assert answer.headers["Tus-Resumable"] == "1.0.0"


def test_an_empty_chunk_at_the_end_is_taken_as_nothing(light_kiosk: Kiosk, parcel: Sealed) -> None:
    light_kiosk.patch(parcel, 0, parcel.content)
    answer = light_kiosk.patch(parcel, parcel.size, b"")
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (204, str(parcel.size))


class Torn:
    """The web server's stream: it gives whole reads only, and on a reset all that it held of one read is lost."""

    def __init__(self, content: bytes, torn_at: int) -> None:
        self._content, self._torn_at, self._at = content, torn_at, 0

    def read(self, size: int, /) -> bytes:
        if self._at + size > self._torn_at:
            raise ConnectionResetError
        block = self._content[self._at : self._at + size]
        self._at += len(block)
        return block


def test_a_reset_costs_less_than_4_kib_of_what_had_come(light: Context, light_kiosk: Kiosk) -> None:
    uploads = Uploads(light)
    for torn_at in (4095, 4096, 30_000, 99_999):
        made = noise(100_000)
        light_kiosk.announce(made)
        light_kiosk.create(made)
        with pytest.raises(ConnectionResetError):
            uploads.append(light_kiosk.kiosk_id, made.id, 0, Torn(made.content, torn_at))
        assert torn_at - 4096 < uploads.held(made.id) <= torn_at
        assert uploads.path(made.id).read_bytes() == made.content[: uploads.held(made.id)]
