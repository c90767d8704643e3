"""What comes on a USB stick, read where the server itself stands."""

import json
from pathlib import Path

from central.commands.common import Arguments, Commands, Options, say, settings


def bring(arguments: Arguments) -> None:
    from central.context import open_context
    from central.fleet.notes import CONSOLE
    from central.intake import parcels

    for one in parcels.bring(open_context(settings(arguments)), arguments.stick, actor=CONSOLE):
        say(json.dumps(one.told()))


COMMANDS: Commands = {
    "import": (
        bring,
        "take a kiosk's packets from a USB stick and write the receipts onto it; one JSON line a parcel",
    ),
}
OPTIONS: Options = {"import": {"--from": {"dest": "stick", "type": Path, "required": True}}}
