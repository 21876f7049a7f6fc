"""Spending plans by sorting all steps, and the Lagrangian bound: slow and readable, the oracle of the native kernels.

The sums of prices are exact (fractions), as those of the native kernel are.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pybench.kernels.auction_results import SpendingPlan

__all__ = ["lagrangian_bound", "spending_plan"]


def spending_plan(value: NDArray[Any], price: NDArray[Any], budget: float) -> SpendingPlan:
    """Plan one campaign [T]; see `pybench.kernels.auction.spending_plan`."""
    v, d = value.astype(np.float64), price.astype(np.float64)
    limit = _factor_limits(v, d)
    spend, factor = Fraction(0), 1.0
    order = np.argsort(-limit, kind="stable")
    ranked = limit[order]
    for group in np.split(order, np.flatnonzero(ranked[1:] != ranked[:-1]) + 1):
        if limit[group[0]] < 1.0:
            break
        spend += sum(Fraction(float(d[step])) for step in group)
        if spend > Fraction(budget):
            factor = math.nextafter(limit[group[0]], math.inf)
            break
    multiplier = factor - 1.0
    if 1.0 + multiplier < factor:
        multiplier = math.nextafter(multiplier, math.inf)
    with np.errstate(over="ignore", invalid="ignore"):
        won = v >= (1.0 + multiplier) * d
    return SpendingPlan(np.float64(multiplier), np.where(won, price, price.dtype.type(0)))


def lagrangian_bound(value: NDArray[Any], price: NDArray[Any], budget: float, multiplier: float) -> float:
    """Bound the utility on one trace [T]; see `pybench.kernels.auction.lagrangian_bound`."""
    excess = value.astype(np.float64) - (1.0 + multiplier) * price.astype(np.float64)
    return float(np.maximum(excess, 0.0).sum() + multiplier * budget)


def _factor_limits(v: NDArray[np.float64], d: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the largest float64 k >= 0 with v >= k * d rounded, of each step; infinity where d is 0.

    By halving: numbers of at least 0 are ordered as their bits are.
    """
    infinity = np.full(len(v), np.inf).view(np.int64)
    low, high = np.zeros(len(v), np.int64), infinity
    while np.any(high - low > 1):
        middle = low + (high - low) // 2
        with np.errstate(over="ignore"):
            won = v >= middle.view(np.float64) * d
        low, high = np.where(won, middle, low), np.where(won, high, middle)
    return np.where(d == 0.0, np.inf, low.view(np.float64))
