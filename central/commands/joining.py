"""Kiosks come and go: by a one-time code, by hand, revoked; and who was on a stolen one."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from central.commands.common import Arguments, Commands, Options, say, settings


def enrol(arguments: Arguments) -> None:
    from central.context import open_context
    from central.fleet import kiosks
    from central.fleet.notes import CONSOLE

    context = open_context(settings(arguments))
    kiosk = kiosks.enrol(context, desa=arguments.desa, key=arguments.key, actor=CONSOLE)
    say(json.dumps({"kiosk_id": kiosk.kiosk_id, "number": kiosk.number, "desa": kiosk.desa}))


def code(arguments: Arguments) -> None:
    """The code is printed once and kept nowhere else but in the file that was asked for."""
    from adminduk import enrolment_codes, enrolments
    from central.context import open_context
    from central.files import write_durably
    from central.fleet import enrolment
    from central.fleet.kiosks import EnrolmentError
    from central.fleet.notes import CONSOLE

    if arguments.stick and not arguments.url.startswith(("https://", "http://")):
        raise EnrolmentError("alamat_salah")
    ca = arguments.ca.read_text() if arguments.ca else ""
    new = enrolment.issue(open_context(settings(arguments)), desa=arguments.desa, actor=CONSOLE)
    if arguments.stick:
        write_durably(
            arguments.stick, enrolments.StickFile(url=arguments.url, ca=ca, code=new.code).to_json(), mode=0o600
        )
    shown = {"code": enrolment_codes.grouped(new.code), "qr": enrolment_codes.qr_text(new.code)}
    say(json.dumps({**shown, "row": new.row, "desa": new.desa, "expires_at": new.expires_at}))


def list_waiting(arguments: Arguments) -> None:
    """One JSON line a kiosk."""
    from central.context import open_context
    from central.fleet import deciding

    for one in deciding.waiting(open_context(settings(arguments))):
        say(json.dumps(asdict(one)))


def confirm(arguments: Arguments) -> None:
    from central.context import open_context
    from central.fleet import deciding
    from central.fleet.notes import CONSOLE

    context = open_context(settings(arguments))
    kiosk = deciding.confirm(context, arguments.row, fingerprint=arguments.fingerprint, actor=CONSOLE)
    say(json.dumps(asdict(kiosk)))


def decline(arguments: Arguments) -> None:
    from central.context import open_context
    from central.fleet import deciding
    from central.fleet.notes import CONSOLE

    deciding.decline(open_context(settings(arguments)), arguments.row, actor=CONSOLE)
    say(json.dumps({"declined": arguments.row}))


def revoke(arguments: Arguments) -> None:
    from central.context import open_context
    from central.fleet import kiosks

    say(json.dumps({"revoked": kiosks.revoke(open_context(settings(arguments)), arguments.kiosk)}))


def report_breach(arguments: Arguments) -> None:
    """The table holds names and numbers: it is written for its owner's eyes, and the summary is printed."""
    from central.context import open_context
    from central.files import write_durably
    from central.fleet.breach import BreachError, breach
    from central.fleet.notes import CONSOLE

    try:
        since, until = (moment(text) for text in (arguments.since, arguments.until or datetime.now(UTC).isoformat()))
    except ValueError:
        raise BreachError("rentang_salah") from None
    found = breach(open_context(settings(arguments)), arguments.kiosk, since=since, until=until, actor=CONSOLE)
    write_durably(arguments.to, found.table(), mode=0o600)
    say(found.summary())


def moment(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


COMMANDS: Commands = {
    "enrol": (enrol, "take a kiosk; prints its id and number as JSON"),
    "code": (code, "a one-time code for one kiosk of a desa; prints it as JSON, once"),
    "waiting": (list_waiting, "kiosks that used a code and wait for a yes, one JSON line each"),
    "confirm": (
        confirm,
        "take a waiting kiosk whose screen shows these six digits; prints its id and number as JSON",
    ),
    "decline": (decline, "turn a waiting kiosk away"),
    "revoke": (revoke, "refuse a kiosk from now on"),
    "breach": (report_breach, "who was on a stolen kiosk: a table to tell them, and a summary as JSON"),
}
OPTIONS: Options = {
    "enrol": {"--desa": {"required": True}, "--key": {"required": True}},
    "code": {"--desa": {"required": True}, "--url": {"default": ""}, "--ca": {"type": Path},
             "--stick": {"type": Path, "help": "also write this file, for a kiosk's USB stick"}},
    "confirm": {"--row": {"required": True}, "--fingerprint": {"required": True}},
    "decline": {"--row": {"required": True}},
    "revoke": {"--kiosk": {"required": True}},
    "breach": {"--kiosk": {"required": True}, "--since": {"required": True, "help": "ISO 8601; without a zone it is UTC"},
               "--until": {"default": "", "help": "now, unless said"},
               "--to": {"type": Path, "required": True, "help": "the table, as CSV"}},
}  # fmt: skip
