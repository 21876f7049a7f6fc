"""The paper's linear program over sets of drafts, by a general solver: what a claim is held against, for few tokens."""

from __future__ import annotations

import itertools
import math

import numpy as np
from numpy.typing import NDArray

from pybench.errors import PybenchError
from pybench.optional import require

__all__ = ["acceptance_by_linear_program"]

#: Absolute, of each constraint.
_TOLERANCE = 1e-10


def acceptance_by_linear_program(draft: NDArray[np.float64], target: NDArray[np.float64], draft_count: int) -> float:
    """Maximise the mass that sets of drafts give to tokens they hold, none giving or getting more than it has.

    Parameters
    ----------
    draft, target
        Laws [V]; there are V^K rows of drafts.
    draft_count
        K, independent drafts.

    Raises
    ------
    MissingPackageError
        Where SciPy is not installed.
    """
    optimize = require("scipy.optimize", extra="multi_draft")
    sparse = require("scipy.sparse", extra="multi_draft")
    masses: dict[frozenset[int], float] = {}
    for row in itertools.product(range(draft.size), repeat=draft_count):
        drawn = frozenset(row)
        masses[drawn] = masses.get(drawn, 0.0) + math.prod(float(draft[token]) for token in row)
    pairs = [(number, token) for number, drawn in enumerate(masses) for token in drawn]
    rows = np.array([[number, len(masses) + token] for number, token in pairs]).ravel()
    columns = np.repeat(np.arange(len(pairs)), 2)
    limits = np.concatenate([np.fromiter(masses.values(), dtype=np.float64), target])
    matrix = sparse.csr_array((np.ones(rows.size), (rows, columns)), shape=(limits.size, len(pairs)))
    tight = {"primal_feasibility_tolerance": _TOLERANCE, "dual_feasibility_tolerance": _TOLERANCE}
    answer = optimize.linprog(-np.ones(len(pairs)), A_ub=matrix, b_ub=limits, method="highs", options=tight)
    if not answer.success:
        raise PybenchError(f"the linear program was not solved: {answer.message}")
    return float(-answer.fun)
