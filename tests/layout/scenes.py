"""Every screen that the content can make: menus, requirements, questions and papers of all services, each once; and the
screens around them, with the mishaps of the slip."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from adminduk.application import State
from adminduk.messages import InquiryAnswer
from adminduk.services import Catalogue, Field, FieldKind, Service
from adminduk.tickets import Claim
from kiosk.hardware.health import Outcome, PrintResult
from kiosk.session import Step, Visit
from kiosk.session.visit import Asking, DraftKey
from tests.right_answers import all_right

Prepare = Callable[[Visit], None]


@dataclass(frozen=True, slots=True)
class Scene:
    name: str
    prepare: Prepare


def scenes(catalogue: Catalogue) -> Iterator[Scene]:
    """In the order of a visit. What looks the same twice is there once."""
    yield from _menus(catalogue)
    yield from _around(catalogue)
    seen = set[object]()
    for service in catalogue.services.values():
        if service.flow != "apply":
            continue
        yield Scene(f"syarat {service.code}", _at(service, Step.REQUIREMENTS))
        for field in service.fields():
            look = (field.label, field.hint, field.whose, field.number > 0, field.kind, field.choices, field.required)
            if look not in seen:
                seen.add(look)
                yield Scene(f"tanya {service.code} {field.key}", _question(service, field))
        for paper in service.papers:
            if (paper.code, paper.hint) not in seen:
                seen.add((paper.code, paper.hint))
                yield Scene(f"foto {service.code} {paper.code}", _paper(service, paper.code))


def _menus(catalogue: Catalogue) -> Iterator[Scene]:
    for code in ("", *(group.code for group in catalogue.groups)):
        many = len(catalogue.in_group(code)) if code else len(catalogue.groups)
        for page in range(-(-many // 6)):
            yield Scene(f"menu {code} {page + 1}", _menu(code, page))


LONGEST, SHORTEST = "AKL", "KONSOL"
CLAIM = Claim(ticket="001748219365", secret=bytes(16), pin="482913")
DRAFT = DraftKey("019aa5c2-0000-7000-8000-000000000001", bytes(16))
SLIPS = (
    PrintResult(Outcome.OK),
    PrintResult(Outcome.DOUBTFUL, "receipt.silent"),
    PrintResult(Outcome.REFUSED, "receipt.paper_out"),
)


def _around(catalogue: Catalogue) -> Iterator[Scene]:
    """What every visit passes, whatever the service."""
    long, short = catalogue.services[LONGEST], catalogue.services[SHORTEST]
    for step in (Step.HOME, Step.TICKET, Step.PIN):
        yield Scene(f"awal {step}", _at(None, step))
    yield Scene("awal pemberitahuan", _at(short, Step.NOTICE))
    for service in (long, short):
        for page in range(2):
            yield Scene(f"periksa {service.code} {page + 1}", _review(service, page))
    for result in SLIPS:
        yield Scene(f"akhir struk {result.outcome}", _slip(long, Step.RECEIPT, result))
        yield Scene(f"akhir simpanan {result.outcome}", _slip(long, Step.SAVED, result))
    for number in range(len(catalogue.survey)):
        yield Scene(f"akhir survei {number + 1}", _survey(number))
    yield from _without_a_line(catalogue)
    yield Scene("akhir terima kasih", _at(None, Step.THANKS))


AS_OF = "2026-11-20T03:00:00.000000Z"
WAITING = tuple({"id": f"d{number}", "output": code, "name": name, "pages": "1", "sha256": ""}
                for number, (code, name) in enumerate((("AKTA", "Kutipan Akta Kelahiran"), ("KK", "Kartu Keluarga"))))  # fmt: skip


def _without_a_line(catalogue: Catalogue) -> Iterator[Scene]:
    """What the kiosk itself knows, dated: a status, documents that wait here, one that does not, and one of them opened."""
    for state, documents in (("DIPROSES", ()), ("SIAP_CETAK", WAITING), ("SIAP_CETAK", ())):
        name = f"putus status {state} {len(documents)}"
        yield Scene(name, _asked(Step.STATUS, catalogue.status_words[State(state)], state, documents))
    reason = max((one.text for one in catalogue.reasons.values() if not one.staff_only), key=len)
    words = catalogue.status_words[State.PERLU_DILENGKAPI]
    yield Scene("putus status PERLU_DILENGKAPI", _asked(Step.STATUS, words, "PERLU_DILENGKAPI", (), reason=reason))
    words = catalogue.status_words[State.SIAP_CETAK]
    yield Scene("putus dokumen", _asked(Step.DOCUMENT, words, "SIAP_CETAK", WAITING))


def _asked(step: Step, words: str, state: str, documents: tuple[dict[str, str], ...], reason: str = "") -> Prepare:
    def prepare(visit: Visit) -> None:
        visit.step = step
        status = InquiryAnswer(
            code="ok", state=state, words=words, changed_at=AS_OF, reason=reason, documents=documents
        )
        visit.asking = Asking(ticket=CLAIM.ticket, status=status, as_of=AS_OF, signer="KEPALA DINAS CONTOH", pages=1)

    return prepare


def _review(service: Service, page: int) -> Prepare:
    def prepare(visit: Visit) -> None:
        _at(service, Step.REVIEW)(visit)
        visit.draft.answers.clear()
        visit.draft.answers.update(all_right(service))
        visit.list_page = page

    return prepare


def _slip(service: Service, step: Step, result: PrintResult) -> Prepare:
    def prepare(visit: Visit) -> None:
        _at(service, step)(visit)
        visit.claim, visit.draft_key, visit.slip_result = CLAIM, DRAFT, result

    return prepare


def _survey(number: int) -> Prepare:
    def prepare(visit: Visit) -> None:
        visit.step, visit.scores[:] = Step.SURVEY, [None] * number

    return prepare


def _menu(code: str, page: int) -> Prepare:
    def prepare(visit: Visit) -> None:
        visit.step, visit.group, visit.list_page = Step.SERVICES, code, page

    return prepare


def _at(service: Service | None, step: Step) -> Prepare:
    def prepare(visit: Visit) -> None:
        visit.service, visit.step, visit.list_page = service, step, 0

    return prepare


def _question(service: Service, field: Field) -> Prepare:
    def prepare(visit: Visit) -> None:
        visit.service, visit.step, visit.at = service, Step.QUESTION, field.key
        visit.draft.answers.clear()
        visit.draft.answers.update(under_which_asked(service, field.key))

    return prepare


def _paper(service: Service, code: str) -> Prepare:
    def prepare(visit: Visit) -> None:
        visit.service, visit.step, visit.at = service, Step.CAPTURE, code
        visit.draft.answers.clear()
        visit.draft.answers.update(under_which_asked(service, code))

    return prepare


def under_which_asked(service: Service, wanted: str) -> dict[str, str]:
    """Answers under which a field or a paper is asked for."""
    for pick in (0, -1, 1, 2, 3, 4, 5):
        answers = {field.key: _value(field, pick) for field in service.fields()}
        for field in service.fields():
            for value in [choice.value for choice in field.choices] or ["ya", "tidak", answers[field.key]]:
                tried = {**answers, field.key: value}
                asked = {one.key for one in service.asked(tried)} | {paper.code for paper in service.papers_for(tried)}
                if wanted in asked:
                    return tried
    raise AssertionError(f"{service.code}: nothing leads to {wanted}")


def _value(field: Field, pick: int) -> str:
    if field.kind is FieldKind.NUMBER:
        return str(field.maximum or 1)
    if field.choices:
        return field.choices[pick if pick < len(field.choices) else -1].value
    return "tidak" if pick and field.kind is FieldKind.YES_NO else "ya"
