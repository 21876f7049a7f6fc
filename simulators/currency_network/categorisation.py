"""Cyclic and acyclic parts of a directed network, and where each account stands.

The abstract of the paper separates cyclic from acyclic components and names some types; the definitions below contain
all of those types without ambiguity, and are our reconstruction.

A strong component is cyclic where it has at least two accounts; a payment to oneself makes no cycle. A link lies on a
cycle exactly where both its ends are in one strong component. An account has two fields: its cyclicity and its position
by reachability from and to the giant strong component (GSCC); a small cycle can sit in IN.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pybench.kernels.graph import BowTie, Components, Digraph, bow_tie, strong_components, weak_components

__all__ = ["CYCLICITY", "Categorisation", "acyclic_part", "categorise", "induced", "reciprocity"]

#: What `Categorisation.cyclicity` counts through: on no cycle; in the giant strong component; in another one of its
#: weak component (local); in one of another weak component (isolated).
CYCLICITY = ("acyclic", "GSCC", "LSCC", "ISCC")


@dataclass(frozen=True, slots=True)
class Categorisation:
    """Every account and link in its place."""

    graph: Digraph
    strong: Components
    weak: Components
    bow_tie: BowTie
    cyclicity: NDArray[np.uint8]
    """[node_count], an index into `CYCLICITY`."""
    on_cycle: NDArray[np.bool_]
    """[link_count], whether the distinct link ``graph.source[i] -> graph.target[i]`` lies on a directed cycle."""

    @property
    def cyclic(self) -> NDArray[np.bool_]:
        """[node_count], whether the account lies on a cycle."""
        return self.cyclicity > 0

    @property
    def giant_weak(self) -> int:
        """Accounts in the weak component that holds the giant strong one (GWCC); 0 for an empty network."""
        return int(np.count_nonzero(self.bow_tie.position != _outside(self.bow_tie)))

    def by_position(self) -> dict[str, dict[str, int]]:
        """Return accounts by position, split into cyclic and acyclic ones."""
        names, cyclic = self.bow_tie.names, self.cyclic
        table = np.bincount(2 * self.bow_tie.position.astype(np.int64) + cyclic, minlength=2 * len(names)).reshape(
            -1, 2
        )
        return {name: {"acyclic": int(row[0]), "cyclic": int(row[1])} for name, row in zip(names, table, strict=True)}

    def by_cyclicity(self) -> dict[str, int]:
        """Return accounts by `CYCLICITY`."""
        counts = np.bincount(self.cyclicity, minlength=len(CYCLICITY))
        return {name: int(count) for name, count in zip(CYCLICITY, counts, strict=True)}

    def strong_sizes(self) -> dict[str, int]:
        """Return how many strong components have 2, 3 and more accounts, the giant one among them."""
        sizes = self.strong.sizes
        return {
            "2": int(np.count_nonzero(sizes == 2)),
            "3": int(np.count_nonzero(sizes == 3)),
            "4+": int(np.count_nonzero(sizes >= 4)),
        }

    def isolated_groups(self) -> NDArray[np.bool_]:
        """Return [weak components], whether each is an isolated acyclic group (DAG_WCC).

        That is a weak component outside the giant one with at least two accounts and no cycle.
        """
        count = self.weak.sizes.size
        with_cycle = np.bincount(self.weak.labels[self.cyclic], minlength=count) > 0
        inside = np.bincount(self.weak.labels[self.bow_tie.position != _outside(self.bow_tie)], minlength=count) > 0
        groups: NDArray[np.bool_] = (self.weak.sizes >= 2) & ~with_cycle & ~inside
        return groups


def categorise(graph: Digraph) -> Categorisation:
    """Put every account and link of a network in its place.

    Parameters
    ----------
    graph
        The network; its loops and repeated links play no part.

    Returns
    -------
    Categorisation
        Where no strong component has two accounts, the giant is a single account, the one with the smallest id, and the
        positions around it say nothing of the network.

    Notes
    -----
    O(nodes + links).
    """
    strong, weak, position = strong_components(graph), weak_components(graph), bow_tie(graph)
    nontrivial = strong.sizes[strong.labels] >= 2
    outside = position.position == _outside(position)
    giant = position.position == position.names.index("GSCC")
    cyclicity = np.zeros(graph.node_count, np.uint8)
    cyclicity[nontrivial & ~outside] = CYCLICITY.index("LSCC")
    cyclicity[nontrivial & outside] = CYCLICITY.index("ISCC")
    cyclicity[nontrivial & giant] = CYCLICITY.index("GSCC")
    on_cycle = strong.labels[graph.source] == strong.labels[graph.target]
    return Categorisation(graph, strong, weak, position, cyclicity, on_cycle)


def induced(graph: Digraph, kept: NDArray[np.bool_]) -> Digraph:
    """Return the network of the accounts kept, in their order, with the links between them; others vanish."""
    position = np.cumsum(kept) - 1
    links = kept[graph.source] & kept[graph.target]
    return Digraph(
        position[graph.source[links]].astype(np.int32),
        position[graph.target[links]].astype(np.int32),
        int(np.count_nonzero(kept)),
    )


def acyclic_part(parts: Categorisation) -> Digraph:
    """Return the network that is left without the accounts on cycles and their links.

    Accounts keep their order; those left without a link stay. No triad that contains a cycle can occur in it.
    """
    return induced(parts.graph, ~parts.cyclic)


def reciprocity(graph: Digraph) -> float:
    """Return the share of distinct links whose reverse is a link too; 0 where there are none. O(links log links)."""
    if graph.link_count == 0:
        return 0.0
    source, target = graph.source.astype(np.int64), graph.target.astype(np.int64)
    forward, backward = source * graph.node_count + target, target * graph.node_count + source
    return float(np.isin(backward, forward, assume_unique=True).mean())


def _outside(position: BowTie) -> int:
    return position.names.index("OUTSIDE")
