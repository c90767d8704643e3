"""The receipt, from the content's rows: what an old farmer keeps in his pocket."""

from datetime import datetime
from zoneinfo import ZoneInfo

from adminduk.dates import spoken
from adminduk.services import Service
from adminduk.tickets import Claim, claim_code, spaced
from kiosk.hardware.receipt.protocol import Code, Line, Size, Slip
from kiosk.session.parts import Parts


def build(parts: Parts, service: Service, claim: Claim, sealed_at: datetime) -> Slip:
    """Fill the rows; ``sealed_at`` is shown in the kabupaten's time."""
    place = parts.catalogue.place
    local = sealed_at.astimezone(ZoneInfo(place.timezone))
    words = {
        "office": place.office, "desa": parts.identity.desa_name, "service": service.short,
        "date": spoken(local.date()), "time": f"{local:%H:%M}", "zone": place.timezone_word,
        "ticket": spaced(claim.ticket), "pin": f"{claim.pin[:3]} {claim.pin[3:]}", "days": str(service.sla_working_days),
        "place": collected_at(parts, service),
    }  # fmt: skip
    return Slip(
        tuple(
            Code(claim_code(claim))
            if row.code
            else Line(
                row.text.format_map(words),
                size=Size.LARGE if row.large else Size.NORMAL,
                centred=row.centred,
                bold=row.bold,
            )
            for row in parts.catalogue.slip
            if words["place"] or "{place}" not in row.text
        )
    )


def collected_at(parts: Parts, service: Service) -> str:
    """Where the service's card is collected by people of this desa; empty when nothing is a card."""
    if not any(output.media == "card" for output in service.outputs):
        return ""
    return service.place_for(parts.identity.desa) or parts.catalogue.place.card_place
