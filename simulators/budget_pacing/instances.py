"""The generated markets: value a(t) U and price c(t) U', U and U' uniform on [0, 1), and what is known of them.

With k = 1 + multiplier and L = min(c, a / k), a step that is bid v / k has

    expected spend    E[d 1{v >= k d}] = (L^2 / 2 - k L^3 / (3 a)) / c
    expected surplus  E[(v - k d)^+]   = (a^3 - (a - k L)^3) / (6 k a c)

so the fluid optimum, min over multipliers m of m B + sum of E[(v_t - (1 + m) d_t)^+], is a root of one function.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

__all__ = ["INSTANCES", "Fluid", "Instance", "expected_spend", "expected_surplus", "fluid"]

Array = NDArray[np.float64]
_BISECTIONS = 60


@dataclass(frozen=True, slots=True)
class Instance:
    """A market that changes over the day s in [0, 1)."""

    value_scale: Callable[[Array], Array]
    """a(s): the largest value at that time of the day."""
    price_scale: Callable[[Array], Array]
    """c(s): the largest price."""
    budget_rate: float
    """Budget of a step, in the unit of the prices."""
    words: str

    def scales(self, horizon: int) -> tuple[Array, Array]:
        """Return a and c of each step; step t is at s = (t + 1/2) / horizon."""
        day = (np.arange(horizon) + 0.5) / horizon
        return self.value_scale(day), self.price_scale(day)


def _ones(day: Array) -> Array:
    return np.ones_like(day)


#: The markets by name.
INSTANCES = {
    "stationary": Instance(_ones, _ones, 0.08, "nothing changes"),
    "twophase": Instance(lambda day: np.where(day < 0.5, 0.5, 1.0), _ones, 0.04, "values double at noon"),
    "late": Instance(lambda day: np.where(day < 0.7, 0.25, 1.0), _ones, 0.02, "values fourfold after 70 % of the day"),
    "diurnal": Instance(
        lambda day: 0.6 + 0.4 * np.sin(6.0 * np.pi * day),
        lambda day: 0.6 - 0.3 * np.sin(6.0 * np.pi * day + 0.7),
        0.06,
        "three waves of values and of prices, out of step",
    ),
}


def expected_spend(value_scale: Array, price_scale: Array, multiplier: float) -> Array:
    """Return the expected spend of each step that is bid with this multiplier."""
    k = 1.0 + multiplier
    most = np.minimum(price_scale, value_scale / k)
    spend: Array = (0.5 * most**2 - k * most**3 / (3.0 * value_scale)) / price_scale
    return spend


def expected_surplus(value_scale: Array, price_scale: Array, multiplier: float) -> Array:
    """Return E[(v - (1 + multiplier) d)^+] of each step."""
    k = 1.0 + multiplier
    most = np.minimum(price_scale, value_scale / k)
    surplus: Array = (value_scale**3 - (value_scale - k * most) ** 3) / (6.0 * k * value_scale * price_scale)
    return surplus


@dataclass(frozen=True, slots=True)
class Fluid:
    """The optimum of an instance when only expectations must keep to the budget."""

    multiplier: float
    value: float
    """Its expected utility: no policy has more."""
    spend: Array
    """Expected spend of each step at that multiplier: the plan of who knows the law."""


@lru_cache(maxsize=64)
def fluid(instance: str, horizon: int, budget: float) -> Fluid:
    """Return the fluid optimum, by bisection on the spend; O(60 horizon), remembered."""
    value_scale, price_scale = INSTANCES[instance].scales(horizon)

    def over(multiplier: float) -> bool:
        return float(expected_spend(value_scale, price_scale, multiplier).sum()) > budget

    low, high = 0.0, 1.0
    while over(high):
        low, high = high, 2.0 * high
    if not over(0.0):
        high = 0.0
    for _ in range(_BISECTIONS if high else 0):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if over(middle) else (low, middle)
    surplus = float(expected_surplus(value_scale, price_scale, high).sum())
    return Fluid(high, surplus + high * budget, expected_spend(value_scale, price_scale, high))
