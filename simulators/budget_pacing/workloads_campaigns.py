"""Many campaigns, each with a trace of its own: paced side by side, in 32 and in 16 bits; laid out for that."""

from __future__ import annotations

from typing import Any

from pybench.harness.contenders import limit_contender, native_contender, peer_contender, reference_contender
from pybench.harness.workload import Contender, Params, Work, Workload
from simulators.budget_pacing import peers_jax, peers_numba, peers_numpy
from simulators.budget_pacing.contenders import pack, pack_and_case, run_pace, run_packed, run_reference
from simulators.budget_pacing.peers_case import Case, make_case
from simulators.budget_pacing.peers_checks import check_layout, check_outcome
from simulators.budget_pacing.workloads_one_trace import OPERATIONS_A_STEP, pace_work

__all__ = ["CAMPAIGNS_16_BITS", "CAMPAIGNS_FLOAT32", "PACK"]


def _point(steps: int, bits: int) -> Params:
    return {"instance": "diurnal", "steps": steps, "bits": bits, "campaigns": 512}


def codes_work(case: Case) -> Work:
    """Count bytes in 16 bits an entry."""
    return Work(
        items=case.auctions,
        item="auction",
        minimal_bytes=6 * case.value.size + 56 * len(case.budget),
        operations=OPERATIONS_A_STEP * case.auctions,
    )


def pack_work(case: Case) -> Work:
    """Bytes: all read and written once, in 16 bits an entry where they are whole numbers."""
    arrays = (case.value, case.price, case.target_spend)
    read = sum(array.nbytes for array in arrays)
    return Work(
        items=case.auctions,
        item="auction",
        minimal_bytes=read + (6 * case.value.size if case.unit else read),
        operations=3 * case.auctions,
    )


WIDE = (
    "numba over campaigns, time outer, one step a pass (of 1, 2, 4, 8 the fastest), arrays [T, 512] (of those, blocks "
    "of 64, 128, 256 campaigns, and one array of values, prices and targets the fastest), error_model='numpy', no "
    "checks of bounds, hard stop at every step; conversion: three transposed copies by NumPy"
)
LESS = "sums in float32 throughout: less precise than ours, and faster"
REFERENCE = reference_contender(run_reference, "pybench.kernels.reference.auction.pace: NumPy, step by step")


def _numba(identifier: str, run: Any, words: str, convert: Any = peers_numba.by_step) -> Contender:
    return peer_contender(identifier, ("numba",), run, f"{WIDE}; {words}", convert=convert)


def _limits(words: str) -> tuple[Contender, ...]:
    return (
        limit_contender(
            "copy",
            peers_numpy.run_copy,
            f"a copy of the same bytes{words} into a kept array",
            convert=peers_numpy.as_bytes,
        ),
        limit_contender(
            "read",
            peers_numpy.run_read,
            f"one read of the same bytes{words}: numpy max of them as 64-bit integers",
            convert=peers_numpy.as_bytes,
        ),
    )


CAMPAIGNS_FLOAT32 = Workload(
    id="campaigns_float32",
    revision=1,
    title="Pace 512 campaigns, each on a float32 trace of its own, streamed from memory",
    sizes={"quick": (_point(8_192, 32),), "standard": (_point(16_384, 32),), "large": (_point(65_536, 32),)},
    make=make_case,
    check=check_outcome,
    work=pace_work,
    contenders=(
        native_contender(
            "native",
            run_packed,
            "conversion: pybench.kernels.auction.pack_traces; run: .pace of them",
            convert=pack_and_case,
        ),
        native_contender("native_unpacked", run_pace, "pybench.kernels.auction.pace of arrays [512, T]; no conversion"),
        REFERENCE,
        _numba("numba", peers_numba.run_campaigns, LESS),
        _numba("numba_float64", peers_numba.run_campaigns_float64, "sums in float64"),
        peer_contender(
            "jax",
            ("jax",),
            peers_jax.run_campaigns,
            f"jax.lax.scan over time, {peers_jax.UNROLLED} step a pass (of 1, 2, 4, 8, 16 the fastest), jitted, CPU; "
            f"{LESS}; conversion: three transposed copies and their handing over",
            convert=peers_jax.as_device_arrays,
            environment=peers_jax.ENVIRONMENT,
        ),
        *_limits(""),
    ),
)

CAMPAIGNS_16_BITS = Workload(
    id="campaigns_16_bits",
    revision=1,
    title="The same where values and prices are whole numbers that fit 16 bits",
    # twice as long as in float32: the same bytes, beyond any cache
    sizes={"quick": (_point(16_384, 16),), "standard": (_point(32_768, 16),), "large": (_point(131_072, 16),)},
    make=make_case,
    check=check_outcome,
    work=codes_work,
    contenders=(
        native_contender(
            "native",
            run_packed,
            "conversion: pybench.kernels.auction.pack_traces(unit=1); run: .pace of them",
            convert=pack_and_case,
        ),
        _numba("numba", peers_numba.run_campaigns, f"uint16 arrays; {LESS}", peers_numba.as_codes_by_step),
        _numba(
            "numba_float64",
            peers_numba.run_campaigns_float64,
            "uint16 arrays; sums in float64",
            peers_numba.as_codes_by_step,
        ),
        _numba("numba_on_float32", peers_numba.run_campaigns, f"float32 arrays; {LESS}"),
        *_limits(" in 16 bits"),
    ),
)

PACK = Workload(
    id="pack",
    revision=1,
    title="Lay traces of 512 campaigns out for pacing them side by side",
    sizes={
        "quick": (_point(8_192, 32), _point(8_192, 16)),
        "standard": (_point(16_384, 32), _point(16_384, 16)),
        "large": (_point(65_536, 32), _point(65_536, 16)),
    },
    make=make_case,
    check=check_layout,
    work=pack_work,
    contenders=(
        native_contender("native", pack, "pybench.kernels.auction.pack_traces; checks its input, a new array"),
        peer_contender(
            "numpy",
            (),
            peers_numpy.lay_out_by_step,
            "numpy.copyto of transposed arrays into kept ones; trusts its input",
        ),
        limit_contender(
            "copy",
            peers_numpy.run_copy,
            "a copy of the bytes to be written into a kept array",
            convert=peers_numpy.as_bytes,
        ),
    ),
)
