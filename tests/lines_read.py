"""What text recognition makes of lines whose words and places are known: the share of characters that it gets wrong."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from tests.hardpage import A4_MM, PT, Line
from tests.specimens import Image
from tests.truth import differing


def wrong(page: Image, lines: Sequence[Line]) -> tuple[int, int]:
    """(characters wrong, characters asked) on a page, BGR, of any resolution; spaces do not count."""
    pairs = [(_bare(line.text), _bare(_read(_cut(page, line)))) for line in lines]
    return sum(differing(text, read) for text, read in pairs), sum(len(text) for text, _ in pairs)


def _bare(text: str) -> str:
    return text.replace(" ", "")


def _cut(page: Image, line: Line) -> Image:
    scale, tall = page.shape[1] / A4_MM[0], line.size * PT
    top, bottom = round((line.top - 0.5) * scale), round((line.top + 1.45 * tall) * scale)
    return np.ascontiguousarray(page[top:bottom, round((line.left - 1.5) * scale) : round((line.right + 1.5) * scale)])


def _read(line: Image) -> str:
    # every flag at every call: what one call sets stays set for the next
    read = _engine()(line, use_det=False, use_cls=False, use_rec=True)
    return str((read.txts or ("",))[0])


@lru_cache(maxsize=1)
def _engine() -> Any:
    from rapidocr import RapidOCR

    threads = {f"EngineConfig.onnxruntime.{kind}_op_num_threads": 1 for kind in ("intra", "inter")}
    return RapidOCR(params={"Global.log_level": "critical", **threads})
