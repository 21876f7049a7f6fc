"""The hot loops of this room as workloads: triad census, strong and weak components, bow-tie; then the null models.

Importing this loads no heavy package. The peers' conversions and calls are in `peers_census` and `peers_components`,
the checks in `peers_checks`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pybench.harness.workload import Contender, Params, Work, Workload
from simulators.currency_network import peers_census as census
from simulators.currency_network import peers_components as components
from simulators.currency_network.contenders import ONE_THREAD, native_contender, peer_contender
from simulators.currency_network.peers_case import Case, make_case
from simulators.currency_network.peers_checks import (
    check_bow_tie,
    check_census,
    check_strong_components,
    check_weak_components,
)
from simulators.currency_network.peers_triads import census_by_wedges, wedge_steps
from simulators.currency_network.workloads_null_models import NULL_MODEL_WORKLOADS

if TYPE_CHECKING:
    from pybench.kernels.graph import BowTie, Components, Digraph, TriadCensus

__all__ = ["WORKLOADS"]


def _stored(name: str) -> Params:
    return {"graph": name}


def _rmat(scale: int, *, edge_factor: int = 8, order: str = "shuffled") -> Params:
    return {"graph": "rmat", "scale": scale, "edge_factor": edge_factor, "order": order}


STORED = (_stored("bitcoin_otc"), _stored("uc_messages"), _stored("pgp_strong_2009"))
LARGE = (_rmat(20, edge_factor=10),)


def run_native_census(graph: Digraph) -> TriadCensus:
    """Count all 16 classes on one thread."""
    from pybench.kernels.graph import triad_census

    return triad_census(graph)


def run_native_census_on_two_threads(graph: Digraph) -> TriadCensus:
    """Count all 16 classes on two threads."""
    from pybench.kernels.graph import triad_census

    return triad_census(graph, threads=2)


def run_native_strong(graph: Digraph) -> Components:
    """Find the strong components."""
    from pybench.kernels.graph import strong_components

    return strong_components(graph)


def run_native_weak(graph: Digraph) -> Components:
    """Find the weak components."""
    from pybench.kernels.graph import weak_components

    return weak_components(graph)


def run_native_bow_tie(graph: Digraph) -> BowTie:
    """Find the bow-tie positions."""
    from pybench.kernels.graph import bow_tie

    return bow_tie(graph)


def census_work(case: Case) -> Work:
    """Count the steps of listing triangles: the sum, over dyads u < v by degree, of the forward degree of v.

    Bytes: each link read once (8), 16 counts of 8 written.
    """
    return Work(
        items=case.link_count,
        item="link",
        minimal_bytes=8 * case.link_count + 16 * 8,
        operations=wedge_steps(case),
    )


def component_work(case: Case) -> Work:
    """Count one step a node and a link. Bytes: each link read once (8), a label of 4 written for each node."""
    return Work(
        items=case.link_count,
        item="link",
        minimal_bytes=8 * case.link_count + 4 * case.node_count,
        operations=case.node_count + case.link_count,
    )


def bow_tie_work(case: Case) -> Work:
    """Count two steps a link, one for each direction, and one a node. Bytes: 8 a link read, 1 a node written."""
    return Work(
        items=case.link_count,
        item="link",
        minimal_bytes=8 * case.link_count + case.node_count,
        operations=case.node_count + 2 * case.link_count,
    )


GRAPHBLAS = ("python-graphblas", "suitesparse-graphblas", "scipy")
NATIVE_CENSUS = native_contender(
    "native", run_native_census, "pybench.kernels.graph.triad_census, all 16 classes, one thread"
)
PACKED = (
    "the 7 closed classes alone, nodes ranked by degree: X Y of the dyads low to high, int64 values that hold nine "
    "counters (two or three products where they do not fit), matrices from two counting sorts of SciPy"
)
GRAPHBLAS_CENSUS = peer_contender(
    "graphblas",
    GRAPHBLAS,
    census.convert_to_graphblas,
    census.run_graphblas,
    f"{PACKED}, structural mask of all dyads, plus_times, Gustavson's method",
)
IGRAPH_CENSUS = peer_contender(
    "igraph",
    ("igraph",),
    census.convert_to_igraph,
    census.run_igraph,
    "Graph.triad_census, all 16 classes, of a graph made from pairs of Python ints and simplified",
)
REFERENCE_CENSUS = Contender(
    id="reference",
    kind="reference",
    run=census_by_wedges,
    configuration="NumPy: forward wedges listed in blocks, the third dyad looked up; all 16 classes",
    environment=ONE_THREAD,
)

TRIAD_CENSUS = Workload(
    id="triad_census",
    revision=1,
    title="Triad census from an array of links",
    sizes={
        "quick": (_stored("bitcoin_otc"), _rmat(12)),
        "standard": (*STORED, _rmat(14), _rmat(17)),
        "large": LARGE,
    },
    make=make_case,
    check=check_census,
    work=census_work,
    contenders=(
        NATIVE_CENSUS,
        native_contender(
            "native_2_threads",
            run_native_census_on_two_threads,
            "pybench.kernels.graph.triad_census, all 16 classes, two threads",
            threads=2,
        ),
        REFERENCE_CENSUS,
        GRAPHBLAS_CENSUS,
        peer_contender(
            "graphblas_2_threads",
            GRAPHBLAS,
            census.convert_to_graphblas,
            census.run_graphblas,
            f"as graphblas ({PACKED}), two threads that sleep while they wait (spinning was slower)",
            threads=2,
        ),
        peer_contender(
            "graphblas_dot",
            GRAPHBLAS,
            census.convert_to_graphblas,
            census.run_graphblas_dot,
            f"{PACKED.replace('X Y of', 'X Y^T of')}, structural mask of all dyads, plus_times, dot products",
        ),
        peer_contender(
            "graphblas_triangles",
            GRAPHBLAS,
            census.convert_to_graphblas_pattern,
            census.run_graphblas_triangles,
            "a smaller job: the number of undirected triangles alone; nodes ranked by degree, L U masked by U, "
            "plus_pair, Gustavson's method",
        ),
        peer_contender(
            "scipy",
            ("scipy",),
            census.convert_to_scipy,
            census.run_scipy,
            f"{PACKED}, or U^T U in three products where that multiplies less; multiply(X @ Y, mask) by blocks of rows",
        ),
        peer_contender(
            "scipy_plain",
            ("scipy",),
            census.convert_to_scipy_plain,
            census.run_scipy_plain,
            "the 7 closed classes alone, nodes as they come: four products of the one-way and the mutual links, int32, "
            "multiply(X @ Y, mask) by blocks of rows",
        ),
        IGRAPH_CENSUS,
    ),
)

TRIAD_CENSUS_SMALL = Workload(
    id="triad_census_small",
    revision=1,
    title="Triad census of a small graph, where the cost of a call counts",
    sizes={"quick": (_rmat(8),), "standard": (_rmat(8), _rmat(10), _stored("uc_messages"))},
    make=make_case,
    check=check_census,
    work=census_work,
    contenders=(
        NATIVE_CENSUS,
        REFERENCE_CENSUS,
        GRAPHBLAS_CENSUS,
        IGRAPH_CENSUS,
        peer_contender(
            "networkx",
            ("networkx",),
            census.convert_to_networkx,
            census.run_networkx,
            "triadic_census, all 16 classes, of a DiGraph made by add_edges_from",
        ),
    ),
)

FROM_ROWS = "from compressed rows that SciPy makes by counting sort without sorting them"
COMPONENT_SIZES: Mapping[Any, tuple[Params, ...]] = {
    "quick": (_stored("bitcoin_otc"), _rmat(12)),
    "standard": (*STORED, _rmat(14), _rmat(17)),
    "large": LARGE,
}

STRONG_COMPONENTS = Workload(
    id="strong_components",
    revision=1,
    title="Strong components from an array of links",
    sizes={
        "quick": (*COMPONENT_SIZES["quick"], _rmat(12, order="sorted")),
        "standard": (*COMPONENT_SIZES["standard"], _rmat(17, order="sorted")),
        "large": (*LARGE, _rmat(20, edge_factor=10, order="sorted")),
    },
    make=make_case,
    check=check_strong_components,
    work=component_work,
    contenders=(
        native_contender("native", run_native_strong, "pybench.kernels.graph.strong_components"),
        peer_contender(
            "scipy",
            ("scipy",),
            components.convert_to_scipy_distinct,
            components.run_scipy_strong,
            "csgraph.connected_components(connection='strong') of the distinct links reversed, made by two counting "
            "sorts of int8 entries (one where the links come sorted), then float64 values that need no conversion",
        ),
        peer_contender(
            "igraph",
            ("igraph",),
            components.convert_to_igraph,
            components.run_igraph_strong,
            "Graph.connected_components(mode='strong') of a graph made from pairs of Python ints",
        ),
        peer_contender(
            "networkit",
            ("networkit", "scipy"),
            components.convert_to_networkit,
            components.run_networkit_strong,
            f"StronglyConnectedComponents of GraphFromCsr {FROM_ROWS}",
        ),
        peer_contender(
            "networkit_as_installed",
            ("networkit",),
            components.convert_to_networkit_as_installed,
            components.run_networkit_strong,
            "StronglyConnectedComponents of GraphFromCoo((source, target)), as the library offers it",
        ),
        peer_contender(
            "networkx",
            ("networkx",),
            components.convert_to_networkx,
            components.run_networkx_strong,
            "strongly_connected_components of a DiGraph made by add_edges_from",
        ),
    ),
)

WEAK_COMPONENTS = Workload(
    id="weak_components",
    revision=1,
    title="Weak components from an array of links",
    sizes=COMPONENT_SIZES,
    make=make_case,
    check=check_weak_components,
    work=component_work,
    contenders=(
        native_contender("native", run_native_weak, "pybench.kernels.graph.weak_components"),
        peer_contender(
            "scipy",
            ("scipy",),
            components.convert_to_scipy_repeated,
            components.run_scipy_weak,
            f"csgraph.connected_components(connection='weak') {FROM_ROWS}, repeated links kept, float64 values",
        ),
        peer_contender(
            "igraph",
            ("igraph",),
            components.convert_to_igraph,
            components.run_igraph_weak,
            "Graph.connected_components(mode='weak') of a directed graph made from pairs of Python ints",
        ),
        peer_contender(
            "networkit",
            ("networkit", "scipy"),
            components.convert_to_networkit,
            components.run_networkit_weak,
            f"WeaklyConnectedComponents of GraphFromCsr {FROM_ROWS}",
        ),
    ),
)

BOW_TIE = Workload(
    id="bow_tie",
    revision=1,
    title="Bow-tie positions from an array of links",
    sizes=COMPONENT_SIZES,
    make=make_case,
    check=check_bow_tie,
    work=bow_tie_work,
    contenders=(
        native_contender("native", run_native_bow_tie, "pybench.kernels.graph.bow_tie"),
        peer_contender(
            "scipy",
            ("scipy",),
            components.convert_to_scipy_both_ways,
            components.run_scipy_bow_tie,
            "csgraph.breadth_first_order both ways from the node with most links both ways; connected_components only "
            "where that does not settle the giant or the weak component; rows and columns by counting sort",
        ),
    ),
)

#: Every workload of this room.
WORKLOADS: tuple[Workload, ...] = (
    TRIAD_CENSUS,
    TRIAD_CENSUS_SMALL,
    STRONG_COMPONENTS,
    WEAK_COMPONENTS,
    BOW_TIE,
    *NULL_MODEL_WORKLOADS,
)
