"""Importance-weighted selection in NumPy: pair rules by SciPy's linear programming, their laws by matrices [V, V]."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pybench.optional import require

__all__ = ["PairRule", "chances", "kept", "make_rules", "most_covered", "selection_law"]

_Array = NDArray[np.float64]


class PairRule(NamedTuple):
    """Which of two drafts is kept.

    Attributes
    ----------
    alphabet
        Tokens by rank. Where there are none the earlier draft is kept.
    keeps
        [s, s]: the probability that rank i is kept of ranks i and j; the diagonal is unused.
    """

    alphabet: NDArray[np.int64]
    keeps: _Array


def kept(rule: PairRule, vocabulary_size: int) -> _Array:
    """Return [V, V]: the probability that token i, selected so far, is kept when the next draft is j."""
    count = len(rule.alphabet)
    rank = np.full(vocabulary_size, count)
    rank[rule.alphabet] = np.arange(count)
    matrix = (rank[:, None] <= rank[None, :]).astype(np.float64)
    first = rule.alphabet[: len(rule.keeps)]
    matrix[np.ix_(first, first)] = rule.keeps
    np.fill_diagonal(matrix, 1.0)
    return matrix


def selection_law(selected: _Array, draft: _Array, rule: PairRule) -> _Array:
    """Return the law of the selected token after one more draft."""
    keeps = kept(rule, len(draft))
    pairs = np.outer(selected, draft)
    return np.asarray((pairs * keeps).sum(axis=1) + (pairs * (1.0 - keeps)).sum(axis=0))


def _ranked(selected: _Array, draft: _Array, target: _Array, alphabet_size: int) -> NDArray[np.int64]:
    return np.argsort(-(target - selected * draft), kind="stable")[:alphabet_size]


def most_covered(
    selected: _Array, draft: _Array, target: _Array, alphabet: NDArray[np.int64], program_size: int
) -> tuple[float, _Array]:
    """Solve the linear program of one stage: the largest sum of min(beta, target) and pair weights that attain it."""
    size = min(program_size, len(alphabet))
    first = alphabet[:size]
    pairs = [(i, j) for i in range(size) for j in range(i + 1, size)]
    mass = [selected[first[i]] * draft[first[j]] + selected[first[j]] * draft[first[i]] for i, j in pairs]
    fixed = selection_law(selected, draft, PairRule(alphabet, np.zeros((size, size))))
    # Variables: the weight of each pair, then what is covered of each token: at most target and beta.
    rows, limits = np.zeros((size, len(pairs) + size)), fixed[first]
    for column, (i, j) in enumerate(pairs):
        rows[i, column], rows[j, column] = -mass[column], mass[column]
        limits[j] += mass[column]
    # `fixed` keeps neither token of a pair of the program: each selected one yields to the next.
    both = np.outer(selected[first], draft[first])
    np.fill_diagonal(both, 0.0)
    limits -= both.sum(axis=0)
    rows[:, len(pairs) :] = np.eye(size)
    solved = require("scipy.optimize", extra="multi_draft").linprog(
        np.concatenate([np.zeros(len(pairs)), -np.ones(size)]),
        A_ub=rows,
        b_ub=limits,
        bounds=[(0.0, 1.0)] * len(pairs) + [(0.0, q) for q in target[first]],
        method="highs",
        options={"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10},
    )
    keeps = np.ones((size, size))
    for weight, (i, j) in zip(solved.x, pairs, strict=False):
        keeps[i, j] = min(1.0, max(0.0, weight))
        keeps[j, i] = 1.0 - keeps[i, j]
    others = np.ones(len(draft), dtype=bool)
    others[first] = False
    return float(np.minimum(fixed, target)[others].sum() - solved.fun), keeps


def make_rules(
    draft: _Array, target: _Array, draft_count: int, alphabet_size: int, program_size: int
) -> list[PairRule]:
    """Return the rule of each draft after the first: one without an alphabet where no other would help."""
    rules, selected = [], draft
    for _ in range(1, draft_count):
        alphabet = _ranked(selected, draft, target, alphabet_size)
        rule = PairRule(alphabet, most_covered(selected, draft, target, alphabet, program_size)[1])
        law = selection_law(selected, draft, rule)
        if np.minimum(law, target).sum() > np.minimum(selected, target).sum():
            selected = law
        else:
            rule = PairRule(np.empty(0, dtype=np.int64), np.empty((0, 0)))
        rules.append(rule)
    return rules


def chances(drafts: Sequence[int], rules: Sequence[PairRule], vocabulary_size: int) -> _Array:
    """Return [K]: the probability that each of these drafts is the one selected."""
    chance = np.zeros(len(drafts))
    chance[0] = 1.0
    for draw, rule in enumerate(rules, 1):
        stays = kept(rule, vocabulary_size)[list(drafts[:draw]), drafts[draw]]
        chance[draw] = (chance[:draw] * (1.0 - stays)).sum()
        chance[:draw] *= stays
    return chance
