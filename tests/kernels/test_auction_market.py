"""Paced bidders in one market: the rules of a sale, budgets, and the same bits as the reference and as `pace`."""

from __future__ import annotations

import os
import signal
import time
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pybench.kernels.auction import MarketPacing, pace, pace_market
from pybench.kernels.reference import auction as pace_reference
from pybench.kernels.reference import auction_market as reference

pytestmark = pytest.mark.native

AUCTIONS = ("second_price", "first_price")
REGULARISERS = ("euclidean", "entropy")
IMPLEMENTATIONS = (pace_market, reference.pace_market)


def assert_same(found: MarketPacing, expected: MarketPacing) -> None:
    for name in MarketPacing.__slots__:
        one, other = getattr(found, name), getattr(expected, name)
        assert (one is None) == (other is None), name
        if one is not None:
            assert one.dtype == other.dtype
            assert np.array_equal(one, other), name


@st.composite
def calls(draw: st.DrawFn) -> dict[str, Any]:
    """Draw markets with many ties, zeros, budgets that run out in the middle, and more steps than a block."""
    dtype = draw(st.sampled_from(("f4", "f8")))
    markets = draw(st.sampled_from((None, 1, 2, 3)))
    bidders, steps = draw(st.integers(1, 5)), draw(st.sampled_from((0, 1, 2, 63, 64, 65, 130, 200)))
    shape = (bidders,) if markets is None else (markets, bidders)
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    levels = draw(st.sampled_from((0, 1, 2, 5)))

    def amounts(size: tuple[int, ...]) -> np.ndarray:
        drawn = rng.integers(0, levels + 1, size) if levels else rng.lognormal(0.0, 3.0, size)
        return drawn.astype(dtype)

    kind = draw(st.sampled_from(("number", "trace")))
    regulariser = draw(st.sampled_from(REGULARISERS))
    least = 1e-3 if regulariser == "entropy" else 0.0
    return {
        "value": amounts((*shape, steps)),
        "target_spend": 0.3 * amounts((*shape, steps)) if kind == "trace" else rng.random(shape),
        "budget": rng.choice((1e-6, 0.1, 1.0, 7.3, 40.0, 1e30), shape),
        "step_size": draw(st.sampled_from((0.0, 0.01, 0.3, 100.0))),
        "initial_multiplier": np.maximum(rng.random(shape) * draw(st.sampled_from((0.0, 0.5, 3.0))), least),
        "max_multiplier": draw(st.sampled_from((None, 3.0, 1e9))),
        "reserve": draw(st.sampled_from((0.0, 0.1, 1.0, amounts((steps,)), amounts((*shape[:-1], steps))))),
        "regulariser": regulariser,
        "auction": draw(st.sampled_from(AUCTIONS)),
    }


@given(calls(), st.integers(1, 3))
def test_the_kernel_is_its_reference_bit_for_bit(call: dict[str, Any], threads: int) -> None:
    value, target = call.pop("value"), call.pop("target_spend")
    expected = reference.pace_market(value, target, **call, paths=True)
    assert_same(pace_market(value, target, **call, paths=True, threads=threads), expected)
    without = pace_market(value, target, **call, threads=threads)
    assert without.multiplier_path is without.winner is without.highest_bid is without.second_bid is None
    assert np.array_equal(without.spend, expected.spend)


@given(calls())
def test_no_budget_is_exceeded_and_the_sums_are_those_of_the_sales(call: dict[str, Any]) -> None:
    value, target = call.pop("value"), call.pop("target_spend")
    found = pace_market(value, target, **call, paths=True)
    assert (found.spend <= call["budget"]).all()
    paid = found.second_bid if call["auction"] == "second_price" else found.highest_bid
    sums = np.zeros((3, *found.spend.shape))
    rows = [()] if value.ndim == 2 else [(market,) for market in range(len(value))]
    for row in rows:
        for t, index in enumerate(found.winner[row]):
            if index >= 0:
                worth = value[(*row, index, t)]
                sums[(slice(None), *row, index)] += 1.0, paid[(*row, t)], float(worth) - float(paid[(*row, t)])
    assert np.array_equal(found.wins, sums[0])
    tolerance = 1e-5 if value.dtype == np.float32 else 1e-12
    largest = max(1.0, float(value.max(initial=0.0))) * max(1, value.shape[-1])
    # In a first-price auction the reserve stands for a winning bid that is a rounding below it.
    np.testing.assert_allclose(found.spend, sums[1], rtol=tolerance, atol=tolerance * largest)
    np.testing.assert_allclose(found.utility, sums[2], rtol=tolerance, atol=tolerance * largest)
    if value.shape[-1]:
        mean = found.multiplier_path.mean(axis=-1, dtype=np.float64)
        np.testing.assert_allclose(found.mean_multiplier, mean, rtol=tolerance, atol=1e-12)


@pytest.mark.parametrize("auction", AUCTIONS)
@pytest.mark.parametrize("regulariser", REGULARISERS)
@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_a_bidder_alone_does_what_pace_does(auction: str, regulariser: str, dtype: str) -> None:
    for seed in range(20):
        rng = np.random.default_rng(seed)
        value, price, target = rng.random((3, 1, 333)).astype(dtype) * 3
        settings = {
            "budget": np.array([rng.choice((0.5, 30.0, 1e4))]),
            "step_size": np.array([rng.choice((0.0, 0.02, 1.0))]),
            "initial_multiplier": rng.random(1),
            "max_multiplier": np.array([1.5]),
        }
        # Prices above the most that the bidder could then pay, and prices that its bid just meets.
        price[0, ::7] = value[0, ::7]
        rule: Any = {"regulariser": regulariser, "auction": auction}
        alone = pace_reference.pace(value, price, target, **settings, **rule, paths=True)
        found = pace_market(value, target, **settings, **rule, reserve=price[0], paths=True)
        native = pace(value[0], price[0], target[0], **{k: x[0] for k, x in settings.items()}, **rule, paths=True)
        for name in ("wins", "spend", "utility", "multiplier", "multiplier_path"):
            assert np.array_equal(getattr(found, name), getattr(alone, name)), name
            assert np.array_equal(getattr(found, name)[0], getattr(native, name)), name


@pytest.mark.parametrize("auction", AUCTIONS)
@pytest.mark.parametrize("budget", [5.0, 1e9])
def test_every_bidder_answers_the_bids_of_the_others_as_pace_does(auction: str, budget: float) -> None:
    rng = np.random.default_rng(3)
    value, target = rng.random((5, 700)), rng.random((5, 700)) * 0.1
    settings = {
        name: np.full(5, x) for name, x in {"budget": budget, "step_size": 0.05, "initial_multiplier": 0.4}.items()
    }
    found = pace_market(value, target, **settings, reserve=0.2, auction=auction, paths=True)
    assert (found.wins > 0).all()
    others = np.where(found.winner == np.arange(5)[:, None], found.second_bid, found.highest_bid)
    alone = pace_reference.pace(value, others, target, **settings, max_multiplier=np.full(5, np.inf), auction=auction)
    for name in ("wins", "spend", "utility", "multiplier"):
        assert np.array_equal(getattr(found, name), getattr(alone, name)), name


def _sale(values: list[float], auction: str, **options: Any) -> tuple[int, float]:
    """Sell one item to bidders of a fixed multiplier, 0 unless told."""
    settings = {"budget": 100.0, "step_size": 0.0, "initial_multiplier": 0.0} | options
    for implementation in IMPLEMENTATIONS:
        found = implementation(np.array(values)[:, None], 0.0, **settings, auction=auction, paths=True)
        winner = int(found.winner[0])
        spend = np.zeros(len(values))
        if winner >= 0:
            spend[winner] = found.spend[winner]
        assert np.array_equal(found.spend, spend)
    return winner, float(found.spend.sum())


@pytest.mark.parametrize(
    ("values", "options", "second", "first"),
    [
        ([3.0, 5.0, 4.0], {}, (1, 4.0), (1, 5.0)),
        ([5.0, 5.0], {}, (0, 5.0), (0, 5.0)),  # a tie
        ([5.0], {}, (0, 0.0), (0, 5.0)),
        ([5.0], {"reserve": 2.0}, (0, 2.0), (0, 5.0)),
        ([5.0, 1.0], {"reserve": 2.0}, (0, 2.0), (0, 5.0)),
        ([1.0, 2.0], {"reserve": 2.0}, (1, 2.0), (1, 2.0)),
        ([1.0, 1.5], {"reserve": 2.0}, (-1, 0.0), (-1, 0.0)),
        ([0.0, 0.0], {}, (0, 0.0), (0, 0.0)),
        ([0.0, 0.0], {"reserve": 0.5}, (-1, 0.0), (-1, 0.0)),
        ([8.0, 5.0], {"initial_multiplier": np.array([1.0, 0.0])}, (1, 4.0), (1, 5.0)),
        # What remains of the budget holds a bid in a second-price auction, and keeps it out of a first-price one.
        ([10.0, 5.0], {"budget": np.array([1.0, 9.0])}, (1, 1.0), (1, 5.0)),
        ([10.0, 5.0], {"budget": np.array([6.0, 9.0])}, (0, 5.0), (1, 5.0)),
        ([10.0, 5.0], {"budget": np.array([5.0, 9.0])}, (0, 5.0), (1, 5.0)),
        ([10.0, 5.0], {"budget": np.array([1.0, 9.0]), "reserve": 2.0}, (1, 2.0), (1, 5.0)),
        ([10.0, 5.0], {"budget": 1.0, "reserve": 2.0}, (-1, 0.0), (-1, 0.0)),
    ],
)
def test_who_wins_and_what_is_paid(
    values: list[float], options: dict[str, Any], second: tuple[int, float], first: tuple[int, float]
) -> None:
    assert _sale(values, "second_price", **options) == second
    assert _sale(values, "first_price", **options) == first


def _random_market(bidders: int, steps: int, seed: int = 0) -> tuple[np.ndarray, dict[str, Any]]:
    rng = np.random.default_rng(seed)
    settings = {
        "budget": rng.random(bidders) * steps * 0.1 + 0.5,
        "step_size": rng.random(bidders) * 0.2,
        "initial_multiplier": rng.random(bidders),
    }
    return rng.random((bidders, steps)), settings


@pytest.mark.parametrize("auction", AUCTIONS)
def test_sales_agree_with_sorting_the_bids(auction: str) -> None:
    value, settings = _random_market(7, 1_000)
    settings["budget"] = 1e9
    found = pace_market(value, 0.05, **settings, reserve=0.1, auction=auction, paths=True)
    bids = value / (1.0 + found.multiplier_path)
    order = np.argsort(-bids, axis=0)
    top, next_one = np.take_along_axis(bids, order[:2], axis=0)
    assert np.array_equal(found.winner, np.where(top >= 0.1, order[0], -1))
    np.testing.assert_allclose(found.highest_bid, np.maximum(top, 0.1), rtol=1e-15)
    np.testing.assert_allclose(found.second_bid, np.maximum(next_one, 0.1), rtol=1e-15)


@pytest.mark.parametrize("auction", AUCTIONS)
@pytest.mark.parametrize("bidders", [2, 9, 70])
def test_the_order_of_the_bidders_does_not_matter(auction: str, bidders: int) -> None:
    value, settings = _random_market(bidders, 500)
    order = np.random.default_rng(1).permutation(bidders)
    found = pace_market(value, 0.02, **settings, auction=auction)
    turned = pace_market(value[order], 0.02, **{name: x[order] for name, x in settings.items()}, auction=auction)
    for name in ("wins", "spend", "utility", "multiplier", "mean_multiplier"):
        assert np.array_equal(getattr(found, name)[order], getattr(turned, name)), name


@pytest.mark.parametrize("auction", AUCTIONS)
@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize("unit", [2.0**-20, 1024.0])
def test_the_unit_of_money_does_not_matter(auction: str, dtype: str, unit: float) -> None:
    value, settings = _random_market(4, 400)
    value = value.astype(dtype)
    found = pace_market(value, 0.0625, **settings, reserve=0.125, auction=auction)
    settings |= {"budget": settings["budget"] * unit, "step_size": settings["step_size"] / unit}
    scale = value.dtype.type(unit)
    scaled = pace_market(value * scale, 0.0625 * unit, **settings, reserve=0.125 * unit, auction=auction)
    assert np.array_equal(found.wins, scaled.wins)
    assert np.array_equal(found.spend * unit, scaled.spend)
    assert np.array_equal(found.utility * unit, scaled.utility)
    assert np.array_equal(found.multiplier, scaled.multiplier)


def test_equal_bidders_stay_equal_until_a_tie_is_won() -> None:
    value = np.ones((3, 300))
    found = pace_market(value, 0.1, budget=1000.0, step_size=0.1, initial_multiplier=0.0, paths=True)
    assert found.winner[:3].tolist() == [0, 1, 2]
    assert found.wins.tolist() == [100, 100, 100]


def test_where_nobody_meets_the_reserve_multipliers_fall_by_the_targets() -> None:
    found = pace_market(np.ones((2, 100)), 0.25, budget=10.0, step_size=0.01, initial_multiplier=3.0, reserve=1.5)
    assert not found.wins.any()
    assert not found.spend.any()
    np.testing.assert_allclose(found.multiplier, 3.0 - 0.01 * 0.25 * 100)


def test_markets_are_apart_and_threads_change_nothing() -> None:
    rng = np.random.default_rng(4)
    value, reserve = rng.random((6, 3, 200)).astype("f4"), rng.random((6, 200)).astype("f4") / 2
    settings: dict[str, Any] = {"budget": 5.0, "step_size": 0.1, "initial_multiplier": rng.random((6, 3))}
    found = [pace_market(value, 0.02, **settings, reserve=reserve, paths=True, threads=n) for n in (1, 2, 3, None)]
    for other in found[1:]:
        assert_same(other, found[0])
    for market in range(6):
        settings["initial_multiplier"] = found[0].multiplier_path[market, :, 0].astype(float)
        one = pace_market(value[market], 0.02, **settings, reserve=reserve[market], paths=True)
        assert np.array_equal(one.winner, found[0].winner[market])
        assert one.wins.shape == (3,)
        assert np.array_equal(one.wins, found[0].wins[market])


def test_views_and_other_byte_orders_are_taken() -> None:
    value, settings = _random_market(3, 90)
    expected = pace_market(value, 0.1, **settings)
    assert_same(pace_market(np.asfortranarray(value), 0.1, **settings), expected)
    assert_same(pace_market(np.repeat(value, 2, axis=1)[:, ::2], np.full(3, 0.1), **settings), expected)
    assert_same(pace_market(value.astype(">f8"), np.full((3, 90), 0.1), **settings), expected)


V = np.full((2, 3), 0.5)


def changed(array: np.ndarray, place: tuple[int, ...], number: float) -> np.ndarray:
    copy = array.copy()
    copy[place] = number
    return copy


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
@pytest.mark.parametrize(
    ("value", "target", "options", "text"),
    [
        (
            changed(V, (1, 2), np.nan),
            0.1,
            {},
            r"value\[1, 2\] is nan: it must be finite, at least 0 and at most 2\^120",
        ),
        (changed(V, (0, 1), -1.0), 0.1, {}, r"value\[0, 1\] is -1: it must be finite"),
        (changed(V, (0, 0), np.inf), 0.1, {}, r"value\[0, 0\] is inf"),
        (changed(V, (0, 0), 2.0**121), 0.1, {}, r"value\[0, 0\] is 2.65845599e\+36"),
        (changed(V[None], (0, 1, 1), np.nan), 0.1, {}, r"value\[0\]\[1, 1\] is nan"),
        (V, changed(V, (1, 0), -0.5), {}, r"target_spend\[1, 0\] is -0.5: it must be finite"),
        (V, -0.1, {}, "target_spend holds -0.1: it must be finite and at least 0"),
        (V, np.zeros((2, 2)), {}, r"target_spend has shape \(2, 2\) but value has \(2, 3\)"),
        (V, np.zeros(3), {}, r"target_spend has shape \(3,\): it must broadcast to \(2,\)"),
        (V, V.astype("f4"), {}, "target_spend has dtype float32 but value has float64"),
        (V, "all", {}, "target_spend is 'all': it must be a number"),
        (V[0], 0.1, {}, r"value has shape \(3,\): it must be \[N, T\] or \[markets, N, T\]"),
        (V[:0], 0.1, {}, r"value has shape \(0, 3\): there must be at least one bidder"),
        (V.astype(int), 0.1, {}, "value has dtype int64: it must be float32 or float64"),
        (np.ma.masked_less(changed(V, (0, 0), 0.0), 0.1), 0.1, {}, "value has masked entries"),
        (V, 0.1, {"budget": 0.0}, "budget holds 0: it must be finite and greater than 0"),
        (V, 0.1, {"budget": np.array([1.0, np.nan])}, "budget holds NaN"),
        (V, 0.1, {"budget": np.ones(3)}, r"budget has shape \(3,\): it must broadcast to \(2,\)"),
        (V, 0.1, {"step_size": -1.0}, "step_size holds -1: it must be finite and at least 0"),
        (
            V,
            0.1,
            {"step_size": 2.0**121},
            r"step_size holds 2.65846e\+36: .* at most 1.32923e\+36",
        ),
        (V, 0.1, {"initial_multiplier": -0.5}, "initial_multiplier holds -0.5"),
        (V, 0.1, {"max_multiplier": 0.1}, "initial_multiplier holds 0.5: it must not be above max_multiplier, 0.1"),
        (V, 0.1, {"max_multiplier": np.inf}, "max_multiplier holds inf: it must be finite"),
        (V, 0.1, {"reserve": -1.0}, "reserve holds -1: it must be finite and at least 0"),
        (V, 0.1, {"reserve": np.array([0.0, np.nan, 0.0])}, r"reserve\[1\] is nan: it must be finite"),
        (V, 0.1, {"reserve": np.zeros(2)}, r"reserve has shape \(2,\): it must broadcast to \(3,\)"),
        (V, 0.1, {"reserve": np.zeros((1, 3))}, r"reserve has shape \(1, 3\): it must broadcast to \(3,\)"),
        (V, 0.1, {"reserve": np.zeros(3, "f4")}, "reserve has dtype float32 but value has float64"),
        (V[None], 0.1, {"reserve": np.array([[0.0, -2.0, 0.0]])}, r"reserve\[0, 1\] is -2: it must be finite"),
        (
            V,
            0.1,
            {"regulariser": "entropy", "initial_multiplier": 0.0},
            "initial_multiplier holds 0: .* greater than 0",
        ),
        (V, 0.1, {"regulariser": "cube"}, "regulariser is 'cube': it must be 'euclidean' or 'entropy'"),
        (V, 0.1, {"auction": "third_price"}, "auction is 'third_price': it must be 'second_price' or 'first_price'"),
    ],
)
def test_bad_input_is_named(implementation: Any, value: Any, target: Any, options: dict[str, Any], text: str) -> None:
    settings: dict[str, Any] = {"budget": 1.0, "step_size": 0.1, "initial_multiplier": 0.5} | options
    with pytest.raises(ValueError, match="^" + text):
        implementation(value, target, **settings)


def test_what_is_no_array_is_a_type_error_and_threads_are_checked() -> None:
    settings: dict[str, Any] = {"budget": 1.0, "step_size": 0.1, "initial_multiplier": 0.5}
    with pytest.raises(TypeError, match="value is of type list: it must be a NumPy array"):
        pace_market([[1.0]], 0.1, **settings)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="reserve is of type list: it must be a NumPy array"):
        pace_market(V, 0.1, **settings, reserve=[0.1, 0.1, 0.1])
    with pytest.raises(ValueError, match=r"threads is 0: it must be in \[1, 1024\]"):
        pace_market(V, 0.1, **settings, threads=0)


def test_of_several_bad_markets_the_first_is_named_whatever_the_threads() -> None:
    value = np.full((40, 2, 3_000), 0.5)
    value[7, 1, 2_999] = -1.0  # found at the end of a pass; those after it at once
    value[8:] = np.nan
    for threads in (1, 2, 4):
        with pytest.raises(ValueError, match=r"^value\[7\]\[1, 2999\] is -1"):
            pace_market(value, 0.1, budget=1.0, step_size=0.1, initial_multiplier=0.5, threads=threads)


class AlarmError(Exception):
    """What the test's signal handler raises."""


@pytest.mark.skipif(os.name != "posix", reason="needs an interval timer")
@pytest.mark.parametrize(("markets", "threads"), [(1, 1), (8, 2)])
def test_a_handler_that_raises_stops_a_long_market(markets: int, threads: int) -> None:
    value = np.broadcast_to(np.float32(0.5), (markets, 64, 2_000_000 // markets)).copy()
    rung = []

    def ring(*_: Any) -> None:
        rung.append(time.monotonic())
        raise AlarmError

    before = signal.signal(signal.SIGALRM, ring)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        with pytest.raises(AlarmError):
            pace_market(value, 0.01, budget=1e4, step_size=1e-3, initial_multiplier=0.5, threads=threads)
        assert time.monotonic() - rung[0] < 0.5
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, before)
