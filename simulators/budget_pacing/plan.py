"""Plans: how much to spend at each step, compressed to segments, stretched to another day, told by the hour."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pybench.errors import InvalidInputError
from simulators.budget_pacing.auction import spending_plan
from simulators.budget_pacing.config import Config

__all__ = ["HourlyPlan", "compress", "hourly_plan", "stretch"]

_HOURS = 24


def compress(target_spend: NDArray[np.float32], segments: int) -> NDArray[np.float32]:
    """Return the plan with the mean of each of so many segments of equal length at all of its steps."""
    steps = target_spend.size
    if segments >= steps:
        return target_spend
    edges = np.arange(segments + 1) * steps // segments
    sums = np.add.reduceat(target_spend.astype(np.float64), edges[:-1])
    lengths = np.diff(edges)
    return np.repeat((sums / lengths).astype(np.float32), lengths)


def stretch(target_spend: NDArray[np.float32], steps: int) -> NDArray[np.float32]:
    """Return the plan for a day with another number of steps: the same spend up to each time of the day."""
    if target_spend.size == steps:
        return target_spend
    planned = np.concatenate([[0.0], np.cumsum(target_spend, dtype=np.float64)])
    at = np.linspace(0.0, target_spend.size, steps + 1)
    stretched: NDArray[np.float32] = np.diff(np.interp(at, np.arange(planned.size), planned)).astype(np.float32)
    return stretched


@dataclass(frozen=True, slots=True)
class HourlyPlan:
    """A plan by the hour of the day; row h is the 24th of the auctions that hour h stands for."""

    multiplier: float
    """The multiplier to start with."""
    auctions: tuple[int, ...]
    spend: tuple[float, ...]
    """In the unit of the prices."""

    def csv(self) -> str:
        """Return it as CSV: hour, auctions, spend, cumulative_spend, share_of_plan, first_multiplier."""
        lines = ["hour,auctions,spend,cumulative_spend,share_of_plan,first_multiplier"]
        total = sum(self.spend)
        running = 0.0
        for hour, (auctions, spend) in enumerate(zip(self.auctions, self.spend, strict=True)):
            running += spend
            share = spend / total if total else 0.0
            lines.append(f"{hour},{auctions},{spend:.9g},{running:.9g},{share:.9g},{self.multiplier:.9g}")
        return "\n".join(lines) + "\n"


def hourly_plan(config: Config, *, seed: int | tuple[int, ...] = 0) -> HourlyPlan:
    """Return what the sample of a Config says should be spent in each 24th of the day.

    Raises
    ------
    InvalidInputError
        For fewer than 24 auctions, or what `simulate` refuses.
    """
    from simulators.budget_pacing.data import open_traces
    from simulators.budget_pacing.setting import budget_of

    traces = open_traces(config, seed=(seed,) if isinstance(seed, int) else tuple(seed))
    if traces.sample_value.size < _HOURS:
        raise InvalidInputError(f"sample has {traces.sample_value.size} auctions: a plan by the hour needs {_HOURS}")
    plan = spending_plan(traces.sample_value, traces.sample_price, budget_of(config, traces))
    edges = np.arange(_HOURS + 1) * plan.target_spend.size // _HOURS
    sums = np.add.reduceat(plan.target_spend.astype(np.float64), edges[:-1])
    return HourlyPlan(float(plan.multiplier), tuple(np.diff(edges).tolist()), tuple(sums.tolist()))
