"""Small problems that generic solvers can do, and the solve of k-SEQ, as workloads."""

from __future__ import annotations

from pybench.harness.contenders import native_contender, peer_contender
from pybench.harness.workload import Params, Work, Workload
from simulators.multi_draft import contenders as ours
from simulators.multi_draft import peers_numba, peers_numpy, peers_solvers
from simulators.multi_draft.peers_case import Case, make_case
from simulators.multi_draft.peers_checks import check_outcome
from simulators.multi_draft.peers_numba_k_seq import BISECTIONS

__all__ = ["K_SEQ_SOLVE", "SMALL_EXACT"]


def _small(vocabulary: int, law: str = "noisy") -> Params:
    return {"vocabulary": vocabulary, "law": law, "draft_count": 2, "bits": 64}


def small_work(case: Case) -> Work:
    """Count one step a token. Bytes: both laws read once."""
    return Work(
        items=1, item="problem", minimal_bytes=case.draft.nbytes + case.target.nbytes, operations=case.draft.size
    )


def k_seq_work(case: Case) -> Work:
    """Count one step a token and bisection. Bytes: both laws read once, if they stay in a cache after that."""
    return Work(
        items=case.draft.size,
        item="token",
        minimal_bytes=case.draft.nbytes + case.target.nbytes,
        operations=BISECTIONS * case.draft.size,
    )


ORACLE = "generic solver, an oracle, not a rival"
FLOW = "OR-tools SimpleMaxFlow, whole numbers of 1e-12, one node a pair of different drafts, arcs added as arrays"

SMALL_EXACT = Workload(
    id="small_exact",
    revision=2,
    title="Optimal acceptance of two drafts over a small vocabulary",
    sizes={
        "quick": (_small(10), _small(50), _small(100)),
        "standard": (_small(10), _small(50), _small(100), _small(200), _small(200, "flat"), _small(200, "temperature")),
        "large": (_small(400),),
    },
    make=make_case,
    check=check_outcome,
    work=small_work,
    contenders=(
        native_contender("native", ours.run_optimal_acceptance, "pybench.kernels.draft.optimal_acceptance, float64"),
        peer_contender(
            "max_flow",
            ("ortools",),
            peers_solvers.run_flow,
            f"{ORACLE}: {FLOW}; conversion: capacities and the network, its ends kept between calls; run: the solve",
            convert=peers_solvers.convert_to_flow,
        ),
        peer_contender(
            "max_flow_kept",
            ("ortools",),
            peers_solvers.run_flow,
            f"{ORACLE}: {FLOW}; the network kept between calls; conversion: new capacities alone; run: the solve",
            convert=peers_solvers.convert_to_kept_flow,
        ),
        peer_contender(
            "highs",
            ("scipy",),
            peers_solvers.run_program,
            f"{ORACLE}: HiGHS by scipy.optimize.linprog, dual simplex, sparse matrix kept between calls, two variables "
            "a pair of different drafts",
            convert=peers_solvers.convert_to_program,
        ),
    ),
)

K_SEQ_SOLVE = Workload(
    id="k_seq_solve",
    revision=1,
    title="Our optimal acceptance beside the solve of k-SEQ by 50 bisections",
    sizes={
        "quick": ({"vocabulary": 32_000, "law": "noisy", "draft_count": 4},),
        "standard": tuple(
            {"vocabulary": 128_256, "law": law, "draft_count": 4} for law in ("temperature", "noisy", "flat")
        ),
        "large": ({"vocabulary": 1_000_000, "law": "noisy", "draft_count": 4},),
    },
    make=make_case,
    check=check_outcome,
    work=k_seq_work,
    contenders=(
        native_contender(
            "native", ours.run_acceptance, "another, larger job: the optimal acceptance, by pybench.kernels.draft.plan"
        ),
        native_contender("native_k_seq", ours.run_k_seq, "pybench.kernels.draft.acceptance(scheme='k_seq')"),
        peer_contender(
            "numba",
            ("numba",),
            peers_numba.run_k_seq,
            "one fused pass a bisection, float sums in blocks whose order the compiler may choose",
        ),
        peer_contender(
            "numpy",
            (),
            peers_numpy.run_k_seq,
            "float32: multiply and minimum into a kept array, its sum by numpy.dot with ones: faster than .sum()",
        ),
        peer_contender(
            "scipy_blas",
            ("scipy",),
            peers_numpy.run_k_seq_blas,
            "float32: sum min(p, q / rho) = (1 + 1 / rho - sum |p - q / rho|) / 2, the sum by BLAS sasum",
        ),
        peer_contender(
            "numpy_float64",
            (),
            peers_numpy.run_k_seq_float64,
            "float64 copies, rescaled; multiply and minimum into a kept array, .sum()",
        ),
    ),
)
