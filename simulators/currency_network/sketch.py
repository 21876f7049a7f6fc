"""The accounts and links that a picture of the whole network shows: a sample that the data alone decides."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulators.currency_network.categorisation import Categorisation

__all__ = ["MAX_ACCOUNTS", "MAX_LINKS", "sketch_of"]

#: A picture with more is no clearer.
MAX_ACCOUNTS, MAX_LINKS = 700, 700
#: Accounts that a class keeps at least, if it has them.
_FEWEST = 12


def sketch_of(
    parts: Categorisation,
) -> tuple[dict[str, dict[str, tuple[int, ...]]], dict[str, tuple[int, ...]]]:
    """Return the accounts and links to draw.

    Returns
    -------
    accounts
        By position, then cyclic and acyclic: the number of links, made and received, of each account, most first.
    links
        ``source`` and ``target``: indices into all accounts, in the order of positions, cyclic ones first.

    Notes
    -----
    A position is shown by its share of the accounts, half of them its best linked, half by lot, by a hash of the id;
    links between accounts drawn are chosen by a hash of both ids. O(nodes log nodes + links).
    """
    graph, nodes = parts.graph, parts.graph.node_count
    degree = np.bincount(np.concatenate((graph.source, graph.target)), minlength=nodes)
    lot = _hash(np.arange(nodes, dtype=np.uint64))
    chosen: list[NDArray[np.int64]] = []
    accounts: dict[str, dict[str, tuple[int, ...]]] = {}
    for code, name in enumerate(parts.bow_tie.names):
        members = np.flatnonzero(parts.bow_tie.position == code)
        quota = min(members.size, max(_FEWEST, round(MAX_ACCOUNTS * members.size / max(nodes, MAX_ACCOUNTS))))
        ranked = members[np.lexsort((lot[members], -degree[members]))]
        best, rest = ranked[: (quota + 1) // 2], ranked[(quota + 1) // 2 :]
        drawn = np.concatenate((best, rest[np.argsort(lot[rest], kind="stable")][: quota - best.size]))
        accounts[name] = {}
        for kind, of_kind in (("cyclic", parts.cyclic[drawn]), ("acyclic", ~parts.cyclic[drawn])):
            group = drawn[of_kind]
            group = group[np.lexsort((lot[group], -degree[group]))]
            chosen.append(group)
            accounts[name][kind] = tuple(degree[group].tolist())
    index = np.full(nodes, -1)
    order = np.concatenate(chosen)
    index[order] = np.arange(order.size)
    inside = np.flatnonzero((index[graph.source] >= 0) & (index[graph.target] >= 0))
    pairs = graph.source[inside].astype(np.uint64) * np.uint64(nodes) + graph.target[inside].astype(np.uint64)
    kept = inside[np.sort(np.argsort(_hash(pairs), kind="stable")[:MAX_LINKS])]
    links = {
        "source": tuple(index[graph.source[kept]].tolist()),
        "target": tuple(index[graph.target[kept]].tolist()),
    }
    return accounts, links


def _hash(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return scrambled values, the finaliser of SplitMix64."""
    mixed = values + np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))
