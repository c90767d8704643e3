"""What a submission costs the disk, counted by strace over the product's whole `submit`: one sync of the packet's file, one of
its folder, one of the store. The slip's ledger takes two more of the store: before the first byte leaves for the printer, and
when it is known what came of it; they are the print's, and nobody waits for the second.
"""

import re
from pathlib import Path

from tests.faults.cases import at_kiosk
from tests.faults.forked import Step, Zygote
from tests.faults.village import Village

SYNCS = ("fsync", "fdatasync", "sync_file_range", "sync", "syncfs", "msync")
SUBMISSION = ["the packet's file", "its folder", "the store"]
SLIP = ["the store", "a paper", "the store"]


def place(step: Step) -> str:
    """Which file, or what was told."""
    if step.call == "sendto":
        return "a paper" if "paper" in step.words else "told"
    path = re.search(r"<([^>]*)>", step.words)
    assert path, step
    name = Path(path[1]).name
    if re.fullmatch(r"[-0-9a-f]{36}\.tmp", name):
        return "the packet's file"
    return {"vault": "its folder", "store.db-wal": "the store"}.get(name, name)


def test_a_submission_costs_one_sync_of_its_file_one_of_the_folder_and_one_of_the_store(
    zygote: Zygote, founded: Village, tmp_path: Path
) -> None:
    village = founded.copy(tmp_path / "village")
    ending = zygote.run("submit", watch=(*SYNCS, "sendto"), **at_kiosk(village))
    assert ending.whole
    places = [place(step) for step in ending.steps]
    submitted = places[places.index("told") + 1 : len(places) - places[::-1].index("told") - 1]
    assert submitted == [*SUBMISSION, *SLIP]
