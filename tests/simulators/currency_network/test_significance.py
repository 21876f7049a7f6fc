"""Significance: rules on made-up rows, refusals, and planted structure."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pybench.kernels.graph import NULL_STATISTICS, Digraph, rmat, weak_components
from simulators.currency_network.activity import activity_of
from simulators.currency_network.acyclic import (
    ACYCLIC_PARTS,
    acyclic_parts,
    acyclic_triads,
    leading_by_component,
    most_significant,
)
from simulators.currency_network.categorisation import categorise
from simulators.currency_network.classes import topological
from simulators.currency_network.config import Config
from simulators.currency_network.generator import generate
from simulators.currency_network.mixing import POINTS, follow_chains
from simulators.currency_network.network import Network
from simulators.currency_network.significance import (
    compare,
    direction,
    disagreements,
    draw_nulls,
    histogram,
    rows_of,
)

pytestmark = pytest.mark.native

CONFIG = Config(null_samples=40)


def scored(z: float) -> dict[str, float | bool]:
    return {"constant": False, "z": z, "observed": 0, "mean": 0.0}


def agreed(observed: float, mean: float) -> dict[str, float | bool]:
    return {"constant": True, "observed": observed, "mean": mean}


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        *((scored(z), sign) for z, sign in ((2.0, 1), (1.99, 0), (0.0, 0), (-1.99, 0), (-2.0, -1))),
        *((agreed(observed, 3.0), sign) for observed, sign in ((3, 0), (4, 1), (2, -1))),
    ],
)
def test_direction(row: dict[str, float | bool], expected: int) -> None:
    assert direction(row) == expected


def test_disagreements_on_made_up_rows() -> None:
    degree = {"opposite": scored(-45.0), "same": scored(5.0), "one": scored(9.0), "none": agreed(18, 0.0)}
    dyad = {"opposite": scored(19.0), "same": scored(3.0), "one": scored(1.0), "none": scored(-7.2)}
    compared = compare(degree, dyad)
    assert disagreements(compared, opposite=True) == {
        "opposite": {"degree": "fewer", "dyad": "more"},
        "none": {"degree": "more", "dyad": "fewer"},
    }
    assert disagreements(compared, opposite=False) == {"one": {"degree": "more", "dyad": "as expected"}}
    assert compare(degree, {}) == {}


def test_planted_reciprocity_makes_the_null_models_disagree() -> None:
    # Pairs that pay both ways, far more than chance has, yet laid out as a plain random network of pairs: against equal
    # degrees every mutual triad is frequent; against equal dyads nothing is left to explain.
    rng = np.random.default_rng(5)
    first, second = rng.integers(0, 300, (2, 900))
    graph = Digraph(np.concatenate((first, second)), np.concatenate((second, first)), 300)
    nulls = draw_nulls(graph, CONFIG, (1,), ("degree", "dyad"))
    degree, dyad = (rows_of(nulls.ensembles[model]) for model in ("degree", "dyad"))
    assert direction(degree["201"]) == 1
    assert direction(degree["021C"]) == -1
    assert dyad["201"]["constant"] is False
    assert abs(dyad["201"]["z"]) < 4.0
    assert dyad["mutual_dyads"]["constant"] is True
    assert disagreements(compare(degree, dyad), opposite=False)["mutual_dyads"] == {
        "degree": "more",
        "dyad": "as expected",
    }


def test_rows_have_all_statistics_and_only_finite_numbers() -> None:
    source, target = rmat(7, 4, 1)
    nulls = draw_nulls(Digraph(source, target, 128), CONFIG, (1,), ("degree", "dyad"))
    for ensemble in nulls.ensembles.values():
        rows = rows_of(ensemble)
        assert tuple(rows) == NULL_STATISTICS
        for index, (name, row) in enumerate(rows.items()):
            assert ("z" in row) == ("z_error" in row) == (not row["constant"])
            assert all(np.isfinite(value) for value in row.values())
            assert row["reached_by"] == (ensemble.samples[:, index] >= ensemble.of(name)["observed"]).sum()


@pytest.mark.parametrize(
    ("graph", "text"),
    [
        (Digraph([], [], 0), "graph has 0 links"),
        (Digraph([0], [1], 2), "graph has 1 links"),
        (Digraph([0, 1], [1, 0], 2), "graph has all 2 links"),
    ],
)
def test_what_cannot_be_rewired_is_refused_in_words(graph: Digraph, text: str) -> None:
    nulls = draw_nulls(graph, CONFIG, (1,), ("degree", "dyad"))
    assert nulls.ensembles == {}
    assert all(text in reason for reason in nulls.refusals.values())
    assert set(nulls.refusals) == {"degree", "dyad"}
    assert follow_chains(graph, CONFIG, (1,), ("degree", "dyad")).means == {}


@given(st.lists(st.integers(-5, 10_000), min_size=2, max_size=200))
def test_a_histogram_counts_every_sample(values: list[int]) -> None:
    samples = np.array(values)
    bins = histogram(samples)
    counts, low, width = bins["counts"], bins["low"], bins["width"]
    assert isinstance(counts, tuple)
    assert isinstance(low, float)
    assert isinstance(width, float)
    expected, _ = np.histogram(samples, bins=low + width * np.arange(len(counts) + 1))
    assert counts == tuple(expected.tolist())
    assert width >= 1.0
    assert len(counts) <= max(4, round(2 * len(values) ** (1 / 3)))


def collected(stars: int, payers: int, *, rest: int = 200) -> Network:
    """Return stars of payers around collectors, beside as many random links as they have, between other accounts."""
    rng = np.random.default_rng(1)
    centre = np.repeat(np.arange(stars), payers)
    leaf = stars + np.arange(stars * payers)
    first = stars + stars * payers
    start = first + rng.integers(0, rest // 2, rest)
    end = first + rest // 2 + rng.integers(0, rest // 2, rest)  # from one half to the other: no cycle
    return Network(
        name="stars",
        source=np.concatenate((leaf, start)).astype(np.int32),
        target=np.concatenate((centre, end)).astype(np.int32),
        node_count=first + rest,
    )


def triads_of(network: Network, config: Config = CONFIG) -> tuple[dict[str, dict[str, float]], dict[str, str]]:
    parts = categorise(Digraph(network.source, network.target, network.node_count))
    return acyclic_triads(acyclic_parts(parts, topological(parts)), config, (1,))


def test_planted_collectors_stand_out_under_random_links_alone() -> None:
    rows, _ = triads_of(collected(5, 30))
    leaders = most_significant(rows, ("random", "degree", "dyad"))
    # Nobody pays and is paid, so that equal degrees fix every pair of links that meet: no sample differs, no z exists.
    assert leaders["WAC"] == leaders["INTER_SCC"] == {"random": "021U"}
    assert rows["WAC: 021U"]["ratio"] > 5.0
    assert rows["WAC: 021U"]["random_reached_share"] == 0.0


def test_where_degrees_are_kept_a_collector_moves_by_closure_only() -> None:
    # Two payers of one account are either linked (030T) or not (021U), and how many such pairs there are is fixed.
    ends = np.sort(np.random.default_rng(3).integers(0, 40, (150, 2)), axis=1)
    ends = np.concatenate((ends, [(node, 39) for node in range(15)]))
    rows, _ = triads_of(
        Network(name="closed", source=ends[:, 0].astype(np.int32), target=ends[:, 1].astype(np.int32), node_count=40)
    )
    assert rows["WAC: 021U"]["dyad_z"] == pytest.approx(-rows["WAC: 030T"]["dyad_z"], rel=1e-9)
    assert rows["WAC: 021U"]["random_z"] > 2.0


def test_a_pure_star_has_no_score_where_degrees_are_kept() -> None:
    rows, refusals = triads_of(collected(1, 30, rest=0))
    assert "degree_z" not in rows["WAC: 021U"]
    assert "dyad_z" not in rows["WAC: 021U"]
    assert rows["WAC: 021U"]["observed"] == 435
    assert rows["WAC: 021U"]["random_z"] > 10.0
    assert most_significant(rows, ("random", "degree"))["WAC"] == {"random": "021U"}
    assert "WAC_IN: degree" in refusals


def test_the_generators_collectors_are_ends_of_acyclic_links() -> None:
    rows, _ = triads_of(generate(5_000, seed=2))
    assert most_significant(rows, ("random",))["INTER_SCC"]["random"] == "021U"


def test_without_null_models_the_expectation_stays() -> None:
    rows, refusals = triads_of(collected(2, 10), dataclasses.replace(CONFIG, null_models="none"))
    assert refusals == {}
    assert set(rows["WAC: 021U"]) == {"observed", "random_mean", "ratio"}
    assert most_significant(rows, ("random",)) == {}
    assert {key.partition(":")[0] for key in rows} == set(ACYCLIC_PARTS)


@pytest.mark.parametrize("seed", range(20))
def test_the_acyclic_parts_have_no_cycle(seed: int) -> None:
    rng = np.random.default_rng(seed)
    parts = categorise(Digraph(*rng.integers(0, 15, (2, 25)), 15))
    for graph in acyclic_parts(parts, topological(parts)).values():
        assert not categorise(graph).cyclic.any()


def test_leading_triads_component_by_component() -> None:
    # An in-star, an out-star, a chain, a transitive triple, and a pair, which has no triple.
    source = [1, 2, 3, 4, 4, 4, 8, 9, 11, 11, 12, 14]
    target = [0, 0, 0, 5, 6, 7, 9, 10, 12, 13, 13, 15]
    network = Network(name="few", source=np.array(source, np.int32), target=np.array(target, np.int32), node_count=16)
    parts = categorise(Digraph(source, target, 16))
    rows = leading_by_component(topological(parts)["WAC"], activity_of(network))
    found = {name: (row["components"], row["accounts"], row["active_once_share"]) for name, row in rows.items()}
    assert found == {
        "021U": (1, 4, 0.75),
        "021D": (1, 4, 0.75),
        "021C": (1, 3, pytest.approx(2 / 3)),
        "030T": (1, 3, 0.0),
        "tie": (0, 0, 0.0),
    }


def test_a_fork_in_a_chain_is_a_tie() -> None:
    # a -> b -> c and a -> d: one 021C of an expected two, one 021D of an expected one. And b -> c <- d: one 021U too.
    network = Network(
        name="few", source=np.array([0, 1, 0, 3], np.int32), target=np.array([1, 2, 3, 2], np.int32), node_count=4
    )
    parts = categorise(Digraph(network.source, network.target, 4))
    rows = leading_by_component(topological(parts)["WAC"], activity_of(network))
    assert rows["tie"]["components"] == 1  # a square: 021D, 021U once, 021C twice, as expected 1 : 1 : 2
    assert weak_components(parts.graph).sizes.tolist() == [4]


def test_mixing_forgets_planted_reciprocity() -> None:
    rng = np.random.default_rng(2)
    first, second = rng.integers(0, 400, (2, 1_000))
    graph = Digraph(np.concatenate((first, second)), np.concatenate((second, first)), 400)
    mixing = follow_chains(graph, dataclasses.replace(CONFIG, mixing_chains=30), (1,), ("degree",))
    curve = list(mixing.means["degree: mutual_dyads"].values())
    assert curve[0] > 900
    assert curve == sorted(curve, reverse=True) or curve[-1] < 40
    assert 1.0 <= mixing.mixed_at["degree: mutual_dyads"] <= 5.0
    assert list(mixing.means["degree: 030T"]) == ["0", *(f"{point:g}" for point in POINTS)]


def test_what_a_model_keeps_has_no_curve() -> None:
    source, target = rmat(7, 4, 1)
    mixing = follow_chains(Digraph(source, target, 128), CONFIG, (1,), ("degree", "dyad"))
    assert "dyad: mutual_dyads" not in mixing.means
    assert "degree: mutual_dyads" in mixing.means
    assert set(mixing.means) == set(mixing.errors) == set(mixing.mixed_at)


@pytest.mark.parametrize("chains", [0, 1])
def test_fewer_than_two_chains_are_none(chains: int) -> None:
    source, target = rmat(6, 4, 1)
    config = dataclasses.replace(CONFIG, mixing_chains=chains)
    assert follow_chains(Digraph(source, target, 64), config, (1,), ("degree",)).means == {}
