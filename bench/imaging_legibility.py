"""How well `judge` says whether a page can be read, fault by fault, and how well `upright` turns pages.

Papers of known text are photographed, each fault in steps. What text recognition loses of their lines is the truth: more
than 5 % of the characters of any line asked is unreadable. Recognition reads what people complain of. So there is a border:
what it still reads although the fault is within 1.6 of what defeats it, or beyond what a person bears (tests/calibration.py).
There an officer may complain or not, and either counts as right. The pictures of one seed choose limits, the table shows the
other seed's.

    usage: python bench/imaging_legibility.py [--small]
"""

import sys
import time
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from kiosk.imaging import Image
from kiosk.imaging.letters import reader
from kiosk.imaging.turned import upright
from tests.calibration import DESKS, LIMITS, Case, Maker
from tests.spoiled import PAPERS, defocus, finger, grain, relight, shot, smear

# which measure tells of a fault, which limit it is held to, and whether more or less of it is worse
TOLD_BY = {
    "defocus": ("sharpness", "least_sharpness", -1.0),
    "motion": ("sharpness", "least_sharpness", -1.0),
    "dark": ("light", "least_light", -1.0),
    "bright": ("bright", "most_bright", 1.0),
    "glare": ("shone_mm2", "most_shone_mm2", 1.0),
    "finger": ("covered_mm2", "most_covered_mm2", 1.0),
    "wrong side": ("written", "least_written", -1.0),
}
NAMES = {
    "defocus": {"blur"},
    "motion": {"motion", "blur"},
    "cut": {"cut_corner", "not_found"},
    "wrong side": {"wrong_side"},
}
STRONG_MM = 1.6  # from here on a movement should be called one


def table(cases: list[Case]) -> None:
    print(f"{'':11}{'unreadable':^17}|{'border':^17}|{'readable':^17}|")
    print(f"{'fault':11}" + f"{'complains':>9}{'ok':>7} |" * 3 + " recall precision | named right")
    for fault in dict.fromkeys(case.fault for case in cases):
        line(fault, [case for case in cases if case.fault == fault])


def line(fault: str, cases: list[Case]) -> None:
    kinds = ("unreadable", "border", "readable")
    count = {
        (kind, ok): sum(case.kind == kind and case.judgement.ok is ok for case in cases)
        for kind in kinds
        for ok in (False, True)
    }
    bad, missed, wrong = count["unreadable", False], count["unreadable", True], count["readable", False]
    told = [case for case in cases if not case.judgement.ok and case.kind != "readable"]
    named = sum(bool(NAMES.get(fault, {fault}) & set(case.judgement.problems)) for case in told)
    cells = " |".join(f"{count[kind, False]:9}{count[kind, True]:7}" for kind in kinds)
    recall = f"{bad / (bad + missed):6.2f}" if bad + missed else "     –"
    precision = f"{bad / (bad + wrong):9.2f}" if bad else "        –"
    print(f"{fault:11}{cells} | {recall} {precision} | {named} of {len(told)}")


def misjudged(cases: list[Case]) -> None:
    for case in cases:
        if case.kind != "border" and case.judgement.ok == (case.kind == "unreadable"):
            numbers = ", ".join(f"{name} {value:.3g}" for name, value in case.judgement.measures.items())
            said = ", ".join(case.judgement.problems) or "ok"
            print(
                f"  {case.fault} {case.shot.name} {case.strength:g}: lost {case.lost or 0:.2f}, said {said} ({numbers})"
            )


def kinds_of_blur(cases: list[Case]) -> None:
    """Of what is not sharp: is a movement told from a lens? Slight movements may be called blurred."""
    for fault in ("defocus", "motion"):
        told = [case for case in cases if case.fault == fault and {"motion", "blur"} & set(case.judgement.problems)]
        strong = [case for case in told if case.strength >= STRONG_MM]
        moved, most = (sum("motion" in case.judgement.problems for case in some) for some in (told, strong))
        print(f"{fault:11}called moved {moved} of {len(told)}; from {STRONG_MM} mm on {most} of {len(strong)}")


def suggest(cases: list[Case]) -> None:
    print(f"\n{'limit':18}{'in content':>11}{'suggested':>11}   readable up to .. unreadable from")
    for fault, (measure, limit, sign) in TOLD_BY.items():
        good = [case for case in cases if case.kind == "readable" and case.fault in (fault, "nothing")]
        bad = [case for case in cases if case.kind == "unreadable" and case.fault == fault]
        values = ([sign * case.judgement.measures[measure] for case in some] for some in (good, bad))
        limit_line(limit, *values, sign=sign, what=fault)
    told = [case for case in cases if "uneven" in case.judgement.measures and case.kind != "readable"]
    lens = [case.judgement.measures["uneven"] for case in told if case.fault == "defocus"]
    moved = [
        case.judgement.measures["uneven"] for case in told if case.fault == "motion" and case.strength >= STRONG_MM
    ]
    limit_line("most_uneven", lens, moved, sign=1.0, what=f"the lens, against movements from {STRONG_MM} mm on")


def limit_line(limit: str, good: list[float], bad: list[float], *, sign: float, what: str) -> None:
    """The limit with the fewest mistakes, a missed fault counted twice."""
    if not good or not bad:
        return
    places = np.unique([*good, *bad])
    between = (places[1:] + places[:-1]) / 2
    missed = [2 * int((np.array(bad) <= place).sum()) + int((np.array(good) > place).sum()) for place in between]
    best = sign * float(np.median(between[np.array(missed) == min(missed)]))
    edges = f"{sign * max(good):.3f} .. {sign * min(bad):.3f}"
    print(f"{limit:18}{getattr(LIMITS, limit):11.3f}{best:11.3f}   {edges}  ({what})")


def turning(names: Sequence[str], seeds: tuple[int, ...]) -> None:
    """All four turns, in good and in bad pictures; `upright` with the reader, and without."""
    flats = [(name, spoiled(name, seed, number)) for name in names for seed in seeds for number in range(4)]
    print(f"\n{'turning':11}{'right':>9}{'unsure':>9}{'wrong':>9}   upright pages that it turned")
    for label, asked in (("letters", reader()), ("no letters", None)):
        counted = dict.fromkeys(("right", "unsure", "wrong", "spoiled"), 0)
        for name, flat in flats:
            for turns in range(4):
                lying = np.ascontiguousarray(np.rot90(flat, turns))
                found = upright(lying, thresholds=LIMITS, shape="card" if name == "card" else "a4", reader=asked)
                hit = (found.quarter_turns + turns) % 4 == 0
                counted["unsure" if not found.sure else "right" if hit else "wrong"] += 1
                counted["spoiled"] += turns == 0 and found.quarter_turns != 0
        print(
            f"{label:11}{counted['right']:9}{counted['unsure']:9}{counted['wrong']:9}   {counted['spoiled']} of {len(flats)}"
        )


def spoiled(name: str, seed: int, number: int) -> Image:
    """Plainly; a little out of focus; dim; moved, with a finger on it."""
    taken = shot(name, seed=seed, background=DESKS[seed % 3], width=1600 if name == "card" else 2048)
    frame, scale = taken.frame, taken.scale
    ways = (
        lambda: frame,
        lambda: defocus(frame, 0.4 * scale),
        lambda: relight(frame, 0.45),
        lambda: finger(taken, smear(frame, 0.8 * scale, 30), (0.3, 0.4), start=(-0.4, 0.4)),
    )
    return taken.flat(grain(ways[number](), level=5 if number == 2 else 2.5))


def main(*, small: bool) -> None:
    cv2.setNumThreads(1)  # processor time is what is counted
    began = time.process_time()
    names = ("print", "card") if small else tuple(PAPERS)
    cases = [case for name in names for seed in (0, 1) for case in Maker(name, seed, few=small).every()]
    choosing, shown = ([case for case in cases if case.seed == part] for part in (0, 1))
    print(f"{len(cases)} pictures; shown: the {len(shown)} of seed 1, by the limits of content/base/legibility.toml\n")
    table(shown)
    misjudged(shown)
    kinds_of_blur(cases)
    suggest(choosing)
    turning(names[:1] if small else names, (0,) if small else (0, 1))
    print(f"\n{time.process_time() - began:.0f} s of processor")


if __name__ == "__main__":
    main(small="--small" in sys.argv[1:])
