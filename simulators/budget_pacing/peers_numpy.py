"""What NumPy can do of the jobs of this room: lay traces out, learn a plan, and the limits: a copy and one read."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pybench.kernels.auction_results import SpendingPlan
from simulators.budget_pacing.peers_case import Case, Outcome
from simulators.budget_pacing.peers_plan import PlanArrays, plan_by_buckets, plan_by_sorting

__all__ = [
    "AVX512_OFF",
    "as_bytes",
    "lay_out_by_step",
    "run_buckets",
    "run_copy",
    "run_read",
    "run_read_of_plan",
    "run_sorting",
]

#: Variables that make NumPy leave its AVX-512 code alone. NumPy warns of a feature that a machine lacks, and goes on.
AVX512_OFF = {"NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL AVX512_SPR", "PYTHONWARNINGS": "ignore::ImportWarning"}


def as_bytes(case: Case) -> NDArray[Any]:
    """Return values, prices and targets in one array, in 16 bits where they are whole numbers of a unit."""
    arrays = [array.ravel() for array in (case.value, case.price, case.target_spend)]
    return np.concatenate(arrays, dtype=np.uint16 if case.unit else None, casting="unsafe")


@lru_cache(maxsize=1)
def _kept(size: int, dtype: Any) -> NDArray[Any]:
    return np.zeros(size, dtype)


def run_copy(traces: NDArray[Any]) -> Outcome:
    """Copy all bytes into an array that is kept."""
    kept = _kept(traces.size, traces.dtype)
    np.copyto(kept, traces)
    return Outcome(copied=kept)


def run_read(traces: NDArray[Any]) -> Outcome:
    """Read all bytes: the largest integer of 64 bits in them, which NumPy finds with wide registers."""
    return Outcome(largest=traces.view(np.int64).max())


def run_read_of_plan(case: Case) -> Outcome:
    """Read what a plan is learned from, once."""
    return Outcome(largest=max(array.view(np.int64).max() for array in (case.value, case.price)))


def lay_out_by_step(case: Case) -> tuple[NDArray[Any], ...]:
    """Lay traces out as [T, campaigns], in arrays that are kept."""
    dtype = np.uint16 if case.unit else case.value.dtype
    kept = _kept(3 * case.value.size, dtype).reshape(3, *case.value.T.shape)
    for into, array in zip(kept, (case.value, case.price, case.target_spend), strict=True):
        np.copyto(into, array.T, casting="unsafe")
    return tuple(kept)


@lru_cache(maxsize=1)
def _arrays(steps: int) -> PlanArrays:
    return PlanArrays.of(steps)


def run_buckets(case: Case) -> SpendingPlan:
    """Learn a plan by a histogram."""
    return SpendingPlan(*plan_by_buckets(case.value, case.price, float(case.budget[0]), _arrays(case.steps)))


def run_sorting(case: Case) -> SpendingPlan:
    """Learn a plan by a sort."""
    return SpendingPlan(*plan_by_sorting(case.value, case.price, float(case.budget[0]), _arrays(case.steps)))
