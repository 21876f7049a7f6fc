"""Plans by time: what they plan, compression, periods, CSV; and days with more or fewer auctions than the sample."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from pybench.errors import InvalidInputError
from pybench.kernels.auction import Pacer, TimedPlan, pace

pytestmark = pytest.mark.native

SEEDS = st.integers(0, 2**32)


def ugly_plan(random: np.random.Generator) -> TimedPlan:
    """Draw times with ties and far apart, targets with zeros and of many sizes."""
    count = int(random.integers(1, 60))
    times = np.sort(random.choice([1.0, 1e-6, 1e9]) * random.integers(-5, 25, count) + random.choice([0.0, 0.3]))
    targets = random.random(count) * 10.0 ** random.integers(-12, 12, count) * (random.random(count) < 0.7)
    return TimedPlan.from_trace(times, targets)


@given(seed=SEEDS)
def test_it_plans_what_its_segments_say(seed: int) -> None:
    random = np.random.default_rng(seed)
    plan = ugly_plan(random)
    times = np.concatenate([plan.edges, random.uniform(plan.edges[0] - 1.0, plan.edges[-1] + 1.0, 20)])
    for time, planned in zip(times.tolist(), plan.planned(times).tolist(), strict=True):
        expected = Fraction(0)
        for start, end, spend in zip(plan.edges[:-1], plan.edges[1:], plan.planned_spend, strict=True):
            if end <= time:
                expected += Fraction(spend)
            elif start < time:
                expected += (Fraction(time) - Fraction(start)) / (Fraction(end) - Fraction(start)) * Fraction(spend)
        assert planned == pytest.approx(float(expected), rel=1e-12, abs=0.0)
    assert np.all(np.diff(plan.planned(np.sort(times))) >= 0.0)
    assert plan.planned(plan.edges[0] - 1.0) == 0.0
    assert plan.planned(np.inf) == plan.total


@given(seed=SEEDS)
def test_a_pacer_has_planned_what_the_plan_says(seed: int) -> None:
    """Over any number of bids the targets add up to the plan."""
    random = np.random.default_rng(seed)
    plan = ugly_plan(random)
    pacer = Pacer(plan, budget=1.0, step_size=1.0, initial_multiplier=0.0)
    times = np.sort(random.uniform(plan.edges[0] - 1.0, plan.edges[-1] + 1.0, int(random.integers(1, 200))))
    for time in times.tolist():
        pacer.bid(0.0, time)
    state = pacer.state()
    assert state["block_planned"] - state["gap"] == pytest.approx(plan.planned(times[-1]), rel=1e-9, abs=1e-300)
    assert state["plan_planned"] == plan.planned(times[-1])


def test_at_the_times_of_its_trace_a_plan_has_the_targets() -> None:
    time, target = np.array([1.0, 2.0, 2.0, 5.0]), np.array([0.5, 1.0, 2.0, 4.0], np.float32)
    plan = TimedPlan.from_trace(time, target)
    assert plan.planned([0.9, 1.0, 1.5, 2.0, 5.0, 9.0]).tolist() == [0.0, 0.5, 2.0, 3.5, 7.5, 7.5]
    assert (plan.segments, plan.total) == (3, 7.5)
    assert repr(plan) == "TimedPlan(3 segments, 1 to 5, total 7.5)"
    with pytest.raises(ValueError, match="read-only"):
        plan.edges[0] = 0.0


@given(seed=SEEDS, segments=st.integers(1, 70))
def test_compression_keeps_ends_and_comes_closer_with_segments(seed: int, segments: int) -> None:
    plan = ugly_plan(np.random.default_rng(seed))
    short = plan.compress(segments)
    assert short.segments <= segments
    assert set(short.edges) <= set(plan.edges)
    assert short.total == pytest.approx(plan.total, rel=1e-12)
    assert (short.edges[0], short.edges[-1]) == (plan.edges[0], plan.edges[-1])
    if segments >= plan.segments:
        assert short == plan


@pytest.mark.parametrize("segments", [1, 4, 16, 64, 256])
def test_compression_of_a_smooth_day_is_as_close_as_equal_lengths_of_half_as_many(segments: int) -> None:
    time = np.linspace(0.0, 24.0, 20_000)
    target = 1.0 + np.sin(time / 4.0)
    plan = TimedPlan.from_trace(time, target)
    short = TimedPlan.from_trace(time, target, segments=segments)
    assert short.segments == segments
    edges = np.linspace(0.0, 24.0, max(segments // 2, 1) + 1)
    equal = np.interp(time, edges, plan.planned(edges))
    error, of_equal = (np.abs(each - plan.planned(time)).max() for each in (short.planned(time), equal))
    assert error <= of_equal * (1.0 + 1e-3)


@given(seed=SEEDS, length=st.sampled_from([0.1, 1.0, 7.0]))
def test_periods_hold_what_is_planned_in_them(seed: int, length: float) -> None:
    random = np.random.default_rng(seed)
    count = int(random.integers(1, 60))
    plan = TimedPlan.from_trace(np.sort(random.uniform(-3.0, 24.0, count)), random.random(count))
    periods = plan.by_period(length)
    assert np.array_equal(periods.edges, np.round(periods.edges / length) * length)
    assert periods.edges[0] <= plan.edges[0] + 1e-9
    assert periods.edges[-1] >= plan.edges[-1] - 1e-9
    assert periods.planned(periods.edges)[1:] == pytest.approx(plan.planned(periods.edges)[1:], abs=1e-9)
    assert periods.total == pytest.approx(plan.total)


@given(seed=SEEDS)
def test_csv_is_exact(seed: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    plan = ugly_plan(np.random.default_rng(seed))
    path = tmp_path_factory.getbasetemp() / "plan.csv"
    plan.to_csv(path)
    twin = TimedPlan.from_csv(path)
    assert twin == plan
    assert np.array_equal(twin.planned(plan.edges), plan.planned(plan.edges))


def test_csv_by_hour(tmp_path: Path) -> None:
    TimedPlan([0.5, 2.0], [3.0]).by_period(1.0).to_csv(tmp_path / "hours.csv")
    assert (tmp_path / "hours.csv").read_text() == "start,end,planned_spend\n0.0,1.0,1.0\n1.0,2.0,2.0\n"
    assert [path.name for path in tmp_path.iterdir()] == ["hours.csv"]


def test_a_csv_is_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "plan.csv"
    TimedPlan([0.0, 1.0], [1.0]).to_csv(path)
    before = path.read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
        with pytest.raises(InvalidInputError, match=r"it cannot be written \(No space left"):
            TimedPlan([0.0, 2.0], [9.0]).to_csv(path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
    with pytest.raises(InvalidInputError, match="it cannot be written"):
        TimedPlan([0.0, 1.0], [1.0]).to_csv(tmp_path / "none" / "plan.csv")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the file is empty"),
        ("hour,spend\n0,1\n", "line 1 must be start,end,planned_spend"),
        ("start,end,planned_spend\n", "planned_spend is empty"),
        ("start,end,planned_spend\n0,1\n", "line 2 must hold three numbers"),
        ("start,end,planned_spend\n0,1,x\n", "line 2 must hold three numbers"),
        ("start,end,planned_spend\n0,1,1\n2,3,1\n", r"line 3 begins at 2.0, the one before ends at 1.0"),
        ("start,end,planned_spend\n0,1,-1\n", r"planned_spend\[0\] is -1.0"),
        ("start,end,planned_spend\n1,0,1\n", r"edges\[1\] is 0.0: it must not be below the one before, 1.0"),
    ],
)
def test_a_csv_that_breaks_a_rule_is_refused(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "plan.csv"
    path.write_text(text)
    with pytest.raises(InvalidInputError, match=message):
        TimedPlan.from_csv(path)


def test_a_csv_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match=r"none.csv'.* cannot be read"):
        TimedPlan.from_csv(tmp_path / "none.csv")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: TimedPlan([0.0, 1.0, 2.0], [1.0]), "edges has 3 entries: it must have one more than planned_spend, 1"),
        (lambda: TimedPlan([0.0], []), "planned_spend is empty"),
        (lambda: TimedPlan([0.0, np.nan], [1.0]), r"edges\[1\] is nan"),
        (lambda: TimedPlan([0.0, 1.0], [np.inf]), r"planned_spend\[0\] is inf"),
        (lambda: TimedPlan([0.0, 1.0, 2.0], [2.0**120, 2.0**120]), "planned_spend sums to"),
        (lambda: TimedPlan(["0", "1"], [1.0]), "edges has shape"),
        (lambda: TimedPlan.from_trace([0.0, 1.0], [1.0]), "time has 2 entries but target_spend has 1"),
        (lambda: TimedPlan.from_trace([], []), "time is empty"),
        (lambda: TimedPlan.from_trace([1.0, 0.5], [1.0, 1.0]), r"time\[1\] is 0.5: it must not be below"),
        (lambda: TimedPlan.from_trace([np.inf], [1.0]), r"time\[0\] is inf"),
        (lambda: TimedPlan.from_trace([0.0], [-1.0]), r"target_spend\[0\] is -1.0"),
        (lambda: TimedPlan.from_trace([0.0], [1.0], segments=0), "segments is 0"),
        (lambda: TimedPlan([0.0, 1.0], [1.0]).compress(0), "segments is 0"),
        (lambda: TimedPlan([0.0, 1.0], [1.0]).by_period(0.0), "length is 0.0"),
        (lambda: TimedPlan([0.0, 1.0], [1.0]).by_period(1e-300), "length is 1e-300"),
        (lambda: TimedPlan([0.0, 1.0], [1.0]).planned(np.nan), "time is NaN"),
    ],
)
def test_what_breaks_a_rule_is_refused(call: Any, message: str) -> None:
    with pytest.raises(InvalidInputError, match=message):
        call()


def day(random: np.random.Generator, auctions: int) -> tuple[NDArray[np.float64], ...]:
    """Draw the times (hours), values and prices of a day: more auctions, worth more, in the evening."""
    time = np.sort(24.0 * random.beta(3.0, 2.0, auctions))
    level = 0.6 + 0.4 * np.sin(time / 24.0 * 2.0 * np.pi - 2.5)
    return time, level * random.random(auctions), (0.4 + 0.2 * level) * random.random(auctions)


def learned_plan(value: NDArray[np.float64], price: NDArray[np.float64], budget: float) -> tuple[float, Any]:
    """Return the multiplier whose spend on the trace is the budget, and the prices of the steps won at it."""
    order = np.argsort(-(value / price))
    last = int(np.searchsorted(np.cumsum(price[order]), budget)) - 1
    multiplier = float((value / price)[order[last]]) - 1.0
    return multiplier, np.where(value >= (1.0 + multiplier) * price, price, 0.0)


def least_bound(value: NDArray[np.float64], price: NDArray[np.float64], budget: float) -> float:
    """Return the least Lagrangian bound of a grid of multipliers: no policy within the budget has more utility."""
    return min(
        float(np.maximum(value - (1.0 + multiplier) * price, 0.0).sum()) + multiplier * budget
        for multiplier in np.linspace(0.0, 4.0, 401)
    )


@pytest.mark.parametrize("auctions", [14_000, 20_000, 26_000])
@pytest.mark.parametrize("segments", [None, 24])
def test_a_day_of_another_length_is_paced_by_time_and_not_by_step(auctions: int, segments: int | None) -> None:
    random = np.random.default_rng(5)
    time, value, price = day(random, 20_000)
    budget = 0.06 * 20_000 * 0.5
    multiplier, target = learned_plan(value, price, budget)
    live_time, live_value, live_price = day(random, auctions)
    step_size = 1.0 / (np.sqrt(auctions) * live_price.mean())
    bound = least_bound(live_value, live_price, budget)

    pacer = Pacer(
        TimedPlan.from_trace(time, target, segments=segments),
        budget=budget,
        step_size=step_size,
        initial_multiplier=multiplier,
    )
    for when, v, d in zip(live_time.tolist(), live_value.tolist(), live_price.tolist(), strict=True):
        pacer.observe(d, pacer.bid(v, when) >= d)
    assert 0.97 * budget <= pacer.spend <= budget
    assert pacer.utility >= 0.98 * bound

    padded = np.concatenate([target, np.zeros(10_000)])[:auctions]
    by_step = pace(live_value, live_price, padded, budget=budget, step_size=step_size, initial_multiplier=multiplier)
    if auctions == 20_000:
        assert by_step.utility >= 0.98 * bound
    else:
        assert by_step.spend < 0.9 * budget or by_step.utility < 0.95 * bound
        assert pacer.utility > 1.03 * by_step.utility
