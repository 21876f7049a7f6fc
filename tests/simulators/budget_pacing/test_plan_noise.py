"""Plans compressed, stretched and by the hour; sampling noise and the distances of laws."""

from __future__ import annotations

import csv
import io
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pybench.errors import InvalidInputError
from simulators.budget_pacing import Config, hourly_plan, simulate
from simulators.budget_pacing.noise import exact_distance, measured_distance, with_noise
from simulators.budget_pacing.plan import compress, stretch


@pytest.fixture(scope="module")
def stats() -> Any:
    return pytest.importorskip("scipy.stats", reason="the oracle needs SciPy")


amounts = st.lists(st.floats(0.0, 9.0, width=32), min_size=1, max_size=80)


@given(amounts, st.integers(1, 100))
def test_a_compressed_plan_spends_the_same_in_each_segment(spend: list[float], segments: int) -> None:
    plan = np.array(spend, dtype=np.float32)
    short = compress(plan, segments)
    edges = np.arange(segments + 1) * plan.size // segments
    assert short.size == plan.size
    assert len(np.unique(short)) <= min(segments, plan.size)
    if segments < plan.size:
        for low, high in pairwise(edges):
            assert short[low:high].sum(dtype=np.float64) == pytest.approx(
                plan[low:high].sum(dtype=np.float64), rel=1e-6, abs=1e-30
            )


@given(amounts, st.integers(1, 200))
def test_a_stretched_plan_spends_as_much_a_step_at_each_time_of_the_day(spend: list[float], steps: int) -> None:
    plan = np.array(spend, dtype=np.float32)
    longer = stretch(plan, steps)
    assert longer.size == steps
    assert np.all(longer >= 0.0)
    assert longer.mean(dtype=np.float64) == pytest.approx(plan.mean(dtype=np.float64), rel=1e-5, abs=1e-6)
    if steps % plan.size == 0:
        assert longer == pytest.approx(np.repeat(plan, steps // plan.size), rel=1e-5, abs=1e-4)


@pytest.mark.native
def test_the_plan_by_the_hour_is_the_samples_and_is_written_as_csv() -> None:
    config = Config(instance="twophase", horizon=24_000)
    hourly = hourly_plan(config, seed=3)
    rows = list(csv.DictReader(io.StringIO(hourly.csv())))
    assert [int(row["hour"]) for row in rows] == list(range(24))
    assert {int(row["auctions"]) for row in rows} == {1_000}
    assert float(rows[-1]["cumulative_spend"]) == pytest.approx(0.04 * 24_000, rel=1e-3)
    assert float(rows[-1]["cumulative_spend"]) <= 0.04 * 24_000
    assert float(rows[-1]["share_of_plan"]) > 2.0 * float(rows[0]["share_of_plan"])
    assert hourly.multiplier == simulate(config, seed=3).sample_multiplier


@pytest.mark.native
def test_a_plan_by_the_hour_needs_a_day(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow", reason="logs need the extra budget_pacing")
    path = tmp_path / "log.csv"
    path.write_text("t,value,price\n" + "".join(f"{t},{t + 1},1\n" for t in range(40)))
    with pytest.raises(InvalidInputError, match="a plan by the hour needs 24"):
        hourly_plan(Config(data=str(path)))


def test_noise_is_in_the_first_seventy_percent() -> None:
    value = np.ones(10, dtype=np.float32)
    assert with_noise(value, 0.5).tolist() == [1.5] * 7 + [1.0] * 3
    assert value.tolist() == [1.0] * 10


def test_distances_of_noise_are_the_specifications() -> None:
    day = (np.arange(100_000) + 0.5) / 100_000
    scale = np.where(day < 0.7, 0.25, 1.0).astype(np.float32)
    for noise, distance in ((0.0, 0.0), (0.1, 875.0), (0.3, 2_625.0), (1.0, 8_750.0)):
        assert exact_distance(scale, noise, 0.7) == pytest.approx(distance, rel=1e-6)


@given(seed=st.integers(0, 2**32), here=st.integers(24, 400), there=st.integers(24, 400))
def test_measured_distances_are_scipys(stats: Any, seed: int, here: int, there: int) -> None:
    generator = np.random.default_rng(seed)
    value, price = generator.integers(0, 9, (2, here)).astype(np.float32)
    other_value, other_price = generator.integers(0, 9, (2, there)).astype(np.float32)
    expected = sum(
        one.size * stats.wasserstein_distance(one, two)
        for first, second in ((value, other_value), (price, other_price))
        for one, two in zip(np.array_split(first, 24), np.array_split(second, 24), strict=True)
    )
    assert measured_distance(value, price, other_value, other_price) == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_a_trace_is_no_distance_from_itself() -> None:
    trace = np.linspace(0.0, 1.0, 100, dtype=np.float32)
    assert measured_distance(trace, trace, trace, trace) == 0.0
    assert measured_distance(trace + 1, trace, trace, trace) == pytest.approx(100.0, rel=1e-5)
