"""Who was on a kiosk: for the breach that people and the authority must be told of within 3 x 24 hours (docs/threat-model.md).

The sealed packets are opened in memory, one after another, and the look is written down first. What the kiosk never
announced is not known here: the last heartbeat's queue says how many that may be.
"""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from adminduk.clock import stamp
from adminduk.messages import Heartbeat, MessageError
from adminduk.packets import Packet, PacketError
from adminduk.tickets import spaced
from central.context import Context
from central.fleet.notes import note
from central.schema import applications, desa_staff, kiosks, packets
from central.worker import read_packet

FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would reckon out


class BreachError(ValueError):
    """``code``: ``kios_tidak_dikenal``, ``rentang_salah``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One line: whom to tell, and of what. ``keterangan``: the code of a packet that could not be opened, else empty."""

    tiket: str = ""
    layanan: str = ""
    dikirim: str = ""
    diterima: str = ""
    nama: str = field(default="", repr=False)
    telepon: str = field(default="", repr=False)
    email: str = field(default="", repr=False)
    isian: str = ""  # the keys of the answers, never what was answered
    dokumen: str = ""  # the codes of the papers
    keterangan: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """``announced``: packets the centre heard of and does not hold; ``unsent``: what the last heartbeat said was waiting;
    ``staff``: ids of the desa's staff, whose names and PIN hashes lie in the kiosk's encrypted store."""

    kiosk_id: str
    desa: str
    revoked_at: str | None
    last_seen: str | None
    unsent: int | None
    announced: int
    staff: tuple[str, ...]
    people: tuple[Person, ...] = field(repr=False)

    def summary(self) -> str:
        """JSON, nothing of a person in it."""
        shown = {key.name: getattr(self, key.name) for key in fields(self) if key.name != "people"}
        return json.dumps({**shown, "people": len(self.people)})

    def table(self) -> bytes:
        """CSV that a spreadsheet opens as it is meant: UTF-8 with its mark, and nothing in it is a formula."""
        out = io.StringIO()
        writer = csv.writer(out)
        columns = [column.name for column in fields(Person)]
        writer.writerow(columns)
        for person in self.people:
            writer.writerow([_plain(getattr(person, column)) for column in columns])
        return out.getvalue().encode("utf-8-sig")


def _plain(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text


def breach(context: Context, kiosk_id: str, *, since: datetime, until: datetime, actor: str) -> Breach:
    """Everybody whose application was sealed on that kiosk between two moments (UTC, both counted in).

    Raises:
        BreachError: an unknown kiosk, or an end before the beginning.
    """
    if until < since:
        raise BreachError("rentang_salah")
    with context.engine.begin() as connection:
        kiosk = connection.execute(sa.select(kiosks).where(kiosks.c.id == kiosk_id)).first()
        if kiosk is None:
            raise BreachError("kios_tidak_dikenal")
        note(connection, at=context.stamp(), actor=actor, what="laporan_kebocoran", target=kiosk_id)
        staff = connection.scalars(sa.select(desa_staff.c.staff_id).where(desa_staff.c.desa == kiosk.desa))
        found = Breach(
            kiosk_id=kiosk_id,
            desa=kiosk.desa,
            revoked_at=kiosk.revoked_at,
            last_seen=kiosk.last_seen,
            unsent=_unsent(kiosk.last_heartbeat),
            announced=_announced(connection, kiosk_id),
            staff=tuple(sorted(staff)),
            people=(),
        )
    people = tuple(_people(context, kiosk_id, since, until))
    return Breach(**{**{key.name: getattr(found, key.name) for key in fields(found)}, "people": people})


def _unsent(heartbeat: str | None) -> int | None:
    try:
        return None if heartbeat is None else Heartbeat.from_json(heartbeat.encode()).queue
    except MessageError:
        return None


def _announced(connection: sa.Connection, kiosk_id: str) -> int:
    waiting = sa.select(sa.func.count()).select_from(packets)
    return int(connection.scalar(waiting.where(packets.c.kiosk_id == kiosk_id, packets.c.state == "announced")) or 0)


def _people(context: Context, kiosk_id: str, since: datetime, until: datetime) -> Iterator[Person]:
    """In the order in which they came. Nothing is received before it was sealed; how long after, nobody knows."""
    wanted = (
        sa.select(packets.c.id, packets.c.received_at, applications.c.ticket, applications.c.service)
        .outerjoin(applications, applications.c.id == packets.c.id)
        .where(packets.c.kiosk_id == kiosk_id, packets.c.received_at >= stamp(since.astimezone(UTC)))
        .order_by(packets.c.received_at, packets.c.id)
    )
    with context.engine.connect() as connection:
        rows = connection.execute(wanted).all()
    for row in rows:
        try:
            packet = read_packet(context, row.id)
        except PacketError as error:
            yield Person(tiket=spaced(row.ticket or ""), layanan=row.service or "", diterima=row.received_at,
                         keterangan=error.code)  # fmt: skip
            continue
        if _within(packet, row.received_at, since, until):
            yield _person(context, row, packet)


def _within(packet: Packet, received_at: str, since: datetime, until: datetime) -> bool:
    """By the kiosk's clock where it was right; else by the centre's."""
    at = datetime.fromisoformat(packet.sealed_at if packet.clock_trusted else received_at)
    return since <= at <= until


def _person(context: Context, row: Any, packet: Packet) -> Person:
    answers: Mapping[str, str] = packet.answers
    service = context.catalogue.services.get(packet.service)
    return Person(
        tiket=spaced(packet.ticket),
        layanan=service.name if service else packet.service,
        dikirim=packet.sealed_at,
        diterima=row.received_at,
        nama=answers.get("nama", ""),
        telepon=answers.get("telepon", ""),
        email=answers.get("email", ""),
        isian=" ".join(sorted(answers)),
        dokumen=" ".join(sorted(packet.papers)),
    )
