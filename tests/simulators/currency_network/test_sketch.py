"""The sample that the picture of the network shows."""

from __future__ import annotations

import numpy as np
import pytest

from pybench.kernels.graph import Digraph, rmat
from simulators.currency_network.categorisation import categorise
from simulators.currency_network.sketch import MAX_ACCOUNTS, MAX_LINKS, sketch_of

pytestmark = pytest.mark.native


def test_a_small_network_is_drawn_whole() -> None:
    source, target = [0, 1, 2, 3, 4, 5], [1, 2, 0, 0, 3, 6]
    accounts, links = sketch_of(categorise(Digraph(source, target, 8)))
    assert accounts["GSCC"] == {"cyclic": (3, 2, 2), "acyclic": ()}
    assert accounts["IN"] == {"cyclic": (), "acyclic": (2, 1)}
    assert sum(len(group) for row in accounts.values() for group in row.values()) == 8
    assert len(links["source"]) == 6


@pytest.mark.parametrize("nodes", [0, 1])
def test_no_links(nodes: int) -> None:
    accounts, links = sketch_of(categorise(Digraph([], [], nodes)))
    assert sum(len(group) for row in accounts.values() for group in row.values()) == nodes
    assert links == {"source": (), "target": ()}


def test_a_large_network_is_sampled_the_same_way_every_time() -> None:
    source, target = rmat(13, 6, 4)
    parts = categorise(Digraph(source, target, 1 << 13))
    accounts, links = sketch_of(parts)
    assert (accounts, links) == sketch_of(parts)
    drawn = sum(len(group) for row in accounts.values() for group in row.values())
    assert MAX_ACCOUNTS - 20 <= drawn <= MAX_ACCOUNTS + 8 * 12
    assert len(links["source"]) == MAX_LINKS
    assert max(links["source"] + links["target"]) < drawn
    # A position is shown by its share; its best linked account is there.
    degree = np.bincount(np.concatenate((parts.graph.source, parts.graph.target)))
    for code, name in enumerate(parts.bow_tie.names):
        members = parts.bow_tie.position == code
        shown = [links for group in accounts[name].values() for links in group]
        if members.sum() > 200:
            assert len(shown) == pytest.approx(MAX_ACCOUNTS * members.mean(), abs=1)
            assert max(shown) == degree[members].max()
