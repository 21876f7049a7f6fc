"""How regret grows with T: as the square root with one sample, linearly with an even plan on a changing day."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from pybench.harness.claim import Claim, Estimate
from simulators.budget_pacing.config import Config
from simulators.budget_pacing.evidence import estimate, ladder, of_horizon, regrets
from simulators.budget_pacing.result import Result
from simulators.budget_pacing.slopes import Interval, mean_and_error, slope_interval

__all__ = ["GROWTH_CLAIMS"]

_INSTANCES = ("stationary", "twophase", "late", "diurnal")
#: Instance -> regret a step of an even plan at a million steps, measured for this project's specification.
_LINEAR = {"twophase": 0.0073, "late": 0.0120, "diurnal": 0.0090}
_ABSTRACT = "abstract: near-optimal regret, of the order of the square root of T but for logarithms, from one sample"
_OURS = "measurements for this project's specification"
_READING = (
    "The order of growth is the paper's; the instance, the controller's step size 1 / (sqrt(T) mean price) and the "
    "limit of 0.6 (a half, and room for logarithms) are ours. The interval is a bootstrap's over replications, 99 %."
)


def _of(instance: str, policy: str) -> Callable[[str], tuple[Config, ...]]:
    return partial(ladder, instance=instance, policy=policy)


def _slope(policy: str, results: Sequence[Result]) -> Estimate:
    by_horizon = regrets(results, policy)
    return estimate(results, slope_interval(by_horizon), f"mean regret {of_horizon(by_horizon)}")


def _rate(policy: str, results: Sequence[Result]) -> Estimate:
    by_horizon = regrets(results, policy)
    longest = max(by_horizon)
    mean, error = mean_and_error([regret / longest for regret in by_horizon[longest]])
    interval = Interval(mean, mean - 2.7 * error, mean + 2.7 * error)
    return estimate(results, interval, f"regret a step at T = {longest:,}")


def _square_root(instance: str, policy: str, start: str) -> Claim:
    return Claim(
        id=f"{policy}_slope_{instance}",
        statement=f"With the plan of one sample and a first multiplier {start}, regret grows no faster than about the "
        f"square root of T on the instance {instance}.",
        source=_ABSTRACT,
        kind="bound",
        unit="slope of log regret in log T",
        at_most=0.6,
        configs=_of(instance, policy),
        measure=partial(_slope, policy),
        note=_READING,
    )


def _uniform_grows(instance: str) -> Claim:
    return Claim(
        id=f"uniform_slope_{instance}",
        statement=f"With a plan that is even over time regret grows linearly in T on the instance {instance}, also "
        "from the sample's multiplier.",
        source=_OURS,
        ours=True,
        kind="bound",
        unit="slope of log regret in log T",
        at_least=0.9,
        configs=_of(instance, "uniform"),
        measure=partial(_slope, "uniform"),
        note="That an even plan cannot follow a changing day is common knowledge of the field; 0.9 is ours.",
    )


def _uniform_rate(instance: str) -> Claim:
    figure = _LINEAR[instance]
    return Claim(
        id=f"uniform_regret_per_step_{instance}",
        statement=f"The regret a step of an even plan on the instance {instance} tends to {figure:g}.",
        source=_OURS,
        ours=True,
        kind="value",
        unit="unit of the prices per auction",
        figure=figure,
        tolerance=0.05 * figure,
        configs=_of(instance, "uniform"),
        measure=partial(_rate, "uniform"),
        note="At a million steps, to 5 %: shorter horizons have more of the start in them, and may come out beside it.",
    )


#: The claims of this file.
GROWTH_CLAIMS = (
    *(_square_root(instance, "one_sample", "of the sample too") for instance in _INSTANCES),
    *(_square_root(instance, "one_sample_cold", "of 0") for instance in _INSTANCES),
    *(_uniform_grows(instance) for instance in _LINEAR),
    *(_uniform_rate(instance) for instance in _LINEAR),
    Claim(
        id="uniform_slope_stationary",
        statement="Where nothing changes an even plan is fine: regret grows no faster than about the square root of T.",
        source=_OURS,
        ours=True,
        kind="bound",
        unit="slope of log regret in log T",
        at_most=0.6,
        configs=_of("stationary", "uniform"),
        measure=partial(_slope, "uniform"),
        note="Known of dual descent before this paper.",
    ),
)
