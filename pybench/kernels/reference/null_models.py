"""Random rewirings in plain Python: the chain of the native kernel, try by try, on a list of links and a set.

The random words are those of the native kernel, so the graphs must be equal link by link; that they are also uniform is
tested by enumeration. The statistics come from the other references.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from pybench.kernels.digraph import Digraph
from pybench.kernels.inputs import check_count, mix_seed
from pybench.kernels.null_model_inputs import check_graph, check_preserve, count_tries, count_tries_of_points
from pybench.kernels.null_model_results import MixingCurve, NullEnsemble
from pybench.kernels.reference.graph import strong_components, triad_census, weak_components
from pybench.kernels.reference.philox import philox_blocks

__all__ = ["mixing_curve", "null_ensemble", "null_statistics", "rewire"]

_STREAMS = 1 << 33  # stream of chain 0
_TURN_STREAMS = 1 << 33  # beyond that of the chain: the third word of a turn of dyads
_TURN_PERIOD = 16


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
            turn = self.tries % _TURN_PERIOD == 0
            self.accepted += self.turn(first, second) if turn else self.switch(first, second)
            self.tries += 1

    def words(self, begin: int, end: int) -> Iterator[tuple[int, int]]:
        blocks = np.arange(begin // 2, (end + 1) // 2, dtype=np.uint64)
        words = philox_blocks(self.key, self.stream, blocks).reshape(-1, 2).tolist()
        return ((first, second) for first, second in words[begin % 2 :][: end - begin])

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
        if a in (c, d) or b in (c, d):
            return False
        if self.dyads and self.state(a, d) == self.state(c, b) != "none":
            return one_way and self.switch_with_occupied(i, j)
        if self.pair(a, d) in self.there or self.pair(c, b) in self.there:
            return False
        self.there -= {self.pair(a, b), self.pair(c, d)}
        self.there |= {self.pair(a, d), self.pair(c, b)}
        if one_way:
            self.target[i], self.target[j] = d, b
        else:
            of_b, of_d = self.twin[i], self.twin[j]
            self.join(i, of_d)
            self.join(j, of_b)
        return True

    def switch_with_occupied(self, i: int, j: int) -> bool:
        """Links a->b, c->d change their state with {a, d}, {c, b}: both mutual, or both against them."""
        a, b, c, d = self.source[i], self.target[i], self.source[j], self.target[j]
        state = self.state(a, d)
        if state == "mutual":
            of_a, of_c = self.half(a, d), self.half(c, b)
            of_d, of_b = self.twin[of_a], self.twin[of_c]
            self.join(of_a, of_b)
            self.join(of_c, of_d)
        elif state == "in":
            back, there = self.link(d, a), self.link(b, c)
            self.target[back], self.target[there] = c, a
        else:
            return False
        self.target[i], self.target[j] = d, b
        return True

    def turn(self, first: int, second: int) -> bool:
        i = _index_below(len(self.source), first, 32)
        if i is None or i >= self.links or second % 2 == 0:
            return False
        a, b = self.source[i], self.target[i]
        j = self.successor(b, second // 2)
        if j is None or self.target[j] == a:
            return False
        c = self.target[j]
        if not self.dyads:
            turned = {(b, a), (c, b), (a, c)}
            if (c, a) not in self.there or turned & self.there:
                return False
            k = self.link(c, a)
            self.there = self.there - {(a, b), (b, c), (c, a)} | turned
            self.target[i], self.target[j], self.target[k] = c, a, b
            return True
        third = philox_blocks(self.key, self.stream + _TURN_STREAMS, np.array([self.tries], dtype=np.uint64))
        last = self.successor(c, int(third[0, 0]) // 2)
        if last is None:
            return False
        d = self.target[last]
        if d != a:
            state = self.state(a, c)
            if state != self.state(b, d) or state not in ("none", "mutual"):
                return False
            if state == "mutual":
                of_a, of_b = self.half(a, c), self.half(b, d)
                of_c, of_d = self.twin[of_a], self.twin[of_b]
                self.join(of_a, of_b)
                self.join(of_c, of_d)
            else:
                self.there -= {self.pair(a, b), self.pair(c, d)}
                self.there |= {self.pair(a, c), self.pair(b, d)}
        self.target[i], self.target[j], self.target[last] = c, d, b
        return True

    def state(self, a: int, b: int) -> str:
        """Return the state of a dyad as its first node sees it."""
        if b in self.row_of(a):
            return "out"
        if a in self.row_of(b):
            return "in"
        return "mutual" if self.pair(a, b) in self.there else "none"

    def row_of(self, a: int) -> list[int]:
        return self.target[self.row[a] : self.row[a + 1]]

    def link(self, a: int, b: int) -> int:
        return int(self.row[a]) + self.row_of(a).index(b)

    def half(self, a: int, b: int) -> int:
        slots = range(self.links, len(self.source))
        return next(slot for slot in slots if (self.source[slot], self.target[slot]) == (a, b))

    def join(self, one: int, other: int) -> None:
        """Let two halves be one mutual dyad."""
        self.target[one], self.target[other] = self.source[other], self.source[one]
        self.twin[one], self.twin[other] = other, one

    def successor(self, a: int, lot: int) -> int | None:
        place = _index_below(self.row[a + 1] - self.row[a], lot, 31)
        return None if place is None else self.row[a] + place

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
    check_preserve(preserve)
    count = check_count("samples", samples, 2, 1_000_000)
    tries = count_tries(tries_per_link, graph.link_count)
    key = mix_seed(seed)
    found, accepted = [], []
    for index in range(count):
        chain = _Chain(graph, preserve, key, index)
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
    check_preserve(preserve)
    points = count_tries_of_points(tries_per_link, graph.link_count)
    count, key = check_count("chains", chains, 1, 1_000_000), mix_seed(seed)
    found = []
    for index in range(count):
        chain = _Chain(graph, preserve, key, index)
        row = []
        for tries in points.tolist():
            chain.advance_to(tries)
            row.append(null_statistics(chain.graph()))
        found.append(row)
    return MixingCurve(preserve, np.array(tries_per_link, dtype=np.float64), null_statistics(graph), np.array(found))
