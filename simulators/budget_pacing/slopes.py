"""Slopes of regret in the horizon, and intervals over replications by bootstrap."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pybench.errors import NotTestableError

__all__ = ["Interval", "mean_and_error", "ratio_interval", "slope", "slope_interval"]

_DRAWS = 2_000
_SEED = 2302_02006
_TAIL = 0.005  # of a 99 % interval, on either side


class Interval(NamedTuple):
    """A value with its 99 % interval."""

    value: float
    low: float
    high: float


def mean_and_error(values: Sequence[float] | NDArray[np.float64]) -> tuple[float, float]:
    """Return the mean and its standard error; 0 where there is one value."""
    sample = np.asarray(values, dtype=np.float64)
    error = float(sample.std(ddof=1) / np.sqrt(sample.size)) if sample.size > 1 else 0.0
    return float(sample.mean()), error


def slope(means: Mapping[int, float]) -> float:
    """Return the least-squares slope of log mean in log horizon; 0 where fewer than two means are above 0."""
    points = [(np.log(horizon), np.log(mean)) for horizon, mean in means.items() if mean > 0.0]
    if len(points) < 2:
        return 0.0
    x, y = np.array(points).T
    return float(np.polyfit(x, y, 1)[0])


def slope_interval(regrets: Mapping[int, Sequence[float]]) -> Interval:
    """Return the slope of the mean regrets, horizon -> replications, with its interval.

    Replications of each horizon are drawn again with replacement, independently of the other horizons.

    Raises
    ------
    NotTestableError
        Where a mean, or one that was drawn, is not above 0.
    """
    generator = np.random.default_rng(_SEED)
    horizons = sorted(regrets)
    x = np.log(horizons)
    weights = (x - x.mean()) / np.sum((x - x.mean()) ** 2)
    drawn = np.array([_drawn_means(regrets[horizon], generator) for horizon in horizons])
    _refuse_nothing_lost(drawn)
    logs = np.log(drawn)
    low, high = np.quantile(weights @ logs, (_TAIL, 1.0 - _TAIL))
    value = slope({horizon: float(np.mean(regrets[horizon])) for horizon in horizons})
    return Interval(value, min(float(low), value), max(float(high), value))


def ratio_interval(above: Sequence[float], below: Sequence[float]) -> Interval:
    """Return the ratio of two means with its interval, both drawn again independently.

    Raises
    ------
    NotTestableError
        Where a mean, or one that was drawn, is not above 0.
    """
    generator = np.random.default_rng(_SEED)
    means = np.array([_drawn_means(above, generator), _drawn_means(below, generator)])
    _refuse_nothing_lost(means)
    drawn = means[0] / means[1]
    low, high = np.quantile(drawn, (_TAIL, 1.0 - _TAIL))
    value = float(np.mean(above) / np.mean(below))
    return Interval(value, min(float(low), value), max(float(high), value))


def _refuse_nothing_lost(means: NDArray[np.float64]) -> None:
    if not (means > 0.0).all():
        raise NotTestableError(f"a mean regret is {means.min():g}: what is not above 0 has no order of growth")


def _drawn_means(values: Sequence[float], generator: np.random.Generator) -> NDArray[np.float64]:
    sample = np.asarray(values, dtype=np.float64)
    means: NDArray[np.float64] = sample[generator.integers(0, sample.size, (_DRAWS, sample.size))].mean(axis=1)
    return means
