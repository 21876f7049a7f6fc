"""Generic solvers on the verifier's linear program for two drafts: oracles, not rivals.

Every set of two drafts is a node: its probability 2 p_i p_j may go to token i or to token j, which takes at most q_i in
all; two equal drafts give p_i^2 to token i directly. What depends on V alone is made once and kept.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pybench.optional import require
from simulators.multi_draft.peers_case import Case, Outcome

__all__ = [
    "convert_to_flow",
    "convert_to_kept_flow",
    "convert_to_program",
    "run_flow",
    "run_program",
]

#: Capacities are whole numbers of this part of a probability.
UNITS = 1e12


@lru_cache(maxsize=1)
def _arcs(size: int) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int32], NDArray[np.int32]]:
    """Return the pairs, and the arcs' ends: source to sets, sets to tokens, source to tokens, tokens to sink."""
    first, second = np.triu_indices(size, 1)
    tokens = np.arange(size) + 2
    sets = np.arange(len(first)) + 2 + size
    tail = np.concatenate([np.zeros(len(sets)), sets, sets, np.zeros(size), tokens])
    head = np.concatenate([sets, first + 2, second + 2, tokens, np.ones(size)])
    return first, second, tail.astype(np.int32), head.astype(np.int32)


def _capacities(case: Case) -> NDArray[np.int64]:
    first, second, _, _ = _arcs(len(case.draft))
    pairs = np.rint(2.0 * UNITS * case.draft[first] * case.draft[second]).astype(np.int64)
    twice = np.rint(UNITS * case.draft**2).astype(np.int64)
    return np.concatenate([pairs, pairs, pairs, twice, np.rint(UNITS * case.target).astype(np.int64)])


def convert_to_flow(case: Case) -> Any:
    """Build the network of this case."""
    network = require("ortools.graph.python.max_flow", extra="peers").SimpleMaxFlow()
    _, _, tail, head = _arcs(len(case.draft))
    network.add_arcs_with_capacity(tail, head, _capacities(case))
    return network


@lru_cache(maxsize=1)
def _kept_network(size: int) -> tuple[Any, NDArray[np.int32]]:
    network = require("ortools.graph.python.max_flow", extra="peers").SimpleMaxFlow()
    _, _, tail, head = _arcs(size)
    arcs = network.add_arcs_with_capacity(tail, head, np.zeros(len(tail), np.int64))
    return network, np.asarray(arcs, dtype=np.int32)


def convert_to_kept_flow(case: Case) -> Any:
    """Set the capacities of a network that is kept between calls."""
    network, arcs = _kept_network(len(case.draft))
    network.set_arcs_capacity(arcs, _capacities(case))
    return network


def run_flow(network: Any) -> Outcome:
    """Solve."""
    status = network.solve(0, 1)
    if status != network.OPTIMAL:
        raise RuntimeError(f"the solver ends with status {status}")
    return Outcome(acceptance=network.optimal_flow() / UNITS, precision=1e-7)


@lru_cache(maxsize=1)
def _constraints(size: int) -> Any:
    """Return the sparse matrix of: what each pair gives, what each token gets. Two variables a pair."""
    sparse = require("scipy.sparse", extra="peers")
    first, second, _, _ = _arcs(size)
    pairs = np.arange(len(first))
    rows = np.concatenate([pairs, pairs, len(pairs) + first, len(pairs) + second])
    columns = np.concatenate([pairs, len(pairs) + pairs, pairs, len(pairs) + pairs])
    return sparse.csr_array((np.ones(len(rows)), (rows, columns)), shape=(len(pairs) + size, 2 * len(pairs)))


def convert_to_program(case: Case) -> tuple[Any, ...]:
    """Return objective, matrix, limits and what pairs of equal drafts give."""
    first, second, _, _ = _arcs(len(case.draft))
    equal = np.minimum(case.draft**2, case.target)
    limit = np.concatenate([2.0 * case.draft[first] * case.draft[second], case.target - equal])
    return -np.ones(2 * len(first)), _constraints(len(case.draft)), limit, float(equal.sum())


def run_program(program: tuple[Any, ...]) -> Outcome:
    """Solve by HiGHS' dual simplex at its own tolerances, which was fastest on most laws."""
    objective, matrix, limit, equal = program
    linprog = require("scipy.optimize", extra="peers").linprog
    found = linprog(objective, A_ub=matrix, b_ub=limit, method="highs-ds")
    if found.status != 0:
        raise RuntimeError(f"the solver ends with status {found.status}: {found.message}")
    return Outcome(acceptance=equal - float(found.fun), precision=1e-6)
