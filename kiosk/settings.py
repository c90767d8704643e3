"""Device settings: one TOML file in, one frozen ``Settings`` out, or a complaint that says where and what to do.

Every key is listed in docs/settings.md; a test holds the page to this module. Unknown keys are refused.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any, get_type_hints

from adminduk.releases import is_group


class SettingsError(ValueError):
    """A setting that cannot be used. ``code`` is stable; ``where`` is the dotted key; ``remedy`` says what to write."""

    def __init__(self, code: str, where: str, remedy: str) -> None:
        super().__init__(f"{code} at {where or 'the file'}: {remedy}")
        self.code, self.where, self.remedy = code, where, remedy


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who this kiosk is, as the centre enrolled it."""

    kiosk_id: str
    number: int
    desa: str
    desa_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Centre:
    """The kabupaten's server. Keys are hex of 32 raw bytes; ``ca_file`` pins the agency's TLS authority."""

    url: str
    sealing_key: str
    receipt_key: str
    roots_file: str
    ca_file: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Devices:
    """Device URLs; see docs/settings.md for the forms. ``none:`` is a device that this kiosk was never given."""

    receipt: str = "simulated://"
    paper: str = "simulated://"
    camera: str = "simulated://"
    selfie: str = "none:"
    scanner: str = "none:"
    codes: str = "none:"
    card: str = "none:"
    power: str = "none:"

    @property
    def simulated(self) -> bool:
        """Whether every device is its twin, which is what the demo's device panel needs."""
        fitted = (self.receipt, self.paper, self.camera, self.selfie, self.scanner, self.codes, self.card, self.power)
        return all(url.startswith(("simulated:", "none:")) for url in fitted)


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """The panel and the shell. Inches for the diagonal, pixels for width and height; ``bottom_mm``: the panel's lower edge
    above the floor, which decides what hands can reach."""

    port: int = 8700
    shell: str = "pywebview"
    diagonal_inch: float = 21.5
    width: int = 1080
    height: int = 1920
    bottom_mm: float = 700.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """The demo's device panel; port 0 switches it off."""

    port: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Uplink:
    """What the line may be used for. ``most_kbit_s``: bodies of packets, 0 for no limit; ``quiet_from`` and ``quiet_until``:
    ``HH:MM`` by the kabupaten's clocks, both empty for no quiet hours; ``pull_s``: how often tickets' states are asked for."""

    most_kbit_s: int = 0
    quiet_from: str = ""
    quiet_until: str = ""
    pull_s: int = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Updates:
    """New content from the centre. ``root_file``: the first root of its signed content, empty for no new content; ``group``:
    the pilot group of this kiosk, or none."""

    root_file: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Storage:
    """Other disks. ``second_copy``: a folder on another partition or stick for a copy of each packet that waits; ``stick``:
    where the technician's USB stick is mounted. Absolute paths; empty: none. ``waiting_days``: how long a finished document,
    sealed to its owner's receipt, waits here."""

    second_copy: str = ""
    stick: str = ""
    waiting_days: int = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Beyond these nobody begins a new application (kiosk/session/freeze.py); 0 and false: never for that reason.

    ``oldest_days`` lies above the 60 days that a desa may be without a line.
    """

    free_mb: int = 256
    oldest_days: int = 90
    queue_length: int = 10_000
    content_days: int = 0
    trusted_clock: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything a kiosk is told. Paths are absolute after loading."""

    profile: str = "wonogiri"
    auto_capture: bool = True
    read_nik: bool = True
    state_dir: str
    assets_dir: str
    identity: Identity
    centre: Centre
    devices: Devices = field(default_factory=Devices)
    screen: Screen = field(default_factory=Screen)
    panel: Panel = field(default_factory=Panel)
    uplink: Uplink = field(default_factory=Uplink)
    storage: Storage = field(default_factory=Storage)
    limits: Limits = field(default_factory=Limits)
    updates: Updates = field(default_factory=Updates)

    @property
    def state(self) -> Path:
        return Path(self.state_dir)

    @property
    def assets(self) -> Path:
        return Path(self.assets_dir)


_NUMBERED = re.compile(r"/dev/(tty(USB|ACM)|usb/lp|lp|video|hidraw)\d+(\?|$)")  # after a replug it is another device
_MOMENT = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
LEAST_KBIT_S = 16  # below that a question would wait too long behind a packet's smallest chunk
LEAST_PULL_S, MOST_PULL_S = 30, 3600
MOST_WAITING_DAYS = 365
SHELLS = ("pywebview", "chromium", "none")
_WORDS = {bool: "true or false", str: "text in quotes", int: "a whole number", float: "a number"}


def load(path: Path) -> Settings:
    """Read and check a settings file.

    Raises:
        SettingsError: ``berkas_tidak_ada``, ``bukan_toml``, ``kunci_tidak_dikenal``, ``wajib_diisi``, ``jenis_salah``,
            ``nilai_salah``, ``nama_tidak_tetap``.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SettingsError("berkas_tidak_ada", "", "run `python -m kiosk setup` first") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError("bukan_toml", "", str(error)) from None
    return check(_build(Settings, data, "", base=path.parent.resolve()))


def _build(kind: type[Any], data: Mapping[str, Any], where: str, *, base: Path) -> Any:
    known = {item.name: item for item in fields(kind)}
    for key in data:
        if key not in known:
            raise SettingsError("kunci_tidak_dikenal", _dotted(where, key), f"known here: {', '.join(known)}")
    hints = get_type_hints(kind)
    values = {}
    for name, item in known.items():
        if name in data:
            values[name] = _value(hints[name], data[name], _dotted(where, name), base)
        elif item.default is MISSING and item.default_factory is MISSING:
            raise SettingsError("wajib_diisi", _dotted(where, name), "write this key")
    return kind(**values)


def _value(kind: Any, value: Any, where: str, base: Path) -> Any:
    if hasattr(kind, "__dataclass_fields__"):
        if not isinstance(value, dict):
            raise SettingsError("jenis_salah", where, "write a table: [section]")
        return _build(kind, value, where, base=base)
    if kind is float and type(value) is int:
        return float(value)
    if type(value) is not kind:
        raise SettingsError("jenis_salah", where, f"write {_WORDS[kind]}")
    if where.endswith(("_dir", "_file")) and value:
        return str((base / value).resolve())
    return value


def _dotted(where: str, key: str) -> str:
    return f"{where}.{key}" if where else key


def check(settings: Settings) -> Settings:
    """Values that fit together, or the first complaint."""
    rules = (
        (settings.screen.shell in SHELLS, "screen.shell", f"one of {', '.join(SHELLS)}"),
        (5 <= settings.screen.diagonal_inch <= 100, "screen.diagonal_inch", "inches, 5 to 100"),
        (settings.screen.width > 0 and settings.screen.height > 0, "screen.width", "pixels, above 0"),
        (1 <= settings.identity.number <= 9999, "identity.number", "1 to 9999"),
        (
            len(settings.identity.desa) == 10 and settings.identity.desa.isdecimal(),
            "identity.desa",
            "ten digits",
        ),
        (settings.centre.url.startswith(("http://", "https://")), "centre.url", "http(s)://host:port"),
        (_is_key(settings.centre.sealing_key), "centre.sealing_key", "64 hexadecimal digits"),
        (_is_key(settings.centre.receipt_key), "centre.receipt_key", "64 hexadecimal digits"),
        *(
            (not url.startswith("v4l2:///dev/video"), f"devices.{role}", "its name in /dev/v4l/by-id or by-path")
            for role, url in (("camera", settings.devices.camera), ("selfie", settings.devices.selfie))
        ),
        (
            settings.devices.selfie != settings.devices.camera
            or settings.devices.selfie.startswith(("simulated:", "none:")),
            "devices.selfie",
            "another camera than devices.camera, or none:",
        ),
        (
            settings.panel.port == 0 or settings.devices.simulated,
            "panel.port",
            "0, unless every device is simulated://",
        ),
        (
            settings.uplink.most_kbit_s == 0 or settings.uplink.most_kbit_s >= LEAST_KBIT_S,
            "uplink.most_kbit_s",
            f"0 for no limit, or {LEAST_KBIT_S} and more",
        ),
        (not settings.updates.group or is_group(settings.updates.group), "updates.group", "small letters, digits, -"),
        (
            LEAST_PULL_S <= settings.uplink.pull_s <= MOST_PULL_S,
            "uplink.pull_s",
            f"{LEAST_PULL_S} to {MOST_PULL_S} seconds",
        ),
        (1 <= settings.storage.waiting_days <= MOST_WAITING_DAYS, "storage.waiting_days", f"1 to {MOST_WAITING_DAYS}"),
        (_is_moment(settings.uplink.quiet_from), "uplink.quiet_from", 'a time as "22:00", or empty'),
        (_is_moment(settings.uplink.quiet_until), "uplink.quiet_until", 'a time as "05:00", or empty'),
        *(
            (not path or path.startswith("/"), f"storage.{name}", "an absolute path, or empty")
            for name, path in (("second_copy", settings.storage.second_copy), ("stick", settings.storage.stick))
        ),
        *(
            (getattr(settings.limits, name) >= 0, f"limits.{name}", "0 for no limit, or a number above it")
            for name in ("free_mb", "oldest_days", "queue_length", "content_days")
        ),
        (_is_span(settings.uplink), "uplink.quiet_until", "another time than quiet_from; both of them or neither"),
    )
    for holds, where, remedy in rules:
        if not holds:
            raise SettingsError("nilai_salah", where, remedy)
    for role in fields(Devices):
        if _NUMBERED.search(getattr(settings.devices, role.name)):
            remedy = "a name that stays: provisioning/devices.py enrol, or /dev/serial/by-id/…"
            raise SettingsError("nama_tidak_tetap", f"devices.{role.name}", remedy)
    return settings


def _is_moment(text: str) -> bool:
    return not text or _MOMENT.fullmatch(text) is not None


def _is_span(uplink: Uplink) -> bool:
    return (uplink.quiet_from != uplink.quiet_until) == bool(uplink.quiet_from and uplink.quiet_until)


def _is_key(text: str) -> bool:
    return len(text) == 64 and all(digit in "0123456789abcdef" for digit in text)
