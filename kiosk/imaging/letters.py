"""A reader for `upright`: does a line of print stand on its head? The small classifier inside the rapidocr wheel (0.6 MB),
by onnxruntime alone: 20 to 30 MB of memory and 0.15 s the first time, then 2 ms a line. Nothing is read.
"""

import importlib.util
from collections.abc import Sequence
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.imaging import models
from kiosk.imaging.shapes import Image
from kiosk.imaging.turned import Reader

MODEL = "ch_ppocr_mobile_v2.0_cls_mobile.onnx"
HEIGHT, WIDTH = 48, 192  # the classifier's picture; the rest of a short line stays grey
LEAST = 0.02  # no answer is surer than 98 %


def reader(model: Path | None = None) -> Reader | None:
    """The reader, loaded when it is first asked; None where the wheels are not installed. ``model``: another file."""
    file = model or _packaged()
    if file is None or not file.is_file() or not importlib.util.find_spec("onnxruntime"):
        return None
    return partial(_odds, file)


def _odds(model: Path, lines: Sequence[Image]) -> list[float]:
    """For each line, grey uint8 (height, width): log odds that it stands upright."""
    if not lines:
        return []
    session = _session(model)
    shares = session.run(None, {session.get_inputs()[0].name: np.stack([_shown(line) for line in lines])})[0]
    sure = np.clip(shares, LEAST, 1 - LEAST)
    return [float(odds) for odds in np.log(sure[:, 0] / sure[:, 1])]


def _shown(line: Image) -> NDArray[np.float32]:
    """As the classifier was taught: 48 px high, three channels of -1 to 1, (3, 48, 192)."""
    width = min(WIDTH, -(-HEIGHT * line.shape[1] // line.shape[0]))
    picture = np.zeros((3, HEIGHT, WIDTH), np.float32)
    picture[:, :, :width] = cv2.resize(line, (width, HEIGHT), interpolation=cv2.INTER_LINEAR) / np.float32(127.5) - 1
    return picture


@lru_cache(maxsize=1)
def _session(model: Path) -> Any:
    onnxruntime = models.runtime()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # the screen needs the other core
    options.enable_cpu_mem_arena = False
    return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])


def _packaged() -> Path | None:
    """Where the model is, without loading the package around it."""
    found = importlib.util.find_spec("rapidocr")
    places = found.submodule_search_locations if found else None
    return Path(places[0]) / "models" / MODEL if places else None
