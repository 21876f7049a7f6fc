"""The classes against their definitions on small random networks, and what must add up."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pybench.kernels.graph import Digraph
from simulators.currency_network.activity import activity_of
from simulators.currency_network.categorisation import Categorisation, categorise, induced
from simulators.currency_network.classes import (
    CLASS_NAMES,
    GROUPINGS,
    class_row,
    flow_between,
    link_classes,
    topological,
)
from simulators.currency_network.network import Network

pytestmark = pytest.mark.native


@st.composite
def networks(draw: st.DrawFn) -> Network:
    """Draw a network of up to 9 accounts with loops, repeated rows, zero amounts, equal times, and lone accounts."""
    nodes = draw(st.integers(0, 9))
    ends = st.integers(0, max(0, nodes - 1))
    rows = draw(
        st.lists(st.tuples(ends, ends, st.integers(0, 9), st.integers(0, 400_000)), max_size=18 if nodes else 0)
    )
    table = np.array(rows, dtype=np.int64).reshape(-1, 4)
    weight, time = draw(st.booleans()), draw(st.booleans())
    return Network(
        name="drawn",
        source=table[:, 0].astype(np.int32),
        target=table[:, 1].astype(np.int32),
        node_count=nodes,
        weight=table[:, 2].astype(np.float64) if weight else None,
        time=table[:, 3].astype(np.float64) if time else None,
    )


def parts_of(network: Network) -> Categorisation:
    return categorise(Digraph(network.source, network.target, network.node_count))


def closure(network: Network, *, both_ways: bool) -> NDArray[np.bool_]:
    paths = np.eye(network.node_count, dtype=np.bool_)
    paths[network.source, network.target] = True
    if both_ways:
        paths |= paths.T
    for middle in range(network.node_count):
        paths |= np.outer(paths[:, middle], paths[middle])
    return paths


def names_of(network: Network, parts: Categorisation) -> list[set[str]]:
    """Return the classes of every account, straight from the definitions; positions are tested elsewhere."""
    paths, weak = closure(network, both_ways=False), closure(network, both_ways=True)
    strong = paths & paths.T
    positions = [parts.bow_tie.names[code] for code in parts.bow_tie.position]
    found = []
    for node, position in enumerate(positions):
        size = int(strong[node].sum())
        names = {position}
        if size == 1:
            names |= {"WAC", {"IN": "WAC_IN", "OUT": "WAC_OUT"}.get(position, "WAC_REST")}
        else:
            names.add({"GSCC": "GSCC", "OUTSIDE": "ISCC"}.get(position, "LSCC"))
            names.add(f"SCC{size}" if size < 4 else "SCC4+")
        if position == "OUTSIDE":
            group = np.flatnonzero(weak[node])
            with_cycle = any(strong[other].sum() > 1 for other in group)
            names.add("CYC_WCC" if with_cycle else "DAG_WCC" if group.size > 1 else "LONE")
        found.append(names)
    return found


@settings(max_examples=300, deadline=None)
@given(networks())
def test_members_and_rows_against_brute_force(network: Network) -> None:
    parts = parts_of(network)
    classes, activity, expected = topological(parts), activity_of(network), names_of(network, parts)
    assert tuple(classes) == CLASS_NAMES
    proper = [
        (int(a), int(b), 1.0 if network.weight is None else float(network.weight[i]), i)
        for i, (a, b) in enumerate(zip(network.source, network.target, strict=True))
        if a != b
    ]
    first = None if network.time is None else min((network.time[i] for *_, i in proper), default=0.0)
    for name, part in classes.items():
        members = {node for node, names in enumerate(expected) if name in names}
        assert set(np.flatnonzero(part.accounts).tolist()) == members
        inside = [item for item in proper if item[0] in members and item[1] in members]
        row = class_row(part, network, activity)
        assert row["accounts"] == len(members)
        assert row["links"] == len({item[:2] for item in inside})
        assert row["transactions"] == len(inside)
        assert row["volume"] == sum(item[2] for item in inside)
        once = [node for node in members if sum(node in item[:2] for item in proper) == 1]
        assert row["active_once_share"] == (len(once) / len(members) if members else 0.0)
        touching = [item for item in proper if item[0] in members or item[1] in members]
        assert ("first_day" in row) == (network.time is not None and bool(touching))
        if "first_day" in row and network.time is not None and first is not None:
            times = [(network.time[item[3]] - first) / 86_400.0 for item in touching]
            assert (row["first_day"], row["last_day"]) == pytest.approx((min(times), max(times)))
            days = [
                len({int(network.time[item[3]] // 86_400) for item in touching if node in item[:2]}) for node in members
            ]
            assert row["active_days"] == pytest.approx(sum(days) / len(days))


@settings(max_examples=200, deadline=None)
@given(networks())
def test_everything_adds_up(network: Network) -> None:
    parts = parts_of(network)
    classes, activity = topological(parts), activity_of(network)
    rows = {name: class_row(part, network, activity) for name, part in classes.items()}
    for grouping, (names, whole) in GROUPINGS.items():
        if grouping == "cyclicity" and not parts.cyclic.any():
            continue  # without any cycle the GSCC is one account, on no cycle
        covered = sum(classes[name].accounts.astype(int) for name in names)
        expected = np.ones(network.node_count, int) if whole is None else classes[whole].accounts.astype(int)
        assert np.array_equal(covered, expected)
    links, volume = flow_between(parts, network)
    kinds = link_classes(parts, network)
    proper = network.source != network.target
    whole_volume = float(proper.sum()) if network.weight is None else float(network.weight[proper].sum())
    assert sum(sum(row.values()) for row in links.values()) == parts.graph.link_count
    assert sum(sum(row.values()) for row in volume.values()) == pytest.approx(whole_volume)
    assert sum(row["links"] for row in kinds.values()) == parts.graph.link_count
    assert sum(row["volume"] for row in kinds.values()) == pytest.approx(whole_volume)
    assert sum(row["transactions"] for row in kinds.values()) == proper.sum()
    for name in parts.bow_tie.names:
        assert links[name][name] == rows[name]["links"]
        assert volume[name][name] == pytest.approx(rows[name]["volume"])
    # What the definition of the positions forbids.
    for start, end in (("OUT", "IN"), ("GSCC", "IN"), ("OUT", "GSCC"), ("GSCC", "OUTSIDE"), ("OUTSIDE", "IN")):
        assert links[start][end] == 0


@settings(max_examples=100, deadline=None)
@given(networks())
def test_components_are_counted(network: Network) -> None:
    parts = parts_of(network)
    classes = topological(parts)
    sizes = parts.strong_sizes()
    assert [classes[name].components for name in ("SCC2", "SCC3", "SCC4+")] == [sizes[key] for key in ("2", "3", "4+")]
    assert classes["DAG_WCC"].components == np.count_nonzero(parts.isolated_groups())
    nontrivial = int(np.count_nonzero(parts.strong.sizes >= 2))
    assert sum(classes[name].components for name in ("LSCC", "ISCC")) == max(0, nontrivial - 1)


def test_induced_keeps_order_and_lone_accounts() -> None:
    graph = induced(Digraph([0, 3, 3], [3, 4, 1], 5), np.array([True, False, True, True, True]))
    assert graph.node_count == 4
    assert (graph.source.tolist(), graph.target.tolist()) == ([0, 2], [2, 3])


def test_activity_by_hand() -> None:
    time = np.array([0.0, 3_600.0, 86_400.0, 5.0])
    network = Network(
        name="few",
        source=np.array([0, 1, 0, 2], np.int32),
        target=np.array([1, 0, 1, 2], np.int32),
        node_count=3,
        time=time,
    )
    activity = activity_of(network)
    assert activity.events.tolist() == [3, 3, 0]
    assert activity.active_days is not None
    assert activity.first_day is not None
    assert activity.last_day is not None
    assert activity.active_days.tolist() == [2, 2, 0]
    assert activity.first_day.tolist() == [0.0, 0.0, math.inf]
    assert activity.last_day.tolist() == [1.0, 1.0, -math.inf]


def test_the_sizes_are_counted_apart() -> None:
    # A ring of four pays a pair; a pair and a ring of three are apart; so are a link and a lone account.
    source = [0, 1, 2, 3, 0, 4, 5, 6, 7, 8, 9, 10, 11]
    target = [1, 2, 3, 0, 4, 5, 4, 7, 6, 9, 10, 8, 12]
    classes = topological(categorise(Digraph(source, target, 14)))
    found = {name: (part.components, int(part.accounts.sum())) for name, part in classes.items() if part.components}
    assert found == {
        "GSCC": (1, 4),
        "LSCC": (1, 2),
        "ISCC": (2, 5),
        "WAC": (2, 3),
        "SCC2": (2, 4),
        "SCC3": (1, 3),
        "SCC4+": (1, 4),
        "OUT": (1, 2),
        "OUTSIDE": (4, 8),
        "DAG_WCC": (1, 2),
        "CYC_WCC": (2, 5),
        "LONE": (1, 1),
        "WAC_REST": (2, 3),
    }
