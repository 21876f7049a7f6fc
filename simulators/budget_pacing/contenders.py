"""What our own kernels are called with in races."""

from __future__ import annotations

from typing import Any

from simulators.budget_pacing.peers_case import Case, Outcome

__all__ = [
    "pack",
    "pack_and_case",
    "run_pace",
    "run_packed",
    "run_plan",
    "run_reference",
]


def _outcome(found: Any, shape: tuple[int, ...]) -> Outcome:
    wins, spend, utility, multiplier = (
        getattr(found, name).reshape(shape) for name in ("wins", "spend", "utility", "multiplier")
    )
    return Outcome(wins=wins, spend=spend, utility=utility, multiplier=multiplier)


def run_pace(case: Case) -> Outcome:
    """Pace the arrays as they are."""
    from pybench.kernels.auction import pace

    # one campaign takes one number of each, a grid its [settings], campaigns their [campaigns]
    one = case.value.ndim == 1 and len(case.budget) == 1
    budget, step_size, initial = (
        float(array[0]) if one else array for array in (case.budget, case.step_size, case.initial_multiplier)
    )
    found = pace(
        case.value, case.price, case.target_spend, budget=budget, step_size=step_size, initial_multiplier=initial
    )
    return _outcome(found, case.budget.shape)


def pack(case: Case) -> Any:
    """Lay traces out for `pace`, in 16 bits where they are whole numbers of a unit."""
    from pybench.kernels.auction import pack_traces

    return pack_traces(case.value, case.price, case.target_spend, unit=case.unit)


def pack_and_case(case: Case) -> tuple[Any, Case]:
    """The same; the case has the settings."""
    return pack(case), case


def run_packed(traces: tuple[Any, Case]) -> Outcome:
    """Pace traces that are packed."""
    from pybench.kernels.auction import pace

    packed, case = traces
    found = pace(packed, budget=case.budget, step_size=case.step_size, initial_multiplier=case.initial_multiplier)
    return _outcome(found, case.budget.shape)


def run_plan(case: Case) -> Any:
    """Learn a plan."""
    from pybench.kernels.auction import spending_plan

    return spending_plan(case.value, case.price, float(case.budget[0]))


def run_reference(case: Case) -> Outcome:
    """Pace by the plain reference."""
    import numpy as np

    from pybench.kernels.auction_inputs import LARGEST
    from pybench.kernels.reference.auction import pace

    rows = [np.atleast_2d(array) for array in (case.value, case.price, case.target_spend)]
    found = pace(
        *rows,
        budget=case.budget,
        step_size=case.step_size,
        initial_multiplier=case.initial_multiplier,
        max_multiplier=np.full_like(case.budget, LARGEST),
    )
    return _outcome(found, case.budget.shape)
