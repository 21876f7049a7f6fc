"""Generated traces against NumPy's Philox, and pacing on them against pacing on the same traces stored: bit for bit."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pybench.errors import InvalidInputError
from pybench.kernels import auction
from pybench.kernels.auction_results import Pacing
from pybench.kernels.reference import auction_generated as reference

pytestmark = pytest.mark.native
RULES = list(itertools.product(("euclidean", "entropy"), ("second_price", "first_price")))


def scales(steps: int, seed: int = 0) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Scales that change with time, some of them 0, denormal or large."""
    random = np.random.default_rng(seed)
    value, price = (0.2 + random.random((2, steps))).astype(np.float32)
    ugly = np.array([0.0, -0.0, 1e-42, 1e-36, 1e20, 2.0**120], np.float32)
    for scale in (value, price):
        chosen = random.random(steps) < 0.05
        scale[chosen] = random.choice(ugly, chosen.sum())
    return value, price


def settings_of(seed: int, count: int, budget: float, *, entropy: bool) -> dict[str, NDArray[np.float64]]:
    random = np.random.default_rng(seed)
    return {
        "budget": budget * (0.01 + random.random(count)),
        "step_size": random.choice([0.0, 0.01, 0.3], count),
        "initial_multiplier": random.random(count) + (1e-9 if entropy else 0.0),
        "max_multiplier": random.choice([1.0, 1.5, 40.0], count),
    }


def assert_same(one: Pacing, other: Pacing) -> None:
    for field in ("wins", "spend", "utility", "multiplier"):
        np.testing.assert_array_equal(getattr(one, field), getattr(other, field), err_msg=field)


@pytest.mark.parametrize("sample", [False, True])
@pytest.mark.parametrize(("campaigns", "steps"), [(1, 1), (3, 2), (2, 63), (5, 64), (3, 65), (4, 1001)])
def test_traces_are_those_of_the_reference(simd_path: str, campaigns: int, steps: int, sample: bool) -> None:
    value_scale, price_scale = scales(steps)
    chosen: dict[str, Any] = {"seed": (7, steps), "campaigns": campaigns, "sample": sample}
    expected = reference.generate_traces(value_scale, price_scale, **chosen)
    for threads in (1, 2):
        found = auction.generate_traces(value_scale, price_scale, **chosen, threads=threads)
        for ours, theirs in zip(found, expected, strict=True):
            assert ours.dtype == np.float32
            np.testing.assert_array_equal(ours, theirs)


def test_long_traces_are_made_in_pieces() -> None:
    ones = np.ones(200_003, np.float32)
    expected = reference.generate_traces(ones, ones, seed=3, campaigns=2)
    for ours, theirs in zip(auction.generate_traces(ones, ones, seed=3, campaigns=2, threads=2), expected, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_traces_do_not_depend_on_the_number_of_campaigns_and_differ_by_stream() -> None:
    ones = np.ones(100, np.float32)
    few, many = (auction.generate_traces(ones, ones, seed=1, campaigns=count) for count in (3, 9))
    np.testing.assert_array_equal(few[0], many[0][:3])
    other = auction.generate_traces(ones, ones, seed=2, campaigns=9)
    sample = auction.generate_traces(ones, ones, seed=1, campaigns=9, sample=True)
    rows = np.concatenate([*many, *other, *sample])
    assert len(np.unique(rows, axis=0)) == len(rows)


def test_traces_are_uniform_and_independent() -> None:
    steps = 4096
    ones = np.ones(steps, np.float32)
    value, price = auction.generate_traces(ones, ones, seed=11, campaigns=256)
    error = 1.0 / math.sqrt(12.0 * value.size)
    for uniform in (value, price):
        assert uniform.min() >= 0.0
        assert uniform.max() < 1.0
        assert abs(uniform.mean(dtype=np.float64) - 0.5) < 4 * error
        counts = np.bincount((uniform * 256).astype(np.int64).ravel(), minlength=256)
        expected = uniform.size / 256
        chi_square = float(((counts - expected) ** 2 / expected).sum())
        assert abs(chi_square - 255) < 4 * math.sqrt(2 * 255)
        low_bits = (uniform * 2.0**24).astype(np.int64) & 255
        chi_square = float(((np.bincount(low_bits.ravel(), minlength=256) - expected) ** 2 / expected).sum())
        assert abs(chi_square - 255) < 4 * math.sqrt(2 * 255)
    centred = [(uniform - 0.5).astype(np.float64) for uniform in (value, price)]
    pairs = [(centred[0], centred[1]), (centred[0][:, 1:], centred[0][:, :-1]), (centred[0][1:], centred[0][:-1])]
    for one, other in pairs:
        assert abs(float((one * other).mean())) < 4 / (12.0 * math.sqrt(one.size))


@pytest.mark.parametrize(("regulariser", "kind"), RULES)
@pytest.mark.parametrize(("campaigns", "steps"), [(1, 130), (31, 64), (64, 63), (70, 257), (200, 1)])
def test_pacing_is_that_of_the_stored_traces(
    simd_path: str, regulariser: Any, kind: Any, campaigns: int, steps: int
) -> None:
    value_scale, price_scale = scales(steps, campaigns)
    chosen = settings_of(steps, campaigns, 0.1 * steps, entropy=regulariser == "entropy")
    rule = {"regulariser": regulariser, "auction": kind}
    market: dict[str, Any] = {"seed": 5, "campaigns": campaigns}
    value, price = auction.generate_traces(value_scale, price_scale, **market)
    target = np.random.default_rng(1).random(steps).astype(np.float32)
    shared = auction.pace(value, price, np.tile(target, (campaigns, 1)), **chosen, **rule)
    number = auction.pace(value, price, 0.07, **chosen, **rule)
    for threads in (1, 3):
        common: dict[str, Any] = market | chosen | rule | {"threads": threads}
        assert_same(auction.pace_generated(value_scale, price_scale, target, **common), shared)
        assert_same(auction.pace_generated(value_scale, price_scale, 0.07, **common), number)


@pytest.mark.parametrize(("regulariser", "kind"), RULES)
@pytest.mark.parametrize(("campaigns", "steps"), [(1, 130), (70, 257), (128, 65)])
def test_pacing_follows_the_plan_of_the_sample(
    simd_path: str, regulariser: Any, kind: Any, campaigns: int, steps: int
) -> None:
    value_scale, price_scale = scales(steps, campaigns)
    chosen = settings_of(steps, campaigns, 0.1 * steps, entropy=regulariser == "entropy")
    rule = {"regulariser": regulariser, "auction": kind}
    market: dict[str, Any] = {"seed": 6, "campaigns": campaigns}
    multiplier = np.random.default_rng(2).choice([0.0, 0.3, 1.0, 1e9, math.inf], campaigns)
    sample = auction.generate_traces(value_scale, price_scale, **market, sample=True)
    # At ratios of the trace itself the comparison is decided by the last bit.
    with np.errstate(all="ignore"):
        ratio = (sample[0].astype(np.float64) / sample[1]).max(axis=1) - 1.0
    multiplier = np.where(np.isfinite(ratio) & (ratio >= 0) & (np.arange(campaigns) % 2 == 0), ratio, multiplier)
    target = reference.sample_targets(*sample, multiplier)
    assert campaigns == 1 or ((target > 0).any() and (target == 0).any())
    expected = auction.pace(*auction.generate_traces(value_scale, price_scale, **market), target, **chosen, **rule)
    for threads in (1, 2):
        found = auction.pace_generated(
            value_scale, price_scale, **market, **chosen, **rule, sample_multiplier=multiplier, threads=threads
        )
        assert_same(found, expected)


@settings(max_examples=40)
@given(
    steps=st.integers(1, 150),
    campaigns=st.integers(0, 70),
    seed=st.integers(0, 2**128 - 1),
    budget=st.floats(1e-3, 30.0),
    step_size=st.floats(0.0, 3.0),
    multiplier=st.floats(0.0, 3.0),
    kind=st.sampled_from(("second_price", "first_price")),
)
def test_any_campaigns_are_those_of_the_stored_traces_and_keep_the_budget(
    steps: int, campaigns: int, seed: int, budget: float, step_size: float, multiplier: float, kind: Any
) -> None:
    value_scale, price_scale = scales(steps, steps)
    common: dict[str, Any] = {
        "budget": budget,
        "step_size": step_size,
        "initial_multiplier": multiplier,
        "auction": kind,
    }
    market: dict[str, Any] = {"seed": seed, "campaigns": campaigns}
    found = auction.pace_generated(value_scale, price_scale, sample_multiplier=multiplier, **market, **common)
    sample = auction.generate_traces(value_scale, price_scale, **market, sample=True)
    target = reference.sample_targets(*sample, np.full(campaigns, multiplier))
    assert_same(found, auction.pace(*auction.generate_traces(value_scale, price_scale, **market), target, **common))
    assert (found.spend <= budget).all()


def test_a_static_multiplier_spends_what_the_closed_form_says() -> None:
    steps, campaigns, multiplier = 20_000, 256, 0.44338
    ones, k = np.ones(steps, np.float32), 1.44338
    found = auction.pace_generated(
        ones, ones, 0.0, seed=4, campaigns=campaigns, budget=1e9, step_size=0.0, initial_multiplier=multiplier
    )
    # A price d is paid with probability 1 - k d, up to 1 / k.
    mean, square = 1 / (6 * k**2), 1 / (12 * k**3)
    error = math.sqrt((square - mean**2) / (steps * campaigns))
    assert abs(found.spend.mean() / steps - mean) < 4 * error
    assert abs(mean - 0.08) < 1e-5  # the budget per step that this multiplier is for
    spread = found.spend.std(ddof=1) / math.sqrt(steps * (square - mean**2))
    assert abs(spread - 1.0) < 4 / math.sqrt(2 * campaigns)


MARKET = np.ones(10, np.float32)
GOOD: dict[str, Any] = {
    "seed": 0,
    "campaigns": 3,
    "budget": 5.0,
    "step_size": 0.1,
    "initial_multiplier": 0.2,
    "target_spend": 0.1,
}


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"budget": 0.0}, r"budget holds 0: it must be finite and greater than 0"),
        ({"budget": np.ones(4)}, r"budget has shape \(4,\): it must broadcast to \(3,\)"),
        ({"campaigns": -1}, r"campaigns is -1: it must be in \[0, 2147483648\]"),
        ({"campaigns": 2.0}, r"campaigns is 2\.0: it must be an integer"),
        ({"seed": -1}, r"seed is -1"),
        ({"threads": 0}, r"threads is 0"),
        ({"auction": "vcg"}, r"auction is 'vcg'"),
        ({"target_spend": None}, r"target_spend and sample_multiplier are both None: exactly one must be given"),
        ({"sample_multiplier": 1.0}, r"target_spend and sample_multiplier are both given"),
        ({"target_spend": None, "sample_multiplier": -0.5}, r"sample_multiplier holds -0\.5: it must be at least 0"),
        ({"target_spend": None, "sample_multiplier": math.nan}, r"sample_multiplier holds nan"),
        ({"target_spend": np.ones(9, np.float32)}, r"target_spend has 9 steps but value_scale has 10"),
        ({"target_spend": np.ones((3, 10), np.float32)}, r"target_spend has shape \(3, 10\)"),
        ({"target_spend": np.ones(10)}, r"target_spend has .* float64: it must be float32 \[T\]"),
        ({"target_spend": -1.0}, r"target_spend\[0\] is -1: it must be finite, at least 0"),
    ],
)
def test_bad_settings_are_refused(change: dict[str, Any], text: str) -> None:
    with pytest.raises(InvalidInputError, match=text):
        auction.pace_generated(MARKET, MARKET, **(GOOD | change))


@pytest.mark.parametrize("entry", [-1.0, math.nan, math.inf, 2.0**121])
def test_bad_scales_are_refused_by_name(entry: float) -> None:
    bad = MARKET.copy()
    bad[7] = entry
    for call in (
        lambda value, price: auction.pace_generated(value, price, **GOOD),
        lambda value, price: auction.generate_traces(value, price, seed=0, campaigns=2),
    ):
        with pytest.raises(InvalidInputError, match=r"value_scale\[7\] is"):
            call(bad, MARKET)
        with pytest.raises(InvalidInputError, match=r"price_scale\[7\] is"):
            call(MARKET, bad)


def test_scales_that_do_not_fit_are_refused() -> None:
    with pytest.raises(TypeError, match="value_scale is of type list"):
        auction.generate_traces([1.0], MARKET, seed=0, campaigns=1)
    with pytest.raises(InvalidInputError, match=r"price_scale has .* float64: it must be float32 \[T\]"):
        auction.generate_traces(MARKET, np.ones(10), seed=0, campaigns=1)
    with pytest.raises(InvalidInputError, match="price_scale has 9 steps but value_scale has 10"):
        auction.generate_traces(MARKET, MARKET[1:], seed=0, campaigns=1)
    with pytest.raises(InvalidInputError, match="value_scale has 0 steps"):
        auction.generate_traces(MARKET[:0], MARKET[:0], seed=0, campaigns=1)


def test_no_campaign_is_legal() -> None:
    assert auction.generate_traces(MARKET, MARKET, seed=0, campaigns=0)[0].shape == (0, 10)
    assert auction.pace_generated(MARKET, MARKET, **(GOOD | {"campaigns": 0})).spend.shape == (0,)


@pytest.mark.parametrize(("campaigns", "steps"), [(1, 1), (70, 100), (3, 5000)])
def test_plans_are_those_of_the_stored_samples_and_are_followed(simd_path: str, campaigns: int, steps: int) -> None:
    value_scale, price_scale = scales(steps, 3)
    large = value_scale > 10.0
    value_scale[large], price_scale[price_scale > 10.0] = 1.0, 1.0
    budget = steps * np.random.default_rng(4).choice([1e-3, 0.05, 0.08, 1.0], campaigns)
    market: dict[str, Any] = {"seed": 8, "campaigns": campaigns}
    plan = auction.spending_plan(*auction.generate_traces(value_scale, price_scale, **market, sample=True), budget)
    for threads in (1, 2):
        multiplier = auction.spending_plan_generated(value_scale, price_scale, budget, **market, threads=threads)
        np.testing.assert_array_equal(multiplier, plan.multiplier)
    common: dict[str, Any] = {"budget": budget, "step_size": 0.01, "initial_multiplier": multiplier}
    found = auction.pace_generated(value_scale, price_scale, **market, **common, sample_multiplier=multiplier)
    live = auction.generate_traces(value_scale, price_scale, **market)
    assert_same(found, auction.pace(*live, plan.target_spend, **common))


def test_bad_budgets_of_plans_are_refused() -> None:
    with pytest.raises(InvalidInputError, match="budget holds 0: it must be finite and greater than 0"):
        auction.spending_plan_generated(MARKET, MARKET, 0.0, seed=0, campaigns=2)
    with pytest.raises(InvalidInputError, match=r"budget has shape \(3,\): it must broadcast to \(2,\)"):
        auction.spending_plan_generated(MARKET, MARKET, np.ones(3), seed=0, campaigns=2)
    with pytest.raises(InvalidInputError, match=r"price_scale\[0\] is -1"):
        auction.spending_plan_generated(MARKET, -MARKET, 1.0, seed=0, campaigns=2)
