"""Survey answers: kept once, without a person, whoever repeats them and however they are spoiled."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa
from uuid6 import uuid7

from adminduk.messages import SurveyAnswer
from adminduk.survey import ikm
from central.context import Context
from central.intake import surveys
from central.schema import audit, events, survey_answers
from tests.unit.central.conftest import rows
from tests.unit.central.people import Kiosk, Sealed, code, noise

SCORES = (4, 3, 2, 1, None, 4, 4, 3, None)


def answer(**changes: Any) -> SurveyAnswer:
    given = {"id": str(uuid7()), "service": "KK-UBAH-3", "month": "2026-11", "scores": SCORES, **changes}
    return SurveyAnswer(**given)


def kept(context: Context) -> list[dict[str, object]]:
    return [dict(row._mapping) for row in rows(context, sa.select(survey_answers))]


def send(kiosk: Kiosk, message: SurveyAnswer) -> tuple[int, str]:
    return code(kiosk.put(f"/surveys/{message.id}", message))


# --- kept -----------------------------------------------------------------------------------------------------------


def test_an_answer_is_201_and_kept_with_its_month_and_nothing_that_points_to_a_person(
    context: Context, kiosk: Kiosk
) -> None:
    message = answer()
    response = kiosk.put(f"/surveys/{message.id}", message)
    assert (response.status_code, SurveyAnswer.from_json(response.data)) == (201, message)
    assert kept(context) == [
        {
            "id": message.id,
            "service": "KK-UBAH-3",
            "kiosk_id": kiosk.kiosk_id,
            "month": "2026-11",
            "scores": "4321-443-",
        }
    ]
    assert rows(context, sa.select(events)) + rows(context, sa.select(audit)) == []


def test_the_index_is_reckoned_from_what_is_kept(context: Context, kiosk: Kiosk) -> None:
    for scores in ((4,) * 9, (3,) * 9, (*(None,) * 8, 1)):
        send(kiosk, answer(scores=scores))
    table = [[None if s == "-" else int(s) for s in str(row["scores"])] for row in kept(context)]
    index = ikm(table)
    assert index is not None
    assert (str(index.value), index.grade) == ("85.19", "B")


@pytest.mark.parametrize("scores", [(1,) * 9, (4,) * 9, (None,) * 9])
def test_the_ends_of_the_scale_and_silence_are_answers(light: Context, light_kiosk: Kiosk, scores: Any) -> None:
    assert send(light_kiosk, answer(scores=scores)) == (201, "")
    assert kept(light)[0]["scores"] == "".join("-" if score is None else str(score) for score in scores)


# --- said twice -----------------------------------------------------------------------------------------------------


def test_the_same_again_is_200_and_kept_once(context: Context, kiosk: Kiosk) -> None:
    message = answer()
    assert [send(kiosk, message)[0] for _ in range(3)] == [201, 200, 200]
    assert len(kept(context)) == 1


def test_the_same_many_times_at_once_is_kept_once(context: Context, kiosk: Kiosk) -> None:
    message = answer()
    with ThreadPoolExecutor(4) as pool:
        told = sorted(status for status, _ in pool.map(lambda _: send(kiosk, message), range(8)))
    assert told == [*[200] * 7, 201]
    assert len(kept(context)) == 1


@pytest.mark.parametrize(
    "changes", [{"scores": (1,) * 9}, {"month": "2026-10"}, {"service": "AKL"}], ids=["scores", "month", "service"]
)
def test_another_answer_by_the_same_id_is_409_and_changes_nothing(
    context: Context, kiosk: Kiosk, changes: dict[str, Any]
) -> None:
    first = answer()
    send(kiosk, first)
    before = kept(context)
    assert send(kiosk, answer(id=first.id, **changes)) == (409, "isi_berbeda")
    assert kept(context) == before


def test_another_kiosk_cannot_take_an_id_that_is_taken(context: Context, kiosk: Kiosk) -> None:
    message = answer()
    send(kiosk, message)
    assert send(Kiosk.enrol(kiosk.app, context), message) == (409, "isi_berbeda")
    assert [row["kiosk_id"] for row in kept(context)] == [kiosk.kiosk_id]


def test_the_database_goes_on_after_a_replay(context: Context) -> None:
    first, second = answer(), answer()
    taken = [surveys.keep(context, "K-0001", each) for each in (first, first, second, second)]
    assert taken == [True, False, True, False]


# --- spoiled --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [
        {"scores": [4] * 8},
        {"scores": [4] * 10},
        {"scores": [0] * 9},
        {"scores": [5] * 9},
        {"scores": [True] * 9},
        {"scores": [3.0] * 9},
        {"scores": "444444444"},
        {"scores": None},
        {"month": "2026-13"},
        {"month": "2026-11-21"},
        {"month": "2026-1"},
        {"month": "2026-11\n"},
        {"service": 3},
        {"service": ""},
        {"service": "x" * 33},
        {"service": "KK\0"},
        {"service": "\ud800"},
        {"service": "3312120101909901"},
        {"nik": "3312120101909901"},
    ],
    ids=lambda changes: repr(changes)[:40],
)
def test_a_spoiled_answer_is_400_and_nothing_is_kept(context: Context, kiosk: Kiosk, changes: dict[str, Any]) -> None:
    whole = json.loads(answer().to_json())
    response = kiosk.put(f"/surveys/{whole['id']}", json.dumps({**whole, **changes}).encode())
    assert code(response) == (400, "pesan_rusak")
    assert "3312120101909901" not in response.text
    assert kept(context) == []


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", "pesan_rusak"),
        (b"[]", "pesan_rusak"),
        (b"{", "pesan_rusak"),
        (b'{"v":1}', "pesan_rusak"),
        (b'{"v":1,"v":1}', "pesan_rusak"),
        (b"\xff", "pesan_rusak"),
        (b"[" * 60_000, "pesan_rusak"),
        (b'{"v":2}', "versi"),
    ],
    ids=["empty", "list", "half", "bare", "twins", "no utf-8", "deep", "version"],
)
def test_what_is_no_answer_is_400_with_its_code(light_kiosk: Kiosk, body: bytes, expected: str) -> None:
    assert code(light_kiosk.put(f"/surveys/{uuid7()}", body)) == (400, expected)


def test_an_answer_under_another_id_than_its_own_is_400(light: Context, light_kiosk: Kiosk) -> None:
    assert code(light_kiosk.put(f"/surveys/{uuid7()}", answer())) == (400, "pesan_rusak")
    assert kept(light) == []


def test_an_answer_that_is_not_json_by_its_type_is_415(light_kiosk: Kiosk) -> None:
    message = answer()
    response = light_kiosk.put(f"/surveys/{message.id}", message, content_type="text/plain")
    assert code(response) == (415, "jenis_isi_salah")


def test_a_path_that_holds_no_id_is_404(light_kiosk: Kiosk) -> None:
    assert code(light_kiosk.put("/surveys/3312120101909901", answer())) == (404, "tidak_ada")


def test_a_survey_and_a_packet_may_share_an_id(context: Context, kiosk: Kiosk) -> None:
    shared = answer()
    assert kiosk.announce(Sealed(shared.id, noise().content)).status_code == 201
    assert send(kiosk, shared) == (201, "")
    assert len(kept(context)) == 1


def test_the_log_says_nothing_of_an_answer(light_kiosk: Kiosk, caplog: pytest.LogCaptureFixture) -> None:
    message = answer()
    with caplog.at_level("DEBUG"):
        send(light_kiosk, message)
        send(light_kiosk, answer(id=message.id, scores=(1,) * 9))
    assert message.id not in caplog.text
