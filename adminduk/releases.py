"""A release of a kabupaten's content: its name among the signed targets, what is signed with it, and which kiosks take it.

A kabupaten is its four digits (``3312``). Numbers only rise: to take a release back is to publish the earlier content as a
new one. Nothing here is believed before the signature that covers it.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_TARGET = re.compile(r"kab/([0-9]{4})/content-([1-9][0-9]{0,8})\.zip")
_VERSION = re.compile(r"[0-9]{1,6}(\.[0-9]{1,6}){0,3}")
_GROUP = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_KEYS = {"number", "percent", "salt", "groups", "least_software"}


class ReleaseError(ValueError):
    """``code``: ``rilis_rusak``; ``where``: the key."""

    def __init__(self, where: str) -> None:
        super().__init__(f"rilis_rusak: {where}")
        self.code, self.where = "rilis_rusak", where


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """``percent`` of the kiosks take it, which ones follows from ``salt``; ``groups`` take it at once; software older than
    ``least_software`` (``1.2.0``) never does."""

    number: int
    percent: int
    salt: str
    groups: tuple[str, ...] = ()
    least_software: str = "0"

    def __post_init__(self) -> None:
        """Raises ReleaseError."""
        checks = {
            "number": 0 < self.number < 10**9,
            "percent": 0 <= self.percent <= 100,
            "salt": 0 < len(self.salt) <= 64,
            "groups": len(self.groups) <= 20 and all(is_group(group) for group in self.groups),
            "least_software": _VERSION.fullmatch(self.least_software) is not None,
        }
        for where, holds in checks.items():
            if not holds:
                raise ReleaseError(where)

    def custom(self) -> dict[str, Any]:
        """What is signed beside the bundle's hash and length."""
        return {
            "number": self.number, "percent": self.percent, "salt": self.salt, "groups": list(self.groups),
            "least_software": self.least_software,
        }  # fmt: skip

    @classmethod
    def of(cls, target: str, kabupaten: str, custom: object) -> "Release":
        """Read what was signed. Raises ReleaseError, also when the number is not the one in the name."""
        if not isinstance(custom, Mapping) or set(custom) != _KEYS:
            raise ReleaseError("custom")
        groups = custom["groups"]
        texts = isinstance(custom["salt"], str) and isinstance(custom["least_software"], str)
        if type(custom["number"]) is not int or type(custom["percent"]) is not int or not texts:
            raise ReleaseError("custom")
        if not isinstance(groups, list) or not all(isinstance(group, str) for group in groups):
            raise ReleaseError("groups")
        release = cls(**{**custom, "groups": tuple(groups)})
        if target != target_name(kabupaten, release.number):
            raise ReleaseError("number")
        return release

    def is_for(self, kiosk_id: str, group: str, software: str) -> bool:
        """Whether this kiosk takes it. Who is in at 10 percent is in at 50: the salt stays."""
        if _version(software) < _version(self.least_software):
            return False
        return (bool(group) and group in self.groups) or place_in_line(self.salt, kiosk_id) < self.percent


def place_in_line(salt: str, kiosk_id: str) -> int:
    """0 to 99: an even spread that nobody chooses, another for each salt."""
    return int.from_bytes(hashlib.sha256((salt + kiosk_id).encode()).digest()[:8]) % 100


def is_group(text: str) -> bool:
    """Whether a pilot group may be called so."""
    return _GROUP.fullmatch(text) is not None


def role_name(kabupaten: str) -> str:
    """The role that signs this kabupaten's content, and nobody else's."""
    return f"kab-{kabupaten}"


def target_paths(kabupaten: str) -> str:
    """What that role may sign, as TUF writes it."""
    return f"kab/{kabupaten}/*"


def target_name(kabupaten: str, number: int) -> str:
    return f"kab/{kabupaten}/content-{number}.zip"


def is_target(name: str, kabupaten: str) -> bool:
    """Whether it is a release of that kabupaten."""
    found = _TARGET.fullmatch(name)
    return found is not None and found.group(1) == kabupaten


def _version(text: str) -> tuple[int, ...]:
    """What cannot be read is older than everything."""
    if _VERSION.fullmatch(text) is None:
        return ()
    numbers = [int(part) for part in text.split(".")]
    return tuple(numbers + [0] * (4 - len(numbers)))
