"""The kiosk's command line: setup, configure, ui, courier, content."""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

from kiosk import keys
from kiosk.enrolment import EnrolmentError, configure
from kiosk.settings import Devices, SettingsError, load

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
    write.add_argument("--profile", default="wonogiri")
    write.add_argument("--port", type=int, default=8700)
    write.add_argument("--panel-port", type=int, default=0)
    write.add_argument("--shell", default="pywebview")
    write.add_argument("--panel-size", nargs=3, metavar=("INCH", "WIDTH", "HEIGHT"), default=("21.5", "1080", "1920"))
    for device in DEVICES:
        write.add_argument(f"--{device}", default=getattr(Devices(), device))
    write.set_defaults(run=write_settings)

    for name, action, purpose in (("ui", ui, "the screen and the devices"), ("courier", courier, "the uplink")):
        command = commands.add_parser(name, help=purpose)
        command.add_argument("--settings", type=Path, required=True)
        command.set_defaults(run=action)
        if name == "ui":
            command.add_argument("--shell", help="instead of the settings' screen.shell")
            command.add_argument("--training", action="store_true", help="practise: simulated devices, nothing is sent")
            command.add_argument("--panel-port", type=int, default=8790, help="of the device panel in training")
    commands.add_parser("content", help="tools for a kabupaten's content; `content --help` lists them")
    return root


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


def ui(arguments: Arguments) -> None:
    from kiosk.appliance import run_screen, training

    settings = load(arguments.settings)
    if arguments.training:
        settings = training(settings, panel_port=arguments.panel_port)
    run_screen(settings, shell=arguments.shell)


def courier(arguments: Arguments) -> None:
    from kiosk.appliance import run_courier

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
    except (SettingsError, EnrolmentError, keys.KeyMissingError) as complaint:
        print(f"kiosk: {complaint}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
