"""Every policy keeps to the budget and below the bound; hindsight is the knapsack; what must not matter does not."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulators.budget_pacing import Config, simulate
from simulators.budget_pacing.config import INSTANCE_NAMES
from simulators.budget_pacing.data import Traces, open_traces
from simulators.budget_pacing.delivery import affordable
from simulators.budget_pacing.drift import first_alarm, pace_with_restarts
from simulators.budget_pacing.policies import POLICIES
from simulators.budget_pacing.run import run_policy
from simulators.budget_pacing.setting import Setting, prepare

pytestmark = pytest.mark.native

MOVING = tuple(name for name, policy in POLICIES.items() if policy.plan != "none")


@functools.cache
def prepared(instance: str = "late", steps: int = 3_000, **changes: Any) -> tuple[Traces, Setting]:
    config = Config(instance=instance, horizon=steps, **changes)
    traces = open_traces(config, seed=(5,))
    return traces, prepare(config, traces)


def pairs(draw: st.DrawFn, size: int) -> tuple[np.ndarray, np.ndarray]:
    amounts = st.lists(st.sampled_from([0.0, 0.25, 0.5, 1.0, 1.5, 2.0, 3.0]), min_size=size, max_size=size)
    return np.array(draw(amounts), dtype=np.float32), np.array(draw(amounts), dtype=np.float32)


@st.composite
def ugly(draw: st.DrawFn) -> tuple[Traces, Setting]:
    """Ties, zeros, free auctions, budgets that are met exactly."""
    size = draw(st.integers(2, 40))
    value, price = pairs(draw, size)
    sample_value, sample_price = pairs(draw, size)
    traces = Traces("ugly", False, "", value, price, sample_value, sample_price, 0.0)
    budget = draw(st.sampled_from([0.25, 1.0, 2.5, 100.0]))
    return traces, prepare(Config(data="log.csv", budget=budget), traces)


@given(ugly(), st.sampled_from([name for name, policy in POLICIES.items() if not policy.needs_law]))
def test_spend_and_weak_duality_hold_for_every_policy(case: tuple[Traces, Setting], name: str) -> None:
    traces, setting = case
    run = run_policy(POLICIES[name], traces, setting, seed=(1,), steps=True)
    assert run.spend <= setting.budget
    value, price = traces.value.astype(np.float64), traces.price.astype(np.float64)
    for multiplier in (0.0, 0.3, 1.0, run.first_multiplier, run.last_multiplier, 7.0):
        bound = np.maximum(value - (1.0 + multiplier) * price, 0.0).sum() + multiplier * setting.budget
        assert run.utility <= bound * (1.0 + 1e-12) + 1e-12
    assert run.won is not None
    assert run.wins == run.won.sum()
    assert run.spend == pytest.approx(price[run.won].sum())
    assert run.utility == pytest.approx((value - price)[run.won].sum())


@pytest.fixture(scope="module")
def optimize() -> Any:
    return pytest.importorskip("scipy.optimize", reason="the linear program needs SciPy")


@given(case=ugly())
def test_the_knapsack_is_within_one_auction_of_the_linear_program(optimize: Any, case: tuple[Traces, Setting]) -> None:
    traces, setting = case
    value, price = traces.value.astype(np.float64), traces.price.astype(np.float64)
    program = optimize.linprog(price - value, A_ub=price[None], b_ub=[setting.budget], bounds=(0.0, 1.0))
    run = run_policy(POLICIES["hindsight"], traces, setting, seed=(1,), steps=True)
    least = np.maximum(value - (1.0 + run.first_multiplier) * price, 0.0).sum() + run.first_multiplier * setting.budget
    assert run.utility <= -program.fun + 1e-9
    assert least == pytest.approx(-program.fun, abs=1e-6)  # strong duality: the bound is the program's value
    ties = price[(price > 0.0) & np.isclose(value, (1.0 + run.first_multiplier) * price, rtol=1e-12)]
    assert run.spend + ties.sum() >= setting.budget or run.first_multiplier == 0.0


@pytest.mark.parametrize("instance", INSTANCE_NAMES)
@pytest.mark.parametrize("name", POLICIES)
def test_every_policy_on_every_instance(instance: str, name: str) -> None:
    result = simulate(Config(instance=instance, policy=name, horizon=2_000, studies=0), seed=3)
    assert 0.0 < result.spend <= result.budget
    assert result.regret >= -1e-9 * result.least_bound
    assert 0.0 < result.share_of_bound <= 1.0 + 1e-9
    assert result.delivery_actual[-1] == pytest.approx(result.spend, rel=1e-6)


@pytest.mark.parametrize("name", MOVING)
def test_a_step_of_zero_is_the_fixed_multiplier(name: str) -> None:
    traces, setting = prepared(step_scale=0.0)
    run = run_policy(POLICIES[name], traces, setting, seed=(1,), steps=True)
    assert run.path is not None
    assert run.last_multiplier == run.first_multiplier
    assert np.all(run.path == run.path[0])
    if POLICIES[name].start == "sample":
        assert run.utility == run_policy(POLICIES["static_sample"], traces, setting, seed=(1,)).utility


@pytest.mark.parametrize("name", [name for name, policy in POLICIES.items() if not policy.needs_law])
def test_another_currency_changes_no_decision(name: str) -> None:
    traces, _ = prepared()
    scaled = Traces("scaled", False, "", *(4.0 * trace for trace in _arrays(traces)), 0.0)
    plain = Traces("plain", False, "", *_arrays(traces), 0.0)
    here, there = (
        run_policy(POLICIES[name], each, prepare(Config(data="x.csv", budget=budget), each), seed=(1,), steps=True)
        for each, budget in ((plain, 60.0), (scaled, 240.0))
    )
    assert here.won is not None
    assert np.array_equal(here.won, there.won)
    assert there.utility == pytest.approx(4.0 * here.utility, rel=1e-12)


def _arrays(traces: Traces) -> tuple[np.ndarray, ...]:
    return traces.value, traces.price, traces.sample_value, traces.sample_price


def test_lazy_and_eager_differ_only_once_the_multiplier_was_clipped() -> None:
    for instance, alike in (("stationary", True), ("late", False)):
        traces, setting = prepared(instance, 20_000)
        lazy, eager = (run_policy(POLICIES[name], traces, setting, seed=(1,)) for name in ("uniform", "uniform_eager"))
        assert (lazy.wins == eager.wins) == alike


@given(
    st.lists(st.sampled_from([0.0, 0.125, 0.5, 1.0, 2.0]), max_size=60),
    st.lists(st.booleans(), min_size=60, max_size=60),
    st.sampled_from([0.125, 1.0, 3.0, 50.0]),
)
@settings(max_examples=200)
def test_what_is_affordable_is_what_a_buyer_in_turn_can_pay(
    prices: list[float], wanted: list[bool], budget: float
) -> None:
    price, want = np.array(prices, dtype=np.float32), np.array(wanted[: len(prices)], dtype=np.bool_)
    spent, bought = 0.0, []
    for cost, wish in zip(prices, want.tolist(), strict=True):
        bought.append(bool(wish and spent + cost <= budget))
        spent += cost if bought[-1] else 0.0
    assert affordable(want, price, budget).tolist() == bought


@pytest.mark.parametrize("policy", ["one_sample", "uniform", "uniform_eager", "no_pacing", "throttling"])
def test_steps_put_together_are_the_totals(policy: str) -> None:
    for instance in ("late", "diurnal"):
        traces, setting = prepared(instance)
        run = run_policy(POLICIES[policy], traces, setting, seed=(1,), steps=True)
        assert run.won is not None
        assert int(run.won.sum()) == run.wins


def test_the_alarm_is_at_the_first_step_outside_the_band() -> None:
    gap = np.zeros(1_000)
    assert first_alarm(gap, 1.0, 2.0) is None
    gap[400:] = -2.0 * np.sqrt(401) * 1.001
    assert first_alarm(gap, 1.0, 2.0) == 400
    assert first_alarm(gap, 1.1, 2.0) is None
    early = np.full(50, 2.0 * np.sqrt(100) * 1.001)
    assert first_alarm(early, 1.0, 2.0) == 0


@pytest.mark.parametrize("restart", ["none", "uniform", "relearn"])
def test_restarts_keep_to_the_budget_and_to_the_plan_without_an_alarm(restart: str) -> None:
    traces, setting = prepared("twophase", 3_000, noise=3.0)
    narrow = pace_with_restarts(POLICIES["one_sample"], traces, setting, restart=restart, band=0.2)
    assert narrow.spend <= setting.budget * (1.0 + 1e-9)
    assert bool(narrow.alarms) == (restart != "none")
    wide = pace_with_restarts(POLICIES["one_sample"], traces, setting, restart=restart, band=1e6)
    plain = run_policy(POLICIES["one_sample"], traces, setting, seed=(1,))
    assert wide.alarms == ()
    assert (wide.wins, wide.first_multiplier) == (plain.wins, plain.first_multiplier)
    assert wide.utility == pytest.approx(plain.utility, rel=1e-6)


def test_after_an_alarm_the_curve_of_the_plan_begins_at_what_was_spent() -> None:
    traces, setting = prepared("twophase", 3_000, noise=3.0)
    run = pace_with_restarts(POLICIES["one_sample"], traces, setting, restart="relearn", band=0.2)
    assert run.won is not None
    assert run.planned is not None
    spent = np.cumsum(np.where(run.won, traces.price, 0.0), dtype=np.float64)
    planned = np.cumsum(run.planned, dtype=np.float64)
    for alarm in run.alarms:
        assert planned[alarm - 1] == pytest.approx(spent[alarm - 1], rel=1e-5)
    assert planned[-1] == pytest.approx(setting.budget, rel=1e-5)


def test_the_seed_decides_and_nothing_else() -> None:
    config = Config(horizon=2_000, policy="throttling", studies=1)
    assert simulate(config, seed=(4, 2)) == simulate(config, seed=(4, 2))
    assert simulate(config, seed=(4, 2)) != simulate(config, seed=(4, 3))


@pytest.mark.parametrize("change", [{"policy": "uniform"}, {"noise": 1.0, "instance": "diurnal"}, {"budget": 4_000.0}])
@pytest.mark.parametrize("restart", ["none", "uniform", "relearn"])
def test_entropy_starts_above_zero_whatever_was_learned(change: dict[str, Any], restart: str) -> None:
    config = Config(horizon=3_000, regulariser="entropy", restart=restart, alarm_band=0.2, **change)
    assert simulate(config, seed=3).spend <= simulate(config, seed=3).budget
