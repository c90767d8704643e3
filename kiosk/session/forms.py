"""The questions of a visit: which comes next, what was answered, what is wrong with it. Pure but for the draft."""

from collections.abc import Mapping
from datetime import date
from zoneinfo import ZoneInfo

from adminduk import answers
from adminduk.services import Block, Field, FieldKind, Paper
from kiosk.session.parts import Parts
from kiosk.session.steps import Event, Step
from kiosk.session.visit import Visit


def today(parts: Parts) -> date:
    """The kabupaten's date."""
    return parts.clock.now().astimezone(ZoneInfo(parts.catalogue.place.timezone)).date()


def asked(visit: Visit) -> tuple[Field, ...]:
    return visit.service.asked(visit.draft.answers) if visit.service else ()


def papers(visit: Visit) -> tuple[Paper, ...]:
    return visit.service.papers_for(visit.draft.answers) if visit.service else ()


def signed_forms(visit: Visit) -> tuple[Paper, ...]:
    """Under which printed forms come back, signed: nobody is asked for it, who wants to adds it."""
    return (visit.service.signed,) if visit.service and visit.service.signed else ()


def current_field(visit: Visit) -> Field:
    """The question in work; the first one when the one before is not asked any more."""
    fields = asked(visit)
    return next((field for field in fields if field.key == visit.at), fields[0])


def current_paper(visit: Visit) -> Paper:
    wanted = (*papers(visit), *signed_forms(visit))
    return next((paper for paper in wanted if paper.code == visit.at), wanted[0])


def give(visit: Visit, parts: Parts, text: str) -> bool:
    """Take an answer: False leaves a complaint. A warning is shown once; the same answer again is believed."""
    field = current_field(visit)
    verdict = answers.check_field(field, text, answers=visit.draft.answers, today=today(parts), regions=parts.regions)
    if not verdict.ok:
        visit.complaint, visit.typed = verdict.errors[0], text
        return False
    mark = f"{field.key}:{verdict.value}"
    if verdict.warnings and visit.warned != mark:
        visit.complaint, visit.typed, visit.warned = verdict.warnings[0], text, mark
        return False
    visit.draft.answers[field.key] = verdict.value
    prune(visit)
    return True


def current_block(visit: Visit) -> Block:
    """The block of the question in work."""
    at = current_field(visit).key
    blocks = visit.service.blocks_for(visit.draft.answers) if visit.service else ()
    return next(block for block in blocks if any(field.key == at for field in block.fields))


def give_block(visit: Visit, parts: Parts, given: Mapping[str, str]) -> bool:
    """Take every field of the block. False leaves complaints by field, or shows questions that the answers opened."""
    block, seen = current_block(visit), set[str]()
    visit.given = {}
    for field in block.fields:
        if not field.asked(visit.draft.answers) or field.key not in given:
            continue
        seen.add(field.key)
        _give_one(visit, parts, field, _as_code(parts, field, given[field.key]))
    prune(visit)
    wanted = {field.key for field in block.fields if field.asked(visit.draft.answers)}
    if visit.complaints:
        visit.complaint = "periksa_yang_merah"
    return not visit.complaints and wanted <= seen


def _as_code(parts: Parts, field: Field, text: str) -> str:
    """A place that staff typed by its names becomes its code; anything else stays."""
    if field.kind is not FieldKind.REGION or parts.regions is None:
        return text
    return parts.regions.find(text) or text


def _give_one(visit: Visit, parts: Parts, field: Field, text: str) -> None:
    verdict = answers.check_field(field, text, answers=visit.draft.answers, today=today(parts), regions=parts.regions)
    mark = f"{field.key}:{verdict.value}"
    doubted = bool(verdict.warnings) and mark not in visit.warned.split(",")
    if verdict.ok and not doubted:
        visit.draft.answers[field.key] = verdict.value
        return
    visit.complaints[field.key] = (verdict.warnings if verdict.ok else verdict.errors)[0]
    visit.given[field.key] = text
    if doubted:
        visit.warned = f"{visit.warned},{mark}"


def after_block(visit: Visit) -> Event:
    """To the next block of which something is asked, else on to the papers, or back to the review."""
    blocks = visit.service.blocks_for(visit.draft.answers) if visit.service else ()
    codes = [block.code for block in blocks]
    following = blocks[codes.index(current_block(visit).code) + 1 :]
    if visit.returning:
        following = tuple(block for block in blocks if any(_open(visit, field) for field in block.fields))
    if not following:
        return after_paper(visit)
    visit.at = next(field.key for field in following[0].fields if field.asked(visit.draft.answers))
    return Event.MORE_BLOCKS


def _open(visit: Visit, field: Field) -> bool:
    return field.asked(visit.draft.answers) and field.key not in visit.draft.answers


def block_back(visit: Visit) -> bool:
    """To the block before; False when this was the first."""
    blocks = visit.service.blocks_for(visit.draft.answers) if visit.service else ()
    place = [block.code for block in blocks].index(current_block(visit).code)
    if place == 0:
        return False
    visit.at = next(field.key for field in blocks[place - 1].fields if field.asked(visit.draft.answers))
    return True


def prune(visit: Visit) -> None:
    """Drop answers and pages that are not asked any more, so that nothing unseen is sent."""
    keys = {field.key for field in asked(visit)}
    for key in set(visit.draft.answers) - keys:
        del visit.draft.answers[key]
    codes = {paper.code for paper in (*papers(visit), *signed_forms(visit))}
    for code in set(visit.draft.pages) - codes:
        visit.draft.drop(code)


def after_answer(visit: Visit) -> Event:
    """Go on: to the next question, the first missing paper, or the review; ``visit.at`` follows."""
    unanswered = [field.key for field in asked(visit) if field.key not in visit.draft.answers]
    if visit.returning:
        if not unanswered:
            return after_paper(visit)
        visit.at = unanswered[0]
        return Event.MORE_QUESTIONS
    keys = [field.key for field in asked(visit)]
    following = keys[keys.index(visit.at) + 1 :] if visit.at in keys else keys
    if following:
        visit.at = following[0]
        return Event.MORE_QUESTIONS
    return after_paper(visit)


def after_paper(visit: Visit) -> Event:
    """To the first paper that must be there and is not, or the review."""
    missing = [p.code for p in papers(visit) if p.required and not visit.draft.pages.get(p.code)]
    if missing and visit.returning:
        visit.at = missing[0]
        return Event.MORE_PAPERS
    return _next_paper(visit, after="")


def after_this_paper(visit: Visit) -> Event:
    """To the next paper without a page, or the review. Who came from the review goes back there."""
    return after_paper(visit) if visit.returning else _next_paper(visit, after=visit.at)


def _next_paper(visit: Visit, *, after: str) -> Event:
    """A paper that may be missing is asked for once: on the way, never again."""
    wanted = papers(visit)
    codes = [paper.code for paper in wanted]
    place = codes.index(after) + 1 if after in codes else 0
    open_ones = [p for at, p in enumerate(wanted) if not visit.draft.pages.get(p.code) and (p.required or at >= place)]
    if visit.returning or not open_ones:
        visit.returning = False
        return Event.COMPLETE
    visit.at = open_ones[0].code
    return Event.MORE_PAPERS


def first_open(visit: Visit) -> Event:
    """To the first question without an answer, else the first missing paper, else the review: where a draft goes on."""
    unanswered = [field.key for field in asked(visit) if field.key not in visit.draft.answers]
    if unanswered:
        visit.at = unanswered[0]
        return Event.MORE_QUESTIONS
    return _next_paper(visit, after="")


def back_from_papers(visit: Visit) -> Event:
    """To the paper before (its pages stay), else to the last question."""
    codes = [paper.code for paper in papers(visit)]
    place = codes.index(visit.at) if visit.at in codes else 0
    if visit.step is Step.REVIEW:
        visit.at = asked(visit)[-1].key
    elif place > 0:
        visit.at = codes[place - 1]
        return Event.MORE_PAPERS
    else:
        visit.at = asked(visit)[-1].key
    return Event.BACK


def step_back(visit: Visit) -> bool:
    """To the question before; False when this was the first. Nothing is lost."""
    keys = [field.key for field in asked(visit)]
    place = keys.index(visit.at) if visit.at in keys else 0
    if place == 0:
        return False
    visit.at = keys[place - 1]
    return True


def progress(visit: Visit) -> tuple[int, int]:
    """(this step, all steps): questions, then papers, then the review."""
    keys = [field.key for field in asked(visit)] + [f"paper {paper.code}" for paper in papers(visit)]
    name = visit.at if visit.step in (Step.QUESTION, Step.BLOCK) else f"paper {visit.at}"
    last = visit.step is Step.REVIEW or name not in keys
    return (len(keys) + 1 if last else keys.index(name) + 1), len(keys) + 1
