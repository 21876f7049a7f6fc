"""Random links: the closed form against every digraph there is, and against samples."""

from __future__ import annotations

from itertools import combinations, permutations

import numpy as np
import pytest

from pybench.errors import InvalidInputError
from pybench.kernels.graph import TRIAD_NAMES, Digraph, triad_census
from simulators.currency_network.random_links import expected_census, random_links

pytestmark = pytest.mark.native


@pytest.mark.parametrize(
    ("nodes", "links"), [*((3, m) for m in range(7)), *((4, m) for m in (0, 1, 2, 3, 5, 8, 11, 12))]
)
def test_the_expectation_is_the_mean_over_all_digraphs(nodes: int, links: int) -> None:
    pairs = list(permutations(range(nodes), 2))
    censuses = [
        triad_census(Digraph([pair[0] for pair in chosen], [pair[1] for pair in chosen], nodes)).counts
        for chosen in combinations(pairs, links)
    ]
    assert expected_census(nodes, links) == pytest.approx(np.mean(censuses, axis=0), rel=1e-12, abs=1e-15)


@pytest.mark.parametrize(("nodes", "links"), [(0, 0), (1, 0), (2, 2)])
def test_without_a_triple_nothing_is_expected(nodes: int, links: int) -> None:
    assert expected_census(nodes, links) == (0.0,) * 16


def test_large_numbers_are_exact_enough() -> None:
    expected = dict(zip(TRIAD_NAMES, expected_census(1_000_000, 3_000_000), strict=True))
    assert sum(expected.values()) == pytest.approx(1_000_000 * 999_999 * 999_998 / 6, rel=1e-14)
    # Two links of one payer: three million links in pairs, of which one in a million shares its source.
    assert expected["021D"] == pytest.approx(4.5e6, rel=1e-4)


@pytest.mark.parametrize(("nodes", "links"), [(3, 7), (2, 3), (5, -1)])
def test_more_links_than_there_is_room_for(nodes: int, links: int) -> None:
    with pytest.raises(InvalidInputError, match=f"links is {links}: {nodes} nodes have room for 0 to"):
        expected_census(nodes, links)


def test_samples_have_the_expected_mean() -> None:
    graph = Digraph([0, 1, 2, 3, 4, 5, 6, 7], [1, 2, 3, 4, 5, 6, 7, 0], 12)
    found = random_links(graph, samples=4_000, seed=3)
    error = found.standard_deviation / np.sqrt(4_000)
    assert np.all(np.abs(found.samples.mean(axis=0) - found.mean) <= 4.5 * error + 0.01)
    assert found.samples.sum(axis=1).tolist() == [220.0] * 4_000


def test_a_seed_reproduces_whatever_the_threads() -> None:
    graph = Digraph([0, 1, 2], [1, 2, 3], 5)
    first, second = random_links(graph, samples=9, seed=(1, 2)), random_links(graph, samples=9, seed=(1, 2), threads=2)
    np.testing.assert_array_equal(first.samples, second.samples)
    assert not np.array_equal(first.samples, random_links(graph, samples=9, seed=(1, 3)).samples)


def test_an_in_star_stands_out_as_a_collector() -> None:
    star = Digraph(range(1, 21), [0] * 20, 21)
    found = random_links(star, samples=200, seed=0)
    score = found.z("021U")
    assert score is not None
    assert score > 10.0
    assert found.reached_share("021U") == 0.0


def test_where_all_samples_agree_there_is_no_score() -> None:
    assert random_links(Digraph([0], [1], 3), samples=5, seed=0).z("021U") is None


@pytest.mark.parametrize(("nodes", "samples"), [(1, 5), (4, 1)])
def test_too_little_is_refused(nodes: int, samples: int) -> None:
    with pytest.raises(InvalidInputError, match="both must be at least 2"):
        random_links(Digraph([], [], nodes), samples=samples, seed=0)
