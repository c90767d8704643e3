"""What must fit together in a service, and mistakes that are collected while the content is read."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from adminduk.catalogue import ContentError, parse_catalogue
from adminduk.fitting import MOST_REPEATS, check_use, condition
from adminduk.services import Group, Proof
from adminduk.tables import (
    AlreadyToldError,
    Mistakes,
    build,
    each,
    no_such,
    not_among,
    only_keys,
    plain,
    strings,
    table,
    unknown_key,
    words,
    wrong_kind,
)
from content.loader import read_parts

PARTS = read_parts("wonogiri")


def told(change: Callable[[dict[str, Any]], None]) -> list[ContentError]:
    """Every mistake of the content after this change."""
    parts = copy.deepcopy(PARTS)
    change(parts)
    with pytest.raises(ContentError) as caught:
        parse_catalogue(parts)
    return list(caught.value.all)


def brief(mistakes: list[ContentError]) -> set[tuple[str, str]]:
    return {(mistake.code, mistake.where) for mistake in mistakes}


# --- all at once ------------------------------------------------------------------------------------------------------


def test_a_wrong_paper_and_a_wrong_service_are_told_together() -> None:
    def change(parts: dict[str, Any]) -> None:
        parts["papers"]["kk"]["shape"] = "kartu"
        parts["blocks"]["kontak"]["fields"][0]["kind"] = "fon"
        parts["services"]["KTP-HR"]["mode"] = "Z"
        parts["status"]["SELESAI"] = 3

    assert brief(told(change)) == {
        ("nilai_salah", "papers.kk.shape"), ("nilai_salah", "blocks.kontak.fields[0].kind"),
        ("nilai_salah", "services.KTP-HR.mode"), ("jenis_salah", "status.SELESAI"),
    }  # fmt: skip


def test_the_rest_of_a_service_is_looked_at_behind_a_wrong_entry() -> None:
    def change(parts: dict[str, Any]) -> None:
        service = parts["services"]["KTP-HR"]
        service["blocks"] += ["tidak_ada"]
        service["papers"][1]["when"]["is"] = "hilng"
        service["papers"] += ["kk", "tidak_ada"]
        service["group"] = "tidak_ada"
        service["warna"] = "merah"

    assert brief(told(change)) == {
        ("rujukan_hilang", "services.KTP-HR.blocks[4]"), ("nilai_salah", "services.KTP-HR.papers[1].when"),
        ("ganda", "services.KTP-HR.papers[4]"), ("rujukan_hilang", "services.KTP-HR.papers[5]"),
        ("rujukan_hilang", "services.KTP-HR.group"), ("kunci_tidak_dikenal", "services.KTP-HR.warna"),
    }  # fmt: skip


def test_a_question_of_a_block_that_is_wrong_is_not_said_to_be_unknown() -> None:
    def change(parts: dict[str, Any]) -> None:
        parts["blocks"]["hilang_rusak"]["title"] = 3

    assert brief(told(change)) == {("jenis_salah", "blocks.hilang_rusak.title")}


@pytest.mark.parametrize(("part", "name"), [("steps", "kk"), ("choices", "agama"), ("papers", "kk"), ("outputs", "KK")])
def test_a_wrong_shared_part_is_told_once_and_not_by_those_who_use_it(part: str, name: str) -> None:
    assert {mistake.where.split(".")[0] for mistake in told(lambda parts: parts[part].update({name: 3}))} == {part}


def test_a_wrong_signed_paper_is_told_once() -> None:
    assert brief(told(lambda parts: parts["papers"]["formulir"].update(shape="x"))) == {
        ("nilai_salah", "papers.formulir.shape")
    }


def test_a_wrong_proof_of_the_place_is_told_at_the_place_alone() -> None:
    found = told(lambda parts: parts["place"].update(proof_at_collection="nanti"))
    assert brief(found) == {("nilai_salah", "place.proof_at_collection")}
    assert found[0].facts["known"] == tuple(Proof)


# --- exact places -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "code", "where"),
    [
        (lambda s: s["papers"].append({"paper": "ktp", "when": {"field": "tidak_ada", "is": "x"}}), "rujukan_hilang", "papers[4].when"),
        (lambda s: s["outputs"].append({"output": "KK", "when": {"field": "tidak_ada", "is": "x"}}), "rujukan_hilang", "outputs[1].when"),
        (lambda s: s["blocks"].append({"block": "saksi", "for": "a", "title": "A", "when": {"field": "tidak_ada", "is": "x"}}), "rujukan_hilang", "blocks[4]"),
        (lambda s: s["blocks"].append({"block": "anggota", "for": "a", "repeat": "tidak_ada", "most": 2}), "rujukan_hilang", "blocks[4]"),
        (lambda s: s["papers"].append({"paper": "ktp", "when": {"field": "untuk", "in": ["kuasa", "teman"]}}), "nilai_salah", "papers[4].when"),
        (lambda s: s["papers"].append({"paper": "ktp", "when": {"not": {"any": [{"field": "untuk", "is": "teman"}]}}}), "nilai_salah", "papers[4].when"),
        (lambda s: s["papers"].append({"paper": "ktp", "when": {"all": [{"field": "untuk", "is": "kuasa"}, 3]}}), "nilai_salah", "papers[4].when.all[1]"),
        (lambda s: s["blocks"].append("pemohon"), "ganda", "blocks[4]"),
        (lambda s: s["papers"].append({"paper": "ktp", "form": "F-1.05"}), "rujukan_hilang", "papers[4]"),
        (lambda s: s.update(also=["hilang", "tidak_ada"]), "rujukan_hilang", "also"),
        (lambda s: s.update(needs=["kamera"]), "nilai_salah", "needs"),
        (lambda s: s.update(blocks=[]), "wajib_diisi", "blocks"),
        (lambda s: s.update(code="X"), "kunci_tidak_dikenal", "code"),
        (lambda s: s.update(signed={}), "kunci_tidak_dikenal", "signed"),
        (lambda s: s["papers"].append(["kk"]), "jenis_salah", "papers[4]"),
        (lambda s: s["blocks"].append({"block": ["kk"]}), "jenis_salah", "blocks[4]"),
        (lambda s: s.update(papers="kk"), "jenis_salah", "papers"),
    ],
)  # fmt: skip
def test_a_mistake_of_a_service_is_told_at_its_entry(change: Callable[[Any], None], code: str, where: str) -> None:
    assert (code, f"services.KTP-HR.{where}") in brief(told(lambda parts: change(parts["services"]["KTP-HR"])))


@pytest.mark.parametrize(
    ("part", "change", "code", "where"),
    [
        ("routing", {"routes": [{"services": ["KTP"], "prefix": "33", "place": "x"}]}, "rujukan_hilang", "routing.routes[0].services"),
        ("routing", {"routes": [{"services": ["KTP-HR"], "prefix": 33, "place": "x"}]}, "jenis_salah", "routing.routes[0].prefix"),
        ("routing", {"jalur": []}, "kunci_tidak_dikenal", "routing.jalur"),
        ("routing", {"routes": {}}, "jenis_salah", "routing.routes"),
        ("offered", {"tanpa": []}, "kunci_tidak_dikenal", "offered.tanpa"),
        ("offered", {"only": ["A", "B"]}, "rujukan_hilang", "offered.only"),
        ("aliases", {"KTP": ["KTP"]}, "rujukan_hilang", "aliases.KTP"),
        ("slip", {"struk": []}, "kunci_tidak_dikenal", "slip.struk"),
        ("survey", {"pertanyaan": []}, "kunci_tidak_dikenal", "survey.pertanyaan"),
        ("status", {"SELESEI": "x"}, "kunci_tidak_dikenal", "status.SELESEI"),
    ],
)  # fmt: skip
def test_a_mistake_of_another_file_is_told_at_its_key(part: str, change: dict[str, Any], code: str, where: str) -> None:
    assert (code, where) in brief(told(lambda parts: parts[part].update(change)))


def test_a_service_that_is_no_table_is_told() -> None:
    assert brief(told(lambda parts: parts["services"].update(X=3))) == {("jenis_salah", "services.X")}


def test_a_survey_without_questions_says_so() -> None:
    assert brief(told(lambda parts: parts["survey"].clear())) == {("wajib_diisi", "survey.questions")}


@pytest.mark.parametrize(
    ("use", "code", "where"),
    [
        ({"block": "orang", "untuk": "ayah"}, "kunci_tidak_dikenal", "x.untuk"),
        ({"block": "orang", "for": 3}, "jenis_salah", "x.for"),
        ({"block": "orang", "title": []}, "jenis_salah", "x.title"),
        ({"block": "orang", "repeat": 2}, "jenis_salah", "x.repeat"),
        ({"block": "orang", "most": "2"}, "jenis_salah", "x.most"),
        ({"block": "orang", "most": 0}, "nilai_salah", "x.most"),
        ({"block": "orang", "most": MOST_REPEATS + 1}, "nilai_salah", "x.most"),
        ({"block": "orang", "when": {"field": "a"}}, "nilai_salah", "x.when"),
        ({"block": "orang", "without": "nik"}, "jenis_salah", "x.without"),
        ({"block": "orang", "without": ["umur"]}, "rujukan_hilang", "x.without"),
    ],
)
def test_a_wrong_use_of_a_block_is_told_at_its_key(use: dict[str, Any], code: str, where: str) -> None:
    with pytest.raises(ContentError) as caught:
        check_use(use, PARTS["blocks"]["orang"], "x")
    assert brief(list(caught.value.all)) == {(code, where)}


def test_every_mistake_of_a_use_is_told_together() -> None:
    with pytest.raises(ContentError) as caught:
        check_use({"block": "orang", "for": 3, "most": 99, "untuk": ""}, PARTS["blocks"]["orang"], "x")
    assert len(caught.value.all) == 3


def test_a_right_use_is_let_through() -> None:
    check_use(
        {"block": "orang", "for": "ayah", "most": MOST_REPEATS, "without": ["nik"]}, PARTS["blocks"]["orang"], "x"
    )


def test_a_condition_is_told_at_the_part_that_does_not_hold() -> None:
    with pytest.raises(ContentError) as caught:
        condition({"all": [{"field": "a", "is": "b"}, {"not": {"any": [{"field": "a"}]}}]}, "x.when")
    assert (caught.value.where, caught.value.say) == ("x.when.all[1].not.any[0]", "condition")


# --- collecting -------------------------------------------------------------------------------------------------------


def test_the_first_mistake_is_raised_with_its_facts_and_all_others() -> None:
    mistakes = Mistakes()
    mistakes.tell(not_among("x", ("a", "b"), "one"))
    mistakes.add("ganda", "two", "twice", say="paper_twice", key="kk")
    with pytest.raises(ContentError) as caught:
        mistakes.done()
    assert [(error.where, error.say, dict(error.facts)) for error in caught.value.all] == [
        ("one", "nilai_salah", {"found": "x", "known": ("a", "b")}), ("two", "paper_twice", {"key": "kk"}),
    ]  # fmt: skip


def test_what_was_already_told_adds_nothing_and_still_stops_what_needs_it() -> None:
    def use() -> None:
        raise AlreadyToldError("services.A.papers[0]")

    mistakes = Mistakes()
    assert mistakes.read(use) is None
    with pytest.raises(AlreadyToldError) as caught:
        mistakes.done()
    assert caught.value.all == ()


def test_nothing_wrong_raises_nothing() -> None:
    Mistakes().done()


def test_entries_keep_what_holds() -> None:
    mistakes = Mistakes()
    assert mistakes.entries({"a": 1, "b": "x"}, "t", lambda value, where: plain(int, value, where)) == {"a": 1}
    assert mistakes.entries([], "t", plain) == {}
    with pytest.raises(ContentError) as caught:
        mistakes.done()
    assert brief(list(caught.value.all)) == {("jenis_salah", "t.b"), ("jenis_salah", "t")}


def test_what_the_reader_gives_is_not_the_admin_s_to_write() -> None:
    group = {"title": "A", "icon": "x"}
    assert build(Group, group, "groups.a", given={"code": "a"}).code == "a"
    with pytest.raises(ContentError) as caught:
        build(Group, group | {"code": "b"}, "groups.a", given={"code": "a"})
    assert (caught.value.where, caught.value.facts["known"]) == ("groups.a.code", ("title", "icon"))


@pytest.mark.parametrize(
    ("make", "where", "wanted"),
    [
        (lambda: strings("kk", "x"), "x", "list of texts"),
        (lambda: strings(["kk", 3], "x"), "x[1]", "str"),
        (lambda: words({"a": ""}, "x"), "x.a", "sentence"),
        (lambda: table([], "x", plain), "x", "table"),
        (lambda: build(Group, [], "x"), "x", "table"),
        (lambda: plain(int, True, "x"), "x", "int"),
        (lambda: plain(bool, 1, "x"), "x", "bool"),
        (lambda: each([1], "x", lambda value, where: plain(str, value, where)), "x[0]", "str"),
    ],
)
def test_a_value_of_another_kind_says_what_is_wanted(make: Callable[[], object], where: str, wanted: str) -> None:
    with pytest.raises(ContentError) as caught:
        make()
    assert (caught.value.code, caught.value.where, caught.value.facts["wanted"]) == ("jenis_salah", where, wanted)


def test_mistakes_speak_english_in_logs_and_carry_facts_for_other_words() -> None:
    assert str(wrong_kind("a.b", "table")) == "jenis_salah at a.b: write a table"
    assert str(unknown_key("x", ("y", "z"), "a.x")) == "kunci_tidak_dikenal at a.x: known here: y, z"
    assert str(no_such("paper", "x", ("y",), "a")) == "rujukan_hilang at a: no paper 'x'; known: y"
    with pytest.raises(ContentError, match="known here: a"):
        only_keys({"b": 1}, ("a",), "t")
