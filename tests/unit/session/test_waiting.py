"""The paper is the key: without a line the receipt's code tells the status, opens what waits, prints it; a disk opens nothing."""

import gc
import hashlib
import re
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from uuid6 import uuid7

from adminduk import waiting as sealing
from adminduk.changes import Changes, Outcome
from adminduk.packets import PacketError
from adminduk.tickets import Claim, claim_code, new_claim
from kiosk.session import Event, Step
from kiosk.session.asking import LOCAL_PATIENCE_S, PATIENCE_S, picture
from kiosk.session.visit import Asking
from kiosk.store import PrintState
from kiosk.store.schema import metadata
from kiosk.vault import GrowingVault
from tests.unit.documents.paperwork import Office, blank_pdf, with_an_addition
from tests.unit.session.test_checking import encoded
from tests.unit.session.test_staffing import acts, come
from tests.unit.session.world import World, new_world
from tests.unit.staff.hall import CENTRE_KEY, put, roster

AS_OF = "2026-11-20T03:00:00.000000Z"


@pytest.fixture(scope="module")
def signed(office: Office) -> bytes:
    return office.sign(blank_pdf())


@pytest.fixture
def world(tmp_path: Path, office: Office) -> Iterator[World]:
    made = new_world(tmp_path / "kios", roots=office.pem, staff_key=CENTRE_KEY.public_key().public_bytes_raw())
    put(made.parts.store, roster(made.clock.now()))
    yield made
    made.parts.store.close()


@pytest.fixture
def claim(world: World) -> Claim:
    return new_claim(17, world.parts.dice)


def bring(world: World, claim: Claim, pdf: bytes | None, *, state: str = "SIAP_CETAK", printed: int = 0) -> str:
    """What the courier leaves on the disk: the status, and a document sealed as the centre seals it. Returns its id."""
    document, public = str(uuid7()), sealing.claim_public(claim.secret, claim.ticket)
    row = {"ticket": claim.ticket, "number": 1, "state": state, "reason": "", "changed_at": AS_OF,
           "verifier": sealing.verifier(public)}  # fmt: skip
    papers = []
    if pdf is not None:
        sealed = sealing.seal_document(pdf, public=public, document=document, ticket=claim.ticket)
        sha256 = hashlib.sha256(sealed).hexdigest()
        papers = [{"id": document, "ticket": claim.ticket, "output": "KK", "pages": 1, "size": len(sealed), "sha256": sha256,
                   "content": hashlib.sha256(pdf).hexdigest(), "printed": 0}]  # fmt: skip
    told = Changes(cursor="c", more=False, as_of=AS_OF, tickets=(row,), documents=tuple(papers))
    world.parts.store.down.take(Changes.from_json(told.to_json()))
    if pdf is not None:
        vault = GrowingVault(folder_of(world) / "documents")
        vault.grow(document, sha256, 0, sealed)
        assert vault.finish(document, sha256)
        world.parts.store.down.arrived(world.parts.store.down.wanted()[0])
        if printed:
            again = [{**papers[0], "printed": 1}]
            told = Changes(cursor="d", more=False, as_of=AS_OF, tickets=(row,), documents=tuple(again))
            world.parts.store.down.take(told)
    return document


def folder_of(world: World) -> Path:
    return world.parts.waiting._folder.parent


def show(world: World, claim: Claim) -> None:
    world.do(Event.CHECK)
    world.codes.scan(claim_code(claim))
    world.kiosk.look()
    assert world.step is Step.WAITING


def line_is_down(world: World) -> None:
    question = world.parts.store.next_question()
    assert question is not None
    world.parts.store.fail(question.id, "tidak_tersambung")
    world.kiosk.look()


def to_local_document(world: World, claim: Claim, document: str) -> None:
    show(world, claim)
    line_is_down(world)
    assert world.step is Step.STATUS
    world.do(world.kiosk.open_document(document))


def asking(world: World) -> Asking:
    assert world.kiosk.visit.asking is not None
    return world.kiosk.visit.asking


# --- status without a line --------------------------------------------------------------------------------------------


def test_without_a_line_the_code_tells_the_last_status_and_its_date(world: World, claim: Claim) -> None:
    bring(world, claim, None, state="DIPROSES")
    show(world, claim)
    line_is_down(world)
    assert world.step is Step.STATUS
    status = asking(world).status
    assert status is not None
    assert (status.state, status.words) == ("DIPROSES", world.parts.catalogue.status_words["DIPROSES"])  # type: ignore[index]  # StrEnum
    assert asking(world).as_of == AS_OF


def test_a_line_that_is_dead_without_saying_so_is_waited_for_a_moment_only(world: World, claim: Claim) -> None:
    bring(world, claim, None)
    show(world, claim)
    world.clock.advance(LOCAL_PATIENCE_S - 1)
    world.kiosk.look()
    assert world.step is Step.WAITING
    world.clock.advance(2)
    world.kiosk.look()
    assert (world.step, asking(world).as_of) == (Step.STATUS, AS_OF)
    assert LOCAL_PATIENCE_S < PATIENCE_S


def test_a_pin_proves_nothing_without_a_line_and_is_told_so(world: World, claim: Claim) -> None:
    bring(world, claim, None)
    for ticket in (claim.ticket, new_claim(17, secrets).ticket):  # known or not: the same words
        world.to_waiting(ticket, claim.pin)
        line_is_down(world)
        assert (world.step, asking(world).code) == (Step.NO_ANSWER, "pin_tanpa_sambungan")
        world.kiosk.leave()
    assert "pin_tanpa_sambungan" in world.parts.catalogue.complaints


def test_a_kiosk_that_never_heard_anything_promises_nothing(world: World, claim: Claim) -> None:
    world.to_waiting(claim.ticket, claim.pin)
    line_is_down(world)
    assert asking(world).code == "tidak_tersambung"


def test_a_made_up_code_for_a_true_ticket_tells_nothing(world: World, claim: Claim) -> None:
    bring(world, claim, None)
    show(world, Claim(ticket=claim.ticket, secret=bytes(16), pin=claim.pin))
    line_is_down(world)
    assert (world.step, asking(world).status) == (Step.NO_ANSWER, None)


def test_the_line_comes_back_and_the_centre_is_asked_again(world: World, claim: Claim) -> None:
    bring(world, claim, None)
    show(world, claim)
    line_is_down(world)
    world.do(world.kiosk.ask_again())
    assert world.step is Step.WAITING
    world.centre_answers(state="SELESAI", words="Pengajuan sudah selesai")
    assert (world.step, asking(world).as_of) == (Step.STATUS, "")


# --- documents without a line -----------------------------------------------------------------------------------------


def test_the_waiting_document_opens_is_shown_and_printed(world: World, claim: Claim, signed: bytes) -> None:
    document = bring(world, claim, signed)
    to_local_document(world, claim, document)
    assert world.step is Step.DOCUMENT
    shown = picture(world.kiosk.visit)
    assert shown is not None
    assert shown.startswith(b"\x89PNG")
    world.do(world.kiosk.print_document())
    assert (world.step, world.paper.printed) == (Step.PRINTED, [signed])
    assert [job.state for job in world.parts.store.prints_of(document)] == [PrintState.CONFIRMED]
    (told,) = world.parts.store.claims.due()
    assert (told.document, told.ticket, told.outcome) == (document, claim.ticket, Outcome.CAME)


@pytest.mark.parametrize("spoil", ["cut off", "one bit", "gone", "another document's"])
def test_a_spoilt_copy_is_told_and_fetched_anew(world: World, claim: Claim, signed: bytes, spoil: str) -> None:
    document = bring(world, claim, signed)
    path = folder_of(world) / "documents" / f"{document}.packet"
    whole = path.read_bytes()
    match spoil:
        case "cut off":
            path.write_bytes(whole[:-20])
        case "one bit":
            path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        case "gone":
            path.unlink()
        case _:
            path.write_bytes(
                sealing.seal_document(
                    signed, public=sealing.claim_public(claim.secret, claim.ticket), document=str(uuid7()),
                    ticket=claim.ticket,
                )
            )  # fmt: skip
    to_local_document(world, claim, document)
    assert (world.step, asking(world).code) == (Step.NO_ANSWER, "simpanan_rusak")
    assert "simpanan_rusak" in world.parts.catalogue.complaints
    assert [one.id for one in world.parts.store.down.wanted()] == [document]
    assert world.paper.printed == []


def test_what_the_office_did_not_sign_waits_in_vain(world: World, claim: Claim, office: Office) -> None:
    """Whoever sealed it knew the claim's key: that alone is no signature."""
    document = bring(world, claim, with_an_addition(office.sign(blank_pdf())))
    to_local_document(world, claim, document)
    world.do(world.kiosk.print_document())
    assert (world.step, world.paper.printed) == (Step.UNTRUSTED, [])


def test_a_document_that_has_not_come_yet_is_not_offered(world: World, claim: Claim, signed: bytes) -> None:
    document = bring(world, claim, signed)
    world.parts.store.down.spoilt(world.parts.store.down.documents_of(claim.ticket)[0])
    show(world, claim)
    line_is_down(world)
    status = asking(world).status
    assert status is not None
    assert status.documents == ()
    world.do(world.kiosk.open_document(document))
    assert world.step is Step.STATUS


def test_a_document_withdrawn_while_the_status_is_on_the_screen_does_not_open(
    world: World, claim: Claim, signed: bytes
) -> None:
    document = bring(world, claim, signed)
    show(world, claim)
    line_is_down(world)
    bring(world, claim, None)
    world.do(world.kiosk.open_document(document))
    assert (world.step, asking(world).code) == (Step.NO_ANSWER, "tidak_tersambung")


def test_a_document_withdrawn_while_it_is_looked_at_is_not_printed(world: World, claim: Claim, signed: bytes) -> None:
    """It was wrong, and the office replaced it: a minute of looking would have put the wrong one into the world."""
    document = bring(world, claim, signed)
    to_local_document(world, claim, document)
    bring(world, claim, None)
    world.do(world.kiosk.print_document())
    assert (world.step, world.paper.printed) == (Step.WAITING, [])
    assert not asking(world).pdf
    assert world.parts.store.prints_of(document) == ()
    line_is_down(world)
    assert (world.step, asking(world).as_of) == (Step.STATUS, AS_OF)


def nothing_more_comes_out(world: World, *, printed: int) -> None:
    assert (world.step, len(world.paper.printed)) == (Step.WAITING, printed)
    assert not asking(world).pdf


def test_a_copy_of_what_was_withdrawn_is_not_printed_for_staff_either(
    world: World, claim: Claim, signed: bytes
) -> None:
    """The office replaced it while the clerk looked for the reason."""
    come(world)
    document = bring(world, claim, signed)
    printed_once(world, claim, document)
    world.do(world.kiosk.print_document())
    assert world.step is Step.STAFF_REPRINT
    bring(world, claim, None)
    world.do(world.kiosk.reprint("macet"))
    nothing_more_comes_out(world, printed=1)


def before_an_empty_tray(world: World, claim: Claim, signed: bytes) -> None:
    document = bring(world, claim, signed)
    to_local_document(world, claim, document)
    world.paper.run_out_of_paper()
    world.do(world.kiosk.print_document())
    assert world.step is Step.UNPRINTED


def test_what_was_withdrawn_while_the_tray_was_empty_is_not_printed_when_there_is_paper(
    world: World, claim: Claim, signed: bytes
) -> None:
    before_an_empty_tray(world, claim, signed)
    bring(world, claim, None)
    world.paper.refill()
    world.kiosk.look()
    nothing_more_comes_out(world, printed=0)


# --- once -------------------------------------------------------------------------------------------------------------


def printed_once(world: World, claim: Claim, document: str) -> None:
    to_local_document(world, claim, document)
    world.do(world.kiosk.print_document())
    assert world.step is Step.PRINTED
    world.do(Event.TO_STATUS, world.kiosk.open_document(document))
    assert world.step is Step.DOCUMENT


def test_without_a_line_nobody_prints_a_second_copy_alone(world: World, claim: Claim, signed: bytes) -> None:
    printed_once(world, claim, bring(world, claim, signed))
    world.do(world.kiosk.print_document())
    assert (world.step, world.kiosk.visit.complaint) == (Step.DOCUMENT, "sudah_dicetak")
    assert "sudah_dicetak" in world.parts.catalogue.complaints
    assert len(world.paper.printed) == 1


def test_staff_prints_it_again_with_a_reason(world: World, claim: Claim, signed: bytes) -> None:
    come(world)
    printed_once(world, claim, bring(world, claim, signed))
    world.do(world.kiosk.print_document())
    assert world.step is Step.STAFF_REPRINT
    world.do(world.kiosk.reprint("macet"))
    assert (world.step, len(world.paper.printed)) == (Step.PRINTED, 2)
    assert acts(world)[-1] == ("reprinted_macet", claim.ticket)
    assert len(world.parts.store.claims.due()) == 2, "the centre hears of both"


def test_what_was_printed_at_the_office_needs_staff_here_too(world: World, claim: Claim, signed: bytes) -> None:
    document = bring(world, claim, signed, printed=1)
    to_local_document(world, claim, document)
    world.do(world.kiosk.print_document())
    assert (world.kiosk.visit.complaint, world.paper.printed) == ("sudah_dicetak", [])


def test_a_print_that_never_reached_paper_uses_nothing_up(world: World, claim: Claim, signed: bytes) -> None:
    before_an_empty_tray(world, claim, signed)
    world.paper.refill()
    world.do(world.kiosk.back(), world.kiosk.print_document())
    assert (world.step, len(world.paper.printed)) == (Step.PRINTED, 1)
    assert [claim.outcome for claim in world.parts.store.claims.due()] == [Outcome.CAME]


def test_the_power_goes_while_it_prints_and_the_centre_hears_of_a_doubt(
    world: World, claim: Claim, signed: bytes
) -> None:
    document = bring(world, claim, signed)
    to_local_document(world, claim, document)
    world.paper.lose_the_next_answer()
    world.do(world.kiosk.print_document())
    assert world.step is Step.DOUBTFUL
    world.parts.store.reconcile_prints()  # the next start
    assert [claim.outcome for claim in world.parts.store.claims.due()] == [Outcome.DOUBTFUL]


# --- with a line ------------------------------------------------------------------------------------------------------


def answered(world: World, document: str, pdf: bytes) -> None:
    facts = {"id": document, "output": "KK", "name": "Kartu Keluarga", "pages": "1"}
    facts["sha256"] = hashlib.sha256(pdf).hexdigest()
    world.centre_answers(state="SIAP_CETAK", words="Pengajuan sudah selesai", documents=(facts,))


def test_with_a_line_the_waiting_copy_saves_it(world: World, claim: Claim, signed: bytes) -> None:
    document = bring(world, claim, signed)
    show(world, claim)
    answered(world, document, signed)
    world.do(world.kiosk.open_document(document))
    assert world.step is Step.DOCUMENT
    assert world.parts.store.next_question() is None, "nothing was asked a second time"


@pytest.mark.parametrize("row", [{"sha256": "0" * 64}, {"lain": ""}], ids=["replaced", "a centre of last year"])
def test_a_copy_that_may_be_old_is_left_and_the_centre_asked(
    world: World, claim: Claim, signed: bytes, row: dict[str, str]
) -> None:
    document = bring(world, claim, signed)
    show(world, claim)
    facts = {"id": document, "output": "KK", "name": "Kartu Keluarga", "pages": "1", **row}
    world.centre_answers(state="SIAP_CETAK", words="Pengajuan sudah selesai", documents=(facts,))
    world.do(world.kiosk.open_document(document))
    assert world.step is Step.WAITING
    world.centre_answers(pdf=encoded(signed))
    assert world.step is Step.DOCUMENT


def test_with_a_line_a_spoilt_copy_costs_only_the_line(world: World, claim: Claim, signed: bytes) -> None:
    document = bring(world, claim, signed)
    (folder_of(world) / "documents" / f"{document}.packet").write_bytes(b"dust")
    show(world, claim)
    answered(world, document, signed)
    world.do(world.kiosk.open_document(document))
    assert world.step is Step.WAITING
    world.centre_answers(pdf=encoded(signed))
    assert world.step is Step.DOCUMENT


def test_who_gave_a_pin_gets_the_document_by_the_line_as_ever(world: World, claim: Claim, signed: bytes) -> None:
    document = bring(world, claim, signed)
    world.to_waiting(claim.ticket, claim.pin)
    answered(world, document, signed)
    world.do(world.kiosk.open_document(document))
    assert world.step is Step.WAITING


# --- what the disk gives away -----------------------------------------------------------------------------------------


def everything_on(world: World) -> list[bytes]:
    """Every file whole, and every value of every table, the store opened with its key."""
    found = [path.read_bytes() for path in folder_of(world).rglob("*") if path.is_file()]
    with world.parts.store._engine.connect() as connection:
        for table in metadata.tables.values():
            for row in connection.execute(sa.select(table)):
                found += [value if isinstance(value, bytes) else str(value).encode() for value in row]
    return found


def keys_in(found: list[bytes]) -> set[bytes]:
    """Whatever could be a secret of 16 or 32 bytes: values themselves, their hex, and their hashes."""
    keys = set[bytes]()
    for value in found:
        tokens = [value, *re.findall(rb"[0-9a-f]{32,64}", value)] if len(value) < 5000 else []
        for token in tokens:
            raw = bytes.fromhex(token.decode()) if re.fullmatch(rb"([0-9a-f]{2})+", token) else token
            keys |= {raw[:16], raw[-16:], raw[:32], raw[-32:], hashlib.sha256(raw).digest()}
    return {key for key in keys if len(key) in (16, 32)}


def test_a_full_read_of_disk_and_store_opens_nothing(world: World, claim: Claim, signed: bytes) -> None:
    """A visit that asked, saw and printed it, then a thief with the disk AND the store's key."""
    document = bring(world, claim, signed)
    to_local_document(world, claim, document)
    world.do(world.kiosk.print_document())
    world.kiosk.leave()
    found = everything_on(world)
    everything = b"\n".join(found)
    secret = claim.secret
    for needle in (secret, secret.hex().encode(), secret.hex().upper().encode(), claim_code(claim).split()[2].encode(),
                   claim.pin.encode() + b"\x00", signed[:200], b"%PDF", b"/Type /Catalog"):  # fmt: skip
        assert needle not in everything
    held = world.parts.store.down.documents_of(claim.ticket)[0]
    sealed = world.parts.waiting.read(document, 0, 10**7)
    candidates = keys_in(found)
    assert len(candidates) > 20, "the search looks at something"
    assert claim.ticket.encode() in everything
    for key in candidates:
        with pytest.raises(PacketError):
            sealing.open_document(sealed, secret=key, document=document, ticket=claim.ticket, content=held.content)
    opened = sealing.open_document(sealed, secret=secret, document=document, ticket=claim.ticket, content=held.content)
    assert opened == signed, "only the paper does"


def test_the_same_search_finds_a_secret_that_was_left_behind(world: World, claim: Claim, signed: bytes) -> None:
    bring(world, claim, signed)
    world.parts.store.note("leak", "", claim.secret.hex())
    assert claim.secret in keys_in(everything_on(world))


def test_the_visit_is_wiped_and_nothing_of_the_claim_stays_in_memory(world: World, claim: Claim, signed: bytes) -> None:
    document = bring(world, claim, signed)
    to_local_document(world, claim, document)
    held = asking(world)
    assert held.secret == claim.secret
    world.kiosk.leave()
    assert (held.secret, held.pin, held.key, held.pdf, held.status, held.ticket) == (None, None, None, b"", None, "")
    gc.collect()
    alive = [one for one in gc.get_objects() if isinstance(one, Asking) and (one.secret or one.pdf)]
    assert alive == []
