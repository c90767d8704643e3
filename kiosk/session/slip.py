"""The receipt, from the content's rows: what an old farmer keeps in his pocket."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from adminduk.dates import spoken
from adminduk.services import Service, SlipRow
from adminduk.tickets import Claim, claim_code, spaced
from kiosk.hardware.receipt.protocol import Code, Line, Size, Slip
from kiosk.session.parts import Parts


def build(parts: Parts, service: Service, claim: Claim, sealed_at: datetime, *, copy: int = 1) -> Slip:
    """Fill the rows; ``sealed_at`` is shown in the kabupaten's time. ``copy``: which paper of this ticket, from 1."""
    place = parts.catalogue.place
    local = sealed_at.astimezone(ZoneInfo(place.timezone))
    words = {
        "office": place.office, "desa": parts.identity.desa_name, "service": service.short,
        "date": spoken(local.date()), "time": f"{local:%H:%M}", "zone": place.timezone_word,
        "ticket": spaced(claim.ticket), "pin": f"{claim.pin[:3]} {claim.pin[3:]}", "days": str(service.sla_working_days),
        "place": collected_at(parts, service), "copy": str(copy) if copy > 1 else "",
    }  # fmt: skip
    return Slip(
        tuple(
            Code(claim_code(claim)) if row.code else _line(row, words)
            for row in parts.catalogue.slip
            if all(words[name] or f"{{{name}}}" not in row.text for name in ("place", "copy"))
        )
    )


def of_draft(parts: Parts, service: Service, code: str, now: datetime, days: int) -> Slip:
    """The slip of a saved draft, from the content's rows; ``code`` is its only key."""
    place = parts.catalogue.place
    local = now.astimezone(ZoneInfo(place.timezone))
    words = {
        "office": place.office, "desa": parts.identity.desa_name, "service": service.short, "date": spoken(local.date()),
        "until": spoken((local + timedelta(days=days)).date()), "time": f"{local:%H:%M}", "zone": place.timezone_word,
    }  # fmt: skip
    return Slip(tuple(Code(code) if row.code else _line(row, words) for row in parts.catalogue.draft_slip))


def of_queue(parts: Parts, number: int, now: datetime) -> Slip:
    """A number for somebody who waits."""
    return _small(parts, "queue", now, number=str(number))


def of_pick_up(parts: Parts, ticket: str, now: datetime) -> Slip:
    """Where and with what a card is collected."""
    places = {service.place_for(parts.identity.desa) for service in parts.catalogue.services.values()} - {None}
    place = next(iter(sorted(filter(None, places))), parts.catalogue.place.card_place)
    return _small(parts, "pick_up", now, ticket=spaced(ticket), place=place)


def of_summary(parts: Parts, rows: Sequence[tuple[str, str, int]], now: datetime) -> Slip:
    """The day in numbers: action, service, how often."""
    head = _small(parts, "summary", now)
    names = parts.catalogue.acts
    lines = [Line(f"{number:>3}  {names.get(action, action)} {service}".rstrip()) for action, service, number in rows]
    return Slip((*head.parts, *lines))


def _small(parts: Parts, name: str, now: datetime, **words: str) -> Slip:
    local = now.astimezone(ZoneInfo(parts.catalogue.place.timezone))
    known = {
        "office": parts.catalogue.place.office, "desa": parts.identity.desa_name, "date": spoken(local.date()),
        "time": f"{local:%H:%M}", "zone": parts.catalogue.place.timezone_word, **words,
    }  # fmt: skip
    return Slip(tuple(_line(row, known) for row in parts.catalogue.slips[name]))


def _line(row: SlipRow, words: Mapping[str, str]) -> Line:
    size = Size.LARGE if row.large else Size.NORMAL
    return Line(row.text.format_map(words), size=size, centred=row.centred, bold=row.bold)


def collected_at(parts: Parts, service: Service) -> str:
    """Where the service's card is collected by people of this desa; empty when nothing is a card."""
    if not any(output.media == "card" for output in service.outputs):
        return ""
    return service.place_for(parts.identity.desa) or parts.catalogue.place.card_place
