"""A submit, killed at each sync and rename: a printed receipt implies a sealed packet, and a restart leaves no halves."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.store import PrintState
from kiosk.vault import Vault
from tests.unit.store.making import numbered_id, open_store

TOP = Path(__file__).parents[3]
PACKET = numbered_id(1)

# The order of a submit (docs/architecture.md "The way of the data"); the last line stands for the paper.
SUBMITTING = """
import sys
from pathlib import Path
from kiosk.store import PrintState
from kiosk.vault import Vault
from tests.unit.store.making import open_store, submission
folder, packet_id = Path(sys.argv[1]), sys.argv[2]
vault, store = Vault(folder / "vault"), open_store(folder)
vault.put(packet_id, b"sealed" * 1000)
job = store.record_submission(submission(1, packet_id=packet_id, size=6000))
store.settle_print(job, PrintState.HANDED_OVER)
print("THE RECEIPT", flush=True)
store.settle_print(job, PrintState.CONFIRMED)
"""


def submit_killed_at(folder: Path, when: int) -> bool:
    """Whether the receipt was printed before the power went at the ``when``-th durable step."""
    vault = folder / "vault"
    paths = (vault, vault / f"{PACKET}.tmp", vault / f"{PACKET}.packet", folder / "store.db-wal")
    calls = "fsync,fdatasync,rename"
    words = ["strace", "-f", "-o", "/dev/null", *(word for path in paths for word in ("-P", str(path)))]
    words += ["-e", f"trace={calls}", "-e", f"inject={calls}:signal=SIGKILL:when={when}"]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [*words, sys.executable, "-c", SUBMITTING, str(folder), PACKET],
        cwd=TOP, capture_output=True, text=True, timeout=60, check=False, env=environment,
    )  # fmt: skip
    return "THE RECEIPT" in done.stdout


# file synced, renamed, folder synced, transaction, handed over, (receipt,) confirmed
@pytest.mark.parametrize(("when", "printed"), [(1, False), (2, False), (3, False), (4, False), (5, False), (6, True)])
def test_a_submit_killed_at_any_step_keeps_its_promises(tmp_path: Path, when: int, printed: bool) -> None:
    open_store(tmp_path).close()
    Vault(tmp_path / "vault")
    assert submit_killed_at(tmp_path, when) is printed

    store, vault = open_store(tmp_path), Vault(tmp_path / "vault")
    recorded = store.packet_ids()
    if printed:
        assert recorded == {PACKET}
    vault.clean_up(recorded)
    store.reconcile_prints()
    assert vault.ids() == recorded
    assert {path.suffix for path in (tmp_path / "vault").iterdir()} <= {".packet"}
    states = {job.state for job in store.prints_of(PACKET)}
    assert states <= (
        {PrintState.DOUBTFUL, PrintState.CONFIRMED} if printed else {PrintState.DOUBTFUL, PrintState.REFUSED}
    )
    for packet_id in recorded:
        assert vault.read(packet_id, 0, 10_000) == b"sealed" * 1000
