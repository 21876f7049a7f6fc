"""The peers written for numba, compiled when first asked for, in the process of the race alone."""

from __future__ import annotations

import types
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from pybench.optional import require
from simulators.multi_draft import peers_numba_k_seq, peers_numba_plan, peers_numba_slots, peers_numba_verify
from simulators.multi_draft.peers_case import Case, Outcome

__all__ = ["compiled", "run_k_seq", "run_selection_law", "run_verify"]

#: Callees before callers.
SLOTS = ("density", "power_gap", "crossing", "parts_until", "invert_part")
PLAN = ("bucket_pass", "make_buckets", "limits", "put_in_order", "gather", "least_rejection", "find_levels")
LAW = ("acceptance_and_law",)
CALLED = ("acceptance_and_law", "solve_k_seq", "verify")
VERIFY = (
    "slot_range",
    "fill_slots",
    "make_segments",
    "invert",
    "score",
    "accept",
    "draw_residual",
    "sort_all",
    "verify",
)


@lru_cache(maxsize=1)
def compiled() -> dict[str, Callable[..., Any]]:
    """Return the functions for numba: each compiled at its first call, calling the compiled others.

    Division follows NumPy (no exception for 0 / 0, which would keep loops narrow); sums of the k-SEQ loop and
    of the residual may be reordered, which makes them faster.
    """
    numba = require("numba", extra="peers")
    known: dict[str, Any] = {}
    for module, names, reorder in (
        (peers_numba_slots, SLOTS, False),
        (peers_numba_plan, PLAN, False),
        (peers_numba_verify, ("sum_residual",), True),
        (peers_numba_verify, (*LAW, *VERIFY), False),
        (peers_numba_k_seq, ("overlap", "solve_k_seq"), True),
    ):
        for name in names:
            plain = getattr(module, name)
            # the same code, in a namespace whose functions are the compiled ones
            linked = types.FunctionType(plain.__code__, {**vars(module), **known}, name)
            fast = {"reassoc", "nsz"} if reorder else False
            called_here = name in CALLED
            known[name] = numba.njit(
                error_model="numpy",
                cache=False,
                fastmath=fast,
                no_cpython_wrapper=not called_here,
                no_cfunc_wrapper=True,
            )(linked)
    return known


@lru_cache(maxsize=1)
def _workspace(size: int) -> peers_numba_plan.Workspace:
    return peers_numba_plan.make_workspace(size)


def run_verify(case: Case) -> Outcome:
    """Plan, then verify all rows of drafts."""
    rows = len(case.draft_tokens)
    token, accepted = np.empty(rows, np.int64), np.empty(rows, np.int64)
    acceptance = compiled()["verify"](
        case.draft, case.target, case.draft_tokens, 1, token, accepted, _workspace(len(case.draft))
    )
    return Outcome(acceptance=acceptance, token=token, accepted=accepted)


def run_selection_law(case: Case) -> Outcome:
    """Plan, then write the selection law."""
    law = np.empty_like(case.draft)
    acceptance = compiled()["acceptance_and_law"](
        case.draft, case.target, case.draft_count, law, _workspace(len(case.draft))
    )
    return Outcome(acceptance=acceptance, selection_law=law)


def run_k_seq(case: Case) -> Outcome:
    """Solve k-SEQ by 50 bisections, each one fused pass."""
    rate, acceptance = compiled()["solve_k_seq"](case.draft, case.target, case.draft_count)
    return Outcome(acceptance=acceptance, rate=rate, precision=1e-6)
