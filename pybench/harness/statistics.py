"""The statistics of a race: paired ratios, their bootstrap interval, and the noise of the run itself."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from pybench.errors import InvalidInputError

__all__ = ["LEVEL", "Comparison", "Ratio", "compare", "noise_of", "paired_ratio"]

#: Confidence level of every interval of a race.
LEVEL = 0.99
RESAMPLES = 4000

Comparison: TypeAlias = Literal["slower", "faster", "no difference shown"]


@dataclass(frozen=True, kw_only=True)
class Ratio:
    """A ratio of two times with its interval."""

    value: float
    low: float
    high: float

    def __post_init__(self) -> None:
        if not 0.0 < self.low <= self.value <= self.high < math.inf:
            raise InvalidInputError(
                f"ratio {self.value!r} with interval [{self.low!r}, {self.high!r}]: it must lie inside, all positive"
            )


def paired_ratio(
    numerator: npt.NDArray[np.float64], denominator: npt.NDArray[np.float64], *, seed: int | tuple[int, ...] = 0
) -> Ratio:
    """Return the median of the paired ratios and its percentile-bootstrap interval at `LEVEL`.

    Pair i was timed within one round, so whatever the machine did to both cancels. The bootstrap resamples rounds, on
    the logarithm: a ratio and its inverse have mirrored intervals. With few rounds the interval falls back to the
    smallest and the largest pair, the widest statement that the data allow.

    Parameters
    ----------
    numerator, denominator
        Seconds of each round, float64 ``[rounds]``, positive.
    seed
        Of the resampling.

    Raises
    ------
    InvalidInputError
        For no rounds, lengths that differ, or a time that is not positive and finite.
    """
    if numerator.shape != denominator.shape or numerator.ndim != 1 or numerator.size == 0:
        raise InvalidInputError(
            f"numerator has shape {numerator.shape}, denominator {denominator.shape}: both must be [rounds >= 1]"
        )
    times = np.concatenate([numerator, denominator])
    if not (np.isfinite(times).all() and (times > 0).all()):
        raise InvalidInputError("numerator and denominator must be positive and finite seconds")
    logs = np.log(numerator) - np.log(denominator)
    generator = np.random.default_rng(seed)
    picks = generator.integers(0, logs.size, size=(RESAMPLES, logs.size))
    medians = np.median(logs[picks], axis=1)
    medians.sort()
    rank = int((1.0 - LEVEL) / 2.0 * RESAMPLES)
    low, high = medians[rank], medians[-1 - rank]
    middle = float(np.median(logs))
    return Ratio(value=math.exp(middle), low=math.exp(min(low, middle)), high=math.exp(max(high, middle)))


def noise_of(twin: Ratio) -> float:
    """Return the noise of a run from the ratio of a contender to its own twin: 0.03 means that 3 % shows nothing."""
    return max(twin.high, 1.0 / twin.low) - 1.0


def compare(ratio: Ratio, noise: float) -> Comparison:
    """Say what a ratio (contender over baseline) shows: only an interval wholly beyond the noise shows anything."""
    if ratio.low > 1.0 + noise:
        return "slower"
    if ratio.high < 1.0 / (1.0 + noise):
        return "faster"
    return "no difference shown"
