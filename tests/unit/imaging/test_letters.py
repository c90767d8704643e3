"""The reader that tells which end of a line is up."""

import cv2
import numpy as np
import pytest

from kiosk.imaging import letters


def line(words, *, size=(40, 260)):
    picture = np.full(size, 225, np.uint8)
    cv2.putText(picture, words, (8, size[0] - 12), cv2.FONT_HERSHEY_DUPLEX, 0.8, 40, 2, cv2.LINE_AA)
    return picture


@pytest.mark.parametrize("words", ["Kartu Keluarga", "WARGA CONTOH", "3312120101909901"])
def test_a_line_on_its_head_is_told_from_one_that_stands(words):
    standing, on_its_head = letters.reader()([line(words), np.ascontiguousarray(line(words)[::-1, ::-1])])

    assert standing > 1
    assert on_its_head < -1


def test_no_line_has_no_answer():
    assert letters.reader()([]) == []


def test_lines_of_any_shape_are_asked():
    odds = letters.reader()([line("A", size=(40, 20)), line("Nama", size=(12, 900)), line("Nama", size=(60, 60))])

    assert len(odds) == 3
    assert all(abs(one) < 4 for one in odds)


def test_a_kiosk_without_the_wheel_has_no_reader(tmp_path):
    assert letters.reader(tmp_path / letters.MODEL) is None
