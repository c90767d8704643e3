"""Staff-assisted mode: who may unlock it, and what they did; see ``unlock`` and ``record``."""

from kiosk.staff.acts import Act, ActError, Count, Done, acts_of_day, record, summary
from kiosk.staff.roster import Person, Roster, RosterError
from kiosk.staff.unlocking import Refusal, Unlocked, unlock

__all__ = [
    "Act",
    "ActError",
    "Count",
    "Done",
    "Person",
    "Refusal",
    "Roster",
    "RosterError",
    "Unlocked",
    "acts_of_day",
    "record",
    "summary",
    "unlock",
]
