"""TEMPORARY: the kernels' public names, until they are on main."""

from __future__ import annotations

from typing import Any

import numpy as np

from pybench.kernels.auction import pace
from pybench.kernels.auction_results import SpendingPlan

__all__ = ["lagrangian_bound", "pace", "spending_plan"]


def spending_plan(value: Any, price: Any, budget: float, *, threads: int = 1) -> SpendingPlan:
    """Plan."""
    v, d = value.astype(np.float64), price.astype(np.float64)
    inside = np.flatnonzero((v >= d) & (d > 0))
    ratio = v[inside] / d[inside]
    order = np.argsort(-ratio, kind="stable")
    r, cost = ratio[order], np.cumsum(d[inside][order])
    if not cost.size or cost[-1] <= budget:
        k = 1.0
    else:
        k = float(np.nextafter(r[np.searchsorted(cost, budget, side="right")], np.inf))
    return SpendingPlan(np.float64(k - 1.0), np.where(v >= k * d, price, price.dtype.type(0)))


def lagrangian_bound(value: Any, price: Any, budget: float, multiplier: float, *, threads: int = 1) -> Any:
    """Bound."""
    v, d = value.astype(np.float64), price.astype(np.float64)
    return np.float64(np.maximum(v - (1.0 + multiplier) * d, 0.0).sum() + multiplier * budget)
