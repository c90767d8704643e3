"""How well and how fast the sheet is found, beside the plain way (grey, Canny, largest four-sided outline).

Prints overlap with the truth (Jaccard), how many of the frames are above .95, and the median time of a 1280 x 960 frame;
the two take turns on each frame, so that a busy machine slows both alike. Then the measures that content/base/legibility.toml
limits, for papers in focus and out of it.

    usage: python bench/imaging_finder.py [SEEDS]
"""

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from kiosk.imaging import Corners, Image, Thresholds, find_sheet, flatten, judge
from kiosk.imaging.shapes import in_order
from tests.specimens import birth_letter, id_card, kk_page, on_desk, overlap, real_mask, real_photo

Finder = Callable[[Image], Corners | None]
ANY = Thresholds(least_sharpness=0, most_glare=1, most_bright=1, least_light=0)
PAPERS = {"kk": kk_page(), "birth": birth_letter(), "card": id_card()}
SETS = {
    "dark desk": {"background": "dark"},
    "wooden desk": {"background": "wood"},
    "light desk": {"background": "light"},
    "photographed desk": {"background": "photo"},
    "white desk": {"background": "white"},
    "dim, noisy": {"background": "wood", "light": 0.4, "noise": 6.0},
    "out of focus": {"background": "light", "blur": 2.5},
    "glare": {"background": "dark", "glare": True},
}


def ours(image: Image) -> Corners | None:
    sheet = find_sheet(image)
    return None if sheet is None else sheet.corners


def plain(image: Image) -> Corners | None:
    """The usual recipe: shrink to 800 px, blur, Canny, the largest outline that has four corners."""
    scale = 800 / max(image.shape[:2])
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    edges = cv2.Canny(cv2.GaussianBlur(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), (5, 5), 0), 50, 150)
    outlines = cv2.findContours(cv2.dilate(edges, np.ones((3, 3))), cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)[0]
    for outline in sorted(outlines, key=cv2.contourArea, reverse=True)[:6]:
        four = cv2.approxPolyDP(outline, 0.02 * cv2.arcLength(outline, closed=True), closed=True)
        if len(four) == 4 and cv2.contourArea(four) > 0.08 * edges.size:
            return np.asarray(in_order(four) / scale, np.float32)
    return None


def measured(finder: Finder, frame: Image, truth: Corners) -> tuple[float, float]:
    began = time.perf_counter()
    corners = finder(frame)
    took = (time.perf_counter() - began) * 1000
    return (0.0 if corners is None else overlap(corners, truth)), took


def row(name: str, frames: list[tuple[Image, Corners]]) -> None:
    results: dict[Finder, list[tuple[float, float]]] = {ours: [], plain: []}
    for frame, truth in frames:
        for finder, seen in results.items():
            seen.append(measured(finder, frame, truth))
    cells = []
    for seen in results.values():
        overlaps, times = [share for share, _ in seen], [took for _, took in seen]
        good = sum(share > 0.95 for share in overlaps)
        middle = statistics.median(times)
        cells.append(f"{statistics.mean(overlaps):.4f}  {good:3}/{len(seen):<3} {middle:5.0f} ms")
    print(f"{name:20} {cells[0]}   | {cells[1]}")


def real_row() -> None:
    photo, mask = real_photo(), real_mask()
    cells = []
    for finder in (ours, plain):
        began = time.perf_counter()
        corners = finder(photo)
        took = (time.perf_counter() - began) * 1000
        outline = np.rint(corners if corners is not None else np.zeros((4, 2))).astype(np.int32)
        drawn = cv2.fillPoly(np.zeros(mask.shape, np.uint8), [outline], 1) > 0
        share = (drawn & mask).sum() / (drawn | mask).sum()
        cells.append(f"{share:.4f}  {int(share > 0.95):3}/1   {took:5.0f} ms")
    print(f"{'real photograph':20} {cells[0]}   | {cells[1]}")


def legibility() -> None:
    print("\nmeasures of the flattened page: sharpness / light / share without detail")
    for name, page in PAPERS.items():
        for trouble in (
            {},
            {"blur": 1.0},
            {"blur": 2.0},
            {"blur": 4.0},
            {"glare": True},
            {"light": 0.3},
            {"light": 1.8},
        ):
            frame, truth = on_desk(page, seed=4, **trouble)
            seen = judge(flatten(frame, truth, shape="card" if name == "card" else "a4"), thresholds=ANY).measures
            what = ", ".join(f"{key} {value}" for key, value in trouble.items()) or "good"
            print(f"{name:8} {what:12} {seen['sharpness']:.3f} / {seen['light']:5.1f} / {seen['white']:.3f}")


def main(seeds: int) -> None:
    print(f"{'':20} {'ours':^26}   | {'plain Canny':^26}")
    print(f"{'set':20} {'mean':6}  {'> .95':7} {'median':8}   | {'mean':6}  {'> .95':7} {'median':8}")
    find_sheet(real_photo())  # the first call loads code
    real_row()
    for name, how in SETS.items():
        row(name, [on_desk(page, seed=seed, **how) for page in PAPERS.values() for seed in range(seeds)])
    legibility()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
