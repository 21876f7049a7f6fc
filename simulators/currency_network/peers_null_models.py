"""Null models by the libraries that can: conversions and calls of the races of this room.

Every one keeps in- and out-degrees and stays simple. None of them keeps mutual dyads.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pybench.kernels.graph_results import TRIAD_NAMES
from pybench.optional import require
from simulators.currency_network.peers_case import Case
from simulators.currency_network.peers_census import convert_to_graphblas, convert_to_igraph, run_graphblas
from simulators.currency_network.peers_components import (
    convert_to_networkit,
    convert_to_scipy_distinct,
    convert_to_scipy_repeated,
    run_scipy_strong,
    run_scipy_weak,
)

__all__ = [
    "CURVEBALL_ROUNDS",
    "Rewired",
    "Statistics",
    "convert_to_simple_igraph",
    "convert_to_simple_networkit",
    "links_of",
    "run_assembled_ensemble",
    "run_igraph_ensemble",
    "run_igraph_rewire",
    "run_networkit_curveball",
    "run_networkit_switching",
    "run_networkit_switching_in_place",
]

#: A library's graph, with the case's parameters, and after the run what the library needs to keep it alive.
Rewired = tuple[Any, Case, Any]

#: Name of a statistic -> its value in each sample.
Statistics = dict[str, NDArray[np.int64]]

#: Rounds that NetworKit's directed global curveball needs: the fewest of 20 (the library's default), 50, 100, 200, 400
#: after which 030T, 201 and mutual dyads lay within three standard errors of long switching chains, in three runs.
CURVEBALL_ROUNDS = {"bitcoin_otc": 200, "uc_messages": 50, "pgp_strong_2009": 400, "rmat 10": 20, "rmat 17": 400}


def _tries_per_link(case: Case) -> float:
    return float(case.params["tries_per_link"])


def convert_to_simple_igraph(case: Case) -> Rewired:
    """Return a simple igraph graph, to be rewired in place with the library's own random numbers.

    Left alone it draws them from Python's ``random``, which makes rewiring nearly half as slow again.
    """
    require("igraph", extra="peers").set_random_number_generator(None)
    return convert_to_igraph(case), case, None


def run_igraph_rewire(graph: Rewired) -> Rewired:
    """Make the tries in place."""
    rewired, case, _ = graph
    rewired.rewire(round(_tries_per_link(case) * rewired.ecount()))
    return graph


def convert_to_simple_networkit(case: Case) -> Rewired:
    """Return a simple NetworKit graph by way of SciPy's compressed rows."""
    graph = convert_to_networkit(case)
    graph.removeSelfLoops()
    graph.removeMultiEdges()
    return graph, case, None


def run_networkit_switching(graph: Rewired) -> Rewired:
    """Make the tries on the library's own copy, after the shuffle that makes the chain of directed graphs connected."""
    before, case, _ = graph
    chain = require("networkit", extra="peers").randomization.EdgeSwitching(before, _tries_per_link(case), True)
    chain.run()
    return chain.getGraph(), case, chain


def run_networkit_switching_in_place(graph: Rewired) -> Rewired:
    """Make the tries on the graph itself, without that shuffle: faster, and it cannot turn a cycle of three."""
    before, case, _ = graph
    chain = require("networkit", extra="peers").randomization.EdgeSwitchingInPlace(before, _tries_per_link(case))
    chain.run()
    return before, case, chain


def run_networkit_curveball(graph: Rewired) -> Rewired:
    """Trade neighbours in as many global rounds as this graph needs, after the shuffle."""
    before, case, _ = graph
    name = str(case.params["graph"])
    rounds = CURVEBALL_ROUNDS[f"{name} {case.params['scale']}" if name == "rmat" else name]
    chain = require("networkit", extra="peers").randomization.GlobalCurveball(before, rounds, False, True)
    chain.run()
    return chain.getGraph(), case, (chain, before)


def links_of(graph: Any) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the links of an igraph or a NetworKit graph as arrays; only the check of a race needs them."""
    pairs = graph.get_edgelist() if hasattr(graph, "get_edgelist") else list(graph.iterEdges())
    links = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return links[:, 0], links[:, 1]


def run_igraph_ensemble(graph: Rewired) -> Statistics:
    """Rewire copies, and count triads and components of each, all by igraph."""
    before, case, _ = graph
    tries = round(_tries_per_link(case) * before.ecount())
    rows = []
    for _ in range(int(case.params["samples"])):
        sample = before.copy()
        sample.rewire(tries)
        strong = sorted(sample.connected_components(mode="strong").sizes(), reverse=True)
        weak = sample.connected_components(mode="weak").sizes()
        rows.append([*sample.triad_census(), *_component_statistics(np.array(strong), np.array(weak))])
    return _by_name((*TRIAD_NAMES, *_COMPONENT_STATISTICS), rows)


def run_assembled_ensemble(graph: Rewired) -> Statistics:
    """Rewire by NetworKit in place, count the 7 closed classes by GraphBLAS and the components by SciPy.

    No library does all of it; this is the fastest set of parts that we found, and it leaves nine classes out.
    """
    before, case, _ = graph
    chain = require("networkit", extra="peers").randomization.EdgeSwitchingInPlace(before, _tries_per_link(case))
    matrix = require("networkit", extra="peers").algebraic.adjacencyMatrix
    rows = []
    names: tuple[str, ...] = ()
    for _ in range(int(case.params["samples"])):
        chain.run()
        links = matrix(before, matrixType="sparse").tocoo()
        sample = Case(links.row.astype(np.int32), links.col.astype(np.int32), case.node_count, {"order": "shuffled"})
        closed = run_graphblas(convert_to_graphblas(sample))
        strong = np.bincount(run_scipy_strong(convert_to_scipy_distinct(sample)))
        weak = np.bincount(run_scipy_weak(convert_to_scipy_repeated(sample)))
        names = (*closed, *_COMPONENT_STATISTICS)
        rows.append([*closed.values(), *_component_statistics(np.sort(strong)[::-1], weak)])
    return _by_name(names, rows)


_COMPONENT_STATISTICS = (
    "strong_of_2",
    "strong_of_3",
    "strong_of_3_or_more",
    "strong_giant",
    "weak_components",
    "weak_giant",
)


def _component_statistics(strong: NDArray[Any], weak: NDArray[Any]) -> tuple[int, ...]:
    return (
        int((strong == 2).sum()),
        int((strong == 3).sum()),
        int((strong >= 3).sum()),
        int(strong.max()),
        int((weak > 0).sum()),
        int(weak.max()),
    )


def _by_name(names: tuple[str, ...], rows: list[list[int]]) -> Statistics:
    table = np.array(rows, dtype=np.int64)
    return {name: table[:, column] for column, name in enumerate(names)}
