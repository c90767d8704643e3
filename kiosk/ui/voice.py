"""What a screen says aloud: templates wrap their words with ``say``, the page lists the clips, ``static/voice.js`` plays them.

A clip is a recording of a person (content/recordings/<language>/), else the machine voice of the asset build. Only texts
of the index can be spoken: what a visitor typed has no clip, and no voice is made on the kiosk.
"""

import html
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, abort, g, send_file, url_for
from markupsafe import Markup

from kiosk.session import Kiosk
from kiosk.ui.i18n import LANGUAGES, catalogue

SOURCE = "id"
KINDS = (".opus", ".ogg", ".mp3", ".wav")
TYPES = {".opus": "audio/ogg; codecs=opus", ".ogg": "audio/ogg", ".mp3": "audio/mpeg", ".wav": "audio/wav"}
PLACEHOLDER = re.compile(r"%\((\w+)\)s")
KEEP_S = 600  # a recording that replaces another is heard within ten minutes
MOST_DIGITS = 4  # a longer number is somebody's: never spoken


@dataclass(frozen=True, slots=True)
class Clip:
    """``language`` of who speaks, and the file's name."""

    language: str
    name: str


@dataclass(frozen=True, slots=True)
class Pattern:
    """A sentence with placeholders as it stands on the screen, and its Indonesian source."""

    shape: re.Pattern[str]
    source: str

    @classmethod
    def of(cls, shown: str, source: str) -> "Pattern":
        parts = PLACEHOLDER.split(shown)
        shape = "".join(re.escape(part) if at % 2 == 0 else f"(?P<{part}>.+?)" for at, part in enumerate(parts))
        return cls(re.compile(shape, re.DOTALL), source)


@dataclass(frozen=True, slots=True)
class Tongue:
    """A language of the screen: its words and its sentences with placeholders, back to the Indonesian source."""

    sources: Mapping[str, str]
    patterns: tuple[Pattern, ...]


@cache
def tongue(language: str, patterns: tuple[str, ...]) -> Tongue:
    """``patterns``: the sources with placeholders, longest first."""
    shown = catalogue(language) if language in LANGUAGES else {}
    return Tongue(
        {translated: source for source, translated in shown.items()},
        tuple(Pattern.of(shown.get(source, source), source) for source in patterns),
    )


class Voice:
    """The clips there are. ``built``: the asset build's ``static/voice``; ``recordings``: folders of languages."""

    def __init__(self, built: Path, recordings: Path | None = None) -> None:
        self._built = built / SOURCE
        names: Mapping[str, str] = _json(self._built / "index.json", {})
        self._index = {text: name.rpartition(".")[0] for text, name in names.items()}  # text → the stem of its clip
        patterns = tuple(sorted(_json(self._built / "patterns.json", []), key=len, reverse=True))
        self._tongues = {language: tongue(language, patterns) for language in (SOURCE, *LANGUAGES)}
        self._machine = {name.rpartition(".")[0]: Clip(SOURCE, name) for name in names.values()}
        self._recorded: dict[tuple[str, str], Clip] = {}
        self._files: dict[Clip, Path] = {}
        for path in _recorded(recordings):
            if path.stem in self._machine:  # what no screen says is not served
                clip = Clip(path.parent.name, path.name)
                self._files[clip] = path
                self._recorded[clip.language, path.stem] = clip

    def __bool__(self) -> bool:
        return bool(self._index)

    def file(self, language: str, name: str) -> Path | None:
        """The clip's file; None for a name that no screen says."""
        clip = Clip(language, name)
        built = self._built / name if self._machine.get(name.rpartition(".")[0]) == clip else None
        return self._files.get(clip, built)

    def clips(self, text: str, language: str = SOURCE) -> tuple[Clip, ...]:
        """What is played for a text as it stands on the screen; nothing for what has no clip."""
        return tuple(clip for piece in self._pieces(text, language) for clip in self._clip(piece, language))

    def _clip(self, text: str, language: str) -> Iterator[Clip]:
        stem = self._index[text]
        recorded = self._recorded
        yield recorded.get((language, stem)) or recorded.get((SOURCE, stem)) or self._machine[stem]

    def _pieces(self, text: str, language: str) -> Iterator[str]:
        """The index's texts that make up a text of the screen, in the order of the Indonesian sentence."""
        text = text.strip()
        source = text if text in self._index else self._tongue(language).sources.get(text, "")
        if source in self._index:
            yield source
        elif text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS:
            yield from (digit for digit in text if digit in self._index)
        else:
            yield from self._filled(text, language)

    def _filled(self, text: str, language: str) -> Iterator[str]:
        """A sentence with values: its own pieces, and of the values only what is known."""
        for pattern in self._tongue(language).patterns:
            if match := pattern.shape.fullmatch(text):
                for at, part in enumerate(PLACEHOLDER.split(pattern.source)):
                    yield from self._pieces(match[part], language) if at % 2 else self._literal(part)
                return

    def _literal(self, part: str) -> Iterator[str]:
        piece = part.strip().lstrip(".,;:) ")
        if piece in self._index:
            yield piece

    def _tongue(self, language: str) -> Tongue:
        return self._tongues.get(language, self._tongues[SOURCE])


def _json(path: Path, otherwise: Any) -> Any:
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else otherwise


def _recorded(folder: Path | None) -> Iterator[Path]:
    if folder is not None and folder.is_dir():
        yield from (path for path in sorted(folder.glob("*/*")) if path.suffix in KINDS and path.is_file())


class Speaker:
    """What this page says, gathered while it is rendered. Bound to the visit's language."""

    def __init__(self, kiosk: Kiosk, voice: Voice) -> None:
        self._kiosk, self._voice = kiosk, voice

    def say(self, text: str) -> str:
        """The text unchanged for the eye; marked, when there is a clip of it, so that eyes can follow."""
        number = self.heard(text)
        return text if number == "" else Markup('<span data-say="{}">{}</span>').format(number, text)

    def heard(self, text: str) -> str:
        """The number of the text in the page's list of clips; empty when it has none."""
        clips = self._voice.clips(html.unescape(str(text)), self._kiosk.visit.display.get("bahasa") or SOURCE)
        if not clips:
            return ""
        said = self._said()
        said.append([url_for("clip", language=clip.language, name=clip.name) for clip in clips])
        return str(len(said) - 1)

    def spoken(self) -> str:
        """The page's list so far: for each marked text the addresses of its clips, as JSON."""
        return json.dumps(self._said())

    def on(self) -> bool:
        """Whether this visitor is spoken to."""
        return bool(self._kiosk.visit.display.get("suara"))

    def _said(self) -> list[list[str]]:
        if "said" not in g:
            g.said = []
        said: list[list[str]] = g.said
        return said


def add_voice(app: Flask, kiosk: Kiosk, voice: Voice) -> None:
    """``say`` and ``heard`` for the templates, and ``/suara/<language>/<file>``."""
    speaker = Speaker(kiosk, voice)
    app.jinja_env.globals.update(say=speaker.say, heard=speaker.heard, spoken=speaker.spoken, speaks=speaker.on)
    app.jinja_env.globals.update(has_voice=bool(voice))

    @app.get("/suara/<language>/<name>")
    def clip(language: str, name: str) -> Response:
        path = voice.file(language, name)
        if path is None:
            abort(404)
        return send_file(path.resolve(), mimetype=TYPES[path.suffix], conditional=True, max_age=KEEP_S)
