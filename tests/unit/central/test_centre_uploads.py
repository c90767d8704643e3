"""Packets over lines that break: every byte that came is kept, none is taken twice, and no stranger gets in."""

import base64
import threading
from collections.abc import Iterator

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from central.context import Context
from central.errors import WireError
from central.intake import packets
from central.intake.uploads import BLOCK, LOCK_POLL_S, LOCK_WAIT_S, Uploads
from tests.unit.central.people import Kiosk, Sealed, code, noise


class Line:
    """Gives these blocks, then the line's end: silence, or an error."""

    def __init__(self, *blocks: bytes, end: Exception | None = None) -> None:
        self._blocks, self._end = iter(blocks), end

    def read(self, size: int, /) -> bytes:
        block = next(self._blocks, None)
        if block is None and self._end is not None:
            raise self._end
        return block or b""


def impatient(seconds: float) -> None:
    """Nobody waits in a test."""


@pytest.fixture
def parcel(light_kiosk: Kiosk) -> Sealed:
    """Announced and created."""
    made = noise(100_000)
    assert light_kiosk.announce(made).status_code == 201
    assert light_kiosk.create(made).status_code == 201
    return made


@pytest.fixture
def uploads(light: Context) -> Uploads:
    return Uploads(light, pause=impatient)


# --- creation -------------------------------------------------------------------------------------------------------


def test_creation_names_the_upload_by_the_packet(light_kiosk: Kiosk) -> None:
    parcel = noise()
    light_kiosk.announce(parcel)
    answer = light_kiosk.create(parcel)
    assert (answer.status_code, answer.headers["Location"]) == (201, f"/api/v1/uploads/{parcel.id}")
    assert answer.headers["Tus-Resumable"] == "1.0.0"


def test_creating_again_gives_the_same_upload_and_loses_nothing(light_kiosk: Kiosk, parcel: Sealed) -> None:
    light_kiosk.patch(parcel, 0, parcel.content[:700])
    again = light_kiosk.create(parcel)
    assert (again.status_code, again.headers["Location"]) == (201, f"/api/v1/uploads/{parcel.id}")
    assert light_kiosk.head(parcel).headers["Upload-Offset"] == "700"


def test_what_was_not_announced_is_not_created(light_kiosk: Kiosk) -> None:
    assert code(light_kiosk.create(noise())) == (404, "belum_diumumkan")


def test_what_another_kiosk_announced_is_not_created(light: Context, light_app: Flask, parcel: Sealed) -> None:
    other = Kiosk.enrol(light_app, light)
    assert code(other.create(parcel)) == (404, "belum_diumumkan")
    assert other.head(parcel).status_code == 404
    assert code(other.patch(parcel, 0, b"x")) == (404, "tidak_ada")


def test_another_length_than_announced_is_409(light_kiosk: Kiosk, parcel: Sealed) -> None:
    assert code(light_kiosk.create(parcel, length=parcel.size - 1)) == (409, "isi_berbeda")


@pytest.mark.parametrize(
    "metadata",
    [
        "",
        "id",
        "id ***",
        "nama eA==",
        "id " + base64.b64encode(b"\xff").decode(),
        "id " + base64.b64encode(b"\0").decode(),
    ],
)
def test_metadata_that_names_no_packet_is_400(kiosk: Kiosk, metadata: str) -> None:
    parcel = noise()
    kiosk.announce(parcel)
    assert code(kiosk.create(parcel, metadata=metadata)) == (400, "kepala_salah")


def test_other_metadata_beside_the_id_does_no_harm(light_kiosk: Kiosk, parcel: Sealed) -> None:
    told = f"filename eC5iaW4=, id {base64.b64encode(parcel.id.encode()).decode()},kosong"
    assert light_kiosk.create(parcel, metadata=told).status_code == 201


@pytest.mark.parametrize("length", ["", "-1", "1.0", "1e3", "٣", "9" * 16, " "])
def test_a_length_that_is_no_number_is_400(light_kiosk: Kiosk, parcel: Sealed, length: str) -> None:
    request = light_kiosk.request(
        "POST", "/uploads", upload_metadata=f"id {base64.b64encode(parcel.id.encode()).decode()}"
    )
    if length.isascii() and length.strip():
        request.headers["upload-length"] = length
    assert code(light_kiosk.send(request)) == (400, "kepala_salah")


# --- offsets and chunks ---------------------------------------------------------------------------------------------


def test_the_offset_grows_with_what_came(light_kiosk: Kiosk, parcel: Sealed) -> None:
    for at in range(0, parcel.size, 30_000):
        head = light_kiosk.head(parcel)
        assert (head.headers["Upload-Offset"], head.headers["Upload-Length"]) == (str(at), str(parcel.size))
        assert head.headers["Cache-Control"] == "no-store"
        answer = light_kiosk.patch(parcel, at, parcel.content[at : at + 30_000])
        assert answer.status_code == 204
        assert answer.headers["Upload-Offset"] == str(min(at + 30_000, parcel.size))


def test_head_of_what_was_never_created_is_404(light_kiosk: Kiosk) -> None:
    parcel = noise()
    light_kiosk.announce(parcel)
    assert light_kiosk.head(parcel).status_code == 404
    assert code(light_kiosk.patch(parcel, 0, b"x")) == (404, "tidak_ada")


def test_a_received_packet_takes_no_more_bytes(light_kiosk: Kiosk, parcel: Sealed) -> None:
    light_kiosk.deliver(parcel)
    assert code(light_kiosk.patch(parcel, parcel.size, b"x")) == (404, "tidak_ada")
    assert light_kiosk.create(parcel).status_code == 201
    assert light_kiosk.head(parcel).status_code == 404


@pytest.mark.parametrize("at", [1, 99_999, 10**12])
def test_a_chunk_at_the_wrong_place_is_409_and_not_written(light_kiosk: Kiosk, parcel: Sealed, at: int) -> None:
    assert code(light_kiosk.patch(parcel, at, b"abc")) == (409, "posisi_salah")
    assert light_kiosk.head(parcel).headers["Upload-Offset"] == "0"


def test_a_chunk_sent_twice_is_taken_once(light_kiosk: Kiosk, parcel: Sealed) -> None:
    assert light_kiosk.patch(parcel, 0, parcel.content[:500]).status_code == 204
    assert code(light_kiosk.patch(parcel, 0, parcel.content[:500])) == (409, "posisi_salah")
    assert light_kiosk.head(parcel).headers["Upload-Offset"] == "500"


def test_more_than_was_announced_is_413_and_the_file_stays_within_its_length(
    light_kiosk: Kiosk, parcel: Sealed, uploads: Uploads
) -> None:
    assert code(light_kiosk.patch(parcel, 0, parcel.content + b"x")) == (413, "terlalu_besar")
    assert uploads.held(parcel.id) <= parcel.size


@pytest.mark.parametrize("kind", ["application/octet-stream", "application/json", "text/plain"])
def test_a_chunk_of_another_type_is_415(light_kiosk: Kiosk, parcel: Sealed, kind: str) -> None:
    assert code(light_kiosk.patch(parcel, 0, b"abc", content_type=kind)) == (415, "jenis_isi_salah")


def test_a_chunk_without_an_offset_is_400(light_kiosk: Kiosk, parcel: Sealed) -> None:
    path, kind = f"/uploads/{parcel.id}", "application/offset+octet-stream"
    assert code(light_kiosk.send(light_kiosk.request("PATCH", path, b"x", content_type=kind))) == (400, "kepala_salah")


def test_a_chunk_may_be_larger_than_any_small_message(light: Context, light_kiosk: Kiosk) -> None:
    large = noise(light.settings.largest_packet)
    assert light_kiosk.deliver(large).status_code == 200


# --- lines that break -----------------------------------------------------------------------------------------------


def test_a_body_that_breaks_in_the_middle_keeps_its_bytes(
    light: Context, light_kiosk: Kiosk, parcel: Sealed, uploads: Uploads
) -> None:
    line = Line(parcel.content[:BLOCK], parcel.content[BLOCK : BLOCK + 77], end=ConnectionResetError())
    with pytest.raises(ConnectionResetError):
        uploads.append(light_kiosk.kiosk_id, parcel.id, 0, line)
    held = BLOCK + 77
    assert uploads.path(parcel.id).read_bytes() == parcel.content[:held]
    assert light_kiosk.head(parcel).headers["Upload-Offset"] == str(held)
    assert light_kiosk.patch(parcel, held, parcel.content[held:]).status_code == 204
    assert light_kiosk.receipt(parcel).status_code == 200


def test_a_body_that_ends_early_keeps_its_bytes(light_kiosk: Kiosk, parcel: Sealed, uploads: Uploads) -> None:
    assert uploads.append(light_kiosk.kiosk_id, parcel.id, 0, Line(b"abc")) == 3
    assert uploads.held(parcel.id) == 3


def test_a_broken_line_frees_the_upload(light_kiosk: Kiosk, parcel: Sealed, uploads: Uploads) -> None:
    with pytest.raises(TimeoutError):
        uploads.append(light_kiosk.kiosk_id, parcel.id, 0, Line(end=TimeoutError()))
    assert uploads.append(light_kiosk.kiosk_id, parcel.id, 0, Line(b"x")) == 1


def test_a_measure_never_tells_less_than_an_older_chunk_still_writes(
    light_kiosk: Kiosk, parcel: Sealed, light: Context
) -> None:
    """HEAD waits for the PATCH that still drains, and then tells all of it."""
    begun, go_on = threading.Event(), threading.Event()

    class Slow:
        blocks: Iterator[bytes] = iter([b"a" * 10, b"b" * 10])

        def read(self, size: int, /) -> bytes:
            begun.set()
            go_on.wait(10)
            return next(self.blocks, b"")

    def let_go(seconds: float) -> None:
        go_on.set()
        threading.Event().wait(0.01)

    writer = threading.Thread(target=Uploads(light).append, args=(light_kiosk.kiosk_id, parcel.id, 0, Slow()))
    writer.start()
    assert begun.wait(10)
    assert Uploads(light, pause=let_go).offset(light_kiosk.kiosk_id, parcel.id) == (20, parcel.size)
    writer.join(10)


def test_an_upload_that_stays_in_use_is_423_with_a_wait(light_kiosk: Kiosk, parcel: Sealed, light: Context) -> None:
    waited: list[float] = []
    patient = Uploads(light, pause=waited.append)
    with Uploads(light).locked(parcel.id), pytest.raises(WireError) as refusal:
        patient.offset(light_kiosk.kiosk_id, parcel.id)
    assert (refusal.value.status, refusal.value.code, refusal.value.retry_after) == (423, "sedang_dipakai", 5)
    assert sum(waited) == pytest.approx(LOCK_WAIT_S)
    assert set(waited) == {LOCK_POLL_S}


def test_a_receipt_waits_for_the_lock_too(light_kiosk: Kiosk, parcel: Sealed, uploads: Uploads, light: Context) -> None:
    light_kiosk.upload(parcel)
    with Uploads(light).locked(parcel.id), pytest.raises(WireError) as refusal:
        packets.receive(light, uploads, light_kiosk.kiosk_id, parcel.id)
    assert refusal.value.status == 423
    assert light_kiosk.receipt(parcel).status_code == 200


def test_the_retry_wait_stands_in_the_header_and_in_the_problem(light_app: Flask) -> None:
    from central.errors import problem

    answer = problem(423, "sedang_dipakai", retry_after=5)
    assert (answer.headers["Retry-After"], answer.get_json()["retry_after"]) == ("5", 5)
    assert "Retry-After" not in problem(404, "tidak_ada").headers


def test_locking_what_is_not_there_is_404(uploads: Uploads) -> None:
    with pytest.raises(WireError) as refusal, uploads.locked("tidak-ada"):
        pytest.fail("locked nothing")
    assert (refusal.value.status, refusal.value.code) == (404, "tidak_ada")


def test_nothing_held_is_zero(uploads: Uploads) -> None:
    assert uploads.held("tidak-ada") == 0


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_sequence_of_broken_lines_ends_in_the_packet(
    light: Context, light_kiosk: Kiosk, data: st.DataObject
) -> None:
    """Each line brings some bytes and breaks somewhere; the kiosk measures and goes on, as tus wants it."""
    parcel = Sealed(noise().id, data.draw(st.binary(min_size=1, max_size=4000)))
    uploads = Uploads(light, pause=impatient)
    light_kiosk.announce(parcel)
    light_kiosk.create(parcel)
    while (at := uploads.offset(light_kiosk.kiosk_id, parcel.id)[0]) < parcel.size:
        sent = data.draw(st.integers(1, parcel.size - at))
        end = data.draw(st.sampled_from([None, ConnectionResetError(), TimeoutError()]))
        try:
            uploads.append(light_kiosk.kiosk_id, parcel.id, at, Line(parcel.content[at : at + sent], end=end))
        except OSError:
            continue
    assert light_kiosk.receipt(parcel).status_code == 200
    assert packets.packet_path(light, parcel.id).read_bytes() == parcel.content
