"""The graph kernels in plain NumPy and Python: slow, readable, and by other algorithms than the native ones.

They take anything with ``source``, ``target`` and ``node_count``; loops and duplicate links play no part.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from pybench.kernels.graph_results import POSITION_NAMES, TRIAD_NAMES, BowTie, Components, TriadCensus
from pybench.kernels.inputs import check_count, mix_seed
from pybench.kernels.reference.philox import philox_blocks

__all__ = ["MAX_CENSUS_NODES", "Links", "bow_tie", "rmat", "strong_components", "triad_census", "weak_components"]

#: All triples are looked at, one by one: more nodes than this take minutes.
MAX_CENSUS_NODES = 2000


class Links(Protocol):
    """What is used of a Digraph."""

    @property
    def source(self) -> NDArray[np.int32]:
        """int32 [links]: where each link starts."""

    @property
    def target(self) -> NDArray[np.int32]:
        """int32 [links]: where each link ends."""

    @property
    def node_count(self) -> int:
        """Number of nodes."""


def _triad_name(links: frozenset[tuple[int, int]]) -> str:
    """Name the class of a digraph on the nodes 0, 1, 2 by the definition of its letters."""
    pairs = ((0, 1), (0, 2), (1, 2))
    mutual = [pair for pair in pairs if pair in links and pair[::-1] in links]
    arcs = [link for link in links if link[::-1] not in links]
    name = f"{len(mutual)}{len(arcs)}{3 - len(mutual) - len(arcs)}"
    starts, ends = [start for start, _ in arcs], [end for _, end in arcs]
    if name in ("021", "120"):  # two arcs: they leave one node, enter one node, or follow each other
        return name + ("D" if starts[0] == starts[1] else "U" if ends[0] == ends[1] else "C")
    if name == "111":  # the arc enters the mutual dyad, or leaves it
        return name + ("D" if ends[0] in mutual[0] else "U")
    if name == "030":  # a cycle leaves every node once
        return name + ("C" if len(set(starts)) == 3 else "T")
    return name


@cache
def _class_of_code() -> NDArray[np.int64]:
    """Return int64 [64]: the class of the code dyad(0,1) + 4 dyad(0,2) + 16 dyad(1,2), a dyad as in `_dyads`."""
    classes = np.empty(64, dtype=np.int64)
    for code in range(64):
        links = set()
        for place, (i, j) in enumerate(((0, 1), (0, 2), (1, 2))):
            dyad = code >> (2 * place) & 3
            links |= {(i, j)} if dyad & 1 else set()
            links |= {(j, i)} if dyad & 2 else set()
        classes[code] = TRIAD_NAMES.index(_triad_name(frozenset(links)))
    return classes


def _dyads(graph: Links) -> NDArray[np.uint8]:
    """Return uint8 [n, n]: 1 for a link from row to column, plus 2 for one back."""
    dyads = np.zeros((graph.node_count, graph.node_count), dtype=np.uint8)
    proper = graph.source != graph.target
    source, target = graph.source[proper], graph.target[proper]
    dyads[source, target] |= 1
    dyads[target, source] |= 2
    return dyads


def triad_census(graph: Links, *, by_node: bool = False, threads: int | None = 1) -> TriadCensus:
    """Count the triads by looking at every triple of nodes; see `pybench.kernels.graph.triad_census`.

    O(node_count^3) time and O(node_count^2) memory, at most `MAX_CENSUS_NODES` nodes. `threads` changes nothing.
    """
    n = check_count("node_count", graph.node_count, 0, MAX_CENSUS_NODES)
    dyads, class_of_code = _dyads(graph), _class_of_code()
    counts = np.zeros(len(TRIAD_NAMES), dtype=np.int64)
    nodes = np.zeros((n, len(TRIAD_NAMES)), dtype=np.int64)
    for i in range(n - 2):
        j, k = np.triu_indices(n - i - 1, 1)
        j, k = j + i + 1, k + i + 1
        classes = class_of_code[dyads[i, j] | dyads[i, k] << 2 | dyads[j, k] << 4]
        found = np.bincount(classes, minlength=len(TRIAD_NAMES))
        counts += found
        nodes[i] += found
        for other in (j, k):
            cells = np.bincount(other * len(TRIAD_NAMES) + classes, minlength=nodes.size)
            nodes += cells.reshape(nodes.shape)
    return TriadCensus(tuple(counts.tolist()), nodes if by_node else None)


def _components(parts: Iterable[list[int]], node_count: int) -> Components:
    ordered = sorted(parts, key=lambda part: (-len(part), min(part)))
    labels = np.zeros(node_count, dtype=np.int32)
    for label, part in enumerate(ordered):
        labels[part] = label
    return Components(labels, np.array([len(part) for part in ordered], dtype=np.int64))


def _neighbours(source: NDArray[np.int32], target: NDArray[np.int32], node_count: int) -> list[list[int]]:
    rows: list[list[int]] = [[] for _ in range(node_count)]
    for start, end in zip(source.tolist(), target.tolist(), strict=True):
        rows[start].append(end)
    return rows


def strong_components(graph: Links) -> Components:
    """Find the strong components by Kosaraju's two searches; see `pybench.kernels.graph.strong_components`.

    O(nodes + links).
    """
    n = graph.node_count
    after = _neighbours(graph.source, graph.target, n)
    before = _neighbours(graph.target, graph.source, n)
    finished: list[int] = []  # nodes in the order in which a depth-first search along the links leaves them
    seen = [False] * n
    for root in range(n):
        if seen[root]:
            continue
        seen[root] = True
        path = [(root, iter(after[root]))]
        while path:
            node, rest = path[-1]
            following = next((other for other in rest if not seen[other]), None)
            if following is None:
                finished.append(node)
                path.pop()
            else:
                seen[following] = True
                path.append((following, iter(after[following])))
    parts = []
    taken = [False] * n
    for root in reversed(finished):  # what reaches the last one left, against the links, is its component
        if taken[root]:
            continue
        taken[root] = True
        part = [root]
        for node in part:
            for other in before[node]:
                if not taken[other]:
                    taken[other] = True
                    part.append(other)
        parts.append(part)
    return _components(parts, n)


def weak_components(graph: Links) -> Components:
    """Find the weak components by spreading the smallest node; see `pybench.kernels.graph.weak_components`.

    O(links * diameter).
    """
    smallest = np.arange(graph.node_count)
    while True:
        before = smallest.copy()
        np.minimum.at(smallest, graph.target, smallest[graph.source])
        np.minimum.at(smallest, graph.source, smallest[graph.target])
        if np.array_equal(before, smallest):
            break
    parts: dict[int, list[int]] = {}
    for node, root in enumerate(smallest.tolist()):
        parts.setdefault(root, []).append(node)
    return _components(parts.values(), graph.node_count)


def _reached(start: NDArray[np.bool_], source: NDArray[np.int32], target: NDArray[np.int32]) -> NDArray[np.bool_]:
    reached = start.copy()
    while True:
        new = target[reached[source]]
        if reached[new].all():
            return reached
        reached[new] = True


def bow_tie(graph: Links) -> BowTie:
    """Find the bow-tie straight from its definition; see `pybench.kernels.graph.bow_tie`. O(links * diameter)."""
    position = np.full(graph.node_count, POSITION_NAMES.index("OUTSIDE"), dtype=np.uint8)
    if graph.node_count:
        giant = strong_components(graph).labels == 0
        weak = weak_components(graph).labels
        downstream = _reached(giant, graph.source, graph.target)
        upstream = _reached(giant, graph.target, graph.source)
        from_in = _reached(upstream & ~giant, graph.source, graph.target)
        to_out = _reached(downstream & ~giant, graph.target, graph.source)
        rules = {  # the last rule that holds decides
            "OTHER": weak == weak[np.argmax(giant)],
            "TENDRIL_IN": from_in,
            "TENDRIL_OUT": to_out,
            "TUBE": from_in & to_out,
            "OUT": downstream,
            "IN": upstream,
            "GSCC": giant,
        }
        for name, members in rules.items():
            position[members] = POSITION_NAMES.index(name)
    counts = np.bincount(position, minlength=len(POSITION_NAMES)).tolist()
    return BowTie(position, dict(zip(POSITION_NAMES, counts, strict=True)))


def rmat(
    scale: int, edge_factor: int, seed: int | tuple[int, ...], *, threads: int | None = 1
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Draw the same R-MAT links as `pybench.kernels.graph.rmat`; `threads` changes nothing.

    O(scale) a link. Level l of link i takes 16 bits of the Philox block (key, stream l // 8, index i), low half first.
    """
    scale = check_count("scale", scale, 1, 30)
    link_count = check_count("edge_factor", edge_factor, 0, 1024) << scale
    return _draw(scale, link_count, mix_seed(seed))


def _draw(scale: int, link_count: int, key: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    index = np.arange(link_count, dtype=np.uint64)
    source, target = np.zeros(link_count, dtype=np.int64), np.zeros(link_count, dtype=np.int64)
    for level in range(scale):
        word, half = divmod(level % 8, 2)
        random = philox_blocks(key, level // 8, index)[:, word] >> np.uint64(16 * half) & np.uint64(0xFFFF)
        # 0.57, 0.19, 0.19, 0.05 of 2^16, rounded: up-left, up-right, down-left, down-right
        quadrant = np.searchsorted(np.array([37356, 49808, 62260]), random.astype(np.int64), side="right")
        source, target = 2 * source + quadrant // 2, 2 * target + quadrant % 2
    return _scramble(source, scale, key), _scramble(target, scale, key)


def _scramble(ids: NDArray[np.int64], scale: int, key: int) -> NDArray[np.int32]:
    """Map [0, 2^scale) onto itself: four rounds of add, multiply by an odd number, fold the high half down."""
    for words in philox_blocks(key, 1 << 32, np.arange(4, dtype=np.uint64)):
        addend, factor = int(words[0]), int(words[1]) | 1
        ids = (ids + addend) * (factor % 2**scale) % 2**scale
        ids ^= ids >> (scale + 1) // 2
    return ids.astype(np.int32)
