"""Document scanners. ``connect`` turns a device URL into one."""

import tempfile
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from kiosk.hardware.scanner.protocol import Scanner, ScanResult, Source

__all__ = ["ScanResult", "Scanner", "Source", "connect"]

_KEYS = frozenset({"model", "serial", "source", "option"})


def connect(url: str, *, runtime: Path | None = None) -> Scanner:
    """``none:``, ``simulated://?source=adf``, ``sane:epson2?model=DS-1630&serial=X1&source=flatbed&option=--brightness=10``.

    The path is the SANE backend; model (a part of its name) and serial number say which of its devices. ``runtime``: a
    folder that outlives a restart of the kiosk (/run/kios-ui); named pipes stand in it during a scan, never pictures.

    Raises:
        ValueError: another scheme, source or key, or no backend.
    """
    parts = urlsplit(url)
    options = parse_qs(parts.query)
    if url == "none:":
        from kiosk.hardware.scanner.not_fitted import NoScanner

        return NoScanner()
    if parts.scheme not in ("simulated", "sane"):
        raise ValueError(f"scanners are none:, simulated:// or sane:, not {parts.scheme}:")
    if set(options) - _KEYS:
        raise ValueError(f"a scanner's URL knows {', '.join(sorted(_KEYS))}, not {', '.join(set(options) - _KEYS)}")
    source = Source(options.get("source", [Source.FLATBED])[-1])
    if parts.scheme == "simulated":
        from kiosk.hardware.scanner.simulated import SimulatedScanner

        return SimulatedScanner(source=source)
    return _sane(parts.path, source, options, runtime or Path(tempfile.gettempdir()))


def _sane(backend: str, source: Source, options: dict[str, list[str]], runtime: Path) -> Scanner:
    from adminduk.clock import SystemClock
    from kiosk.hardware.scanner.listing import Wanted
    from kiosk.hardware.scanner.sane_driver import SaneScanner, Setup

    if not backend.replace("-", "").replace("_", "").isalnum():
        raise ValueError("sane: needs a backend, as in sane:epson2")
    wanted = Wanted(backend, options.get("model", [""])[-1], options.get("serial", [""])[-1])
    setup = Setup(wanted=wanted, runtime=runtime, source=source, options=tuple(options.get("option", ())))
    return SaneScanner(setup, clock=SystemClock())
