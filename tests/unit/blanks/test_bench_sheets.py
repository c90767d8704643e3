"""The technician's sheets by typst: the same bytes for the same input, one page or more, nothing of anybody on them."""

from dataclasses import asdict
from typing import Any

import pypdfium2
import pytest

from blanks import FormError
from blanks.bench import readiness, target_sheet
from kiosk.imaging.target import LAYOUT

WORDS = {"title": "Lembar uji", "rule": "100 mm", "small": "Huruf kecil", "hint": "Simpan."}
DEVICE: dict[str, Any] = {
    "good": True, "name": "Pencetak struk", "state": "Siap", "code": "", "step": "", "evidence": "", "test": "Lulus",
    "when": "21 November 2026 10:12 WIB", "numbers": "", "address": "serial:///dev/serial/by-id/" + "x" * 90,
}  # fmt: skip


def report(*devices: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {
        "title": "Laporan kesiapan", "ready": True, "verdict": "SIAP", "because": "karena:", "reasons": [],
        "facts": [["Kios", "kios-17"]], "heads": ["Perangkat", "Keadaan", "Uji", "Alamat"], "devices": list(devices),
        "signatures": ["Teknisi", "Petugas"], "capsule": "KIOK1 KIOS-17", "capsule_hint": "Kapsul", "page": "{n} dari {all}",
        **changes,
    }  # fmt: skip


def text(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    return [page.get_textpage().get_text_bounded().replace("\u200b", "") for page in document]


def sheet(code: str = "KIOU1 00") -> bytes:
    return target_sheet(asdict(LAYOUT), code=code, words=WORDS, facts=[("Kios", "kios-17")])


def test_a_test_sheet_is_one_page_of_a4_and_the_same_each_time() -> None:
    page = pypdfium2.PdfDocument(sheet())
    assert len(page) == 1
    assert page[0].get_size() == pytest.approx((595.28, 841.89), abs=0.1)
    assert sheet() == sheet() != sheet("KIOU1 01")
    (words,) = text(sheet())
    for said in ("Lembar uji", "100 mm", "KIOU1 00", "kios-17"):
        assert said in words
    assert words.count("Huruf kecil") == len(LAYOUT.zones)


def test_a_report_says_its_verdict_and_each_device() -> None:
    broken = {
        **DEVICE,
        "good": False,
        "name": "Pencetak A4",
        "code": "paper.jam",
        "step": "Ikuti jalur kertas; bersihkan rol.",
    }
    (page,) = text(
        readiness(report(DEVICE, broken, ready=False, verdict="BELUM SIAP", reasons=["Pencetak A4: Terganggu"]))
    )
    for said in ("BELUM SIAP", "Pencetak A4: Terganggu", "paper.jam", "bersihkan rol", "1 dari 1", "by-id"):
        assert said in page.replace("\r\n", " ")


def test_more_devices_than_a_page_holds_go_on_the_next() -> None:
    pages = text(readiness(report(*[DEVICE] * 40)))
    assert len(pages) > 1
    assert "2 dari" in pages[1]


def test_what_is_typed_into_an_address_is_never_code() -> None:
    (page,) = text(readiness(report({**DEVICE, "address": "#panic()", "evidence": "*[x]*"})))
    assert "#panic()" in page


def test_what_is_missing_is_an_error_of_ours() -> None:
    with pytest.raises(FormError):
        target_sheet({}, code="KIOU1 00", words=WORDS, facts=[])
