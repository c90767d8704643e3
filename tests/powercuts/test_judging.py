"""The judge of the power cuts: silent on what is right, and each of its complaints comes when it should. No guest is booted."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from adminduk.messages import Receipt, sign_receipt
from adminduk.packets import Packet, Page, SealingKey, seal
from kiosk.store import PrintState
from tests.powercuts import disks, guest, judge
from tests.powercuts.judge import Both, Heard, Row
from tests.powercuts.people import SECRETS
from tests.powercuts.village import Village
from tests.unit.store.making import numbered_id, ticket


@dataclass
class Case:
    """One kiosk and one centre after a good day: two papers, and one that a cut took before it was printed."""

    both: Both
    heard: Heard
    village: Village
    centre: Path

    def verdict(self, *, cuts: int = 1) -> list[str]:
        return judge.lost(self.both, self.heard) + judge.left(
            self.both, self.heard, self.village, self.centre, cuts=cuts
        )

    @property
    def first(self) -> str:
        return next(iter(self.both.outbox))


def sealed(number: int, page: bytes, key: SealingKey) -> bytes:
    papers = {"kk_lama": (Page("kk_lama-1.jpg", page),)}
    return seal(
        Packet(
            id=UUID(numbered_id(number)), service="KK-UBAH-3", kiosk_id="K-0001", desa="3312122001",
            sealed_at="2026-11-22T01:00:00.000000Z", clock_trusted=True, ticket=ticket(number), secret=bytes(16), pin="482913",
            answers={}, papers=papers, notice_version="1", replaces=None, assisted_by=None,
        ),
        key,
    )  # fmt: skip


@pytest.fixture
def case(tmp_path: Path) -> Case:
    private, signer = X25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    village = Village(
        tmp_path,
        tmp_path / "kiosk.img",
        tmp_path / "centre.img",
        private,
        signer.public_key().public_bytes_raw(),
        bytes(32),
    )
    both, heard = Both({}, {}, {}, {}, {}, {}, [], []), Heard()
    lines = ["READY"]
    for number in (1, 2, 3):
        packet_id, page = numbered_id(number), b"page %d" % number
        content = sealed(number, page, SealingKey(private.public_key()))
        digest = hashlib.sha256(content).hexdigest()
        path = tmp_path / "data" / "packets" / packet_id[-2:] / packet_id
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        receipt = Receipt(
            id=packet_id, sha256=digest, size=len(content), received_at="2026-11-22T01:00:01.000000Z", centre="dukcapil"
        )
        signed = sign_receipt(receipt, signer).to_json().decode()
        both.outbox[packet_id] = Row(packet_id, ticket(number), "PURGED", digest, signed)
        both.prints[packet_id] = [PrintState.DOUBTFUL if number == 3 else PrintState.CONFIRMED]
        both.packets, both.tickets = (
            {**both.packets, packet_id: ("admitted", digest)},
            {**both.tickets, packet_id: ticket(number)},
        )
        both.kept[packet_id] = digest
        lines += [f"LAID {hashlib.sha256(page).hexdigest()}", *([f"PAPER {ticket(number)}"] if number < 3 else [])]
    heard.listen(lines)
    return Case(both, heard, village, tmp_path)


def test_a_good_day_gives_no_complaint(case: Case) -> None:
    assert case.verdict() == []


def forget(case: Case) -> None:
    """A row that was not synced."""
    del case.both.outbox[case.first]


def double(case: Case) -> None:
    case.both.tickets = {**case.both.tickets, numbered_id(9): ticket(1)}


def row(case: Case, **changes: str) -> None:
    case.both.outbox[case.first] = replace(case.both.outbox[case.first], **changes)


def damage(case: Case) -> None:
    path = case.centre / "data" / "packets" / case.first[-2:] / case.first
    path.write_bytes(path.read_bytes()[:-1] + b"?")


@pytest.mark.parametrize(
    ("mishap", "complaint"),
    [
        (forget, "the kiosk does not know"),
        (lambda case: case.both.kept.update({case.first: "0" * 64}), "nowhere whole (PURGED)"),
        (lambda case: case.both.kept.pop(case.first), "a packet's file more or less"),
        (lambda case: case.heard.listen([f"PAPER {ticket(1)}"]), "printed twice"),
        (double, "two applications with one ticket"),
        (lambda case: setattr(case.both, "packets", {}), "a packet's row more or less"),
        (lambda case: setattr(case.both, "tickets", {}), "an application more or less"),
        (lambda case: case.both.uploads.append(case.first), "half an upload"),
        (lambda case: case.both.strays.append("x.tmp"), "half a file"),
        (lambda case: case.both.vault.update({case.first: "0"}), "the vault is not empty"),
        (lambda case: case.heard.papers.pop(ticket(1)), "more applications without a paper"),
        (lambda case: case.heard.papers.pop(ticket(2)), "a paper that never came"),
        (lambda case: row(case, state="UPLOADING"), "not carried to its end: UPLOADING"),
        (lambda case: row(case, ticket=ticket(8)), "another ticket at the centre"),
        (lambda case: row(case, receipt="{}"), "no receipt of the centre's"),
        (lambda case: row(case, receipt=case.both.outbox[numbered_id(2)].receipt), "a receipt of another packet"),
        (lambda case: row(case, sha256="0" * 64), "not what was sealed"),
        (damage, "does not open"),
        (lambda case: case.heard.laid.clear(), "not what its visitor laid down"),
        (
            lambda case: case.heard.papers.update({ticket(1): case.heard.papers[ticket(2)]}),
            "not what its visitor laid down",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_mishap_has_its_complaint(case: Case, mishap: Callable[[Case], object], complaint: str) -> None:
    mishap(case)
    assert any(complaint in told for told in case.verdict())


def test_a_packet_that_waits_whole_is_not_lost(case: Case) -> None:
    """At a cut the kiosk's copy is enough; a packet that the centre has only heard of is not."""
    waiting = case.both.outbox[case.first]
    case.both.packets = {**case.both.packets, case.first: ("announced", waiting.sha256)}
    assert judge.lost(case.both, case.heard)
    case.both.vault[case.first] = waiting.sha256
    assert judge.lost(case.both, case.heard) == []


def test_an_upload_that_goes_on_is_counted_once_a_start() -> None:
    heard = Heard()
    heard.listen(["ASK HEAD uploads -", "TOLD HEAD uploads 200 4096", "TOLD HEAD uploads 200 8192"])
    heard.listen(["TOLD HEAD uploads 404 -", "TOLD HEAD uploads 200 0"])
    assert heard.resumed == 1


def test_both_raw_disks_are_searched(tmp_path: Path) -> None:
    """A page that lies on the disk as it is would be found, wherever a block of reading ends."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "page").write_bytes(b"x" * 100_000 + SECRETS[0])
    image = disks.make(tmp_path / "disk.img", tmp_path / "in")
    assert disks.holds(image, SECRETS[0])
    assert not disks.holds(image, SECRETS[0][::-1])
    (tmp_path / "edge").write_bytes(b"x" * (disks.BLOCK - 3) + SECRETS[0])
    assert disks.holds(tmp_path / "edge", SECRETS[0])


def test_a_disk_whose_tables_disagree_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    image = disks.make(tmp_path / "disk.img", tmp_path / "in")
    assert disks.complaints(image) == ""
    with image.open("r+b") as disk:
        disk.seek(2 * 1024)  # the group's descriptors
        disk.write(b"\xff" * 64)
    assert disks.complaints(image)


def test_a_machine_without_the_kernel_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guest, "NEEDS", ("linux.uml-that-is-nowhere",))
    assert guest.missing() == ["linux.uml-that-is-nowhere"]
