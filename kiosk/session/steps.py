"""The visit is a table: (step, event) → step. Anything + left → home, and the visit is wiped.

Events say what happened, already decided ("that was the last question"); the table says where that leads. A pair that is
not in the table changes nothing: a stale page cannot push the visit anywhere.
"""

from collections.abc import Mapping
from enum import StrEnum


class Step(StrEnum):
    HOME = "home"
    SERVICES = "services"
    REQUIREMENTS = "requirements"
    NOTICE = "notice"
    QUESTION = "question"
    CAPTURE = "capture"
    PAGE = "page"
    CORNERS = "corners"
    SCANNING = "scanning"
    REVIEW = "review"
    FORMS = "forms"
    RECEIPT = "receipt"
    SAVED = "saved"
    SURVEY = "survey"
    THANKS = "thanks"
    TICKET = "ticket"
    PIN = "pin"
    WAITING = "waiting"
    STATUS = "status"
    NO_ANSWER = "no_answer"
    DOCUMENT = "document"
    UNTRUSTED = "untrusted"
    PRINTED = "printed"
    UNPRINTED = "unprinted"
    DOUBTFUL = "doubtful"
    # staff
    BLOCK = "block"
    STAFF_LOGIN = "staff_login"
    STAFF = "staff"
    STAFF_HELP = "staff_help"
    STAFF_PRINTS = "staff_prints"
    STAFF_DRAFTS = "staff_drafts"
    STAFF_PICKUP = "staff_pickup"
    STAFF_SUMMARY = "staff_summary"
    STAFF_REPRINT = "staff_reprint"
    STAFF_PAPER = "staff_paper"
    STAFF_OUTBOX = "staff_outbox"


class Event(StrEnum):
    # what the person does
    APPLY = "apply"
    CHECK = "check"
    CHOOSE = "choose"
    HAVE_PAPERS = "have_papers"
    AGREE = "agree"
    BACK = "back"
    TAKE = "take"
    SCAN = "scan"
    RETAKE = "retake"
    ADJUST = "adjust"
    ADJUSTED = "adjusted"
    CHANGE_ANSWER = "change_answer"
    CHANGE_PAPER = "change_paper"
    TO_FORMS = "to_forms"
    TO_SURVEY = "to_survey"
    TO_STATUS = "to_status"
    FINISH = "finish"
    LEFT = "left"
    # what was decided
    MORE_QUESTIONS = "more_questions"
    MORE_PAPERS = "more_papers"
    SCANNED = "scanned"
    COMPLETE = "complete"
    SENT = "sent"
    DRAFT_SAVED = "draft_saved"
    MORE_UNSUR = "more_unsur"
    SURVEYED = "surveyed"
    TICKET_KNOWN = "ticket_known"
    CODE_SHOWN = "code_shown"
    ASKED = "asked"
    PROOF_WRONG = "proof_wrong"
    STATUS_CAME = "status_came"
    NOTHING_CAME = "nothing_came"
    DOCUMENT_CAME = "document_came"
    DOCUMENT_BAD = "document_bad"
    PRINT_OK = "print_ok"
    PRINT_REFUSED = "print_refused"
    PRINT_DOUBTFUL = "print_doubtful"
    REASON_WANTED = "reason_wanted"
    # staff
    STAFF_CAME = "staff_came"
    UNLOCKED = "unlocked"
    HELP_WANTED = "help_wanted"
    TO_PRINTS = "to_prints"
    TO_DRAFTS = "to_drafts"
    TO_PICKUP = "to_pickup"
    TO_SUMMARY = "to_summary"
    TO_PAPER = "to_paper"
    TO_OUTBOX = "to_outbox"
    MORE_BLOCKS = "more_blocks"
    CHANGE_BLOCK = "change_block"
    BACK_TO_BLOCK = "back_to_block"


S, E = Step, Event
_ENDINGS = (S.RECEIPT, S.STATUS, S.NO_ANSWER, S.PRINTED, S.DOUBTFUL, S.UNPRINTED, S.UNTRUSTED)

TABLE: Mapping[tuple[Step, Event], Step] = {
    (S.HOME, E.APPLY): S.SERVICES,
    (S.HOME, E.CHECK): S.TICKET,
    (S.SERVICES, E.CHOOSE): S.REQUIREMENTS,
    (S.SERVICES, E.CHECK): S.TICKET,
    (S.SERVICES, E.BACK): S.HOME,
    (S.REQUIREMENTS, E.HAVE_PAPERS): S.NOTICE,
    (S.REQUIREMENTS, E.BACK): S.SERVICES,
    (S.NOTICE, E.AGREE): S.QUESTION,
    (S.NOTICE, E.BACK): S.REQUIREMENTS,
    (S.QUESTION, E.MORE_QUESTIONS): S.QUESTION,
    (S.QUESTION, E.MORE_PAPERS): S.CAPTURE,
    (S.QUESTION, E.COMPLETE): S.REVIEW,
    (S.QUESTION, E.BACK): S.NOTICE,
    (S.CAPTURE, E.TAKE): S.PAGE,
    (S.CAPTURE, E.SCAN): S.SCANNING,
    (S.SCANNING, E.TAKE): S.PAGE,
    (S.SCANNING, E.SCANNED): S.CAPTURE,
    (S.SCANNING, E.MORE_PAPERS): S.CAPTURE,
    (S.SCANNING, E.COMPLETE): S.REVIEW,
    (S.SCANNING, E.BACK): S.CAPTURE,
    (S.CAPTURE, E.BACK): S.QUESTION,
    (S.CAPTURE, E.MORE_PAPERS): S.CAPTURE,
    (S.CAPTURE, E.COMPLETE): S.REVIEW,
    (S.PAGE, E.RETAKE): S.CAPTURE,
    (S.PAGE, E.BACK): S.CAPTURE,
    (S.PAGE, E.ADJUST): S.CORNERS,
    (S.PAGE, E.MORE_PAPERS): S.CAPTURE,
    (S.PAGE, E.COMPLETE): S.REVIEW,
    (S.CORNERS, E.ADJUSTED): S.PAGE,
    (S.CORNERS, E.BACK): S.PAGE,
    (S.REVIEW, E.CHANGE_ANSWER): S.QUESTION,
    (S.REVIEW, E.CHANGE_PAPER): S.CAPTURE,
    (S.REVIEW, E.BACK): S.QUESTION,
    (S.REVIEW, E.SENT): S.RECEIPT,
    (S.REVIEW, E.TO_FORMS): S.FORMS,
    (S.FORMS, E.CHANGE_PAPER): S.CAPTURE,
    (S.FORMS, E.BACK): S.REVIEW,
    **{(step, E.DRAFT_SAVED): S.SAVED for step in (S.QUESTION, S.CAPTURE, S.PAGE, S.CORNERS, S.REVIEW, S.BLOCK)},
    (S.TICKET, E.MORE_QUESTIONS): S.QUESTION,
    (S.TICKET, E.MORE_PAPERS): S.CAPTURE,
    (S.TICKET, E.COMPLETE): S.REVIEW,
    (S.SAVED, E.FINISH): S.HOME,
    (S.TICKET, E.TICKET_KNOWN): S.PIN,
    (S.TICKET, E.CODE_SHOWN): S.WAITING,
    (S.TICKET, E.BACK): S.HOME,
    (S.PIN, E.ASKED): S.WAITING,
    (S.PIN, E.BACK): S.TICKET,
    (S.WAITING, E.PROOF_WRONG): S.PIN,
    (S.WAITING, E.STATUS_CAME): S.STATUS,
    (S.WAITING, E.NOTHING_CAME): S.NO_ANSWER,
    (S.WAITING, E.DOCUMENT_CAME): S.DOCUMENT,
    (S.WAITING, E.DOCUMENT_BAD): S.UNTRUSTED,
    (S.WAITING, E.BACK): S.TICKET,
    (S.NO_ANSWER, E.ASKED): S.WAITING,
    (S.NO_ANSWER, E.BACK): S.TICKET,
    (S.STATUS, E.ASKED): S.WAITING,
    (S.STATUS, E.DOCUMENT_CAME): S.DOCUMENT,  # it waited here
    (S.STATUS, E.DOCUMENT_BAD): S.UNTRUSTED,
    (S.STATUS, E.NOTHING_CAME): S.NO_ANSWER,
    (S.STATUS, E.BACK): S.TICKET,
    (S.DOCUMENT, E.PRINT_OK): S.PRINTED,
    (S.DOCUMENT, E.PRINT_REFUSED): S.UNPRINTED,
    (S.DOCUMENT, E.PRINT_DOUBTFUL): S.DOUBTFUL,
    (S.DOCUMENT, E.BACK): S.STATUS,
    (S.DOCUMENT, E.ASKED): S.WAITING,  # the office took it back while it was looked at
    (S.DOCUMENT, E.REASON_WANTED): S.STAFF_REPRINT,
    (S.STAFF_REPRINT, E.PRINT_OK): S.PRINTED,
    (S.STAFF_REPRINT, E.PRINT_REFUSED): S.UNPRINTED,
    (S.STAFF_REPRINT, E.PRINT_DOUBTFUL): S.DOUBTFUL,
    (S.STAFF_REPRINT, E.BACK): S.DOCUMENT,
    (S.STAFF_REPRINT, E.ASKED): S.WAITING,
    (S.UNPRINTED, E.BACK): S.DOCUMENT,
    (S.UNPRINTED, E.ASKED): S.WAITING,
    (S.UNPRINTED, E.PRINT_OK): S.PRINTED,
    (S.UNPRINTED, E.PRINT_DOUBTFUL): S.DOUBTFUL,
    (S.DOUBTFUL, E.PRINT_OK): S.PRINTED,
    (S.DOUBTFUL, E.BACK): S.DOCUMENT,
    (S.UNTRUSTED, E.BACK): S.STATUS,
    (S.PRINTED, E.TO_STATUS): S.STATUS,
    (S.HOME, E.STAFF_CAME): S.STAFF_LOGIN,
    (S.STAFF_LOGIN, E.UNLOCKED): S.STAFF,
    (S.STAFF_LOGIN, E.HELP_WANTED): S.STAFF_HELP,
    (S.STAFF_HELP, E.FINISH): S.HOME,  # the visitor has gone: his visit ends with this one
    (S.STAFF, E.APPLY): S.SERVICES,
    (S.STAFF, E.CHECK): S.TICKET,
    (S.STAFF, E.TO_PRINTS): S.STAFF_PRINTS,
    (S.STAFF, E.TO_DRAFTS): S.STAFF_DRAFTS,
    (S.STAFF, E.TO_PICKUP): S.STAFF_PICKUP,
    (S.STAFF, E.TO_SUMMARY): S.STAFF_SUMMARY,
    (S.STAFF, E.TO_PAPER): S.STAFF_PAPER,
    (S.STAFF_SUMMARY, E.TO_OUTBOX): S.STAFF_OUTBOX,
    **{
        (step, E.BACK): S.STAFF
        for step in (S.STAFF_PRINTS, S.STAFF_DRAFTS, S.STAFF_PICKUP, S.STAFF_SUMMARY, S.STAFF_PAPER, S.STAFF_OUTBOX)
    },
    (S.NOTICE, E.MORE_BLOCKS): S.BLOCK,
    **{(step, E.MORE_BLOCKS): S.BLOCK for step in (S.BLOCK, S.TICKET, S.STAFF_DRAFTS, S.REVIEW)},
    **{(step, E.MORE_PAPERS): S.CAPTURE for step in (S.BLOCK, S.STAFF_DRAFTS)},
    **{(step, E.COMPLETE): S.REVIEW for step in (S.BLOCK, S.STAFF_DRAFTS)},
    (S.BLOCK, E.BACK): S.NOTICE,
    (S.CAPTURE, E.BACK_TO_BLOCK): S.BLOCK,
    (S.REVIEW, E.BACK_TO_BLOCK): S.BLOCK,
    (S.REVIEW, E.CHANGE_BLOCK): S.BLOCK,
    (S.SURVEY, E.MORE_UNSUR): S.SURVEY,
    (S.SURVEY, E.SURVEYED): S.THANKS,
    (S.SURVEY, E.FINISH): S.THANKS,
    (S.THANKS, E.FINISH): S.HOME,
    **{(ending, E.TO_SURVEY): S.SURVEY for ending in _ENDINGS},
    **{(ending, E.FINISH): S.THANKS for ending in _ENDINGS},
    **{(step, E.LEFT): S.HOME for step in Step},
}

# seconds without a touch before the warning, and how long the warning stays; capture gives time to handle papers
IDLE_S, CAPTURE_IDLE_S, RESULT_IDLE_S, HOME_IDLE_S, WARNING_S = 90.0, 180.0, 60.0, 60.0, 30.0
_CAPTURING = (S.REQUIREMENTS, S.FORMS, S.CAPTURE, S.SCANNING, S.PAGE, S.CORNERS, S.BLOCK, S.STAFF)
_RESULTS = (S.THANKS,)


def after(step: Step, event: Event) -> Step:
    """Where an event leads; the same step when it means nothing there."""
    return TABLE.get((step, event), step)


# under staff's hands a block stands for its questions
_ASSISTED = {E.AGREE: E.MORE_BLOCKS, E.MORE_QUESTIONS: E.MORE_BLOCKS, E.CHANGE_ANSWER: E.CHANGE_BLOCK}


def assisted(step: Step, event: Event) -> Event:
    """What an event means in an assisted visit, where whole blocks are asked instead of questions."""
    if event is E.BACK and step in (S.CAPTURE, S.REVIEW):
        return E.BACK_TO_BLOCK
    return _ASSISTED.get(event, event)


def idle_limit(step: Step) -> float:
    """Seconds without a touch before the warning."""
    if step in _CAPTURING:
        return CAPTURE_IDLE_S
    return RESULT_IDLE_S if step in _RESULTS else IDLE_S
