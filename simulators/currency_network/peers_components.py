"""Components and bow-tie positions by the libraries that can: conversions and calls of the races of this room."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pybench.kernels.graph_results import POSITION_NAMES
from pybench.optional import require
from simulators.currency_network.peers_case import Case

__all__ = [
    "convert_to_igraph",
    "convert_to_networkit",
    "convert_to_networkit_as_installed",
    "convert_to_networkx",
    "convert_to_scipy_both_ways",
    "convert_to_scipy_distinct",
    "convert_to_scipy_repeated",
    "run_igraph_strong",
    "run_igraph_weak",
    "run_networkit_strong",
    "run_networkit_weak",
    "run_networkx_strong",
    "run_scipy_bow_tie",
    "run_scipy_strong",
    "run_scipy_weak",
]


def _rows(case: Case) -> Any:
    """Return the links as compressed rows by source, repeated ones kept and targets in any order."""
    sparse = require("scipy.sparse", extra="peers")
    shape = (case.node_count, case.node_count)
    if case.params.get("order") == "sorted":
        start = np.zeros(case.node_count + 1, dtype=np.int32)
        np.cumsum(np.bincount(case.source, minlength=case.node_count), out=start[1:])
        return sparse.csr_array((np.empty(case.link_count, dtype=np.int8), case.target, start), shape=shape)
    links = sparse.coo_array((np.empty(case.link_count, dtype=np.int8), (case.source, case.target)), shape=shape)
    links.has_canonical_format = True  # it is not: this keeps tocsr from sorting
    return links.tocsr()


def _distinct_columns(rows: Any) -> Any:
    """Return the distinct links as compressed columns: a second counting sort is quicker than sorting each row."""
    columns = rows.tocsc()
    columns.has_sorted_indices = True
    columns.sum_duplicates()
    return columns


def _graph(start: NDArray[Any], end: NDArray[Any], node_count: int) -> Any:
    """Return compressed rows with float64 values that csgraph need not convert, and never reads."""
    sparse = require("scipy.sparse", extra="peers")
    return sparse.csr_array((np.empty(len(end)), end, start), shape=(node_count, node_count))


def convert_to_scipy_distinct(case: Case) -> Any:
    """Return the distinct links reversed, which changes no strong component.

    SciPy 1.17 gives wrong strong components, or does not return, for a matrix with repeated entries.
    """
    columns = _distinct_columns(_rows(case))
    return _graph(columns.indptr, columns.indices, case.node_count)


def convert_to_scipy_repeated(case: Case) -> Any:
    """Return the links as they are: repeated entries do not harm the weak components."""
    rows = _rows(case)
    return _graph(rows.indptr, rows.indices, case.node_count)


def convert_to_scipy_both_ways(case: Case) -> tuple[Any, Any]:
    """Return the links, and the distinct links reversed."""
    rows = _rows(case)
    columns = _distinct_columns(rows)
    forward = _graph(rows.indptr, rows.indices, case.node_count)
    return forward, _graph(columns.indptr, columns.indices, case.node_count)


def run_scipy_strong(graph: Any) -> NDArray[np.int32]:
    """Return the label of each node."""
    return _scipy_labels(graph, "strong")


def run_scipy_weak(graph: Any) -> NDArray[np.int32]:
    """Return the label of each node."""
    return _scipy_labels(graph, "weak")


def _scipy_labels(graph: Any, connection: str) -> NDArray[np.int32]:
    csgraph = require("scipy.sparse.csgraph", extra="peers")
    labels: NDArray[np.int32] = csgraph.connected_components(graph, connection=connection)[1]
    return labels


def run_scipy_bow_tie(graphs: tuple[Any, Any]) -> NDArray[np.uint8]:
    """Return the position of each node, by breadth-first searches from a pivot.

    The strong component of the node with most links both ways is the giant if no part of what it leaves (before it,
    behind it, beside it) has as many nodes that could lie on a cycle; only otherwise are strong components asked for.
    """
    forward, backward = graphs
    pivot = int(np.argmax(np.minimum(np.diff(forward.indptr), np.diff(backward.indptr))))
    after, before = _reached(forward, [pivot]), _reached(backward, [pivot])
    cyclic = (np.diff(forward.indptr) > 0) & (np.diff(backward.indptr) > 0)
    rest = (after & ~before, before & ~after, ~after & ~before)
    giant_size = np.count_nonzero(after & before)
    if giant_size == 1 or any(np.count_nonzero(part & cyclic) >= giant_size for part in rest):
        labels = run_scipy_strong(backward)
        sizes = np.bincount(labels)
        pivot = int(np.argmax(sizes[labels] == sizes.max()))
        after, before = _reached(forward, [pivot]), _reached(backward, [pivot])
    into, out = before & ~after, after & ~before
    from_in, to_out = _reached(forward, np.flatnonzero(into)), _reached(backward, np.flatnonzero(out))
    weak = _weakly_reached(forward, after | before | from_in | to_out, pivot)
    position = np.full(len(weak), POSITION_NAMES.index("OUTSIDE"), dtype=np.uint8)
    parts = {"OTHER": weak, "TENDRIL_IN": from_in, "TENDRIL_OUT": to_out, "TUBE": from_in & to_out}
    for name, nodes in (parts | {"IN": into, "OUT": out, "GSCC": after & before}).items():
        position[nodes] = POSITION_NAMES.index(name)
    return position


def _weakly_reached(graph: Any, known: NDArray[np.bool_], pivot: int) -> NDArray[np.bool_]:
    """Return the weak component of the pivot, of which most or all is known."""
    if not (np.repeat(known, np.diff(graph.indptr)) != known[graph.indices]).any():
        return known
    labels = run_scipy_weak(graph)
    reached: NDArray[np.bool_] = labels == labels[pivot]
    return reached


def _reached(graph: Any, sources: Any) -> NDArray[np.bool_]:
    """Return which nodes some source reaches; several sources hang on a node of their own."""
    csgraph = require("scipy.sparse.csgraph", extra="peers")
    node_count = graph.shape[0]
    reached = np.zeros(node_count + 1, dtype=np.bool_)
    root = node_count
    if len(sources) == 1:
        root = int(sources[0])
    elif len(sources):
        start = np.append(graph.indptr, np.int32(graph.indptr[-1] + len(sources)))
        graph = _graph(start, np.concatenate((graph.indices, sources.astype(np.int32))), node_count + 1)
    if len(sources):
        reached[csgraph.breadth_first_order(graph, root, return_predecessors=False)] = True
    return reached[:node_count]


def convert_to_igraph(case: Case) -> Any:
    """Return an igraph graph of pairs of Python ints, the fastest of the ways to make one."""
    igraph = require("igraph", extra="peers")
    links = zip(case.source.tolist(), case.target.tolist(), strict=True)
    return igraph.Graph(case.node_count, links, directed=True)


def run_igraph_strong(graph: Any) -> NDArray[np.int64]:
    """Return the label of each node."""
    return np.array(graph.connected_components(mode="strong").membership)


def run_igraph_weak(graph: Any) -> NDArray[np.int64]:
    """Return the label of each node."""
    return np.array(graph.connected_components(mode="weak").membership)


def convert_to_networkit(case: Case) -> Any:
    """Return a NetworKit graph by way of SciPy's compressed rows, four times quicker than `GraphFromCoo`."""
    networkit = require("networkit", extra="peers")
    rows = _rows(case)
    sparse = require("scipy.sparse", extra="peers")
    matrix = sparse.csr_matrix((np.empty(case.link_count), rows.indices, rows.indptr), shape=rows.shape)
    return networkit.GraphFromCsr(matrix, directed=True, weighted=False)


def convert_to_networkit_as_installed(case: Case) -> Any:
    """Return a NetworKit graph by the constructor that the library offers for two arrays of ids."""
    networkit = require("networkit", extra="peers")
    return networkit.GraphFromCoo((case.source, case.target), n=case.node_count, directed=True)


def run_networkit_strong(graph: Any) -> NDArray[np.int64]:
    """Return the label of each node."""
    networkit = require("networkit", extra="peers")
    return _networkit_labels(networkit.components.StronglyConnectedComponents(graph))


def run_networkit_weak(graph: Any) -> NDArray[np.int64]:
    """Return the label of each node."""
    networkit = require("networkit", extra="peers")
    return _networkit_labels(networkit.components.WeaklyConnectedComponents(graph))


def _networkit_labels(algorithm: Any) -> NDArray[np.int64]:
    algorithm.run()
    return np.array(algorithm.getPartition().getVector(), dtype=np.int64)


def convert_to_networkx(case: Case) -> Any:
    """Return a networkx DiGraph."""
    networkx = require("networkx", extra="peers")
    graph = networkx.DiGraph()
    graph.add_nodes_from(range(case.node_count))
    graph.add_edges_from(zip(case.source.tolist(), case.target.tolist(), strict=True))
    return graph


def run_networkx_strong(graph: Any) -> NDArray[np.int64]:
    """Return the label of each node."""
    networkx = require("networkx", extra="peers")
    labels = np.empty(len(graph), dtype=np.int64)
    for label, part in enumerate(networkx.strongly_connected_components(graph)):
        labels[list(part)] = label
    return labels
