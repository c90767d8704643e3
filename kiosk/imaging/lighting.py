"""Light on the page: how much, and whether a reflection hides writing. A reflection on an empty margin is no fault."""

import cv2
import numpy as np

from kiosk.imaging.hidden import Written, hidden
from kiosk.imaging.view import Mask, View, brightness

LEAST_MM2 = 3.0  # a smaller spot hides no letter
MOST_SPOTS = 6
PAPER = 242  # a spot's surroundings are darker than this; where they are not, the whole paper is over-exposed
HALO = 2  # pixels beside a spot in which writing is pale
LETTERS = np.ones((9, 9), np.uint8)


def over_exposed(white: Mask) -> float:
    """The share of the page, 0..1, on which the paper itself has no detail left; letters on it count as paper."""
    return float(cv2.morphologyEx(white, cv2.MORPH_CLOSE, LETTERS).mean())


def hidden_by_shine(view: View, white: Mask, written: Written) -> float:
    """Square millimetres of writing beneath reflections."""
    count, labels, facts, _ = cv2.connectedComponentsWithStats(white)
    levels = brightness(view)
    largest = sorted(range(1, count), key=lambda spot: -facts[spot, cv2.CC_STAT_AREA])[:MOST_SPOTS]
    pixels = 0.0
    for spot in largest:
        if facts[spot, cv2.CC_STAT_AREA] < LEAST_MM2 * view.mm**2:
            break
        region = np.asarray(labels == spot, np.uint8)
        if _around(region, levels) < PAPER:
            pixels += hidden(region, written, gap=HALO, shows=True)
    return pixels / view.mm**2


def _around(spot: Mask, levels: Mask) -> float:
    """The level of the paper in a ring about the spot, half as wide as the spot."""
    reach = max(4, int(0.5 * float(spot.sum()) ** 0.5))
    far = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    ring = cv2.subtract(cv2.dilate(spot, far), cv2.dilate(spot, np.ones((reach | 1, reach | 1), np.uint8))) > 0
    return float(np.percentile(levels[ring], 75)) if ring.any() else 255.0
