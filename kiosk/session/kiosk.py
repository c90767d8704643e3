"""The kiosk as the screens see it: one visit at a time and a few verbs. All decisions are in the parts beside it."""

from kiosk.session.applying import Applying
from kiosk.session.card_numbers import CardNumbers
from kiosk.session.checking import Checking, Surveying
from kiosk.session.paperwork import Paperwork
from kiosk.session.scanning import Scanning
from kiosk.session.sendings import Sendings
from kiosk.session.sheets import Sheets
from kiosk.session.workday import Workday


class Kiosk(Workday, Sendings, Applying, Paperwork, CardNumbers, Scanning, Sheets, Checking, Surveying):
    """``act(visit_id, kiosk.answer("…"))``: a verb gives an action, ``act`` runs it on the visit that the page belongs to."""
