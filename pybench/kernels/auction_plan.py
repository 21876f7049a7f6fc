"""Spending plans learned from one trace, and the bound on all policies. Import from `pybench.kernels.auction`."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from pybench._native import auction as _native
from pybench.errors import InvalidInputError
from pybench.kernels.auction_inputs import LARGEST, Traces, as_settings, as_traces, refuse_bad_settings
from pybench.kernels.auction_results import SpendingPlan
from pybench.kernels.inputs import check_threads

__all__ = ["lagrangian_bound", "spending_plan"]


def spending_plan(value: Any, price: Any, budget: Any, *, threads: int | None = 1) -> SpendingPlan:
    """Return the plan that a trace teaches: the least multiplier within the budget, and what it spends at each step.

    A step of value v and price d is won at the multiplier m where ``v >= (1 + m) * d``, in float64.

    Parameters
    ----------
    value, price
        [T] or [campaigns, T], float32 or float64: what an auction is worth, and the highest competing bid. From 0 to
        2^120 each. A price of 0 is legal: such a step is won whatever the multiplier.
    budget
        > 0, in the unit of the prices. A number, or [campaigns] for a batch.
    threads
        Campaigns are shared among so many threads; None: all cores. The plan does not depend on it.

    Returns
    -------
    SpendingPlan
        ``multiplier``: float64, a scalar or [campaigns]. ``target_spend``: the price where the step is won at that
        multiplier, else 0; shape and dtype of the trace.

    Raises
    ------
    TypeError
        For what is no NumPy array.
    InvalidInputError
        For a value or price out of range, shapes or dtypes that do not fit, an empty horizon, a budget that is not
        positive and finite. Nothing is returned then.

    Notes
    -----
    With k = 1 + multiplier, k is the least float64 of at least 1 at which the prices of all steps won sum to no more
    than the budget. That sum is exact, without rounding, so the plan does not depend on the order of the steps. Steps
    that share the ratio at the boundary are all left out; where everything fits, the multiplier is 0.
    ``1 + multiplier`` is k exactly up to k = 2^53; beyond, where float64 cannot tell k - 1 from its neighbours, it is
    at least k, so the budget holds. The multiplier is infinite where no finite one will do; that takes float64 prices
    below 2^-904.

    O(T) expected: one read of both arrays and one write, as a sample brackets k and few steps lie in the bracket. The
    sample changes the time alone.
    """
    traces = _traces(value, price)
    shape = (traces.campaigns,) if traces.batched else ()
    if type(budget) is float and 0.0 < budget < math.inf:  # as nearly always: array code takes longer than a short plan
        budgets = np.full(traces.campaigns, budget)
    else:
        _, (budgets,) = as_settings(shape, budget=budget)
        refuse_bad_settings("budget", budgets, above=0.0)
    values, prices = traces.arrays
    multiplier, target = _native.spending_plan(values, prices, budgets, traces.batched, check_threads(threads))
    return SpendingPlan(multiplier.reshape(shape)[()], target)


def lagrangian_bound(value: Any, price: Any, budget: Any, multiplier: Any, *, threads: int | None = 1) -> Any:
    """Return a bound on the utility of every policy that spends at most the budget on a trace.

    It is ``sum of max(v - (1 + m) d, 0) + m * budget`` (weak duality), for any multiplier m >= 0, in second-price and
    in first-price auctions alike; the best multiplier gives the least. Bound less utility is a regret of at least 0.

    Parameters
    ----------
    value, price
        [T] or [campaigns, T], as in `spending_plan`.
    budget, multiplier
        > 0, and from 0 to 2^120. For a batch they broadcast to [campaigns]; on one trace to any shape S.
    threads
        Multipliers are shared among so many threads; None: all cores. The bound does not depend on it.

    Returns
    -------
    numpy.float64 or numpy.ndarray
        float64, [campaigns] or S.

    Raises
    ------
    TypeError
        For what is no NumPy array.
    InvalidInputError
        For an entry, budget or multiplier out of range, an empty horizon, and shapes or dtypes that do not fit.

    Notes
    -----
    O(T) for each multiplier given (not for each budget). Sums in float64, in one order whatever the threads and the
    instruction set: the relative error is below (T / 2048 + 160) 2^-53 of ``sum of v + m * budget``.
    """
    traces = _traces(value, price)
    if traces.batched:
        shape, (budgets, multipliers) = as_settings((traces.campaigns,), budget=budget, multiplier=multiplier)
        multiplier_shape = shape
    else:
        shape, _ = as_settings(None, budget=budget, multiplier=multiplier)
        _, (budgets,) = as_settings(shape, budget=budget)
        multiplier_shape, (multipliers,) = as_settings(None, multiplier=multiplier)
    refuse_bad_settings("budget", budgets, above=0.0)
    refuse_bad_settings("multiplier", multipliers, minimum=0.0)
    if multipliers.size and multipliers.max() > LARGEST:
        raise InvalidInputError(f"multiplier holds {multipliers.max():g}: it must be at most 2^120")
    values, prices = traces.arrays
    excess = _native.excess_value(values, prices, multipliers, traces.batched, check_threads(threads))
    constant = multipliers.reshape(multiplier_shape) * budgets.reshape(shape)
    return excess.reshape(multiplier_shape) + constant


def _traces(value: Any, price: Any) -> Traces:
    traces = as_traces(value=value, price=price)
    if traces.steps == 0:
        raise InvalidInputError(f"value has shape {np.shape(value)}: the horizon T must be at least 1")
    return traces
