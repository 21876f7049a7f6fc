"""k-SEQ for numba: one fused pass a bisection."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["BISECTIONS", "overlap", "solve_k_seq"]

BISECTIONS = 50


def overlap(draft: NDArray[Any], target: NDArray[Any], factor: float) -> float:
    """Return the sum of min(draft, factor * target): float sums within blocks, double sums of blocks."""
    total = 0.0
    scale = draft.dtype.type(factor)
    for begin in range(0, len(draft), 1024):
        p, q = draft[begin : begin + 1024], target[begin : begin + 1024]
        block = draft.dtype.type(0.0)
        for i in range(len(p)):
            block += min(p[i], scale * q[i])
        total += np.float64(block)
    return total


def solve_k_seq(draft: NDArray[Any], target: NDArray[Any], count: int) -> tuple[float, float]:
    """Return rho of 1 - (1 - b(rho))^K = rho b(rho), and the acceptance there."""
    low, high = 1.0, float(count)
    for _ in range(BISECTIONS):
        middle = 0.5 * (low + high)
        each = overlap(draft, target, 1.0 / middle)
        if 1.0 - (1.0 - each) ** count > middle * each:
            low = middle
        else:
            high = middle
    each = overlap(draft, target, 1.0 / high)
    return high, 1.0 - (1.0 - each) ** count
