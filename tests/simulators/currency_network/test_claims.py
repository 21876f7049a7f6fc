"""The claims: testable where the data is, a reason where it is not, and a verdict that can come out wrong."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Sequence
from pathlib import Path

import pytest

from pybench.errors import InvalidInputError, NotTestableError
from pybench.harness.claim import Claim, judge
from simulators.currency_network import Config, Result, simulate
from simulators.currency_network.acyclic import ACYCLIC_PARTS, most_significant
from simulators.currency_network.claims import CLAIMS
from simulators.currency_network.data import dataset
from simulators.currency_network.evidence import binomial_interval

pytestmark = pytest.mark.native

BY_ID: dict[str, Claim] = {claim.id: claim for claim in CLAIMS}


@pytest.fixture
def _no_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYBENCH_DATA", raising=False)


@pytest.fixture
def _sarafu_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYBENCH_DATA", str(tmp_path))
    for name in ("sarafu_transactions", "sarafu_users"):
        path = tmp_path / dataset(name).file
        path.parent.mkdir(exist_ok=True)
        path.write_text("made up\n")


def result(**changes: object) -> Result:
    return dataclasses.replace(_small(), **changes)  # type: ignore[arg-type]


@functools.cache
def _small() -> Result:
    return simulate(Config(data="synthetic", accounts=500, null_samples=5, mixing_chains=2))


def sarafu(**changes: object) -> Result:
    return result(data="sarafu", synthetic=False, **changes)


@pytest.mark.usefixtures("_no_data")
@pytest.mark.parametrize("name", ["network_accounts", "network_size"])
def test_the_size_needs_the_licensed_data(name: str) -> None:
    with pytest.raises(NotTestableError, match=r"855142.*is not here"):
        BY_ID[name].configs("quick")
    with pytest.raises(NotTestableError, match=r"855142"):
        BY_ID[name].measure([result()])


@pytest.mark.usefixtures("_sarafu_files")
@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
def test_a_user_who_has_the_licensed_data_measures_on_it(claim: Claim) -> None:
    if claim.ours:
        pytest.skip("it is about a stored graph")
    assert [config.data for config in claim.configs("quick")] == ["sarafu"]


@pytest.mark.parametrize(("links", "outcome"), [(145_659, "reproduced"), (145_658, "not reproduced")])
def test_the_number_of_links_is_exact(links: int, outcome: str) -> None:
    claim = BY_ID["network_size"]
    assert judge(claim, claim.measure([sarafu(links=links)])).outcome == outcome


@pytest.mark.parametrize(("nodes", "outcome"), [(40_655, "reproduced"), (40_656, "not reproduced")])
def test_the_number_of_accounts_is_exact(nodes: int, outcome: str) -> None:
    claim = BY_ID["network_accounts"]
    assert judge(claim, claim.measure([sarafu(nodes=nodes)])).outcome == outcome


@pytest.mark.usefixtures("_no_data")
def test_without_any_data_the_flow_is_measured_on_synthetic_data() -> None:
    claim = BY_ID["cycles_carry_flow"]
    (config,) = claim.configs("quick")
    assert config == Config(data="synthetic", accounts=5_000, null_models="none")
    estimate = claim.measure([simulate(config, seed=seed) for seed in range(2)])
    assert (estimate.count, estimate.data, estimate.paper_scale) == (2, "synthetic", False)
    assert estimate.low <= estimate.value <= estimate.high
    assert "no evidence" in estimate.no_evidence
    assert judge(claim, estimate).outcome == "not testable here"


@pytest.mark.parametrize(
    ("shares", "outcome"),
    [((0.4, 0.45), "not reproduced"), ((0.4, 0.6), "not testable here"), ((0.5, 0.6), "reproduced")],
)
def test_the_flow_can_come_out_wrong(shares: tuple[float, ...], outcome: str) -> None:
    claim = BY_ID["cycles_carry_flow"]
    results = [sarafu(cyclic_volume_share=share) for share in shares]
    assert judge(claim, claim.measure(results)).outcome == outcome


@pytest.mark.skipif(not dataset("uc_messages").available, reason="needs uc_messages.csv.gz under $PYBENCH_DATA")
def test_real_data_other_than_the_papers_says_so() -> None:
    claim = BY_ID["cycles_carry_flow"]
    (config,) = claim.configs("full")
    estimate = claim.measure([simulate(config)])
    assert config.data in ("uc_messages", "sarafu")
    assert estimate.paper_scale == (config.data == "sarafu")
    assert estimate.paper_scale or "not the paper's data" in estimate.note


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
def test_no_results_are_refused(claim: Claim) -> None:
    with pytest.raises(InvalidInputError, match="results is empty"):
        claim.measure([])


def row(
    observed: float, mean: float, deviation: float, reached_by: int, **more: float | bool
) -> dict[str, float | bool]:
    facts = {"observed": observed, "mean": mean, "standard_deviation": deviation, "reached_by": reached_by}
    return {**facts, "p": 1.0, "constant": deviation == 0.0, **more}


def graphs(*reached: int, samples: int = 120) -> Sequence[Result]:
    return [
        result(synthetic=False, data=f"g{i}", null_samples=samples, degree_null={"strong_of_2": row(5, 1, 1, hits)})
        for i, hits in enumerate(reached)
    ]


@pytest.mark.parametrize(
    ("reached", "outcome"),
    [
        ((0, 0), "reproduced at smaller scale"),
        ((0, 120), "not reproduced"),
        ((0, 5), "not testable here"),
        ((120, 120), "not reproduced"),
    ],
)
def test_components_are_over_represented_in_every_graph_or_not(reached: tuple[int, ...], outcome: str) -> None:
    claim = BY_ID["scc2_over_degree_null"]
    verdict = judge(claim, claim.measure(graphs(*reached)))
    assert verdict.outcome == outcome
    assert verdict.estimate is not None
    assert f"reached by {reached[-1]} of 120" in verdict.estimate.note


def test_few_samples_decide_nothing() -> None:
    claim = BY_ID["scc2_over_degree_null"]
    assert judge(claim, claim.measure(graphs(0, samples=30))).outcome == "not testable here"


@pytest.mark.parametrize("name", ["scc2_over_dyad_null", "gscc_over_degree_null", "null_model_decides_sign"])
def test_a_network_without_null_models_is_not_testable(name: str) -> None:
    with pytest.raises(NotTestableError, match="no null model that preserves the"):
        BY_ID[name].measure([result(degree_null={}, dyad_null={}, null_refusals={"degree": "few", "dyad": "few"})])


@pytest.mark.parametrize(
    ("degree", "dyad", "outcome"),
    [
        (-45.0, 19.0, "reproduced"),
        (-45.0, -19.0, "not reproduced"),
        (45.0, 19.0, "not reproduced"),
        (-2.2, 19.0, "not testable here"),
    ],
)
def test_the_sign_claim_can_come_out_wrong(degree: float, dyad: float, outcome: str) -> None:
    scores = {"degree_null": degree, "dyad_null": dyad}
    tables = {
        name: {statistic: row(5, 1, 1, 0, z=z, z_error=0.3) for statistic in ("030T", "300", "201", "strong_of_2")}
        for name, z in scores.items()
    }
    claim = BY_ID["null_model_decides_sign"]
    assert judge(claim, claim.measure([result(synthetic=False, **tables)])).outcome == outcome


@pytest.mark.parametrize(("at", "outcome"), [(2.0, "reproduced"), (5.0, "not testable here"), (10.0, "not reproduced")])
def test_the_length_of_chains_can_come_out_wrong(at: float, outcome: str) -> None:
    claim = BY_ID["degree_null_mixed_after_three"]
    found = result(synthetic=False, mixed_at={"degree: 030T": at, "degree: 201": 1.0, "dyad: 030T": 10.0})
    assert judge(claim, claim.measure([found])).outcome == outcome


@pytest.mark.parametrize(
    ("scores", "leader", "outcome"),
    [
        ({"021U": 60.0, "021D": 20.0}, "021U", "reproduced at smaller scale"),
        ({"021U": 20.0, "021D": 60.0}, "021D", "not reproduced"),
        ({"021U": 40.0, "021D": 39.9}, "021U", "not testable here"),
        ({"021U": 39.9, "021D": 40.0}, "021D", "not testable here"),
        ({"021U": 60.0}, "021U", "reproduced at smaller scale"),
        ({"021D": 60.0}, "021D", "not reproduced"),
    ],
)
def test_the_collector_claim_can_come_out_wrong(scores: dict[str, float], leader: str, outcome: str) -> None:
    triads: dict[str, dict[str, float]] = {f"WAC_IN: {name}": {} for name in ("021D", "021U", "021C", "030T")}
    for name, z in scores.items():
        triads[f"WAC_IN: {name}"] = {"random_z": z, "random_z_error": 1.0, "random_reached_share": 0.0}
    found = result(
        synthetic=False,
        acyclic_triads=triads,
        most_significant_triad={"WAC_IN": {"random": leader}},
        null_samples=400,
    )
    claim = BY_ID["collector_over_random_null"]
    assert judge(claim, claim.measure([found])).outcome == outcome


def _collector_verdict(samples: int, **rows: dict[str, float]) -> str:
    triads = {f"WAC_IN: {name[1:]}": row for name, row in rows.items()}
    triads |= {f"WAC_IN: {name}": triads.get(f"WAC_IN: {name}", {}) for name in ("021D", "021U", "021C", "030T")}
    leaders = most_significant(
        {f"{part}: {key[8:]}": row for part in ACYCLIC_PARTS for key, row in triads.items()}, ("random",)
    )
    claim = BY_ID["collector_over_random_null"]
    found = result(
        synthetic=False,
        acyclic_triads=triads,
        most_significant_triad={"WAC_IN": leaders.get("WAC_IN", {})},
        null_samples=samples,
    )
    return judge(claim, claim.measure([found])).outcome


def test_a_triad_beyond_any_score_leads() -> None:
    scored = {"random_z": 70.0, "random_z_error": 1.0, "random_reached_share": 0.0}
    beyond = {"random_reached_share": 0.0}  # all samples agree, and the network has more
    assert _collector_verdict(400, _021U=scored, _030T=beyond) == "not reproduced"
    assert _collector_verdict(400, _021U=scored, _030T={}) == "reproduced at smaller scale"
    assert _collector_verdict(400, _021U=beyond, _021D=scored) == "reproduced at smaller scale"
    assert _collector_verdict(400, _021U=beyond, _030T=beyond) == "not reproduced"


def test_few_samples_cannot_show_that_a_count_is_rare() -> None:
    reached_once = {"random_z": 20.0, "random_z_error": 1.0, "random_reached_share": 1 / 120}
    assert _collector_verdict(120, _021U=reached_once) == "not testable here"


@pytest.mark.parametrize(
    ("share", "accounts", "outcome"),
    [(1.0, 30, "reproduced at smaller scale"), (1.0, 3, "not testable here"), (0.0, 30, "not reproduced")],
)
def test_isolated_groups_can_be_active_more_than_once(share: float, accounts: int, outcome: str) -> None:
    group = {"accounts": accounts, "active_once_share": share}
    found = result(
        synthetic=False,
        classes={"DAG_WCC": group},
        isolated_groups={"2": accounts // 2},
        transactions=1_000,
        duplicates=100,
    )
    claim = BY_ID["isolated_groups_active_once"]
    assert judge(claim, claim.measure([found])).outcome == outcome


@pytest.mark.usefixtures("_no_data")
@pytest.mark.parametrize(
    "claim", [claim for claim in CLAIMS if claim.id != "cycles_carry_flow"], ids=lambda claim: claim.id
)
def test_without_data_the_reason_is_given(claim: Claim) -> None:
    with pytest.raises(NotTestableError, match=r"PYBENCH_DATA"):
        claim.configs("quick")


@pytest.mark.parametrize(
    ("hits", "trials", "low", "high"),
    # Known answers: with no hit 1 - 0.005^(1/n); 5 of 20 from the beta quantiles of scipy.
    [(0, 120, 0.0, 0.0431921), (120, 120, 0.9568079, 1.0), (5, 20, 0.0583339, 0.5597609), (1, 1, 0.005, 1.0)],
)
def test_the_binomial_interval(hits: int, trials: int, low: float, high: float) -> None:
    assert binomial_interval(hits, trials) == pytest.approx((low, high), abs=2e-7)


@pytest.mark.parametrize("name", ["bitcoin_otc"])
def test_claims_on_a_stored_graph(name: str) -> None:
    if not dataset(name).available:
        pytest.skip(f"needs {name} under $PYBENCH_DATA")
    claim = BY_ID["null_model_decides_sign"]
    (config,) = claim.configs("quick")
    verdict = judge(claim, claim.measure([simulate(config)]))
    assert verdict.outcome == "reproduced"


def test_isolated_pairs_that_cannot_repeat_are_no_evidence() -> None:
    group = {"accounts": 40, "active_once_share": 1.0}
    found = result(synthetic=False, classes={"DAG_WCC": group}, transactions=1_000, duplicates=99)
    with pytest.raises(NotTestableError, match="repeated transactions"):
        BY_ID["isolated_groups_active_once"].measure([found])
