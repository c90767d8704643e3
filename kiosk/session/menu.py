"""The menu, computed from the devices' own word: what can be asked for now, and if not, why."""

from dataclasses import dataclass

from adminduk.services import Service
from kiosk.hardware.health import Condition, Health
from kiosk.session.parts import Parts

BLOCKING = (Condition.ABSENT, Condition.FAULT)
CLOSING = (
    "power.low",
    "power.on_battery",
    "disk.full",
    "disk.read_only",
)  # whoever is here finishes; nobody new begins
FACES = "swafoto"  # the picture of a paper that is a person's face: no glass to lay it on


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A service now. ``why``: the code of what stands in the way, or of what will be different."""

    service: Service
    available: bool
    why: str = ""


def offers(parts: Parts) -> tuple[Offer, ...]:
    """Every service of the catalogue, in its order."""
    now = health(parts)
    return tuple(_offer(service, now) for service in parts.catalogue.services.values())


def health(parts: Parts) -> dict[str, Health]:
    """Each device that this kiosk has, now. What was never fitted is absent without a code, and is left out."""
    readings = {
        "receipt": parts.receipt.state(), "paper": parts.paper.state(), "camera": parts.camera.state(),
        "selfie": parts.selfie.state(),
        "scanner": parts.scanner.state(), "codes": parts.codes.state(), "card": parts.card.state().health,
        "power": parts.power.state().health, "disk": parts.disk(),
        "copy": parts.copy(), "content": parts.content(),
    }  # fmt: skip
    return {name: one for name, one in readings.items() if one.code or one.condition is not Condition.ABSENT}


def closed(parts: Parts) -> str:
    """The code of what keeps anybody new from beginning; empty when the kiosk is open."""
    codes = {reading.code for reading in (parts.power.state().health, parts.disk())}
    return next((code for code in CLOSING if code in codes), "")


def frozen(parts: Parts) -> str:
    """The code of what keeps anybody from beginning a new application, the most urgent; status and printing go on. Empty when
    nothing does."""
    return closed(parts) or next(iter(parts.freeze()), "")


def _offer(service: Service, health: dict[str, Health]) -> Offer:
    """A camera in trouble stands in the way of services with papers, unless a scanner takes them (and a face its own
    camera); a receipt printer never does."""
    for need in sorted(service.needs & set(health)):
        if health[need].condition in BLOCKING and not (need == "camera" and _scannable(service, health)):
            return Offer(service=service, available=False, why=health[need].code)
    receipt = health["receipt"]
    return Offer(service=service, available=True, why=receipt.code if receipt.condition in BLOCKING else "")


def _scannable(service: Service, health: dict[str, Health]) -> bool:
    scanner = health.get("scanner")
    own = health.get("selfie")
    faces = any(paper.picture == FACES for paper in service.papers)
    return scanner is not None and scanner.usable and (not faces or (own is not None and own.usable))


def notices(parts: Parts) -> tuple[str, ...]:
    """Codes that the first screen should tell: what is different today; alone what closes the kiosk, when it is closed."""
    if code := closed(parts):
        return (code,)
    told = ("camera", "receipt", "paper")
    devices = (one.code for name, one in health(parts).items() if name in told and one.condition in BLOCKING)
    return (*((code,) if (code := frozen(parts)) else ()), *devices)
