"""Every device code has everybody's words, and every word belongs to a code that a driver can say."""

import re
from pathlib import Path

import pytest

from adminduk.faults import Severity
from content.loader import load_faults

TOP = Path(__file__).parents[3]
FAULTS = load_faults()
DEVICES = "receipt|paper|camera|selfie|scanner|codes|card|power|disk|copy|freeze|content"
SAY_TOO = (
    "kiosk/session/consumables.py",
    "kiosk/session/freeze.py",
    "kiosk/vault/second.py",
    "kiosk/updates/errors.py",
)  # what no device says
TEST_TOO = (
    "session/test_consumables.py",
    "session/test_freeze.py",
    "vault/test_second_copy.py",
    *(f"updates/test_updates_{name}.py" for name in ("trust", "round", "shelf", "starting")),
)


def said_by_drivers() -> set[str]:
    drivers = [*(TOP / "kiosk/hardware").rglob("*.py"), *(TOP / name for name in SAY_TOO)]
    text = "".join(path.read_text() for path in drivers)
    return set(re.findall(rf'"((?:{DEVICES})\.[a-z_]+)"', text))


def promised_by_the_page() -> set[str]:
    section = (TOP / "docs/architecture.md").read_text().split("## Hardware is honest")[1].split("\n## ")[0]
    return set(re.findall(rf"\b((?:{DEVICES})\.[a-z_]+)\b", section)) - {
        f"{device}.py" for device in DEVICES.split("|")
    }


def test_a_driver_says_no_code_without_words() -> None:
    assert said_by_drivers() - set(FAULTS) == set()


def test_the_page_and_the_words_name_the_same_codes() -> None:
    assert promised_by_the_page() == set(FAULTS)


@pytest.mark.parametrize("code", FAULTS)
def test_farmer_clerk_and_technician_each_read_their_own_sentence(code: str) -> None:
    fault = FAULTS[code]
    sentences = [fault.citizen, fault.staff, fault.technician]
    assert all(len(sentence) > 10 for sentence in sentences)
    assert len(set(sentences)) == 3
    assert fault.event == code.replace(".", "_")
    assert fault.severity in Severity


@pytest.mark.parametrize("code", FAULTS)
def test_the_farmer_reads_no_technical_word(code: str) -> None:
    words = FAULTS[code].citizen.lower()
    assert not any(word in words for word in ("usb", "cups", "baud", "ipp", "status", "error", "offline", "driver"))
    assert len(FAULTS[code].citizen) <= 90


@pytest.mark.parametrize("code", FAULTS)
def test_the_technician_finds_each_code_and_its_step_in_the_manual(code: str) -> None:
    rows = [line for line in (TOP / "docs/technician.md").read_text().splitlines() if line.startswith(f"| `{code}` |")]
    assert len(rows) == 1
    assert FAULTS[code].technician in rows[0]


def test_every_receipt_and_paper_code_is_said_by_some_driver() -> None:
    assert {code for code in FAULTS if not code.startswith("camera.")} <= said_by_drivers()


@pytest.mark.parametrize("code", FAULTS)
def test_some_test_of_a_driver_makes_each_code_fire(code: str) -> None:
    """Of a real driver before its simulator, or of the bytes and words that no simulator says (a jammed cutter)."""
    places = (TOP / "tests/devices", TOP / "tests/unit/hardware")
    found = [
        *(path for place in places for path in place.glob("test_*.py")),
        *(TOP / "tests/unit" / name for name in TEST_TOO),
    ]
    tests = [path for path in found if f'"{code}"' in path.read_text()]
    assert tests, f"no test of a driver expects {code}"
