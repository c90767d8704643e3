"""Admits received packets to the officers' queue, exactly once each: the packet's id is the application's key.

A packet that cannot be read is kept and shown to the admin with its code; it is never lost and never blocks the others.
"""

import logging
import re
from collections.abc import Callable
from threading import Event

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from adminduk.application import Role, State
from adminduk.clock import read_stamp
from adminduk.messages import is_staff_id
from adminduk.packets import Packet, PacketError, open_packet
from adminduk.tickets import SECRET_BYTES, check_pin, check_ticket
from adminduk.verdict import Verdict
from adminduk.waiting import claim_public
from central import changes
from central.claims import hash_pin, hash_secret
from central.context import Context
from central.documents.sealing import seal_next
from central.fleet import staff
from central.intake.packets import ADMITTED, RECEIVED, UNREADABLE, Row, packet_path
from central.publishing.publisher import publisher_of
from central.publishing.upkeep import Upkeep
from central.schema import applications, events, kiosks, packets

log = logging.getLogger(__name__)
IDLE_S = 0.3
UNKNOWN_HELPER = "petugas tidak dikenal"  # an event's note, as officers read it


def run(context: Context, stop: Event, *, alive: Callable[[], None] = lambda: None) -> None:
    """Admit until told to stop; the signed content is kept fresh on the way."""
    upkeep = Upkeep(publisher_of(context.settings.dir), context.clock)
    while not stop.is_set():
        alive()
        upkeep.tick()
        if not (admit_next(context) or seal_next(context)):
            stop.wait(IDLE_S)


def admit_next(context: Context) -> bool:
    """Admit the oldest received packet. False when there is none."""
    oldest = (
        sa.select(packets).where(packets.c.state == RECEIVED).order_by(packets.c.received_at, packets.c.id).limit(1)
    )
    with context.engine.connect() as connection:
        row = connection.execute(oldest).first()
    if row is None:
        return False
    try:
        packet = read_packet(context, str(row.id))
        check_packet(context, row, packet)
    except PacketError as error:
        _set_aside(context, str(row.id), error.code)
        return True
    _admit(context, packet)
    return True


def read_packet(context: Context, packet_id: str) -> Packet:
    """Open a received packet, in memory. Raises PacketError; a missing file is ``hilang``."""
    try:
        sealed = packet_path(context, packet_id).read_bytes()
    except FileNotFoundError:
        raise PacketError("hilang") from None
    return open_packet(sealed, context.keys.sealing)


def check_packet(context: Context, row: Row, packet: Packet) -> None:
    """What the packet says must fit who brought it. Raises PacketError."""
    checks = (
        (str(packet.id) == row.id, "isi_rusak"),
        (packet.kiosk_id == row.kiosk_id, "kios_lain"),
        (packet.service in context.catalogue.services, "layanan_tidak_dikenal"),
        (check_ticket(packet.ticket) == Verdict(value=packet.ticket), "tiket_salah"),  # bare digits, no separators
        (_fits_its_row(packet), "isi_rusak"),
    )
    for holds, code in checks:
        if not holds:
            raise PacketError(code)


def _fits_its_row(packet: Packet) -> bool:
    """Whether the rest of what is stored is what it says; else the database would stop the worker at each try."""
    try:
        read_stamp(packet.sealed_at)
    except ValueError:
        return False
    return (
        re.fullmatch(r"[0-9]{10}", packet.desa) is not None
        and check_pin(packet.pin) == Verdict(value=packet.pin)
        and len(packet.secret) == SECRET_BYTES
    )


def _set_aside(context: Context, packet_id: str, code: str) -> None:
    log.warning("packet_unreadable id=%s code=%s", packet_id, code)
    with context.engine.begin() as connection:
        still = (packets.c.id == packet_id, packets.c.state == RECEIVED)
        connection.execute(packets.update().where(*still).values(state=UNREADABLE, code=code))


def _admit(context: Context, packet: Packet) -> None:
    """One transaction; a second worker that was faster makes the insert fail, which is fine."""
    try:
        with context.engine.begin() as connection:
            _insert(context, connection, packet)
    except IntegrityError:
        _after_conflict(context, packet)
        return
    log.info("application_admitted id=%s", packet.id)


def _insert(context: Context, connection: sa.Connection, packet: Packet) -> None:
    now = context.stamp()
    last = connection.scalar(sa.select(sa.func.max(applications.c.queue_number))) or 0
    connection.execute(
        applications.insert().values(
            id=str(packet.id),
            queue_number=last + 1,
            ticket=packet.ticket,
            service=packet.service,
            desa=packet.desa,
            state=State.DIAJUKAN,
            submitted_at=packet.sealed_at,
            changed_at=now,
            pin_hash=hash_pin(packet.pin),
            secret_hash=hash_secret(packet.secret),
            claim_public=claim_public(packet.secret, packet.ticket),
            assisted_by=_helper(packet),
        )
    )
    first = {"at": now, "actor": packet.kiosk_id, "role": Role.SISTEM, "action": "ajukan", "before": ""}
    first["note"] = _helper_note(connection, packet)
    connection.execute(events.insert().values(application_id=str(packet.id), after=State.DIAJUKAN, **first))
    connection.execute(packets.update().where(packets.c.id == str(packet.id)).values(state=ADMITTED))
    changes.mark(connection, str(packet.id))


def _helper(packet: Packet) -> str | None:
    """Who helped. Only what has a staff id's shape is kept: anything else could be somebody's number or name."""
    helper = packet.assisted_by or ""
    return helper if is_staff_id(helper) else None


def _helper_note(connection: sa.Connection, packet: Packet) -> str:
    """An application whose helper is not known is taken all the same: the visitor did nothing wrong."""
    if packet.assisted_by is None:
        return ""
    desa = connection.scalar(sa.select(kiosks.c.desa).where(kiosks.c.id == packet.kiosk_id))
    known = staff.is_of(connection, packet.assisted_by, str(desa))
    return f"dibantu petugas {packet.assisted_by}" if known else UNKNOWN_HELPER


def _after_conflict(context: Context, packet: Packet) -> None:
    """Admitted by another worker, or a queue number was taken (try again next round), or the ticket is another's."""
    with context.engine.connect() as connection:
        taken = sa.select(applications.c.id).where(applications.c.ticket == packet.ticket)
        other = connection.scalar(taken)
    if other is not None and other != str(packet.id):
        _set_aside(context, str(packet.id), "tiket_ganda")
