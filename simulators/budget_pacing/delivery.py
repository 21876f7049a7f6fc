"""What a bidder won, step by step, put together again from the multipliers it bid with."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["affordable", "wins"]


def wins(
    value: NDArray[np.float32], price: NDArray[np.float32], multiplier: NDArray[np.float32], budget: float
) -> NDArray[np.bool_]:
    """Return which steps are won at these multipliers: bid high enough, and the budget not yet too small.

    Sums of the spend are in float64 throughout, where `pace` sums blocks in float32, so that a step at which the rest
    of the budget is the price to within rounding may be told differently.
    """
    won: NDArray[np.bool_] = value >= (multiplier + np.float32(1.0)) * price
    return affordable(won, price, budget)


def affordable(wanted: NDArray[np.bool_], price: NDArray[np.float32], budget: float) -> NDArray[np.bool_]:
    """Return which of the wanted steps are bought, in their order; one that costs more than is left is passed over.

    O(T), and once more over what follows for each time that the money ran short.
    """
    left = np.flatnonzero(wanted)
    bought = np.zeros_like(wanted)
    spent = 0.0
    while left.size:
        total = spent + np.cumsum(price[left], dtype=np.float64)
        count = int(np.searchsorted(total, budget, side="right"))
        bought[left[:count]] = True
        if count:
            spent = float(total[count - 1])
        left = left[count:]
        left = left[price[left] <= budget - spent]
    return bought
