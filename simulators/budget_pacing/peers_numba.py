"""The peers written for numba, compiled when first asked for, in the process of the race alone."""

from __future__ import annotations

import types
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pybench.kernels.auction_inputs import LARGEST
from pybench.optional import require
from simulators.budget_pacing import peers_numba_loops as loops
from simulators.budget_pacing.peers_case import Case, Outcome

__all__ = [
    "as_codes_by_step",
    "by_step",
    "compiled",
    "run_branch_free",
    "run_branchy",
    "run_campaigns",
    "run_campaigns_float64",
    "run_settings",
    "run_settings_float64",
    "run_winnable",
    "run_winnable_settings",
]

Traces = tuple[tuple[NDArray[Any], ...], Case]

#: How far sums in float32 may take an answer, and sums in float64 in another order than ours.
FLOAT32, FLOAT64 = 1e-3, 1e-4
#: What is compiled for a name: callees before callers.
CALLEES = {"all_campaigns": "step_of_campaigns", "all_settings": "steps_of_settings"}


@lru_cache(maxsize=8)
def compiled(name: str) -> Callable[..., Any]:
    """Return a loop for numba, compiled at its first call. Division and overflow as in NumPy; no checks of bounds."""
    numba = require("numba", extra="peers")
    jit = numba.njit(error_model="numpy", boundscheck=False, no_cfunc_wrapper=True)
    plain = getattr(loops, name)
    linked = {CALLEES[name]: jit(getattr(loops, CALLEES[name]))} if name in CALLEES else {}
    # the same code, in a namespace whose functions are the compiled ones
    fast: Callable[..., Any] = jit(types.FunctionType(plain.__code__, {**vars(loops), **linked}, name))
    return fast


def _winnable(case: Case) -> tuple[NDArray[Any], ...]:
    """Return the steps of a trace that can be won, an even number of them."""
    # Entry 0, and one behind the last, have a price above the value: they are never won.
    arrays = [np.full(case.value.size + 2, number, case.value.dtype) for number in (0.0, 1.0, 0.0)]
    zero = case.value.dtype.type(0)
    count = compiled("take_winnable")(case.value, case.price, case.target_spend, *arrays, zero)
    return tuple(array[: count + count % 2] for array in arrays)


def _run_one(name: str, case: Case, traces: tuple[NDArray[Any], ...] | None = None) -> Outcome:
    settings = (float(array[0]) for array in (case.budget, case.step_size, case.initial_multiplier))
    found = compiled(name)(*(traces or (case.value, case.price, case.target_spend)), *settings, LARGEST)
    wins, spend, utility, factor = (np.array([number]) for number in found)
    return Outcome(wins=wins, spend=spend, utility=utility, multiplier=np.maximum(factor - 1.0, 0.0), precision=FLOAT64)


def run_branchy(case: Case) -> Outcome:
    """Pace one campaign, with branches."""
    return _run_one("branchy", case)


def run_branch_free(case: Case) -> Outcome:
    """Pace one campaign, without."""
    return _run_one("branch_free", case)


def run_winnable(case: Case) -> Outcome:
    """Keep the steps that can be won, and pace the campaign on those without branches."""
    return _run_one("branch_free", case, _winnable(case))


def by_step(case: Case) -> Traces:
    """Lay the traces of campaigns out as [T, campaigns]."""
    return tuple(np.ascontiguousarray(array.T) for array in (case.value, case.price, case.target_spend)), case


def as_codes_by_step(case: Case) -> Traces:
    """The same in 16 bits."""
    arrays = (case.value, case.price, case.target_spend)
    return tuple(np.ascontiguousarray(array.T, dtype=np.uint16) for array in arrays), case


def _run_many(name: str, traces: Traces, real: Any) -> Outcome:
    arrays, case = traces
    budget, step_size = case.budget.astype(real), case.step_size.astype(real)
    factor = (1.0 + case.initial_multiplier).astype(real)
    spend, utility, wins = np.zeros((3, len(budget)), real)
    constants = (real(1), real(LARGEST), real(0))
    compiled(name)(*arrays, budget, step_size, factor, spend, utility, wins, *constants)
    return Outcome(
        wins=wins,
        spend=spend,
        utility=utility,
        multiplier=np.maximum(factor.astype(np.float64) - 1.0, 0.0),
        precision=FLOAT32 if real is np.float32 else FLOAT64,
    )


def run_campaigns(traces: Traces) -> Outcome:
    """Pace campaigns side by side, their state in float32."""
    return _run_many("all_campaigns", traces, np.float32)


def run_campaigns_float64(traces: Traces) -> Outcome:
    """The same, their state in float64."""
    return _run_many("all_campaigns", traces, np.float64)


def run_settings(case: Case) -> Outcome:
    """Pace settings side by side on one trace, their state in float32."""
    return _run_many("all_settings", ((case.value, case.price, case.target_spend), case), np.float32)


def run_winnable_settings(case: Case) -> Outcome:
    """Keep the steps that can be won, and pace the settings on those."""
    return _run_many("all_settings", (_winnable(case), case), np.float32)


def run_settings_float64(case: Case) -> Outcome:
    """The same, their state in float64."""
    return _run_many("all_settings", ((case.value, case.price, case.target_spend), case), np.float64)
