"""Numbers, names, dates: properties, and each complaint."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adminduk import dates, kk, masking, names, nik, phone, regions, survey

TODAY = date(2026, 11, 21)
birthdays = st.dates(date(1930, 1, 1), TODAY)


def make_nik(born: date, *, woman: bool, serial: int = 9901) -> str:
    day = born.day + (40 if woman else 0)
    return f"331212{day:02d}{born.month:02d}{born.year % 100:02d}{serial:04d}"


@given(born=birthdays, woman=st.booleans(), serial=st.integers(9901, 9999))
def test_every_true_nik_is_taken_and_says_sex_and_birth(born: date, woman: bool, serial: int) -> None:
    verdict = nik.check(make_nik(born, woman=woman, serial=serial), today=TODAY)
    assert verdict.ok
    assert verdict.sex == ("P" if woman else "L")
    assert born in verdict.births


@given(born=birthdays, separators=st.lists(st.sampled_from([" ", ".", "-", ""]), min_size=15, max_size=15))
def test_separators_that_people_type_change_nothing(born: date, separators: list[str]) -> None:
    number = make_nik(born, woman=False)
    typed = "".join(digit + separator for digit, separator in zip(number, [*separators, ""], strict=True))
    assert nik.check(typed, today=TODAY).value == number


@given(st.text())
def test_no_text_whatever_makes_a_check_fail_otherwise_than_by_a_verdict(text: str) -> None:
    for verdict in (
        nik.check(text, today=TODAY), kk.check(text, today=TODAY, nik=text), names.check_new(text),
        names.check_existing(text), phone.check(text), dates.check(text, today=TODAY),
    ):  # fmt: skip
        assert verdict.ok is (not verdict.errors)
        assert verdict.ok or verdict.value == "" or "tanggal_lahir" in verdict.errors or "nomor_urut" in verdict.errors


@given(st.text(alphabet="0123456789", min_size=16, max_size=16))
def test_a_masked_number_hides_six_digits(number: str) -> None:
    masked = masking.mask_number(number)
    assert masked == number[:6] + "******" + number[-4:]


@given(born=birthdays, before=st.text(alphabet="abc :=", max_size=8), after=st.text(alphabet="abc ,;", max_size=8))
def test_no_nik_survives_a_log_line(born: date, before: str, after: str) -> None:
    number = make_nik(born, woman=True)
    assert number not in masking.mask_text(f"{before}{number}{after}")


@pytest.mark.parametrize("typed", ["3312 1241 0190 9902", "33.12.12.410190.9902", "3312-1241-0190-9902"])
def test_a_nik_with_separators_is_masked_too(typed: str) -> None:
    assert masking.mask_text(f"nik={typed}!") == "nik=331212******9902!"


@pytest.mark.parametrize("typed", ["081200009901", "+6281200009901", "62 812 0000 9901", "0812-0000-9901"])
def test_a_phone_number_is_masked(typed: str) -> None:
    masked = masking.mask_text(f"hp {typed}.")
    assert "00009901" not in masked.replace(" ", "").replace("-", "")
    assert "9901" in masked


def test_ordinary_numbers_are_left_alone() -> None:
    line = "size=307200 id=01a1fc62-68af-764b-8599-9db65e4023c8 at=2026-11-21T03:00:00.000000Z"
    assert masking.mask_text(line) == line


def test_an_id_that_looks_like_a_telephone_number_in_the_middle_is_still_that_packet() -> None:
    line = "packet 01a1fc62-68af-764b-84f0-858443143cf3 of 3312124101909902, 081200009901: admitted"
    assert masking.mask_text(line) == (
        "packet 01a1fc62-68af-764b-84f0-858443143cf3 of 331212******9902, 081200**9901: admitted"
    )


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("31-02-2020", "tanggal_salah"),
        ("2020", "tanggal_salah"),
        ("22-11-2026", "di_masa_depan"),
        ("01-01-1899", "terlalu_lama"),
    ],
)
def test_a_date_that_cannot_be(text: str, code: str) -> None:
    assert dates.check(text, today=TODAY).errors == (code,)


def test_bounds_of_a_date() -> None:
    low, high = date(2020, 1, 1), date(2021, 1, 1)
    assert dates.check("31-12-2019", today=TODAY, not_before=low).errors == ("terlalu_awal",)
    assert dates.check("02-01-2021", today=TODAY, not_after=high).errors == ("terlalu_akhir",)
    assert dates.check("01-06-2020", today=TODAY, not_before=low, not_after=high).value == "2020-06-01"


@given(st.dates(date(1900, 1, 1), TODAY))
def test_dates_are_stored_as_iso_and_shown_as_typed(day: date) -> None:
    typed = f"{day.day:02d}-{day.month:02d}-{day.year:04d}"
    assert dates.check(typed, today=TODAY).value == day.isoformat()
    assert dates.typed(day.isoformat()) == typed
    assert str(day.year) in dates.spoken(day)


@given(st.lists(st.lists(st.integers(1, 4), min_size=9, max_size=9), min_size=1, max_size=20))
def test_the_index_stays_in_its_bounds_and_has_a_grade(rows: list[list[int]]) -> None:
    result = survey.ikm(rows)
    assert result is not None
    assert 25 <= result.value <= 100
    assert result.grade in "ABCD"


def test_a_skipped_unsur_does_not_count_and_an_unanswered_one_gives_no_index() -> None:
    assert survey.ikm([[4, None, 4, 4, 4, 4, 4, 4, 4], [None, 4, 4, 4, 4, 4, 4, 4, 4]]) == survey.ikm([[4] * 9])
    assert survey.ikm([[None] + [4] * 8]) is None
    assert survey.ikm([]) is None


@pytest.mark.parametrize("row", [[4] * 8, [5] * 9, [0] * 9, [True, *[4] * 7, "4"]])
def test_a_row_that_is_no_questionnaire_is_refused(row: list[object]) -> None:
    with pytest.raises(ValueError, match="nine"):
        survey.ikm([row])  # type: ignore[list-item]  # the point of the test


LINES = [
    "33\tJawa Tengah",
    "3312\tWonogiri",
    "331212\tWonogiri",
    "3312122001\tBulusulur",
    "3312122002\tPokoh",
    "-920101\tMakbon",
]


def test_regions_are_walked_by_hierarchy() -> None:
    table = regions.parse(LINES)
    assert table.children("") == ("33",)
    assert table.children("33") == ("3312",)
    assert table.children("331212") == ("3312122001", "3312122002")
    assert table.children("3312122001") == ()
    assert table.path("3312122001") == ("Jawa Tengah", "Wonogiri", "Wonogiri", "Bulusulur")
    assert table.name_of("9999999999") is None
    assert table.former == {"920101"}


@pytest.mark.parametrize("line", ["33", "33 Jawa", "331\tX", "AB\tX", "33\t", "٣٣\tX"])
def test_a_broken_region_line_names_its_number(line: str) -> None:
    with pytest.raises(regions.RegionsError, match="line 2"):
        regions.parse(["33\tJawa Tengah", line])


def test_a_long_name_is_refused_but_keeps_accents_of_old_papers() -> None:
    assert names.check_existing("É" * 61).errors == ("lebih_60",)
    assert names.check_existing("  RENÉ   CONTOH ").value == "RENÉ CONTOH"
    assert names.same(" warga  contoh", "WARGA CONTOH")


def test_an_empty_new_name_is_asked_for() -> None:
    assert names.check_new("  ").errors == ("wajib_diisi",)


def test_a_kk_that_is_a_placeholder() -> None:
    assert kk.check("1" * 16, today=TODAY).errors == ("pola_semu",)


def test_a_nik_of_tomorrow_is_refused() -> None:
    tomorrow = TODAY + timedelta(days=1)
    born = nik.check(make_nik(tomorrow, woman=False), today=TODAY).births
    assert tomorrow not in born
