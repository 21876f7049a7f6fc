"""The optimum and its selection law in NumPy without a sort, k-SEQ in NumPy, and sums that read the laws once."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pybench.optional import require
from simulators.multi_draft.peers_case import Case, Outcome
from simulators.multi_draft.peers_numba_k_seq import BISECTIONS

__all__ = [
    "run_dot",
    "run_k_seq",
    "run_k_seq_blas",
    "run_k_seq_float64",
    "run_overlap",
    "run_selection_law",
    "run_sums",
]

UNDRAWN = 0x7F80  # the upper half of an infinite float: draft probability 0
TINY = 1e-300
SLACK = 1e-7  # a ratio may lie outside its bucket by the rounding of a float


@lru_cache(maxsize=1)
def _arrays(size: int) -> tuple[NDArray[np.float32], NDArray[np.uint16], NDArray[np.int64]]:
    return np.empty(size, np.float32), np.empty(size, np.uint16), np.empty(size, np.int64)


class _Buckets:
    """The tokens by the upper 16 bits of the ratio as a float; those of one bucket in order when asked for."""

    def __init__(self, case: Case) -> None:
        self.case = case
        ratio, self.keys, keys = _arrays(len(case.draft))
        with np.errstate(divide="ignore", invalid="ignore"):
            np.divide(case.target, case.draft, out=ratio)
        np.copyto(self.keys, ratio.view(np.uint16)[1::2])
        np.copyto(keys, self.keys)
        p, q = np.bincount(keys, weights=case.draft), np.bincount(keys, weights=case.target)
        self.scales = 1.0 / p.sum(), 1.0 / q.sum()
        self.key = np.flatnonzero(p[:UNDRAWN] > 0.0)
        self.p = np.concatenate([[0.0], np.cumsum(p[self.key])]) * self.scales[0]
        self.q = np.concatenate([[0.0], np.cumsum(q[self.key])]) * self.scales[1]
        edges = np.stack([self.key, self.key + 1]).astype(np.uint32) << np.uint32(16)
        low, high = edges.view(np.float32).astype(np.float64) * (self.scales[1] / self.scales[0])
        self.low, self.high = low * (1.0 - SLACK), high * (1.0 + SLACK)

    def tokens(self, bucket: int) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Return ratio, draft and target probability, in order of the ratio."""
        found = np.flatnonzero(self.keys == self.key[bucket])
        p = self.case.draft[found] * self.scales[0]
        q = self.case.target[found] * self.scales[1]
        order = np.argsort(q / p)
        return (q / p)[order], p[order], q[order]


def run_selection_law(case: Case) -> Outcome:
    """Find the optimum among bucket edges, then in the buckets that can beat them; then clip."""
    buckets, count = _Buckets(case), case.draft_count
    p, q, low, high = buckets.p, buckets.q, buckets.low, buckets.high
    best = float((p**count - q).max())
    turn = np.clip((high * np.diff(p) - np.diff(q)) / (high - low), 0.0, np.diff(p))
    for bucket in np.flatnonzero((p[:-1] + turn) ** count - q[:-1] - low * turn > best):
        _, mass, target = buckets.tokens(int(bucket))
        best = max(best, float(((p[bucket] + mass.cumsum()) ** count - q[bucket] - target.cumsum()).max()))
    raised, lowered = _low_level(buckets, best), _high_level(buckets, best)
    law = np.multiply(case.draft, np.float32(raised * buckets.scales[0]))
    np.maximum(law, case.target * np.float32(buckets.scales[1]), out=law)
    if lowered < np.inf:
        np.minimum(law, case.draft * np.float32(lowered * buckets.scales[0]), out=law)
    else:
        law[case.draft == 0.0] = 0.0
    return Outcome(acceptance=1.0 - best, selection_law=law)


def _low_level(buckets: _Buckets, rejected: float) -> float:
    if rejected <= 0.0:
        return 0.0
    reached = (rejected + buckets.q[1:]) / buckets.p[1:]
    bucket = int(np.argmax(np.append(reached[:-1] <= buckets.low[1:], True)))
    ratio, mass, target = buckets.tokens(bucket)
    levels = _levels(buckets.p[bucket], mass, rejected + buckets.q[bucket], target)
    return float(levels[np.argmax(np.append(levels[:-1] <= ratio, True))])


def _high_level(buckets: _Buckets, rejected: float) -> float:
    if rejected <= max(1.0 - buckets.q[-1], 0.0):
        return np.inf
    mass, target = buckets.p[-1] - buckets.p, 1.0 - buckets.q
    reached = (target[:-1] - rejected) / np.maximum(mass[:-1], TINY)
    enough = np.append(True, reached[1:] >= buckets.high[:-1])
    bucket = len(enough) - 1 - int(np.argmax(enough[::-1]))
    ratio, own, own_target = (part[::-1] for part in buckets.tokens(bucket))
    levels = _levels(mass[bucket + 1], own, target[bucket + 1] - rejected, own_target)
    if mass[bucket + 1] <= 0.0:
        levels[0] = -np.inf  # nothing is lowered yet
    return float(levels[np.argmax(np.append(levels[:-1] >= ratio, True))])


def _levels(
    mass: float, more: NDArray[np.float64], target: float, more_target: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return target / mass before the first token of a bucket and after each."""
    levels: NDArray[np.float64] = (target + np.append(0.0, more_target.cumsum())) / np.maximum(
        mass + np.append(0.0, more.cumsum()), TINY
    )
    return levels


def _bisect(overlap: Callable[[float], float], count: int, precision: float) -> Outcome:
    low, high = 1.0, float(count)
    for _ in range(BISECTIONS):
        middle = 0.5 * (low + high)
        each = overlap(middle)
        if 1.0 - (1.0 - each) ** count > middle * each:
            low = middle
        else:
            high = middle
    each = overlap(high)
    return Outcome(acceptance=1.0 - (1.0 - each) ** count, rate=high, precision=precision)


@lru_cache(maxsize=1)
def _ones(size: int) -> NDArray[np.float32]:
    return np.ones(size, np.float32)


def run_k_seq(case: Case) -> Outcome:
    """Solve k-SEQ in float: multiply and compare into a kept array, sum by a product with ones."""
    room, ones = _arrays(len(case.draft))[0], _ones(len(case.draft))

    def overlap(rate: float) -> float:
        np.multiply(case.target, np.float32(1.0 / rate), out=room)
        np.minimum(case.draft, room, out=room)
        return float(np.dot(room, ones))

    return _bisect(overlap, case.draft_count, precision=1e-5)


def run_k_seq_blas(case: Case) -> Outcome:
    """Solve k-SEQ by sum min(p, q / rho) = (1 + 1 / rho - sum |p - q / rho|) / 2, the sum by BLAS."""
    room = _arrays(len(case.draft))[0]
    absolute_sum = require("scipy.linalg.blas", extra="peers").sasum

    def overlap(rate: float) -> float:
        np.multiply(case.target, np.float32(1.0 / rate), out=room)
        np.subtract(room, case.draft, out=room)
        return 0.5 * (1.0 + 1.0 / rate - float(absolute_sum(room)))

    return _bisect(overlap, case.draft_count, precision=1e-5)


def run_k_seq_float64(case: Case) -> Outcome:
    """Solve k-SEQ in double."""
    p, q = case.draft.astype(np.float64), case.target.astype(np.float64)
    p, q = p / p.sum(), q / q.sum()
    room = np.empty_like(p)

    def overlap(rate: float) -> float:
        np.multiply(q, 1.0 / rate, out=room)
        return float(np.minimum(p, room, out=room).sum())

    return _bisect(overlap, case.draft_count, precision=1e-9)


def run_dot(case: Case) -> Outcome:
    """Read both laws once: their inner product, by BLAS."""
    return _sums(dot=np.dot(case.draft, case.target))


def run_sums(case: Case) -> Outcome:
    """Sum each law."""
    return _sums(draft=case.draft.sum(), target=case.target.sum())


def run_overlap(case: Case) -> Outcome:
    """Sum min(p, q): the acceptance of one draft."""
    return _sums(overlap=np.minimum(case.draft, case.target, out=_arrays(len(case.draft))[0]).sum())


def _sums(**sums: Any) -> Outcome:
    return Outcome(sums={name: float(value) for name, value in sums.items()})
