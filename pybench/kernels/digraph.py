"""The directed graph that the graph kernels take. Import it from `pybench.kernels.graph`."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pybench._native import graph as _native
from pybench.kernels import graph_inputs as inputs
from pybench.kernels.inputs import check_count

__all__ = ["Digraph"]


#: How the class itself sets what nobody else may.
_set = object.__setattr__

ArrayT = TypeVar("ArrayT", bound=NDArray[Any])


def _read_only(array: ArrayT) -> ArrayT:
    """Return a view that cannot be made writable again, as the owner of the memory could be."""
    array.flags.writeable = False
    return array.view()


class Digraph:
    """An immutable directed graph on the nodes 0 .. node_count - 1.

    Loops and duplicate links are accepted and counted, and play no part in any answer. Equality and hash are by
    identity. One `Digraph` may be used by any number of threads at once.

    Parameters
    ----------
    source, target
        Where each link starts and ends: 1-d, of the same length, of any integer dtype, byte order and stride. They are
        copied: what later happens to them does not change the graph. Floats are refused even where they hold integers.
    node_count
        Number of nodes, at most 2^30; nodes without links count in the census. None: one more than the largest id.

    Raises
    ------
    InvalidInputError
        For a wrong dtype or shape, lengths that differ, an id that is negative, not below `node_count`, or 2^30 and
        more.

    Notes
    -----
    O(links) to make; adjacency is built when first needed, O(nodes + links).
    """

    __slots__ = ("__weakref__", "_core", "_labels", "_links")

    _core: _native.Digraph
    _labels: inputs.Labels | None
    _links: tuple[NDArray[np.int32], NDArray[np.int32]] | None

    def __init__(self, source: ArrayLike, target: ArrayLike, node_count: int | None = None) -> None:
        if hasattr(self, "_core"):
            raise AttributeError("a Digraph is immutable: make another one")
        sources, targets = inputs.as_ids("source", source), inputs.as_ids("target", target)
        inputs.check_lengths(sources, targets)
        nodes = -1 if node_count is None else check_count("node_count", node_count, 0, inputs.MAX_NODE_COUNT)
        _set(self, "_core", _native.Digraph(*inputs.to_one_dtype(sources, targets), nodes))
        _set(self, "_labels", None)
        _set(self, "_links", None)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a Digraph is immutable: {name} cannot be set")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"a Digraph is immutable: {name} cannot be deleted")

    @classmethod
    def from_links(cls, source: ArrayLike, target: ArrayLike) -> Digraph:
        """Make a graph of links between any ids, integers or strings.

        Parameters
        ----------
        source, target
            Where each link starts and ends: 1-d, of the same length; both integers or both strings (NumPy arrays, or
            sequences of int or str). Node i is the i-th smallest distinct id: see `labels`.

        Raises
        ------
        InvalidInputError
            For ids of any other kind (floats, bytes, a mixture), or lengths that differ.

        Notes
        -----
        O(links log links): the ids are sorted.
        """
        sources, targets, labels = inputs.relabel(source, target)
        return cls(sources, targets, len(labels))._with_labels(labels)

    @classmethod
    def from_networkx(cls, graph: Any) -> Digraph:
        """Make a graph of a networkx DiGraph or MultiDiGraph.

        Node i is the i-th of ``list(graph)``; `labels` holds the nodes themselves, dtype object.

        Raises
        ------
        InvalidInputError
            For an undirected graph, or what is no networkx graph.
        """
        source, target, labels = inputs.links_of_networkx(graph)
        return cls(source, target, len(labels))._with_labels(labels)

    @classmethod
    def from_igraph(cls, graph: Any) -> Digraph:
        """Make a graph of a directed igraph Graph, on the same node ids.

        `labels` holds the vertex attribute "name", dtype object, and is None where there is none.

        Raises
        ------
        InvalidInputError
            For an undirected graph, or what is no igraph Graph.
        """
        source, target, node_count, labels = inputs.links_of_igraph(graph)
        return cls(source, target, node_count)._with_labels(labels)

    @classmethod
    def from_scipy(cls, matrix: inputs.SparseMatrix) -> Digraph:
        """Make a graph of a square SciPy sparse matrix or array: a nonzero entry (i, j) is a link from i to j.

        Duplicate entries are summed first; explicit zeros are dropped. NaN is not zero.

        Raises
        ------
        InvalidInputError
            For a matrix that is not square, or not sparse.
        """
        return cls(*inputs.links_of_sparse(matrix))

    @classmethod
    def _of_core(cls, core: _native.Digraph, labels: inputs.Labels | None) -> Digraph:
        graph = object.__new__(cls)
        _set(graph, "_core", core)
        _set(graph, "_links", None)
        _set(graph, "_labels", labels)
        return graph

    def _with_labels(self, labels: inputs.Labels | None) -> Digraph:
        _set(self, "_labels", None if labels is None else _read_only(labels))
        return self

    @property
    def node_count(self) -> int:
        """Number of nodes."""
        return self._core.node_count

    @property
    def link_count(self) -> int:
        """Distinct links that are no loops. The first call sorts the links, O(nodes + links)."""
        return self._core.link_count

    @property
    def loop_count(self) -> int:
        """Given links from a node to itself."""
        return self._core.loop_count

    @property
    def duplicate_count(self) -> int:
        """Given links that repeat another one and are no loops. The first call sorts the links, O(nodes + links)."""
        return self._core.duplicate_count

    @property
    def source(self) -> NDArray[np.int32]:
        """Starts of the distinct links: read-only int32 [link_count], ordered by (source, target)."""
        return self._distinct_links()[0]

    @property
    def target(self) -> NDArray[np.int32]:
        """Ends of the distinct links: read-only int32 [link_count], in the order of `source`."""
        return self._distinct_links()[1]

    @property
    def labels(self) -> inputs.Labels | None:
        """The caller's ids, read-only [node_count]: of node i, the i-th. None for a graph made of 0-based ids.

        Sorted ascending and distinct after `from_links`; in the order of the other library's nodes after
        `from_networkx` and `from_igraph`.
        """
        return self._labels

    def _distinct_links(self) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        if self._links is None:
            source, target = self._core.links()
            links = _read_only(source), _read_only(target)
            _set(self, "_links", links)
            return links
        return self._links

    def __repr__(self) -> str:
        return (
            f"Digraph(node_count={self.node_count}, link_count={self.link_count}, "
            f"loop_count={self.loop_count}, duplicate_count={self.duplicate_count})"
        )
