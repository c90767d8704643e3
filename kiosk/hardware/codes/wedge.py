"""Tell a keyboard-wedge scanner's burst from a person's typing. Pure: characters and times in, codes out.

A wedge types a whole code at 1 to 30 ms a key and presses Enter or Tab; the fastest typists need 60 ms. A key that is leaned
on repeats every 33 to 40 ms: fast enough, but always the same.
"""

from kiosk.hardware.codes.protocol import LONGEST

LEAST = 6  # characters
AVERAGE_S = 0.035  # between two of them, the ending key too
BREAK_S = 0.15  # a single pause of this length parts typing from a burst
ENDS = frozenset({"\r", "\n", "\t", "Enter", "Tab"})


class Wedge:
    """Fed every key that is pressed. Keys with a name (Shift) are passed over: a wedge presses them for capitals."""

    def __init__(self) -> None:
        self._characters: list[str] = []
        self._began_at = self._last_at = 0.0
        self._spoiled = False

    def __repr__(self) -> str:
        return "<Wedge>"  # what it holds may be a secret, or what somebody types

    def feed(self, key: str, at: float) -> str | None:
        """``key``: a character, or a key's name as browsers give it; ``at``: monotonic seconds. A code, at its end."""
        if not 0 <= at - self._last_at <= BREAK_S:
            self.clear()
        if key in ENDS:
            code = self._code(at)
            self.clear()
            return code
        if len(key) == 1:
            self._add(key, at)
        return None

    def clear(self) -> None:
        """Forget what was begun: for the next visit, and after a pause."""
        self._characters, self._spoiled = [], False

    def _add(self, character: str, at: float) -> None:
        if not character.isprintable() or len(self._characters) == LONGEST:
            self._spoiled = True  # the whole burst is dropped, up to its end
        if not self._characters:
            self._began_at = at
        self._last_at = at
        if not self._spoiled:
            self._characters.append(character)

    def _code(self, ended_at: float) -> str | None:
        count = len(self._characters)
        if self._spoiled or count < LEAST or ended_at - self._began_at > count * AVERAGE_S:
            return None
        return "".join(self._characters) if len(set(self._characters)) > 1 else None
