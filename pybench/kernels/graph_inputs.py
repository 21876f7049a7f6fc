"""Checks and conversions of what the graph kernels are given; private to `pybench.kernels.graph`."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pybench.errors import InvalidInputError

__all__ = [
    "MAX_NODE_COUNT",
    "Labels",
    "SparseMatrix",
    "as_ids",
    "check_lengths",
    "links_of_igraph",
    "links_of_networkx",
    "links_of_sparse",
    "relabel",
    "to_one_dtype",
]

MAX_NODE_COUNT = 2**30

Ids: TypeAlias = NDArray[np.integer[Any]]
#: Ids of the user's own: integers, strings, or (from networkx and igraph) any objects.
Labels: TypeAlias = NDArray[Any]


class SparseMatrix(Protocol):
    """What is used of a SciPy sparse matrix or array."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Rows and columns."""

    def tocsr(self) -> Any:
        """Return it in compressed rows."""


def _to_array(name: str, values: ArrayLike, rule: str) -> NDArray[Any]:
    if np.ma.is_masked(values):
        raise InvalidInputError(f"{name} has masked entries: {rule}")
    try:
        array = np.asarray(values)
    except (TypeError, ValueError, OverflowError) as error:
        raise InvalidInputError(f"{name} is no array ({error}): {rule}") from error
    # NumPy reads an empty list as float64; an empty list of ids is meant.
    return array.astype(np.int64) if array.shape == (0,) and isinstance(values, Sequence) else array


def as_ids(name: str, values: ArrayLike) -> Ids:
    """Return 1-d integer ids, C-contiguous, aligned and in native byte order; copied only where they are not."""
    array = values if type(values) is np.ndarray else _to_array(name, values, "it must be a 1-d array of integers")
    dtype = array.dtype
    if dtype.kind not in "iu":
        _refuse_huge(name, values)
        first = f" (the first is {array.flat[0]!r})" if array.size else ""
        raise InvalidInputError(f"{name} must be integers, got {dtype}{first}")
    if array.ndim != 1:
        raise InvalidInputError(f"{name} must be 1-d, got shape {array.shape}")
    flags = array.flags
    if dtype.isnative and flags.c_contiguous and flags.aligned:
        return array
    return array.astype(dtype.newbyteorder("="), order="C", copy=True)


def _refuse_huge(name: str, values: ArrayLike) -> None:
    # NumPy reads a list with an int beyond 64 bits, or of mixed sign beyond 63, as objects or floats.
    for position, value in enumerate(values if isinstance(values, (list, tuple)) else ()):
        if isinstance(value, int) and abs(value) >= MAX_NODE_COUNT:
            raise InvalidInputError(f"{name}[{position}] is {value}: node ids must be in [0, 2^30)")


def check_lengths(source: NDArray[Any], target: NDArray[Any]) -> None:
    """Refuse two arrays of different length."""
    if len(source) != len(target):
        raise InvalidInputError(
            f"source has {len(source)} entries but target has {len(target)}: they must have the same length"
        )


def to_one_dtype(source: Ids, target: Ids) -> tuple[Ids, Ids]:
    """Return the ids as they are in one integer dtype that holds both."""
    if source.dtype == target.dtype:
        return source, target
    common = np.result_type(source, target)
    if common.kind in "iu":
        return source.astype(common, copy=False), target.astype(common, copy=False)
    # NumPy promotes uint64 beside a signed type to float64, which would merge ids beyond 2^53.
    if all(len(ids) == 0 or ids.min() >= 0 for ids in (source, target)):
        return source.astype(np.uint64, copy=False), target.astype(np.uint64, copy=False)
    for name, ids in (("source", source), ("target", target)):
        if len(ids) and ids.max() >= 2**63:
            position = int(ids.argmax())
            raise InvalidInputError(f"{name}[{position}] is {ids[position]}: beside negative ids it must be below 2^63")
    return source.astype(np.int64), target.astype(np.int64)


def relabel(source: ArrayLike, target: ArrayLike) -> tuple[Ids, Ids, Labels]:
    """Return (source, target, labels): the positions of the ids among their sorted distinct values."""
    sources, targets = _as_labels("source", source), _as_labels("target", target)
    check_lengths(sources, targets)
    if len(sources) and (sources.dtype.kind in "iu") != (targets.dtype.kind in "iu"):
        raise InvalidInputError(
            f"source has dtype {sources.dtype} but target has {targets.dtype}: "
            "both must be integers or both must be strings"
        )
    if sources.dtype.kind in "iu":
        sources, targets = to_one_dtype(sources, targets)
    labels, positions = np.unique(np.concatenate([sources, targets]), return_inverse=True)
    return positions[: len(sources)], positions[len(sources) :], labels


def _as_labels(name: str, values: ArrayLike) -> NDArray[Any]:
    rule = "it must be a 1-d array of integers or of strings"
    if isinstance(values, np.ndarray) and values.dtype != object:
        array = _to_array(name, values, rule)
    else:
        items = values if isinstance(values, (list, tuple)) else _to_array(name, values, rule).tolist()
        array = _array_of_one_kind(name, items) if isinstance(items, (list, tuple)) else np.asarray(items)
    if array.ndim != 1:
        raise InvalidInputError(f"{name} must be 1-d, got shape {array.shape}")
    if array.dtype.kind not in "iuUT":
        raise InvalidInputError(f"{name} must be integers or strings, got {array.dtype}")
    return array


def _array_of_one_kind(name: str, items: Sequence[Any]) -> NDArray[Any]:
    # NumPy would turn [1, "a"] into two strings, [True, 2] into two integers and [1, 2**63] into two floats.
    kind: type | tuple[type, ...] = str if items and isinstance(items[0], str) else (int, np.integer)
    for position, item in enumerate(items):
        if not isinstance(item, kind) or isinstance(item, bool):
            raise InvalidInputError(f"{name}[{position}] is {item!r}: all must be integers or all must be strings")
    if kind is str:
        return np.array(items)
    dtype = np.uint64 if items and max(items) >= 2**63 else np.int64
    try:
        return np.array(items, dtype=dtype)
    except OverflowError as error:
        worst = min(items) if dtype is np.uint64 and max(items) < 2**64 else max(items, key=abs)
        raise InvalidInputError(
            f"{name} holds {worst}: ids must fit int64, or uint64 where none is negative"
        ) from error


def _object_array(items: Sequence[Hashable]) -> Labels:
    array = np.empty(len(items), dtype=object)
    for position, item in enumerate(items):  # one by one: NumPy would unpack labels that are tuples
        array[position] = item
    return array


def links_of_networkx(graph: Any) -> tuple[Ids, Ids, Labels]:
    """Return (source, target, labels) of a networkx DiGraph or MultiDiGraph, nodes in its order."""
    if not (hasattr(graph, "is_directed") and hasattr(graph, "number_of_edges")):
        raise InvalidInputError(f"graph is of type {type(graph).__name__}: it must be a networkx DiGraph")
    if not graph.is_directed():
        raise InvalidInputError("graph is undirected: it must be directed (graph.to_directed() makes it so)")
    nodes = list(graph)
    position = {node: index for index, node in enumerate(nodes)}
    links = np.fromiter(
        (position[node] for link in graph.edges() for node in link), dtype=np.int64, count=2 * graph.number_of_edges()
    )
    return links[::2], links[1::2], _object_array(nodes)


def links_of_igraph(graph: Any) -> tuple[Ids, Ids, int, Labels | None]:
    """Return (source, target, node_count, labels) of a directed igraph Graph; labels are its names, if it has any."""
    if not (hasattr(graph, "is_directed") and hasattr(graph, "get_edgelist")):
        raise InvalidInputError(f"graph is of type {type(graph).__name__}: it must be an igraph Graph")
    if not graph.is_directed():
        raise InvalidInputError("graph is undirected: it must be directed (graph.as_directed() makes it so)")
    links = np.asarray(graph.get_edgelist(), dtype=np.int64).reshape(-1, 2)
    labels = _object_array(graph.vs["name"]) if "name" in graph.vs.attributes() else None
    return links[:, 0], links[:, 1], graph.vcount(), labels


def links_of_sparse(matrix: SparseMatrix) -> tuple[Ids, Ids, int]:
    """Return (source, target, node_count) of the nonzero entries of a square sparse matrix."""
    if not hasattr(matrix, "tocsr"):
        raise InvalidInputError(f"matrix is of type {type(matrix).__name__}: it must be a SciPy sparse matrix or array")
    if len(matrix.shape) != 2 or matrix.shape[0] != matrix.shape[1]:
        raise InvalidInputError(f"matrix has shape {matrix.shape}: it must be square")
    rows = matrix.tocsr()
    if not rows.has_canonical_format:
        rows = rows.copy()
        rows.sum_duplicates()  # entries that cancel are no link
    nonzero = rows.data != 0
    source = np.repeat(np.arange(matrix.shape[0], dtype=np.int64), np.diff(rows.indptr))
    return source[nonzero], rows.indices[nonzero], int(matrix.shape[0])
