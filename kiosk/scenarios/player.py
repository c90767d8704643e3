"""Plays a scenario on a stage: turn by turn, with what ends by itself, and stops where what is seen is not what must be."""

from collections.abc import Mapping
from typing import Protocol

from kiosk.scenarios.script import Act, Pass, Push, Scenario, See, Turn, Value
from kiosk.scenarios.vocabulary import ENDS


class Stage(Protocol):
    """Where a scenario is played: twins, or real drivers and the simulators of third parties before them."""

    def push(self, device: str, hand: str, options: Mapping[str, Value]) -> None:
        """Something befalls a device. ``for`` is not among the options: the player ends it."""

    def act(self, act: str, options: Mapping[str, Value]) -> None:
        """The person at the screen."""

    def wait(self, seconds: float) -> None:
        """Time goes by, and the kiosk does what it does by itself meanwhile."""

    def seen(self, wanted: Mapping[str, Value]) -> Mapping[str, Value]:
        """These facts now. A real device may need a moment: the stage waits until they hold, or for its own deadline."""


class MismatchError(AssertionError):
    """What is seen is not what must be."""

    def __init__(self, scenario: str, turn: See, found: Mapping[str, Value]) -> None:
        wrong = {name: found.get(name) for name, value in turn.facts.items() if found.get(name) != value}
        wanted = {name: turn.facts[name] for name in wrong}
        super().__init__(f"{scenario}, turn {turn.number} ({turn.note}): want {wanted}, see {wrong}")
        self.turn, self.wrong = turn, wrong


class Playing:
    """A scenario on its way; ``at`` is the turn that comes next, None at the end."""

    def __init__(self, scenario: Scenario, stage: Stage) -> None:
        self.scenario, self.stage = scenario, stage
        self._next = 0
        self._elapsed = 0.0
        self._ends: list[tuple[float, str, str]] = []  # (when, device, hand), the soonest first

    @property
    def at(self) -> Turn | None:
        return self.scenario.turns[self._next] if self._next < len(self.scenario.turns) else None

    def step(self) -> Turn | None:
        """Play one turn; None when there is none left. Raises MismatchError, and stays there."""
        turn = self.at
        match turn:
            case Push():
                self._push(turn)
            case Act():
                self.stage.act(turn.act, turn.options)
            case Pass():
                self.pass_time(turn.seconds)
            case See():
                found = self.stage.seen(turn.facts)
                if any(found.get(name) != value for name, value in turn.facts.items()):
                    raise MismatchError(self.scenario.code, turn, found)
        if turn is not None:
            self._next += 1
        return turn

    def skip(self) -> None:
        """What comes next was done by hand."""
        if self.at is not None:
            self._next += 1

    def pass_time(self, seconds: float) -> None:
        """Wait, and end on the way what ends by itself."""
        until = self._elapsed + seconds
        while self._ends and self._ends[0][0] <= until:
            when, device, hand = self._ends.pop(0)
            self.stage.wait(when - self._elapsed)
            self._elapsed = when
            self.stage.push(device, hand, {})
        self.stage.wait(until - self._elapsed)
        self._elapsed = until

    def _push(self, turn: Push) -> None:
        options = {name: value for name, value in turn.options.items() if name != "for"}
        self.stage.push(turn.device, turn.hand, options)
        if "for" in turn.options:
            self._ends.append((self._elapsed + float(turn.options["for"]), turn.device, ENDS[turn.device, turn.hand]))
            self._ends.sort()


def play(scenario: Scenario, stage: Stage) -> None:
    """From the first turn to the last. Raises MismatchError."""
    playing = Playing(scenario, stage)
    while playing.step() is not None:
        pass
