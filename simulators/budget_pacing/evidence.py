"""What the claims share: horizons and replications of a preset, regrets by horizon, estimates that name their data."""

from __future__ import annotations

from collections.abc import Sequence

from pybench.errors import InvalidInputError, NotTestableError
from pybench.harness.claim import Estimate
from simulators.budget_pacing.config import CAMPAIGNS, Config
from simulators.budget_pacing.data import DATASETS
from simulators.budget_pacing.result import Result
from simulators.budget_pacing.slopes import Interval

__all__ = ["estimate", "horizons", "ipinyou", "ladder", "of_horizon", "point", "regrets", "replications", "some"]

_HORIZONS = {
    "quick": (1_000, 4_000, 16_000),
    "standard": (1_000, 10_000, 100_000, 1_000_000),
    "full": (1_000, 10_000, 100_000, 1_000_000, 10_000_000),
}
_REPLICATIONS = {"quick": 12, "standard": 48, "full": 48}


def horizons(preset: str) -> tuple[int, ...]:
    """Return the horizons of a preset, ascending."""
    return _HORIZONS[preset]


def replications(preset: str) -> int:
    """Return the replications of each point."""
    return _REPLICATIONS[preset]


def point(instance: str, policy: str, horizon: int, noise: float = 0.0) -> Config:
    """Return a Config that does nothing but pace once."""
    return Config(instance=instance, policy=policy, horizon=horizon, noise=noise, studies=0, curve_points=0)


def ladder(preset: str, instance: str, policy: str) -> tuple[Config, ...]:
    """Return the replications of every horizon: replication i of a claim has the seed (seed, i)."""
    return tuple(point(instance, policy, steps) for steps in horizons(preset) for _ in range(replications(preset)))


def ipinyou(*campaigns: str, restart: str = "none") -> tuple[Config, ...]:
    """Return a Config for each campaign of the iPinYou log, or raise NotTestableError where it is not here."""
    if not DATASETS[0].available:
        raise NotTestableError(f"it needs {DATASETS[0].file} under $PYBENCH_DATA: generated auctions say nothing of it")
    return tuple(
        Config(data="ipinyou", campaign=campaign, restart=restart, studies=0, curve_points=0)
        for campaign in campaigns or CAMPAIGNS
    )


def some(results: Sequence[Result]) -> Sequence[Result]:
    """Return the Results, or refuse none at all."""
    if not results:
        raise InvalidInputError("results is empty: this claim is measured on at least one Result")
    return results


def regrets(results: Sequence[Result], policy: str) -> dict[int, list[float]]:
    """Return the regrets of a policy by horizon."""
    found: dict[int, list[float]] = {}
    for result in some(results):
        if result.policy == policy:
            found.setdefault(result.horizon, []).append(result.regret)
    return dict(sorted(found.items()))


def of_horizon(by_horizon: dict[int, list[float]]) -> str:
    """Return the mean regrets in words."""
    return ", ".join(f"{sum(values) / len(values):.1f} at T = {steps:,}" for steps, values in by_horizon.items())


def estimate(results: Sequence[Result], interval: Interval, note: str) -> Estimate:
    """Return an Estimate that names its data; a log is data of its own, and the claims on it are about that log."""
    real = not any(result.synthetic for result in some(results))
    return Estimate(
        value=interval.value,
        low=interval.low,
        high=interval.high,
        count=len(results),
        data=", ".join(dict.fromkeys(result.data for result in results)),
        paper_scale=real,
        note=note,
    )
