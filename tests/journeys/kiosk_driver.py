"""`kiosk ui` as it is, with a hand at its clock and a hand inside its WebKit window: for test_residue_memory.py.

Commands come on standard input, a line each: ``later SECONDS`` (time passes, for whoever asks the kiosk's clock), ``js CODE``
(run by the page; CODE in hexadecimal, each number turned around by `HIDDEN`, so that what the test writes is not what the search
finds). Each is answered by a line on standard output: ``done``, or what the page's code came to.
"""

import sys
import threading
from typing import Any

import kiosk.__main__
from adminduk.clock import SystemClock
from kiosk.appliance import run_screen
from kiosk.settings import load

HIDDEN = 85
PAUSE_MS = 40  # before each look into the page: who asks again and again leaves the page time to go on


class HastenedClock(SystemClock):
    """The machine's, and what was added to it."""

    ahead = 0.0

    def monotonic(self) -> float:
        return super().monotonic() + HastenedClock.ahead


def answer(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def run_in_page(code: str) -> None:
    from gi.repository import GLib
    from webview.platforms.gtk import BrowserView

    def told(view: Any, result: Any) -> None:
        try:
            answer(view.evaluate_javascript_finish(result).to_string())
        except GLib.Error as error:
            answer(f"failed {error.message[:80]!r}")

    def ask() -> bool:
        view = next(iter(BrowserView.instances.values())).webview
        view.evaluate_javascript(code, -1, None, None, None, told)
        return False

    GLib.timeout_add(PAUSE_MS, ask)


def obey() -> None:
    for line in sys.stdin:
        verb, _, rest = line.strip().partition(" ")
        if verb == "later":
            HastenedClock.ahead += float(rest)
            answer("done")
        elif verb == "js":
            run_in_page(bytes(number ^ HIDDEN for number in bytes.fromhex(rest)).decode())


if __name__ == "__main__":
    threading.Thread(target=obey, daemon=True).start()
    arguments = kiosk.__main__.parser().parse_args(sys.argv[1:])
    run_screen(load(arguments.settings), shell=arguments.shell, clock=HastenedClock())
