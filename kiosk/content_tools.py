"""`python -m kiosk content …`: help for whoever keeps a kabupaten's content."""

import argparse
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from adminduk.catalogue import ContentError
from content import checking
from content.loader import ROOT, profiles
from content.looks import Known
from content.spoken import clip_name, clip_texts, spoken_texts
from content.wording import Words
from kiosk.messages import all_messages
from kiosk.ui.i18n import FOLDER, LANGUAGES, SOURCE
from kiosk.ui.po import CatalogueError, brought_up, read_entries, written

UI = Path(__file__).parent / "ui"
TEMPLATES, PICTURES = UI / "templates", UI / "static" / "pictures"


def parser() -> argparse.ArgumentParser:
    """Every command of the group."""
    root = argparse.ArgumentParser(prog="python -m kiosk content", description=__doc__)
    commands = root.add_subparsers(required=True)
    voice = commands.add_parser("voices", help="every text that screens say, and the name of the file to record")
    voice.add_argument(
        "--missing", metavar="LANGUAGE", help="only what has no recording in this language yet, such as id or ban"
    )
    voice.set_defaults(run=voices)
    message = commands.add_parser("messages", help="bring the catalogues of every language up to date")
    message.add_argument("--folder", type=Path, default=FOLDER, help="where the .po files are (%(default)s)")
    message.set_defaults(run=messages)
    check = commands.add_parser("check", help="every mistake of the content, with its file, line and remedy")
    check.add_argument("--profile", default="all", metavar="NAME", help="one kabupaten only, such as buleleng")
    check.add_argument("--root", type=Path, metavar="DIR", help="another content folder than this installation's")
    check.set_defaults(run=checked)
    return root


def voices(arguments: argparse.Namespace, root: Path) -> Iterator[str]:
    """Lines of ``file name<TAB>text``."""
    done: set[str] = set()
    if arguments.missing:
        done = {path.stem for path in (root / "recordings" / arguments.missing).glob("*")}
    for text in clip_texts(spoken_texts(TEMPLATES, root=root)):
        if clip_name(text) not in done:
            yield f"{clip_name(text)}.opus\t{text}"


def messages(arguments: argparse.Namespace, root: Path) -> Iterator[str]:
    """Brings every .po up to date with the templates and the content; one line tells what became of each."""
    wanted = all_messages(TEMPLATES, root=root)
    for language in LANGUAGES:
        if language != SOURCE:
            yield _bring_up(arguments.folder / f"{language}.po", wanted, language)


def checked(arguments: argparse.Namespace, root: Path) -> Iterator[str]:
    """One line a mistake or warning, and a last one that counts. Raises MistakesFoundError after it."""
    root = arguments.root or root
    words = Words.read(Path.cwd())
    if not (root / "base").is_dir():
        raise MistakesFoundError(words.lines["no_content"] % {"folder": root})
    names = profiles(root) if arguments.profile == "all" else (arguments.profile,)
    try:
        report = checking.check(names, known=known(), root=root)
    except ContentError as error:
        raise MistakesFoundError(words.unknown_profile(error.facts)) from None
    yield from map(words.line, report.findings)
    if report.mistakes:
        raise MistakesFoundError(words.summary(report))
    yield words.summary(report)


class MistakesFoundError(ValueError):
    """The text says how many."""


def known() -> Known:
    """What this kiosk has, and content may name."""
    from blanks import parse_words

    pictures = {file.stem for file in PICTURES.glob("*.svg")}
    lines = (UI / "icons.txt").read_text(encoding="utf-8").splitlines()
    icons = {name for name in lines if name and not name.startswith("#")}
    return Known(
        icons=frozenset(icons),
        pictures=frozenset(name.removeprefix("paper-") for name in pictures if name.startswith("paper-")),
        drawings=frozenset(pictures | icons),
        patterns=frozenset(name for name in pictures if "-" not in name),
        languages=frozenset(LANGUAGES),
        poster=parse_words,
    )


def _bring_up(path: Path, wanted: Sequence[str], language: str) -> str:
    old = path.read_text(encoding="utf-8") if path.exists() else ""
    try:
        update = brought_up(read_entries(old), wanted, language)
    except CatalogueError as error:
        raise CatalogueError(f"{path.name}: {error}") from None
    if (text := written(update.entries)) != old:
        beside = path.with_suffix(".po.new")
        beside.write_text(text, encoding="utf-8")
        beside.replace(path)
    counts = f"{update.kept} kept, {update.new} new, {update.dropped} dropped, {update.untranslated} untranslated"
    return f"{path.name}: {counts}"


def _tell(lines: Iterable[str]) -> None:
    """A line each. The work is done to its end, even when the reader (`… | head`) has seen enough."""
    for line in lines:
        try:
            sys.stdout.write(f"{line}\n")
            sys.stdout.flush()
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def main(argv: Sequence[str] | None = None, *, root: Path = ROOT) -> int:
    """Run one command on the content in ``root``; a mistake in the content is one clear line and exit code 2."""
    arguments = parser().parse_args(argv)
    try:
        _tell(arguments.run(arguments, root))
    except MistakesFoundError as count:
        sys.stderr.write(f"{count}\n")
        return 2
    except CatalogueError as complaint:
        sys.stderr.write(f"content: {complaint}\n")
        return 2
    except ContentError as complaint:
        sys.stderr.write(f"content: {complaint}\n{Words.read(Path.cwd()).lines['run_check']}\n")
        return 2
    return 0
