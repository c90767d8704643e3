"""`python -m kiosk content …`: help for whoever keeps a kabupaten's content."""

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from adminduk.catalogue import ContentError
from content.loader import ROOT
from content.spoken import clip_name, clip_texts, spoken_texts

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
    return root


def voices(arguments: argparse.Namespace, root: Path) -> Iterator[str]:
    """Lines of ``file name<TAB>text``."""
    done: set[str] = set()
    if arguments.missing:
        done = {path.stem for path in (root / "recordings" / arguments.missing).glob("*")}
    for text in clip_texts(spoken_texts(TEMPLATES, root=root)):
        if clip_name(text) not in done:
            yield f"{clip_name(text)}.opus\t{text}"


def main(argv: Sequence[str] | None = None, *, root: Path = ROOT) -> int:
    """Run one command on the content in ``root``; a mistake in the content is one clear line and exit code 2."""
    arguments = parser().parse_args(argv)
    try:
        for line in arguments.run(arguments, root):
            sys.stdout.write(line + "\n")
    except ContentError as complaint:
        sys.stderr.write(f"content: {complaint}\n")
        return 2
    return 0
