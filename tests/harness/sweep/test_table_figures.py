"""Means, intervals and figures of sweeps."""

from __future__ import annotations

import math
import statistics
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pybench.errors import InvalidInputError
from pybench.harness.sweep import Sweep, Uniform, run_sweep, summarise
from pybench.harness.sweep.figures import draw_field, student_quantile, write_sweep_figures
from pybench.harness.sweep.table import mean_of

Make = Callable[..., Sweep]


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=20))
def test_mean_and_standard_error_are_the_textbooks(values: list[float]) -> None:
    cell = mean_of([None, *values])
    assert cell is not None
    assert cell.count == len(values)
    assert cell.mean == pytest.approx(statistics.fmean(values), abs=1e-6)
    if len(values) > 1:
        assert cell.error == pytest.approx(statistics.stdev(values) / math.sqrt(len(values)), abs=1e-6)
    else:
        assert cell.error is None


def test_a_mean_of_nothing_is_none_and_of_what_no_float_holds_infinite() -> None:
    assert mean_of([None]) is None
    cell = mean_of([-(10**400), 1])
    assert cell is not None
    assert cell.mean == -math.inf


@pytest.mark.parametrize("degrees", [1, 2, 3, 4, 5, 7, 15, 47, 1000])
def test_the_quantile_is_students(degrees: int) -> None:
    stats = pytest.importorskip("scipy.stats", reason="the oracle is scipy")
    assert student_quantile(degrees) == pytest.approx(stats.t.ppf(0.975, degrees), rel=2e-3 if degrees > 2 else 1e-12)


def test_the_table_has_what_was_found(counted: Make, tmp_path: Path) -> None:
    sweep = counted(grid={"level": [1, 2]}, replications=2)
    table = run_sweep(sweep, tmp_path / "f").table
    assert table.fields == ("level", "value", "huge", "odd", "word", "lost", "numpys")
    assert table.numeric == ("level", "value", "huge", "odd", "lost", "numpys")
    assert table.column("result.level") == table.values("level") == table.column("level") == [1, 1, 2, 2]
    assert table.column("odd") == [True, True, False, False]
    assert all(math.isnan(value) for value in table.column("lost"))
    with pytest.raises(InvalidInputError, match="column is 'nothing': the columns are index, setting"):
        table.column("nothing")
    summary = summarise(sweep, table, ["odd", "value"])
    assert [cells["odd"].mean for cells in summary.cells if cells["odd"] is not None] == [1.0, 0.0]
    assert summary.settings == ({"level": 1}, {"level": 2})
    with pytest.raises(InvalidInputError, match="field is 'word': the numeric fields are level, value"):
        summarise(sweep, table, ["word"])


SHAPES: list[tuple[dict[str, Any], list[str]]] = [
    ({}, ["one run each"]),
    ({"replications": 3}, ["mean and 95 % interval of 3 replications"]),
    ({"grid": {"level": [1, 10, 100]}, "replications": 2}, ["level (steps)", "value (steps)"]),
    ({"grid": {"kind": ["one", "two"], "folded": [False, True]}}, ["one", "two", "False", "True"]),
    ({"grid": {"level": [1, 2], "noise": [0.1 * number for number in range(9)]}}, ["noise"]),
    (
        {"grid": {"level": [1, 2], "kind": ["one", "two"], "folded": [True, False]}},
        ["one run each; averaged over folded"],
    ),
    ({"random": {"noise": Uniform(0.0, 1.0), "level": Uniform(1, 9)}, "draws": 12}, ["noise"]),
]


@pytest.mark.parametrize(("options", "texts"), SHAPES, ids=lambda value: str(value)[:60])
def test_every_shape_of_sweep_is_drawn(
    counted: Make, tmp_path: Path, options: dict[str, Any], texts: list[str]
) -> None:
    pytest.importorskip("matplotlib", reason="figures need matplotlib")
    sweep = counted(**options)
    table = run_sweep(sweep, tmp_path / "f").table
    written, left_out = write_sweep_figures(sweep, table, ["value"], tmp_path)
    assert (written, left_out) == ([tmp_path / "value.svg"], "")
    drawn = written[0].read_bytes()
    assert all(text in drawn.decode() for text in texts)
    write_sweep_figures(sweep, table, ["value"], tmp_path)
    assert written[0].read_bytes() == drawn


def test_a_figure_shows_means_and_intervals(counted: Make, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="figures need matplotlib")
    sweep = counted(grid={"level": [1, 2], "kind": ["one", "two"]}, replications=3)
    table = run_sweep(sweep, tmp_path / "f").table
    axes = draw_field(sweep, table, "value").axes[0]
    assert len(axes.containers) == 2
    values = [value for value, level, kind in zip(*map(table.column, ("value", "level", "kind")), strict=True)
              if (level, kind) == (2, "two")]  # fmt: skip
    line, _, (bars,) = axes.containers[1]
    assert list(line.get_xdata()) == [1.0, 2.0]
    assert line.get_ydata()[1] == pytest.approx(statistics.fmean(values))
    half = 4.302652729911275 * statistics.stdev(values) / math.sqrt(3)
    (_, low), (_, high) = bars.get_segments()[1]
    assert (high - low) / 2 == pytest.approx(half, rel=1e-6)


def test_without_matplotlib_figures_are_left_out(
    counted: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = run_sweep(counted(), tmp_path / "f").table
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    written, left_out = write_sweep_figures(counted(), table, ["value"], tmp_path)
    assert written == []
    assert "pip install 'pybench-papers[sweep]'" in left_out
