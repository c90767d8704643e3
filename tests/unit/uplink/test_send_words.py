"""No packet waits for a reason without words: every code that the courier can store is gathered from the programs."""

import ast
import re
from pathlib import Path

import pytest

from content.loader import ROOT, load, load_send_errors, read_toml
from kiosk.uplink.exchange import Answer, trouble

TOP = Path(__file__).parents[3]
WORDS = load_send_errors()
COMPLAINTS = load().complaints
# what the centre says on packets' routes: announcing, tus, receipts, signatures, and Flask's own refusals there
CENTRE = (
    "intake/packets.py",
    "intake/uploads.py",
    "intake/tus.py",
    "intake/wire.py",
    "fleet/signatures.py",
    "errors.py",
)
ERRORS = ("Unreachable", "Busy", "Refused")
NOT_OF_PACKETS = {
    "masih_ada_titipan",
    "desa_lain",
    "kunci_dipakai",
    "ditolak",
}  # of enrolment, said through the same file


def strings(path: Path, pattern: str) -> set[str]:
    return set(re.findall(pattern, path.read_text(encoding="utf-8")))


def words_of(call: ast.Call) -> set[str]:
    """Each text that an error's first argument may be; a number in it reads as 503. Conditions are no codes."""
    first = call.args[0] if call.args else ast.Constant(None)
    values = (first.body, first.orelse) if isinstance(first, ast.IfExp) else (first,)
    texts = {one.value for one in values if isinstance(one, ast.Constant) and isinstance(one.value, str)}
    joined = [one for one in values if isinstance(one, ast.JoinedStr)]
    return texts | {f"{part.value}503" for one in joined for part in one.values if isinstance(part, ast.Constant)}


def said_by_the_courier() -> set[str]:
    files = [TOP / "kiosk/uplink" / name for name in ("centre.py", "exchange.py", "courier.py")]
    calls = [node for path in files for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    errors = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id in ERRORS]
    return {code for call in errors for code in words_of(call)}


def said_by_the_centre() -> set[str]:
    found = {
        code
        for name in CENTRE
        for code in strings(TOP / "central" / name, r'(?:WireError|MessageError)\((?:\d+, )?"([a-z_]+)"')
    }
    table = (TOP / "central/errors.py").read_text().split("_CODES = ")[1].split("}")[0]
    return (found | set(re.findall(r'"([a-z_]+)"', table)) | {"versi"}) - NOT_OF_PACKETS


def said_by_the_vault() -> set[str]:
    codes = strings(TOP / "kiosk/vault/vault.py", r'VaultError\("([a-z_]+)"')
    codes |= set(re.findall(r'VaultError\("penuh" if .* else "([a-z_]+)"', (TOP / "kiosk/vault/vault.py").read_text()))
    return {f"brankas_{code}" for code in codes}


def said_by_receipts() -> set[str]:
    return {"tanda_terima_palsu"}  # verify_receipt's own


EVERY = sorted(said_by_the_courier() | said_by_the_centre() | said_by_the_vault() | said_by_receipts() | {""})


def test_the_gathering_finds_what_it_must() -> None:
    wanted = {
        "tidak_tersambung", "sertifikat", "bukan_pusat", "http_503", "bukan_pusat_503", "isi_berbeda", "brankas_hilang",
        "brankas_rusak", "kios_tidak_dikenal", "terlalu_besar", "cara_salah",
    }  # fmt: skip
    assert wanted <= set(EVERY)


@pytest.mark.parametrize("code", EVERY)
def test_no_code_is_without_words(code: str) -> None:
    row = WORDS.find(code)
    assert row is not None, f"content/uplink_errors.toml has no words for {code!r}"
    assert len({row.staff, row.technician}) == 2
    assert min(len(row.staff), len(row.technician)) > 20
    assert len(row.staff) <= 130
    assert row.citizen in COMPLAINTS


def test_no_words_are_left_over() -> None:
    stems = {code.removesuffix("503") + "*" if code.endswith("_503") else code for code in EVERY}
    assert set(WORDS.rows) - stems - {"sibuk"} == set()


def test_an_unknown_code_and_a_number_of_its_own() -> None:
    assert WORDS.find("nobody_says_this") is None
    assert WORDS.find(trouble(Answer(502, {}, b"")).code) == WORDS.rows["http_*"]
    assert WORDS.find(trouble(Answer(403, {}, b"")).code) == WORDS.rows["bukan_pusat_*"]
    assert WORDS.find("bukan_pusat") == WORDS.rows["bukan_pusat"]


def test_every_trouble_of_a_stick_has_words() -> None:
    files = [*(TOP / "kiosk/export").glob("*.py")]
    codes = {code for path in files for code in strings(path, r'"(stik_[a-z_]+|tidak_ada_kiriman)"')}
    assert len(codes) == 6
    words = read_toml(ROOT / "uplink_errors.toml")["stick"]
    assert codes <= set(words)
