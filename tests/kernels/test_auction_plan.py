"""Spending plans against sorting, and against their own certificate; what plans and bounds refuse."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from auction_traces import plan_cases, random_trace
from hypothesis import given, settings
from hypothesis import strategies as st

from pybench.errors import InvalidInputError
from pybench.kernels.auction import SpendingPlan, lagrangian_bound, spending_plan
from pybench.kernels.reference import auction_plan as reference

pytestmark = pytest.mark.native


def spend_at(value: np.ndarray, price: np.ndarray, factor: float) -> Fraction:
    with np.errstate(over="ignore", invalid="ignore"):
        won = value.astype(np.float64) >= factor * price.astype(np.float64)
    return sum((Fraction(float(d)) for d in price[won]), Fraction(0))


def assert_same(found: SpendingPlan, expected: SpendingPlan) -> None:
    assert found.multiplier == expected.multiplier
    assert found.target_spend.dtype == expected.target_spend.dtype
    np.testing.assert_array_equal(found.target_spend, expected.target_spend)


@settings(max_examples=200)
@given(case=plan_cases())
def test_against_sorting(simd_path: str, case: tuple[np.ndarray, np.ndarray, float]) -> None:
    value, price, budget = case
    assert_same(spending_plan(value, price, budget), reference.spending_plan(value, price, budget))


@settings(max_examples=200)
@given(case=plan_cases())
def test_certificate_in_exact_arithmetic(case: tuple[np.ndarray, np.ndarray, float]) -> None:
    """Within the budget at k, beyond it at the number before k: no other number can be the answer."""
    value, price, budget = case
    multiplier = float(spending_plan(value, price, budget).multiplier)
    factor = 1.0 + multiplier
    assert spend_at(value, price, factor) <= Fraction(budget)
    if factor <= 2.0**53 and factor > 1.0:
        assert spend_at(value, price, math.nextafter(factor, 0.0)) > Fraction(budget)
    assert factor >= 1.0


SIZES = (1, 2, 63, 64, 65, 2047, 2048, 2049, 4097, 12_001)


@pytest.mark.parametrize("prices", ["uniform", "integer", "heavy"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("steps", SIZES)
def test_longer_traces_against_sorting(simd_path: str, steps: int, dtype: type, prices: str) -> None:
    """Across the sizes where the search changes its ways, and budgets from one step to all."""
    value, price = random_trace(steps, 1, dtype=dtype, prices=prices)
    total = float(price[value >= price].sum(dtype=np.float64))
    for share in (1e-6, 0.03, 0.4, 0.98, 1.0, 2.0):
        budget = max(share * total, 1e-3)
        assert_same(spending_plan(value, price, budget), reference.spending_plan(value, price, budget))


@pytest.mark.parametrize("trace", ["one ratio", "two ratios", "free", "sorted", "one costs all", "late", "denormal"])
def test_traces_that_mislead_a_sample(simd_path: str, trace: str) -> None:
    steps = 20_000
    generator = np.random.default_rng(4)
    price = generator.integers(1, 50, steps).astype(np.float64)
    value = price * generator.uniform(1.0, 3.0, steps)
    if trace == "one ratio":
        value = 2.0 * price
    elif trace == "two ratios":
        value = np.where(generator.random(steps) < 0.5, 2.0, 3.0) * price
    elif trace == "free":
        price[generator.random(steps) < 0.9] = 0.0
    elif trace == "sorted":
        order = np.argsort(value / price)
        value, price = value[order], price[order]
    elif trace == "one costs all":
        price[17], value[17] = 1e9, 2.5e9
    elif trace == "late":
        value[: steps - 50] = 0.0
    elif trace == "denormal":
        price = price * 5e-324
        value = value * 5e-324
    total = float(price[value >= price].sum())
    for share in (0.1, 0.5, 0.999):
        budget = max(share * total, 5e-324)
        assert_same(spending_plan(value, price, budget), reference.spending_plan(value, price, budget))


def test_a_million_steps_hold_their_certificate(simd_path: str) -> None:
    """Sums by fsum, which rounds once: so an ulp of the budget is all that is allowed for."""
    value, price = random_trace(1_000_000, 2)
    budget = 60_000.0
    plan = spending_plan(value, price, budget)
    factor = 1.0 + float(plan.multiplier)
    wide_value, wide_price = value.astype(np.float64), price.astype(np.float64)
    won = wide_value >= factor * wide_price
    np.testing.assert_array_equal(plan.target_spend, np.where(won, price, np.float32(0)))
    assert math.fsum(wide_price[won]) <= budget + math.ulp(budget)
    before = wide_value >= math.nextafter(factor, 0.0) * wide_price
    assert math.fsum(wide_price[before]) > budget - math.ulp(budget)
    assert np.count_nonzero(before & ~won) >= 1


def test_a_budget_met_exactly_is_kept(simd_path: str) -> None:
    """Prices such as 0.1, whose rounded sums are off in any order: only exact sums tell which budgets they keep."""
    generator = np.random.default_rng(5)
    price = generator.choice([0.1, 0.2, 0.3, 0.7], 9_000)
    value = price * generator.uniform(1.0, 4.0, 9_000)
    order = np.argsort(-value / price)
    for count in (10, 4_000, 8_999):
        exact = sum((Fraction(float(d)) for d in price[order[:count]]), Fraction(0))
        for budget in (float(exact), math.nextafter(float(exact), 0.0), math.nextafter(float(exact), np.inf)):
            plan = spending_plan(value, price, budget)
            won = np.count_nonzero(plan.target_spend)
            assert (won >= count) == (Fraction(budget) >= exact)
            assert_same(plan, reference.spending_plan(value, price, budget))


@settings(max_examples=100)
@given(case=plan_cases(), seed=st.integers(0, 2**32))
def test_order_of_steps_is_nothing(case: tuple[np.ndarray, np.ndarray, float], seed: int) -> None:
    value, price, budget = case
    plan = spending_plan(value, price, budget)
    order = np.random.default_rng(seed).permutation(len(value))
    moved = spending_plan(value[order], price[order], budget)
    assert moved.multiplier == plan.multiplier
    np.testing.assert_array_equal(moved.target_spend, plan.target_spend[order])


@given(case=plan_cases())
def test_a_unit_is_nothing(case: tuple[np.ndarray, np.ndarray, float]) -> None:
    """Powers of two, in float64 and away from its ends, scale without rounding."""
    value, price = (np.where(trace < 1e-30, 0.0, trace).astype(np.float64) for trace in case[:2])
    budget = max(case[2], 1e-30)
    plan, scaled = spending_plan(value, price, budget), spending_plan(value / 8.0, price / 8.0, budget / 8.0)
    assert scaled.multiplier == plan.multiplier
    np.testing.assert_array_equal(scaled.target_spend, plan.target_spend / 8.0)


@given(case=plan_cases())
def test_more_budget_never_bids_less(case: tuple[np.ndarray, np.ndarray, float]) -> None:
    value, price, budget = case
    assert spending_plan(value, price, 1.5 * budget).multiplier <= spending_plan(value, price, budget).multiplier


def test_ends_of_the_range(simd_path: str) -> None:
    value, price = np.array([4.0, 3.0, 2.0, 1.0, 5.0]), np.array([1.0, 1.0, 1.0, 2.0, 0.0])
    for budget, factor, target in (
        (3.0, 1.0, [1, 1, 1, 0, 0]),
        (1e300, 1.0, [1, 1, 1, 0, 0]),
        (2.9, math.nextafter(2.0, 3.0), [1, 1, 0, 0, 0]),
        (1.0, math.nextafter(3.0, 4.0), [1, 0, 0, 0, 0]),
        (0.5, math.nextafter(4.0, 5.0), [0, 0, 0, 0, 0]),
        (5e-324, math.nextafter(4.0, 5.0), [0, 0, 0, 0, 0]),
    ):
        plan = spending_plan(value, price, budget)
        assert plan.multiplier == factor - 1.0
        np.testing.assert_array_equal(plan.target_spend, target)
    assert spending_plan(np.array([1.0]), np.array([1.0]), 1.0).multiplier == 0.0
    assert spending_plan(np.array([1.0, 1.0]), np.array([1.0, 1.0]), 1.0).multiplier == 2.0**-52  # a tie: all left out


def test_a_multiplier_beyond_2_to_53_keeps_the_budget() -> None:
    for ratio in (2.0**53 - 1, 2.0**53, 2.0**53 + 2, 2.0**54 - 2, 2.0**54, 2.0**60):
        value, price = np.array([ratio, ratio]), np.ones(2)
        multiplier = float(spending_plan(value, price, 1.0).multiplier)
        assert 1.0 + multiplier > ratio
        assert 1.0 + multiplier <= ratio * (1 + 2.0**-51)
    nothing = spending_plan(np.ones(2), np.full(2, 5e-324), 5e-324)
    assert nothing.multiplier == math.inf
    np.testing.assert_array_equal(nothing.target_spend, [0.0, 0.0])


@pytest.mark.parametrize("threads", [1, 2, 3, None])
@pytest.mark.parametrize("steps", [3, 700, 5_000])
def test_a_batch_is_its_campaigns(simd_path: str, steps: int, threads: int | None) -> None:
    rows = [random_trace(steps, seed) for seed in range(60)]
    value, price = (np.stack(traces) for traces in zip(*rows, strict=True))
    budget = np.linspace(0.01, 0.3, 60) * steps
    plan = spending_plan(value, price, budget, threads=threads)
    assert plan.multiplier.shape == (60,)
    bound = lagrangian_bound(value, price, budget, plan.multiplier, threads=threads)
    for row in range(60):
        alone = spending_plan(value[row], price[row], budget[row])
        assert plan.multiplier[row] == alone.multiplier
        np.testing.assert_array_equal(plan.target_spend[row], alone.target_spend)
        assert bound[row] == lagrangian_bound(value[row], price[row], budget[row], alone.multiplier)


def test_shapes_and_layouts() -> None:
    value, price = random_trace(90, 3)
    plan = spending_plan(value, price, 5)
    assert isinstance(plan.multiplier, np.float64)
    assert plan.target_spend.shape == (90,)
    strided = spending_plan(np.repeat(value, 2)[::2], np.asfortranarray(price), np.float32(5))
    assert_same(strided, plan)
    assert_same(spending_plan(value.astype(">f4"), price, 5), plan)
    batch = spending_plan(value.reshape(9, 10), price.reshape(9, 10), 1.0)
    assert batch.multiplier.shape == (9,)
    assert batch.target_spend.shape == (9, 10)
    none = spending_plan(np.empty((0, 10)), np.empty((0, 10)), 1.0)
    assert none.multiplier.shape == (0,)
    assert none.target_spend.shape == (0, 10)
    assert lagrangian_bound(np.empty((0, 10)), np.empty((0, 10)), 1.0, 0.0).shape == (0,)


# Refusals

GOOD = np.array([1.0, 2.0, 3.0])


@pytest.mark.parametrize("bad", [-1.0, np.nan, -np.inf, np.inf, -5e-324, 2.0**121])
@pytest.mark.parametrize("place", [0, 1, 66, 2_047, 2_048, 9_999])
@pytest.mark.parametrize("name", ["value", "price"])
def test_bad_entries_are_named(simd_path: str, name: str, place: int, bad: float) -> None:
    for steps in {place + 1, 10_000}:
        good = np.full(steps, 0.5)
        broken = good.copy()
        broken[place] = bad
        arguments = {"value": good, "price": good, name: broken}
        text = rf"^{name}\[{place}\] is .*{'nan' if np.isnan(bad) else f'{bad:.9g}'.replace('+', '.')}: .*at least 0"
        with pytest.raises(InvalidInputError, match=text):
            spending_plan(**arguments, budget=1.0)
        with pytest.raises(InvalidInputError, match=text):
            lagrangian_bound(**arguments, budget=1.0, multiplier=0.5)


@pytest.mark.parametrize("threads", [1, 3])
def test_the_first_bad_campaign_is_named(threads: int) -> None:
    value = np.full((300, 1_000), 0.5, dtype=np.float32)
    price = value.copy()
    price[211, 7] = -1.0
    price[280, 0] = np.nan
    text = r"^price\[211, 7\] is -1: it must be finite, at least 0 and at most 2\^120"
    with pytest.raises(InvalidInputError, match=text):
        spending_plan(value, price, 1.0, threads=threads)
    with pytest.raises(InvalidInputError, match=text):
        lagrangian_bound(value, price, 1.0, 0.0, threads=threads)


@pytest.mark.parametrize(
    "function", [spending_plan, lambda *traces, **options: lagrangian_bound(*traces, 0.5, **options)]
)
@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ((GOOD, GOOD[:2], 1.0), r"price has shape \(2,\) but value has \(3,\)"),
        ((GOOD, GOOD.astype("f4"), 1.0), "price has dtype float32 but value has float64"),
        ((GOOD.astype(int), GOOD, 1.0), "value has dtype int64: it must be float32 or float64"),
        ((GOOD[None, None], GOOD[None, None], 1.0), r"value has shape \(1, 1, 3\)"),
        ((GOOD[:0], GOOD[:0], 1.0), r"value has shape \(0,\): the horizon T must be at least 1"),
        ((GOOD[None, :0], GOOD[None, :0], 1.0), r"value has shape \(1, 0\): the horizon T must be at least 1"),
        ((GOOD, GOOD, 0.0), "budget holds 0: it must be finite and greater than 0"),
        ((GOOD, GOOD, -1.0), "budget holds -1"),
        ((GOOD, GOOD, np.inf), "budget holds inf"),
        ((GOOD, GOOD, np.nan), "budget holds NaN"),
        ((GOOD, GOOD, "much"), "budget is 'much': it must be a number"),
        ((GOOD[None], GOOD[None], np.ones(2)), r"budget has shape \(2,\): it must broadcast to \(1,\)"),
    ],
)
def test_bad_arguments_are_named(function: Callable[..., Any], arguments: tuple[Any, ...], text: str) -> None:
    with pytest.raises(InvalidInputError, match=text):
        function(*arguments)
    with pytest.raises(InvalidInputError, match="threads is 0"):
        function(GOOD, GOOD, 1.0, threads=0)
    with pytest.raises(TypeError, match="value is of type list: it must be a NumPy array"):
        function([1.0], GOOD, 1.0)


def test_one_plan_has_one_budget() -> None:
    with pytest.raises(InvalidInputError, match=r"budget has shape \(2,\): it must broadcast to \(\)"):
        spending_plan(GOOD, GOOD, np.ones(2))
