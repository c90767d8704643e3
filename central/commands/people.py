"""The desa's staff, who help at kiosks."""

import json
from dataclasses import asdict

from central.commands.common import Arguments, Commands, Options, say, settings


def add_staff(arguments: Arguments) -> None:
    from central.context import open_context
    from central.fleet import staff

    new = staff.add(open_context(settings(arguments)), desa=arguments.desa, name=arguments.name)
    say(json.dumps({"staff_id": new.staff_id, "pin": new.pin}))


def disable_staff(arguments: Arguments) -> None:
    from central.context import open_context
    from central.fleet import staff

    staff.disable(open_context(settings(arguments)), arguments.id)
    say(json.dumps({"disabled": arguments.id}))


def renew_staff_pin(arguments: Arguments) -> None:
    from central.context import open_context
    from central.fleet import staff

    new = staff.renew_pin(open_context(settings(arguments)), arguments.id)
    say(json.dumps({"staff_id": new.staff_id, "pin": new.pin}))


def list_staff(arguments: Arguments) -> None:
    """One JSON line a person."""
    from central.context import open_context
    from central.fleet import staff

    for person in staff.everybody(open_context(settings(arguments))):
        say(json.dumps(asdict(person), ensure_ascii=False))


COMMANDS: Commands = {
    "add": (add_staff, "a new person; prints the id and a first PIN as JSON, once"),
    "disable": (disable_staff, "refuse a person from the next roster on"),
    "pin": (renew_staff_pin, "a new PIN; prints it as JSON, once"),
    "list": (list_staff, "everybody, one JSON line each"),
}
OPTIONS: Options = {
    "add": {"--desa": {"required": True}, "--name": {"required": True}},
    "disable": {"id": {"metavar": "ID"}},
    "pin": {"id": {"metavar": "ID"}},
}
