"""`python -m kiosk content …`: help for whoever keeps a kabupaten's content."""

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from adminduk.catalogue import ContentError
from content.loader import ROOT
from content.spoken import clip_name, clip_texts, spoken_texts
from kiosk.messages import all_messages
from kiosk.ui.i18n import FOLDER, LANGUAGES, SOURCE
from kiosk.ui.po import CatalogueError, brought_up, read_entries, written

TEMPLATES = Path(__file__).parent / "ui" / "templates"


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


def main(argv: Sequence[str] | None = None, *, root: Path = ROOT) -> int:
    """Run one command on the content in ``root``; a mistake in the content is one clear line and exit code 2."""
    arguments = parser().parse_args(argv)
    try:
        for line in arguments.run(arguments, root):
            sys.stdout.write(line + "\n")
    except (ContentError, CatalogueError) as complaint:
        sys.stderr.write(f"content: {complaint}\n")
        return 2
    return 0
