"""The paper is the key: what opens a waiting document, what does not, and what is taken from the centre at all."""

import hashlib
import json
import secrets

import pytest
from uuid6 import uuid7

from adminduk.changes import Changes, Outcome, PrintNoted, PrintReport
from adminduk.messages import MessageError
from adminduk.packets import PacketError
from adminduk.tickets import claim_code, new_claim, read_claim_code
from adminduk.waiting import claim_public, open_document, proves, seal_document, verifier

CLAIM = new_claim(17, secrets)
DOCUMENT, OTHER = str(uuid7()), str(uuid7())
PDF = b"%PDF-1.7 a document"
CONTENT = hashlib.sha256(PDF).hexdigest()
SEALED = seal_document(PDF, public=claim_public(CLAIM.secret, CLAIM.ticket), document=DOCUMENT, ticket=CLAIM.ticket)
STAMP = "2026-11-20T03:00:00.000000Z"


def opened(**changes: object) -> bytes:
    given = {"secret": CLAIM.secret, "document": DOCUMENT, "ticket": CLAIM.ticket, "content": CONTENT}
    sealed = changes.pop("sealed", SEALED)
    return open_document(sealed, **{**given, **changes})  # type: ignore[arg-type]  # one of them wrong


def test_the_receipts_code_opens_it() -> None:
    read = read_claim_code(claim_code(CLAIM))
    assert read is not None
    assert opened(ticket=read[0], secret=read[1]) == PDF


@pytest.mark.parametrize(
    "wrong",
    [
        {"secret": new_claim(17, secrets).secret},
        {"ticket": new_claim(17, secrets).ticket},
        {"document": OTHER},
        {"content": hashlib.sha256(b"other").hexdigest()},
        {"sealed": SEALED[:-1]},
        {"sealed": SEALED[:-1] + bytes([SEALED[-1] ^ 1])},
        {"sealed": b""},
    ],
    ids=["another code", "another ticket", "another document", "another content", "cut off", "one bit", "nothing"],
)
def test_nothing_else_opens_it(wrong: dict[str, object]) -> None:
    with pytest.raises(PacketError) as caught:
        opened(**wrong)
    assert caught.value.code == "segel_rusak"


def test_the_same_pdf_sealed_twice_looks_different() -> None:
    again = seal_document(PDF, public=claim_public(CLAIM.secret, CLAIM.ticket), document=DOCUMENT, ticket=CLAIM.ticket)
    assert again != SEALED
    assert len(again) == len(PDF) + 48


def test_the_centres_half_and_the_verifier_open_nothing() -> None:
    public = claim_public(CLAIM.secret, CLAIM.ticket)
    for key in (bytes.fromhex(public), bytes.fromhex(verifier(public))):
        for length in (16, 32):
            with pytest.raises(PacketError):
                opened(secret=key[:length])


def test_a_code_proves_itself_and_no_other() -> None:
    held = verifier(claim_public(CLAIM.secret, CLAIM.ticket))
    assert proves(CLAIM.secret, CLAIM.ticket, held)
    assert not proves(bytes(16), CLAIM.ticket, held)
    assert not proves(CLAIM.secret, new_claim(17, secrets).ticket, held)
    assert not proves(CLAIM.secret, CLAIM.ticket, "")


# --- messages ---------------------------------------------------------------------------------------------------------

TICKET = {
    "ticket": CLAIM.ticket, "number": 3, "state": "SIAP_CETAK", "reason": "", "changed_at": STAMP, "verifier": "a" * 64,
}  # fmt: skip
PAPER = {
    "id": DOCUMENT, "ticket": CLAIM.ticket, "output": "KK", "pages": 1, "size": 90, "sha256": "b" * 64, "content": CONTENT,
    "printed": 0,
}  # fmt: skip


def page(**changes: object) -> bytes:
    given = {"v": 1, "cursor": "abc", "more": False, "as_of": STAMP, "tickets": [TICKET], "documents": [PAPER]}
    return json.dumps({**given, **changes}).encode()


def test_a_page_comes_as_it_went() -> None:
    read = Changes.from_json(page())
    assert Changes.from_json(read.to_json()) == read
    assert read.documents[0]["content"] == CONTENT


@pytest.mark.parametrize(
    "wrong",
    [
        {"cursor": "a b"},
        {"cursor": ""},
        {"as_of": "yesterday"},
        {"tickets": [TICKET | {"state": "HILANG"}]},
        {"tickets": [TICKET | {"ticket": "123"}]},
        {"tickets": [TICKET | {"number": True}]},
        {"tickets": [TICKET | {"number": 0}]},
        {"tickets": [TICKET | {"nama": "X"}]},
        {"tickets": [TICKET | {"reason": "a sentence about somebody"}]},
        {"tickets": [TICKET | {"verifier": "zz"}]},
        {"tickets": [], "documents": [PAPER]},
        {"documents": [PAPER | {"id": "../../etc/passwd"}]},
        {"documents": [PAPER | {"size": 10**9}]},
        {"documents": [PAPER | {"printed": 2}]},
        {"documents": [PAPER | {"sha256": "b"}]},
    ],
)
def test_what_no_centre_of_ours_would_say_is_not_taken(wrong: dict[str, object]) -> None:
    with pytest.raises(MessageError):
        Changes.from_json(page(**wrong))


@pytest.mark.parametrize("wrong", [{"outcome": "maybe"}, {"id": "x"}, {"ticket": "0"}, {"at": "now"}, {"document": ""}])
def test_a_print_is_told_in_its_words_only(wrong: dict[str, str]) -> None:
    given = {"id": OTHER, "document": DOCUMENT, "ticket": CLAIM.ticket, "at": STAMP, "outcome": Outcome.CAME}
    told = json.dumps({"v": 1, "clock_trusted": True, **given})
    assert PrintReport.from_json(told.encode()).outcome == "tercetak"
    with pytest.raises(MessageError):
        PrintReport.from_json(json.dumps({"v": 1, "clock_trusted": True, **given, **wrong}).encode())


def test_fewer_than_no_other_prints_is_no_answer() -> None:
    with pytest.raises(MessageError):
        PrintNoted.from_json(json.dumps({"v": 1, "id": OTHER, "others": -1}).encode())
