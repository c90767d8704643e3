"""What the end of a scan means. Pure: how scanimage ended in, one code out.

Source: scanimage leaves with the SANE_Status (sane.h) of what stopped it, but with 1 for all that goes wrong before the
first line, opening included; then only the status's fixed English words (sane_strstatus; LC_ALL=C) tell busy from gone.
"""

from collections.abc import Mapping

from kiosk.hardware.scanner.protocol import Source

_EARLY, _NO_PROGRAM = 1, 127
_BY_STATUS: Mapping[int, str] = {
    0: "",
    2: "scanner.stopped",  # the Cancel button on the device
    3: "scanner.busy",
    6: "scanner.jam",
    7: "scanner.no_paper",
    8: "scanner.cover_open",
    9: "scanner.io_error",
}
# A listed device that does not open is not there: a dead network scanner stays listed, a stuck one wants its cable.
_OPENING: Mapping[str, str] = {
    "Device busy": "scanner.busy",
    "Invalid argument": "scanner.absent",
    "Error during device I/O": "scanner.absent",
}
# Of these the state reminds until a scan goes well: somebody has to do something.
LASTING = frozenset({"scanner.jam", "scanner.cover_open", "scanner.io_error", "scanner.hung", "scanner.failed"})
_COUNTING = ("Batch terminated", "Scanned page", "Scanning ")
_STOPS_THE_FEED = LASTING | {"scanner.stopped", "scanner.paper_left"}


def from_exit(status: int, said: str) -> str:
    """The code for scanimage's exit status and its standard error; empty: all is well."""
    if status == _EARLY and _open_failure(said):
        return _OPENING.get(_open_failure(said), "scanner.failed")
    return _BY_STATUS.get(status, "scanner.failed")


def never_opened(status: int, said: str) -> bool:
    """Whether the device was never told to scan."""
    return status == _NO_PROGRAM or (status == _EARLY and bool(_open_failure(said)))


def ran_out(said: str) -> bool:
    """Whether the feeder's end was reached: other versions of scanimage leave with 0 then, not with 7."""
    return "Document feeder out of documents" in said


def last_line(said: str) -> str:
    """The last line that says something, short. How many pages there were is no news."""
    lines = [line.strip() for line in said.splitlines() if line.strip() and not line.startswith(_COUNTING)]
    return lines[-1][-120:] if lines else ""


def _open_failure(said: str) -> str:
    """Why the device did not open, in SANE's words; empty when it did."""
    line = next((line for line in said.splitlines() if "open of device" in line), "")
    return line.rpartition(": ")[2].strip()


def feed_stopped(code: str, *, source: Source, opened: bool) -> bool:
    """Whether sheets may lie in the feeder after this end. ``opened``: the device was told to scan."""
    return opened and source is Source.FEEDER and code in _STOPS_THE_FEED
