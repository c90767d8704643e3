"""How each SANE backend wants to be asked: rows of data. ``option=`` in a scanner's URL adds words for one odd device."""

from collections.abc import Mapping
from dataclasses import dataclass

from kiosk.hardware.scanner.protocol import Source

A4 = ("-l", "0", "-t", "0", "-x", "210", "-y", "297")
COLOUR = ("--mode=Color", "--resolution=300")


@dataclass(frozen=True, slots=True)
class Habits:
    """``settings``: scanimage's words for each scan; ``flatbed``, ``feeder``: the backend's names for the sources, empty
    where it has no such option."""

    settings: tuple[str, ...] = (*COLOUR, *A4)
    flatbed: str = "Flatbed"
    feeder: str = "ADF"

    def words(self, source: Source) -> tuple[str, ...]:
        name = self.flatbed if source is Source.FLATBED else self.feeder
        return (f"--source={name}", *self.settings) if name else self.settings


DEFAULT = Habits()
# Their feeders cut at US Letter unless told the sheet's size (sane-fujitsu(5), sane-canon_dr(5)).
_SHEET = ("--page-width=210", "--page-height=297")
_SHEETFED = Habits((*COLOUR, *_SHEET, *A4), feeder="ADF Front")
HABITS: Mapping[str, Habits] = {
    "epson2": Habits(feeder="Automatic Document Feeder"),
    "pixma": Habits(feeder="Automatic Document Feeder"),
    "fujitsu": _SHEETFED,
    "canon_dr": _SHEETFED,
    "epjitsu": Habits(feeder="ADF Front"),
    "plustek": Habits(flatbed="Normal", feeder=""),
    # SANE's own two for tests: pnm serves a file as it is, test is a 200 x 200 mm scanner.
    "pnm": Habits((), flatbed="", feeder=""),
    "test": Habits(("--mode=Color", "--resolution=75", "-x", "200", "-y", "200"), feeder="Automatic Document Feeder"),
}


def find(backend: str) -> Habits:
    """The backend's row, or the usual one."""
    return HABITS.get(backend, DEFAULT)
