"""Card readers, for presence only; off by default. ``connect`` turns a device URL into one."""

from urllib.parse import parse_qs, urlsplit

from kiosk.hardware.card.protocol import CardReader, CardState, Presence

__all__ = ["CardReader", "CardState", "Presence", "connect"]


def connect(url: str) -> CardReader:
    """``none:``, ``simulated://``, ``pcsc:`` (any reader), ``pcsc:?reader=ACR122`` (a part of its name).

    Raises:
        ValueError: another scheme, or an option that is not ``reader``: a misspelt one would mean any reader.
    """
    parts = urlsplit(url)
    if parts.scheme == "none":
        from kiosk.hardware.card.not_fitted import NoCardReader

        return NoCardReader()
    if parts.scheme == "simulated":
        from kiosk.hardware.card.simulated import SimulatedCardReader

        return SimulatedCardReader()
    if parts.scheme != "pcsc":
        raise ValueError(f"card readers are simulated://, pcsc: or none:, not {parts.scheme}:")
    options = parse_qs(parts.query, keep_blank_values=True)
    if set(options) - {"reader"} or parts.netloc or parts.path:
        raise ValueError("pcsc: takes nothing but ?reader=<a part of the reader's name>")
    from kiosk.hardware.card.pcsc_driver import PcscCardReader

    return PcscCardReader(options.get("reader", [""])[-1])
