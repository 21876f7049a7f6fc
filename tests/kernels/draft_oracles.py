"""Independent answers for the acceptance probability of multi-draft verification.

Three routes to one number, none of which shares code with the kernels or, beyond the law of the draws, with another:

* `acceptance_by_linear_program`: the definition, maximised over (set, token) weights;
* `acceptance_by_max_flow`: the same as a flow on integer capacities;
* `acceptance_by_subsets`: the least cut, over all subsets of the vocabulary.

The first two are given the law of the drawn set, `drawn_sets`; the third the probability that the drawn set lies inside
each subset, `mass_inside`. Both take a scheme: ``iid``, ``different`` (drafts has one law a draft) or
``without_replacement``. Subsets are bit masks. In all of them `draft` and `target` are rescaled to sum to 1 first.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "SCHEMES",
    "acceptance_by_linear_program",
    "acceptance_by_max_flow",
    "acceptance_by_subsets",
    "drawn_sets",
    "mass_inside",
    "max_flow_error",
    "rescaled",
]

SCHEMES = ("iid", "different", "without_replacement")
Law = NDArray[np.floating[Any]]

#: Capacities of the flow are rounded down to multiples of its inverse.
FLOW_SCALE = 2**50


def rescaled(law: Law) -> NDArray[np.float64]:
    """Return a law in float64 with the sum 1."""
    wide = np.asarray(law, dtype=np.float64)
    return wide / math.fsum(wide.tolist())


def drawn_sets(drafts: Sequence[Law], *, scheme: str) -> dict[int, float]:
    """Enumerate the law of the set of drawn tokens, from its V^K ordered draws.

    Parameters
    ----------
    drafts
        The law of each draft; K times the same one for ``iid`` and ``without_replacement``.
    scheme
        How they are drawn.

    Returns
    -------
    dict
        Probability of each set that can be drawn.
    """
    laws = [rescaled(law) for law in drafts]
    terms: dict[int, list[float]] = {}
    for draws in itertools.product(range(len(laws[0])), repeat=len(laws)):
        mass, gone = 1.0, 0
        for law, token in zip(laws, draws, strict=True):
            if scheme == "without_replacement":
                left = math.fsum(float(law[i]) for i in range(len(law)) if not gone >> i & 1)
                mass *= 0.0 if gone >> token & 1 or law[token] == 0 else float(law[token]) / left
            else:
                mass *= float(law[token])
            gone |= 1 << token
            if mass == 0.0:
                break
        else:
            terms.setdefault(gone, []).append(mass)
    return {tokens: math.fsum(masses) for tokens, masses in terms.items()}


def acceptance_by_linear_program(sets: Mapping[int, float], target: Law) -> float:
    """Maximise the accepted mass over the mass that each set gives to each of its tokens.

    A set gives no more than its probability, and a token takes no more than the target has of it. HiGHS's tolerances
    are 1e-10, absolute and for each constraint, which bounds the error to some 1e-9 for the sizes of these tests.
    """
    from scipy.optimize import linprog
    from scipy.sparse import csr_array

    law = rescaled(target)
    order = sorted(sets)
    pairs = [(row, token) for row, tokens in enumerate(order) for token in range(len(law)) if tokens >> token & 1]
    rows = [row for row, _ in pairs] + [len(order) + token for _, token in pairs]
    columns = list(range(len(pairs))) * 2
    shape = (len(order) + len(law), len(pairs))
    answer = linprog(
        -np.ones(len(pairs)),
        A_ub=csr_array((np.ones(len(rows)), (rows, columns)), shape=shape),
        b_ub=np.concatenate([[sets[tokens] for tokens in order], law]),
        bounds=(0, None),
        method="highs",
        options={"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10},
    )
    if not answer.success:
        raise AssertionError(f"HiGHS: {answer.message}")
    return float(-answer.fun)


def acceptance_by_max_flow(sets: Mapping[int, float], target: Law) -> float:
    """Send the mass of each set through its tokens into the target, by OR-tools on integer capacities.

    The answer is never above the exact one and at most `max_flow_error` below it.
    """
    from ortools.graph.python import max_flow

    law = rescaled(target)
    flow = max_flow.SimpleMaxFlow()
    source, sink, first_set = len(law), len(law) + 1, len(law) + 2
    for node, (tokens, mass) in enumerate(sets.items(), start=first_set):
        flow.add_arc_with_capacity(source, node, int(mass * FLOW_SCALE))
        for token in range(len(law)):
            if tokens >> token & 1:
                flow.add_arc_with_capacity(node, token, FLOW_SCALE)
    for token, mass in enumerate(law.tolist()):
        flow.add_arc_with_capacity(token, sink, int(mass * FLOW_SCALE))
    if flow.solve(source, sink) != flow.OPTIMAL:
        raise AssertionError("OR-tools found no maximal flow")
    return flow.optimal_flow() / FLOW_SCALE


def max_flow_error(sets: Mapping[int, float], target: Law) -> float:
    """Bound what rounding the capacities down can cost: one unit for each of them."""
    return (len(sets) + len(target)) / FLOW_SCALE


def _sums(law: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mass of every subset, [2^V]: each is a sum of its own tokens, without a subtraction."""
    sums = np.zeros(1)
    for mass in law:
        sums = np.concatenate([sums, sums + mass])
    return sums


def mass_inside(drafts: Sequence[Law], *, scheme: str) -> NDArray[np.float64]:
    """Return the probability that the drawn set lies inside each subset, [2^V]."""
    laws = [rescaled(law) for law in drafts]
    if scheme != "without_replacement":
        return np.prod([_sums(law) for law in laws], axis=0)
    law = laws[0]
    size = len(law)
    subsets = np.arange(1 << size)
    left = _sums(law)[::-1]  # of the complement of each subset
    drawn = np.zeros(1 << size)
    drawn[0] = 1.0
    for _ in laws:
        after = np.zeros(1 << size)
        for token in range(size):
            without = subsets[(subsets >> token & 1 == 0) & (drawn > 0)]
            if law[token] > 0:
                after[without | 1 << token] += drawn[without] * (law[token] / left[without])
        drawn = after
    for token in range(size):  # sums over the subsets of each subset
        with_token = subsets[subsets >> token & 1 == 1]
        drawn[with_token] += drawn[with_token ^ 1 << token]
    return drawn


def acceptance_by_subsets(drafts: Sequence[Law], target: Law, *, scheme: str) -> float:
    """Minimise q(S) + 1 - mu(A inside S) over all 2^V subsets S; V up to 16."""
    if len(target) > 16:
        raise ValueError(f"{len(target)} tokens have too many subsets: at most 16")
    cut = _sums(rescaled(target)) + (1.0 - mass_inside(drafts, scheme=scheme))
    return float(cut.min())
