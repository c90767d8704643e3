"""One person's visit: see ``Kiosk``. The screens ask and tell it everything; they know nothing else of the kiosk."""

from kiosk.session.kiosk import Kiosk
from kiosk.session.menu import Offer, closed, frozen, notices
from kiosk.session.parts import Identity, Parts
from kiosk.session.steps import WARNING_S, Event, Step
from kiosk.session.visit import Visit

__all__ = ["WARNING_S", "Event", "Identity", "Kiosk", "Offer", "Parts", "Step", "Visit", "closed", "frozen", "notices"]
