"""The whole way from data to Result."""

from __future__ import annotations

import dataclasses
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pybench.errors import InvalidInputError
from simulators.currency_network import Config, Result, simulate
from simulators.currency_network.classes import GROUPINGS
from simulators.currency_network.data import dataset

pytestmark = pytest.mark.native

SMALL = Config(data="synthetic", accounts=800, null_samples=5, mixing_chains=3)
WITHOUT_CYCLE = {"003", "012", "021D", "021U", "021C", "030T"}


def needs(name: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(
        not dataset(name).available, reason=f"needs {dataset(name).file} under $PYBENCH_DATA, which is not here"
    )


def of_rows(folder: Path, rows: str, **columns: str) -> Result:
    pytest.importorskip("pyarrow", reason="reading a file needs the extra currency_network")
    (folder / "rows.csv").write_text("source,target,amount,time\n" + rows)
    return simulate(Config(data=str(folder / "rows.csv"), null_samples=5, **columns))  # type: ignore[arg-type]


def numbers(value: Any) -> list[float]:
    if isinstance(value, dict):
        return [number for item in value.values() for number in numbers(item)]
    return [value] if isinstance(value, int | float) else []


def assert_consistent(result: Result) -> None:
    """Assert the identities that hold between the fields of every Result."""
    triples = math.comb(result.nodes, 3)
    assert sum(result.census.values()) == triples
    assert sum(result.acyclic_census.values()) == math.comb(result.acyclic_nodes, 3)
    assert all(count == 0 for name, count in result.acyclic_census.items() if name not in WITHOUT_CYCLE)
    assert sum(result.positions.values()) == sum(result.cyclicity.values()) == result.nodes
    assert {name: sum(row.values()) for name, row in result.position_by_cyclicity.items()} == result.positions
    assert result.acyclic_nodes == result.cyclicity["acyclic"]
    assert result.links + result.duplicates == result.transactions
    mutual = {"102": 1, "111D": 1, "111U": 1, "201": 2, "120D": 1, "120U": 1, "120C": 1, "210": 2, "300": 3}
    pairs = sum(share * result.census[name] for name, share in mutual.items())
    assert pairs == round(result.reciprocity * result.links / 2) * max(0, result.nodes - 2)
    assert all(math.isfinite(number) for number in numbers(dataclasses.asdict(result)))
    shares = [value for name, value in vars(result).items() if name.endswith("share")]
    assert len(shares) == 5
    assert all(0.0 <= share <= 1.0 for share in shares)
    assert sum(row["links"] for row in result.link_classes.values()) == result.links
    assert sum(sum(row.values()) for row in result.flow_links.values()) == result.links
    assert sum(sum(row.values()) for row in result.flow_volume.values()) == pytest.approx(result.volume, rel=1e-12)
    for grouping, (names, whole) in GROUPINGS.items():
        if grouping == "cyclicity" and result.strong_giant == 1:
            continue  # without any cycle the GSCC is one account, on no cycle
        accounts = result.nodes if whole is None else result.classes[whole]["accounts"]
        assert sum(result.classes[name]["accounts"] for name in names) == accounts
    for name, counted in result.class_census.items():
        assert sum(counted.values()) == math.comb(int(result.classes[name]["accounts"]), 3)


@pytest.mark.parametrize("seed", range(3))
def test_the_identities_hold_on_synthetic_data(seed: int) -> None:
    result = simulate(SMALL, seed=seed)
    assert result.synthetic
    assert result.volume_unit == "Sarafu"
    assert result.calibration["reciprocity"]["target"] == 0.63
    assert_consistent(result)


def test_a_seed_reproduces_and_seeds_differ() -> None:
    assert simulate(SMALL, seed=1) == simulate(SMALL, seed=1)
    assert simulate(SMALL, seed=1) != simulate(SMALL, seed=2)


def test_threads_change_nothing() -> None:
    assert simulate(SMALL) == simulate(dataclasses.replace(SMALL, threads=2))
    assert simulate(SMALL) == simulate(dataclasses.replace(SMALL, threads=0))


def test_a_result_is_json() -> None:
    result = simulate(SMALL)
    assert json.loads(json.dumps(dataclasses.asdict(result)))["census"] == result.census


def test_progress_goes_from_0_to_1() -> None:
    seen: list[tuple[float, str]] = []
    simulate(SMALL, progress=lambda fraction, step: seen.append((fraction, step)))
    fractions = [fraction for fraction, _ in seen]
    assert fractions == sorted(fractions)
    assert (fractions[0], fractions[-1]) == (0.0, 1.0)
    assert all(step for _, step in seen)


def test_by_hand(tmp_path: Path) -> None:
    # A ring a b c, paid by d, which was active once; e pays f twice; g only pays itself.
    rows = "a,b,1,0\nb,c,2,0\nc,a,3,0\na,b,4,0\nd,a,10,0\ne,f,20,43200\ne,f,60,86400\ng,g,1000,0\n"
    result = of_rows(tmp_path, rows, weight_column="amount", time_column="time")
    assert (result.nodes, result.links, result.transactions) == (7, 5, 7)
    assert (result.loops, result.duplicates) == (1, 2)
    assert (result.volume, result.volume_unit, result.span_days) == (100.0, "sum of amount", 1.0)
    assert (result.reciprocity, result.strong_giant, result.weak_giant) == (0.0, 3, 4)
    assert (result.strong_components, result.weak_components) == (5, 3)
    assert {name: count for name, count in result.positions.items() if count} == {"GSCC": 3, "IN": 1, "OUTSIDE": 3}
    assert result.cyclic_link_share == pytest.approx(3 / 5)
    assert result.cyclic_transaction_share == pytest.approx(4 / 7)
    assert result.cyclic_volume_share == pytest.approx(10 / 100)
    assert (result.acyclic_nodes, result.acyclic_links) == (4, 1)
    assert result.isolated_groups == {"2": 1}
    assert result.active_once_share == pytest.approx(1 / 7)
    assert result.isolated_active_once_share == 0.0
    assert result.census["030C"] == 1
    assert result.acyclic_census["012"] == 2
    assert_consistent(result)


def test_without_amounts_the_volume_is_the_number_of_transactions(tmp_path: Path) -> None:
    result = of_rows(tmp_path, "a,b,5,0\nb,a,7,0\nb,c,7,0\n")
    assert (result.volume, result.volume_unit) == (3.0, "transactions")
    assert result.cyclic_volume_share == result.cyclic_transaction_share == pytest.approx(2 / 3)


@pytest.mark.parametrize("rows", ["", "a,a,1,0\n", "a,b,0,0\n"])
def test_a_share_of_nothing_is_zero(tmp_path: Path, rows: str) -> None:
    result = of_rows(tmp_path, rows, weight_column="amount", time_column="time")
    assert result.cyclic_volume_share == result.cyclic_link_share == result.span_days == 0.0
    assert_consistent(result)


def test_amounts_whose_sum_is_not_finite_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="add up to inf"), np.errstate(over="ignore"):
        of_rows(tmp_path, "a,b,1e308,0\na,b,1e308,0\n", weight_column="amount")


def test_the_order_of_the_rows_does_not_matter(tmp_path: Path) -> None:
    rows = ["a,b,1,0\n", "b,c,2,0\n", "c,a,3,0\n", "d,a,10,0\n", "e,f,20,0\n", "f,g,1,0\n"]
    assert of_rows(tmp_path, "".join(rows)) == of_rows(tmp_path, "".join(reversed(rows)))


@needs("bitcoin_otc")
def test_known_answers_on_bitcoin_otc() -> None:
    result = simulate(Config(data="bitcoin_otc", null_samples=10), seed=5)
    assert result == simulate(Config(data="auto", null_samples=10), seed=5)
    assert (result.nodes, result.links, result.loops, result.duplicates) == (5_881, 35_592, 0, 0)
    assert (result.positions["IN"], result.positions["OUT"]) == (25, 1_140)
    assert result.strong_component_sizes["2"] == 18
    assert (result.synthetic, result.calibration) == (False, {})
    assert_consistent(result)


@needs("polblogs")
def test_known_answers_on_polblogs() -> None:
    result = simulate(Config(data="polblogs", null_samples=5))
    assert (result.nodes, result.links, result.loops, result.duplicates) == (1_490, 19_022, 3, 65)
    assert result.span_days == 0.0
    assert_consistent(result)


@needs("pgp_strong_2009")
def test_known_answers_on_pgp() -> None:
    result = simulate(Config(data="pgp_strong_2009", null_models="none"))
    assert result.positions["GSCC"] == result.nodes == 39_796
    assert result.cyclic_link_share == 1.0
    assert result.acyclic_nodes == 0
    assert_consistent(result)


@needs("uc_messages")
def test_known_answers_on_uc_messages() -> None:
    result = simulate(Config(data="uc_messages", null_samples=5))
    assert (result.links, result.transactions, result.nodes) == (20_296, 59_835, 1_899)
    assert_consistent(result)


@needs("bitcoin_otc")
def test_the_seed_moves_only_what_is_drawn_on_real_data() -> None:
    config = Config(data="bitcoin_otc", null_samples=4, mixing_chains=2)
    first, second = (dataclasses.asdict(simulate(config, seed=seed)) for seed in (1, 2))
    drawn = {name for name in first if first[name] != second[name]}
    assert "degree_null" in drawn
    assert all("null" in name or "mix" in name or name in DRAWN for name in drawn)


DRAWN = {"acyclic_triads", "most_significant_triad", "significance_profile", "sign_disagreements"}


@needs("bitcoin_otc")
def test_the_choice_of_null_decides_signs_on_bitcoin_otc() -> None:
    result = simulate(Config(data="bitcoin_otc", null_samples=30, mixing_chains=0))
    assert result.sign_disagreements["030T"] == {"degree": "fewer", "dyad": "more"}
    assert result.sign_disagreements["strong_of_2"] == {"degree": "more", "dyad": "fewer"}
    assert result.one_null_only["mutual_dyads"] == {"degree": "more", "dyad": "as expected"}
    assert result.degree_null["030T"]["z"] == pytest.approx(-45, abs=12)
    assert result.dyad_null["030T"]["z"] == pytest.approx(17, abs=6)
    assert result.mixing_means == {}


def test_without_null_models_nothing_is_drawn() -> None:
    result = simulate(dataclasses.replace(SMALL, null_models="none"))
    assert result.null_samples == 0
    assert result.degree_null == result.dyad_null == result.null_histograms == result.mixing_means == {}
    assert result.null_refusals == result.most_significant_triad == {}


def test_one_null_model_has_no_other_to_disagree_with() -> None:
    result = simulate(dataclasses.replace(SMALL, null_models="dyad"))
    assert result.degree_null == {}
    assert set(result.significance_profile) == set(result.null_acceptance) == {"dyad"}
    assert result.sign_disagreements == result.one_null_only == {}


def test_a_constant_statistic_has_no_z() -> None:
    result = simulate(SMALL)
    row = result.dyad_null["mutual_dyads"]
    assert row["constant"] is True
    assert "z" not in row
    assert (row["observed"], row["standard_deviation"], row["p"]) == (row["mean"], 0.0, 1.0)
    assert all(("z" in row) != row["constant"] for row in result.degree_null.values())


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        ("", "graph has 0 links"),
        ("a,b,1,0\n", "graph has 1 links"),
        ("a,b,1,0\nb,a,1,0\n", "graph has all 2 links"),
        ("a,b,1,0\nb,a,1,0\na,c,1,0\nc,a,1,0\nb,c,1,0\nc,b,1,0\n", "graph has all 6 links"),
    ],
)
def test_a_network_that_cannot_be_rewired_has_all_else_and_says_why(tmp_path: Path, rows: str, text: str) -> None:
    result = of_rows(tmp_path, rows, time_column="time")
    assert_consistent(result)
    assert set(result.null_refusals) >= {"degree", "dyad"}
    assert text in result.null_refusals["degree"]
    assert result.degree_null == {}
    assert result.null_samples == 0


def test_a_star_has_random_networks_that_all_agree(tmp_path: Path) -> None:
    result = of_rows(tmp_path, "".join(f"{name},z,1,0\n" for name in "abcdef"))
    assert result.null_acceptance == {"degree": 0.0, "dyad": 0.0}
    assert all(row["constant"] for row in result.degree_null.values())
    assert result.significance_profile == {"degree": {}, "dyad": {}}
    assert result.most_significant_triad["WAC"] == {"random": "021U"}
