"""Null models: the same chain in every implementation, what it keeps, and that all graphs come out equally often."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pybench.errors import InvalidInputError
from pybench.kernels import graph as native_graph
from pybench.kernels.graph import (
    NULL_STATISTICS,
    Digraph,
    mixing_curve,
    null_ensemble,
    rewire,
    strong_components,
    triad_census,
    weak_components,
)
from pybench.kernels.reference import null_models as reference

pytestmark = pytest.mark.native

PRESERVED = ("degree", "dyad")
Links = frozenset[tuple[int, int]]


def links_of(graph: Digraph) -> Links:
    return frozenset(zip(graph.source.tolist(), graph.target.tolist(), strict=True))


def kept_by(links: Links, node_count: int, preserve: str) -> tuple[tuple[int, int, int], ...]:
    out, into = Counter(a for a, _ in links), Counter(b for _, b in links)
    both = Counter(a for a, b in links if (b, a) in links) if preserve == "dyad" else Counter[int]()
    return tuple((out[v], into[v], both[v]) for v in range(node_count))


def rewirable(graph: Digraph) -> bool:
    return 2 <= graph.link_count < graph.node_count * (graph.node_count - 1)


@pytest.mark.parametrize("preserve", PRESERVED)
@given(data=st.data())
@settings(max_examples=30)
def test_the_chain_is_the_reference_chain(preserve: str, data: st.DataObject, native: Any, digraphs: Any) -> None:
    graph = data.draw(digraphs())
    assume(rewirable(graph) and graph.node_count >= 3)
    options = {
        "preserve": preserve,
        "tries_per_link": data.draw(st.sampled_from([0.3, 5.0, 17.0])),
        "seed": data.draw(st.integers(0, 2**70)),
    }
    assert links_of(native("rewire", graph, **options)) == links_of(reference.rewire(graph, **options))
    found = native("null_ensemble", graph, samples=3, threads=native.threads, **options)
    expected = reference.null_ensemble(graph, samples=3, **options)
    assert np.array_equal(found.samples, expected.samples)
    assert np.array_equal(found.observed, expected.observed)
    assert np.array_equal(found.acceptance, expected.acceptance)
    assert found.tries == expected.tries
    curve = {**options, "tries_per_link": (0.5, 1.0, options["tries_per_link"] + 1.0), "chains": 2}
    found, expected = (
        native("mixing_curve", graph, threads=native.threads, **curve),
        reference.mixing_curve(graph, **curve),
    )
    assert np.array_equal(found.samples, expected.samples)
    assert np.array_equal(found.mean, expected.mean)


@pytest.mark.parametrize("preserve", PRESERVED)
@pytest.mark.parametrize("node_count", [300, 70_000])  # exact tags, and tags that only say probably
def test_long_chains_are_those_of_the_reference(
    preserve: str, node_count: int, native_serial: Any, random_digraph: Callable[..., Digraph]
) -> None:
    graph = random_digraph(node_count, 3000)
    found = native_serial("rewire", graph, preserve=preserve, seed=1)
    assert links_of(found) == links_of(reference.rewire(graph, preserve=preserve, seed=1))
    assert links_of(found) != links_of(graph)


@pytest.mark.parametrize("preserve", PRESERVED)
@pytest.mark.parametrize("name", ["bitcoin_otc", "uc_messages", "polblogs", "pgp_strong_2009"])
def test_what_is_preserved_of_real_networks(preserve: str, name: str, real_digraph: Any) -> None:
    graph = real_digraph(name)
    found = rewire(graph, preserve=preserve, seed=7)
    before, after = links_of(graph), links_of(found)
    assert found.link_count == graph.link_count == len(after)  # none twice
    assert (found.loop_count, found.duplicate_count) == (0, 0)
    assert kept_by(after, graph.node_count, preserve) == kept_by(before, graph.node_count, preserve)
    assert len(before & after) < 0.2 * len(before)
    assert found.labels is graph.labels


def of_the_same_degrees(graph: Digraph, preserve: str) -> set[Links]:
    """All simple digraphs that keep what is preserved, by brute force."""
    nodes = range(graph.node_count)
    pairs = [(a, b) for a in nodes for b in nodes if a != b]
    kept = kept_by(links_of(graph), graph.node_count, preserve)
    chosen = itertools.combinations(pairs, graph.link_count)
    return {links for links in map(frozenset, chosen) if kept_by(links, graph.node_count, preserve) == kept}


def chi_square(counts: list[int]) -> float:
    expected = sum(counts) / len(counts)
    return sum((count - expected) ** 2 for count in counts) / expected


def beyond(degrees: int) -> float:
    """What a chi-square exceeds about once in 10^6 (Wilson and Hilferty's cube)."""
    z = 4.75
    return degrees * (1 - 2 / (9 * degrees) + z * math.sqrt(2 / (9 * degrees))) ** 3


SMALL = {
    "permutations": ([0, 1, 2, 3], [1, 2, 3, 0], 4),  # the nine derangements of four
    "lone cycle": ([0, 1, 2], [1, 2, 0], 3),
    "path": ([0, 1, 2, 0], [1, 2, 3, 2], 4),
    "mutual": ([0, 1, 1, 2, 3, 0, 4], [1, 0, 2, 3, 4, 3, 0], 5),
    "two mutual": ([0, 1, 2, 3, 0, 3], [1, 0, 3, 2, 2, 4], 5),
    "dense": ([0, 0, 0, 1, 1, 2, 2, 3, 3], [1, 2, 3, 0, 2, 1, 3, 0, 1], 4),
}


@pytest.mark.slow
@pytest.mark.parametrize("preserve", PRESERVED)
@pytest.mark.parametrize("name", SMALL)
def test_every_graph_of_the_same_degrees_is_equally_likely(name: str, preserve: str) -> None:
    source, target, node_count = SMALL[name]
    graph = Digraph(source, target, node_count)
    space = of_the_same_degrees(graph, preserve)
    draws = max(2_000, 150 * len(space))
    seen = Counter(links_of(rewire(graph, preserve=preserve, tries_per_link=40.0, seed=seed)) for seed in range(draws))
    assert set(seen) == space
    if len(space) > 1:
        assert chi_square([seen[links] for links in space]) < beyond(len(space) - 1)


def test_two_link_rewiring_alone_cannot_turn_a_cycle() -> None:
    """igraph's issue 1456: of a lone cycle no two links can be switched, so without turns its reverse is never met."""
    cycle = Digraph([0, 1, 2], [1, 2, 0])
    around, back = links_of(cycle), frozenset({(1, 0), (2, 1), (0, 2)})
    for first, second in itertools.permutations(around, 2):
        switched = around - {first, second} | {(first[0], second[1]), (second[0], first[1])}
        assert any(a == b for a, b in switched)  # a loop
    seen = Counter(links_of(rewire(cycle, seed=seed)) for seed in range(400))
    assert set(seen) == {around, back}
    assert abs(seen[back] - 200) < 100  # ten standard deviations


@pytest.mark.parametrize("preserve", PRESERVED)
def test_statistics_are_those_of_the_other_kernels(preserve: str, random_digraph: Callable[..., Digraph]) -> None:
    graph = random_digraph(400, 900)
    options: dict[str, Any] = {"preserve": preserve, "seed": (3, 4)}
    ensemble = null_ensemble(graph, samples=2, **options)
    for found, of in ((ensemble.samples[0], rewire(graph, **options)), (ensemble.observed, graph)):
        named = dict(zip(NULL_STATISTICS, found.tolist(), strict=True))
        assert {name: named[name] for name in native_graph.TRIAD_NAMES} == dict(triad_census(of))
        strong, weak = strong_components(of), weak_components(of)
        links = links_of(of)
        assert named["mutual_dyads"] == sum((b, a) in links for a, b in links) // 2
        assert named["strong_of_2"] == (strong.sizes == 2).sum()
        assert named["strong_of_3"] == (strong.sizes == 3).sum()
        assert named["strong_of_3_or_more"] == (strong.sizes >= 3).sum()
        assert named["strong_giant"] == strong.sizes[0]
        assert named["cyclic_nodes"] == strong.sizes[strong.sizes > 1].sum()
        assert named["cyclic_links"] == sum(strong.labels[a] == strong.labels[b] for a, b in links)
        assert (named["weak_components"], named["weak_giant"]) == (len(weak.sizes), weak.sizes[0])
    assert (ensemble.samples[0] != ensemble.samples[1]).any()


@pytest.mark.parametrize("preserve", PRESERVED)
def test_a_seed_is_a_sequence_of_samples(preserve: str, random_digraph: Callable[..., Digraph]) -> None:
    graph = random_digraph(100, 500)
    few, many = (null_ensemble(graph, samples=count, preserve=preserve, seed=5) for count in (3, 9))
    assert np.array_equal(few.samples, many.samples[:3])
    other = null_ensemble(graph, samples=3, preserve=preserve, seed=6)
    assert (other.samples != few.samples).any()
    curve = mixing_curve(graph, preserve=preserve, tries_per_link=(1.0, 5.0), chains=3, seed=5)
    assert np.array_equal(curve.samples[:, 1], few.samples)


def test_chains_settle_on_a_real_network(real_digraph: Any) -> None:
    curve = mixing_curve(real_digraph("bitcoin_otc"), tries_per_link=(0.1, 3.0, 10.0), chains=8, seed=1)
    for name in ("030T", "201", "mutual_dyads"):
        early, mixed, late = curve.of(name)
        error = curve.standard_error[:, NULL_STATISTICS.index(name)]
        assert abs(early - late) > 20 * error[2]
        assert abs(mixed - late) < 5 * math.hypot(error[1], error[2])


BAD_OPTIONS = [
    ({"preserve": "strength"}, r"preserve is 'strength': it must be one of 'degree', 'dyad'"),
    ({"tries_per_link": 0}, r"tries_per_link is 0: it must be above 0"),
    ({"tries_per_link": -1.0}, r"tries_per_link is -1.0"),
    ({"tries_per_link": math.nan}, r"tries_per_link is nan"),
    ({"tries_per_link": math.inf}, r"tries_per_link is inf"),
    ({"tries_per_link": "5"}, r"tries_per_link is '5': it must be a number"),
    ({"tries_per_link": True}, r"tries_per_link is True"),
    ({"seed": -1}, r"seed"),
    ({"seed": 1.5}, r"seed"),
]


@pytest.mark.parametrize(("options", "message"), BAD_OPTIONS, ids=str)
@pytest.mark.parametrize("module", [native_graph, reference], ids=["native", "reference"])
def test_bad_options_are_named(module: Any, options: dict[str, Any], message: str) -> None:
    graph = Digraph([0, 1, 2], [1, 2, 0])
    for function in ("rewire", "null_ensemble"):
        with pytest.raises(InvalidInputError, match=message):
            getattr(module, function)(graph, **{"seed": 1, **options})


@pytest.mark.parametrize("module", [native_graph, reference], ids=["native", "reference"])
def test_what_cannot_be_counted_is_named(module: Any) -> None:
    graph = Digraph([0, 1, 2], [1, 2, 0])
    for samples in (1, 0, -3):
        with pytest.raises(InvalidInputError, match=rf"samples is {samples}: it must be"):
            module.null_ensemble(graph, samples=samples, seed=1)
    with pytest.raises(InvalidInputError, match="chains is 0"):
        module.mixing_curve(graph, chains=0, seed=1)
    for points, message in (
        ((), "tries_per_link is empty"),
        ((1.0, 1.0), r"tries_per_link\[1\] is 1.0 after 1.0: points must ascend"),
        ((1.0, 0.0), r"tries_per_link\[1\] is 0.0"),
    ):
        with pytest.raises(InvalidInputError, match=message):
            module.mixing_curve(graph, tries_per_link=points, seed=1)
    with pytest.raises(InvalidInputError, match="threads"):
        native_graph.null_ensemble(graph, seed=1, threads=0)


@pytest.mark.parametrize("module", [native_graph, reference], ids=["native", "reference"])
def test_graphs_that_cannot_be_rewired_are_named(module: Any) -> None:
    complete = Digraph([0, 0, 1, 1, 2, 2], [1, 2, 0, 2, 0, 1])
    cases: list[tuple[Any, str]] = [
        (Digraph([], [], 0), "graph has 0 links: rewiring needs at least 2"),
        (Digraph([0, 0, 1], [1, 1, 1], 5), "graph has 1 links"),
        (complete, "graph has all 6 links that 3 nodes can have"),
        (Digraph([0, 1], [1, 0]), "graph has all 2 links that 2 nodes can have"),
        ([(0, 1)], "graph is of type list: it must be a Digraph"),
    ]
    for graph, message in cases:
        for function in ("rewire", "null_ensemble", "mixing_curve"):
            with pytest.raises(InvalidInputError, match=message):
                getattr(module, function)(graph, seed=1)


def test_more_nodes_than_63_bits_count_are_refused() -> None:
    graph = Digraph([0, 1, 2], [1, 2, 3], 3_810_780)
    with pytest.raises(InvalidInputError, match="graph has 3810780 nodes"):
        null_ensemble(graph, samples=2, seed=1)
    largest = null_ensemble(Digraph([0, 1, 2], [1, 2, 3], 3_810_779), samples=2, seed=1)
    assert largest.observed[0] > 9.22e18
    assert rewire(graph, seed=1).link_count == 3


@pytest.mark.parametrize("samples", [2, 7, 120])
def test_progress_is_told_and_changes_nothing(samples: int, random_digraph: Callable[..., Digraph]) -> None:
    graph = random_digraph(50, 200)
    told: list[float] = []
    found = null_ensemble(graph, samples=samples, seed=1, threads=2, progress=told.append)
    expected = null_ensemble(graph, samples=samples, seed=1)
    assert np.array_equal(found.samples, expected.samples)
    assert np.array_equal(found.acceptance, expected.acceptance)
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert len(told) <= 60
    curve = mixing_curve(graph, chains=3, seed=1, progress=told.append)
    assert np.array_equal(curve.samples, mixing_curve(graph, chains=3, seed=1).samples)


@pytest.mark.parametrize("preserve", PRESERVED)
def test_every_move_where_tags_only_say_probably(preserve: str, native_serial: Any) -> None:
    """Dense cores, in which turns and switches with occupied dyads are many, on ids far apart.

    Words and slots depend on the order of the ids alone, so the reference runs on ids 0, 1, 2...
    """
    for seed in range(12):
        generator = np.random.default_rng(seed)
        size = int(generator.integers(4, 14))
        source, target = generator.integers(0, size, (2, int(generator.integers(6, 2 * size * size))))
        back = generator.random(source.size) < generator.random()
        core = Digraph(np.r_[source, target[back]], np.r_[target, source[back]], size)
        if not rewirable(core):
            continue
        ids = np.sort(generator.choice(3_000_000, size, replace=False))
        far = Digraph(ids[core.source], ids[core.target], 3_000_000)
        expected = reference.rewire(core, preserve=preserve, tries_per_link=30.0, seed=seed)
        found = native_serial("rewire", far, preserve=preserve, tries_per_link=30.0, seed=seed)
        assert links_of(found) == {(int(ids[a]), int(ids[b])) for a, b in links_of(expected)}


def test_what_is_no_number_of_tries_and_no_callback_is_named(random_digraph: Callable[..., Digraph]) -> None:
    graph = random_digraph(20, 60)
    with pytest.raises(InvalidInputError, match="tries_per_link is 1000"):
        rewire(graph, tries_per_link=10**400, seed=1)
    for points in (5.0, None, "12", (point for point in (1.0, 2.0))):
        with pytest.raises(InvalidInputError, match="it must be a sequence of numbers"):
            mixing_curve(graph, tries_per_link=points, seed=1)  # type: ignore[arg-type]
    with pytest.raises(InvalidInputError, match="progress is 3: it must be callable"):
        null_ensemble(graph, seed=1, progress=3)  # type: ignore[arg-type]
