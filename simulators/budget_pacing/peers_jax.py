"""The peer written for jax: `lax.scan` over time, campaigns side by side, on one core."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from pybench.kernels.auction_inputs import LARGEST
from pybench.optional import require
from simulators.budget_pacing.peers_case import Case, Outcome

__all__ = ["ENVIRONMENT", "as_device_arrays", "run_campaigns"]

#: Variables that hold jax to the processor and to one thread.
ENVIRONMENT = {
    "JAX_PLATFORMS": "cpu",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
}
#: Steps that the compiled loop does at a time: the fastest of 1, 2, 4, 8 and 16, by far.
UNROLLED = 1
PRECISION = 1e-3


@lru_cache(maxsize=1)
def _compiled() -> Callable[..., Any]:
    jax = require("jax", extra="peers")
    numpy = jax.numpy

    def pace(traces: Any, budget: Any, step_size: Any, factor: Any) -> Any:
        def step(state: Any, auction: Any) -> tuple[Any, None]:
            factor, spend, utility, wins = state
            value, price, target = auction
            after = spend + price
            won = (value >= numpy.clip(factor, 1.0, LARGEST) * price) & (after <= budget)
            factor = factor + step_size * (numpy.where(won, price, 0.0) - target)
            spend, utility = numpy.where(won, after, spend), utility + numpy.where(won, value - price, 0.0)
            return (factor, spend, utility, wins + won), None

        zero = numpy.zeros_like(factor)
        return jax.lax.scan(step, (factor, zero, zero, zero.astype(numpy.int32)), traces, unroll=UNROLLED)[0]

    compiled: Callable[..., Any] = jax.jit(pace)
    return compiled


def as_device_arrays(case: Case) -> tuple[Any, Case]:
    """Lay the traces out as [T, campaigns] and hand them to jax."""
    jax = require("jax", extra="peers")
    arrays = (case.value, case.price, case.target_spend)
    return jax.block_until_ready(tuple(jax.numpy.asarray(np.ascontiguousarray(array.T)) for array in arrays)), case


def run_campaigns(traces: tuple[Any, Case]) -> Outcome:
    """Pace campaigns side by side, their state in float32."""
    arrays, case = traces
    settings = (case.budget, case.step_size, 1.0 + case.initial_multiplier)
    found = _compiled()(arrays, *(array.astype(np.float32) for array in settings))
    factor, spend, utility, wins = (np.asarray(array) for array in found)
    return Outcome(
        wins=wins,
        spend=spend,
        utility=utility,
        multiplier=np.maximum(factor.astype(np.float64) - 1.0, 0.0),
        precision=PRECISION,
    )
