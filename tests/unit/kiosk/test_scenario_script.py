"""A scenario's file: what can be written, and the complaint about what cannot."""

import pytest

from content.loader import ROOT
from kiosk.scenarios import ACTS, FACTS, HANDS, Act, Pass, Push, ScenarioError, See, load, parse
from kiosk.scenarios.script import seconds
from kiosk.scenarios.vocabulary import ENDS

HEAD = "title: Contoh\nfailure: 1\nteaches: Pelajaran.\nplay:\n"


def complaint(text: str) -> tuple[str, str]:
    with pytest.raises(ScenarioError) as refused:
        parse(text, "contoh")
    return refused.value.code, refused.value.where


def test_the_bad_day_of_the_plan_can_be_written() -> None:
    scenario = parse(
        HEAD
        + "  - {receipt: {paper_out: {line: 12}}, note: Habis.}\n"
        + "  - {camera: {freeze: {for: 8 s}}}\n  - {line: {answer: {status: 503, times: 3}}}\n  - {kiosk: power_cut}\n"
        + "  - {clock: {shift: {by: -3 h}}}\n  - {receipt: refill}\n  - {after: 2 min}\n  - {person: send}\n"
        + "  - {see: {slips: 1, offered: yes}, picture: habis}\n",
        "contoh",
    )
    out, frozen, answer, cut, shift, refill, wait, send, see = scenario.turns
    assert out == Push(number=1, device="receipt", hand="paper_out", options={"line": 12}, note="Habis.")
    assert isinstance(frozen, Push)
    assert frozen.options == {"for": 8.0}
    assert isinstance(answer, Push)
    assert answer.options == {"status": 503, "times": 3}
    assert (cut, refill) == (
        Push(number=4, device="kiosk", hand="power_cut", options={}),
        Push(number=6, device="receipt", hand="refill", options={}),
    )
    assert isinstance(shift, Push)
    assert shift.options == {"by": -10800.0}
    assert wait == Pass(number=7, seconds=120.0)
    assert send == Act(number=8, act="send", options={})
    assert see == See(number=9, facts={"slips": 1, "offered": "yes"}, picture="habis")
    assert scenario.needs == {"receipt", "camera", "line", "kiosk", "clock"}


@pytest.mark.parametrize(
    ("text", "code", "where"),
    [
        ("title: [", "bukan_yaml", "contoh"),
        ("- a list", "jenis_salah", "contoh"),
        (HEAD + "  - {after: 1 s}\nextra: 1\n", "kunci_tidak_dikenal", "contoh.extra"),
        ("title: Contoh\nfailure: 1\nplay:\n  - {after: 1 s}\n", "wajib_diisi", "contoh.teaches"),
        (HEAD + "  - just words\n", "jenis_salah", "contoh, turn 1"),
        (HEAD + "  - {after: 1 s, see: {slips: 1}}\n", "jenis_salah", "contoh, turn 1"),
        (HEAD + "  - {after: 1 s, note: 5}\n", "jenis_salah", "contoh, turn 1"),
        (HEAD + "  - {toaster: burn}\n", "kata_tidak_dikenal", "contoh, turn 1.toaster"),
        (HEAD + "  - {receipt: explode}\n", "kata_tidak_dikenal", "contoh, turn 1.receipt.explode"),
        (HEAD + "  - {person: dance}\n", "kata_tidak_dikenal", "contoh, turn 1.dance"),
        (HEAD + "  - {receipt: {paper_out: 12}}\n", "jenis_salah", "contoh, turn 1.receipt.paper_out"),
        (HEAD + "  - {receipt: {paper_out: {row: 12}}}\n", "kunci_tidak_dikenal", "contoh, turn 1.receipt.paper_out.row"),
        (HEAD + "  - {receipt: {paper_out: {line: many}}}\n", "nilai_salah", "contoh, turn 1.receipt.paper_out.line"),
        (HEAD + "  - {receipt: {unplug: {for: soon}}}\n", "nilai_salah", "contoh, turn 1.receipt.unplug.for"),
        (HEAD + "  - {after: 8}\n", "nilai_salah", "contoh, turn 1"),
        (HEAD + "  - {see: {}}\n", "jenis_salah", "contoh, turn 1"),
        (HEAD + "  - {see: {weather: fine}}\n", "kunci_tidak_dikenal", "contoh, turn 1.weather"),
        (HEAD + "  - {see: {slips: -1}}\n", "nilai_salah", "contoh, turn 1.slips"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_turn(text: str, code: str, where: str) -> None:
    assert complaint(text) == (code, where)


@pytest.mark.parametrize(("text", "value"), [("8 s", 8.0), ("2 min", 120.0), ("-3 h", -10800.0), ("0.5 s", 0.5)])
def test_times_are_written_with_their_unit(text: str, value: float) -> None:
    assert seconds(text, "x") == value


def test_whatever_ends_by_itself_has_a_hand_that_ends_it() -> None:
    timed = {(device, hand) for device, hands in HANDS.items() for hand, options in hands.items() if "for" in options}
    assert timed == set(ENDS)
    assert all(end in HANDS[device] for (device, _), end in ENDS.items())


def test_every_act_and_every_fact_is_used_by_some_scenario_or_waits_for_one() -> None:
    turns = [turn for scenario in load(ROOT / "scenarios").values() for turn in scenario.turns]
    acts = {turn.act for turn in turns if isinstance(turn, Act)}
    seen = {name for turn in turns if isinstance(turn, See) for name in turn.facts}
    assert set(ACTS) - acts <= {"print_again", "type", "begin"}
    assert set(FACTS) - seen <= {"slip_code", "document_code"}


def test_pictures_have_names_of_their_own() -> None:
    pictures = [
        turn.picture for scenario in load(ROOT / "scenarios").values() for turn in scenario.turns if turn.picture
    ]
    assert len(pictures) == len(set(pictures)) >= 10


def test_the_page_about_the_language_names_every_word_of_it() -> None:
    page = (ROOT.parent / "docs" / "scenarios.md").read_text(encoding="utf-8")
    words = {hand for hands in HANDS.values() for hand in hands} | set(ACTS) | set(FACTS) | set(HANDS)
    words |= {option for hands in HANDS.values() for options in hands.values() for option in options}
    assert sorted(word for word in words if f"`{word}`" not in page and f"{word}:" not in page) == []
