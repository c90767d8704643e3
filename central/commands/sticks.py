"""What comes on a USB stick, read where the server itself stands."""

import json
from pathlib import Path

from central.commands.common import Arguments, Commands, Options, say, settings


def bring(arguments: Arguments) -> None:
    from central.context import open_context
    from central.fleet.notes import CONSOLE
    from central.intake import parcels

    brought = parcels.bring(open_context(settings(arguments)), arguments.stick, actor=CONSOLE)
    for one in brought:
        say(json.dumps(one.told()))
    if refused := next((one.code for one in brought if one.code), ""):
        raise parcels.ParcelError(refused)  # the exit code is for whoever would wipe the stick next


COMMANDS: Commands = {
    "import": (
        bring,
        "take a kiosk's packets from a USB stick and write the receipts onto it; one JSON line a parcel",
    ),
}
OPTIONS: Options = {"import": {"--from": {"dest": "stick", "type": Path, "required": True}}}
