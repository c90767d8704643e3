"""Mishaps as scripts: "paper out at line 12; camera freezes 8 s; power cut; refill". A YAML file each, in content/scenarios.

Played by tests (twins, and real drivers before third-party simulators), by the demo's device panel, by training, and by the
pictures of the manual. The language is told in docs/scenarios.md.
"""

from kiosk.scenarios.player import MismatchError, Playing, Stage, play
from kiosk.scenarios.script import Act, Pass, Push, Scenario, ScenarioError, See, Turn, load, parse
from kiosk.scenarios.vocabulary import ACTS, FACTS, HANDS

__all__ = [
    "ACTS",
    "FACTS",
    "HANDS",
    "Act",
    "MismatchError",
    "Pass",
    "Playing",
    "Push",
    "Scenario",
    "ScenarioError",
    "See",
    "Stage",
    "Turn",
    "load",
    "parse",
    "play",
]
