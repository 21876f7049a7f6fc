"""Random rewirings in plain Python: the chain of the native kernel, try by try, on a list of links and a set.

The random words are those of the native kernel, so the graphs must be equal link by link; that they are also uniform is
tested by enumeration. The statistics come from the other references.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from pybench.kernels.digraph import Digraph
from pybench.kernels.graph_inputs import check_count, mix_seed
from pybench.kernels.null_model_inputs import check_graph, check_preserve, count_tries, count_tries_of_points
from pybench.kernels.null_model_results import MixingCurve, NullEnsemble
from pybench.kernels.reference.graph import strong_components, triad_census, weak_components
from pybench.kernels.reference.philox import philox_blocks

__all__ = ["mixing_curve", "null_ensemble", "null_statistics", "rewire"]

_STREAMS = 1 << 33  # stream of chain 0
_REVERSAL_PERIOD = 16


class _Chain:
    """Links (or one-way links and halves of mutual dyads) in rows by source, of which only the targets move."""

    def __init__(self, graph: Digraph, preserve: str, key: int, index: int) -> None:
        pairs = list(zip(graph.source.tolist(), graph.target.tolist(), strict=True))
        self.dyads = preserve == "dyad"
        there = set(pairs)
        halves = [(a, b) for a, b in pairs if self.dyads and (b, a) in there]
        links = [pair for pair in pairs if pair not in set(halves)]
        self.source = [a for a, _ in links + halves]
        self.target = [b for _, b in links + halves]
        self.links = len(links)
        self.node_count = graph.node_count
        self.row = np.searchsorted(self.source[: self.links], np.arange(graph.node_count + 1)).tolist()
        self.twin = {self.links + slot: self.links + halves.index((b, a)) for slot, (a, b) in enumerate(halves)}
        self.there = {self.pair(a, b) for a, b in pairs}
        self.key, self.stream = key, _STREAMS + index
        self.tries = self.accepted = 0

    def pair(self, a: int, b: int) -> tuple[int, int]:
        return (min(a, b), max(a, b)) if self.dyads else (a, b)

    def advance_to(self, tries: int) -> None:
        for first, second in self.words(self.tries, tries):
            reverse = self.tries % _REVERSAL_PERIOD == 0
            self.accepted += self.reverse(first, second) if reverse else self.switch(first, second)
            self.tries += 1

    def words(self, begin: int, end: int) -> Iterator[tuple[int, int]]:
        blocks = np.arange(begin // 2, (end + 1) // 2, dtype=np.uint64)
        words = philox_blocks(self.key, self.stream, blocks).reshape(-1, 2).tolist()
        return iter([tuple(pair) for pair in words[begin % 2 :][: end - begin]])

    def switch(self, first: int, second: int) -> bool:
        i = _index_below(len(self.source), first, 32)
        if i is None:
            return False
        one_way = i < self.links
        j = _index_below(self.links if one_way else len(self.source) - self.links, second, 32)
        if j is None:
            return False
        j += 0 if one_way else self.links
        a, b, c, d = self.source[i], self.target[i], self.source[j], self.target[j]
        if a in (c, d) or b in (c, d) or self.pair(a, d) in self.there or self.pair(c, b) in self.there:
            return False
        self.there -= {self.pair(a, b), self.pair(c, d)}
        self.there |= {self.pair(a, d), self.pair(c, b)}
        self.target[i], self.target[j] = d, b
        if not one_way:
            of_i, of_j = self.twin[i], self.twin[j]
            self.target[of_i], self.target[of_j] = c, a
            self.twin.update({i: of_j, of_j: i, j: of_i, of_i: j})
        return True

    def reverse(self, first: int, second: int) -> bool:
        i = _index_below(len(self.source), first, 32)
        if i is None or i >= self.links or second % 2 == 0:
            return False
        a, b = self.source[i], self.target[i]
        place = _index_below(self.row[b + 1] - self.row[b], second // 2, 31)
        if place is None:
            return False
        j = self.row[b] + place
        c = self.target[j]
        back = [k for k in range(self.row[c], self.row[c + 1]) if self.target[k] == a]
        if c == a or not back:
            return False
        cycle, reversed_cycle = {(a, b), (b, c), (c, a)}, {(b, a), (c, b), (a, c)}
        if not self.dyads:
            if reversed_cycle & self.there:
                return False
            self.there = self.there - cycle | reversed_cycle
        self.target[i], self.target[j], self.target[back[0]] = c, a, b
        return True

    def graph(self, labels: NDArray[np.object_] | None = None) -> Digraph:
        graph = Digraph(np.array(self.source), np.array(self.target), self.node_count)
        return graph if labels is None else graph._with_labels(labels)


def _index_below(bound: int, word: int, bits: int) -> int | None:
    """Return an index below a bound, each from the same number of words; None for the words that are left over."""
    if bound == 0:
        return None
    index, rest = divmod(word * bound, 1 << bits)
    return None if rest < (1 << bits) % bound else index


def null_statistics(graph: Digraph) -> NDArray[np.int64]:
    """Count `NULL_STATISTICS` of a graph, by their definitions."""
    strong, weak = strong_components(graph), weak_components(graph)
    links = set(zip(graph.source.tolist(), graph.target.tolist(), strict=True))
    sizes = strong.sizes.tolist()
    return np.array(
        [
            *triad_census(graph).counts,
            sum((b, a) in links for a, b in links) // 2,
            sizes.count(2),
            sizes.count(3),
            sum(size >= 3 for size in sizes),
            max(sizes),
            sum(size for size in sizes if size > 1),
            sum(strong.labels[a] == strong.labels[b] for a, b in links),
            len(weak.sizes),
            max(weak.sizes),
        ],
        dtype=np.int64,
    )


def rewire(
    graph: Digraph, *, preserve: str = "degree", tries_per_link: float = 5.0, seed: int | tuple[int, ...]
) -> Digraph:
    """Draw a random graph: `pybench.kernels.graph.rewire`."""
    check_graph(graph, counted=False)
    tries = count_tries(tries_per_link, graph.link_count)
    chain = _Chain(graph, check_preserve(preserve), mix_seed(seed), 0)
    chain.advance_to(tries)
    return chain.graph(graph.labels)


def null_ensemble(
    graph: Digraph,
    *,
    samples: int = 100,
    preserve: str = "degree",
    tries_per_link: float = 5.0,
    seed: int | tuple[int, ...],
    threads: int | None = 1,
) -> NullEnsemble:
    """Compare a graph with random ones: `pybench.kernels.graph.null_ensemble`. Threads make no difference."""
    del threads
    check_graph(graph, counted=True)
    count = check_count("samples", samples, 2, 1_000_000)
    tries = count_tries(tries_per_link, graph.link_count)
    key = mix_seed(seed)
    found, accepted = [], []
    for index in range(count):
        chain = _Chain(graph, check_preserve(preserve), key, index)
        chain.advance_to(tries)
        found.append(null_statistics(chain.graph()))
        accepted.append(chain.accepted)
    return NullEnsemble(preserve, tries, null_statistics(graph), np.array(found), np.array(accepted) / tries)


def mixing_curve(
    graph: Digraph,
    *,
    preserve: str = "degree",
    tries_per_link: Sequence[float] = (0.1, 0.2, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0),
    chains: int = 10,
    seed: int | tuple[int, ...],
    threads: int | None = 1,
) -> MixingCurve:
    """Follow chains: `pybench.kernels.graph.mixing_curve`. Threads make no difference."""
    del threads
    check_graph(graph, counted=True)
    points = count_tries_of_points(tries_per_link, graph.link_count)
    count, key = check_count("chains", chains, 1, 1_000_000), mix_seed(seed)
    found = []
    for index in range(count):
        chain = _Chain(graph, check_preserve(preserve), key, index)
        row = []
        for tries in points.tolist():
            chain.advance_to(tries)
            row.append(null_statistics(chain.graph()))
        found.append(row)
    return MixingCurve(preserve, np.array(tries_per_link, dtype=np.float64), null_statistics(graph), np.array(found))
