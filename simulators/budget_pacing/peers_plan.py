"""Spending plans in plain NumPy, as strong as we can write them: the rivals of `pybench.kernels.auction.spending_plan`.

Conversion: none, they read the float32 arrays as they are. `PlanArrays` is allocated once, outside what is timed, and
the steps over whole arrays write into it where NumPy can. Neither checks its input, which our kernel does; both return
the kernel's very answer where float64 sums of prices are on the same side of the budget as exact ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["PlanArrays", "plan_by_buckets", "plan_by_sorting"]

_ONE = 0x3F80
"""The upper 16 bits of 1.0 as a float32: ratios below it are never won."""


@dataclass(frozen=True)
class PlanArrays:
    """What the plans are computed in, each [T]."""

    ratio: NDArray[np.float32]
    key: NDArray[np.int64]
    weight: NDArray[np.float64]
    won: NDArray[np.bool_]
    target: NDArray[np.float32]

    @classmethod
    def of(cls, steps: int) -> PlanArrays:
        """Allocate them, and touch each page."""
        return cls(
            ratio=np.ones(steps, np.float32),
            key=np.ones(steps, np.int64),
            weight=np.ones(steps, np.float64),
            won=np.ones(steps, np.bool_),
            target=np.ones(steps, np.float32),
        )


def plan_by_buckets(
    value: NDArray[np.float32], price: NDArray[np.float32], budget: float, work: PlanArrays
) -> tuple[float, NDArray[np.float32]]:
    """Return multiplier and target of spend of a trace [T]: O(T).

    A histogram of the spend over the upper 16 bits of the ratio (`bincount`), then a sort of the one bucket in which
    the budget ends. Rounding a ratio is monotone, so buckets are ordered as the ratios are.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        np.divide(value, price, out=work.ratio)
    np.copyto(work.key, work.ratio.view(np.uint16)[1::2])  # upper halves, as numbers are stored lowest byte first
    np.copyto(work.weight, price)  # bincount would make both copies anew
    spend = np.bincount(work.key, weights=work.weight, minlength=1 << 16)
    spend[:_ONE] = 0.0
    beyond = np.cumsum(spend[::-1])[::-1]  # of a bucket and all above it
    bucket = int(np.searchsorted(-beyond[_ONE:], -budget, side="left")) + _ONE - 1  # the last whose spend is too much
    factor, least = 1.0, _ONE
    kept: NDArray[Any] = np.empty(0, np.intp)
    if bucket >= _ONE:
        least = bucket + 1
        np.equal(work.key, bucket, out=work.won)
        inside = np.flatnonzero(work.won)
        room = budget - (beyond[bucket + 1] if bucket + 1 < len(beyond) else 0.0)
        factor = _factor_of(value[inside], price[inside], room)
        kept = inside[value[inside] >= factor * price[inside].astype(np.float64)]
    np.greater_equal(work.key, least, out=work.won)
    np.multiply(price, work.won, out=work.target)
    work.target[kept] = price[kept]
    return factor - 1.0, work.target


def plan_by_sorting(
    value: NDArray[np.float32], price: NDArray[np.float32], budget: float, work: PlanArrays
) -> tuple[float, NDArray[np.float32]]:
    """Return the same by a sort of all steps, of float32 ratios (the quickest): O(T log T), what most people write.

    Steps whose float32 ratio is that of the step where the budget ends are then told apart in float64.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        np.divide(value, price, out=work.ratio)
    order = np.argsort(work.ratio)[::-1]
    np.cumsum(price[order], dtype=np.float64, out=work.weight)
    first = int(np.searchsorted(work.weight, budget, side="right"))
    factor, least = 1.0, np.float32(1)
    kept: NDArray[Any] = np.empty(0, np.intp)
    if first < len(order) and work.ratio[order[first]] >= 1.0:
        at = work.ratio[order[first]]
        np.equal(work.ratio, at, out=work.won)
        inside = np.flatnonzero(work.won)
        nearby = order[max(0, first - len(inside)) : first + 1]  # equal ratios stand together
        start = first - int(np.count_nonzero(work.ratio[nearby] == at)) + 1
        factor = _factor_of(value[inside], price[inside], budget - (work.weight[start - 1] if start else 0.0))
        kept = inside[value[inside] >= factor * price[inside].astype(np.float64)]
        least = np.nextafter(at, np.float32(np.inf))
    np.greater_equal(work.ratio, least, out=work.won)
    np.multiply(price, work.won, out=work.target)
    work.target[kept] = price[kept]
    return factor - 1.0, work.target


def _factor_of(value: NDArray[np.float32], price: NDArray[np.float32], room: float) -> float:
    ratio = value / price.astype(np.float64)
    order = np.argsort(-ratio)
    first = int(np.searchsorted(np.cumsum(price[order], dtype=np.float64), room, side="right"))
    return max(1.0, _above(float(value[order[first]]), float(price[order[first]])))


def _above(value: float, price: float) -> float:
    """Return the least float64 k that does not win the step."""
    factor = value / price
    while value >= factor * price:
        factor = float(np.nextafter(factor, np.inf))
    while value < float(np.nextafter(factor, 0.0)) * price:
        factor = float(np.nextafter(factor, 0.0))
    return factor
