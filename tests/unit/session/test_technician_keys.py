"""The readiness report says how strongly the kiosk's keys are kept."""

import io
from dataclasses import replace
from pathlib import Path

import pytest
from pypdf import PdfReader

from kiosk.keys import STORAGES
from kiosk.session.technician import report
from tests.unit.session.workshop import Workshop


@pytest.mark.parametrize(
    ("storage", "words"),
    [("tpm2", "terikat pada TPM2"), ("host", "lebih lemah"), ("files", "paling lemah"), ("", "")],
)
def test_a_report_says_where_the_keys_lie_when_that_is_known(tmp_path: Path, storage: str, words: str) -> None:
    shop = Workshop(tmp_path)
    parts = replace(shop.parts, toolbox=replace(shop.parts.toolbox, key_storage=storage))
    printed = report.pdf(parts, report.made(parts, staff_id="P-0007"))
    shop.parts.store.close()
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(printed)).pages)
    assert words in text
    assert ("Kunci" in text) == bool(storage)
    assert not storage or storage in STORAGES
