"""``python -m kiosk.carrier``: carries out what was asked at the screen, once (a systemd path unit starts it), or until told
to stop (``--watch``: the demo)."""

import argparse
import secrets
import signal
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from adminduk.clock import SystemClock
from kiosk import keys
from kiosk.carrier import sending
from kiosk.carrier.moving_out import MovingOut, NoServices, SystemdServices
from kiosk.enrolment.chest import chest_of
from kiosk.enrolment.moving import refuse_while_moving
from kiosk.errands import FOLDER, Tray
from kiosk.logs import set_up_logging
from kiosk.settings import load

WATCH_S = 0.5
ASK_AGAIN_S = 30.0


def parser() -> argparse.ArgumentParser:
    root = argparse.ArgumentParser(prog="python -m kiosk.carrier", description=__doc__)
    root.add_argument("--settings", type=Path, required=True)
    root.add_argument("--watch", action="store_true", help="until SIGTERM")
    root.add_argument("--move", action="store_true", help="the move to another desa, and nothing else")
    root.add_argument("--state", type=Path, help="with --move: the state folder; default: state, beside the settings")
    root.add_argument(
        "--credentials", type=Path, help="with --move: folder of the units' *.cred; default: plain key files"
    )
    root.add_argument(
        "--units", action="store_true", help="with --move: stop and start screen and courier by systemctl"
    )
    return root


def move(arguments: argparse.Namespace) -> None:
    """Until it is settled: a line that breaks in the middle is asked again."""
    folder = arguments.settings.parent
    leaving = MovingOut(
        folder=folder, chest=chest_of(arguments.state or folder / "state", arguments.credentials),
        services=SystemdServices() if arguments.units else NoServices(), clock=SystemClock(), dice=secrets,
    )  # fmt: skip
    while not leaving.carry_next() and leaving.unfinished:
        time.sleep(ASK_AGAIN_S)


def carry(arguments: argparse.Namespace, stop: threading.Event) -> None:
    """Raises EnrolmentError ``sedang_pindah``: what is about to be wiped is left alone."""
    refuse_while_moving(arguments.settings.parent)
    settings, clock = load(arguments.settings), SystemClock()
    bag = sending.Bag(
        settings=settings, store_key=keys.read(settings.state, keys.STORE_KEY), key=keys.device_key(settings.state),
        storage=keys.storage(), clock=clock, dice=secrets,
    )  # fmt: skip
    tray = Tray(settings.state / FOLDER, clock)
    while sending.carry_next(tray, bag) or (arguments.watch and not stop.wait(WATCH_S)):
        pass


def main(words: Sequence[str] | None = None) -> int:
    arguments, stop = parser().parse_args(words), threading.Event()
    set_up_logging()
    if arguments.move:
        move(arguments)
        return 0
    if arguments.watch:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
    carry(arguments, stop)
    return 0


if __name__ == "__main__":
    sys.exit(main())
