"""Where pictures come from, by URL. Runs in the grabber's process only: each of these calls may never return.

``v4l2:///dev/v4l/by-id/..?width=2592&height=1944`` (stable names: /dev/video numbers change with the order of plugging),
``mjpeg://host:port`` (multipart JPEG over TCP), ``folder:///dir`` (its pictures in turn, for benches).
"""

import os
import re
import time
from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qs, urlsplit

import numpy as np

from kiosk.hardware.camera.protocol import Image

OPEN_MS = 3000
READ_MS = 2000
FOLDER_FPS = 10
RENUMBERED = re.compile(r"/dev/video[0-9]+")  # handed out anew, in the order of plugging, at each start
# OpenCV reads these when it first opens a camera. Its own default waits ten seconds for a V4L2 frame.
ENVIRONMENT = {
    "OPENCV_FFMPEG_CAPTURE_OPTIONS": "f;mpjpeg",
    "OPENCV_FFMPEG_LOGLEVEL": "-8",
    "OPENCV_LOG_LEVEL": "SILENT",
    "OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT": str(READ_MS // 1000),
}


class Source(Protocol):
    """An opened camera: BGR pictures until it has no more (None)."""

    def read(self) -> Image | None: ...

    def close(self) -> None: ...


Opener = Callable[[], Source | None]


class UnknownCamera(ValueError):  # noqa: N818  # a sentence: "unknown camera: ..."
    """A camera URL of no known form."""


def opener(url: str) -> Opener:
    """How to open ``url``; the opener gives None while nothing is there.

    Raises:
        UnknownCamera: no such form, or a name that does not stay with the device.
    """
    parts = urlsplit(url)
    match parts.scheme:
        case "v4l2" if RENUMBERED.fullmatch(parts.path):
            raise UnknownCamera(
                f"{parts.path} may be another camera tomorrow: use its name in /dev/v4l/by-id or by-path"
            )
        case "v4l2" if parts.path.startswith("/dev/"):
            return lambda: _v4l2(parts.path, parse_qs(parts.query))
        case "mjpeg" if parts.hostname and parts.port:
            return lambda: _mjpeg(f"tcp://{parts.hostname}:{parts.port}")
        case "folder" if parts.path:
            return lambda: _folder(Path(parts.path))
    raise UnknownCamera(f"unknown camera: {url}; use v4l2:///dev/..., mjpeg://host:port or folder:///dir")


def present(url: str) -> bool | None:
    """Whether the device is plugged in, without opening it; None when that cannot be known."""
    parts = urlsplit(url)
    return Path(parts.path).exists() if parts.scheme in ("v4l2", "folder") else None


class _Captured:
    """A source that OpenCV drives."""

    def __init__(self, capture: Any) -> None:
        self._capture = capture

    def read(self) -> Image | None:
        done, image = self._capture.read()
        return np.ascontiguousarray(image, np.uint8) if done else None

    def close(self) -> None:
        self._capture.release()


def _v4l2(path: str, wishes: dict[str, list[str]]) -> Source | None:
    import cv2

    if not Path(path).exists():
        return None
    capture = cv2.VideoCapture(os.path.realpath(path), cv2.CAP_V4L2)
    capture.set(
        cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG")
    )  # raw pictures of this size do not fit through USB 2
    capture.set(cv2.CAP_PROP_FRAME_WIDTH, int(wishes.get("width", ["2592"])[0]))
    capture.set(cv2.CAP_PROP_FRAME_HEIGHT, int(wishes.get("height", ["1944"])[0]))
    capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
    return _Captured(capture) if capture.isOpened() else None


def _mjpeg(address: str) -> Source | None:
    import cv2

    limits = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, OPEN_MS, cv2.CAP_PROP_READ_TIMEOUT_MSEC, READ_MS]
    capture = cv2.VideoCapture(address, cv2.CAP_FFMPEG, limits)
    return _Captured(capture) if capture.isOpened() else None


class _Pictures:
    """The pictures of a folder, in turn, as slowly as a camera gives them. One picture alone is a frozen camera."""

    def __init__(self, paths: Iterator[Path]) -> None:
        self._paths = paths

    def read(self) -> Image | None:
        import cv2

        time.sleep(1 / FOLDER_FPS)
        image = cv2.imread(str(next(self._paths)))
        return None if image is None else np.asarray(image, np.uint8)

    def close(self) -> None:
        """Nothing to let go of."""


def _folder(folder: Path) -> Source | None:
    paths = sorted(path for path in folder.glob("*") if path.suffix.lower() in (".jpg", ".jpeg", ".png"))
    return _Pictures(cycle(paths)) if paths else None
