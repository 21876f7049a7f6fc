"""The races of null models: their checks refuse what is not a mixed null model."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pybench.errors import CheckFailedError
from pybench.kernels.graph import NULL_STATISTICS, Digraph, null_ensemble, rewire
from simulators.currency_network.peers_case import Case, make_case
from simulators.currency_network.peers_null_checks import check_ensemble, check_rewired, check_rewired_dyads

LINKS = make_case({"graph": "rmat", "scale": 9, "edge_factor": 8, "tries_per_link": 5.0, "samples": 6}, 1)
#: A third of the links both ways: R-MAT's own links are hardly different from a null model.
CASE = Case(
    np.concatenate([LINKS.source, LINKS.target[::3]]),
    np.concatenate([LINKS.target, LINKS.source[::3]]),
    LINKS.node_count,
    LINKS.params,
)


def graph_of(case: Case) -> Digraph:
    return Digraph(case.source, case.target, case.node_count)


def test_mixed_graphs_pass() -> None:
    check_rewired(CASE, rewire(graph_of(CASE), seed=1))
    check_rewired_dyads(CASE, rewire(graph_of(CASE), preserve="dyad", seed=1))
    check_ensemble(CASE, null_ensemble(graph_of(CASE), samples=6, seed=1))


def test_the_graph_itself_and_short_chains_are_not_mixed() -> None:
    for answer in (graph_of(CASE), rewire(graph_of(CASE), tries_per_link=0.05, seed=1)):
        for case in (CASE, LINKS):
            with pytest.raises(CheckFailedError, match="not mixed"):
                check_rewired(case, answer if case is CASE else rewire(graph_of(case), tries_per_link=0.05, seed=1))
    with pytest.raises(CheckFailedError, match="not mixed, or not uniform"):
        check_ensemble(CASE, null_ensemble(graph_of(CASE), samples=6, tries_per_link=0.05, seed=1))


def test_what_is_not_preserved_is_named() -> None:
    mixed = rewire(graph_of(CASE), seed=1)
    source, target = mixed.source.copy(), mixed.target.copy()
    with pytest.raises(CheckFailedError, match="another number of mutual dyads"):
        check_rewired_dyads(CASE, mixed)
    with pytest.raises(CheckFailedError, match="links: there were"):
        check_rewired(CASE, Digraph(source[1:], target[1:], CASE.node_count))
    changed = target.copy()
    changed[0] = next(v for v in range(CASE.node_count) if v not in (source[0], *target[source == source[0]]))
    with pytest.raises(CheckFailedError, match="in-degrees have changed"):
        check_rewired(CASE, Digraph(source, changed, CASE.node_count))


class Looped:
    """As a library might hand links over."""

    def __init__(self, pairs: list[tuple[int, int]]) -> None:
        self.pairs = pairs

    def get_edgelist(self) -> list[tuple[int, int]]:
        return self.pairs


def test_loops_and_double_links_are_named() -> None:
    mixed = rewire(graph_of(CASE), seed=1)
    pairs: list[Any] = list(zip(mixed.source.tolist(), mixed.target.tolist(), strict=True))
    with pytest.raises(CheckFailedError, match="a link is there twice"):
        check_rewired(CASE, (Looped([*pairs[:-1], pairs[0]]), CASE, None))
    with pytest.raises(CheckFailedError, match="from a node to itself"):
        check_rewired(CASE, (Looped([*pairs[:-1], (5, 5)]), CASE, None))


def test_an_ensemble_of_the_wrong_size_is_named() -> None:
    found = null_ensemble(graph_of(CASE), samples=5, seed=1)
    with pytest.raises(CheckFailedError, match="003 has 5 samples"):
        check_ensemble(CASE, found)
    only = {
        "030T": np.asarray(null_ensemble(graph_of(CASE), samples=6, seed=1).samples[:, NULL_STATISTICS.index("030T")])
    }
    check_ensemble(CASE, only)
