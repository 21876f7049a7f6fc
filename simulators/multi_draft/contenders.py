"""What our own kernels are called with in races."""

from __future__ import annotations

from typing import Any

from pybench.kernels import draft as kernels
from pybench.kernels.reference import draft as reference
from simulators.multi_draft.peers_case import Case, Outcome

__all__ = [
    "plan_and_case",
    "plan_of",
    "run_acceptance",
    "run_acceptance_on_two_threads",
    "run_k_seq",
    "run_optimal_acceptance",
    "run_reference_law",
    "run_reference_verify",
    "run_selection_law",
    "run_verify",
    "verify_rows",
    "verify_rows_by_k_seq",
    "verify_rows_on_two_threads",
    "verify_rows_recursively",
]

SEED = 1


def plan_of(case: Case, threads: int = 1) -> Any:
    """Check and copy the laws, find the optimum."""
    return kernels.plan(case.draft, case.target, case.draft_count, threads=threads)


def run_acceptance(case: Case) -> Outcome:
    """Plan and read the acceptance."""
    return Outcome(acceptance=plan_of(case).acceptance)


def run_optimal_acceptance(case: Case) -> Outcome:
    """Find the acceptance alone, without a verifier."""
    return Outcome(acceptance=kernels.optimal_acceptance(case.draft, case.target, case.draft_count))


def run_acceptance_on_two_threads(case: Case) -> Outcome:
    """Plan a batch on two threads and read its acceptances."""
    return Outcome(acceptance=plan_of(case, threads=2).acceptance)


def run_verify(case: Case) -> Outcome:
    """Plan, read the acceptance, verify all rows of drafts."""
    plan = plan_of(case)
    found = plan.verify(case.draft_tokens, seed=SEED)
    return Outcome(acceptance=plan.acceptance, token=found.token, accepted=found.accepted)


def run_selection_law(case: Case) -> Outcome:
    """Plan, read the acceptance and the whole selection law."""
    plan = plan_of(case)
    return Outcome(acceptance=plan.acceptance, selection_law=plan.selection_law)


def plan_and_case(case: Case) -> tuple[Any, Case]:
    """Plan; the case has the drafts."""
    return plan_of(case), case


def _verify_rows(planned: tuple[Any, Case], threads: int) -> Outcome:
    plan, case = planned
    found = plan.verify(case.draft_tokens, seed=SEED, threads=threads)
    return Outcome(acceptance=plan.acceptance, token=found.token, accepted=found.accepted)


def verify_rows(planned: tuple[Any, Case]) -> Outcome:
    """Verify all rows of drafts with a plan that is made."""
    return _verify_rows(planned, 1)


def verify_rows_on_two_threads(planned: tuple[Any, Case]) -> Outcome:
    """Verify them on two threads."""
    return _verify_rows(planned, 2)


def run_k_seq(case: Case) -> Outcome:
    """Solve k-SEQ by our kernel; rho follows from the acceptance, a = rho b = 1 - (1 - b)^K."""
    found = float(kernels.acceptance(case.draft, case.target, case.draft_count, scheme="k_seq"))
    each = 1.0 - (1.0 - found) ** (1.0 / case.draft_count)
    return Outcome(acceptance=found, rate=found / each)


def _verify_by(scheme: str, case: Case) -> Outcome:
    found = kernels.verify(case.draft, case.target, case.draft_tokens, scheme=scheme, seed=SEED)
    return Outcome(token=found.token, accepted=found.accepted)


def verify_rows_by_k_seq(case: Case) -> Outcome:
    """Verify all rows by our k-SEQ, which accepts less."""
    return _verify_by("k_seq", case)


def verify_rows_recursively(case: Case) -> Outcome:
    """Verify all rows by our recursive rejection, which accepts less."""
    return _verify_by("recursive", case)


def run_reference_verify(case: Case) -> Outcome:
    """Plan and verify by the plain reference."""
    planned = reference.plan(case.draft, case.target, case.draft_count)
    found = planned.verify(case.draft_tokens, seed=SEED)
    return Outcome(acceptance=planned.acceptance, token=found.token, accepted=found.accepted)


def run_reference_law(case: Case) -> Outcome:
    """Plan by the plain reference and read the selection law."""
    planned = reference.plan(case.draft, case.target, case.draft_count)
    return Outcome(acceptance=planned.acceptance, selection_law=planned.selection_law)
