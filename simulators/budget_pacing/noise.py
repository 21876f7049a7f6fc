"""Sampling noise: a sample whose values are too large for most of the day, and how far its laws are from the live."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["NOISY_SHARE", "exact_distance", "measured_distance", "with_noise"]

Trace = NDArray[np.float32]

#: The share of the day, from its beginning, that the noise is in.
NOISY_SHARE = 0.7
#: Blocks within which the laws of a log are taken not to change.
_BLOCKS = 24


def with_noise(value: Trace, noise: float) -> Trace:
    """Return the values with those of the first 70 % larger by this share."""
    noisy = value.copy()
    noisy[: int(NOISY_SHARE * value.size)] *= np.float32(1.0 + noise)
    return noisy


def exact_distance(value_scale: Trace, noise: float, share: float) -> float:
    """Return the sum of Wasserstein distances between the laws of a generated trace and its noisy sample.

    A step's value is a U, the sample's (1 + noise) a U, prices have one law. The distance of (value, price), with the
    sum of absolute differences as the cost, is noise a / 2: the coupling that keeps U and the price attains it, and the
    difference of means is a lower bound.
    """
    return float(0.5 * noise * value_scale[: int(share * value_scale.size)].sum(dtype=np.float64))


def measured_distance(value: Trace, price: Trace, sample_value: Trace, sample_price: Trace) -> float:
    """Return an estimate of that sum for a log: by blocks of the day, of values and of prices.

    Each block of both traces is taken as draws of one law. The sum of the distances of the margins is at most that of
    the pairs; that both are samples adds to it, about the noise that two halves of a steady log have.
    """
    total = 0.0
    for live, sample in ((value, sample_value), (price, sample_price)):
        for here, there in zip(np.array_split(live, _BLOCKS), np.array_split(sample, _BLOCKS), strict=True):
            if here.size and there.size:
                total += here.size * _distance(here, there)
    return total


def _distance(first: Trace, second: Trace) -> float:
    """Return the Wasserstein distance of two samples on a line: the area between their distribution functions."""
    both = np.sort(np.concatenate([first, second]).astype(np.float64))
    shares = [np.searchsorted(np.sort(one), both[:-1], side="right") / one.size for one in (first, second)]
    return float(np.sum(np.abs(shares[0] - shares[1]) * np.diff(both)))
