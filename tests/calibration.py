"""Papers of known text, spoiled in steps, judged, and read by a machine: what limits are chosen by and shown on.

Readable, unreadable, or the border between: text recognition reads what people complain of, so what it still reads although
the fault is within MARGIN of what defeats it, or beyond what a PERSON bears, may be called either.
"""

import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np

from kiosk.imaging import Image, Judgement, Sheet, Thresholds, find_sheet, flatten, judge
from kiosk.imaging.view import View, letters
from tests import truth
from tests.spoiled import (
    PAPERS,
    SKIN,
    Shot,
    back_of,
    defocus,
    finger,
    grain,
    photograph,
    relight,
    shine,
    shot,
    smear,
    tinted,
    with_face,
)

LIMITS = Thresholds.of(
    tomllib.loads((Path(__file__).parents[1] / "content/base/legibility.toml").read_text(encoding="utf-8"))["camera"]
)
MARGIN = 1.6  # a person gives up that much earlier than text recognition
PERSON = {
    "dark": 2.5,
    "bright": 1.25,
}  # paper at less than 2/5 of its light; paper without any detail, as faint ink then is
COLOURS = ((170, 190, 255), (130, 200, 235), (140, 175, 205))  # pink, yellow, brown paper
DESKS = ("dark", "wood", "light")


@dataclass(slots=True)
class Case:
    """One spoiled picture. ``strength``: of a fault that grows, else 0; ``lost``: characters of the worst line, once read."""

    fault: str
    shot: Shot
    flat: Image
    strength: float = 0.0
    lost: float | None = None
    sheet: Sheet | None = None
    seed: int = 0
    border: bool = False
    judgement: Judgement = field(init=False)

    def judged(self) -> "Case":
        self.judgement = judge(self.flat, thresholds=LIMITS, sheet=self.sheet, shape=self.shot.shape)
        self.flat = np.empty(0, np.uint8)
        return self

    @property
    def kind(self) -> str:
        if self.border:
            return "border"
        return "unreadable" if (self.lost or 0.0) > truth.LOST else "readable"


class Maker:
    """The spoiled pictures of one paper under one seed."""

    def __init__(self, name: str, seed: int, *, few: bool = False) -> None:
        self.seed = seed
        self.step, self.most, self.asked = (2, 1, 1) if few else (1, 3, 2)
        self.dice = np.random.default_rng(seed * 10 + list(PAPERS).index(name))
        self.shot = shot(name, seed=seed, background=DESKS[seed % 3], width=1600 if name == "card" else 2048)
        self.clean = self.shot.flat(self.shot.frame)
        self.size = 0.5 if name == "card" else 1.0
        self.empty = _distance_to_writing(self.clean, self.shot)

    def case(self, fault: str, frame: Image, *, strength: float = 0.0, level: float = 2.5, read: bool = True) -> Case:
        flat = self.shot.flat(grain(frame, level=level, seed=self.seed))
        name = self.shot.name
        asked = truth.changed(name, flat, self.clean, most=self.asked)
        asked += truth.smallest(name, most=self.asked) if strength else []
        lost = truth.lost(name, flat, asked) if read else 0.0
        return Case(fault, self.shot, flat, strength=strength, lost=lost, seed=self.seed)

    def growing(self, fault: str, steps: list[tuple[float, Callable[[], Image], float]]) -> Iterator[Case]:
        """Each step stronger than the one before; what lies within MARGIN of the first unreadable one is the border."""
        cases, gone = [], 0
        for strength, spoil, level in steps[:: self.step]:
            case = self.case(fault, spoil(), strength=strength, level=level, read=gone < 2)
            case.lost = 1.0 if gone >= 2 else case.lost
            gone = gone + 1 if (case.lost or 0) > truth.LOST else 0
            cases.append(case)
        first = min((case.strength for case in cases if case.kind == "unreadable"), default=np.inf)
        for case in cases:
            near = case.strength * MARGIN > first or case.strength > PERSON.get(fault, np.inf)
            case.border = case.kind == "readable" and near
            yield case

    def lens(self) -> Iterator[Case]:
        frame, scale = self.shot.frame, self.shot.scale
        radii = (0.25, 0.4, 0.55, 0.75, 1.0, 1.4)
        yield from self.growing("defocus", [(mm, lambda mm=mm: defocus(frame, mm * scale), 2.5) for mm in radii])

    def movement(self) -> Iterator[Case]:
        frame, scale = self.shot.frame, self.shot.scale
        for way in self.dice.choice((0, 25, 45, 65, 90, 115, 135, 155), 2 // self.step, replace=False):
            steps = [
                (mm, lambda mm=mm, way=way: smear(frame, mm * scale, float(way)), 2.5)
                for mm in (0.7, 1.1, 1.6, 2.3, 3.2)
            ]
            yield from self.growing("motion", steps)

    def lamps(self) -> Iterator[Case]:
        frame = self.shot.frame
        dim = ((0.6, 4.0), (0.42, 5.0), (0.3, 7.0), (0.2, 9.0), (0.12, 9.0))
        yield from self.growing(
            "dark", [(1 / light, lambda light=light: relight(frame, light), level) for light, level in dim]
        )
        strong = (1.1, 1.3, 1.6, 2.0, 2.6)
        yield from self.growing("bright", [(light, lambda light=light: relight(frame, light), 2.5) for light in strong])

    def reflections(self) -> Iterator[Case]:
        boxes = truth.lines(self.shot.name)
        height, width = self.clean.shape[:2]
        for reach in (2.5, 4.0, 7.0, 11.0)[:: self.step]:
            left, top, wide, high = boxes[self.dice.integers(len(boxes))]
            at = ((left + wide * self.dice.uniform(0.1, 0.9)) / width, (top + high / 2) / height)
            yield self.case("glare", shine(self.shot, self.shot.frame, at, reach=reach * self.size))
        for reach in (2.0, 4.0, 7.0)[:: self.step]:
            if at := self.place(reach * self.size * 2.7 + 6 * self.size):
                yield self.case("glare", shine(self.shot, self.shot.frame, at, reach=reach * self.size))

    def hands(self) -> Iterator[Case]:
        tones = self.dice.permutation(list(SKIN))
        for tone, light in list(zip(tones, (1.0, 0.6, 1.1), strict=False))[:: self.step]:
            tip = (self.dice.uniform(0.2, 0.7), self.dice.uniform(0.2, 0.6))
            yield self.case("finger", relight(self.pointing(tip, str(tone)), light))
        for tone in tones[3 :: self.step]:
            if tip := self.place(7.5 + 5 * self.size, near_border=True):
                yield self.case("finger", self.pointing(tip, str(tone)))

    def pointing(self, tip: tuple[float, float], tone: str) -> Image:
        """A finger from the nearest border."""
        ways = {tip[0]: (-0.4, tip[1] + 0.1), 1 - tip[0]: (1.4, tip[1] - 0.05), 1 - tip[1]: (tip[0] + 0.08, 1.4)}
        return finger(self.shot, self.shot.frame, tip, start=ways[min(ways)], tone=tone)

    def place(self, away: float, *, near_border: bool = False) -> tuple[float, float] | None:
        """Somewhere on the paper at least so many millimetres from any writing, or None."""
        rows, columns = np.nonzero(self.empty > away)
        height, width = self.empty.shape
        edge = np.minimum(np.minimum(columns, width - columns), height - rows)
        allowed = np.flatnonzero(edge < 0.12 * width) if near_border else np.arange(len(rows))
        if not len(allowed):
            return None
        pick = self.dice.choice(allowed)
        return float(columns[pick] / width), float(rows[pick] / height)

    def hanging_out(self) -> Iterator[Case]:
        name, page = self.shot.name, self.shot.page
        for share in (0.2, 0.12, 0.3)[: self.most]:
            side = (-1, 1)[int(self.dice.integers(2))]
            out = photograph(name, page, seed=self.seed, background="dark", out=(side * share * 1.5, share), width=1280)
            frame = grain(out.frame, seed=self.seed)
            if (sheet := find_sheet(frame)) is None:
                continue
            flat = flatten(frame, sheet.corners, shape=out.shape)
            outside = out.outside(truth.lines(name))
            whole = out.outside([(0, 0, page.shape[1], page.shape[0])])
            case = Case("cut", out, flat, lost=outside, sheet=sheet, seed=self.seed)
            case.border = outside <= truth.LOST and whole > 0
            yield case

    def backs(self) -> Iterator[Case]:
        name, page = self.shot.name, self.shot.page
        for through in (0.06, 0.0, 0.12)[: self.most]:
            other = photograph(
                name, back_of(page, through=through), seed=self.seed, background=DESKS[self.seed % 3], width=1280
            )
            light = float(self.dice.choice((1.0, 0.7)))
            flat = other.flat(grain(relight(other.frame, light), level=4, seed=self.seed))
            yield Case("wrong side", other, flat, lost=1.0, seed=self.seed)

    def friends(self) -> Iterator[Case]:
        """Nothing is wrong with these: coloured paper, a face on the paper, a strip of the table, plain good pictures."""
        name, page = self.shot.name, self.shot.page
        yield self.case("nothing", self.shot.frame)
        for number, colour in enumerate(COLOURS[: self.most]):
            paper = photograph(
                name, tinted(page, colour), seed=self.seed + number, background=DESKS[number], width=1280
            )
            yield Case("nothing", paper, paper.flat(grain(paper.frame)), seed=self.seed)
        if self.most > 1 and (at := self.place(5.0 if name == "card" else 20.0)):
            corner = (max(0.0, at[0] - 0.05), max(0.0, at[1] - 0.05))
            faced = photograph(name, with_face(page, corner, high=0.1), seed=self.seed, background="wood", width=1280)
            yield Case("nothing", faced, faced.flat(grain(faced.frame)), seed=self.seed)
        loose = photograph(name, page, seed=self.seed, background="wood", width=1280)
        wide = loose.corners + (loose.corners - loose.corners.mean(axis=0)) * np.float32(0.025)
        yield Case("nothing", loose, flatten(grain(loose.frame), wide, shape=loose.shape), seed=self.seed)

    def every(self) -> Iterator[Case]:
        for some in (
            self.friends,
            self.lens,
            self.movement,
            self.lamps,
            self.reflections,
            self.hands,
            self.hanging_out,
            self.backs,
        ):
            for case in some():
                yield case.judged()


def _distance_to_writing(clean: Image, taken: Shot) -> np.ndarray:
    view = View.of(clean, taken.shape)
    free = np.asarray(cv2.dilate(letters(view), np.ones((3, 3), np.uint8)) == 0, np.uint8)
    return np.asarray(cv2.distanceTransform(free, cv2.DIST_L2, 3) / view.mm)
