"""The weakest null model: as many links, anywhere. Expected triads in closed form, their spread from samples.

Of all simple digraphs on n nodes with m links each is equally likely (Erdos and Renyi's G(n, m), directed). It fixes no
degree, and so can say of a star that pays into one account that it is no accident: where in-degrees are kept, the
number of pairs that pay one account is the same in every random network, and no collector stands out.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import comb, prod

import numpy as np
from numpy.typing import NDArray

from pybench.errors import InvalidInputError
from pybench.kernels.graph import TRIAD_NAMES, Digraph, triad_census

__all__ = ["RandomLinks", "expected_census", "random_links"]

#: Of the 64 digraphs on three labelled nodes, those of each class, and the links of each.
_LABELLED = (1, 6, 3, 3, 3, 6, 6, 6, 6, 2, 3, 3, 3, 6, 6, 1)
_ARCS = (0, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 6)


@dataclass(frozen=True, eq=False)
class RandomLinks:
    """A network beside others with as many nodes and links, laid anywhere; arrays are in the order of `TRIAD_NAMES`."""

    observed: NDArray[np.float64]
    """[16]."""
    mean: NDArray[np.float64]
    """[16]: the exact expectation."""
    samples: NDArray[np.float64]
    """[samples, 16]."""

    @cached_property
    def standard_deviation(self) -> NDArray[np.float64]:
        """[16]: of the samples; 0 where all agree, and then there is no z-score."""
        return np.asarray(self.samples.std(axis=0, ddof=1))

    def z(self, name: str) -> float | None:
        """Return (observed - mean) / standard deviation, or None where all samples agree."""
        index = TRIAD_NAMES.index(name)
        spread = float(self.standard_deviation[index])
        return None if spread == 0.0 else float(self.observed[index] - self.mean[index]) / spread

    def reached_share(self, name: str) -> float:
        """Return the share of samples that are not below the network."""
        index = TRIAD_NAMES.index(name)
        return float(np.mean(self.samples[:, index] >= self.observed[index]))


def expected_census(nodes: int, links: int) -> tuple[float, ...]:
    """Return the expected number of triples in each class of `TRIAD_NAMES`, for uniformly random simple digraphs.

    A given pattern of k links among the 6 ordered pairs of a triple has the hypergeometric probability
    C(N - 6, m - k) / C(N, m), where N = n (n - 1).

    Raises
    ------
    InvalidInputError
        For more links than there are ordered pairs.
    """
    pairs = nodes * (nodes - 1)
    if not 0 <= links <= pairs:
        raise InvalidInputError(f"links is {links}: {nodes} nodes have room for 0 to {pairs}")
    if nodes < 3:
        return (0.0,) * len(TRIAD_NAMES)
    whole = comb(nodes, 3), prod(range(pairs - 5, pairs + 1))
    return tuple(
        float(Fraction(whole[0] * many * _falling(links, arcs) * _falling(pairs - links, 6 - arcs), whole[1]))
        for many, arcs in zip(_LABELLED, _ARCS, strict=True)
    )


def random_links(graph: Digraph, *, samples: int, seed: int | tuple[int, ...], threads: int | None = 1) -> RandomLinks:
    """Compare the triads of a graph with those of random graphs of as many nodes and links.

    Parameters
    ----------
    graph
        At least 2 nodes.
    samples
        Random graphs, at least 2.
    seed
        An int or a tuple of ints, none negative.
    threads
        Of each census.

    Raises
    ------
    InvalidInputError
        For fewer nodes or samples.

    Notes
    -----
    O(samples * (nodes + links + census)).
    """
    if graph.node_count < 2 or samples < 2:
        raise InvalidInputError(f"graph has {graph.node_count} nodes, samples is {samples}: both must be at least 2")
    rng = np.random.default_rng(seed)
    nodes, links = graph.node_count, graph.link_count
    found = np.empty((samples, len(TRIAD_NAMES)))
    for row in found:
        pairs = rng.choice(nodes * (nodes - 1), size=links, replace=False, shuffle=False)
        source, target = np.divmod(pairs, nodes - 1)
        target += target >= source  # an account's n - 1 partners are all but itself
        row[:] = triad_census(Digraph(source, target, nodes), threads=threads).counts
    observed = np.array(triad_census(graph, threads=threads).counts, dtype=np.float64)
    return RandomLinks(observed, np.array(expected_census(nodes, links)), found)


def _falling(value: int, factors: int) -> int:
    return prod(range(value - factors + 1, value + 1)) if value >= factors else 0
