"""Pacing a budget by dual mirror descent, step by step: slow and readable, the oracle of the native kernels.

All sums are kept as the kernels keep them: within blocks of 64 steps in the dtype of the trace, over blocks in float64.
So a float32 trace of any length does not drift, and answers are equal bit for bit.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from pybench.kernels.auction_inputs import LARGEST
from pybench.kernels.auction_results import Pacing
from pybench.kernels.reference.auction_exponential import exponential

__all__ = ["STEPS_A_BLOCK", "pace"]

STEPS_A_BLOCK = 64


def pace(
    value: NDArray[Any],
    price: NDArray[Any],
    target_spend: NDArray[Any],
    *,
    budget: NDArray[np.float64],
    step_size: NDArray[np.float64],
    initial_multiplier: NDArray[np.float64],
    max_multiplier: NDArray[np.float64],
    regulariser: Literal["euclidean", "entropy"] = "euclidean",
    auction: Literal["second_price", "first_price"] = "second_price",
    projection: Literal["lazy", "eager"] = "lazy",
    paths: bool = False,
) -> Pacing:
    """Pace campaigns; see `pybench.kernels.auction.pace`.

    Parameters
    ----------
    value, price, target_spend
        [1, T] or [settings, T], of one dtype.
    budget, step_size, initial_multiplier, max_multiplier
        [settings].
    """
    real = value.dtype.type
    settings, steps = len(budget), value.shape[1]
    spend, utility, gap = np.zeros(settings), np.zeros(settings), np.zeros(settings)
    wins = np.zeros(settings, dtype=np.int64)
    one, most = real(1), np.minimum(max_multiplier, LARGEST).astype(real)
    highest, step = np.minimum(1.0 + max_multiplier, LARGEST).astype(real), step_size.astype(real)
    eager = initial_multiplier.copy()
    path = np.empty((settings, steps), dtype=value.dtype) if paths else None
    with np.errstate(over="ignore"):
        for begin in range(0, steps, STEPS_A_BLOCK):
            if regulariser == "entropy":
                start = np.log(initial_multiplier) + step_size * gap
            else:
                start = (1.0 + initial_multiplier) + step_size * gap
            base = np.clip(start, -LARGEST, LARGEST).astype(real)
            # Of this block: what was paid, what was planned, the utility.
            paid_sum, target_sum, utility_sum = np.zeros((3, settings), real)
            for t in range(begin, min(begin + STEPS_A_BLOCK, steps)):
                v, d = value[:, t], price[:, t]
                if projection == "eager":
                    k = (1.0 + eager).astype(real)
                elif regulariser == "entropy":
                    k = one + np.minimum(exponential(base + step * (paid_sum - target_sum)), most)
                else:
                    k = np.minimum(np.maximum(base + step * (paid_sum - target_sum), one), highest)
                paid = np.broadcast_to(d, k.shape) if auction == "second_price" else v / k
                won = (v >= k * d) & (spend + (paid_sum + paid).astype(np.float64) <= budget)
                cost = np.where(won, paid, real(0))
                wins += won
                paid_sum += cost
                target_sum += target_spend[:, t]
                utility_sum += np.where(won, v - paid, real(0))
                change = step_size * (cost.astype(np.float64) - target_spend[:, t].astype(np.float64))
                moved = eager * exponential(change) if regulariser == "entropy" else eager + change
                eager = np.minimum(np.maximum(moved, 0.0), max_multiplier)
                if path is not None:
                    path[:, t] = k - one
            spend += paid_sum
            gap += paid_sum.astype(np.float64) - target_sum.astype(np.float64)
            utility += utility_sum
    if projection == "eager":
        multiplier = eager
    elif regulariser == "entropy":
        multiplier = np.minimum(initial_multiplier * exponential(step_size * gap), max_multiplier)
    else:
        multiplier = np.minimum(np.maximum(initial_multiplier + step_size * gap, 0.0), max_multiplier)
    return Pacing(wins, spend, utility, multiplier, path)
