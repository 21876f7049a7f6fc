"""What the answers of the races of this room are held against: a full sort in float64, and what any verifier obeys."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pybench.errors import CheckFailedError
from simulators.multi_draft.peers_case import Case, Outcome

__all__ = ["check_outcome", "exact_acceptance", "k_seq_gap"]

#: No contender may claim less precision than this.
COARSEST = 1e-5
#: A statistic this many standard deviations off is no chance.
DEVIATIONS = 6.0
MANY_ROWS = 1000


def _require(condition: object, text: str) -> None:
    if not condition:
        raise CheckFailedError(text)


def _rescaled(case: Case) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    draft, target = np.atleast_2d(case.draft).astype(np.float64), np.atleast_2d(case.target).astype(np.float64)
    return draft / draft.sum(axis=1, keepdims=True), target / target.sum(axis=1, keepdims=True)


@lru_cache(maxsize=2)
def exact_acceptance(case: Case) -> NDArray[np.float64]:
    """Return the optimal acceptance of each row, by a full sort in float64. O(V log V)."""
    values = []
    for p, q in zip(*_rescaled(case), strict=True):
        drawn = p > 0.0
        order = np.argsort(q[drawn] / p[drawn], kind="stable")
        mass, target = np.cumsum(p[drawn][order]), np.cumsum(q[drawn][order])
        values.append(1.0 - max(0.0, float((np.minimum(mass, 1.0) ** case.draft_count - target).max())))
    return np.array(values)


def check_outcome(case: Case, answer: Outcome) -> None:
    """Check whatever an outcome holds.

    Raises
    ------
    CheckFailedError
        Saying what is wrong.
    """
    _require(answer.precision <= COARSEST, f"precision is {answer.precision}: at most {COARSEST} is asked for")
    given = [answer.acceptance, answer.token, answer.ordering, answer.sums]
    _require(any(part is not None for part in given), "the outcome is empty")
    if answer.rate is not None:
        _check_k_seq(case, answer)
    elif answer.acceptance is not None:
        _check_acceptance(case, answer)
    if answer.token is not None:
        _check_tokens(case, answer)
    if answer.selection_law is not None:
        _check_selection_law(case, answer)
    if answer.ordering is not None:
        _check_ordering(case, np.asarray(answer.ordering))
    if answer.sums is not None:
        _check_sums(case, answer.sums)


def _check_acceptance(case: Case, answer: Outcome) -> None:
    found, exact = np.atleast_1d(np.asarray(answer.acceptance, dtype=np.float64)), exact_acceptance(case)
    _require(found.shape == exact.shape, f"acceptance has shape {found.shape}: {exact.shape} is needed")
    gap = float(np.abs(found - exact).max())
    _require(gap <= answer.precision, f"acceptance is off by {gap}: at most {answer.precision} is allowed")


def _check_tokens(case: Case, answer: Outcome) -> None:
    token, accepted = np.asarray(answer.token), np.asarray(answer.accepted)
    rows = len(case.draft_tokens)
    _require(token.shape == accepted.shape == (rows,), f"{token.shape} tokens, {accepted.shape} accepted: {rows} rows")
    _require((accepted >= -1).all() and (accepted < case.draft_count).all(), "accepted is no index of a draft")
    _require((token >= 0).all() and (token < case.draft.shape[-1]).all(), "a token is out of range")
    kept = accepted >= 0
    _require(
        np.array_equal(token[kept], case.draft_tokens[kept, accepted[kept]]), "an accepted token is not the draft's"
    )
    _require((case.target[token] > 0.0).all(), "a token of target probability 0 came out")
    if rows >= MANY_ROWS:
        _check_laws(case, answer, token, kept)


def _check_laws(case: Case, answer: Outcome, token: NDArray[Any], kept: NDArray[np.bool_]) -> None:
    """Hold the share accepted against the acceptance, and the tokens against the target law by chi-square."""
    rows, bound = len(token), float(exact_acceptance(case)[0])
    deviation = max(np.sqrt(bound * (1.0 - bound) / rows), 1.0 / rows)
    share = float(kept.mean())
    _require(share <= bound + DEVIATIONS * deviation, f"{share} of the rows are accepted: at most {bound} can be")
    if answer.acceptance is not None:
        _require(share >= bound - DEVIATIONS * deviation, f"{share} of the rows are accepted: it must be {bound}")
    target = _rescaled(case)[1][0]
    likely = np.argsort(target)[-50:]
    expected = np.append(target[likely], 1.0 - target[likely].sum()) * rows
    counts = np.bincount(token, minlength=len(target))[likely]
    observed = np.append(counts, rows - counts.sum())
    tested = expected >= 5.0
    squares = float((((observed - expected) ** 2 / expected)[tested]).sum())
    freedom = int(tested.sum())
    limit = freedom + DEVIATIONS * np.sqrt(2.0 * freedom) + DEVIATIONS**2
    _require(squares <= limit, f"chi-square of the tokens is {squares} for {freedom} cells: at most {limit}")


def _check_selection_law(case: Case, answer: Outcome) -> None:
    """Check that it is a law that drafts can have, and that it reaches the acceptance."""
    law = np.asarray(answer.selection_law, dtype=np.float64)
    _require(law.shape == case.draft.shape, f"the selection law has shape {law.shape}: {case.draft.shape} is needed")
    _require(np.isfinite(law).all() and (law >= 0.0).all(), "the selection law has entries that are no probability")
    rounding = 4e-7 if case.draft.dtype == np.float32 else 1e-12
    p, q = (rows[0] for rows in _rescaled(case))
    _require((law[p == 0.0] == 0.0).all(), "a token that cannot be drafted has a selection probability")
    _require(abs(law.sum() - 1.0) <= rounding, f"the selection law sums to {law.sum()}")
    reached, exact = float(np.minimum(law, q).sum()), float(exact_acceptance(case)[0])
    _require(abs(reached - exact) <= rounding, f"the selection law reaches {reached}: {exact} can be")
    drawn = np.flatnonzero(p > 0.0)
    order = drawn[np.argsort(law[drawn] / p[drawn], kind="stable")]
    slack = np.cumsum(law[order]) - np.minimum(np.cumsum(p[order]), 1.0) ** case.draft_count
    _require(
        slack.min() >= -rounding, f"some set of tokens is selected {-slack.min()} less often than all drafts are in it"
    )


def _check_ordering(case: Case, ordering: NDArray[Any]) -> None:
    size = case.draft.shape[-1]
    _require(ordering.shape == (size,), f"the ordering has shape {ordering.shape}: one place a token is needed")
    _require((np.bincount(ordering.astype(np.int64), minlength=size) == 1).all(), "the ordering is no permutation")
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        ratio = (case.target / case.draft)[ordering]
    known = ratio[~np.isnan(ratio)]
    _require((known[1:] >= known[:-1]).all(), "the ordering is not by target / draft")


def _check_sums(case: Case, sums: dict[str, float]) -> None:
    p, q = case.draft.astype(np.float64), case.target.astype(np.float64)
    exact = {"dot": p @ q, "draft": p.sum(), "target": q.sum(), "overlap": np.minimum(p, q).sum()}
    for name, value in sums.items():
        gap = abs(float(value) - float(exact[name]))
        _require(gap <= COARSEST * max(abs(float(exact[name])), 1e-12), f"{name} is {value}: {exact[name]} is exact")


def k_seq_gap(case: Case, rate: float) -> tuple[float, float]:
    """Return 1 - (1 - b)^K - rho b at rho = `rate`, which is 0 at the solution, and k-SEQ's acceptance there."""
    p, q = (rows[0] for rows in _rescaled(case))
    each = float(np.minimum(p, q / rate).sum())
    acceptance = -float(np.expm1(case.draft_count * np.log1p(-min(each, 1.0 - 2.0**-53))))
    return acceptance - rate * each, acceptance


def _check_k_seq(case: Case, answer: Outcome) -> None:
    rate = float(answer.rate or 0.0)
    _require(1.0 <= rate <= case.draft_count, f"rho is {rate}: it lies in 1 .. {case.draft_count}")
    gap, acceptance = k_seq_gap(case, rate)
    _require(abs(gap) <= COARSEST, f"1 - (1 - b)^K - rho b is {gap} at rho = {rate}: it must be 0")
    off = abs(float(answer.acceptance) - acceptance)
    _require(off <= answer.precision, f"k-SEQ's acceptance is off by {off}: at most {answer.precision} is allowed")
    bound = float(exact_acceptance(case)[0])
    _require(acceptance <= bound + 1e-9, f"k-SEQ's acceptance {acceptance} is beyond the optimum {bound}")
    _require(acceptance >= (1.0 - np.exp(-1.0)) * bound, f"k-SEQ's acceptance {acceptance} is below (1 - 1/e) {bound}")
