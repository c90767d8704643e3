"""The centre's command line: setup, public, enrol, revoke, staff, serve, worker, migrate."""

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
        "revoke": (revoke, "refuse a kiosk from now on"),
        "serve": (serve, "the web server"),
        "worker": (work, "admit received packets to the queue"),
        "migrate": (migrate, "bring the database to the newest revision"),
    }
    for name, (action, purpose) in actions.items():
        add_command(commands, name, action, purpose)
    people = commands.add_parser("staff", help="the desa's staff, who help at kiosks").add_subparsers(required=True)
    for name, (action, purpose) in STAFF.items():
        add_command(people, name, action, purpose, options=f"staff {name}")
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
    "public": {"--url": {"required": True}},
    "enrol": {"--desa": {"required": True}, "--key": {"required": True}},
    "revoke": {"--kiosk": {"required": True}},
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
    print(json.dumps(facts))


def enrol(arguments: Arguments) -> None:
    from central.context import open_context
    from central.fleet import kiosks

    kiosk = kiosks.enrol(open_context(settings(arguments)), desa=arguments.desa, key=arguments.key)
    print(json.dumps({"kiosk_id": kiosk.kiosk_id, "number": kiosk.number, "desa": kiosk.desa}))


def revoke(arguments: Arguments) -> None:
    from central.context import open_context
    from central.fleet import kiosks

    print(json.dumps({"revoked": kiosks.revoke(open_context(settings(arguments)), arguments.kiosk)}))


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
    from central.fleet.kiosks import EnrolmentError
    from central.fleet.staff import StaffError

    arguments = parser().parse_args(words)
    try:
        arguments.run(arguments)
    except (keys.KeysMissing, EnrolmentError, StaffError) as complaint:
        print(f"central: {complaint}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
