"""Pacing equilibria: the first-price oracle by its own conditions, the gap, regret, and where pacing ends."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulators.budget_pacing.market import run_market
from simulators.budget_pacing.market_equilibrium import best_static, pacing_gap
from simulators.budget_pacing.market_first_price import first_price_equilibrium
from simulators.budget_pacing.market_instances import draw_budgets, draw_values
from simulators.budget_pacing.market_measures import market_measures, scale_distance

pytest.importorskip("scipy")


@settings(deadline=None, max_examples=25)
@given(st.integers(1, 4), st.integers(1, 25), st.integers(0, 1000), st.sampled_from((0.0, 0.3, 2.0)))
def test_the_oracle_keeps_the_conditions_of_an_equilibrium(bidders: int, items: int, seed: int, reserve: float) -> None:
    value = draw_values(bidders, items, seed=seed)
    budget = draw_budgets(value, seed=seed, share=0.5)
    found = first_price_equilibrium(value, budget, reserve=reserve)
    alpha = 1.0 / (1.0 + found.multiplier)
    bids = alpha[:, None] * value
    assert (alpha <= 1.0).all()
    np.testing.assert_allclose(found.price, np.maximum(bids.max(axis=0), reserve), rtol=1e-12)
    assert found.allocation.min() >= -1e-9
    sold = found.allocation.sum(axis=0)
    assert sold.max() <= 1.0 + 1e-7
    tie = 1e-4
    np.testing.assert_allclose(sold[found.price > reserve * (1.0 + tie)], 1.0, atol=1e-7)  # all of what is wanted
    assert (bids >= found.price * (1.0 - tie))[found.allocation > 1e-7].all()  # to the highest bidders alone
    assert (found.spend <= budget * (1.0 + tie)).all()
    np.testing.assert_allclose(found.spend[alpha < 1.0 - tie], budget[alpha < 1.0 - tie], rtol=tie)
    assert found.duality_gap <= 1e-11
    assert pacing_gap(value, budget, found.multiplier, reserve=reserve, auction="first_price", tie=tie).largest < tie


def test_the_oracle_by_hand() -> None:
    # Alone: the budget over all it is worth. Two who want different items do not meet.
    assert first_price_equilibrium(np.array([[2.0, 2.0]]), 1.0).multiplier == pytest.approx(3.0)
    apart = first_price_equilibrium(np.array([[4.0, 0.0], [0.0, 3.0]]), np.array([1.0, 5.0]))
    np.testing.assert_allclose(apart.multiplier, [3.0, 0.0], atol=1e-6)
    np.testing.assert_allclose(apart.spend, [1.0, 3.0], rtol=1e-6)
    # Equal bidders share one item, and pay all they have.
    equal = first_price_equilibrium(np.array([[8.0], [8.0]]), 1.0)
    np.testing.assert_allclose(equal.multiplier, [3.0, 3.0], atol=1e-5)
    np.testing.assert_allclose(equal.spend, [1.0, 1.0], rtol=1e-5)


def test_the_oracle_does_not_depend_on_the_unit() -> None:
    value = draw_values(3, 20, seed=4)
    budget = draw_budgets(value, seed=4)
    one = first_price_equilibrium(value, budget, reserve=0.1)
    other = first_price_equilibrium(1e6 * value, 1e6 * budget, reserve=1e5)
    assert scale_distance(one.multiplier, other.multiplier) < 1e-5


def test_the_oracle_refuses_who_wants_nothing() -> None:
    with pytest.raises(ValueError, match=r"value\[1\] sums to 0: a bidder must want something"):
        first_price_equilibrium(np.array([[1.0], [0.0]]), 1.0)


@pytest.mark.parametrize("auction", ["second_price", "first_price"])
def test_a_market_of_ample_budgets_is_in_equilibrium_unpaced(auction: Any) -> None:
    value = draw_values(4, 300, seed=1)
    assert pacing_gap(value, np.full(4, 1e6), np.zeros(4), auction=auction).largest == 0.0
    paced = pacing_gap(value, np.full(4, 1e6), np.full(4, 1.0), auction=auction)
    assert (paced.needless_pacing > 0.4).all()
    broke = pacing_gap(value, np.full(4, 1e-3), np.zeros(4), auction=auction)
    assert (broke.overspend > 1.0).all()
    assert not broke.needless_pacing.any()


def test_the_gap_by_hand() -> None:
    value = np.array([[4.0, 2.0, 1.0], [2.0, 4.0, 1.0]])
    # Second price, nobody paced: each pays 2 for its own item; the last is a tie at 1.
    gap = pacing_gap(value, np.array([1.0, 3.0]), np.zeros(2))
    assert gap.overspend.tolist() == [1.0, 0.0]
    assert gap.complementarity.tolist() == [1.0, 0.0]
    # At half its bids the second pays 2 and loses the tie: a third of its budget is left, and alpha is 1/2.
    gap = pacing_gap(value, np.array([9.0, 3.0]), np.array([0.0, 1.0]), tie=0.01)
    np.testing.assert_allclose(gap.needless_pacing, [0.0, 0.5 * (3.0 - 2.0) / 3.0])


def _subsets(value: np.ndarray, price: np.ndarray, budget: float, auction: str) -> float:
    """Try a multiplier at every ratio, and none: another way to the best static one."""
    best = 0.0
    for k in [1.0, *(v / d for v, d in zip(value, price, strict=True) if d > 0.0 and v >= d)]:
        won = value >= k * price * (1.0 - 1e-12)
        paid = (price if auction == "second_price" else value / k)[won]
        if paid.sum() <= budget * (1.0 + 1e-12):
            best = max(best, float((value[won] - paid).sum()))
    return best


@settings(deadline=None, max_examples=100)
@given(
    st.lists(st.tuples(st.integers(0, 6), st.integers(1, 4)), max_size=12),
    st.integers(1, 20),
    st.sampled_from(("second_price", "first_price")),
)
def test_the_best_static_multiplier_is_the_best(items: list[tuple[int, int]], budget: int, auction: Any) -> None:
    value, price = np.array(items, dtype=np.float64).reshape(-1, 2).T
    utility, multiplier = best_static(value, price, float(budget), auction=auction)
    assert utility == pytest.approx(_subsets(value, price, budget, auction), abs=1e-9)
    assert multiplier >= 0.0


def test_items_that_are_free_cost_nothing() -> None:
    utility, multiplier = best_static(np.array([2.0, 3.0]), np.array([0.0, 5.0]), 1.0)
    assert (utility, multiplier) == (2.0, np.inf)
    assert best_static(np.array([1.0]), np.array([2.0]), 1.0) == (0.0, np.inf)


@pytest.mark.parametrize("auction", ["second_price", "first_price"])
def test_markets_of_paced_bidders_come_near_an_equilibrium_as_they_grow(auction: Any) -> None:
    """The gap of the mean multipliers of a day that begins with those of the day before. Nothing here is tuned."""
    gaps = []
    for steps in (1_000, 100_000):
        days = draw_values(5, 2 * steps, seed=1)
        budget = draw_budgets(days[:, steps:], seed=2)
        before = run_market(days[:, :steps], budget, auction=auction).pacing.mean_multiplier
        found = run_market(days[:, steps:], budget, auction=auction, initial_multiplier=before)
        gaps.append(market_measures(found).gap.largest)
    assert gaps[1] < 0.5 * gaps[0], gaps


def test_the_mean_multiplier_of_first_price_pacing_tends_to_the_equilibrium() -> None:
    """Three small markets whose items come again and again: more time, less distance."""
    distances = []
    for seed, steps in itertools.product((1, 2, 3), (3_000, 300_000)):
        items = draw_values(4, 100, seed=seed)
        budget = draw_budgets(items, seed=seed)
        equilibrium = first_price_equilibrium(items, budget)
        value = np.tile(items, (1, steps // 100))
        found = run_market(value, budget * (steps // 100), auction="first_price")
        distances.append(scale_distance(found.pacing.mean_multiplier, equilibrium.multiplier))
    assert all(long < 0.25 * short for short, long in zip(distances[::2], distances[1::2], strict=True)), distances
    assert max(distances[1::2]) < 0.05, distances
