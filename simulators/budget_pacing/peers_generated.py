"""Pacing on traces generated as they are needed, in numba: the peer of `pybench.kernels.auction.pace_generated`.

Written as well as we know how: campaigns innermost and 64 at a time, so that LLVM makes lanes of them and their state
stays in the first-level cache; words of Philox in 64 bits, so that a product is one instruction; and what the first two
rounds share over lanes or steps is taken out of the loop, as ours does. Second price, euclidean, one plan for all.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pybench.optional import require

__all__ = ["numba_pace_generated"]


def numba_pace_generated(
    value_scale: NDArray[np.float32],
    price_scale: NDArray[np.float32],
    target_spend: NDArray[np.float32],
    *,
    key: int,
    budget: NDArray[np.float64],
    step_size: NDArray[np.float64],
    initial_multiplier: NDArray[np.float64],
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return wins, spend, utility and the final multiplier, each [campaigns].

    Parameters
    ----------
    value_scale, price_scale, target_spend
        [T], T even.
    key
        The mixed seed.
    budget, step_size, initial_multiplier
        [campaigns].
    """
    unit = np.float32(2.0**-24)
    wins = np.zeros(len(budget), np.int64)
    sums = [np.zeros(len(budget)) for _ in range(3)]
    units = value_scale * unit, price_scale * unit
    _compiled()(*units, target_spend, np.uint64(key), budget, step_size, initial_multiplier, wins, *sums)
    spend, utility, gap = sums
    return wins, spend, utility, np.maximum(initial_multiplier + step_size * gap, 0.0)


@functools.cache
def _compiled() -> Callable[..., None]:
    numba = require("numba", extra="peers")  # typed alike whether it is installed or not

    u64, f32 = np.uint64, np.float32
    low, half, eight = u64(0xFFFFFFFF), u64(32), u64(8)
    first_multiplier, second_multiplier = u64(0xD2511F53), u64(0xCD9E8D57)
    lanes, block = 64, 64

    @numba.njit(inline="always")  # type: ignore[untyped-decorator]
    def rounds(c0: Any, c1: Any, c2: Any, c3: Any, keys: Any) -> Any:
        for step in range(2, 10):
            product0, product1 = first_multiplier * (c0 & low), second_multiplier * (c2 & low)
            c0 = (product1 >> half) ^ c1 ^ keys[step, 0]
            c1 = product1 & low
            c2 = (product0 >> half) ^ c3 ^ keys[step, 1]
            c3 = product0 & low
        return c0, c1, c2, c3

    @numba.njit(error_model="numpy", nogil=True)  # type: ignore[untyped-decorator]
    def run(
        value_unit: Any,
        price_unit: Any,
        target: Any,
        key: Any,
        budget: Any,
        step_size: Any,
        initial: Any,
        wins: Any,
        spend: Any,
        utility: Any,
        gap: Any,
    ) -> None:
        steps, campaigns = len(value_unit), len(budget)
        keys = np.empty((10, 2), np.uint64)
        for i in range(10):
            keys[i, 0] = ((key & low) + u64(i) * u64(0x9E3779B9)) & low
            keys[i, 1] = ((key >> half) + u64(i) * u64(0xBB67AE85)) & low
        word0, word2, word3 = np.empty(lanes, np.uint64), np.empty(lanes, np.uint64), np.empty(lanes, np.uint64)
        base, rate, room = np.empty(lanes, np.float32), np.empty(lanes, np.float32), np.empty(lanes, np.float32)
        paid_sum, gain_sum = np.empty(lanes, np.float32), np.empty(lanes, np.float32)
        won_sum = np.empty(lanes, np.int32)
        for first in range(0, campaigns, lanes):
            count = min(lanes, campaigns - first)
            for j in range(count):
                product = second_multiplier * u64(2 * (first + j))
                word0[j] = (product & low) ^ keys[1, 0]
                product = first_multiplier * ((product >> half) ^ keys[0, 0])
                word2[j] = (product >> half) ^ keys[1, 1]
                word3[j] = product & low
            for begin in range(0, steps, block):
                for j in range(count):
                    at = first + j
                    base[j] = f32((1.0 + initial[at]) + step_size[at] * gap[at])
                    rate[j] = f32(step_size[at])
                    room[j] = np.nextafter(f32(budget[at] - spend[at]), f32(0.0))
                    paid_sum[j] = gain_sum[j] = f32(0.0)
                    won_sum[j] = 0
                planned = f32(0.0)
                for t in range(begin, min(begin + block, steps) - 1, 2):
                    product0 = first_multiplier * u64(t // 2)
                    product1 = second_multiplier * ((product0 >> half) ^ keys[0, 1])
                    even0, even1, even2 = product1 >> half, product1 & low, product0 & low
                    v_unit, v_unit_odd = value_unit[t], value_unit[t + 1]
                    d_unit, d_unit_odd = price_unit[t], price_unit[t + 1]
                    planned_odd = planned + target[t]
                    for j in range(count):
                        bits0, bits1, bits2, bits3 = rounds(word0[j] ^ even0, even1, word2[j] ^ even2, word3[j], keys)
                        paid, gain, won_here = paid_sum[j], gain_sum[j], won_sum[j]
                        v, d = v_unit * f32(np.int32(bits0 >> eight)), d_unit * f32(np.int32(bits1 >> eight))
                        k = max(base[j] + rate[j] * (paid - planned), f32(1.0))
                        won = (v >= k * d) & (paid + d <= room[j])
                        paid += d if won else f32(0.0)
                        gain += v - d if won else f32(0.0)
                        won_here += np.int32(won)
                        v, d = v_unit_odd * f32(np.int32(bits2 >> eight)), d_unit_odd * f32(np.int32(bits3 >> eight))
                        k = max(base[j] + rate[j] * (paid - planned_odd), f32(1.0))
                        won = (v >= k * d) & (paid + d <= room[j])
                        paid += d if won else f32(0.0)
                        gain += v - d if won else f32(0.0)
                        won_here += np.int32(won)
                        paid_sum[j], gain_sum[j], won_sum[j] = paid, gain, won_here
                    planned = planned_odd + target[t + 1]
                for j in range(count):
                    at = first + j
                    spend[at] += paid_sum[j]
                    gap[at] += np.float64(paid_sum[j]) - np.float64(planned)
                    utility[at] += gain_sum[j]
                    wins[at] += won_sum[j]

    compiled: Callable[..., None] = run
    return compiled
