"""Directed graphs: triad census, strong and weak components, bow-tie positions, null models, R-MAT random links.

The hot loops are native. A `Digraph` is checked and copied once; every kernel then takes it.

>>> graph = Digraph([0, 1, 2, 3], [1, 2, 0, 0])
>>> triad_census(graph)["030C"]
1
>>> strong_components(graph).sizes.tolist()
[3, 1]
>>> bow_tie(graph).counts["IN"]
1

Errors are `pybench.errors.InvalidInputError` (a ValueError) naming the argument, the value and the rule. The variable
``PYBENCH_SIMD`` (portable, avx2, avx512) of the environment forces an instruction set; answers never depend on it, nor
on threads.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pybench._native import graph as _native
from pybench.errors import InvalidInputError
from pybench.kernels.digraph import Digraph
from pybench.kernels.graph_results import POSITION_NAMES, TRIAD_NAMES, BowTie, Components, TriadCensus
from pybench.kernels.inputs import check_count, check_threads, mix_seed
from pybench.kernels.null_model_results import CONNECTED_TRIADS, NULL_STATISTICS, MixingCurve, NullEnsemble
from pybench.kernels.null_models import mixing_curve, null_ensemble, rewire

__all__ = [
    "CONNECTED_TRIADS",
    "NULL_STATISTICS",
    "POSITION_NAMES",
    "TRIAD_NAMES",
    "BowTie",
    "Components",
    "Digraph",
    "MixingCurve",
    "NullEnsemble",
    "TriadCensus",
    "bow_tie",
    "mixing_curve",
    "null_ensemble",
    "rewire",
    "rmat",
    "strong_components",
    "triad_census",
    "weak_components",
]


def _core_of(graph: Digraph) -> _native.Digraph:
    if not isinstance(graph, Digraph):
        raise InvalidInputError(f"graph is of type {type(graph).__name__}: it must be a Digraph")
    return graph._core


def triad_census(graph: Digraph, *, by_node: bool = False, threads: int | None = 1) -> TriadCensus:
    """Count the node triples that induce each of the 16 classes of three-node digraphs.

    Parameters
    ----------
    graph
        The graph; loops and duplicate links play no part.
    by_node
        Also count, for each node, the triples of each class that contain it (node_count * 128 bytes).
    threads
        1 to 1024; None for all cores. The answer is the same for any number.

    Returns
    -------
    TriadCensus
        A mapping from `TRIAD_NAMES` to exact ints, with `by_node` where asked for.

    Raises
    ------
    InvalidInputError
        For a `graph` that is no Digraph, or `threads` out of range.

    Notes
    -----
    Only triangles are listed; open classes follow in closed form from degrees, and 012, 102 and 003 from the number of
    dyads. O(nodes + links + sum over links of the forward degree of their higher-ranked end), nodes ranked by degree:
    O(links^1.5) at worst. Classes: Holland and Leinhardt (1970); the closed forms: Ortmann and Brandes (2017).
    """
    counts, nodes = _native.triad_census(_core_of(graph), bool(by_node), check_threads(threads))
    return TriadCensus(tuple(counts), nodes)


def strong_components(graph: Digraph) -> Components:
    """Find the largest sets of nodes that all reach each other.

    Parameters
    ----------
    graph
        The graph.

    Returns
    -------
    Components
        Numbered by size, largest first, equal sizes by their smallest node.

    Raises
    ------
    InvalidInputError
        For a `graph` that is no Digraph.

    Notes
    -----
    O(nodes + links), without recursion.
    """
    return Components(*_native.strong_components(_core_of(graph)))


def weak_components(graph: Digraph) -> Components:
    """Find the parts that are connected when directions are ignored.

    Parameters
    ----------
    graph
        The graph.

    Returns
    -------
    Components
        Numbered by size, largest first, equal sizes by their smallest node.

    Raises
    ------
    InvalidInputError
        For a `graph` that is no Digraph.

    Notes
    -----
    Union-find on the links as they were given, O((nodes + links) alpha).
    """
    return Components(*_native.weak_components(_core_of(graph)))


def bow_tie(graph: Digraph) -> BowTie:
    """Find where each node stands around the giant strong component (GSCC), by reachability.

    Parameters
    ----------
    graph
        The graph.

    Returns
    -------
    BowTie
        IN reaches the GSCC and OUT is reached from it. Of the other nodes of its weak component, TENDRIL_IN is reached
        from IN, TENDRIL_OUT reaches OUT, TUBE is both, OTHER neither; OUTSIDE are the other weak components. Whether a
        node lies on a cycle of its own plays no part. Of equally large strong components the one with the smallest
        node is the GSCC; an empty graph has none.

    Raises
    ------
    InvalidInputError
        For a `graph` that is no Digraph.

    Notes
    -----
    O(nodes + links). The picture is that of Broder et al., Graph structure in the Web (2000).
    """
    position, counts = _native.bow_tie(_core_of(graph))
    return BowTie(position, dict(zip(POSITION_NAMES, counts, strict=True)))


def rmat(
    scale: int, edge_factor: int, seed: int | tuple[int, ...], *, threads: int | None = 1
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Draw the links of an R-MAT graph with the quadrant weights of Graph500 (0.57, 0.19, 0.19, 0.05).

    Parameters
    ----------
    scale
        Base-2 logarithm of the number of nodes, 1 to 30.
    edge_factor
        Links per node, 0 to 1024. Loops and duplicates stay in, as in Graph500.
    seed
        An int or a tuple of ints, none negative, mixed by NumPy's SeedSequence (which reads a short tuple as one with
        zeros behind it: use one length throughout).
    threads
        1 to 1024; None for all cores. The links are the same for any number.

    Returns
    -------
    source, target : NDArray[np.int32]
        int32 [edge_factor * 2^scale], for `Digraph`. Ids are scrambled, so that they say nothing of the degree.

    Raises
    ------
    InvalidInputError
        For an argument out of range.

    Notes
    -----
    O(scale) a link; Philox 4x32-10, link i being a function of (seed, i) alone. Chakrabarti, Zhan and Faloutsos, R-MAT
    (2004).
    """
    scale = check_count("scale", scale, 1, 30)
    link_count = check_count("edge_factor", edge_factor, 0, 1024) << scale
    return _native.rmat(scale, link_count, mix_seed(seed), check_threads(threads))
