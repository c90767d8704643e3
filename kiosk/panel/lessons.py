"""Scenarios on the device panel: it pushes the twins, a person at the kiosk's screen does the rest, and it looks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from kiosk.hardware.simulation import SimulatedDevices
from kiosk.scenarios import Act, MismatchError, Pass, Playing, Scenario, See, Turn
from kiosk.scenarios.script import Value
from kiosk.scenarios.twins import Papers, TwinHands

Facts = Callable[[], Mapping[str, Value]]
Mark = Literal["done", "now", "later"]


@dataclass(frozen=True, slots=True)
class Row:
    """One turn as the panel shows it; ``kind``: person, look, wait or push."""

    turn: Turn
    kind: str
    mark: Mark


class _PanelStage:
    """Twins pushed by the panel; time and the person are real."""

    def __init__(self, devices: SimulatedDevices, papers: Papers, facts: Facts) -> None:
        self._hands, self._devices, self._facts = TwinHands(devices, papers), devices, facts
        self._slips, self._sheets = len(devices.receipt.printed), len(devices.paper.printed)

    def push(self, device: str, hand: str, options: Mapping[str, Value]) -> None:
        self._hands.push(device, hand, options)

    def act(self, act: str, options: Mapping[str, Value]) -> None:
        """The trainee's own hands."""

    def wait(self, seconds: float) -> None:
        """Time passes by itself."""

    def seen(self, wanted: Mapping[str, Value]) -> Mapping[str, Value]:
        slips, sheets = len(self._devices.receipt.printed), len(self._devices.paper.printed)
        return {
            **self._facts(),
            "slips": slips - self._slips,
            "sheets": sheets - self._sheets,
            "copy": wanted.get("copy", 0),
        }


class Lessons:
    """``scenarios``: those whose devices are all twins can be played; one at a time."""

    def __init__(
        self, scenarios: Mapping[str, Scenario], devices: SimulatedDevices, papers: Papers, facts: Facts
    ) -> None:
        self._devices, self._papers, self._facts = devices, papers, facts
        mine = TwinHands(devices, papers).devices
        self.playable = {code: scenario for code, scenario in scenarios.items() if scenario.needs <= mine}
        self.playing: Playing | None = None
        self.missing: Mapping[str, Value | None] = {}  # what the last look did not find

    def start(self, code: str) -> bool:
        """False for one that cannot be played here."""
        scenario = self.playable.get(code)
        if scenario is None:
            return False
        self.playing, self.missing = Playing(scenario, _PanelStage(self._devices, self._papers, self._facts)), {}
        return True

    def stop(self) -> None:
        self.playing, self.missing = None, {}

    def go_on(self) -> None:
        """The next turn; a look that does not find what it must stays where it is."""
        if self.playing is None:
            return
        try:
            self.playing.step()
        except MismatchError as error:
            self.missing = error.wrong
        else:
            self.missing = {}

    def rows(self) -> list[Row]:
        if self.playing is None:
            return []
        now = self.playing.at
        rows: list[Row] = []
        mark: Mark = "done"
        for turn in self.playing.scenario.turns:
            if turn is now:
                rows.append(Row(turn, _kind(turn), "now"))
                mark = "later"
            else:
                rows.append(Row(turn, _kind(turn), mark))
        return rows


def _kind(turn: Turn) -> str:
    kinds = ((Act, "person"), (See, "look"), (Pass, "wait"))
    return next((name for kind, name in kinds if isinstance(turn, kind)), "push")
