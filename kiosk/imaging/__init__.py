"""Arrays in, arrays out: find the sheet, flatten it, judge whether it can be read, encode it. No I/O, no state."""

from kiosk.imaging.codec import decode_upload, preview
from kiosk.imaging.codes import read_codes
from kiosk.imaging.encoding import encode
from kiosk.imaging.finder import find_sheet
from kiosk.imaging.flatten import Shape, flatten
from kiosk.imaging.judge import Judgement, Problem, Thresholds, judge
from kiosk.imaging.letters import reader as line_reader
from kiosk.imaging.live import Look, look
from kiosk.imaging.motion import difference, thumbnail
from kiosk.imaging.shapes import Corners, Image, ImagingError, Sheet, whole_frame
from kiosk.imaging.stillness import Cue, Patience, Watch, once_more, photographed, watch
from kiosk.imaging.turned import Reader, Upright, upright

__all__ = [
    "Corners",
    "Cue",
    "Image",
    "ImagingError",
    "Judgement",
    "Look",
    "Patience",
    "Problem",
    "Reader",
    "Shape",
    "Sheet",
    "Thresholds",
    "Upright",
    "Watch",
    "decode_upload",
    "difference",
    "encode",
    "find_sheet",
    "flatten",
    "judge",
    "line_reader",
    "look",
    "once_more",
    "photographed",
    "preview",
    "read_codes",
    "thumbnail",
    "upright",
    "watch",
    "whole_frame",
]
