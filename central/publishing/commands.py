"""`python -m central content …`: sign, publish in stages, take back, change keys, write a stick. Answers are JSON lines."""

import argparse
import json
import secrets
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from central.publishing.errors import PublishingError
from content.loader import ROOT

if TYPE_CHECKING:
    from central.publishing.publisher import Publisher

Arguments = argparse.Namespace
STICK_DAYS = 30

_KEYS: dict[str, object] = {
    "type": Path,
    "action": "append",
    "required": True,
    "metavar": "FOLDER",
    "help": "of the keys; may be repeated",
}
_PROFILE: dict[str, dict[str, object]] = {
    "--profile": {"default": "wonogiri"},
    "--root": {"type": Path, "default": ROOT, "metavar": "DIR"},
}
_SHARE: dict[str, dict[str, object]] = {
    "--percent": {"type": int, "default": 0},
    "--group": {"action": "append", "default": [], "help": "a pilot group; may be repeated"},
}
OPTIONS: dict[str, dict[str, dict[str, object]]] = {
    "init": {"--keys": _KEYS, **_PROFILE},
    "delegate": {"--keys": _KEYS, **_PROFILE},
    "publish": {
        "--keys": _KEYS, **_PROFILE, **_SHARE, "--least-software": {"default": "0"},
        "--again": {"type": int, "metavar": "NUMBER", "help": "what that release brought, as a new one"},
    },
    "stage": {"--keys": _KEYS, **_PROFILE, **_SHARE, "--number": {"type": int, "required": True}},
    "list": _PROFILE,
    "renew": {"--keys": {**_KEYS, "required": False}},
    "revoke-key": {"--keys": _KEYS, "--role": {"required": True, "help": "root, targets, snapshot, timestamp, kab-3312"}},
    "stick": {"--to": {"type": Path, "required": True}, "--days": {"type": int, "default": STICK_DAYS}},
}  # fmt: skip


def add_content_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    group = commands.add_parser("content", help="signed content for kiosks").add_subparsers(required=True)
    for name, (action, purpose) in ACTIONS.items():
        command = group.add_parser(name, help=purpose)
        command.add_argument("--dir", type=Path, required=True)
        for option, rest in OPTIONS[name].items():
            command.add_argument(option, **rest)  # type: ignore[arg-type]  # a table of argparse's own words
        command.set_defaults(run=action)


def _publisher(arguments: Arguments) -> "Publisher":
    """TUF is loaded by these commands only."""
    from central.publishing.publisher import publisher_of

    return publisher_of(arguments.dir, getattr(arguments, "keys", None) or ())


def _tell(answer: dict[str, Any]) -> None:
    sys.stdout.write(f"{json.dumps(answer)}\n")


def _now() -> datetime:
    return datetime.now(UTC)


def _kabupaten(arguments: Arguments) -> str:
    from adminduk.catalogue import ContentError
    from content.loader import load

    try:
        return load(arguments.profile, root=arguments.root).place.code
    except ContentError as error:
        raise PublishingError("isi_salah", str(error)) from None


def init(arguments: Arguments) -> None:
    root = _publisher(arguments).begin([_kabupaten(arguments)], now=_now())
    _tell({"root": str(root)})


def delegate(arguments: Arguments) -> None:
    code = _kabupaten(arguments)
    _publisher(arguments).delegate(code, now=_now())
    _tell({"kabupaten": code})


def publish(arguments: Arguments) -> None:
    """What a kiosk would refuse is not signed."""
    new = b"" if arguments.again else checked_bundle(arguments)
    publisher, code = _publisher(arguments), _kabupaten(arguments)
    bundle = new or publisher.bundle(code, arguments.again)
    release = publisher.publish(
        code, bundle, percent=arguments.percent, groups=arguments.group, least_software=arguments.least_software,
        dice=secrets, now=_now(),
    )  # fmt: skip
    _tell({**release.custom(), "bytes": len(bundle)})


def checked_bundle(arguments: Arguments) -> bytes:
    """Raises PublishingError ``isi_salah`` with the first mistake's place."""
    from adminduk.catalogue import ContentError
    from content.bundle import pack
    from content.checking import check
    from content.looks import Known
    from content.wording import Words

    try:
        report = check((arguments.profile,), known=Known(), root=arguments.root)
    except ContentError as error:
        raise PublishingError("isi_salah", str(error)) from None
    if report.mistakes:
        raise PublishingError("isi_salah", Words.read(arguments.root).line(report.mistakes[0]))
    return pack(arguments.profile, root=arguments.root)


def stage(arguments: Arguments) -> None:
    release = _publisher(arguments).stage(
        _kabupaten(arguments), arguments.number, percent=arguments.percent, groups=arguments.group, now=_now()
    )
    _tell(release.custom())


def releases(arguments: Arguments) -> None:
    """One line each, lowest number first."""
    for release in _publisher(arguments).releases(_kabupaten(arguments)):
        _tell(release.custom())


def renew(arguments: Arguments) -> None:
    """With keys: everything, not the server's two roles only."""
    _publisher(arguments).renew(now=_now(), everything=bool(arguments.keys))
    _tell({"renewed": True})


def revoke_key(arguments: Arguments) -> None:
    _publisher(arguments).change_key(arguments.role, now=_now())
    _tell({"new_key": arguments.role})


def stick(arguments: Arguments) -> None:
    """Signed for as many days as a stick may be under way."""
    from central.publishing.stick import write_stick

    publisher = _publisher(arguments)
    publisher.renew(now=_now(), days=arguments.days)
    _tell({"folder": str(write_stick(publisher.folder, arguments.to))})


ACTIONS: dict[str, tuple[Callable[[Arguments], None], str]] = {
    "init": (init, "make the keys and the first edition"),
    "delegate": (delegate, "a key for one more kabupaten"),
    "publish": (publish, "a new release, for a share of the kiosks or a pilot group"),
    "stage": (stage, "another share for a release"),
    "list": (releases, "the releases that stand"),
    "renew": (renew, "sign anew before it is too old; the worker does it daily"),
    "revoke-key": (revoke_key, "a new key in the place of a lost or stolen one"),
    "stick": (stick, "the repository for a USB stick"),
}
