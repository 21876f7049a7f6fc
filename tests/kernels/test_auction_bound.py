"""The Lagrangian bound against its formula, and against all policies."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from auction_traces import random_trace, traces
from conftest import forced_simd, machine_paths
from hypothesis import given, settings
from hypothesis import strategies as st

from pybench.errors import InvalidInputError
from pybench.kernels.auction import lagrangian_bound, spending_plan
from pybench.kernels.reference import auction_plan as reference

pytestmark = pytest.mark.native


@given(trace=traces(), budget=st.floats(1e-3, 1e3), multiplier=st.floats(0.0, 50.0))
def test_bound_against_its_formula(trace: Any, budget: float, multiplier: float) -> None:
    """Terms in float64 as the kernel's, their sum rounded once; the allowance is what the docstring promises."""
    value, price = (array.astype(np.float64) for array in trace)
    expected = math.fsum([*np.maximum(value - (1.0 + multiplier) * price, 0.0), multiplier * budget])
    allowed = 160 * 2.0**-53 * (math.fsum(value) + multiplier * budget)
    assert abs(lagrangian_bound(*trace, budget, multiplier) - expected) <= allowed
    assert reference.lagrangian_bound(*trace, budget, multiplier) == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("steps", [1, 15, 16, 17, 2048, 2049, 10_000])
def test_bound_has_the_same_bits_on_every_path(steps: int, dtype: type) -> None:
    value, price = random_trace(steps, 6, dtype=dtype)
    found = set()
    for path in machine_paths():
        with forced_simd(path):
            found.add(float(lagrangian_bound(value, price, 1.0, 0.3)))
    assert len(found) == 1
    assert found.pop() == pytest.approx(reference.lagrangian_bound(value, price, 1.0, 0.3), rel=1e-13)


@settings(max_examples=200)
@given(
    data=st.data(),
    steps=st.integers(1, 9),
    multiplier=st.floats(0.0, 20.0),
)
def test_no_policy_beats_the_bound(data: st.DataObject, steps: int, multiplier: float) -> None:
    """Against all sets of auctions to win: the hindsight knapsack is the best. Small integers: sums are exact."""
    whole = st.lists(st.integers(0, 8), min_size=steps, max_size=steps)
    value, price = (np.array(data.draw(whole), dtype=np.float64) for _ in range(2))
    budget = float(data.draw(st.integers(1, 30)))
    sets = (np.arange(2**steps)[:, None] >> np.arange(steps)) & 1
    best = (sets @ (value - price))[sets @ price <= budget].max()
    assert lagrangian_bound(value, price, budget, multiplier) >= best - 1e-12
    plan = spending_plan(value, price, budget)
    least = lagrangian_bound(value, price, budget, plan.multiplier)
    won = plan.target_spend > 0
    free = (price == 0) @ value
    utility = (value - price)[won].sum() + free
    assert utility <= best
    assert least >= best - 1e-12


def test_the_plan_minimises_the_bound() -> None:
    value, price = random_trace(5_000, 7)
    plan = spending_plan(value, price, 300.0)
    multipliers = float(plan.multiplier) * np.array([1.0, 0.5, 0.9, 0.99, 1.01, 1.1, 2.0])
    bounds = lagrangian_bound(value, price, 300.0, multipliers)
    assert bounds.shape == (7,)
    assert bounds.argmin() == 0


def test_bound_broadcasts_on_one_trace() -> None:
    value, price = random_trace(300, 8)
    budget, multiplier = np.array([[1.0], [2.0], [9.0]]), np.array([0.0, 0.5])
    bound = lagrangian_bound(value, price, budget, multiplier)
    assert bound.shape == (3, 2)
    for (row, column), each in np.ndenumerate(bound):
        assert each == lagrangian_bound(value, price, budget[row, 0], multiplier[column])


@pytest.mark.parametrize("multiplier", [-0.1, np.nan, np.inf, 2.0**121])
def test_bad_multipliers_are_named(multiplier: float) -> None:
    with pytest.raises(InvalidInputError, match="multiplier holds"):
        lagrangian_bound(np.ones(3), np.ones(3), 1.0, multiplier)
