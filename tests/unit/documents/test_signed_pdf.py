"""What may befall a signed paper between the office and the village printer."""

import subprocess
import sys
from datetime import timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from adminduk.signed_pdf import Signed, Untrusted, Why, verify
from tests.unit.documents.paperwork import NOW, SIGNER, Office, blank_pdf, with_an_addition


@pytest.fixture(scope="module")
def office():
    return Office.open()


@pytest.fixture(scope="module")
def paper(office):
    return office.sign(blank_pdf())


def test_the_offices_own_paper_is_trusted_and_names_its_signer(office, paper):
    verdict = verify(paper, office.pem, now=NOW)

    assert isinstance(verdict, Signed)
    assert verdict.signer == SIGNER
    assert verdict.at is not None
    assert verdict.at.tzinfo is not None


def test_one_of_several_roots_suffices(office, paper):
    assert isinstance(verify(paper, Office.open("Akar Lama").pem + office.pem, now=NOW), Signed)


def test_an_unsigned_paper_is_refused(office):
    assert verify(blank_pdf(), office.pem, now=NOW) == Untrusted(Why.UNSIGNED)


def test_a_byte_changed_on_the_way_is_noticed(office, paper):
    place = paper.index(b"/MediaBox") + len(b"/MediaBox[ 0 0 5")
    changed = paper[:place] + bytes([paper[place] ^ 1]) + paper[place + 1 :]

    assert verify(changed, office.pem, now=NOW) == Untrusted(Why.CHANGED)


def test_a_torn_download_is_refused(office, paper):
    assert verify(paper[:-2000], office.pem, now=NOW) == Untrusted(Why.BROKEN)


def test_a_paper_without_a_page_is_refused_before_its_signature_is_looked_at(office, paper):
    empty = paper.replace(b"/Count 1", b"/Count 0")
    assert empty != paper
    assert verify(empty, office.pem, now=NOW) == Untrusted(Why.BROKEN)


def test_an_empty_answer_is_refused(office):
    assert verify(b"", office.pem, now=NOW) == Untrusted(Why.BROKEN)


def test_a_login_page_of_the_village_wifi_is_no_paper(office):
    assert verify(b"<html>Silakan masuk</html>", office.pem, now=NOW) == Untrusted(Why.BROKEN)


def test_a_paper_signed_by_a_stranger_with_the_same_names_is_refused(paper):
    assert verify(paper, Office.open().pem, now=NOW) == Untrusted(Why.NOT_OURS)


def test_something_added_after_a_certifying_signature_is_refused(office, paper):
    assert verify(with_an_addition(paper), office.pem, now=NOW) == Untrusted(Why.CHANGED)


def test_something_added_after_a_plain_signature_is_refused_too(office):
    plain = office.sign(blank_pdf(), certify=False)

    assert isinstance(verify(plain, office.pem, now=NOW), Signed)
    assert verify(with_an_addition(plain), office.pem, now=NOW) == Untrusted(Why.CHANGED)


def test_a_strangers_second_signature_on_top_of_ours_is_refused(office):
    ours = office.sign(blank_pdf(), certify=False)
    theirs = Office.open("Akar Lain").sign(ours, certify=False, field="TTE2")

    assert verify(theirs, office.pem, now=NOW) == Untrusted(Why.NOT_OURS)


def test_a_certificate_that_had_run_out_is_refused():
    past = Office.open(until=NOW - timedelta(days=1))

    assert verify(past.sign(blank_pdf()), past.pem, now=NOW) == Untrusted(Why.NOT_OURS)


def test_a_file_larger_than_any_paper_is_refused_unread(office):
    assert verify(b"%PDF-1.7" + b" " * 20_000_000, office.pem, now=NOW) == Untrusted(Why.BROKEN)


@pytest.mark.parametrize("roots", [b"", b"not a certificate"])
def test_roots_without_a_certificate_are_a_set_up_mistake_and_say_so(paper, roots):
    with pytest.raises(ValueError, match="PEM"):
        verify(paper, roots, now=NOW)


def test_the_codes_are_the_contracts():
    assert {why.value for why in Why} == {"tidak_bertanda_tangan", "berubah", "tidak_dipercaya", "rusak"}


OFFICE = Office.open()
PAPER = OFFICE.sign(blank_pdf())
SEAL = range(PAPER.index(b"/Contents <") + 11, PAPER.index(b">", PAPER.index(b"/Contents <")))


@settings(max_examples=120, deadline=None)
@given(place=st.integers(0, len(PAPER) - 1).filter(lambda at: at not in SEAL), flip=st.integers(1, 255))
@example(place=668, flip=1)  # a number that is none: decimal.InvalidOperation
def test_no_bent_byte_outside_the_seal_passes_or_escapes_as_an_exception(place, flip):
    bent = PAPER[:place] + bytes([PAPER[place] ^ flip]) + PAPER[place + 1 :]

    assert isinstance(verify(bent, OFFICE.pem, now=NOW), Untrusted)


@settings(max_examples=60, deadline=None)
@given(length=st.integers(0, len(PAPER) - 1))
def test_no_torn_file_passes_or_escapes_as_an_exception(length):
    assert isinstance(verify(PAPER[:length], OFFICE.pem, now=NOW), Untrusted)


@settings(max_examples=60, deadline=None)
@given(place=st.integers(SEAL.start, SEAL.start + 3000), digit=st.sampled_from(b"0123456789abcdefZ< "))
def test_a_bent_seal_never_names_another_signer_or_escapes_as_an_exception(place, digit):
    bent = PAPER[:place] + bytes([digit]) + PAPER[place + 1 :]

    verdict = verify(bent, OFFICE.pem, now=NOW)

    assert isinstance(verdict, Untrusted) or verdict.signer == SIGNER


WATCHED = """
import sys
import kiosk.documents, pyhanko.sign.validation, pypdfium2, PIL.PngImagePlugin
pdf, roots = open(sys.argv[1], "rb").read(), open(sys.argv[2], "rb").read()
def watch(event, args):
    if event == "open" and isinstance(args[1], str) and set(args[1]) & set("wax+"):
        print("wrote", args[0])
    if event in ("tempfile.mkstemp", "os.mkdir", "os.rename"):
        print(event)
sys.dont_write_bytecode = True
sys.addaudithook(watch)
from kiosk.documents import page_count, preview, verify
print(type(verify(pdf, roots)).__name__, page_count(pdf), preview(pdf)[1:4])
"""


def test_looking_at_a_paper_leaves_nothing_on_the_disk(office, paper, tmp_path):
    (tmp_path / "paper").write_bytes(paper)
    (tmp_path / "roots").write_bytes(office.pem)

    command = [sys.executable, "-c", WATCHED, str(tmp_path / "paper"), str(tmp_path / "roots")]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split("\n")

    assert said[:-1] == ["Signed 1 b'PNG'"]
