"""The signed specimen: what it says, that it says CONTOH, who signed it, and that no changed byte goes unseen."""

import io
import stat
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2
import pytest
import zxingcpp
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from hypothesis import given, settings
from hypothesis import strategies as st
from pyhanko.keys import load_cert_from_pemder
from pyhanko.pdf_utils.generic import pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from adminduk.application import Role
from adminduk.packets import Packet
from adminduk.services import Catalogue
from adminduk.tickets import spaced
from central.accounts import Officer
from central.blobs import BlobError, FolderBlobs
from central.context import Context
from central.documents import make_documents
from central.documents.authority import CERTIFICATE, KEY, ROOT, create_test_authority, roots_pem
from central.documents.making import page_count
from central.documents.rendering import Sheet, outputs_of, render, sections
from central.documents.signing import FIELD, sign
from content.loader import load
from tests.unit.central.people import ANSWERS, NAME, NIK, PHONE, packet, ticket

PENA = Officer(username="pena", name="Kepala Dinas Contoh", role=Role.PENANDA_TANGAN)
NUMBER = "019a0000-0000-7000-8000-000000000001"
EVENING = datetime(2026, 11, 20, 18, 30, tzinfo=UTC)  # already the 21st in Wonogiri
RARE = settings(max_examples=6, deadline=None)


@pytest.fixture(scope="session")
def authority(prepared: Path) -> Path:
    return prepared / "authority"


@cache
def content() -> Catalogue:
    return load("wonogiri")


def sheet(opened: Packet, **changes: Any) -> Sheet:
    output = outputs_of(content(), opened)[0]
    given = {"number": NUMBER, "output": output, "packet": opened, "signer": PENA.name, "signed_at": EVENING, **changes}
    return Sheet(**given)


def said(pdf: bytes) -> str:
    """The text of all pages, spaces made one."""
    document = pypdfium2.PdfDocument(pdf)
    text = " ".join(document[at].get_textpage().get_text_bounded() for at in range(len(document)))
    document.close()
    return " ".join(text.split())


def drawn(pdf: bytes, page: int = 0) -> np.ndarray:
    """A page as grey pixels at 144 dpi."""
    document = pypdfium2.PdfDocument(pdf)
    picture = np.asarray(document[page].render(scale=2).to_pil().convert("L"))
    document.close()
    return picture


@pytest.fixture(scope="session")
def plain() -> bytes:
    """Rendered, not yet signed."""
    return render(content(), sheet(packet("K-0001")))


@pytest.fixture(scope="session")
def pdf(plain: bytes, authority: Path) -> bytes:
    return sign(plain, authority)


# --- what it says ---------------------------------------------------------------------------------------------------


def test_it_says_that_it_is_a_specimen_above_below_and_across(plain: bytes) -> None:
    text = said(plain)
    assert text.count("BUKAN DOKUMEN RESMI") == 2
    assert text.count("CONTOH") >= 4
    assert (drawn(plain)[300:1300] < 250).mean() > 0.02  # the large word across the middle


def test_it_says_what_was_asked_for_by_whom_and_when(plain: bytes) -> None:
    text = said(plain)
    expected = (
        "PEMERINTAH KABUPATEN WONOGIRI", "KARTU KELUARGA", NIK, NAME, "GURU", "21 November 2026", PENA.name, NUMBER,
        spaced(ticket(1)),
    )  # fmt: skip
    assert [words for words in expected if words not in text] == []


def test_it_is_one_a4_sheet(plain: bytes) -> None:
    document = pypdfium2.PdfDocument(plain)
    assert [round(side) for side in document[0].get_size()] == [595, 842]
    assert len(document) == page_count(plain) == 1
    document.close()


def test_how_to_reach_the_villager_stays_out_of_it(plain: bytes) -> None:
    assert PHONE not in said(plain)
    assert PHONE[3:] not in said(plain).replace(" ", "").replace("-", "")


def test_its_qr_code_stands_at_the_bottom_right_and_holds_nothing_personal(plain: bytes) -> None:
    picture = drawn(plain)
    (code,) = zxingcpp.read_barcodes(picture)
    assert code.text == f"CONTOH {NUMBER} {ticket(1)}"
    height, width = picture.shape
    assert code.position.top_left.x > width * 0.6
    assert code.position.top_left.y > height * 0.6


@pytest.mark.parametrize(
    "name",
    [
        "#panic()",
        '#read("/etc/passwd")',
        "*tebal* _miring_ $x$",
        "\\",
        "[x] {y} <z> @w",
        '"; }',
        "NI'MAH D. S.Pd.",
        "// x",
    ],
)
def test_what_a_villager_typed_stays_text(name: str) -> None:
    assert name in said(render(content(), sheet(packet("K-0001", answers={**ANSWERS, "nama": name}))))


@RARE
@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=60))
def test_no_text_of_a_villager_stops_a_document(name: str) -> None:
    assert render(content(), sheet(packet("K-0001", answers={**ANSWERS, "nama": name}))).startswith(b"%PDF-")


def test_long_answers_go_on_on_the_next_sheet() -> None:
    made = render(content(), sheet(packet("K-0001", answers={**ANSWERS, "nama": "WARGA CONTOH " * 600})))
    assert page_count(made) > 1
    assert said(made).count("BUKAN DOKUMEN RESMI. Dukcapil") == page_count(made)


def test_a_block_without_answers_has_no_heading() -> None:
    shown = sections(content(), packet("K-0001"), None)
    assert [section for section in shown if not section["rows"]] == []
    assert len(shown) >= 2


@pytest.mark.parametrize("service", ["AKL", "AKM", "SKPWNI", "KK-BARU-1"])
def test_every_a4_output_of_a_service_is_rendered(service: str) -> None:
    opened = packet("K-0001", service=service, answers={})
    wanted = outputs_of(content(), opened)
    assert wanted
    for output in wanted:
        assert output.name.upper() in said(render(content(), sheet(opened, output=output)))


def test_cards_are_not_made_here() -> None:
    assert outputs_of(content(), packet("K-0001", service="KTP-HR")) == []


# --- who signed it --------------------------------------------------------------------------------------------------


def judge(pdf: bytes, authority: Path) -> PdfSignatureStatus:
    """The signature as a verifier sees it that trusts this authority's root only."""
    root = load_cert_from_pemder(str(authority / ROOT))  # type: ignore[no-untyped-call]  # pyhanko is partly typed
    trust = ValidationContext(trust_roots=[root], allow_fetching=False)
    return validate_pdf_signature(PdfFileReader(io.BytesIO(pdf)).embedded_signatures[0], trust)


def holds(pdf: bytes, authority: Path) -> bool:
    """Whether a verifier is content; a file that cannot be read at all is no document either."""
    try:
        return judge(pdf, authority).bottom_line
    except Exception:  # noqa: BLE001 - whatever a reader makes of broken bytes, it is no valid signature
        return False


def test_a_verifier_that_trusts_the_root_is_content(pdf: bytes, authority: Path) -> None:
    status = judge(pdf, authority)
    assert (status.intact, status.valid, status.trusted, status.bottom_line) == (True, True, True, True)
    assert status.coverage is SignatureCoverageLevel.ENTIRE_FILE
    assert "Kepala Dinas (CONTOH)" in status.signing_cert.subject.human_friendly


def test_it_is_pades_in_one_field_and_allows_no_change_after_it(pdf: bytes, authority: Path) -> None:
    (signature,) = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    assert signature.field_name == FIELD
    assert signature.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    assert signature.docmdp_level is not None
    assert signature.docmdp_level.name == "NO_CHANGES"
    assert judge(pdf, authority).docmdp_ok


def test_signing_leaves_the_words_as_they_were(plain: bytes, pdf: bytes) -> None:
    assert said(pdf) == said(plain)
    assert pdf.startswith(plain)


def test_a_root_that_a_verifier_does_not_know_is_not_trusted(pdf: bytes, tmp_path: Path) -> None:
    create_test_authority(tmp_path, now=datetime.now(UTC))
    status = judge(pdf, tmp_path)
    assert (status.intact, status.valid, status.trusted) == (True, True, False)


def positions(size: int, count: int) -> Iterator[int]:
    """Spread over a file."""
    return iter(range(count // 2, size, size // count))


def test_a_changed_byte_anywhere_is_seen(pdf: bytes, authority: Path) -> None:
    start, length = _signature_gap(pdf)
    unseen = [
        at
        for at in positions(len(pdf), 40)
        if not start <= at < start + length and holds(pdf[:at] + bytes([pdf[at] ^ 1]) + pdf[at + 1 :], authority)
    ]
    assert unseen == []


def _signature_gap(pdf: bytes) -> tuple[int, int]:
    """Where the signature itself lies: the one part that it cannot cover."""
    (signature,) = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    first, second = signature.byte_range[1], signature.byte_range[2]
    return first, second - first


def test_a_changed_signature_is_seen(pdf: bytes, authority: Path) -> None:
    (signature,) = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    value = signature.signer_info["signature"].native.hex().upper().encode()
    assert pdf.count(value) == 1
    changed = pdf.replace(value, value[:-1] + (b"1" if value.endswith(b"0") else b"0"))
    assert not holds(changed, authority)


def test_something_added_afterwards_is_seen(pdf: bytes, authority: Path) -> None:
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    writer.root["/Lang"] = pdf_string("en")
    writer.update_root()  # type: ignore[no-untyped-call]  # pyhanko is partly typed
    out = io.BytesIO()
    writer.write(out)  # type: ignore[no-untyped-call]  # pyhanko is partly typed
    assert holds(pdf, authority)
    assert not holds(out.getvalue(), authority)


def test_a_cut_file_is_seen(pdf: bytes, authority: Path) -> None:
    assert not holds(pdf[:-200], authority)


def test_it_is_not_signed_a_second_time(pdf: bytes, authority: Path) -> None:
    with pytest.raises(Exception, match=r"(?i)filled|sign"):
        sign(pdf, authority)


def test_without_a_signer_nothing_is_signed(plain: bytes, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="run `python -m central setup`"):
        sign(plain, tmp_path)


# --- the test authority ---------------------------------------------------------------------------------------------


@pytest.fixture
def made(tmp_path: Path) -> Path:
    create_test_authority(tmp_path / "authority", now=datetime.now(UTC))
    return tmp_path / "authority"


def certificate(folder: Path, name: str) -> x509.Certificate:
    return x509.load_pem_x509_certificate((folder / name).read_bytes())


def test_set_up_makes_a_root_and_a_signer_that_say_what_they_are(made: Path) -> None:
    root, signer = certificate(made, ROOT), certificate(made, CERTIFICATE)
    signer.verify_directly_issued_by(root)
    root.verify_directly_issued_by(root)
    assert all("CONTOH" in each.subject.rfc4514_string() for each in (root, signer))
    limits = [each.extensions.get_extension_for_class(x509.BasicConstraints).value.ca for each in (root, signer)]
    assert limits == [True, False]


def test_only_the_signer_s_key_is_kept_and_only_its_owner_reads_it(made: Path) -> None:
    assert sorted(path.name for path in made.iterdir()) == sorted([ROOT, CERTIFICATE, KEY])
    assert stat.S_IMODE((made / KEY).stat().st_mode) == 0o600
    key = load_pem_private_key((made / KEY).read_bytes(), None)
    assert key.public_key() == certificate(made, CERTIFICATE).public_key()
    assert "PRIVATE" not in roots_pem(made) + (made / CERTIFICATE).read_text()


def test_made_again_nothing_changes(made: Path) -> None:
    before = {path.name: path.read_bytes() for path in made.iterdir()}
    create_test_authority(made, now=datetime.now(UTC) + timedelta(days=400))
    assert {path.name: path.read_bytes() for path in made.iterdir()} == before


@pytest.mark.parametrize("written", [[ROOT], [ROOT, CERTIFICATE]])
def test_set_up_that_was_cut_off_is_made_anew_and_fits_together(made: Path, written: list[str]) -> None:
    for path in made.iterdir():
        if path.name not in written:
            path.unlink()
    create_test_authority(made, now=datetime.now(UTC))
    certificate(made, CERTIFICATE).verify_directly_issued_by(certificate(made, ROOT))
    assert holds(sign(render(content(), sheet(packet("K-0001"))), made), made)


def test_a_kabupaten_s_own_signer_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / KEY).write_text("milik kabupaten")
    create_test_authority(tmp_path, now=datetime.now(UTC))
    assert [path.name for path in tmp_path.iterdir()] == [KEY]


# --- made and kept --------------------------------------------------------------------------------------------------


def test_what_is_made_lies_in_the_store_signed_and_by_its_own_digest(light: Context, authority: Path) -> None:
    (made,) = make_documents(light, packet("K-0001"), PENA)
    kept = light.blobs.get(made.sha256)
    assert (made.output, made.size, made.pages) == ("KK", len(kept), 1)
    assert holds(kept, light.settings.authority)
    assert made.id in said(kept)
    assert NIK not in repr(made)


def test_a_service_with_two_documents_makes_two(light: Context) -> None:
    made = make_documents(light, packet("K-0001", service="AKM", answers={"nama": NAME}), PENA)
    assert sorted(each.output for each in made) == ["AKTA_KEMATIAN", "KK"]
    assert len({each.id for each in made} | {each.sha256 for each in made}) == 4


def test_no_file_is_named_after_a_person_and_no_draft_stays(light: Context) -> None:
    make_documents(light, packet("K-0001"), PENA)
    names = [path.name for path in (light.settings.dir / "documents").rglob("*") if path.is_file()]
    assert len(names) == 1
    assert len(names[0]) == 64


def test_the_moment_on_the_paper_is_the_clock_s(light: Context) -> None:
    light.clock.jump(EVENING)  # type: ignore[attr-defined]  # the tests' clock can be moved
    assert "21 November 2026" in said(light.blobs.get(make_documents(light, packet("K-0001"), PENA)[0].sha256))


def test_the_same_content_is_kept_once(tmp_path: Path) -> None:
    blobs = FolderBlobs(tmp_path)
    assert blobs.put(b"isi") == blobs.put(b"isi")
    assert blobs.get(blobs.put(b"isi")) == b"isi"
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1


def test_content_that_changed_on_the_disk_is_not_given_out(tmp_path: Path) -> None:
    blobs = FolderBlobs(tmp_path)
    key = blobs.put(b"isi")
    (tmp_path / key[:2] / key).write_bytes(b"isi!")
    with pytest.raises(BlobError) as refused:
        blobs.get(key)
    assert refused.value.code == "rusak"


@pytest.mark.parametrize("key", ["", "0" * 64, "../../keys/sealing", "A" * 64, "0" * 63, "0" * 64 + "\n"])
def test_a_key_that_there_is_not_opens_nothing(tmp_path: Path, key: str) -> None:
    with pytest.raises(BlobError) as refused:
        FolderBlobs(tmp_path).get(key)
    assert refused.value.code == "tidak_ada"


def test_a_sheet_s_words_do_not_depend_on_the_officer_s_own(light: Context) -> None:
    other = replace(PENA, name="Petugas #Lain")
    assert "Petugas #Lain" in said(light.blobs.get(make_documents(light, packet("K-0001"), other)[0].sha256))
