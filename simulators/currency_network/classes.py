"""The topological classes: which accounts each has, what passes inside it, and what passes between positions.

Five groupings, each of which splits some accounts without rest: by cyclicity (GSCC, LSCC, ISCC, WAC: all accounts); by
the size of the strong component (SCC2, SCC3, SCC4+, WAC: all accounts); by position in the bow-tie (all accounts); what
is OUTSIDE (DAG_WCC, CYC_WCC, LONE); and what is on no cycle (WAC_IN, WAC_OUT, WAC_REST: WAC). In a network without any
cycle the GSCC is a single account, and in WAC as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pybench.kernels.graph import Digraph, weak_components
from simulators.currency_network.activity import Activity
from simulators.currency_network.categorisation import CYCLICITY, Categorisation, induced
from simulators.currency_network.network import Network

__all__ = ["CLASS_NAMES", "GROUPINGS", "TopologicalClass", "class_row", "flow_between", "link_classes", "topological"]

_POSITIONS = ("GSCC", "IN", "OUT", "TENDRIL_IN", "TENDRIL_OUT", "TUBE", "OTHER", "OUTSIDE")
#: Name of a grouping -> its classes and the classes that they split (None: all accounts).
GROUPINGS: Mapping[str, tuple[tuple[str, ...], str | None]] = {
    "cyclicity": (("GSCC", "LSCC", "ISCC", "WAC"), None),
    "size": (("SCC2", "SCC3", "SCC4+", "WAC"), None),
    "position": (_POSITIONS, None),
    "outside": (("DAG_WCC", "CYC_WCC", "LONE"), "OUTSIDE"),
    "acyclic": (("WAC_IN", "WAC_OUT", "WAC_REST"), "WAC"),
}
#: Every class, in the order in which they are told.
CLASS_NAMES: tuple[str, ...] = tuple(dict.fromkeys(name for names, _ in GROUPINGS.values() for name in names))

_STRONG = frozenset({"LSCC", "ISCC", "SCC2", "SCC3", "SCC4+"})


@dataclass(frozen=True, slots=True, eq=False)
class TopologicalClass:
    """A set of accounts and the network among them."""

    name: str
    accounts: NDArray[np.bool_]
    """[node_count]."""
    graph: Digraph
    """Induced by the accounts: both ends of its links are in the class."""
    components: int
    """Strong components for the classes of cycles, weak components of `graph` for all others."""


def topological(parts: Categorisation) -> dict[str, TopologicalClass]:
    """Return every class of `CLASS_NAMES`, empty ones among them. O(classes * (nodes + links))."""
    classes = {}
    for name, accounts in _members(parts).items():
        graph = induced(parts.graph, accounts)
        if name in _STRONG or (name == "GSCC" and parts.cyclic.any()):
            components = int(np.unique(parts.strong.labels[accounts]).size)
        else:
            components = int(weak_components(graph).sizes.size)
        classes[name] = TopologicalClass(name, accounts, graph, components)
    return classes


def _members(parts: Categorisation) -> dict[str, NDArray[np.bool_]]:
    names = parts.bow_tie.names
    position = {name: parts.bow_tie.position == names.index(name) for name in names}
    size, outside = parts.strong.sizes[parts.strong.labels], position["OUTSIDE"]
    weak_count = parts.weak.sizes.size
    with_cycle = np.bincount(parts.weak.labels[parts.cyclic], minlength=weak_count)[parts.weak.labels] > 0
    lone = outside & (parts.weak.sizes[parts.weak.labels] == 1)
    members = {name: parts.cyclicity == code for code, name in enumerate(CYCLICITY)}
    members["WAC"] = members.pop("acyclic")
    members |= {"SCC2": size == 2, "SCC3": size == 3, "SCC4+": size >= 4}
    members |= position  # the GSCC of a network without any cycle is one account, on no cycle
    members |= {"DAG_WCC": outside & ~with_cycle & ~lone, "CYC_WCC": outside & with_cycle, "LONE": lone}
    acyclic = members["WAC"]
    members |= {"WAC_IN": acyclic & position["IN"], "WAC_OUT": acyclic & position["OUT"]}
    members["WAC_REST"] = acyclic & ~position["IN"] & ~position["OUT"]
    return {name: members[name] for name in CLASS_NAMES}


def class_row(part: TopologicalClass, network: Network, activity: Activity) -> dict[str, float]:
    """Return what a class holds.

    Returns
    -------
    dict[str, float]
        components, accounts, links, transactions, volume: of what passes between two accounts of the class.
        active_once_share: of its accounts, those with one transaction in all, wherever. With times, and unless no
        account of it transacts: first_day, last_day, of its accounts' transactions, wherever, in days since the first
        of all; active_days, the mean over its accounts.
    """
    accounts = part.accounts
    inside = accounts[network.source] & accounts[network.target] & (network.source != network.target)
    transactions = int(np.count_nonzero(inside))
    volume = float(transactions) if network.weight is None else float(network.weight[inside].sum())
    size = int(np.count_nonzero(accounts))
    row: dict[str, float] = {
        "components": part.components,
        "accounts": size,
        "links": part.graph.link_count,
        "transactions": transactions,
        "volume": volume,
        "active_once_share": int(np.count_nonzero(activity.once & accounts)) / size if size else 0.0,
    }
    days = (activity.first_day, activity.last_day, activity.active_days)
    if days[0] is not None and days[1] is not None and days[2] is not None and activity.events[accounts].any():
        row["first_day"] = float(days[0][accounts].min())
        row["last_day"] = float(days[1][accounts].max())
        row["active_days"] = float(days[2][accounts].mean())
    return row


def link_classes(parts: Categorisation, network: Network) -> dict[str, dict[str, float]]:
    """Return links, transactions and volume inside strong components (intra_scc) and between them (inter_scc)."""
    proper = network.source != network.target
    same = parts.strong.labels[network.source] == parts.strong.labels[network.target]
    rows = {}
    for name, links, chosen in (
        ("intra_scc", parts.on_cycle, proper & same),
        ("inter_scc", ~parts.on_cycle, proper & ~same),
    ):
        count = int(np.count_nonzero(chosen))
        volume = float(count) if network.weight is None else float(network.weight[chosen].sum())
        rows[name] = {"links": int(np.count_nonzero(links)), "transactions": count, "volume": volume}
    return rows


def flow_between(
    parts: Categorisation, network: Network
) -> tuple[dict[str, dict[str, int]], dict[str, dict[str, float]]]:
    """Return links, and volume, from every position to every position."""
    position = parts.bow_tie.position.astype(np.int64)
    names, cells = parts.bow_tie.names, len(parts.bow_tie.names) ** 2
    count = len(names)
    links = np.bincount(count * position[parts.graph.source] + position[parts.graph.target], minlength=cells)
    proper = network.source != network.target
    rows = count * position[network.source[proper]] + position[network.target[proper]]
    weight = None if network.weight is None else network.weight[proper]
    volume = np.bincount(rows, weights=weight, minlength=cells).astype(np.float64)
    cell = [(start, end, count * row + column) for row, start in enumerate(names) for column, end in enumerate(names)]
    link_table: dict[str, dict[str, int]] = {name: {} for name in names}
    volume_table: dict[str, dict[str, float]] = {name: {} for name in names}
    for start, end, index in cell:
        link_table[start][end], volume_table[start][end] = int(links[index]), float(volume[index])
    return link_table, volume_table
