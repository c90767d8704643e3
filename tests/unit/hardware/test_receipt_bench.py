"""The counter of receipt bytes: it runs, it reads every code back, and it does not count a slip that nobody can use."""

import importlib.util
import sys
from pathlib import Path
from typing import Any

import pytest

from kiosk.hardware.receipt.models import MODELS, Model, find
from kiosk.hardware.receipt.protocol import Code, Line, Size, Slip


def loaded() -> Any:
    """The script as a module: bench/ is no package."""
    spec = importlib.util.spec_from_file_location(
        "receipt_bytes", Path(__file__).parents[3] / "bench" / "receipt_bytes.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["receipt_bytes"] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


bench = loaded()
CODE = Code("KIOS1 001748219365 ABCDEFGHIJKLMNOPQRSTUVWXYZ")
PAPER = Slip((Line("Dukcapil Kab. Contoh", centred=True, bold=True), Line("0017-4821-9365", size=Size.LARGE), CODE))


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
@pytest.mark.parametrize("way", bench.WAYS, ids=lambda way: way.name)
def test_each_rendering_carries_the_code(way: Any, model: Model) -> None:
    assert bench.readable(way.render(PAPER, model), PAPER)


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_a_code_that_was_damaged_is_not_counted(model: Model) -> None:
    for way in bench.WAYS:
        data = way.render(PAPER, model)
        assert not bench.readable(data[: len(data) // 2], PAPER), way.name


def test_nothing_beats_the_letters_and_the_code() -> None:
    for model in MODELS.values():
        sizes = [len(way.render(PAPER, model)) for way in bench.WAYS]
        assert min(sizes) > bench.least(PAPER, model)
    assert bench.least(PAPER, find("TM-T20II")) == 20 + 1 + 14 + 1 + len(CODE.text)


def test_a_picture_of_a_slip_is_heavier_by_far() -> None:
    model = find("TM-T20II")
    assert len(bench.escpos_picture(PAPER, model)) > 20 * len(bench.render(PAPER, model))


def test_the_paper_is_as_long_as_its_lines() -> None:
    high = bench.dots_high(PAPER, find("TM-T20II"))
    assert high == bench.MARGIN_DOTS + bench.LINE_DOTS + bench.LARGE_DOTS + 29 * bench.MODULE


def test_the_table_names_every_model_and_way(capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.table(bench.receipt("wonogiri", "AKL"))
    told = capsys.readouterr().out
    assert [name for name in (*MODELS, *(way.name for way in bench.WAYS)) if name not in told] == []
    assert "CANNOT" not in told
    assert "mm of paper" in told


def test_a_slip_that_cannot_be_used_is_said_and_fails(capsys: pytest.CaptureFixture[str]) -> None:
    broken = bench.Way("broken", lambda paper, model: bench.render(paper, model)[:40])
    assert not bench.table(PAPER, (*bench.WAYS, broken))
    assert "CODE CANNOT BE READ" in capsys.readouterr().out
