"""What is written and ticked: each answer in its row, exactly the right box, nothing that was not asked."""

import pytest

from adminduk.forms import Form
from tests.unit.blanks.villagers import (
    DESA,
    WONOGIRI,
    Office,
    all_ticked,
    answers_of,
    catalogue,
    forms,
    named,
    pairs,
    ticked,
    value_of,
    written,
)

SERVICES = catalogue().services
KINDS = """
    AKL:Kelahiran AKL-TRI:Kelahiran AKL-KHUSUS:Kelahiran AKL-IBU:Kelahiran AKL-TAU:Kelahiran SK-LAHIR:Kelahiran
    LAHIR-MATI:Lahir_Mati AKW:Perkawinan BTL-KAWIN:Pembatalan_Perkawinan AKC:Perceraian BTL-CERAI:Pembatalan_Perceraian
    AKM:Kematian AKM-TT:Kematian AKM-OA:Kematian AYO-SKAK:Kematian ANGKAT:Pengangkatan_Anak AKA:Pengakuan_Anak
    AKS:Pengesahan_Anak LEPAS-WN:Perubahan_Status_Kewarganegaraan BETUL-L:Pembetulan_Akta BETUL-M:Pembetulan_Akta
    BETUL-K:Pembetulan_Akta
""".split()
MATRIX = {
    "KK-BARU-1": ["1. Membentuk keluarga baru"],
    "KK-BARU-2": ["2. Penggantian kepala keluarga"],
    "KK-BARU-3": ["3. Pisah KK"],
    "KK-BARU-4": ["4. Pindah datang"],
    "KK-BARU-5": ["5. WNI dari luar negeri karena pindah"],
    "KK-BARU-6": ["6. Rentan adminduk"],
    "KK-UBAH-1": ["1. Menumpang dalam KK"],
    "KK-UBAH-2": ["2. Peristiwa penting"],
    "KK-UBAH-3": ["3. Perubahan elemen data yang tercantum dalam KK"],
    "KK-HR": ["KK hilang/rusak"],
    "KK-OA": ["1. Membentuk keluarga baru"],
    "KTP-BARU": ["A. Baru"],
    "KTP-DTG": ["B. Pindah datang"],
    "KTP-HR": ["C. Hilang/rusak"],
    "KTP-LD": ["F. Luar domisili"],
    "KTP-UBAH": ["B. KTP-el"],
    "KIA-BARU": ["A. Baru"],
    "AKL-TRI": ["2. Peristiwa penting", "A. Baru"],
}
SIXTEEN = {
    "Kelahiran", "Lahir Mati", "Perkawinan", "Pembatalan Perkawinan", "Perceraian", "Pembatalan Perceraian", "Kematian",
    "Pengangkatan Anak", "Pengakuan Anak", "Pengesahan Anak", "Perubahan Nama", "Perubahan Status Kewarganegaraan",
    "Peristiwa Penting Lainnya", "Pembetulan Akta", "Pembatalan Akta", "Pelaporan Pencatatan Sipil dari Luar Wilayah NKRI",
}  # fmt: skip


def labels(form: Form, section: str) -> list[str]:
    part = next(part for part in form.sections if part.code == section)
    return [tick.label for row in part.rows for tick in row.ticks if not tick.heading]


def data(form: str, code: str, **told: str) -> dict[str, object]:
    return WONOGIRI.data(form, code, answers_of(SERVICES[code], **told))


# --- the right box ----------------------------------------------------------------------------------------------------


def test_the_civil_registry_form_has_the_sixteen_kinds_of_the_ministry() -> None:
    assert set(labels(forms()["F-2.01"], "peristiwa")) == SIXTEEN
    assert len(labels(forms()["F-2.01"], "peristiwa")) == 16


@pytest.mark.parametrize("told", KINDS)
def test_a_report_ticks_its_kind_and_no_other(told: str) -> None:
    code, _, kind = told.partition(":")
    assert ticked(data("F-2.01", code), "peristiwa") == [kind.replace("_", " ")]


def test_every_service_with_the_civil_registry_form_has_a_kind() -> None:
    told = {entry.partition(":")[0] for entry in KINDS} | {"DOK-HR"}
    assert {code for form, code in pairs() if form == "F-2.01"} == told


@pytest.mark.parametrize(
    ("kind", "label"),
    [("kelahiran", "Kelahiran"), ("kematian", "Kematian"), ("perkawinan", "Perkawinan"), ("perceraian", "Perceraian"),
     ("pengakuan", "Pengakuan Anak"), ("pengesahan", "Pengesahan Anak")],
)  # fmt: skip
def test_a_lost_akta_ticks_what_it_was(kind: str, label: str) -> None:
    assert ticked(data("F-2.01", "DOK-HR", akta_jenis=kind), "peristiwa") == [label]


@pytest.mark.parametrize("code", MATRIX)
def test_an_application_ticks_its_place_in_the_matrix(code: str) -> None:
    assert ticked(data("F-1.02", code), "permohonan") == MATRIX[code]


@pytest.mark.parametrize(
    ("cause", "label"), [("hilang", "B. Hilang/rusak"), ("rusak", "B. Hilang/rusak"), ("pindah", "D. Lainnya")]
)
def test_a_childs_card_is_lost_broken_or_something_else(cause: str, label: str) -> None:
    assert ticked(data("F-1.02", "KIA-HR", sebab=cause), "permohonan") == [label]


def test_every_service_with_the_registration_form_has_a_place_in_the_matrix() -> None:
    assert {code for form, code in pairs() if form == "F-1.02"} == {*MATRIX, "KIA-HR"}


def test_the_matrix_is_the_ministrys() -> None:
    part = next(part for part in forms()["F-1.02"].sections if part.code == "permohonan")
    assert [len([tick for tick in row.ticks if not tick.heading]) for row in part.rows] == [10, 7, 4, 3]
    assert len(labels(forms()["F-1.02"], "lampiran")) == 16


def test_what_must_be_brought_is_ticked_and_the_other_boxes_stay_for_the_pen() -> None:
    assert ticked(data("F-1.02", "KTP-HR", sebab="hilang"), "lampiran") == [
        "KK lama/KK rusak", "Surat keterangan hilang dari kepolisian",
    ]  # fmt: skip
    assert ticked(data("F-1.02", "KTP-HR", sebab="rusak"), "lampiran") == ["KK lama/KK rusak", "KTP-el rusak"]
    assert ticked(data("F-1.02", "KK-BARU-1", kawin_tercatat="tidak"), "lampiran") == [
        "KK lama/KK rusak", "SPTJM perkawinan/perceraian belum tercatat",
    ]  # fmt: skip


def test_a_paper_that_may_be_missing_is_not_ticked() -> None:
    assert "Buku nikah/kutipan akta perkawinan" not in ticked(data("F-1.02", "KK-OA"), "lampiran")


@pytest.mark.parametrize(
    ("code", "label"),
    [("SKPWNI", "Surat Keterangan Pindah"), ("SKDWNI", "Surat Keterangan Pindah"), ("SKP-BATAL", "Surat Keterangan Pindah"),
     ("SKPLN", "Surat Keterangan Pindah Luar Negeri (SKPLN)")],
)  # fmt: skip
def test_a_move_ticks_the_letter_that_is_asked_for(code: str, label: str) -> None:
    assert ticked(data("F-1.03", code), "pemohon") == [label]


def test_arriving_from_abroad_has_no_box_and_none_is_ticked() -> None:
    assert ticked(data("F-1.03", "SKDLN"), "pemohon") == []


@pytest.mark.parametrize(
    ("region", "label"),
    [("3312122010", "1. Dalam satu"), ("3312122011", "2. Antardesa"), ("3312132001", "3. Antarkecamatan"),
     ("3311012001", "4. Antarkabupaten"), ("3501012001", "5. Antarprovinsi")],
)  # fmt: skip
def test_how_far_a_move_goes_is_told_by_the_two_desa(region: str, label: str) -> None:
    away, here = data("F-1.03", "SKPWNI", tujuan=region), data("F-1.03", "SKDWNI", asal=region)
    assert [tick[: len(label)] for tick in ticked(away, "klasifikasi")] == [label]
    assert ticked(here, "klasifikasi") == ticked(away, "klasifikasi")


def test_without_the_kiosks_own_code_nobody_guesses_how_far() -> None:
    office = Office(desa="")
    made = office.data("F-1.03", "SKPWNI", answers_of(SERVICES["SKPWNI"]))
    assert ticked(made, "klasifikasi") == []
    assert made["kode"] == ["33", "12", "  ", "    "]


@pytest.mark.parametrize(("form", "code"), pairs(), ids=named(pairs()))
def test_one_question_never_ticks_two_boxes(form: str, code: str) -> None:
    made = data(form, code)
    many = {"lampiran"} | ({"permohonan"} if code == "AKL-TRI" else set())
    for section in made["sections"]:  # type: ignore[attr-defined]
        ticks = [len([tick for tick in row["ticks"] if tick["on"]]) for row in section["rows"]]
        assert section["code"] in many or max(ticks, default=0) <= 1, section["code"]


# --- the right row ----------------------------------------------------------------------------------------------------


def test_the_wilayah_block_is_the_kiosks_own_place() -> None:
    made = data("F-1.02", "KK-HR")
    assert made["wilayah"] == ["JAWA TENGAH", "KABUPATEN WONOGIRI", "WONOGIRI", "DESA CONTOH SARI"]
    assert "".join(made["kode"]) == DESA  # type: ignore[arg-type]
    assert made["dated"] == "Desa Contoh Sari, 21 November 2026"


def test_without_the_table_of_regions_the_kecamatan_is_left_for_the_pen() -> None:
    made = Office(regions=None).data("F-1.03", "SKPWNI", answers_of(SERVICES["SKPWNI"]))
    assert made["wilayah"] == ["JAWA TENGAH", "KABUPATEN WONOGIRI", "", "DESA CONTOH SARI"]
    assert value_of(made, "tujuan", "Kecamatan") == ""


def test_answers_are_written_in_capitals_and_an_address_of_the_net_as_it_is() -> None:
    made = data("F-2.01", "AKL", nama="Warga Contoh", telepon="+6281234567890")
    assert value_of(made, "pelapor", "Nama") == "WARGA CONTOH"
    assert value_of(made, "pelapor", "Nomor handphone") == "081234567890"


def test_a_birth_writes_the_day_of_the_week_and_the_hour_with_its_zone() -> None:
    made = data("F-2.01", "AKL", anak_tanggal="2026-11-21", anak_jam="07:30")
    assert value_of(made, "data_kelahiran", "6. Hari lahir") == "SABTU"
    assert value_of(made, "data_kelahiran", "Tanggal lahir") == "21112026"
    assert value_of(made, "data_kelahiran", "7. Pukul") == "07:30 WIB"
    assert Office(profile="maluku_tengah").data("F-2.01", "AKL", {"anak_jam": "07:30"})["title"] == made["title"]


def test_a_number_fills_its_boxes_from_the_right_and_a_nik_is_never_filled_up() -> None:
    made = data("F-1.01", "BIO", rt="3", rw="12", kode_pos="576")
    assert value_of(made, "alamat", "RT") == "003"
    assert value_of(made, "alamat", "RW") == "012"
    assert value_of(made, "alamat", "Kode pos") == "576"


def test_a_child_of_a_mother_alone_has_no_father_on_paper() -> None:
    made = data("F-2.01", "AKL", ada_ayah="tidak")
    assert value_of(made, "ayah", "Nama ayah") == ""
    assert value_of(made, "ibu", "Nama ibu") != ""


def test_a_father_who_was_typed_and_taken_back_is_not_printed() -> None:
    stale = {**answers_of(SERVICES["AKL"], ada_ayah="tidak"), "ayah_nama": "Warga Lama"}
    assert "WARGA LAMA" not in written(WONOGIRI.data("F-2.01", "AKL", stale))


def test_who_moves_comes_first_and_ten_others_fit() -> None:
    made = data("F-1.03", "SKPWNI", yang_pindah="semua", jumlah_pindah="10", nama="Warga Satu")
    lines = next(part for part in made["sections"] if part["code"] == "anggota")["lines"]  # type: ignore[attr-defined]
    assert len(lines) == 11
    assert lines[0][1:] == ["WARGA SATU", "KEPALA KELUARGA"]
    assert all(all(cell for cell in line) for line in lines)


def test_a_member_who_moves_alone_is_not_called_the_head() -> None:
    made = data("F-1.03", "SKPWNI", yang_pindah="anggota", jumlah_pindah="0")
    lines = next(part for part in made["sections"] if part["code"] == "anggota")["lines"]  # type: ignore[attr-defined]
    assert lines[0][2] == ""
    assert lines[1] == ["", "", ""]


def test_an_address_of_arrival_is_here_and_of_leaving_there() -> None:
    away, here = data("F-1.03", "SKPWNI", tujuan="3311012001"), data("F-1.03", "SKDWNI", asal="3311012001")
    assert value_of(away, "asal", "Kecamatan") == value_of(here, "tujuan", "Kecamatan") == "WONOGIRI"
    assert value_of(away, "tujuan", "Kecamatan") == value_of(here, "asal", "Kecamatan") == "WERU"
    assert value_of(data("F-1.03", "SKPLN"), "tujuan", "Kecamatan") == ""


def test_an_element_that_changes_stands_in_its_own_column() -> None:
    made = data("F-1.06", "KK-UBAH-3", elemen="pekerjaan", semula="Petani", menjadi="Guru", lagi="ya", ubah2_elemen=" Pendidikan ",
                ubah2_semula="SD", ubah2_menjadi="SMP", ubah2_lagi="ya", ubah3_elemen="Nama ibu", ubah3_semula="A", ubah3_menjadi="B")  # fmt: skip
    tables = {part["code"]: part["lines"] for part in made["sections"] if part["lines"]}  # type: ignore[attr-defined]
    assert tables["ubah_a"][0] == ["", "", "", "PETANI", "GURU", ""]
    assert tables["ubah_a"][1] == ["SD", "SMP", "", "", "", ""]
    assert tables["ubah_b"][2] == ["", "", "", "NAMA IBU", "A", "B", ""]
    assert tables["ubah_b"][0] == tables["ubah_b"][1] == [""] * 7


def test_a_kuasa_names_who_gives_and_who_takes_it() -> None:
    made = data("F-1.07", "KTP-HR", untuk="kuasa", pemberi_nama="Warga Pemberi", nama="Warga Penerima")
    assert value_of(made, "pemberi", "Nama lengkap") == "WARGA PEMBERI"
    assert value_of(made, "penerima", "Nama lengkap") == "WARGA PENERIMA"
    assert [signature["name"] for signature in made["signatures"]] == ["WARGA PENERIMA", "WARGA PEMBERI"]  # type: ignore[attr-defined]


def test_a_father_who_declares_gives_his_own_birth() -> None:
    made = data(
        "F-2.03", "AKL", hubungan="ayah", ada_ayah="ya", ayah_lahir_tempat="Wonogiri", ayah_lahir_tanggal="1990-01-02"
    )
    assert value_of(made, "pembuat", "Tempat, tanggal lahir") == "WONOGIRI, 2 JANUARI 1990"
    assert value_of(data("F-2.03", "AKL", hubungan="lainnya"), "pembuat", "Tempat, tanggal lahir") == ""


@pytest.mark.parametrize("form", ["F-1.05", "F-2.03", "F-2.04"])
def test_a_statement_of_full_responsibility_warns_of_punishment_and_quotes_no_article(form: str) -> None:
    told = forms()[form]
    assert "tindak pidana" in told.warning
    assert "6 tahun" in told.warning
    assert "asal " not in told.warning.lower()


def test_only_the_part_of_the_reported_event_is_on_the_sheet() -> None:
    codes = [part["code"] for part in data("F-2.01", "AKM")["sections"] if part["code"].startswith("data_")]  # type: ignore[attr-defined]
    assert codes == ["data_kematian"]


@pytest.mark.parametrize(("form", "code"), pairs(), ids=named(pairs()))
def test_a_form_without_answers_is_a_form_for_the_pen(form: str, code: str) -> None:
    made = WONOGIRI.data(form, code, {})
    named = {
        catalogue().services[code].name.upper(),
        DESA_NAME_UPPER,
        "WONOGIRI",
        "KABUPATEN WONOGIRI",
        "JAWA TENGAH",
        "Tgl21Bln11Thn2026",
    }
    assert set(written(made)) <= named
    assert set(all_ticked(made)) <= {*SIXTEEN, *labels_of_services(form)}


DESA_NAME_UPPER = "DESA CONTOH SARI"


def labels_of_services(form: str) -> set[str]:
    """Boxes that the service alone ticks, or the papers that it always needs."""
    rows = [row for part in forms()[form].sections for row in part.rows]
    return {tick.label for row in rows for tick in row.ticks if tick.services or tick.papers}
