"""What all topics share: how a command is described, and the settings that every command's options make."""

import argparse
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from central.settings import Settings

Arguments = argparse.Namespace
Action = Callable[[Arguments], None]
Commands = Mapping[str, tuple[Action, str]]  # name → what it does, what `--help` says of it
Options = Mapping[str, Mapping[str, Mapping[str, object]]]  # command → option → argparse's own words

TOP = Path(__file__).resolve().parents[2]


def say(text: str) -> None:
    """A line on standard output: what scripts read."""
    sys.stdout.write(f"{text}\n")


def settings(arguments: Arguments) -> Settings:
    return Settings(
        dir=arguments.dir, database_url=arguments.database_url, profile=arguments.profile,
        regions_file=TOP / "build" / "regions.tsv",
    )  # fmt: skip


def add_command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, action: Action, purpose: str,
    options: Mapping[str, Mapping[str, object]],
) -> None:  # fmt: skip
    command = commands.add_parser(name, help=purpose)
    command.add_argument("--dir", type=Path, required=True)
    command.add_argument("--database-url", default="")
    command.add_argument("--profile", default="wonogiri")
    command.set_defaults(run=action)
    for option, rest in options.items():
        command.add_argument(option, **rest)  # type: ignore[arg-type]  # a table of argparse's own words
