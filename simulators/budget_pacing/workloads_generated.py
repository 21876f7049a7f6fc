"""Campaigns whose traces are made as they are paced: no memory is read but the scales of the day."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pybench.harness.contenders import native_contender, peer_contender
from pybench.harness.workload import Params, Work, Workload
from pybench.kernels.inputs import mix_seed
from simulators.budget_pacing.instances import INSTANCES, fluid
from simulators.budget_pacing.peers_case import Case, Outcome
from simulators.budget_pacing.peers_checks import REFERENCE_STEPS, check_outcome
from simulators.budget_pacing.peers_generated import numba_pace_generated

__all__ = ["GENERATED", "GeneratedCase", "make_generated", "run_numba"]

#: A block of Philox serves two steps: 10 rounds of 2 products, 2 sums and 4 xors; then what pacing takes.
OPERATIONS_AN_AUCTION = 40 + 12


@dataclass(frozen=True, eq=False)
class GeneratedCase:
    """What the traces are made of; the plan is the expected spend at the fluid optimum, the same for all campaigns."""

    value_scale: NDArray[np.float32]
    price_scale: NDArray[np.float32]
    target_spend: NDArray[np.float32]
    seed: int
    campaigns: int
    budget: float
    step_size: float
    initial_multiplier: float


def make_generated(params: Params, seed: int) -> GeneratedCase:
    """Make a case of `instance`, `steps` and `campaigns`."""
    name, steps = str(params["instance"]), int(params["steps"])
    scales = INSTANCES[name].scales(steps)
    budget = INSTANCES[name].budget_rate * steps
    optimum = fluid(name, steps, budget)
    value_scale, price_scale, target = (array.astype(np.float32) for array in (*scales, optimum.spend))
    step_size = 2.0 / (np.sqrt(steps) * float(scales[1].mean()))
    campaigns = int(params["campaigns"])
    return GeneratedCase(value_scale, price_scale, target, seed, campaigns, budget, step_size, optimum.multiplier)


@lru_cache(maxsize=2)
def _stored(case: GeneratedCase) -> Case:
    """Return the same campaigns with their traces in memory: by the NumPy reference, where long by our kernel."""
    if len(case.value_scale) <= REFERENCE_STEPS:
        from pybench.kernels.reference.auction_generated import generate_traces
    else:
        from pybench.kernels.auction import generate_traces
    value, price = generate_traces(case.value_scale, case.price_scale, seed=case.seed, campaigns=case.campaigns)
    settings = [case.budget, case.step_size, case.initial_multiplier]
    budget, step_size, initial = (np.full(case.campaigns, number) for number in settings)
    return Case(value, price, np.broadcast_to(case.target_spend, value.shape), budget, step_size, initial)


def check_generated(case: GeneratedCase, answer: Outcome) -> None:
    """Check as campaigns whose traces are in memory are checked.

    Raises
    ------
    CheckFailedError
        Saying what is wrong.
    """
    check_outcome(_stored(case), answer)


def generated_work(case: GeneratedCase) -> Work:
    """Bytes: scales and targets read once, four numbers of 8 a campaign written."""
    auctions = case.campaigns * len(case.value_scale)
    return Work(
        items=auctions,
        item="auction",
        minimal_bytes=3 * case.value_scale.nbytes + 32 * case.campaigns,
        operations=OPERATIONS_AN_AUCTION * auctions,
    )


def run_pace_generated(case: GeneratedCase) -> Outcome:
    """Pace by our kernel."""
    from pybench.kernels.auction import pace_generated

    found: Any = pace_generated(
        case.value_scale,
        case.price_scale,
        case.target_spend,
        seed=case.seed,
        campaigns=case.campaigns,
        budget=case.budget,
        step_size=case.step_size,
        initial_multiplier=case.initial_multiplier,
    )
    return Outcome(wins=found.wins, spend=found.spend, utility=found.utility, multiplier=found.multiplier)


def run_numba(case: GeneratedCase) -> Outcome:
    """Pace by the numba peer. It keeps what is left of a budget in float32, rounded down."""
    settings = [case.budget, case.step_size, case.initial_multiplier]
    budget, step_size, initial = (np.full(case.campaigns, number) for number in settings)
    wins, spend, utility, multiplier = numba_pace_generated(
        case.value_scale,
        case.price_scale,
        case.target_spend,
        key=mix_seed(case.seed),
        budget=budget,
        step_size=step_size,
        initial_multiplier=initial,
    )
    return Outcome(wins=wins, spend=spend, utility=utility, multiplier=multiplier, precision=1e-4)


def _point(steps: int) -> Params:
    return {"instance": "diurnal", "steps": steps, "campaigns": 512}


GENERATED = Workload(
    id="generated",
    revision=1,
    title="Pace 512 campaigns on traces made by Philox 4x32-10 as they are needed",
    sizes={"quick": (_point(8_192),), "standard": (_point(32_768),), "large": (_point(131_072),)},
    make=make_generated,
    check=check_generated,
    work=generated_work,
    contenders=(
        native_contender("native", run_pace_generated, "pybench.kernels.auction.pace_generated, one thread"),
        peer_contender(
            "numba",
            ("numba",),
            run_numba,
            "numba, 64 campaigns innermost, the same Philox inlined, words of 64 bits, the first two rounds shared "
            "over lanes or steps as in ours, error_model='numpy', hard stop at every step; sums in float32 over 64 "
            "steps, float64 beyond, as in ours",
        ),
    ),
)
