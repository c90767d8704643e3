"""Arrays in, arrays out: find the sheet, flatten it, judge whether it can be read, encode it. No I/O, no state."""

from kiosk.imaging.codec import decode_upload, encode, preview
from kiosk.imaging.codes import read_codes
from kiosk.imaging.finder import find_sheet
from kiosk.imaging.flatten import Shape, flatten
from kiosk.imaging.judge import Judgement, Problem, Thresholds, judge
from kiosk.imaging.motion import difference, thumbnail
from kiosk.imaging.shapes import Corners, Image, ImagingError, Sheet, whole_frame

__all__ = [
    "Corners",
    "Image",
    "ImagingError",
    "Judgement",
    "Problem",
    "Shape",
    "Sheet",
    "Thresholds",
    "decode_upload",
    "difference",
    "encode",
    "find_sheet",
    "flatten",
    "judge",
    "preview",
    "read_codes",
    "thumbnail",
    "whole_frame",
]
