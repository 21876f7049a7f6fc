"""The figures say what the Result says, whatever was simulated."""

from __future__ import annotations

import dataclasses
import functools
import io
from pathlib import Path
from typing import Any

import pytest

from simulators.budget_pacing import Config, Result, simulate

pytestmark = pytest.mark.native
pytest.importorskip("matplotlib", reason="figures need the extra budget_pacing")

NAMES = ("delivery", "shares", "regret_by_horizon", "robustness")


@functools.cache
def run(**changes: Any) -> Result:
    return simulate(Config(**{"horizon": 2_000, "studies": 2, **changes}))


def campaigns() -> Result:
    """Return a Result that says it is of iPinYou."""
    row = {"one_sample": 0.9, "one_sample, relearn": 0.91, "one_sample, uniform": 0.92, "uniform": 0.8}
    table = {"1458": row, "2997": dict.fromkeys(row, 0.25)}
    return dataclasses.replace(
        run(), synthetic=False, data="ipinyou", campaign="2997", campaign_shares=table, ladder={}
    )


def svg(result: Result, name: str) -> bytes:
    import matplotlib

    from simulators.budget_pacing.figures import FIGURES

    with matplotlib.rc_context({"svg.hashsalt": name}), io.BytesIO() as drawn:
        FIGURES[name](result).savefig(drawn, format="svg", metadata={"Date": None}, bbox_inches="tight")
        return drawn.getvalue()


def texts(result: Result, name: str) -> str:
    from simulators.budget_pacing.figures import FIGURES

    figure = FIGURES[name](result)
    parts = [text.get_text() for text in figure.texts]
    for axes in figure.axes:
        parts += [text.get_text() for text in axes.texts]
    return "\n".join(parts)


def test_every_figure_has_a_description() -> None:
    from simulators.budget_pacing.figures import DESCRIPTIONS, FIGURES

    assert tuple(FIGURES) == tuple(DESCRIPTIONS) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_synthetic_data_is_called_so_and_real_data_is_not(name: str) -> None:
    assert "synthetic: generated, not real data" in texts(run(), name)
    assert "synthetic:" not in texts(campaigns(), name)
    assert "ipinyou" in texts(campaigns(), name)


@pytest.mark.parametrize("name", NAMES)
def test_a_figure_is_the_same_bytes_every_time_and_small(name: str) -> None:
    drawn = svg(run(), name)
    assert drawn == svg(run(), name)
    assert len(drawn) < 400_000


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "changes",
    [
        {"studies": 0},
        {"curve_points": 0},
        {"studies": 1, "horizon": 100},
        {"policy": "no_pacing"},
        {"policy": "hindsight"},
        {"policy": "uniform", "instance": "late", "restart": "uniform", "alarm_band": 0.2},
        {"regulariser": "entropy"},
        {"budget": 1e6},
        {"budget": 1e-6},
    ],
    ids=lambda changes: "-".join(map(str, changes.values())),
)
def test_edges_are_drawn(name: str, changes: dict[str, Any]) -> None:
    from simulators.budget_pacing.figures import DESCRIPTIONS

    result = run(**changes)
    assert len(svg(result, name)) < 400_000
    told = DESCRIPTIONS[name](result)
    assert 10 < len(told) < 2_500
    assert "nan" not in told


@pytest.mark.parametrize("name", NAMES)
def test_a_users_log_is_drawn(tmp_path: Path, name: str) -> None:
    pytest.importorskip("pyarrow", reason="logs need the extra budget_pacing")
    path = tmp_path / "mine.csv"
    path.write_text("t,value,price\n" + "".join(f"{t},{1 + t % 7},{1 + t % 3}\n" for t in range(301)))
    assert "mine.csv" in texts(simulate(Config(data=str(path))), name)


def test_descriptions_have_the_numbers_of_the_result() -> None:
    from simulators.budget_pacing.figures import DESCRIPTIONS

    result = run()
    assert f"multiplier is {result.best_multiplier:.3f}" in DESCRIPTIONS["delivery"](result)
    assert f"one sample {result.policy_shares['one_sample']:.4f}" in DESCRIPTIONS["shares"](result)
    assert f"slope {result.slopes['late']['uniform']:.2f}" in DESCRIPTIONS["regret_by_horizon"](result)
    assert f"{result.segment_regret['1'][0]:.1f} with 1 segments" in DESCRIPTIONS["robustness"](result)
    assert "2997: one sample 0.250" in DESCRIPTIONS["shares"](campaigns())
