"""Build the machine voice: one Opus clip for every text that a screen can say, and its index.

espeak-ng reads, opusenc encodes (24 kbit/s). Into build/static/voice/id/, with `index.json` (text → file) and
`patterns.json` (texts with placeholders) beside the clips. Only what is new or reads differently is made; orphans go.
"""

import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent.parent
if str(TOP) not in sys.path:
    sys.path.insert(0, str(TOP))

from adminduk.catalogue import ContentError  # noqa: E402 - run as a script, the checkout is not on the path
from content.loader import ROOT  # noqa: E402
from content.spoken import Pronunciation, clip_name, clip_texts, patterns, spoken_texts  # noqa: E402

TEMPLATES = TOP / "kiosk" / "ui" / "templates"
# Indonesian, 135 words a minute, a low voice, 30 ms between words (measured: ~90 words a minute, no clipping)
SPEAK = ("espeak-ng", "-v", "id", "-s", "135", "-p", "45", "-g", "3", "--stdin", "--stdout")
# complexity 1: a third of the time of 10, and no difference to hear in a synthetic voice
ENCODE = ("opusenc", "--quiet", "--speech", "--bitrate", "24", "--comp", "1", "--discard-comments", "--serial", "1",
          "--ignorelength", "-", "-")  # fmt: skip
MADE = ".made.json"


class VoiceError(RuntimeError):
    """A clip that could not be made; says which text and what the tool said."""


@dataclass(frozen=True, slots=True)
class Clip:
    """``name`` of the file without suffix, ``reading`` for the machine voice, ``key``: a fingerprint of how it is made."""

    text: str
    name: str
    reading: str
    key: str


def clips_of(texts: Iterable[str], pronunciation: Pronunciation) -> list[Clip]:
    """One clip a text."""
    made = []
    for text in texts:
        reading = pronunciation.of(text)
        key = hashlib.sha256("\0".join((*SPEAK, *ENCODE, reading)).encode()).hexdigest()[:16]
        made.append(Clip(text, clip_name(text), reading, key))
    return made


def speak(clip: Clip) -> bytes:
    """An Opus file. Raises VoiceError."""
    wave = _run(SPEAK, clip.reading.encode() + b"\n", clip)
    return _run(ENCODE, wave, clip)


def _run(command: tuple[str, ...], given: bytes, clip: Clip) -> bytes:
    result = subprocess.run(command, input=given, capture_output=True, check=False)
    if result.returncode != 0 or not result.stdout:
        raise VoiceError(f"{command[0]} could not say {clip.text!r}: {result.stderr.decode(errors='replace')[-300:]}")
    return result.stdout


def build(folder: Path, texts: Iterable[str], pronunciation: Pronunciation) -> int:
    """Make what is missing in the folder, remove what nobody says, write the index. Returns how many were made."""
    folder.mkdir(parents=True, exist_ok=True)
    texts = tuple(texts)
    clips = clips_of(clip_texts(texts), pronunciation)
    had = _made_before(folder)
    missing = [clip for clip in clips if had.get(clip.name) != clip.key or not (folder / f"{clip.name}.opus").exists()]
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:  # threads: the work is in the tools' processes
        for clip, sound in zip(missing, pool.map(speak, missing), strict=True):
            write(folder / f"{clip.name}.opus", sound)
    write(folder / MADE, _json({clip.name: clip.key for clip in clips}))
    write(folder / "index.json", _json({clip.text: f"{clip.name}.opus" for clip in clips}))
    write(folder / "patterns.json", _json(list(patterns(texts))))
    remove_orphans(folder, {clip.name for clip in clips})
    return len(missing)


def _made_before(folder: Path) -> Mapping[str, str]:
    path = folder / MADE
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=0, sort_keys=True) + "\n").encode()


def remove_orphans(folder: Path, names: set[str]) -> None:
    for path in folder.iterdir():
        if path.suffix in (".opus", ".tmp") and path.stem not in names:
            path.unlink()


def write(path: Path, content: bytes) -> None:
    """Whole or not at all."""
    draft = path.with_suffix(path.suffix + ".tmp")
    draft.write_bytes(content)
    draft.replace(path)


def fingerprint(*, root: Path = ROOT, templates: Path = TEMPLATES) -> str:
    """SHA-256 over everything that decides what is said and how."""
    digest = hashlib.sha256()
    files = (*sorted(root.rglob("*.toml")), *sorted(templates.rglob("*.html")), ROOT / "spoken.py", Path(__file__))
    for file in files:
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def main(build_folder: Path = TOP / "build") -> None:
    """Nothing to do when neither a text nor its reading has changed."""
    folder = build_folder / "static" / "voice" / "id"
    stamp, wanted = folder / ".built", fingerprint()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    began = time.monotonic()
    try:
        texts = spoken_texts(TEMPLATES)
    except ContentError as error:
        sys.exit(f"The voice cannot be built, the content has a mistake: {error}")
    made = build(folder, texts, Pronunciation(ROOT / "base" / "pronunciation.toml"))
    write(stamp, wanted.encode())
    print(f"Building the voice: {made} clips in {time.monotonic() - began:.0f} s", flush=True)


if __name__ == "__main__":
    main()
