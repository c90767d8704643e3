"""What is interrupted, and what must be true once it came to its end after all: one `Case` for each row of the matrix."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adminduk.parcels import FOLDER
from kiosk.session.drafts import DraftKey, read_code, unsealed
from kiosk.store import PrintState
from kiosk.updates.shelf import Shelf
from kiosk.vault import Vault
from tests.faults.forked import Ending, Zygote
from tests.faults.village import Village

PACKETS = 2


@dataclass(frozen=True, slots=True)
class Case:
    """``stage``: how far things have come before, one of `STAGES`; ``given``: what the story is told. ``holds`` looks at what
    a whole run left, ``endings`` are the interrupted runs and that one. ``codes``: what a disk without room may make it say."""

    story: str
    stage: str
    given: Callable[[Village], dict[str, Any]]
    holds: Callable[[Village, Sequence[Ending]], None]
    codes: frozenset[str] = frozenset()


def at_kiosk(village: Village) -> dict[str, Any]:
    return {"folder": village.kiosk, "kiosk": village.told}


def with_stick(village: Village) -> dict[str, Any]:
    return {**at_kiosk(village), "stick": village.stick}


def at_centre(village: Village) -> dict[str, Any]:
    return {"folder": village.centre}


def seal(village: Village, zygote: Zygote) -> None:
    for _ in range(PACKETS):
        assert zygote.run("submit", **at_kiosk(village)).whole


def lay(village: Village, zygote: Zygote) -> None:
    assert zygote.run("lay", **with_stick(village)).told == (f"exported {PACKETS}",)


def bring(village: Village, zygote: Zygote) -> None:
    assert zygote.run("bring", **at_centre(village), stick=village.stick).told == ("brought ok ['diterima']",)


STAGES: dict[str, Callable[[Village, Zygote], None]] = {"sealed": seal, "laid": lay, "brought": bring}
"""Each comes after the one before it; "founded" is before them all."""


def told(endings: Sequence[Ending], word: str) -> list[str]:
    return [text for ending in endings for text in ending.of(word)]


# --- the screen -------------------------------------------------------------------------------------------------------------


def papers_and_packets(village: Village, endings: Sequence[Ending]) -> None:
    """Each paper has its packet, each packet its row; nothing is half there, nobody prints unsettled."""
    papers, kept = told(endings, "paper"), village.tickets_kept()
    assert len(set(papers)) == len(papers) >= 1
    assert set(papers) <= set(kept)
    assert len(set(kept)) == len(kept)
    assert set(village.states()) == village.vault.ids()
    assert village.leftovers() == []
    with village.store() as store:
        prints = [job.state for packet_id in village.vault.ids() for job in store.prints_of(packet_id)]
    assert PrintState.INTENT not in prints
    assert prints.count(PrintState.CONFIRMED) >= 1


def keys_and_drafts(village: Village, endings: Sequence[Ending]) -> None:
    """Each slip opens its draft. A row without content opens nothing, and goes when it is over."""
    vault = Vault(Path(village.kiosk, "drafts"))
    with village.store() as store:
        assert vault.ids() <= store.drafts.ids()
    keys = [read_code(code) for code in told(endings, "paper")]
    assert keys
    for key in keys:
        assert isinstance(key, DraftKey)
        service, draft = unsealed(key, vault.read(key.id, 0, vault.size(key.id)))
        assert service
        assert draft.answers
    assert village.leftovers() == []


# --- courier, second copy, stick ----------------------------------------------------------------------------------------------


def all_delivered(village: Village, endings: Sequence[Ending]) -> None:
    """Tombstones only; the centre's receipt is kept."""
    assert endings[-1].told == ("empty",)
    assert set(village.states().values()) == {"PURGED"}
    assert village.vault.ids() == frozenset()
    with village.store() as store, store._engine.connect() as connection:
        receipts = connection.exec_driver_sql("SELECT receipt FROM outbox").scalars().all()
    assert all("signature" in str(receipt) for receipt in receipts)


def copied(village: Village, endings: Sequence[Ending]) -> None:
    assert endings[-1].told[-1] == "copy ready"
    copies = Vault(Path(village.kiosk, "second", "kios-salinan"))
    assert copies.ids() == village.vault.ids()
    assert {copies.sha256(one) for one in copies.ids()} == {village.vault.sha256(one) for one in village.vault.ids()}
    assert village.leftovers() == []


def parcels_of(village: Village) -> list[Path]:
    return sorted(Path(village.stick, FOLDER).iterdir())


def on_the_stick(village: Village, endings: Sequence[Ending]) -> None:
    """The last parcel holds everything; no half one lies beside it; nothing left the kiosk."""
    assert endings[-1].told[-1] == f"exported {PACKETS}"
    parcels = parcels_of(village)
    assert [one.name for one in parcels if one.suffix == ".tmp"] == []
    digests = {hashlib.sha256(path.read_bytes()).hexdigest() for path in parcels[-1].glob("*.packet")}
    assert digests == {village.vault.sha256(one) for one in village.vault.ids()}
    assert set(village.states().values()) == {"SEALED"}


def brought(village: Village, endings: Sequence[Ending]) -> None:
    """Received, each with the one receipt that the stick carries home."""
    assert endings[-1].told == ("brought ok ['diterima']",)
    assert set(village.at_centre("received")) == village.vault.ids()
    for packet_id in village.vault.ids():
        assert village.digest_at_centre(packet_id) == village.vault.sha256(packet_id)
    assert village.leftovers() == []
    (parcel,) = parcels_of(village)
    assert {path.name for path in (parcel / "tanda-terima").iterdir()} >= {f"{one}.json" for one in village.vault.ids()}


def fetched(village: Village, _endings: Sequence[Ending]) -> None:
    """What a kill left at RECEIVED is the courier's to erase; the receipt is here."""
    states = village.states()
    assert set(states.values()) <= {"RECEIVED", "PURGED"}
    assert village.vault.ids() == {one for one, state in states.items() if state == "RECEIVED"}


def news(village: Village) -> dict[str, Any]:
    return {"folder": village.kiosk, "shop": str(village.folder / "shop")}


def content_waits(village: Village, endings: Sequence[Ending]) -> None:
    """Whole, for the screen's next start."""
    assert endings[-1].told[-1] == "content ready"
    shelf = Shelf(Path(village.kiosk, "updates"))
    assert shelf.staged() == (1,)
    assert "Sugeng enjing" in (shelf.path(1) / "profiles/wonogiri/place.toml").read_text()
    assert village.leftovers() == []


# --- the centre ---------------------------------------------------------------------------------------------------------------


def a_packet(village: Village) -> dict[str, Any]:
    packet = village.lay_packet(200_000)
    return {"folder": village.centre, "kiosk": village.told, "packet": str(packet), "piece": 20_000}


def taken_in(village: Village, endings: Sequence[Ending]) -> None:
    """One row, one file, one receipt, however often it was asked for."""
    (sent,) = (village.folder / "sent").iterdir()
    assert village.at_centre("received") == [sent.name]
    assert village.at_centre("announced") == []
    digest = hashlib.sha256(sent.read_bytes()).hexdigest()
    assert village.digest_at_centre(sent.name) == digest
    (receipt,) = set(told(endings, "receipt"))
    assert digest in json.loads(receipt)["receipt"]
    assert village.leftovers() == []


def admitted(village: Village, _endings: Sequence[Ending]) -> None:
    assert sorted(village.applications()) == sorted(village.tickets_kept())
    assert len(village.at_centre("admitted")) == PACKETS


ROOM = frozenset({"stick stik_penuh"})
CASES = {
    "the screen keeps an application": Case(
        "submit", "founded", at_kiosk, papers_and_packets, frozenset({"refused penuh"})
    ),
    "the screen keeps a draft": Case("save", "founded", at_kiosk, keys_and_drafts, frozenset({"refused penuh"})),
    "the courier delivers": Case("carry", "sealed", at_kiosk, all_delivered),
    "the second disk": Case(
        "copy", "sealed", lambda village: {"folder": village.kiosk}, copied, frozenset({"copy copy.full"})
    ),
    "onto the stick": Case("lay", "sealed", with_stick, on_the_stick, ROOM),
    "receipts from the stick": Case("fetch", "brought", with_stick, fetched, ROOM),
    "new content": Case("look", "founded", news, content_waits, frozenset({"content content.unkept"})),
    "the centre takes in": Case("take_in", "founded", a_packet, taken_in, frozenset({"refused 500"})),
    "the centre reads the stick": Case(
        "bring", "laid", lambda village: {**at_centre(village), "stick": village.stick}, brought,
        frozenset({"brought stik_hanya_baca", "brought tidak_tersimpan"}),
    ),
    "the centre admits": Case("admit", "brought", at_centre, admitted),
}  # fmt: skip
