"""The menu, computed from the devices' own word: what can be asked for now, and if not, why."""

from dataclasses import dataclass

from adminduk.services import Service
from kiosk.hardware.health import Condition, Health
from kiosk.session.parts import Parts

BLOCKING = (Condition.ABSENT, Condition.FAULT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A service now. ``why``: the code of what stands in the way, or of what will be different."""

    service: Service
    available: bool
    why: str = ""


def offers(parts: Parts) -> tuple[Offer, ...]:
    """Every service of the catalogue, in its order."""
    health = {"camera": parts.camera.state(), "receipt": parts.receipt.state(), "paper": parts.paper.state()}
    return tuple(_offer(service, health) for service in parts.catalogue.services.values())


def _offer(service: Service, health: dict[str, Health]) -> Offer:
    """A camera in trouble stands in the way of services with papers; a receipt printer never does."""
    for need in sorted(service.needs & set(health)):
        if health[need].condition in BLOCKING:
            return Offer(service=service, available=False, why=health[need].code)
    receipt = health["receipt"]
    return Offer(service=service, available=True, why=receipt.code if receipt.condition in BLOCKING else "")


def notices(parts: Parts) -> tuple[str, ...]:
    """Codes that the first screen should tell: what is different today."""
    states = (parts.camera.state(), parts.receipt.state(), parts.paper.state())
    return tuple(state.code for state in states if state.condition in BLOCKING)
