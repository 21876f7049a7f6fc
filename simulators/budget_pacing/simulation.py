"""The way of the data through the method: two traces, what is learned, one policy, what bounds it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pybench.harness.method import Progress
from simulators.budget_pacing.auction import lagrangian_bound, spending_plan
from simulators.budget_pacing.config import Config
from simulators.budget_pacing.data import Traces, open_traces
from simulators.budget_pacing.delivery import affordable
from simulators.budget_pacing.drift import pace_with_restarts
from simulators.budget_pacing.policies import POLICIES
from simulators.budget_pacing.result import Result
from simulators.budget_pacing.run import Run, run_policy
from simulators.budget_pacing.setting import Setting, prepare
from simulators.budget_pacing.studies import study

__all__ = ["Result", "simulate"]


def simulate(config: Config, *, seed: int | tuple[int, ...] = 0, progress: Progress | None = None) -> Result:
    """Pace one campaign by one policy, and say how far that is from the best that was possible.

    Parameters
    ----------
    config
        Which auctions, which policy.
    seed
        An int or a tuple of ints, none negative. Of a log it decides throttling only.
    progress
        Called with the fraction done and what is being done.

    Raises
    ------
    InvalidInputError
        For a log that breaks a rule, or a live trace that is its own sample without being asked for.
    MissingDataError
        For the iPinYou log where it is not here.
    MissingPackageError
        For a log without the packages of the extra `budget_pacing`.

    Notes
    -----
    O(T), two traces of T in memory; with studies some 60 times their replications more.
    """
    report = progress or _silent
    report(0.0, "traces")
    seeds = (seed,) if isinstance(seed, int) else tuple(seed)
    traces = open_traces(config, seed=seeds)
    setting = prepare(config, traces)
    run = _run(config, traces, setting, seeds)
    best = float(spending_plan(traces.value, traces.price, setting.budget).multiplier)
    least = float(lagrangian_bound(traces.value, traces.price, setting.budget, best))
    bound, fluid_value = least, least
    if setting.law is not None:
        bound = float(lagrangian_bound(traces.value, traces.price, setting.budget, setting.law.multiplier))
        fluid_value = setting.law.value
    moving = POLICIES[config.policy].plan != "none"
    studies = study(config, seeds, report)
    result = Result(
        data=traces.name,
        synthetic=traces.synthetic,
        campaign=traces.campaign,
        instance=config.instance if traces.synthetic else "",
        policy=config.policy,
        horizon=traces.horizon,
        budget=setting.budget,
        wins=run.wins,
        spend=run.spend,
        budget_used=run.spend / setting.budget,
        utility=run.utility,
        regret=bound - run.utility,
        share_of_bound=run.utility / min(least, bound) if min(least, bound) else 1.0,
        least_bound=min(least, bound),
        fluid_value=fluid_value,
        first_multiplier=run.first_multiplier,
        last_multiplier=run.last_multiplier,
        sample_multiplier=setting.sample_multiplier,
        best_multiplier=best if setting.law is None else setting.law.multiplier,
        step_size=setting.step_size(traces.horizon) if moving else 0.0,
        wasserstein_sum=traces.distance,
        alarms=run.alarms,
        **_curves(config, traces, setting, run, best),
        **{name: getattr(studies, name) for name in studies.__slots__},
    )
    report(1.0, "done")
    return result


def _silent(_fraction: float, _step: str) -> None:
    pass


def _run(config: Config, traces: Traces, setting: Setting, seed: tuple[int, ...]) -> Run:
    policy = POLICIES[config.policy]
    if config.restart != "none":
        return pace_with_restarts(
            policy,
            traces,
            setting,
            restart=config.restart,
            band=config.alarm_band,
            segments=config.plan_segments,
        )
    return run_policy(policy, traces, setting, seed=seed, segments=config.plan_segments, steps=config.curve_points > 0)


def _curves(config: Config, traces: Traces, setting: Setting, run: Run, best: float) -> dict[str, Any]:
    """Return the delivery curves and the path of the multiplier at evenly spaced times, the end among them."""
    names = ("delivery_time", "delivery_planned", "delivery_actual", "delivery_best", "multiplier_path")
    if not config.curve_points or run.won is None or run.planned is None or run.path is None:
        return dict.fromkeys(names, ())
    steps = traces.horizon
    points = min(config.curve_points, steps)
    ends = (np.arange(1, points + 1) * steps) // points
    in_hindsight = traces.value.astype(np.float64) >= (1.0 + best) * traces.price.astype(np.float64)
    spent = {
        "delivery_planned": run.planned if POLICIES[config.policy].plan != "none" else np.zeros(0, dtype=np.float32),
        "delivery_actual": np.where(run.won, traces.price, np.float32(0.0)),
        "delivery_best": np.where(affordable(in_hindsight, traces.price, setting.budget), traces.price, np.float32(0)),
    }
    curves: dict[str, tuple[float, ...]] = {"delivery_time": _floats(ends / steps)}
    for name, amounts in spent.items():
        curves[name] = _floats(np.cumsum(amounts, dtype=np.float64)[ends - 1]) if amounts.size else ()
    curves["multiplier_path"] = _floats(run.path[ends - 1])
    return curves


def _floats(values: NDArray[Any]) -> tuple[float, ...]:
    return tuple(map(float, values))
