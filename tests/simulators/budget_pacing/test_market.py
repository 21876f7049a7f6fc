"""A market of paced campaigns: its bookkeeping, its instances, what is measured of it, its figure."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulators.budget_pacing.figure_market import describe_market, market_figure
from simulators.budget_pacing.market import MarketResult, default_step_size, run_market
from simulators.budget_pacing.market_instances import draw_budgets, draw_values
from simulators.budget_pacing.market_measures import market_measures, scale_distance

AUCTIONS = ("second_price", "first_price")


def market(bidders: int, steps: int, seed: int = 1, **options: Any) -> MarketResult:
    value = draw_values(bidders, steps, seed=seed)
    return run_market(value, draw_budgets(value, seed=seed), **options)


@pytest.mark.parametrize("auction", AUCTIONS)
def test_the_books_agree(auction: Any) -> None:
    found = market(5, 2_000, auction=auction, reserve=0.3)
    path = found.spend_path()
    np.testing.assert_allclose(path[:, -1], found.pacing.spend, rtol=1e-12)
    assert (path <= found.budget[:, None] * (1.0 + 1e-12)).all()
    sold = found.pacing.winner >= 0
    assert np.isfinite(found.price).tolist() == sold.tolist()
    assert found.price[sold].min() >= 0.3
    assert found.revenue == pytest.approx(np.nansum(found.price))
    competing = found.competing_price()
    mine = found.pacing.winner == np.arange(5)[:, None]
    assert (competing[mine] <= np.broadcast_to(found.pacing.highest_bid, mine.shape)[mine]).all()
    assert found.target_spend.shape == (5, 1)
    np.testing.assert_allclose(found.target_spend[:, 0] * 2_000, found.budget)


def test_a_plan_by_steps_and_numbers_for_all_are_taken() -> None:
    value = draw_values(3, 100, seed=2, dtype=np.float32)
    plan = np.full((3, 100), 0.05, dtype=np.float32)
    found = run_market(value, 5.0, target_spend=plan, step_size=0.1, regulariser="entropy", initial_multiplier=0.5)
    assert found.target_spend.shape == (3, 100)
    assert found.budget.tolist() == [5.0] * 3
    with pytest.raises(ValueError, match="budget holds -1"):
        run_market(value, -1.0)
    with pytest.raises(TypeError, match="value is of type list"):
        run_market([[1.0]], 1.0)  # type: ignore[arg-type]


def test_the_default_step_size_is_in_units_of_the_price() -> None:
    value = draw_values(4, 400, seed=1)
    step = default_step_size(value)
    assert default_step_size(10.0 * value) == pytest.approx(step / 10.0)
    prices = np.sort(value, axis=0)[-2]
    assert step == pytest.approx(1.0 / (20.0 * prices.mean()))
    assert default_step_size(value, auction="first_price") == pytest.approx(1.0 / (20.0 * value.max(axis=0).mean()))
    assert default_step_size(value[:1], 0.5) == pytest.approx(1.0 / (20.0 * 0.5))
    assert default_step_size(value[:1]) == 0.0


def test_instances_are_seeded_and_correlated() -> None:
    one, other = draw_values(3, 50_000, seed=(1, 2)), draw_values(3, 50_000, seed=(1, 3))
    assert np.array_equal(one, draw_values(3, 50_000, seed=(1, 2)))
    assert not np.array_equal(one, other)
    for share in (0.0, 0.5, 1.0):
        logs = np.log(draw_values(2, 50_000, seed=1, correlation=share, kinds=1))
        assert np.corrcoef(logs)[0, 1] == pytest.approx(share, abs=0.02)
        np.testing.assert_allclose(logs.std(axis=1), 0.6, atol=0.01)
    assert draw_values(2, 0, seed=1).shape == (2, 0)
    budget = draw_budgets(one, seed=1, share=0.25)
    assert budget.sum() == pytest.approx(0.25 * one.max(axis=0).sum())
    assert budget.max() / budget.min() <= 4.0


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: draw_values(0, 5, seed=1), r"bidders is 0: it must be in \[1"),
        (lambda: draw_values(2, -1, seed=1), r"steps is -1: it must be in \[0"),
        (lambda: draw_values(2, 5, seed=1, correlation=1.5), r"correlation is 1.5: it must be in \[0, 1\]"),
        (lambda: draw_values(2, 5, seed=1, spread=np.nan), "spread is nan: it must be finite"),
        (lambda: draw_values(2, 5, seed=1, kinds=0), "kinds is 0"),
        (lambda: draw_budgets(np.ones((2, 2)), seed=1, share=0.0), "share is 0.0: it must be finite and greater"),
        (lambda: draw_budgets(np.zeros((2, 2)), seed=1), "values sum to 0: no budget follows"),
    ],
)
def test_bad_parameters_are_named(call: Any, text: str) -> None:
    with pytest.raises(ValueError, match="^" + text):
        call()


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 1000), st.sampled_from(AUCTIONS))
def test_measures_are_finite_and_no_static_multiplier_was_better(seed: int, auction: Any) -> None:
    found = market(3, 60, seed, auction=auction, reserve=0.2)
    measures = market_measures(found)
    competing = found.competing_price()
    for i, k in itertools.product(range(3), 1.0 + np.linspace(0.0, 9.0, 200)):
        won = found.value[i] >= k * competing[i]
        paid = np.where(won, competing[i] if auction == "second_price" else found.value[i] / k, 0.0)
        if paid.sum() <= found.budget[i]:
            assert (found.value[i][won] - paid[won]).sum() <= measures.hindsight_utility[i] + 1e-9
    for gap in (measures.gap, measures.final_gap):
        assert (gap.overspend >= 0.0).all()
        assert (gap.needless_pacing >= 0.0).all()
        assert (np.minimum(gap.overspend, gap.needless_pacing) == 0.0).all()
    assert np.isfinite(measures.regret_share).all()
    assert (measures.regret_share <= 1.0).all()
    assert (measures.spend_share <= 1.0).all()


def test_scales_are_compared() -> None:
    assert scale_distance(np.array([0.0, 1.0]), np.array([1.0, 1.0])) == pytest.approx(0.5)


@pytest.mark.parametrize(("bidders", "steps", "reserve"), [(3, 3_000, 0.2), (11, 500, 0.0), (2, 5, 1e6), (1, 1, 0.0)])
def test_the_figure_is_drawn_and_told(bidders: int, steps: int, reserve: float) -> None:
    pytest.importorskip("matplotlib")
    found = market(bidders, steps, reserve=reserve)
    figure = market_figure(found, name="a market", equilibrium=np.full(bidders, 0.5))
    figure.draw_without_rendering()
    texts = " ".join(text.get_text() for text in figure.texts)
    assert "synthetic" in texts
    assert f"{bidders} paced bidders" in texts
    assert len(figure.axes[0].get_lines()) == min(bidders, 8) + 1
    assert f"of {steps:,} items sold" in describe_market(found)
    plain = market_figure(found, synthetic=False)
    assert not any("synthetic" in text.get_text() for text in plain.texts)
