"""One policy on one live trace."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pybench.kernels.auction import pace, spending_plan
from simulators.budget_pacing.data import Traces
from simulators.budget_pacing.delivery import wins
from simulators.budget_pacing.plan import compress
from simulators.budget_pacing.policies import Policy
from simulators.budget_pacing.setting import LARGEST, Setting

__all__ = ["Run", "followed_plan", "run_policy"]

#: What throttling adds to the seed.
_THROTTLING = 23


@dataclass(frozen=True, slots=True)
class Run:
    """What a policy did. What is of each step is None unless it was asked for."""

    wins: int
    spend: float
    utility: float
    first_multiplier: float
    last_multiplier: float
    won: NDArray[np.bool_] | None = None
    planned: NDArray[np.float32] | None = None
    """0 throughout for a policy without a plan."""
    path: NDArray[np.float32] | None = None
    """The multiplier that each step was bid with."""
    alarms: tuple[int, ...] = ()
    """How many steps had passed at each alarm."""


def followed_plan(
    policy: Policy, traces: Traces, setting: Setting, segments: int = 0
) -> tuple[NDArray[np.float32], float]:
    """Return the plan of each live step, and the multiplier that a policy starts with."""
    steps = traces.horizon
    if policy.plan == "sample":
        plan = setting.sample_plan
    elif policy.plan == "expected":
        assert setting.law is not None
        plan = setting.law.spend.astype(np.float32)
    else:
        rate = setting.budget / steps if policy.plan == "uniform" else 0.0
        plan = np.full(steps, rate, dtype=np.float32)
    if segments:
        plan = compress(plan, segments)
    multiplier = _first_multiplier(policy, traces, setting)
    return plan, multiplier if policy.plan == "none" else setting.start(multiplier)


def _first_multiplier(policy: Policy, traces: Traces, setting: Setting) -> float:
    if policy.start == "sample":
        return setting.sample_multiplier
    if policy.start == "fluid":
        assert setting.law is not None
        return setting.law.multiplier
    if policy.start == "hindsight":
        return float(spending_plan(traces.value, traces.price, setting.budget).multiplier)
    return 0.0


def run_policy(
    policy: Policy, traces: Traces, setting: Setting, *, seed: tuple[int, ...], segments: int = 0, steps: bool = False
) -> Run:
    """Run a policy over the live trace; O(T).

    Parameters
    ----------
    seed
        For throttling, which alone is random.
    segments
        Those that the plan is compressed to; 0: not compressed.
    steps
        Whether what is of each step is to be returned.
    """
    if policy.start == "hindsight":
        return _hindsight(traces, setting, steps)
    entered = _entered(traces, setting, seed) if policy.throttled else None
    value, price = traces.value, traces.price
    if entered is not None:
        value, price = value[entered], price[entered]
        if not value.size:
            idle = np.zeros(traces.horizon, dtype=np.float32)
            return Run(0, 0.0, 0.0, 0.0, 0.0, won=idle > 0.0, planned=idle, path=idle)
    plan, multiplier = followed_plan(policy, traces, setting, segments)
    moving = policy.plan != "none"
    done = pace(
        value,
        price,
        plan[: value.size],
        budget=setting.budget,
        step_size=setting.step_size(traces.horizon) if moving else 0.0,
        initial_multiplier=multiplier,
        max_multiplier=min(max(setting.most_multiplier, multiplier), LARGEST),
        regulariser=setting.regulariser if moving else "euclidean",
        projection="eager" if policy.eager else "lazy",
        paths=steps,
    )
    totals = (int(done.wins), float(done.spend), float(done.utility), multiplier, float(done.multiplier))
    if not steps:
        return Run(*totals)
    won = wins(value, price, done.multiplier_path, setting.budget)
    path = done.multiplier_path
    if entered is not None:
        everywhere = np.zeros(traces.horizon, dtype=np.bool_)
        everywhere[entered] = won
        won, path = everywhere, np.full(traces.horizon, multiplier, dtype=np.float32)
    return Run(*totals, won=won, planned=plan, path=path)


def _entered(traces: Traces, setting: Setting, seed: tuple[int, ...]) -> NDArray[np.bool_]:
    """Return which auctions a throttled bidder enters: each with one probability, that which suits the sample."""
    unpaced = setting.sample_unpaced_spend * traces.horizon / traces.sample_value.size
    probability = min(1.0, setting.budget / unpaced) if unpaced else 1.0
    generator = np.random.Generator(np.random.Philox(np.random.SeedSequence((_THROTTLING, *seed))))
    entered: NDArray[np.bool_] = generator.random(traces.horizon, dtype=np.float32) < probability
    return entered


def _hindsight(traces: Traces, setting: Setting, steps: bool) -> Run:
    """Return the knapsack of who has seen the whole live trace: whole auctions, best value for the price first."""
    learned = spending_plan(traces.value, traces.price, setting.budget)
    multiplier = float(learned.multiplier)
    won = traces.value.astype(np.float64) >= (1.0 + multiplier) * traces.price.astype(np.float64)
    value, price = traces.value[won].astype(np.float64), traces.price[won].astype(np.float64)
    run = Run(int(won.sum()), float(price.sum()), float((value - price).sum()), multiplier, multiplier)
    if not steps:
        return run
    path = np.full(traces.horizon, multiplier, dtype=np.float32)
    totals = (run.wins, run.spend, run.utility, multiplier, multiplier)
    return Run(*totals, won=won, planned=np.zeros(traces.horizon, dtype=np.float32), path=path)
