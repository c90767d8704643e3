"""Nothing that a villager typed for a report or a move is left off its form, but questions that only choose the papers."""

from adminduk.forms import Form, Section, Source
from adminduk.rules import Rule
from tests.unit.blanks.villagers import catalogue, forms

CHOOSES_PAPERS = {
    "untuk", "ada_ayah", "buku_nikah", "ada_surat_lahir", "sudah_nik", "anak_saja", "menumpang_rumah", "tanpa_dokumen",
    "kawin_muda", "kawin_tni", "kawin_perjanjian", "akta_kawin_ada", "luar_kawin", "lahir_sebelum", "lagi", "ubah2_lagi",
    "jumlah_pindah", "jumlah_datang",
}  # fmt: skip
NO_ROW_FOR_IT = {"telepon"}  # F-1.03 asks for no telephone


def looked_at(rule: Rule | None) -> frozenset[str]:
    return frozenset() if rule is None else rule.fields()


def of_section(section: Section, code: str) -> set[str]:
    sources: list[Source] = [s for row in section.rows for s in (*row.answers, *row.then)]
    sources += [s for column in section.columns for cell in column.cells for s in cell]
    ticks = [tick for row in section.rows for tick in row.ticks if not tick.services or code in tick.services]
    seen = [looked_at(part.when) for part in (*sources, *ticks)]
    return {source.answer for source in sources}.union(*seen)


def on_paper(form: Form, code: str) -> set[str]:
    shown = [section for section in form.sections if not section.services or code in section.services]
    return set().union(*(of_section(section, code) for section in shown))


def test_everything_that_was_answered_stands_on_a_form() -> None:
    for service in catalogue().services.values():
        if not service.forms or "F-1.02" in service.forms:
            continue
        used = set().union(*(on_paper(forms()[form], service.code) for form in service.forms))
        left = {field.key for field in service.fields()} - used - CHOOSES_PAPERS
        assert left <= (NO_ROW_FOR_IT if service.forms[0] == "F-1.03" else set()), service.code


def test_the_registration_form_has_the_applicant_and_no_rows_for_details() -> None:
    keys = on_paper(forms()["F-1.02"], "KTP-HR") - {""}
    assert keys >= {"nama", "nik", "no_kk", "telepon", "email"}


def test_every_column_of_the_biodata_that_a_citizen_needs_is_there() -> None:
    numbers = {column.number for section in forms()["F-1.01"].sections for column in section.columns}
    assert numbers == {str(number) for number in range(2, 42)}


def test_ten_members_have_a_line_each() -> None:
    assert {section.lines for section in forms()["F-1.01"].sections if section.columns} == {10}
