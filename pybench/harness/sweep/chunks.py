"""How many points a task gets: enough that scheduling it costs little, few enough that all workers end together."""

from __future__ import annotations

import math
from collections import deque
from statistics import fmean

__all__ = ["LIMIT_S", "TARGET_S", "ChunkSizes"]

#: A task is meant to take this long. dask needs 5 to 16 ms for a task, joblib about 1 ms: at most 4 % of it.
TARGET_S = 0.4
#: A worker hands a task back after this long, whatever is left of it: points may become slower along an axis.
LIMIT_S = 2.0
#: A chunk is at most this many times the one before: the first points may be far from the typical ones.
GROWTH = 4
#: Points whose mean time is the forecast.
WINDOW = 64


class ChunkSizes:
    """Chooses the size of the next task from the times of the points that are done.

    Parameters
    ----------
    width
        How many tasks run at a time.
    most
        Points that a task may have.
    """

    def __init__(self, width: int, *, most: int) -> None:
        self.width = width
        self._most = most
        self._recent: deque[float] = deque(maxlen=WINDOW)
        self._largest = 1

    def measured(self, seconds: float) -> None:
        """Take note of the time of a point."""
        self._recent.append(seconds)

    def next(self, waiting: int) -> int:
        """Return how many of the waiting points the next task gets: one, while no time is known.

        Near the end tasks become smaller, down to a quarter, so that no worker has long to go when the others are idle.
        """
        if not self._recent:
            return 1
        wanted = math.ceil(TARGET_S / max(fmean(self._recent), 1e-9))
        fair = math.ceil(waiting / (2 * self.width))
        size = max(1, min(wanted, GROWTH * self._largest, max(fair, math.ceil(wanted / 4)), waiting, self._most))
        self._largest = max(self._largest, size)
        return size
