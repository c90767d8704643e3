"""The judge against what can be read: bench/imaging_legibility.py in small, by night; its own parts by day."""

from collections import Counter

import numpy as np
import pytest

from kiosk.imaging.shapes import Image
from tests import truth
from tests.calibration import Case, Maker
from tests.spoiled import PAPERS, defocus, grain, photograph, shot


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    return [case for name in ("print", "card") for case in Maker(name, 0, few=True).every()]


@pytest.mark.nightly
def test_hardly_anything_that_cannot_be_read_is_passed(cases: list[Case]) -> None:
    missed = [case for case in cases if case.kind == "unreadable" and case.judgement.ok]

    assert sum(case.kind == "unreadable" for case in cases) > 20
    assert len(missed) <= 1, [(case.fault, case.shot.name, case.strength) for case in missed]


@pytest.mark.nightly
def test_hardly_anything_that_can_be_read_is_complained_of(cases: list[Case]) -> None:
    wrong = Counter(case.fault for case in cases if case.kind == "readable" and not case.judgement.ok)

    assert wrong.total() <= 2, wrong
    assert wrong["nothing"] == 0


@pytest.mark.nightly
def test_a_clean_page_loses_nothing_and_a_lens_far_out_loses_all() -> None:
    taken = shot("print", seed=1, width=2048)
    boxes = truth.smallest("print")

    assert truth.lost("print", taken.flat(grain(taken.frame)), boxes) <= truth.LOST
    assert truth.lost("print", taken.flat(grain(defocus(taken.frame, 1.4 * taken.scale))), boxes) > 0.5


def test_edits_between_two_texts_are_counted() -> None:
    assert truth.differing("warga", "warga") == 0
    assert truth.differing("warga", "") == 5
    assert truth.differing("", "nik") == 3
    assert truth.differing("3312120101909901", "331212O10190990") == 2


@pytest.mark.parametrize("name", PAPERS)
def test_the_places_of_the_lines_are_known_and_long_ones_are_cut(name: str) -> None:
    places = truth.lines(name)

    assert len(places) >= 8
    assert all(width <= truth.LONGEST_PX + 100 for _, _, width, _ in places)
    assert set(truth.smallest(name)) <= set(places)


def test_only_lines_that_a_mishap_changed_are_asked() -> None:
    clean: Image = PAPERS["birth"]()
    box = truth.lines("birth")[3]
    spoiled = clean.copy()
    spoiled[box[1] : box[1] + box[3], box[0] : box[0] + box[2]] = 240

    assert truth.changed("birth", spoiled, clean) == [box]
    assert truth.changed("birth", clean, clean) == []


def test_a_paper_that_hangs_out_says_how_much_of_it_is_seen() -> None:
    whole = photograph("card", PAPERS["card"](), seed=1, width=640)
    half = photograph("card", PAPERS["card"](), seed=1, width=640, out=(0.5, 0))
    everything = [(0, 0, 1011, 638)]

    assert whole.outside(everything) == 0
    assert 0.3 < half.outside(everything) < 0.8
    assert half.frame.shape[1] < whole.frame.shape[1] + 70


def test_places_on_the_paper_are_found_in_the_frame() -> None:
    taken = shot("card", seed=1, width=640)

    assert np.allclose([taken.at(0, 0), taken.at(1, 1)], taken.corners[[0, 2]], atol=0.01)
