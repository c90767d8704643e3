"""One small POST a verb; the visit's id in each form guards it. A stale page leads back to the screen of now."""

from collections.abc import Callable, Mapping
from functools import partial

from flask import Blueprint, abort, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from kiosk.session import Event, Kiosk, Visit

Action = Callable[[Visit], Event | None]
Verbs = Mapping[str, Callable[[], Action]]
# verbs that are nothing but an event of the table
PLAIN = (
    Event.HAVE_PAPERS, Event.AGREE, Event.ADJUST, Event.TO_SURVEY, Event.TO_STATUS, Event.FINISH,
    Event.TO_FORMS, Event.TO_PRINTS, Event.TO_DRAFTS, Event.TO_PICKUP, Event.TO_SUMMARY, Event.TO_PAPER, Event.TO_OUTBOX,
)  # fmt: skip


def text(name: str) -> str:
    return request.form.get(name, "")


def number(name: str) -> int:
    """A small number of the form; 0 for anything else."""
    value = text(name)
    return int(value) if value.isascii() and value.isdigit() and len(value) < 5 else 0


def answer() -> str:
    """The typed answer; a date or a time in parts is put together here, so that it works without scripts."""
    if text("lewati"):
        return ""
    for parts, joint in ((("hari", "bulan", "tahun"), "-"), (("jam", "menit"), ":")):
        values = [text(part).strip() for part in parts]
        if any(values):
            return joint.join(values)
    return text("jawaban")


def score() -> int | None:
    """1 to 4; anything else is a skipped question."""
    return number("nilai") if number("nilai") in (1, 2, 3, 4) else None


def corners() -> list[tuple[float, float]]:
    """Four corners as ``x,y;x,y;x,y;x,y`` in shares of the frame; nonsense is an empty list."""
    try:
        pairs = [pair.split(",") for pair in text("corners").split(";")]
        return [(float(x), float(y)) for x, y in pairs]
    except ValueError:
        return []


def block_fields() -> dict[str, str]:
    """Field key → what was typed, of a whole block."""
    return {name.removeprefix("f_"): value for name, value in request.form.items() if name.startswith("f_")}


def plain(event: Event) -> Callable[[], Action]:
    """A verb that only reports an event."""
    return lambda: lambda _visit: event


def every_verb(kiosk: Kiosk) -> Verbs:
    """Name in the address → how to read its form and what to do."""
    return {
        **{event.value: plain(event) for event in PLAIN},
        **{event.value: partial(kiosk.begin, event) for event in (Event.APPLY, Event.CHECK)},
        "scan": kiosk.scan,
        "group": lambda: kiosk.open_group(text("kelompok")),
        "choose": lambda: kiosk.choose(text("layanan")),
        "answer": lambda: kiosk.answer(answer()),
        "region": lambda: kiosk.pick_region(text("wilayah")),
        "list": lambda: kiosk.turn_list(number("halaman")),
        "back": kiosk.back,
        "change": lambda: kiosk.change(text("bagian")),
        "change_paper": lambda: kiosk.change_paper(text("bagian")),
        "take": kiosk.take,
        "use": kiosk.use_page,
        "use_and_another": lambda: kiosk.use_page(another=True),
        "enough": kiosk.enough,
        "remove_page": lambda: kiosk.remove_page(number("halaman")),
        "retake": kiosk.retake,
        "adjusted": lambda: kiosk.adjust(corners()),
        "card_is_right": kiosk.card_is_right,
        "typed_is_right": kiosk.typed_is_right,
        "submit": kiosk.submit,
        "save": kiosk.save,
        "slip_again": kiosk.slip_again,
        "slip_came_out": kiosk.slip_came_out,
        "ticket": lambda: kiosk.give_ticket(text("jawaban")),
        "code": kiosk.look_for_code,
        "pin": lambda: kiosk.give_pin(text("jawaban")),
        "ask_again": kiosk.ask_again,
        "document": lambda: kiosk.open_document(text("dokumen")),
        "print": kiosk.print_document,
        "print_form": lambda: kiosk.print_form(text("formulir")),
        "attach_forms": kiosk.attach_forms,
        "reprint": lambda: kiosk.reprint(text("sebab")),
        "came_out": lambda: kiosk.document_came_out(came=True),
        "nothing_came_out": lambda: kiosk.document_came_out(came=False),
        "name_staff": lambda: kiosk.name_staff(text("petugas")),
        "unlock": lambda: kiosk.unlock(text("jawaban")),
        "lock_staff": kiosk.lock_staff,
        "assist": kiosk.assist,
        "answer_block": lambda: kiosk.answer_block(block_fields()),
        "walk_in": kiosk.walk_in,
        "resume": lambda: kiosk.resume(text("simpanan")),
        "settle_doubt": lambda: kiosk.settle_doubt(number("cetakan"), came=bool(text("keluar")), reason=text("sebab")),
        "pick_up": lambda: kiosk.pick_up(text("jawaban")),
        "print_summary": kiosk.print_summary,
        "print_poster": kiosk.print_poster,
        "new_roll": kiosk.new_roll,
        "add_sheets": lambda: kiosk.add_sheets(number("lembar")),
        "send_again": lambda: kiosk.send_again(text("kiriman")),
        "score": lambda: kiosk.score(score()),
        "end_survey": kiosk.end_survey,
    }


def add_verbs(blueprint: Blueprint, kiosk: Kiosk) -> None:
    """``/langkah/<verb>``."""
    verbs = every_verb(kiosk)

    @blueprint.post("/langkah/<verb>")
    def act(verb: str) -> BaseResponse:
        if verb not in verbs:
            abort(404)
        kiosk.act(text("kunjungan"), verbs[verb]())
        return redirect(url_for("resident.show"), 303)
