"""Generated traces in NumPy: slow and readable, the oracle of the native kernels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pybench.kernels.inputs import mix_seed
from pybench.kernels.reference.philox import philox_blocks

__all__ = ["generate_traces", "sample_targets"]


def generate_traces(
    value_scale: NDArray[np.float32],
    price_scale: NDArray[np.float32],
    *,
    seed: int | tuple[int, ...],
    campaigns: int,
    sample: bool = False,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Generate traces; see `pybench.kernels.auction.generate_traces`."""
    steps, key = len(value_scale), mix_seed(seed)
    numbers = np.empty((campaigns, steps, 2), np.float32)
    for campaign in range(campaigns):
        # A block has the two numbers of an even step, then those of the odd one.
        blocks = philox_blocks(key, 2 * campaign + int(sample), np.arange((steps + 1) // 2, dtype=np.uint64))
        numbers[campaign] = (blocks >> np.uint64(8)).reshape(-1, 2)[:steps]
    unit = np.float32(2.0**-24)
    return (value_scale * unit) * numbers[..., 0], (price_scale * unit) * numbers[..., 1]


def sample_targets(
    value: NDArray[np.float32], price: NDArray[np.float32], multiplier: NDArray[np.float64]
) -> NDArray[np.float32]:
    """Return what samples [campaigns, T] pay at a multiplier each: the plan of `pace_generated`."""
    with np.errstate(over="ignore", invalid="ignore"):
        won = value.astype(np.float64) >= (1.0 + multiplier)[:, None] * price.astype(np.float64)
    return np.where(won, price, np.float32(0.0))
