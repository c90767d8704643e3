"""Runs in the guest: kiosk, courier, centre and worker, each its own process, from one start of Python.

Importing takes most of a boot here, so it is done once and the processes are forks. What is the product's is the product's:
start-up, submit, courier, gunicorn, worker. Ours: the paper that goes to the console (it survives the cut, as paper does), a
visitor with nothing to photograph, cheap hashes of PINs, and an ear at the wire.
"""

import json
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

CONSOLE = os.open("/dev/console", os.O_WRONLY | os.O_NOCTTY)


def say(*words: object) -> None:
    """One line to the outside, in one write: on the host's side of a cut it is whole or it is not there."""
    os.write(CONSOLE, f"@@ {' '.join(map(str, words))}\n".encode())


def apart(main: Callable[[], None]) -> int:
    """A process of its own; its number."""
    child = os.fork()
    if child:
        return child
    try:
        main()
    finally:
        sys.stderr.flush()
        os._exit(0)
    return 0


def unsynced() -> None:
    """From here on this process's files are not synced: what the test must notice."""
    os.fsync = lambda _file: None


def main(told: Mapping[str, Any]) -> None:
    """``parts``: which of centre, worker and courier run beside the kiosk; ``weak``: whose syncs are left out; ``sizes``: bytes
    of the visitors' pages; ``drain``: end when nothing waits, else the power is cut."""
    children = [apart(main) for main in mains(told["parts"], told["weak"])]
    from tests.powercuts import kiosk_inside

    if told["weak"] == "packets":
        unsynced()
    if told["weak"] == "store":
        kiosk_inside.trust_the_cache()
    parts = kiosk_inside.begin(say)
    say("READY")
    kiosk_inside.serve(parts, say, sizes=told["sizes"], pause_s=told["pause_s"])
    say("SERVED")
    while not (told["drain"] and kiosk_inside.drained(parts)):
        time.sleep(0.2)
    parts.store.close()
    finish(children)


def mains(parts: Sequence[str], weak: str) -> list[Callable[[], None]]:
    """What the other processes run. Everything is imported here, before they fork."""
    if not parts:
        return []
    from tests.powercuts import centre_inside, courier_inside, kiosk_inside  # noqa: F401

    def centre() -> None:
        if weak == "centre":
            centre_inside.trust_the_cache()
        centre_inside.serve()

    def courier() -> None:
        centre_inside.wait_until_it_answers()
        courier_inside.carry(say)

    known = {"centre": centre, "worker": centre_inside.work, "courier": courier}
    return [known[name] for name in parts]


def finish(children: Sequence[int]) -> None:
    """The day's end; what the centre has not admitted yet, it admits."""
    if not children:
        return
    from tests.powercuts import centre_inside

    while not centre_inside.drained():
        time.sleep(0.2)
    for child in children:
        os.kill(child, signal.SIGTERM)
    for child in children:
        os.waitpid(child, 0)


if __name__ == "__main__":
    main(json.loads(os.environ["TOLD"]))
