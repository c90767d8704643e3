"""Admission: each packet once, in order; one that cannot be read is set aside and stops nobody."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest
import sqlalchemy as sa
from uuid6 import uuid7

from adminduk.application import State
from adminduk.packets import Packet
from central import worker
from central.claims import hash_pin, hash_secret
from central.context import Context
from central.intake.packets import packet_path
from central.schema import applications, events, packets
from tests.unit.central.conftest import rows
from tests.unit.central.people import NAME, NIK, PIN, SECRET, Kiosk, Sealed, noise, packet, sealed, ticket

Change = dict[str, Any]


@pytest.fixture
def send(context: Context, kiosk: Kiosk) -> Callable[..., Sealed]:
    """Deliver the n-th packet, spoiled as told."""

    def deliver(number: int = 1, **changes: Any) -> Sealed:
        parcel = sealed(context, packet(number=number, **{"kiosk_id": kiosk.kiosk_id, **changes}))
        assert kiosk.deliver(parcel).status_code == 200
        return parcel

    return deliver


def admit_all(context: Context) -> int:
    count = 0
    while worker.admit_next(context):
        count += 1
        assert count < 100
    return count


def set_aside(context: Context) -> dict[str, str]:
    return {str(row.id): str(row.code) for row in rows(context, sa.select(packets)) if row.state == "unreadable"}


def admitted(context: Context) -> list[str]:
    return [str(row.id) for row in rows(context, sa.select(applications).order_by(applications.c.queue_number))]


def test_nothing_received_is_nothing_to_do(context: Context, kiosk: Kiosk) -> None:
    kiosk.announce(noise())
    assert not worker.admit_next(context)


def test_a_packet_becomes_an_application_once(context: Context, send: Callable[..., Sealed]) -> None:
    parcel = send()
    assert [worker.admit_next(context) for _ in range(3)] == [True, False, False]
    (row,) = rows(context, sa.select(applications))
    told = (row.id, row.queue_number, row.ticket, row.service, row.desa, row.state)
    assert told == (parcel.id, 1, ticket(1), "KK-UBAH-3", "3312122001", State.DIAJUKAN)
    assert [row.state for row in rows(context, sa.select(packets))] == ["admitted"]


def test_its_first_event_says_which_kiosk_brought_it(
    context: Context, kiosk: Kiosk, send: Callable[..., Sealed]
) -> None:
    send()
    admit_all(context)
    (event,) = rows(context, sa.select(events))
    told = (event.actor, event.role, event.action, event.before, event.after)
    assert told == (kiosk.kiosk_id, "sistem", "ajukan", "", "DIAJUKAN")


def test_no_table_holds_anything_personal(context: Context, send: Callable[..., Sealed]) -> None:
    send()
    admit_all(context)
    for table in (applications, events, packets):
        text = repr(rows(context, sa.select(table)))
        assert not [word for word in (NIK, NAME, PIN, SECRET.hex()) if word in text]


@pytest.mark.real_cost
def test_a_claim_pin_is_hashed_by_argon2id_at_owasp_s_least_cost() -> None:
    assert hash_pin("123456").startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_pin_and_secret_are_kept_only_as_hashes(context: Context, send: Callable[..., Sealed]) -> None:
    send()
    admit_all(context)
    (row,) = rows(context, sa.select(applications))
    assert str(row.pin_hash).startswith("$argon2id$")
    assert row.secret_hash == hash_secret(SECRET)


def test_first_received_is_first_in_the_queue(context: Context, send: Callable[..., Sealed]) -> None:
    sent = []
    for number in (3, 1, 2):
        sent.append(send(number).id)
        context.clock.advance(1)  # type: ignore[attr-defined]  # the tests' clock can be moved
    assert admit_all(context) == 3
    assert admitted(context) == sent


def test_two_workers_at_once_admit_each_packet_once(context: Context, send: Callable[..., Sealed]) -> None:
    sent = sorted(send(number).id for number in range(1, 9))
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda _: admit_all(context), range(3)))
    found = rows(context, sa.select(applications))
    assert sorted(str(row.id) for row in found) == sent
    assert sorted(row.queue_number for row in found) == list(range(1, 9))
    assert len(rows(context, sa.select(events))) == 8
    assert set_aside(context) == {}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"kiosk_id": "K-0042"}, "kios_lain"),
        ({"service": "PASPOR"}, "layanan_tidak_dikenal"),
        ({"ticket": "000100000199"}, "tiket_salah"),
        ({"ticket": "12345"}, "tiket_salah"),
        ({"ticket": "-".join([ticket(1)[:4], ticket(1)[4:8], ticket(1)[8:]])}, "tiket_salah"),
        ({"desa": "33.12.12.2001"}, "isi_rusak"),
        ({"desa": "Desa Contoh di Kecamatan Contoh"}, "isi_rusak"),
        ({"sealed_at": "kemarin, kira-kira pukul sembilan pagi WIB"}, "isi_rusak"),
        ({"pin": "12"}, "isi_rusak"),
        ({"secret": b""}, "isi_rusak"),
    ],
)
def test_what_does_not_fit_is_set_aside_with_its_code_and_the_rest_goes_on(
    context: Context, send: Callable[..., Sealed], changes: Change, reason: str
) -> None:
    bad = send(1, **changes)
    context.clock.advance(1)  # type: ignore[attr-defined]  # the tests' clock can be moved
    good = send(2)
    assert admit_all(context) == 2
    assert set_aside(context) == {bad.id: reason}
    assert admitted(context) == [good.id]
    assert packet_path(context, bad.id).exists()


def test_noise_is_set_aside(context: Context, kiosk: Kiosk) -> None:
    short, long = noise(10), noise(500)
    kiosk.deliver(short)
    kiosk.deliver(long)
    admit_all(context)
    assert set_aside(context) == {short.id: "bukan_paket", long.id: "bukan_paket"}


def test_a_packet_sealed_for_another_key_is_set_aside(context: Context, kiosk: Kiosk) -> None:
    good = sealed(context, packet(kiosk.kiosk_id))
    other = Sealed(good.id, good.content[:6] + b"\0" * 8 + good.content[14:])
    kiosk.deliver(other)
    admit_all(context)
    assert set_aside(context) == {other.id: "kunci_lain"}


def test_a_broken_seal_is_set_aside(context: Context, kiosk: Kiosk) -> None:
    good = sealed(context, packet(kiosk.kiosk_id))
    broken = Sealed(good.id, good.content[:-1] + bytes([good.content[-1] ^ 1]))
    kiosk.deliver(broken)
    admit_all(context)
    assert set_aside(context) == {broken.id: "segel_rusak"}


def test_a_packet_brought_under_another_id_is_set_aside(context: Context, kiosk: Kiosk) -> None:
    renamed = Sealed(str(uuid7()), sealed(context, packet(kiosk.kiosk_id)).content)
    kiosk.deliver(renamed)
    admit_all(context)
    assert set_aside(context) == {renamed.id: "isi_rusak"}


def test_the_ticket_of_another_packet_is_set_aside_and_the_first_keeps_it(
    context: Context, send: Callable[..., Sealed]
) -> None:
    first = send(7)
    context.clock.advance(1)  # type: ignore[attr-defined]  # the tests' clock can be moved
    second = send(7)
    assert admit_all(context) == 2
    assert admitted(context) == [first.id]
    assert set_aside(context) == {second.id: "tiket_ganda"}


def test_a_file_that_vanished_is_set_aside(context: Context, send: Callable[..., Sealed]) -> None:
    lost = send()
    packet_path(context, lost.id).unlink()
    admit_all(context)
    assert set_aside(context) == {lost.id: "hilang"}


def test_a_packet_that_another_worker_admitted_is_left_alone(context: Context, send: Callable[..., Sealed]) -> None:
    parcel = send()
    opened: Packet = worker.read_packet(context, parcel.id)
    admit_all(context)
    worker._admit(context, opened)
    worker._set_aside(context, parcel.id, "terlambat")
    assert admitted(context) == [parcel.id]
    assert set_aside(context) == {}


def test_run_goes_on_until_told_to_stop_and_says_that_it_lives(light: Context, light_kiosk: Kiosk) -> None:
    parcel = sealed(light, packet(light_kiosk.kiosk_id))
    light_kiosk.deliver(parcel)
    stop, beats = Event(), []

    def alive() -> None:
        beats.append(1)
        if len(beats) == 2:
            stop.set()

    worker.run(light, stop, alive=alive)
    assert admitted(light) == [parcel.id]
    assert len(beats) == 2


def test_the_log_says_ids_and_codes_and_nothing_else(
    context: Context, send: Callable[..., Sealed], caplog: pytest.LogCaptureFixture
) -> None:
    good, bad = send(1), send(2, service="PASPOR")
    with caplog.at_level("INFO"):
        admit_all(context)
    assert f"application_admitted id={good.id}" in caplog.text
    assert f"packet_unreadable id={bad.id} code=layanan_tidak_dikenal" in caplog.text
    assert not [word for word in (NIK, NAME, PIN) if word in caplog.text]
