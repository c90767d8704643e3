"""What a technician brings: the centre's address, its TLS authority and a code; typed, scanned, or on a USB stick."""

import ssl
from dataclasses import dataclass, field
from pathlib import Path

from adminduk.enrolment_codes import check_code
from adminduk.enrolments import StickFile
from adminduk.messages import MessageError
from kiosk.enrolment.configuring import EnrolmentError

FILE = "kios-daftar.json"
LARGEST_FILE = 64 * 1024  # bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """``code`` as ``check_code`` gives it; ``ca``: PEM, empty for the system's authorities."""

    url: str
    code: str = field(repr=False)
    ca: str = ""


def invitation(url: str, code: str, ca: str = "") -> Invitation:
    """Raises EnrolmentError: ``alamat_salah``, ``ca_rusak``, ``kode_kosong``, ``kode_panjang``, ``kode_huruf_salah``."""
    if not url.startswith(("https://", "http://")):
        raise EnrolmentError("alamat_salah")
    checked = check_code(code)
    if not checked.ok:
        raise EnrolmentError(f"kode_{checked.errors[0]}")
    if ca:
        _demand_authority(ca)
    return Invitation(url=url, code=checked.value, ca=ca)


def read_authority(file: Path | None) -> str:
    """PEM; empty without a file. Raises EnrolmentError ``ca_rusak``."""
    try:
        return file.read_text(encoding="utf-8") if file else ""
    except (OSError, UnicodeDecodeError):
        raise EnrolmentError("ca_rusak") from None


def _demand_authority(pem: str) -> None:
    try:
        ssl.create_default_context(cadata=pem)
    except (ssl.SSLError, ValueError, TypeError):
        raise EnrolmentError("ca_rusak") from None


def from_stick(place: Path) -> Invitation:
    """From the file, or the only one of that name in a folder or up to two folders below it (``/media``).

    Raises:
        EnrolmentError: ``stik_tidak_ada``, ``stik_ganda``, ``stik_rusak``, and those of ``invitation``.
    """
    if place.is_file():
        found = [place]
    else:
        found = sorted(path for pattern in (FILE, f"*/{FILE}", f"*/*/{FILE}") for path in place.glob(pattern))
    if not found:
        raise EnrolmentError("stik_tidak_ada")
    if len(found) > 1:
        raise EnrolmentError("stik_ganda", count=len(found))
    try:
        with found[0].open("rb") as file:
            told = StickFile.from_json(file.read(LARGEST_FILE))
    except (MessageError, OSError):
        raise EnrolmentError("stik_rusak") from None
    return invitation(told.url, told.code, told.ca)
