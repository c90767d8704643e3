"""Who this kiosk is and how it stands with its centre, for the technician's page; no secret and nothing of a visitor."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from adminduk.clock import Clock, stamp, trusted
from adminduk.enrolment_codes import key_digits, spoken
from adminduk.enrolments import public_hex
from kiosk.enrolment.chest import NEXT_KEY
from kiosk.settings import Settings
from kiosk.store import Store
from kiosk.uplink.centre import Centre
from kiosk.uplink.errors import Busy, Refused, UplinkError
from kiosk.uplink.exchange import Exchange, Limits
from kiosk.uplink.signing import KioskSignature

LIMITS = Limits(connect_s=5.0, silence_s=10.0, answer_s=20.0, answer_bytes=256 * 1024)

Facts = dict[str, Any]


def own(settings: Settings, key: Ed25519PrivateKey, store: Store, *, storage: str) -> Facts:
    """What is known without a line. ``heard_at``: the centre's time when it last told of changes, empty for never."""
    identity = settings.identity
    return {
        "centre": settings.centre.url, "storage": storage, "heard_at": store.down.as_of() or "",
        "fingerprint": spoken(key_digits(public_hex(key), identity.kiosk_id, settings.centre.receipt_key)),
        "next_key": any((folder / name).exists() for folder, name in next_keys(settings)),
        **content(settings.state / "updates"),
    }  # fmt: skip


def next_keys(settings: Settings) -> tuple[tuple[Path, str], ...]:
    """Where a new key lies that the centre has not seen in use yet."""
    return (settings.state / "keys", NEXT_KEY), (Path(settings.centre.roots_file).parent, f"{NEXT_KEY}.cred")


def content(updates: Path) -> Facts:
    """Which number is shown (0: what was installed), and until when what the centre signed holds; by the verified cache."""
    return {
        "content": _said(updates / "book.json", lambda page: int(page["current"])) or 0,
        "content_until": _said(updates / "metadata" / "timestamp.json", lambda page: str(page["signed"]["expires"]))
        or "",
    }


def _said(path: Path, get: Callable[[Any], Any]) -> Any:
    try:
        return get(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def asked(settings: Settings, key: Ed25519PrivateKey, clock: Clock, *, limits: Limits = LIMITS) -> Facts:
    """One signed question to the centre, now. ``line``: up, down, busy, refused (it does not know this kiosk or this key, or
    has revoked it); ``skew_s``: how far the centre's clock is ahead of ours."""
    signature = KioskSignature(settings.identity.kiosk_id, key, clock)
    exchange = Exchange(settings.centre.url, signature, clock, verify=settings.centre.ca_file or True, limits=limits)
    centre = Centre(exchange, Ed25519PublicKey.from_public_bytes(bytes.fromhex(settings.centre.receipt_key)))
    line, code = "up", ""
    try:
        centre.staff()
    except Refused as error:
        line, code = "refused", error.code
    except Busy as error:
        line, code = "busy", error.code
    except UplinkError as error:
        line, code = "down", error.code
    finally:
        centre.close()
    heard = {"heard_at": stamp(clock.now())} if line in ("up", "refused") and trusted(clock.now()) else {}
    return {"line": line, "line_code": code, "skew_s": centre.skew_s, **heard}
