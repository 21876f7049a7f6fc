"""What the races of this room pace: traces of the generated markets, each with a plan learned from one sample.

Importing this loads no heavy package.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pybench.harness.workload import Params
from simulators.budget_pacing.instances import INSTANCES, fluid

__all__ = ["LARGEST_CODE", "Case", "Outcome", "make_case"]

#: Whole prices and values reach up to so many units where traces are of 16 bits.
LARGEST_CODE = 4000
#: Steps that the multiplier at the budget is found with: the same to four digits for any number of them.
_FLUID_STEPS = 4096
#: Budgets of a grid, from the first to the last, over that of the plan.
_BUDGET_SHARES = (0.8, 1.25)
#: Step sizes of a grid over the usual one.
_STEP_SHARES = (0.1, 10.0)


@dataclass(frozen=True, eq=False)
class Case:
    """Arrays as a user has them. `eq=False`: the checks remember what they computed of a case."""

    value: NDArray[Any]
    """[T] or [campaigns, T]."""
    price: NDArray[Any]
    target_spend: NDArray[Any]
    budget: NDArray[np.float64]
    """[1], [campaigns] or [settings], as are the two below."""
    step_size: NDArray[np.float64]
    initial_multiplier: NDArray[np.float64]
    unit: float | None = None
    """Values and prices are whole numbers of it, at most 65535."""

    @property
    def steps(self) -> int:
        """T."""
        return int(self.value.shape[-1])

    @property
    def auctions(self) -> int:
        """How many are bid in: campaigns or settings times T."""
        return len(self.budget) * self.steps


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a contender found; a limit has only its part of it."""

    wins: Any = None
    """[campaigns] or [settings], as the three below."""
    spend: Any = None
    utility: Any = None
    multiplier: Any = None
    precision: float = 0.0
    """0: the very numbers of `pace`. Else how far from them, at most: as a share, a few auctions aside."""
    copied: Any = None
    """Values, prices and targets one after the other."""
    largest: Any = None
    """The largest of their bit patterns, taken for integers of 64 bits."""


def make_case(params: Params, seed: int) -> Case:
    """Make a case of `instance`, `steps`, `bits` (16: float32 whole numbers), `campaigns` and `settings`.

    Campaigns differ in their traces, settings in budget and step size. Targets are the prices that a sample of its own
    pays at the multiplier at which the expected spend is the budget; the campaign starts from there.
    """
    generator = np.random.default_rng(seed)
    instance, steps, bits = INSTANCES[str(params["instance"])], int(params["steps"]), int(params["bits"])
    campaigns, settings = int(params.get("campaigns", 0)), int(params.get("settings", 1))
    real = np.float64 if bits == 64 else np.float32
    scale = float(LARGEST_CODE) if bits == 16 else 1.0
    shape = (campaigns, steps) if campaigns else (steps,)
    value_scale, price_scale = (scale * times for times in instance.scales(steps))
    multiplier = fluid(str(params["instance"]), _FLUID_STEPS, instance.budget_rate * _FLUID_STEPS).multiplier

    def draw(largest: NDArray[np.float64]) -> NDArray[Any]:
        trace: NDArray[Any] = generator.random(shape, dtype=real)
        trace *= largest.astype(real)
        if bits == 16:
            np.rint(trace, out=trace)
        return trace

    value, price = draw(value_scale), draw(price_scale)
    sample_value, target = draw(value_scale), draw(price_scale)
    target[sample_value < real(1.0 + multiplier) * target] = 0.0
    budget = np.full(max(campaigns, 1), instance.budget_rate * scale * steps)
    step_size = np.full(max(campaigns, 1), 2.0 / (np.sqrt(steps) * float(price_scale.mean())))
    if settings > 1:
        shares = np.geomspace(*_BUDGET_SHARES, 16)
        budget = budget[0] * np.repeat(shares, settings // 16)
        step_size = step_size[0] * np.tile(np.geomspace(*_STEP_SHARES, settings // 16), 16)
    for array in (value, price, target):
        array.flags.writeable = False
    return Case(value, price, target, budget, step_size, np.full(len(budget), multiplier), 1.0 if bits == 16 else None)
