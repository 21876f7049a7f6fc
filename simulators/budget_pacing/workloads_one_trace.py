"""One trace: a long campaign on it, a grid of settings on it, a plan learned from it."""

from __future__ import annotations

from pybench.harness.contenders import limit_contender, native_contender, peer_contender, reference_contender
from pybench.harness.workload import Params, Work, Workload
from simulators.budget_pacing import peers_numba, peers_numpy
from simulators.budget_pacing.contenders import run_pace, run_plan, run_reference
from simulators.budget_pacing.peers_case import Case, make_case
from simulators.budget_pacing.peers_checks import check_outcome, check_plan

__all__ = ["GRID", "LONG_CAMPAIGN", "PLAN"]

#: Multiply by the step size, add, hold above 1, below the limit, multiply by the price, compare, keep or not, add; and
#: utility, wins, target, budget beside them.
OPERATIONS_A_STEP = 12


def _long(steps: int, bits: int) -> Params:
    return {"instance": "diurnal", "steps": steps, "bits": bits}


def _grid(steps: int) -> Params:
    return {"instance": "diurnal", "steps": steps, "bits": 32, "settings": 512}


def pace_work(case: Case) -> Work:
    """Bytes: values, prices and targets read once, seven numbers of 8 a campaign or setting read or written."""
    arrays = (case.value, case.price, case.target_spend)
    return Work(
        items=case.auctions,
        item="auction",
        minimal_bytes=sum(array.nbytes for array in arrays) + 56 * len(case.budget),
        operations=OPERATIONS_A_STEP * case.auctions,
    )


def plan_work(case: Case) -> Work:
    """Bytes: values and prices read once, targets written. A division, a comparison, an addition a step."""
    return Work(
        items=case.steps,
        item="step",
        minimal_bytes=3 * case.value.nbytes,
        operations=3 * case.steps,
    )


SCALAR = (
    "numba, error_model='numpy', no bounds checks, hard stop at every step, sums in float64 (in float32 it is no "
    "faster, and drifts)"
)

LONG_CAMPAIGN = Workload(
    id="long_campaign",
    revision=1,
    title="Pace one long campaign: bound by the chain from one step's bid to the next",
    sizes={
        "quick": (_long(1_000_000, 32), _long(1_000_000, 64)),
        "standard": (_long(4_000_000, 32), _long(4_000_000, 64)),
        "large": (_long(32_000_000, 32),),
    },
    make=make_case,
    check=check_outcome,
    work=pace_work,
    contenders=(
        native_contender("native", run_pace, "pybench.kernels.auction.pace of arrays [T]; checks its input"),
        peer_contender("numba_branchy", ("numba",), peers_numba.run_branchy, f"{SCALAR}; with branches"),
        peer_contender(
            "numba_branch_free",
            ("numba",),
            peers_numba.run_branch_free,
            f"{SCALAR}; without branches, the multipliers after a win and after a loss computed before it is known "
            "which: the fastest of four such loops that trying found",
        ),
        peer_contender(
            "numba_winnable",
            ("numba",),
            peers_numba.run_winnable,
            f"{SCALAR}; without branches, on the steps whose price is at most the value, which a pass before takes out",
        ),
    ),
)

WIDE = (
    "numba over settings, time outer, two steps a pass over the state (the fastest of 1, 2, 4, 8 and 16), all "
    "settings in one chunk (of 64, 128, 512), error_model='numpy', no bounds checks, hard stop at every step"
)

GRID = Workload(
    id="grid",
    revision=1,
    title="Pace one trace with a grid of 16 budgets and 32 step sizes",
    sizes={"quick": (_grid(16_384),), "standard": (_grid(65_536),), "large": (_grid(1_048_576),)},
    make=make_case,
    check=check_outcome,
    work=pace_work,
    contenders=(
        native_contender("native", run_pace, "pybench.kernels.auction.pace of arrays [T], settings [512]"),
        peer_contender(
            "numba",
            ("numba",),
            peers_numba.run_settings,
            f"{WIDE}; sums in float32 throughout: less precise than ours, and faster",
        ),
        peer_contender(
            "numba_winnable",
            ("numba",),
            peers_numba.run_winnable_settings,
            f"{WIDE}; on the steps whose price is at most the value, which a pass before takes out; sums in float32",
        ),
        peer_contender("numba_float64", ("numba",), peers_numba.run_settings_float64, f"{WIDE}; sums in float64"),
        reference_contender(run_reference, "pybench.kernels.reference.auction.pace: NumPy over settings, step by step"),
    ),
)

PLAN = Workload(
    id="plan",
    revision=1,
    title="Learn a spending plan from one trace",
    sizes={"quick": (_long(4_000_000, 32),), "standard": (_long(4_000_000, 32),), "large": (_long(32_000_000, 32),)},
    make=make_case,
    check=check_plan,
    work=plan_work,
    contenders=(
        native_contender("native", run_plan, "pybench.kernels.auction.spending_plan, one thread; checks its input"),
        peer_contender(
            "buckets",
            (),
            peers_numpy.run_buckets,
            "NumPy: bincount by the upper 16 bits of the ratio, one bucket sorted; arrays kept; trusts its input",
        ),
        peer_contender(
            "argsort",
            (),
            peers_numpy.run_sorting,
            "NumPy: argsort of the ratios, cumsum, searchsorted; arrays kept; trusts its input",
        ),
        peer_contender(
            "argsort_avx2",
            (),
            peers_numpy.run_sorting,
            "as argsort, NumPy's AVX-512 paths off, with which it was faster on the machine where it was tried",
            environment=peers_numpy.AVX512_OFF,
        ),
        limit_contender(
            "read", peers_numpy.run_read_of_plan, "one read of values and prices: numpy max of them as 64-bit integers"
        ),
    ),
)
