"""Looks at both disks from outside, with every key, and says what is wrong. Shapes: a complaint is one line that names no one."""

import hashlib
import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from adminduk.clock import SystemClock
from adminduk.messages import MessageError, SignedReceipt, verify_receipt
from adminduk.packets import PacketError, open_packet
from central.engine import open_engine
from central.schema import applications, packets
from kiosk.store import PrintState, Store, StoreError, mending
from tests.powercuts import disks
from tests.powercuts.village import Village


@dataclass
class Heard:
    """What left the machine before its cuts. ``papers``: ticket → SHA-256 of the page that its visitor had laid down."""

    papers: dict[str, str] = field(default_factory=dict)
    twice: list[str] = field(default_factory=list)
    laid: set[str] = field(default_factory=set)
    resumed: int = 0
    asked: int = 0

    def listen(self, lines: Sequence[str]) -> None:
        """One boot's lines."""
        page, begun = "", False
        for line in lines:
            match line.split():
                case ["LAID", digest]:
                    page = digest
                    self.laid.add(digest)
                case ["PAPER", ticket]:
                    self.twice += [ticket] if ticket in self.papers else []
                    self.papers[ticket] = page
                case ["ASK", *_]:
                    self.asked += 1
                case ["TOLD", "HEAD", "uploads", _, offset] if offset not in ("-", "0") and not begun:
                    self.resumed, begun = self.resumed + 1, True


@dataclass(frozen=True)
class Row:
    """Of the kiosk's outbox."""

    id: str
    ticket: str
    state: str
    sha256: str
    receipt: str


@dataclass
class Both:
    """What stands on both disks."""

    outbox: dict[str, Row]
    prints: dict[str, list[PrintState]]
    vault: dict[str, str]
    packets: Mapping[str, tuple[str, str]]  # id → (state, SHA-256)
    tickets: Mapping[str, str]  # of applications: id → ticket
    kept: dict[str, str]  # id → SHA-256 of the file at the centre
    uploads: list[str]
    strays: list[str]


def look(village: Village, folder: Path) -> tuple[Both, list[str]]:
    """Both disks as a start would find them; the disks themselves are left alone."""
    wrong, taken = [], []
    for image in village.disks:
        copy = disks.copied(image, folder / "copy.img")
        if disks.heal(copy) > 1:
            wrong.append(f"{image.stem}: e2fsck wants a person")
        taken.append(disks.take_out(copy, folder / image.stem))
    return read(village, *taken, wrong), wrong


def read(village: Village, kiosk: Path, centre: Path, wrong: list[str]) -> Both:
    state, data = kiosk / "state", centre / "data"
    outbox, prints = {}, {}
    try:
        mending.check(state / "kiosk.db", village.store_key)
        store = Store.open(state / "kiosk.db", village.store_key, clock=SystemClock(), dice=secrets)
    except StoreError as error:
        wrong.append(f"the kiosk's store does not open: {error.code}")
    else:
        with store._engine.connect() as connection:
            for row in connection.exec_driver_sql("SELECT id, ticket, state, sha256, receipt FROM outbox"):
                outbox[str(row[0])] = Row(*(str(value or "") for value in row))
        prints = {one: [job.state for job in store.prints_of(one)] for one in outbox}
        store.close()
    engine = open_engine(f"sqlite:///{data / 'central.db'}")
    with engine.connect() as connection:
        rows = {str(row.id): (str(row.state), str(row.sha256)) for row in connection.execute(sa.select(packets))}
        tickets = {str(row.id): str(row.ticket) for row in connection.execute(sa.select(applications))}
        if connection.exec_driver_sql("PRAGMA integrity_check").scalar() != "ok":
            wrong.append("the centre's database is damaged")
    engine.dispose()
    files = [path for path in (data / "packets").rglob("*") if path.is_file()]
    return Both(
        outbox, prints, {path.stem: digest(path) for path in (state / "vault").glob("*.packet")}, rows, tickets,
        {path.name: digest(path) for path in files}, [path.name for path in (data / "uploads").glob("*")],
        [path.name for path in (*kiosk.rglob("*.tmp"), *centre.rglob("*.tmp"))],
    )  # fmt: skip


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def lost(both: Both, heard: Heard) -> list[str]:
    """What holds at EVERY instant: whoever has a paper, has their application whole, in the kiosk's vault or at the centre."""
    by_ticket = {row.ticket: row for row in both.outbox.values()}
    wrong = []
    for ticket in heard.papers:
        row = by_ticket.get(ticket)
        if row is None:
            wrong.append("a paper whose application the kiosk does not know")
        elif row.sha256 not in (both.vault.get(row.id), received(both, row.id)):
            wrong.append(f"a paper whose packet is nowhere whole ({row.state})")
    return wrong


def received(both: Both, packet_id: str) -> str | None:
    state, _ = both.packets.get(packet_id, ("", ""))
    return both.kept.get(packet_id) if state in ("received", "admitted") else None


def left(both: Both, heard: Heard, village: Village, centre: Path, *, cuts: int) -> list[str]:
    """What holds when everything was carried: see test_power_cuts.py."""
    ids = set(both.outbox)
    wrong = [
        sentence
        for sentence, holds in {
            "a ticket was printed twice": not heard.twice,
            "an application more or less than the kiosk sent": set(both.tickets) == ids,
            "a packet's row more or less": set(both.packets) == ids,
            "a packet's file more or less": set(both.kept) == ids,
            "two applications with one ticket": len(set(both.tickets.values())) == len(both.tickets),
            "half an upload is left": not both.uploads,
            "half a file is left": not both.strays,
            "the vault is not empty": not both.vault,
            "more applications without a paper than cuts": len(ids) - len(heard.papers) <= cuts,
        }.items()
        if not holds
    ]
    receipt_key = Ed25519PublicKey.from_public_bytes(village.receipt_key)
    pages: Counter[str] = Counter()
    for row in both.outbox.values():
        wrong += [f"{complaint} ({row.id[-6:]})" for complaint in one(both, row, heard, receipt_key)]
        page = opened(village, centre, row, wrong)
        pages[page] += 1
        if page not in heard.laid or heard.papers.get(row.ticket, page) != page:
            wrong.append("a packet is not what its visitor laid down")
    return [*wrong, *(["a visitor's page came twice"] if any(count > 1 for count in pages.values()) else [])]


def one(both: Both, row: Row, heard: Heard, receipt_key: Ed25519PublicKey) -> list[str]:
    wrong = []
    if row.state != "PURGED" or both.packets.get(row.id) != ("admitted", row.sha256):
        wrong.append(f"not carried to its end: {row.state}")
    if both.tickets.get(row.id) != row.ticket:
        wrong.append("another ticket at the centre")
    if row.ticket not in heard.papers and PrintState.CONFIRMED in both.prints[row.id]:
        wrong.append("the kiosk believes in a paper that never came")
    try:
        receipt = verify_receipt(SignedReceipt.from_json(row.receipt.encode()), receipt_key)
        if (receipt.id, receipt.sha256) != (row.id, row.sha256):
            wrong.append("a receipt of another packet")
    except MessageError:
        wrong.append("no receipt of the centre's")
    return wrong


def opened(village: Village, centre: Path, row: Row, wrong: list[str]) -> str:
    """SHA-256 of the page inside; the packet's own list of hashes is held by ``open_packet``."""
    try:
        sealed = (centre / "data" / "packets" / row.id[-2:] / row.id).read_bytes()
        packet = open_packet(sealed, village.sealing)
    except (OSError, PacketError) as error:
        wrong.append(f"a packet does not open: {type(error).__name__}")
        return ""
    if hashlib.sha256(sealed).hexdigest() != row.sha256 or (str(packet.id), packet.ticket) != (row.id, row.ticket):
        wrong.append("a packet is not what was sealed")
    return hashlib.sha256(packet.papers["kk_lama"][0].content).hexdigest()
