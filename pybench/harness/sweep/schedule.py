"""Which points go out next, and what to do when the process that had some of them dies."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Sequence

from pybench.harness.sweep.chunks import ChunkSizes
from pybench.harness.sweep.tasks import Outcome

__all__ = ["MAXIMUM_DEATHS", "Schedule"]

#: A point whose process died this often while it was the only one at work has failed.
MAXIMUM_DEATHS = 2


class Schedule:
    """The points that wait.

    When a process dies, any of the points that were out may be the cause, or none (somebody killed it). They become
    suspects: at the end each goes out alone, so that a point which kills its process is known for certain and costs no
    other point anything.

    Parameters
    ----------
    missing
        The points to simulate.
    sizes
        How many go out together.
    """

    def __init__(self, missing: Iterable[int], sizes: ChunkSizes) -> None:
        self._waiting = deque(missing)
        self._suspects: deque[int] = deque()
        self._tried: int | None = None
        self._deaths: Counter[int] = Counter()
        self._sizes = sizes

    def take(self, *, others_out: bool) -> list[int]:
        """Return the points of the next task; none where nothing waits, or only suspects that must go alone."""
        if self._waiting:
            return [self._waiting.popleft() for _ in range(self._sizes.next(len(self._waiting)))]
        if self._suspects and not others_out:
            self._tried = self._suspects.popleft()
            return [self._tried]
        return []

    def returned(self, indices: Sequence[int], outcomes: Sequence[Outcome]) -> None:
        """Take note of an answer: what the worker left for others waits again, first in the row."""
        done = {outcome[0] for outcome in outcomes}
        self._waiting.extendleft(index for index in reversed(indices) if index not in done)
        for outcome in outcomes:
            self._sizes.measured(outcome[1])

    def died(self, indices: Sequence[int]) -> list[Outcome]:
        """Take note of a death; return the outcome of the point that is certain to be its cause, if one is."""
        if list(indices) == [self._tried]:
            self._deaths[indices[0]] += 1
            if self._deaths[indices[0]] >= MAXIMUM_DEATHS:
                return [(indices[0], 0.0, None, f"its process died, {MAXIMUM_DEATHS} times, with this point alone")]
        self._suspects.extend(indices)
        return []
