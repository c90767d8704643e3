"""The demo's processes: started in order, begun again where systemd would do it on a device, ended in the other order.

A device's courier and screen are units with ``Restart=always`` and ``RestartSec=2``: the courier ends when its store was put
aside and begun anew, the screen ends to take new content. A part that ends again and again is not begun for ever here: somebody
is watching, so it is shown with the end of its log.
"""

import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
FIRST_PAUSE_S, LONGEST_PAUSE_S = 2.0, 30.0
MOST_ENDS, WITHIN_S = 5, 120.0
END_S = 10.0
TAIL = 2000  # letters of a log


@dataclass(frozen=True, slots=True)
class Part:
    """One process of the demo. ``again``: begun anew when it ends."""

    name: str
    arguments: tuple[str, ...]
    again: bool = False

    def start(self, folder: Path) -> subprocess.Popen[bytes]:
        """Its own session, so that Ctrl-C reaches us alone and we end the parts in order. Its log is kept."""
        with (folder / f"{self.name}.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", *self.arguments], cwd=TOP, stdout=log, stderr=log, start_new_session=True
            )


class PartEnded(SystemExit):
    """A part that is not begun anew, or that ended too often."""


@dataclass(slots=True)
class Crew:
    """``look`` as often as you like: whoever ended is begun anew when its pause is over."""

    folder: Path
    parts: tuple[Part, ...]
    say: Callable[[str], None] = lambda _line: None
    clock: Callable[[], float] = time.monotonic
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    _ends: dict[str, list[float]] = field(default_factory=dict)
    _stopped: set[str] = field(default_factory=set)

    def start(self, *names: str) -> None:
        """All of them, or these."""
        for part in self._named(names):
            self.running[part.name] = part.start(self.folder)
            self._stopped.discard(part.name)

    def run(self, part: Part) -> None:
        """One that ends by itself; Ctrl-C ends it too."""
        process = part.start(self.folder)
        try:
            process.wait()
        finally:
            _end([process])

    def _named(self, names: tuple[str, ...]) -> list[Part]:
        return [part for part in self.parts if not names or part.name in names]

    def look(self) -> None:
        """Raises PartEnded, with the end of its log."""
        for part in self.parts:
            if part.name in self._stopped:
                continue
            process = self.running.get(part.name)
            if process is not None and process.poll() is not None:
                self._ended(part, process.returncode)
            elif process is None and self.clock() >= self._ends[part.name][-1] + self._pause(part):
                self.running[part.name] = part.start(self.folder)

    def _ended(self, part: Part, code: int) -> None:
        ends = [at for at in self._ends.get(part.name, []) if at > self.clock() - WITHIN_S]
        self._ends[part.name] = [*ends, self.clock()]
        if not part.again or len(self._ends[part.name]) >= MOST_ENDS:
            raise PartEnded(f"{part.name} ended with {code}. The end of its log:\n{self._tail(part)}")
        del self.running[part.name]
        self.say(f"{part.name} ended with {code}; it begins again in {self._pause(part):.0f} s")

    def _pause(self, part: Part) -> float:
        return min(FIRST_PAUSE_S * 2.0 ** (len(self._ends[part.name]) - 1), LONGEST_PAUSE_S)

    def _tail(self, part: Part) -> str:
        return (self.folder / f"{part.name}.log").read_text(errors="replace")[-TAIL:]

    def stop(self, *names: str) -> None:
        """The screen first, the centre last; each is asked, then after 10 s ended. None of them is begun again by itself."""
        order = [part.name for part in reversed(self._named(names))]
        self._stopped.update(order)
        _end([self.running[name] for name in order if name in self.running])


def _end(order: list[subprocess.Popen[bytes]]) -> None:
    for process in order:
        if process.poll() is None:
            process.terminate()
    for process in order:
        try:
            process.wait(END_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
