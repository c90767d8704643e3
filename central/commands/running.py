"""Set up, serve, work, migrate; and what kiosks need to know of this centre."""

import json
import secrets
import signal
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

from central import keys
from central.commands.common import Arguments, Commands, Options, say, settings


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
    say(json.dumps({"accounts": create_default_accounts(engine, dice=secrets)}))


def public(arguments: Arguments) -> None:
    from central.documents.authority import roots_pem

    chosen = settings(arguments)
    own = keys.load(chosen.keys)
    roots = roots_pem(chosen.authority)
    facts = {"url": arguments.url, "sealing_key": own.sealing_hex, "receipt_key": own.receipt_hex, "roots": roots}
    files = {"ca": arguments.ca, "content_root": chosen.content_root if chosen.content_root.exists() else None}
    say(json.dumps({**facts, **{name: path.read_text() for name, path in files.items() if path}}))


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


SETTING_UP: Commands = {
    "setup": (setup, "keys, database, test authority, accounts; prints the accounts as JSON, once"),
    "public": (public, "what kiosks need to know, as JSON"),
}
RUNNING: Commands = {
    "serve": (serve, "the web server"),
    "worker": (work, "admit received packets to the queue"),
    "migrate": (migrate, "bring the database to the newest revision"),
}
OPTIONS: Options = {
    "public": {"--url": {"required": True}, "--ca": {"type": Path, "help": "PEM of the TLS authority that kiosks pin"}},
    "serve": {"--port": {"type": int, "required": True}, "--threads": {"type": int, "default": 200},
              "--workers": {"type": int, "default": 1}},
}  # fmt: skip
