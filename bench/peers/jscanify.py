"""jscanify, the page finder of web pages, as a peer: the published package itself, run by Node, one frame at a time.

Fetched by npm into .cache/bench, locked by version and hash; nothing of it is kept in this repository. Its folder of test
photographs comes along: real papers on real desks.
"""

import base64
import hashlib
import json
import shutil
import struct
import subprocess
import tarfile
from fnmatch import fnmatch
from pathlib import Path

import cv2
import numpy as np

from kiosk.imaging import Corners, Image

VERSION = "1.4.3"
SHA512 = "BoGW0ZZvuK6BUA5o32R9W3QuguiZY/y0IApTD+cCDNRhBen2YC3IdSLQcLQdazGGKvdzGF6+Y0Z9l7tmjDfzrg=="
CACHE = Path(__file__).parents[2] / ".cache" / "bench"
FOLDER = CACHE / f"jscanify-{VERSION}"
DRIVER = Path(__file__).with_suffix(".cjs")
WANTED = ("LICENSE", "src/*.js", "docs/images/test/*")  # no name in it leads out of the folder
PHOTOS = FOLDER / "docs" / "images" / "test"


class MissingError(Exception):
    """Why there is no peer here."""


def fetched() -> Path:
    """The package's folder, downloaded once.

    Raises:
        MissingError: no Node, no npm, no network, or another package than the one that is locked.
    """
    if shutil.which("node") is None or shutil.which("npm") is None:
        raise MissingError("node and npm are not installed")
    if not FOLDER.exists():
        _fetch()
    return FOLDER


def _fetch() -> None:
    CACHE.mkdir(parents=True, exist_ok=True)
    pack = ["npm", "pack", "--silent", f"jscanify@{VERSION}"]
    done = subprocess.run(pack, cwd=CACHE, capture_output=True, text=True, check=False)
    archive = CACHE / f"jscanify-{VERSION}.tgz"
    if done.returncode != 0 or not archive.exists():
        raise MissingError(f"npm pack jscanify@{VERSION} failed")
    if base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode() != SHA512:
        raise MissingError("the package is not the one that is locked")
    draft = FOLDER.with_suffix(".tmp")
    with tarfile.open(archive) as content:
        for name in content.getnames():
            if any(fnmatch(name, f"package/{wanted}") for wanted in WANTED):
                _unpack(content, name, draft / name.removeprefix("package/"))
    draft.rename(FOLDER)
    archive.unlink()


def _unpack(content: tarfile.TarFile, name: str, path: Path) -> None:
    stream = content.extractfile(name)
    assert stream is not None
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(stream.read())


class Jscanify:
    """The peer at work: ``find(frame)`` gives its corners and the processor time that its own search took, in ms."""

    def __init__(self) -> None:
        command = ["node", str(DRIVER), str(fetched())]
        self._node = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        if self._line() != b"ready\n":
            self.close()
            raise MissingError("its OpenCV does not start")

    def find(self, frame: Image) -> tuple[Corners | None, float]:
        """Of a BGR frame; handing it over is not counted."""
        assert self._node.stdin is not None
        height, width = frame.shape[:2]
        self._node.stdin.write(struct.pack("<II", width, height) + cv2.cvtColor(frame, cv2.COLOR_BGR2RGBA).tobytes())
        self._node.stdin.flush()
        answer = json.loads(self._line())
        corners = answer["corners"]
        return None if corners is None else np.array(corners, np.float32), float(answer["ms"])

    def close(self) -> None:
        self._node.kill()
        self._node.communicate()

    def _line(self) -> bytes:
        assert self._node.stdout is not None
        return self._node.stdout.readline()
