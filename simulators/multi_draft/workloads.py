"""The hot loops of this room as workloads: the verifier of one row, its selection law, rows of drafts, batches.

Importing this loads no heavy package. Laws are in `peers_case`, checks in `peers_checks`, the peers in `peers_*`; small
problems for generic solvers and the solve of k-SEQ are in `workloads_solvers`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pybench.harness.contenders import limit_contender, native_contender, peer_contender, reference_contender
from pybench.harness.workload import Contender, Params, Size, Work, Workload
from simulators.multi_draft import contenders as ours
from simulators.multi_draft import peers_numba, peers_numpy, peers_orderings
from simulators.multi_draft.peers_case import Case, make_case
from simulators.multi_draft.peers_checks import check_outcome
from simulators.multi_draft.peers_orderings import AVX512_OFF
from simulators.multi_draft.workloads_solvers import K_SEQ_SOLVE, SMALL_EXACT

__all__ = ["WORKLOADS"]


def _point(vocabulary: int, law: str, **more: Any) -> Params:
    return {"vocabulary": vocabulary, "law": law, "draft_count": 4, **more}


def row_work(case: Case) -> Work:
    """Count one step a token. Bytes: both laws read once."""
    return Work(
        items=case.draft.size,
        item="token",
        minimal_bytes=case.draft.nbytes + case.target.nbytes,
        operations=case.draft.size,
    )


def law_work(case: Case) -> Work:
    """Count two steps a token. Bytes: both laws read and one written."""
    return Work(
        items=case.draft.size, item="token", minimal_bytes=3 * case.draft.nbytes, operations=2 * case.draft.size
    )


def rows_work(case: Case) -> Work:
    """Count one step a token and one a draft. Bytes: the laws and the drafts read, two numbers of 8 written a row."""
    rows = len(case.draft_tokens)
    return Work(
        items=rows,
        item="row",
        minimal_bytes=2 * case.draft.nbytes + case.draft_tokens.nbytes + 16 * rows,
        operations=case.draft.size + case.draft_tokens.size,
    )


NUMBA = (
    "the same sort-free algorithm written for numba (compiled before it is timed): wide pass in blocks, buckets sorted "
    "when asked for, residual by block sums, scratch arrays kept between calls"
)
ALONE = "a smaller job: the ordering of the tokens by target / draft alone, which any verifier by sorting starts with"
ROW_SIZES: Mapping[Size, tuple[Params, ...]] = {
    "quick": tuple(_point(32_000, law, rows=1) for law in ("noisy", "flat")),
    "standard": (
        _point(32_000, "noisy", rows=1),
        _point(128_256, "noisy", rows=1),
        *(_point(262_144, law, rows=1) for law in ("temperature", "noisy", "flat")),
    ),
    "large": (_point(1_000_000, "noisy", rows=1),),
}
LAW_SIZES: Mapping[Size, tuple[Params, ...]] = {
    "quick": (_point(32_000, "noisy"),),
    "standard": (_point(128_256, "noisy"), *(_point(262_144, law) for law in ("temperature", "noisy", "flat"))),
    "large": (_point(1_000_000, "noisy"),),
}
REFERENCE_JOB = "pybench.kernels.reference.draft: one full sort, then slots one by one in Python"

VERIFY_ONE_ROW = Workload(
    id="verify_one_row",
    revision=1,
    title="Plan, read the acceptance, verify one row of drafts: as one call",
    sizes=ROW_SIZES,
    make=make_case,
    check=check_outcome,
    work=row_work,
    contenders=(
        native_contender("native", ours.run_verify, "pybench.kernels.draft.plan, .acceptance, .verify, one thread"),
        reference_contender(ours.run_reference_verify, REFERENCE_JOB),
        peer_contender("numba", ("numba",), peers_numba.run_verify, f"{NUMBA}; trusts its input, no copy"),
        peer_contender("argsort", (), peers_orderings.run_argsort, f"{ALONE}: numpy.argsort as installed"),
        peer_contender(
            "argsort_avx2",
            (),
            peers_orderings.run_argsort,
            f"{ALONE}: numpy.argsort, NumPy's AVX-512 paths off",
            environment=AVX512_OFF,
        ),
        peer_contender(
            "packed",
            (),
            peers_orderings.run_packed,
            f"{ALONE}: float32 bits and token packed into 64 bits, sorted in place as doubles, arrays kept",
        ),
        peer_contender(
            "packed_avx2",
            (),
            peers_orderings.run_packed,
            f"{ALONE}: as packed, NumPy's AVX-512 paths off: the fastest full ordering by NumPy that trying found",
            environment=AVX512_OFF,
        ),
        peer_contender(
            "radix",
            (),
            peers_orderings.run_radix,
            f"{ALONE}: two stable sorts of 16-bit halves, which NumPy does by radix, arrays kept",
        ),
    ),
)

SELECTION_LAW = Workload(
    id="selection_law",
    revision=1,
    title="Plan, read the acceptance and the whole selection law",
    sizes=LAW_SIZES,
    make=make_case,
    check=check_outcome,
    work=law_work,
    contenders=(
        native_contender("native", ours.run_selection_law, "pybench.kernels.draft.plan, .acceptance, .selection_law"),
        reference_contender(ours.run_reference_law, REFERENCE_JOB),
        peer_contender("numba", ("numba",), peers_numba.run_selection_law, f"{NUMBA}; trusts its input, no copy"),
        peer_contender(
            "numpy",
            (),
            peers_numpy.run_selection_law,
            "NumPy without a sort: numpy.bincount of both laws by the upper 16 bits of the ratio, the few buckets that "
            "matter sorted, arrays kept; trusts its input; float32 result",
        ),
    ),
)

VERIFY_ROWS = Workload(
    id="verify_rows",
    revision=1,
    title="Verify 10,000 rows of drafts from one law, the plan included",
    sizes={
        "quick": (_point(32_000, "noisy", rows=10_000),),
        "standard": (
            *(_point(128_256, law, rows=10_000) for law in ("temperature", "noisy", "flat")),
            _point(262_144, "noisy", rows=10_000),
        ),
        "large": (_point(262_144, "noisy", rows=1_000_000),),
    },
    make=make_case,
    check=check_outcome,
    work=rows_work,
    contenders=(
        native_contender(
            "native",
            ours.verify_rows,
            "conversion: pybench.kernels.draft.plan; run: .verify of all rows, which sorts the order first, one thread",
            convert=ours.plan_and_case,
        ),
        native_contender(
            "native_two_threads",
            ours.verify_rows_on_two_threads,
            "as native, .verify on two threads",
            convert=ours.plan_and_case,
            threads=2,
        ),
        native_contender(
            "native_k_seq",
            ours.verify_rows_by_k_seq,
            "a scheme that accepts less: pybench.kernels.draft.verify(scheme='k_seq'), solved in the same call",
        ),
        native_contender(
            "native_recursive",
            ours.verify_rows_recursively,
            "a scheme that accepts less: pybench.kernels.draft.verify(scheme='recursive')",
        ),
        peer_contender("numba", ("numba",), peers_numba.run_verify, f"{NUMBA}; plan and verification in one call"),
    ),
)


def _batch(identifier: str, run: Any, threads: int) -> Contender:
    words = {1: "one thread", 2: "two threads"}[threads]
    return native_contender(
        identifier, run, f"pybench.kernels.draft.plan of all rows, .acceptance, {words}", threads=threads
    )


BATCH = Workload(
    id="batch",
    revision=1,
    title="Plan a batch of laws and read the acceptances",
    sizes={
        "quick": (_point(32_000, "noisy", batch=8),),
        "standard": (_point(128_256, "noisy", batch=64),),
        "large": (_point(262_144, "noisy", batch=256),),
    },
    make=make_case,
    check=check_outcome,
    work=row_work,
    contenders=(
        _batch("native", ours.run_acceptance, 1),
        _batch("native_two_threads", ours.run_acceptance_on_two_threads, 2),
    ),
)

ONE_READ = Workload(
    id="one_read",
    revision=1,
    title="Plan and read the acceptance, beside reading the laws once",
    sizes=LAW_SIZES,
    make=make_case,
    check=check_outcome,
    work=row_work,
    contenders=(
        native_contender("native", ours.run_acceptance, "pybench.kernels.draft.plan, .acceptance, one thread"),
        limit_contender("dot", peers_numpy.run_dot, "one read: numpy.dot(draft, target), by BLAS on one thread"),
        limit_contender("sum", peers_numpy.run_sums, "one read: draft.sum() and target.sum()"),
        limit_contender(
            "overlap", peers_numpy.run_overlap, "one read: numpy.minimum(draft, target) into a kept array, its sum"
        ),
    ),
)

#: Every workload of this room.
WORKLOADS: tuple[Workload, ...] = (
    VERIFY_ONE_ROW,
    SELECTION_LAW,
    VERIFY_ROWS,
    BATCH,
    ONE_READ,
    SMALL_EXACT,
    K_SEQ_SOLVE,
)
