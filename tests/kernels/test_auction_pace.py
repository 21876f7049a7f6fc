"""Pacing against its reference, bit for bit, and the invariants that hold whatever the trace."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pybench.errors import InvalidInputError
from pybench.kernels import auction
from pybench.kernels.auction_inputs import LARGEST
from pybench.kernels.auction_results import Pacing
from pybench.kernels.reference import auction as reference

pytestmark = pytest.mark.native
REGULARISERS, AUCTIONS, DTYPES = ("euclidean", "entropy"), ("second_price", "first_price"), (np.float32, np.float64)
RULES = list(itertools.product(REGULARISERS, AUCTIONS))


def market(seed: int, campaigns: int, steps: int, dtype: type) -> list[NDArray[Any]]:
    """Values, prices and targets with ties, zeros and a denormal."""
    random = np.random.default_rng(seed)
    value, price = random.random((2, campaigns, steps))
    price[random.random(price.shape) < 0.1] = 0.0
    tied = random.random(price.shape) < 0.1
    value[tied] = price[tied]
    value[random.random(value.shape) < 0.02] = 1e-42
    target = np.where(random.random(value.shape) < 0.3, random.random(value.shape), 0.0)
    return [array.astype(dtype) for array in (value, price, target)]


def settings_of(seed: int, count: int, budget: float, *, entropy: bool) -> dict[str, NDArray[np.float64]]:
    random = np.random.default_rng(seed)
    return {
        "budget": budget * (0.01 + random.random(count)),
        "step_size": random.choice([0.0, 0.01, 0.3, 5.0], count),
        "initial_multiplier": random.random(count) * random.choice([1.0, 1e-3 if entropy else 0.0], count) + 1e-9,
        "max_multiplier": random.choice([1.0, 1.5, 40.0, LARGEST], count),
    }


def assert_same(one: Pacing, other: Pacing) -> None:
    for field in ("wins", "spend", "utility", "multiplier", "multiplier_path"):
        ours, theirs = getattr(one, field), getattr(other, field)
        assert (ours is None) == (theirs is None), field
        if ours is not None:
            np.testing.assert_array_equal(ours, theirs, err_msg=field)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(("regulariser", "kind"), RULES)
@pytest.mark.parametrize(("campaigns", "steps"), [(1, 300), (5, 64), (7, 65), (64, 63), (70, 257)])
def test_campaigns_are_those_of_the_reference(
    simd_path: str, dtype: type, regulariser: Any, kind: Any, campaigns: int, steps: int
) -> None:
    traces = market(campaigns, campaigns, steps, dtype)
    chosen = settings_of(steps, campaigns, 0.1 * steps, entropy=regulariser == "entropy")
    rule = {"regulariser": regulariser, "auction": kind}
    expected = reference.pace(*traces, **chosen, **rule, paths=True)
    for threads in (1, 2):
        found = auction.pace(*traces, **chosen, **rule, paths=True, threads=threads)
        assert_same(found, expected)
        assert found.multiplier_path.dtype == dtype
    unpathed = auction.pace(*traces, **chosen, **rule)
    packed = auction.pace(auction.pack_traces(*traces), **chosen, **rule)
    for field in ("wins", "spend", "utility", "multiplier"):
        np.testing.assert_array_equal(getattr(unpathed, field), getattr(expected, field))
        np.testing.assert_array_equal(getattr(packed, field), getattr(expected, field))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(("regulariser", "kind"), RULES)
@pytest.mark.parametrize("count", [1, 3, 64, 129, 300])
def test_settings_on_one_trace_are_those_of_the_reference(
    simd_path: str, dtype: type, regulariser: Any, kind: Any, count: int
) -> None:
    traces = market(count, 1, 330, dtype)
    chosen = settings_of(count, count, 33.0, entropy=regulariser == "entropy")
    rule = {"regulariser": regulariser, "auction": kind}
    expected = reference.pace(*traces, **chosen, **rule, paths=True)
    assert_same(auction.pace(*(trace[0] for trace in traces), **chosen, **rule, paths=True), expected)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("regulariser", REGULARISERS)
def test_eager_descent_is_that_of_the_reference(dtype: type, regulariser: Any) -> None:
    traces = market(3, 9, 200, dtype)
    chosen = settings_of(4, 9, 20.0, entropy=regulariser == "entropy")
    rule = {"regulariser": regulariser, "projection": "eager"}
    assert_same(
        auction.pace(*traces, **chosen, **rule, paths=True), reference.pace(*traces, **chosen, **rule, paths=True)
    )


def test_lazy_and_eager_differ_only_once_a_clip_has_occurred() -> None:
    value, price, target = (trace[0] for trace in market(5, 1, 512, np.float64))
    common = {"budget": 1e9, "initial_multiplier": 1.0, "paths": True}
    gentle = [auction.pace(value, price, target, step_size=1e-4, projection=p, **common) for p in ("lazy", "eager")]
    np.testing.assert_allclose(gentle[0].multiplier_path, gentle[1].multiplier_path, rtol=1e-12)
    rough = [auction.pace(value, price, target, step_size=2.0, projection=p, **common) for p in ("lazy", "eager")]
    first_clip = int(np.argmax(rough[0].multiplier_path == 0.0))
    assert first_clip > 0
    np.testing.assert_allclose(rough[0].multiplier_path[:first_clip], rough[1].multiplier_path[:first_clip], rtol=1e-9)
    assert rough[0].wins != rough[1].wins


@pytest.mark.parametrize("unit", [1.0, 0.01, 1.0 / 65535.0])
def test_codes_of_16_bits_are_the_rounded_traces(simd_path: str, unit: float) -> None:
    random = np.random.default_rng(8)
    traces = [np.minimum(random.exponential(0.2, (130, 100)), 1.0).astype(np.float32) for _ in range(3)]
    if unit == 1.0:
        traces = [np.floor(trace * 300) for trace in traces]
    chosen = settings_of(9, 130, 10.0 if unit < 1 else 3000.0, entropy=False)
    packed = auction.pack_traces(*traces, unit=unit)
    codes = [np.rint(trace.astype(np.float64) * (1.0 / unit)).astype(np.float32) for trace in traces]
    scaled = chosen | {"budget": chosen["budget"] / unit, "step_size": chosen["step_size"] * unit}
    found, expected = auction.pace(packed, **chosen), reference.pace(*codes, **scaled)
    np.testing.assert_array_equal(found.wins, expected.wins)
    np.testing.assert_array_equal(found.multiplier, expected.multiplier)
    np.testing.assert_allclose(found.spend, expected.spend * unit, rtol=1e-15)
    assert (found.spend <= chosen["budget"]).all()
    assert packed.rounding_error == unit / 2
    assert packed.nbytes == 2 * 3 * 192 * 100
    error = max(float(np.abs(code * unit - trace).max()) for code, trace in zip(codes, traces, strict=True))
    assert error <= packed.rounding_error * (1 + 1e-6)
    if unit == 1.0:
        exact = auction.pace(*traces, **chosen)
        np.testing.assert_array_equal(found.wins, exact.wins)
        np.testing.assert_array_equal(found.spend, exact.spend)


prices = st.floats(0.0, 10.0, width=32)


@settings(max_examples=60)
@given(
    steps=st.lists(st.tuples(prices, prices, prices), min_size=1, max_size=200),
    budget=st.floats(1e-3, 50.0),
    step_size=st.floats(0.0, 3.0),
    multiplier=st.floats(0.0, 3.0),
    kind=st.sampled_from(AUCTIONS),
    dtype=st.sampled_from(DTYPES),
)
@example(steps=[(1.0, 1.0, 0.0)] * 70, budget=3.0, step_size=0.0, multiplier=0.0, kind="second_price", dtype=np.float32)
def test_spend_is_within_the_budget_and_the_certificate_holds(
    steps: list[tuple[float, float, float]], budget: float, step_size: float, multiplier: float, kind: Any, dtype: type
) -> None:
    value, price, target = (np.array(column, dtype=dtype) for column in zip(*steps, strict=True))
    found = auction.pace(
        value, price, target, budget=budget, step_size=step_size, initial_multiplier=multiplier, auction=kind
    )
    assert 0.0 <= found.spend <= budget
    assert found.utility >= 0.0
    # Weak duality, for any multiplier: here three. Sums of 64 in the dtype round.
    allowance = 64 * float(np.finfo(dtype).eps) * (1.0 + float(value.astype(np.float64).sum()))
    for m in (0.0, multiplier, float(found.multiplier)):
        surplus = np.maximum(value.astype(np.float64) - (1.0 + m) * price.astype(np.float64), 0.0)
        assert found.utility <= math.fsum(surplus) + m * budget + allowance


@pytest.mark.parametrize("regulariser", REGULARISERS)
def test_the_answer_has_no_unit_of_money(regulariser: Any) -> None:
    value, price, target = market(11, 20, 500, np.float64)
    common = {"initial_multiplier": 0.4, "regulariser": regulariser}
    ours = auction.pace(value, price, target, budget=30.0, step_size=0.05, **common)
    scaled = auction.pace(4 * value, 4 * price, 4 * target, budget=120.0, step_size=0.0125, **common)
    np.testing.assert_array_equal(ours.wins, scaled.wins)
    np.testing.assert_array_equal(4 * ours.spend, scaled.spend)


def test_campaigns_may_stand_in_any_order() -> None:
    traces, order = market(12, 80, 300, np.float32), np.random.default_rng(1).permutation(80)
    chosen = settings_of(13, 80, 30.0, entropy=False)
    ours = auction.pace(*traces, **chosen)
    shuffled = auction.pace(*(trace[order] for trace in traces), **{name: s[order] for name, s in chosen.items()})
    np.testing.assert_array_equal(ours.spend[order], shuffled.spend)


def test_no_step_is_a_static_multiplier_and_a_target_may_be_a_number() -> None:
    value, price, _ = (trace[0] for trace in market(14, 1, 700, np.float64))
    found = auction.pace(value, price, 0.25, budget=1e9, step_size=0.0, initial_multiplier=0.5, paths=True)
    assert (found.multiplier_path == 0.5).all()
    won = value >= 1.5 * price
    assert found.wins == won.sum()
    np.testing.assert_allclose(found.spend, price[won].sum(), rtol=1e-12)


def test_settings_broadcast_to_a_grid() -> None:
    value, price, target = (trace[0] for trace in market(15, 1, 100, np.float32))
    budgets, steps = np.array([2.0, 5.0, 9.0]), np.array([0.0, 0.1])
    grid = auction.pace(
        value, price, target, budget=budgets[:, None], step_size=steps[None, :], initial_multiplier=0.2, paths=True
    )
    assert grid.spend.shape == (3, 2)
    assert grid.multiplier_path.shape == (3, 2, 100)
    one = auction.pace(value, price, target, budget=5.0, step_size=0.1, initial_multiplier=0.2)
    assert one.spend.shape == ()
    assert one.spend == grid.spend[1, 1]


@pytest.mark.parametrize("dtype", DTYPES)
def test_extremes_stay_numbers(simd_path: str, dtype: type) -> None:
    value = np.tile(np.array([LARGEST, 0.0, 1e-40, LARGEST], dtype=dtype), (70, 50))
    price = np.tile(np.array([LARGEST, LARGEST, 0.0, 0.0], dtype=dtype), (70, 50))
    chosen = {
        "budget": np.full(70, 1e300),
        "step_size": np.full(70, LARGEST),
        "initial_multiplier": np.full(70, LARGEST),
    }
    chosen["max_multiplier"] = np.full(70, LARGEST)
    for regulariser in REGULARISERS:
        found = auction.pace(value, price, price, **chosen, regulariser=regulariser, paths=True)
        assert np.isfinite(found.multiplier_path).all()
        assert np.isfinite(found.multiplier).all()
        assert found.wins[0] >= 50 * 2  # at least the free ones
        assert_same(found, reference.pace(value, price, price, **chosen, regulariser=regulariser, paths=True))


def test_inputs_may_be_read_only_and_out_of_order_in_memory() -> None:
    traces = market(16, 70, 90, np.float32)
    chosen = settings_of(17, 70, 9.0, entropy=False)
    expected = auction.pace(*traces, **chosen)
    awkward = [np.asfortranarray(trace) for trace in traces]
    for trace in awkward:
        trace.flags.writeable = False
    assert_same(auction.pace(*awkward, **chosen), expected)
    swapped = [trace.astype(trace.dtype.newbyteorder()) for trace in traces]
    assert_same(auction.pace(*swapped, **chosen), expected)


def test_no_campaign_is_legal() -> None:
    nothing = np.empty((0, 5), dtype=np.float32)
    found = auction.pace(nothing, nothing, nothing, budget=1.0, step_size=0.0, initial_multiplier=0.0, paths=True)
    assert found.spend.shape == (0,)
    assert found.multiplier_path.shape == (0, 5)


GOOD: dict[str, Any] = {"budget": 5.0, "step_size": 0.1, "initial_multiplier": 0.2}


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"budget": 0.0}, r"budget holds 0: it must be finite and greater than 0"),
        ({"budget": math.nan}, r"budget holds NaN"),
        ({"budget": "much"}, r"budget is 'much': it must be a number"),
        ({"budget": np.ones(3)}, r"budget has shape \(3,\): it must broadcast to \(8,\)"),
        ({"step_size": -0.1}, r"step_size holds -0\.1: it must be finite and at least 0"),
        ({"step_size": math.inf}, r"step_size holds inf"),
        ({"initial_multiplier": -1.0}, r"initial_multiplier holds -1"),
        ({"max_multiplier": 0.1}, r"initial_multiplier holds 0\.2: it must be at most the max_multiplier, 0\.1"),
        ({"initial_multiplier": 0.0, "regulariser": "entropy"}, r"initial_multiplier holds 0: .* greater than 0"),
        ({"regulariser": "ridge"}, r"regulariser is 'ridge': it must be 'euclidean' or 'entropy'"),
        ({"auction": "vcg"}, r"auction is 'vcg'"),
        ({"projection": "never"}, r"projection is 'never'"),
        ({"threads": 0}, r"threads is 0"),
    ],
)
def test_bad_settings_are_refused(change: dict[str, Any], text: str) -> None:
    with pytest.raises(InvalidInputError, match=text):
        auction.pace(*market(0, 8, 10, np.float32), **(GOOD | change))


@pytest.mark.parametrize("name", ["value", "price", "target_spend"])
@pytest.mark.parametrize("entry", [-1.0, math.nan, math.inf, 2.0**121])
@pytest.mark.parametrize("campaigns", [0, 3, 70])
def test_bad_entries_are_refused_by_name(name: str, entry: float, campaigns: int) -> None:
    place = ("value", "price", "target_spend").index(name)
    traces = market(1, max(campaigns, 1), 400, np.float32)
    traces[place][-1, 390] = entry
    where = rf"{name}\[{campaigns - 1}, 390\]" if campaigns else rf"{name}\[390\]"
    given_traces = traces if campaigns else [trace[0] for trace in traces]
    with pytest.raises(InvalidInputError, match=where):
        auction.pace(*given_traces, **GOOD)
    if campaigns:
        with pytest.raises(InvalidInputError, match=where):
            auction.pack_traces(*traces)


def test_bad_traces_are_refused() -> None:
    value, price, target = market(2, 8, 10, np.float32)
    with pytest.raises(TypeError, match="value is of type list"):
        auction.pace([1.0], price, target, **GOOD)
    with pytest.raises(InvalidInputError, match="price has dtype float64 but value has float32"):
        auction.pace(value, price.astype(np.float64), target, **GOOD)
    with pytest.raises(InvalidInputError, match=r"target_spend has shape \(8, 9\)"):
        auction.pace(value, price, target[:, 1:], **GOOD)
    with pytest.raises(InvalidInputError, match="value has dtype int32"):
        auction.pace(value.astype(np.int32), price, target, **GOOD)
    with pytest.raises(InvalidInputError, match="value has 0 steps"):
        auction.pace(value[:, :0], price[:, :0], target[:, :0], **GOOD)
    with pytest.raises(InvalidInputError, match="must be \\[campaigns, T\\]"):
        auction.pack_traces(value[0], price[0], target[0])
    packed = auction.pack_traces(value, price, target)
    with pytest.raises(InvalidInputError, match="price is given: packed traces hold it already"):
        auction.pace(packed, price, **GOOD)
    with pytest.raises(InvalidInputError, match="paths is True: packed traces"):
        auction.pace(packed, **GOOD, paths=True)
    with pytest.raises(InvalidInputError, match="unit holds 0"):
        auction.pack_traces(value, price, target, unit=0.0)
    with pytest.raises(InvalidInputError, match=r"value\[.*\] is .*: it must be at most 65535 times the unit"):
        auction.pack_traces(value, price, target, unit=1e-9)


def test_codes_keep_to_a_budget_that_is_no_whole_number_of_units() -> None:
    budget = float(np.nextafter(15.6, 0.0))
    tenths = np.full((1, 400), 0.1)
    packed = auction.pack_traces(tenths, tenths, np.zeros_like(tenths), unit=0.1)
    found = auction.pace(packed, budget=budget, step_size=0.0, initial_multiplier=0.0)
    assert found.wins[0] == 155
    assert found.spend[0] <= budget


def test_a_step_size_too_large_in_units_is_refused() -> None:
    packed = auction.pack_traces(*(np.full((1, 3), 1e4) for _ in range(3)), unit=1e4)
    with pytest.raises(InvalidInputError, match=r"step_size holds 6\.64614e\+35: times the unit of the packed traces"):
        auction.pace(packed, budget=1.0, step_size=2.0**119, initial_multiplier=3.0)
