"""Plans of spend by time, for days longer or shorter than the sample. Import from `pybench.kernels.auction`."""

from __future__ import annotations

import csv
import heapq
import io
import math
import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pybench.errors import InvalidInputError
from pybench.kernels.auction_inputs import LARGEST
from pybench.kernels.inputs import check_count

__all__ = ["TimedPlan"]

_HEADER = ["start", "end", "planned_spend"]
_MOST_PERIODS = 10_000_000


class TimedPlan:
    """How much to spend by when: segments of time, each with its spend, spread evenly over it.

    The unit of time is yours (hours since midnight, seconds of the epoch ...), the unit of spend that of the prices. A
    plan does not change once it is made.

    Parameters
    ----------
    edges
        Float64 [K + 1], not decreasing: segment i is (edges[i], edges[i + 1]]. Where the two are equal its spend is
        planned at that instant.
    planned_spend
        Float64 [K], each in [0, 2^120], and their sum too.

    Raises
    ------
    InvalidInputError
        For an edge or a spend that breaks these rules.
    TypeError
        For what cannot become an array of numbers.
    """

    __slots__ = ("_edges", "_spend", "_sums")

    def __init__(self, edges: Any, planned_spend: Any) -> None:
        self._edges = _numbers("edges", edges)
        self._spend = _numbers("planned_spend", planned_spend)
        if not len(self._spend):
            raise InvalidInputError("planned_spend is empty: a plan has at least one segment")
        if len(self._edges) != len(self._spend) + 1:
            raise InvalidInputError(
                f"edges has {len(self._edges)} entries: it must have one more than planned_spend, {len(self._spend)}"
            )
        _refuse("edges", self._edges, np.abs(self._edges) <= LARGEST, "finite and in [-2^120, 2^120]")
        _refuse_decrease("edges", self._edges)
        _refuse_bad_spend("planned_spend", self._spend)
        # From left to right, as the native core adds.
        self._sums = np.concatenate([[0.0], np.cumsum(self._spend)])
        if not self._sums[-1] <= LARGEST:
            raise InvalidInputError(f"planned_spend sums to {self._sums[-1]}: the sum must be in [0, 2^120]")
        for array in (self._edges, self._spend, self._sums):
            array.flags.writeable = False

    @classmethod
    def from_trace(cls, time: Any, target_spend: Any, *, segments: int | None = None) -> TimedPlan:
        """Make the plan of a trace: at the time of each of its auctions, what the targets so far add up to.

        Parameters
        ----------
        time
            Float64 [T], not decreasing: when the auctions were. Any unit; bids will be in the same.
        target_spend
            [T]: what to spend at each, as `spending_plan` returns it.
        segments
            K: the most segments that the plan is to have, see `compress`; None: one between any two times.

        Returns
        -------
        TimedPlan
            It begins at the first time, with that auction's target at once.

        Raises
        ------
        InvalidInputError
            For lengths that differ, an empty trace, a time before the one before it, a target that is negative, NaN,
            infinite or above 2^120, or segments below 1.
        """
        times, targets = _numbers("time", time), _numbers("target_spend", target_spend)
        if len(times) != len(targets):
            raise InvalidInputError(f"time has {len(times)} entries but target_spend has {len(targets)}")
        if not len(times):
            raise InvalidInputError("time is empty: a plan is made of at least one auction")
        _refuse("time", times, np.abs(times) <= LARGEST, "finite and in [-2^120, 2^120]")
        _refuse_decrease("time", times)
        _refuse_bad_spend("target_spend", targets)
        if segments is not None:
            check_count("segments", segments, 1, 2**62)
        first = np.flatnonzero(np.concatenate([[True], times[1:] > times[:-1]]))
        plan = cls(np.concatenate([times[:1], times[first]]), np.add.reduceat(targets, first))
        return plan if segments is None else plan.compress(segments)

    @property
    def edges(self) -> NDArray[np.float64]:
        """When segments begin and end, [K + 1]; not writeable."""
        return self._edges

    @property
    def planned_spend(self) -> NDArray[np.float64]:
        """The spend of each segment, [K]; not writeable."""
        return self._spend

    @property
    def segments(self) -> int:
        """K."""
        return len(self._spend)

    @property
    def total(self) -> float:
        """What the whole plan spends."""
        return float(self._sums[-1])

    def planned(self, time: Any) -> Any:
        """Return what is planned up to and at a time, float64 of its shape: 0 before the plan, after it its total.

        Raises
        ------
        InvalidInputError
            For a time that is NaN.
        """
        times = np.asarray(time, dtype=np.float64)
        if np.isnan(times).any():
            raise InvalidInputError("time is NaN: it must be a number")
        ended = np.searchsorted(self._edges[1:], times, side="right")
        inside = (ended < self.segments) & (times >= self._edges[ended])
        segment = np.where(inside, ended, 0)
        start = self._edges[segment]
        length = np.where(inside, self._edges[segment + 1] - start, 1.0)
        share = np.where(inside, times - start, 0.0) / length
        return (self._sums[ended] + np.where(inside, share * self._spend[segment], 0.0))[()]

    def compress(self, segments: int) -> TimedPlan:
        """Return a plan of at most K segments, each edge one of this plan's, that is close to it at all times.

        Edges are added one by one, each where the plan so far is furthest from this one. The total stays what it is, to
        rounding.

        Raises
        ------
        InvalidInputError
            For segments below 1.
        """
        check_count("segments", segments, 1, 2**62)
        if segments >= self.segments:
            return self
        kept = {0, self.segments}
        waiting = [self._furthest(0, self.segments)]
        while len(kept) <= segments and waiting:
            gap, begin, middle, end = heapq.heappop(waiting)
            if gap == 0.0:
                break
            kept.add(middle)
            heapq.heappush(waiting, self._furthest(begin, middle))
            heapq.heappush(waiting, self._furthest(middle, end))
        at = np.array(sorted(kept))
        return TimedPlan(self._edges[at], np.diff(self._sums[at]))

    def by_period(self, length: float) -> TimedPlan:
        """Return the plan in periods, such as hours: one segment for each, from a multiple of `length` to the next.

        Raises
        ------
        InvalidInputError
            For a length that is not positive and finite, or more than ten million periods.
        """
        if not (isinstance(length, (int, float)) and 0.0 < length <= LARGEST):
            raise InvalidInputError(f"length is {length!r}: it must be a number in (0, 2^120]")
        first, last = self._edges[0] / length, self._edges[-1] / length
        if not (last - first <= _MOST_PERIODS and max(-first, last) < 2.0**53):
            raise InvalidInputError(f"length is {length}: the plan has more than {_MOST_PERIODS} periods of it")
        begin = math.floor(first)
        edges = np.arange(begin, max(math.ceil(last), begin + 1) + 1) * float(length)
        sums = self.planned(edges)
        sums[0], sums[-1] = 0.0, self._sums[-1]  # whatever products of `length` round to
        return TimedPlan(edges, np.diff(sums))

    def to_csv(self, path: str | os.PathLike[str]) -> None:
        """Write the plan, one row a segment: start, end, planned_spend. The file is written whole or not at all.

        Numbers are written so that `from_csv` gives the same plan bit for bit. `plan.by_period(1.0).to_csv(path)` of a
        plan in hours is the spend by hour.

        Raises
        ------
        InvalidInputError
            For a path that cannot be written.
        """
        target = Path(path)
        text = io.StringIO(newline="")
        rows = csv.writer(text, lineterminator="\n")
        rows.writerow(_HEADER)
        edges = self._edges.tolist()
        rows.writerows(zip(edges, edges[1:], self._spend.tolist(), strict=False))
        beside = target.with_name(f"{target.name}.{os.getpid()}.partial")
        try:
            beside.write_text(text.getvalue(), newline="")
            beside.replace(target)
        except OSError as error:
            raise InvalidInputError(f"path is {str(path)!r}: it cannot be written ({error.strerror})") from error
        finally:
            beside.unlink(missing_ok=True)

    @classmethod
    def from_csv(cls, path: str | os.PathLike[str]) -> TimedPlan:
        """Read what `to_csv` wrote.

        Raises
        ------
        InvalidInputError
            For a file that cannot be read, another header, a row that holds no three numbers, or that does not begin
            where the one before it ends; named by its line.
        """
        try:
            with Path(path).open(newline="") as file:
                header, *rows = csv.reader(file)
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise InvalidInputError(f"path is {str(path)!r}: it cannot be read ({error})") from error
        except ValueError:
            raise InvalidInputError(f"path is {str(path)!r}: the file is empty") from None
        if header != _HEADER:
            raise InvalidInputError(f"path is {str(path)!r}: line 1 must be {','.join(_HEADER)}")
        edges: list[float] = []
        spend: list[float] = []
        for line, row in enumerate(rows, 2):
            try:
                start, end, planned = map(float, row)
            except ValueError:
                raise InvalidInputError(f"path is {str(path)!r}: line {line} must hold three numbers") from None
            if edges and start != edges[-1]:
                raise InvalidInputError(
                    f"path is {str(path)!r}: line {line} begins at {start}, "
                    f"the one before ends at {edges[-1]}: it must be the same"
                )
            edges += [end] if edges else [start, end]
            spend.append(planned)
        return cls(edges, spend)

    def __eq__(self, other: object) -> bool:
        """Tell whether the segments are the same."""
        if not isinstance(other, TimedPlan):
            return NotImplemented
        return np.array_equal(self._edges, other._edges) and np.array_equal(self._spend, other._spend)

    __hash__ = None  # type: ignore[assignment]  # compared by large arrays

    def __repr__(self) -> str:
        return f"TimedPlan({self.segments} segments, {self._edges[0]:g} to {self._edges[-1]:g}, total {self.total:g})"

    def _furthest(self, begin: int, end: int) -> tuple[float, int, int, int]:
        """Find the edge between two that a straight line misses most: (-gap, begin, edge, end)."""
        if end - begin < 2:
            return 0.0, begin, begin, end
        edges, sums = self._edges[begin : end + 1], self._sums[begin : end + 1]
        length = edges[-1] - edges[0]
        share = (edges - edges[0]) / length if length > 0.0 else np.ones(len(edges))
        gap = np.abs(sums - (sums[0] + share * (sums[-1] - sums[0])))[1:-1]
        furthest = int(np.argmax(gap))
        return -float(gap[furthest]), begin, begin + 1 + furthest, end


def _numbers(name: str, values: Any) -> NDArray[np.float64]:
    array = np.asarray(values)
    if array.ndim != 1 or array.dtype.kind not in "iuf":
        if not array.size:
            return np.zeros(0)
        raise InvalidInputError(f"{name} has shape {array.shape} and dtype {array.dtype}: it must be numbers [T]")
    return array.astype(np.float64)


def _refuse(name: str, values: NDArray[np.float64], good: NDArray[np.bool_], rule: str) -> None:
    if not good.all():
        at = int(np.argmin(good))
        raise InvalidInputError(f"{name}[{at}] is {values[at]}: it must be {rule}")


def _refuse_decrease(name: str, values: NDArray[np.float64]) -> None:
    good = np.concatenate([[True], values[1:] >= values[:-1]])
    if not good.all():
        at = int(np.argmin(good))
        raise InvalidInputError(f"{name}[{at}] is {values[at]}: it must not be below the one before, {values[at - 1]}")


def _refuse_bad_spend(name: str, values: NDArray[np.float64]) -> None:
    _refuse(name, values, (values >= 0.0) & (values <= LARGEST), "finite and in [0, 2^120]")
