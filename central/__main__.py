"""The centre's command line: `python -m central --help` lists its commands."""

import argparse
import sys
from collections.abc import Sequence

from central import keys
from central.commands import joining, people, running, sticks
from central.commands.common import Commands, Options, add_command
from central.publishing.commands import add_content_commands

COMMANDS: Commands = {**running.SETTING_UP, **joining.COMMANDS, **sticks.COMMANDS, **running.RUNNING}
OPTIONS: Options = {**running.OPTIONS, **joining.OPTIONS, **sticks.OPTIONS}


def parser() -> argparse.ArgumentParser:
    """Every command and option."""
    root = argparse.ArgumentParser(prog="python -m central", description=__doc__)
    commands = root.add_subparsers(required=True)
    for name, (action, purpose) in COMMANDS.items():
        add_command(commands, name, action, purpose, OPTIONS.get(name, {}))
    staff = commands.add_parser("staff", help="the desa's staff, who help at kiosks").add_subparsers(required=True)
    for name, (action, purpose) in people.COMMANDS.items():
        add_command(staff, name, action, purpose, people.OPTIONS.get(name, {}))
    add_content_commands(commands)
    return root


def main(words: Sequence[str] | None = None) -> int:
    """Run one command; a clear complaint is one line and exit code 2."""
    from central.fleet.breach import BreachError
    from central.fleet.kiosks import EnrolmentError
    from central.fleet.staff import StaffError
    from central.intake.parcels import ParcelError
    from central.publishing.errors import PublishingError

    arguments = parser().parse_args(words)
    try:
        arguments.run(arguments)
    except (keys.KeysMissing, EnrolmentError, ParcelError, StaffError, PublishingError, BreachError) as complaint:
        print(f"central: {complaint}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
