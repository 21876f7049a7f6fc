"""Synthetic values of items for several bidders: what an item is worth to everyone, and how it fits each of them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pybench.errors import InvalidInputError
from pybench.kernels.inputs import check_count

__all__ = ["draw_budgets", "draw_values"]


def draw_values(
    bidders: int,
    steps: int,
    *,
    seed: int | tuple[int, ...],
    correlation: float = 0.5,
    spread: float = 0.6,
    kinds: int = 4,
    dtype: type[np.float32] | type[np.float64] = np.float64,
) -> NDArray[np.floating[Any]]:
    """Draw the values of T items for N bidders.

    An item is of one of several kinds, each as likely. Its value to a bidder is the product of its quality, which all
    bidders see alike, of how much the bidder cares for its kind, drawn once from 0.25 to 1, and of noise of their own.
    Quality and noise are log-normal.

    Parameters
    ----------
    bidders, steps
        N and T.
    seed
        An int or a tuple of ints, none negative.
    correlation
        Share of the variance of quality times noise, in logarithms, that is quality: from 0 to 1.
    spread
        Standard deviation of the logarithm of quality times noise, at least 0.
    kinds
        Kinds of items.
    dtype
        float32 or float64.

    Returns
    -------
    numpy.ndarray
        [N, T], above 0. The mean of quality times noise is 1.

    Raises
    ------
    InvalidInputError
        For a parameter out of range.
    """
    check_count("bidders", bidders, 1, 1_000_000)
    check_count("steps", steps, 0, 2**40)
    check_count("kinds", kinds, 1, 1_000_000)
    if not 0.0 <= correlation <= 1.0:
        raise InvalidInputError(f"correlation is {correlation!r}: it must be in [0, 1]")
    if not (math.isfinite(spread) and spread >= 0.0):
        raise InvalidInputError(f"spread is {spread!r}: it must be finite and at least 0")
    rng = np.random.default_rng(seed)
    fit = rng.uniform(0.25, 1.0, (bidders, kinds))
    kind = rng.integers(0, kinds, steps)
    quality = rng.normal(size=steps)
    noise = rng.normal(size=(bidders, steps))
    logarithm = spread * (math.sqrt(correlation) * quality + math.sqrt(1.0 - correlation) * noise)
    values: NDArray[np.floating[Any]] = (fit[:, kind] * np.exp(logarithm - 0.5 * spread**2)).astype(dtype)
    return values


def draw_budgets(
    values: NDArray[np.floating[Any]], *, seed: int | tuple[int, ...], share: float = 0.4
) -> NDArray[np.float64]:
    """Draw budgets that bind for most bidders: together about a share of what all items are worth to their best bidder.

    Parameters
    ----------
    values
        [N, T].
    seed
        An int or a tuple of ints, none negative.
    share
        Above 0.

    Returns
    -------
    numpy.ndarray
        [N], float64; the largest is up to four times the smallest.

    Raises
    ------
    InvalidInputError
        For a share that is not above 0, or values without any that is.
    """
    if not (math.isfinite(share) and share > 0.0):
        raise InvalidInputError(f"share is {share!r}: it must be finite and greater than 0")
    best: NDArray[np.floating[Any]] = np.max(values, axis=0, initial=0.0)
    total = float(np.sum(best, dtype=np.float64))
    if not total > 0.0:
        raise InvalidInputError(f"values sum to {total:g}: no budget follows from them")
    weight = np.random.default_rng(seed).uniform(0.5, 2.0, (values.shape[0],))
    budgets: NDArray[np.float64] = share * total * weight / weight.sum()
    return budgets
