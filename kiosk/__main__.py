"""The kiosk's command line: setup, configure, keys, enrol, rekey, move, export, receipts, ui, courier, content."""

import argparse
import json
import secrets
import sys
import time
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

from adminduk.clock import SystemClock
from kiosk import keys
from kiosk.enrolment import EnrolmentError, configure
from kiosk.export.errors import StickError
from kiosk.settings import Devices, Settings, SettingsError, load

if TYPE_CHECKING:
    from kiosk.enrolment.chest import Chest

Arguments = argparse.Namespace
DEVICES = tuple(field.name for field in fields(Devices))


def parser() -> argparse.ArgumentParser:
    """Every command and option."""
    root = argparse.ArgumentParser(prog="python -m kiosk", description=__doc__)
    commands = root.add_subparsers(required=True)

    make = commands.add_parser("setup", help="make the keys; prints the public one as JSON")
    make.add_argument("--dir", type=Path, required=True)
    make.set_defaults(run=setup)

    write = commands.add_parser("configure", help="write kiosk.toml from the centre's answers")
    write.add_argument("--dir", type=Path, required=True)
    write.add_argument("--public", type=Path, required=True, help="JSON of `central public`")
    write.add_argument("--enrolment", type=Path, required=True, help="JSON of `central enrol`")
    write.add_argument("--desa-name", required=True)
    write.add_argument("--assets", type=Path, required=True)
    add_site(write)
    write.set_defaults(run=write_settings)
    add_enrolment(commands)
    add_stick(commands)

    for name, action, purpose in (("ui", ui, "the screen and the devices"), ("courier", courier, "the uplink")):
        command = commands.add_parser(name, help=purpose)
        command.add_argument("--settings", type=Path, required=True)
        command.set_defaults(run=action)
        if name == "ui":
            command.add_argument("--shell", help="instead of the settings' screen.shell")
            command.add_argument("--training", action="store_true", help="practise: simulated devices, nothing is sent")
            command.add_argument("--panel-port", type=int, default=8790, help="of the device panel in training")
    take = commands.add_parser("update", help="take new content from a USB stick; prints what became of it as JSON")
    take.add_argument("--settings", type=Path, required=True)
    take.add_argument(
        "--from", dest="stick", type=Path, required=True, metavar="FOLDER", help="kios-konten on the stick"
    )
    take.set_defaults(run=update)
    commands.add_parser("content", help="tools for a kabupaten's content; `content --help` lists them")
    return root


def add_site(command: argparse.ArgumentParser) -> None:
    """What the technician decides."""
    command.add_argument("--profile", default="wonogiri")
    command.add_argument("--port", type=int, default=8700)
    command.add_argument("--panel-port", type=int, default=0)
    command.add_argument("--shell", default="pywebview")
    command.add_argument("--panel-size", nargs=3, metavar=("INCH", "WIDTH", "HEIGHT"), default=("21.5", "1080", "1920"))
    for device in DEVICES:
        command.add_argument(f"--{device}", default=getattr(Devices(), device))


def add_enrolment(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Keys, enrolment, a new key, moving. ``--dir``: where kiosk.toml stands."""
    purposes = {
        "keys": (make_keys, "make the keys that are missing; says how strongly they are kept"),
        "enrol": (enrol, "by the one-time code of the centre; run it again to go on where it was cut off"),
        "rekey": (rekey, "a new device key, asked for with the old one"),
        "move": (move, "leave this desa: drained, confirmed by the centre, wiped"),
    }
    made = {}
    for name, (action, purpose) in purposes.items():
        made[name] = command = commands.add_parser(name, help=purpose)
        command.add_argument("--dir", type=Path, required=True)
        command.add_argument("--state", type=Path, help="state folder; default: state, below --dir")
        command.add_argument("--credentials", type=Path, help="folder of the units' *.cred; default: plain key files")
        command.set_defaults(run=action)
    made["move"].add_argument("--revoked", action="store_true", help="the centre has revoked this kiosk: do not ask it")
    join = made["enrol"]
    join.add_argument("--centre", metavar="URL", default="")
    join.add_argument("--ca", type=Path, help="PEM of the agency's TLS authority; default: the system's")
    join.add_argument("--code", default="", help="what was typed or scanned; without it, it is asked for")
    join.add_argument("--stick", type=Path, help="kios-daftar.json, or a folder with it (/media)")
    join.add_argument("--new-key", action="store_true")
    join.add_argument("--desa-name", default="")
    join.add_argument("--assets", type=Path, default=Path("/opt/kios/build"))
    add_site(join)


def add_stick(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The side exit: packets to a USB stick, receipts from it."""
    purposes = {
        "export": (export_packets, "--to", "lay the packets that wait on a USB stick; they stay in the queue too"),
        "receipts": (take_receipts, "--from", "take the centre's receipts from a USB stick"),
    }
    for name, (action, option, purpose) in purposes.items():
        command = commands.add_parser(name, help=purpose)
        command.add_argument("--settings", type=Path, default=Path("/etc/kios/kiosk.toml"))
        command.add_argument("--credentials", type=Path, help="folder of the units' *.cred; default: plain key files")
        command.add_argument(option, dest="stick", type=Path, help="where it is mounted; default: storage.stick")
        command.set_defaults(run=action)


def setup(arguments: Arguments) -> None:
    state = arguments.dir / "state"
    keys.make(state)
    print(json.dumps({"public_key": keys.public_hex(state)}))


def write_settings(arguments: Arguments) -> None:
    public, enrolment = (json.loads(path.read_text()) for path in (arguments.public, arguments.enrolment))
    configure(arguments.dir, public, enrolment, desa_name=arguments.desa_name, extra=extra_settings(arguments))
    print(json.dumps({"settings": str(arguments.dir / "kiosk.toml")}))


def extra_settings(arguments: Arguments) -> str:
    """What the technician decides, as TOML: content, devices, panel. JSON strings are TOML basic strings."""
    inch, width, height = arguments.panel_size
    top = {"profile": arguments.profile, "assets_dir": str(arguments.assets)}
    devices = {name: getattr(arguments, name) for name in DEVICES}
    sections = (
        _lines(top),
        "[devices]\n" + _lines(devices),
        f"[screen]\nport = {arguments.port}\nshell = {json.dumps(arguments.shell)}\n"
        f"diagonal_inch = {float(inch)}\nwidth = {int(width)}\nheight = {int(height)}",
        f"[panel]\nport = {arguments.panel_port}",
    )
    return "\n".join(sections)


def _lines(values: dict[str, str]) -> str:
    return "\n".join(f"{key} = {json.dumps(value)}" for key, value in values.items())


def chest(arguments: Arguments) -> "Chest":
    from kiosk.enrolment.chest import chest_of

    return chest_of(arguments.state or arguments.dir / "state", arguments.credentials)


def make_keys(arguments: Arguments) -> None:
    from kiosk.enrolment import terminal

    terminal.keys(chest(arguments), dice=secrets, say=print)


def enrol(arguments: Arguments) -> None:
    from kiosk.enrolment import terminal
    from kiosk.enrolment.enrolling import Site
    from kiosk.enrolment.invitation import from_stick, invitation, read_authority
    from kiosk.enrolment.moving import PREVIOUS, refuse_while_moving
    from kiosk.enrolment.site import site_of
    from kiosk.enrolment.words import Words

    refuse_while_moving(arguments.dir)
    given = from_stick(arguments.stick) if arguments.stick else None
    if given is None and (arguments.centre or arguments.code):
        code = arguments.code or input(f"{Words.load().say('type_code')} ")  # a reader that types ends with Enter too
        given = invitation(arguments.centre, code, read_authority(arguments.ca))
    kept = arguments.dir / PREVIOUS
    extra = site_of(kept) if kept.exists() else extra_settings(arguments)
    terminal.enrol(
        arguments.dir, chest(arguments), given, Site(extra=extra, desa_name=arguments.desa_name, state=arguments.state),
        clock=SystemClock(), dice=secrets, wait=time.sleep, say=print, new_key=arguments.new_key,
    )  # fmt: skip


def rekey(arguments: Arguments) -> None:
    from kiosk.enrolment import terminal

    terminal.rekey(arguments.dir, chest(arguments), clock=SystemClock(), dice=secrets, say=print)


def move(arguments: Arguments) -> None:
    from kiosk.enrolment import terminal

    terminal.move(
        arguments.dir, chest(arguments), clock=SystemClock(), dice=secrets, say=print, revoked=arguments.revoked
    )


def export_packets(arguments: Arguments) -> None:
    from kiosk.export import terminal

    settings = load(arguments.settings)
    kept = stick_chest(arguments, settings)
    terminal.export_packets(settings, kept.read(keys.STORE_KEY), kept.read(keys.DEVICE_KEY), arguments.stick, say=print)


def take_receipts(arguments: Arguments) -> None:
    from kiosk.export import terminal

    settings = load(arguments.settings)
    store_key = stick_chest(arguments, settings).read(keys.STORE_KEY)
    terminal.take_receipts(settings, store_key, arguments.stick, say=print)


def stick_chest(arguments: Arguments, settings: Settings) -> "Chest":
    from kiosk.enrolment.chest import chest_of

    return chest_of(settings.state, arguments.credentials)


def ui(arguments: Arguments) -> None:
    from kiosk import forgetting
    from kiosk.appliance import run_folder, run_screen
    from kiosk.enrolment.moving import refuse_while_moving

    refuse_while_moving(arguments.settings.parent)
    settings = load(arguments.settings)
    forgetting.begin_anew("kiosk", sys.argv[1:])
    if arguments.training:
        from kiosk.rehearsal import training

        settings = training(settings, folder=run_folder(settings), panel_port=arguments.panel_port)
    run_screen(settings, shell=arguments.shell)


def update(arguments: Arguments) -> None:
    """``content``: the number that the next start takes, 0 for none; ``code``: ``ready``, or why not."""
    from adminduk.clock import SystemClock
    from kiosk.appliance import open_store
    from kiosk.shown_content import take_from

    settings = load(arguments.settings)
    store = open_store(settings, SystemClock())
    number, code = take_from(settings, store, arguments.stick)
    store.close()
    print(json.dumps({"content": number, "code": code}))


def courier(arguments: Arguments) -> None:
    from kiosk.appliance import run_courier
    from kiosk.enrolment.moving import refuse_while_moving

    refuse_while_moving(arguments.settings.parent)
    run_courier(load(arguments.settings))


def main(words: Sequence[str] | None = None) -> int:
    """Run one command; a mistake in settings or answers is one clear line and exit code 2."""
    words = list(sys.argv[1:] if words is None else words)
    if words[:1] == ["content"]:
        from kiosk import content_tools

        return content_tools.main(words[1:])
    arguments = parser().parse_args(words)
    try:
        arguments.run(arguments)
    except (SettingsError, keys.KeyMissingError) as complaint:
        print(f"kiosk: {complaint}", file=sys.stderr)
        return 2
    except EnrolmentError as refusal:
        from kiosk.enrolment.words import Words

        print(f"kiosk: {Words.load().refusal(refusal)}", file=sys.stderr)
        return 2
    except StickError as trouble:
        from kiosk.export.terminal import Words as StickWords

        print(f"kiosk: {StickWords.load().trouble(trouble)}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:  # while waiting for the admin: the same command goes on
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
