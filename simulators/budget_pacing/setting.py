"""What is fixed before the first auction: budget, step size, what the sample teaches."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pybench.errors import InvalidInputError
from pybench.kernels.auction import spending_plan
from simulators.budget_pacing.config import Config
from simulators.budget_pacing.data import Traces
from simulators.budget_pacing.instances import INSTANCES, Fluid, fluid
from simulators.budget_pacing.plan import stretch

__all__ = ["LOG_BUDGET_SHARE", "Setting", "budget_of", "prepare"]

#: Of what bidding the values would spend on the live trace, the budget of a log whose budget is not given.
LOG_BUDGET_SHARE = 0.125
#: The least multiplier that a controller with the entropy regulariser starts from.
LEAST_START = 1e-6
#: The largest multiplier that a kernel takes.
LARGEST = 2.0**120


@dataclass(frozen=True, slots=True)
class Setting:
    """All that a policy may know before the first auction."""

    budget: float
    mean_price: float
    """Of the sample."""
    step_scale: float
    regulariser: Literal["euclidean", "entropy"]
    sample_multiplier: float
    sample_plan: NDArray[np.float32]
    """Of each live step."""
    sample_unpaced_spend: float
    """What bidding the values would have spent on the sample."""
    most_multiplier: float
    law: Fluid | None
    """What is known of generated data; None for a log."""

    def start(self, multiplier: float) -> float:
        """Return the multiplier that a controller starts from: entropy multiplies, so it cannot start at 0."""
        return max(multiplier, LEAST_START) if self.regulariser == "entropy" else multiplier

    def step_size(self, steps: int, mean_price: float | None = None) -> float:
        """Return the step size of a controller that has so many steps to go, in one over the unit of the prices."""
        return self.step_scale / (math.sqrt(steps) * (self.mean_price if mean_price is None else mean_price))


def unpaced_spend(value: NDArray[np.float32], price: NDArray[np.float32]) -> float:
    """Return what bidding the values spends without a budget."""
    return float(price[value >= price].sum(dtype=np.float64))


def budget_of(config: Config, traces: Traces) -> float:
    """Return the budget of the live trace.

    Raises
    ------
    InvalidInputError
        Where none is given and bidding the values would spend nothing.
    """
    if config.budget:
        return float(config.budget)
    if traces.synthetic:
        return INSTANCES[config.instance].budget_rate * traces.horizon
    budget = LOG_BUDGET_SHARE * unpaced_spend(traces.value, traces.price)
    if budget <= 0.0:
        raise InvalidInputError("budget is 0 and bidding the values would spend nothing: it must be given")
    return budget


def prepare(config: Config, traces: Traces) -> Setting:
    """Learn from the sample; O(T).

    A sample of another length is learned from at the budget of its length: as much an auction.
    """
    budget = budget_of(config, traces)
    length = traces.sample_value.size / traces.horizon
    learned = spending_plan(traces.sample_value, traces.sample_price, budget * length)
    multiplier = float(learned.multiplier)
    # No multiplier above the largest value over the budget of a step wins more than that budget anywhere.
    most = float(traces.sample_value.max()) * traces.horizon / budget
    return Setting(
        budget=budget,
        mean_price=float(traces.sample_price.mean(dtype=np.float64)) or 1.0,
        step_scale=config.step_scale,
        regulariser="entropy" if config.regulariser == "entropy" else "euclidean",
        sample_multiplier=multiplier,
        sample_plan=stretch(learned.target_spend, traces.horizon),
        sample_unpaced_spend=unpaced_spend(traces.sample_value, traces.sample_price),
        most_multiplier=min(max(most, 2.0 * multiplier, 1.0), LARGEST),
        law=fluid(config.instance, config.horizon, budget) if traces.synthetic else None,
    )
