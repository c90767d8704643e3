"""Millimetres: the panel's diagonal decides every pixel."""

import math

import pytest

from kiosk.ui.sizes import CAPITAL_EM, PanelSize, device_css


@pytest.mark.parametrize(
    ("inch", "width", "height", "expected"),
    [
        (21.5, 1080, 1920, 4.03),
        (27, 1080, 1920, 3.21),
        (32, 1080, 1920, 2.71),
        (15.6, 1280, 800, 3.81),
        (10.1, 1280, 800, 5.88),
    ],
)
def test_pixels_a_millimetre_are_those_of_the_table(inch: float, width: int, height: int, expected: float) -> None:
    assert PanelSize(diagonal_inch=inch, width=width, height=height).px_per_mm == pytest.approx(expected, abs=0.01)


def test_turning_a_panel_changes_no_length() -> None:
    upright = PanelSize(diagonal_inch=21.5, width=1080, height=1920)
    lying = PanelSize(diagonal_inch=21.5, width=1920, height=1080)
    assert upright.px_per_mm == lying.px_per_mm
    assert (upright.portrait, lying.portrait) == (True, False)


@pytest.mark.parametrize("inch", [15.6, 21.5, 27, 32])
def test_capitals_are_4_8_mm_and_6_1_mm_in_large_letters(inch: float) -> None:
    panel = PanelSize(diagonal_inch=inch, width=1080, height=1920)
    normal, large = (float(part.split("px")[0]) for part in device_css(panel).split("font-size:")[1:])
    assert normal * CAPITAL_EM / panel.px_per_mm == pytest.approx(4.8, abs=0.02)
    assert large * CAPITAL_EM / panel.px_per_mm == pytest.approx(6.1, abs=0.02)


def test_the_millimetre_is_handed_to_the_page() -> None:
    panel = PanelSize(diagonal_inch=21.5, width=1080, height=1920)
    assert f"--mm:{math.hypot(1080, 1920) / (21.5 * 25.4):.3f}px" in device_css(panel)
