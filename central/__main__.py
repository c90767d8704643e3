"""The centre's command line: `python -m central --help` lists its commands."""

import argparse
import json
import secrets
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

from central import keys
from central.publishing.commands import add_content_commands
from central.settings import Settings

Arguments = argparse.Namespace
Action = Callable[[Arguments], None]


def parser() -> argparse.ArgumentParser:
    """Every command and option."""
    root = argparse.ArgumentParser(prog="python -m central", description=__doc__)
    commands = root.add_subparsers(required=True)
    actions: dict[str, tuple[Action, str]] = {
        "setup": (setup, "keys, database, test authority, accounts; prints the accounts as JSON, once"),
        "public": (public, "what kiosks need to know, as JSON"),
        "enrol": (enrol, "take a kiosk; prints its id and number as JSON"),
        **JOINING,
        "revoke": (revoke, "refuse a kiosk from now on"),
        "breach": (report_breach, "who was on a stolen kiosk: a table to tell them, and a summary as JSON"),
        "import": (
            bring,
            "take a kiosk's packets from a USB stick and write the receipts onto it; one JSON line a parcel",
        ),
        "serve": (serve, "the web server"),
        "worker": (work, "admit received packets to the queue"),
        "migrate": (migrate, "bring the database to the newest revision"),
    }
    for name, (action, purpose) in actions.items():
        add_command(commands, name, action, purpose)
    people = commands.add_parser("staff", help="the desa's staff, who help at kiosks").add_subparsers(required=True)
    for name, (action, purpose) in STAFF.items():
        add_command(people, name, action, purpose, options=f"staff {name}")
    add_content_commands(commands)
    return root


def add_command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, action: Action, purpose: str, *,
    options: str = "",
) -> None:  # fmt: skip
    command = commands.add_parser(name, help=purpose)
    command.add_argument("--dir", type=Path, required=True)
    command.add_argument("--database-url", default="")
    command.add_argument("--profile", default="wonogiri")
    command.set_defaults(run=action)
    for option, rest in OPTIONS.get(options or name, {}).items():
        command.add_argument(option, **rest)  # type: ignore[arg-type]  # a table of argparse's own words


OPTIONS: dict[str, dict[str, dict[str, object]]] = {
    "public": {"--url": {"required": True}, "--ca": {"type": Path, "help": "PEM of the TLS authority that kiosks pin"}},
    "enrol": {"--desa": {"required": True}, "--key": {"required": True}},
    "code": {"--desa": {"required": True}, "--url": {"default": ""}, "--ca": {"type": Path},
             "--stick": {"type": Path, "help": "also write this file, for a kiosk's USB stick"}},
    "confirm": {"--row": {"required": True}, "--fingerprint": {"required": True}},
    "decline": {"--row": {"required": True}},
    "import": {"--from": {"dest": "stick", "type": Path, "required": True}},
    "revoke": {"--kiosk": {"required": True}},
    "breach": {"--kiosk": {"required": True}, "--since": {"required": True, "help": "ISO 8601; without a zone it is UTC"},
               "--until": {"default": "", "help": "now, unless said"},
               "--to": {"type": Path, "required": True, "help": "the table, as CSV"}},
    "staff add": {"--desa": {"required": True}, "--name": {"required": True}},
    "staff disable": {"id": {"metavar": "ID"}},
    "staff pin": {"id": {"metavar": "ID"}},
    "serve": {"--port": {"type": int, "required": True}, "--threads": {"type": int, "default": 200},
              "--workers": {"type": int, "default": 1}},
}  # fmt: skip


def settings(arguments: Arguments) -> Settings:
    top = Path(__file__).resolve().parent.parent
    return Settings(
        dir=arguments.dir, database_url=arguments.database_url, profile=arguments.profile,
        regions_file=top / "build" / "regions.tsv",
    )  # fmt: skip


def setup(arguments: Arguments) -> None:
    """Safe to run twice: what is there stays."""
    from central.accounts import create_default_accounts
    from central.documents.authority import create_test_authority
    from central.engine import open_engine, upgrade

    chosen = settings(arguments)
    chosen.dir.mkdir(mode=0o750, parents=True, exist_ok=True)
    keys.make(chosen.keys)
    create_test_authority(chosen.authority, now=datetime.now(UTC))
    engine = open_engine(chosen.database)
    upgrade(engine)
    print(json.dumps({"accounts": create_default_accounts(engine, dice=secrets)}))


def public(arguments: Arguments) -> None:
    from central.documents.authority import roots_pem

    chosen = settings(arguments)
    own = keys.load(chosen.keys)
    roots = roots_pem(chosen.authority)
    facts = {"url": arguments.url, "sealing_key": own.sealing_hex, "receipt_key": own.receipt_hex, "roots": roots}
    print(json.dumps({**facts, **({"ca": arguments.ca.read_text()} if arguments.ca else {})}))


def enrol(arguments: Arguments) -> None:
    from central.context import open_context
    from central.fleet import kiosks
    from central.fleet.notes import CONSOLE

    context = open_context(settings(arguments))
    kiosk = kiosks.enrol(context, desa=arguments.desa, key=arguments.key, actor=CONSOLE)
    print(json.dumps({"kiosk_id": kiosk.kiosk_id, "number": kiosk.number, "desa": kiosk.desa}))


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
    print(json.dumps({**shown, "row": new.row, "desa": new.desa, "expires_at": new.expires_at}))


def list_waiting(arguments: Arguments) -> None:
    """One JSON line a kiosk."""
    from central.context import open_context
    from central.fleet import deciding

    for one in deciding.waiting(open_context(settings(arguments))):
        print(json.dumps(asdict(one)))


def confirm(arguments: Arguments) -> None:
    from central.context import open_context
    from central.fleet import deciding
    from central.fleet.notes import CONSOLE

    context = open_context(settings(arguments))
    kiosk = deciding.confirm(context, arguments.row, fingerprint=arguments.fingerprint, actor=CONSOLE)
    print(json.dumps(asdict(kiosk)))


def decline(arguments: Arguments) -> None:
    from central.context import open_context
    from central.fleet import deciding
    from central.fleet.notes import CONSOLE

    deciding.decline(open_context(settings(arguments)), arguments.row, actor=CONSOLE)
    print(json.dumps({"declined": arguments.row}))


JOINING: dict[str, tuple[Action, str]] = {
    "code": (code, "a one-time code for one kiosk of a desa; prints it as JSON, once"),
    "waiting": (list_waiting, "kiosks that used a code and wait for a yes, one JSON line each"),
    "confirm": (confirm, "take a waiting kiosk whose screen shows these six digits; prints its id and number as JSON"),
    "decline": (decline, "turn a waiting kiosk away"),
}


def revoke(arguments: Arguments) -> None:
    from central.context import open_context
    from central.fleet import kiosks

    print(json.dumps({"revoked": kiosks.revoke(open_context(settings(arguments)), arguments.kiosk)}))


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
    print(found.summary())


def moment(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def add_staff(arguments: Arguments) -> None:
    from central.context import open_context
    from central.fleet import staff

    new = staff.add(open_context(settings(arguments)), desa=arguments.desa, name=arguments.name)
    print(json.dumps({"staff_id": new.staff_id, "pin": new.pin}))


def disable_staff(arguments: Arguments) -> None:
    from central.context import open_context
    from central.fleet import staff

    staff.disable(open_context(settings(arguments)), arguments.id)
    print(json.dumps({"disabled": arguments.id}))


def renew_staff_pin(arguments: Arguments) -> None:
    from central.context import open_context
    from central.fleet import staff

    new = staff.renew_pin(open_context(settings(arguments)), arguments.id)
    print(json.dumps({"staff_id": new.staff_id, "pin": new.pin}))


def list_staff(arguments: Arguments) -> None:
    """One JSON line a person."""
    from central.context import open_context
    from central.fleet import staff

    for person in staff.everybody(open_context(settings(arguments))):
        print(json.dumps(asdict(person), ensure_ascii=False))


STAFF: dict[str, tuple[Action, str]] = {
    "add": (add_staff, "a new person; prints the id and a first PIN as JSON, once"),
    "disable": (disable_staff, "refuse a person from the next roster on"),
    "pin": (renew_staff_pin, "a new PIN; prints it as JSON, once"),
    "list": (list_staff, "everybody, one JSON line each"),
}


def bring(arguments: Arguments) -> None:
    from central.context import open_context
    from central.fleet.notes import CONSOLE
    from central.intake import parcels

    for one in parcels.bring(open_context(settings(arguments)), arguments.stick, actor=CONSOLE):
        print(json.dumps(asdict(one)))


def migrate(arguments: Arguments) -> None:
    from central.engine import open_engine, upgrade

    upgrade(open_engine(settings(arguments).database))


def serve(arguments: Arguments) -> None:
    from central.server import run

    migrate(arguments)
    run(settings(arguments), port=arguments.port, threads=arguments.threads, workers=arguments.workers)


def work(arguments: Arguments) -> None:
    from central import worker
    from central.app import set_up_logging
    from central.context import open_context

    set_up_logging()
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    worker.run(open_context(settings(arguments)), stop)


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
