"""The verdict on a claim, and how a claim is measured."""

from __future__ import annotations

import math
from typing import Any

import pytest

from pybench.errors import InvalidInputError
from pybench.harness.claim import Claim, Estimate, judge
from pybench.harness.measure import measure_claim, simulate
from pybench.harness.registry import RegisteredMethod


def _claim(**rule: Any) -> Claim:
    given = {"configs": lambda preset: (), "measure": lambda results: None, **rule}
    return Claim(id="c", statement="It is so.", source="p. 1", **given)


def _estimate(low: float, high: float, **more: Any) -> Estimate:
    return Estimate(value=(low + high) / 2, low=low, high=high, count=10, data="synthetic", **more)


VALUE = _claim(kind="value", figure=2.0, tolerance=0.5)
AT_LEAST = _claim(kind="bound", at_least=1.5)
AT_MOST = _claim(kind="ordering", at_most=2.5)
BETWEEN = _claim(kind="shape", at_least=1.5, at_most=2.5)


@pytest.mark.parametrize(
    ("claim", "low", "high", "outcome"),
    [
        (VALUE, 1.5, 2.5, "reproduced"),
        (VALUE, 2.0, 2.0, "reproduced"),
        (VALUE, 1.4, 2.0, "not testable here"),
        (VALUE, 0.0, 9.0, "not testable here"),
        (VALUE, 2.6, 3.0, "not reproduced"),
        (VALUE, 0.0, 1.4, "not reproduced"),
        (AT_LEAST, 1.5, 99.0, "reproduced"),
        (AT_LEAST, 1.0, 1.4, "not reproduced"),
        (AT_LEAST, 1.0, 1.5, "not testable here"),
        (AT_MOST, -9.0, 2.5, "reproduced"),
        (AT_MOST, 2.6, 3.0, "not reproduced"),
        (BETWEEN, 1.6, 2.4, "reproduced"),
        (BETWEEN, 2.6, 2.7, "not reproduced"),
        (BETWEEN, 1.0, 3.0, "not testable here"),
    ],
)
def test_the_whole_interval_decides(claim: Claim, low: float, high: float, outcome: str) -> None:
    verdict = judge(claim, _estimate(low, high, paper_scale=True))
    assert verdict.outcome == outcome
    assert bool(verdict.reason) == (outcome == "not testable here")
    smaller = judge(claim, _estimate(low, high))
    assert smaller.outcome == ("reproduced at smaller scale" if outcome == "reproduced" else outcome)


def test_an_undecided_verdict_names_interval_and_limit() -> None:
    reason = judge(VALUE, _estimate(1.4, 2.0)).reason
    assert reason == "the interval [1.4, 2] of 10 results straddles the limit of the claim [1.5, 2.5]"


@pytest.mark.parametrize(
    ("value", "low", "high"),
    [(math.nan, 0.0, 1.0), (math.inf, 0.0, math.inf), (0.5, math.nan, 1.0), (0.5, 0.0, math.nan), (2.0, 0.0, 1.0)],
)
def test_an_estimate_must_be_finite_and_inside_its_interval(value: float, low: float, high: float) -> None:
    with pytest.raises(InvalidInputError, match="must be finite and inside"):
        Estimate(value=value, low=low, high=high, count=1, data="synthetic")


@pytest.mark.parametrize(
    "rule",
    [
        {"kind": "value"},
        {"kind": "bound"},
        {"kind": "ordering", "figure": 1.0},
        {"kind": "value", "figure": 1.0, "tolerance": -0.1},
        {"kind": "value", "figure": math.nan},
        {"kind": "bound", "at_least": 2.0, "at_most": 1.0},
    ],
)
def test_a_claim_that_nothing_can_decide_is_refused(rule: dict[str, Any]) -> None:
    with pytest.raises(InvalidInputError, match="claim c: "):
        _claim(**rule)


def test_claims_are_measured_and_what_is_missing_is_a_reason(sorting: RegisteredMethod) -> None:
    verdicts = {claim.id: measure_claim(sorting, claim, preset="quick") for claim in sorting.claims}
    assert verdicts["one_run"].outcome == "reproduced at smaller scale"
    assert verdicts["untestable"].outcome == "not testable here"
    assert verdicts["untestable"].reason == "nobody can at quick"
    assert verdicts["absent"].outcome == "not testable here"
    assert verdicts["absent"].estimate is None


def test_each_simulation_of_a_claim_has_a_seed_of_its_own(
    sorting: RegisteredMethod, monkeypatch: pytest.MonkeyPatch
) -> None:
    seeds = []
    run = sorting.package.simulate
    monkeypatch.setattr(sorting.package, "simulate", lambda config, seed: (seeds.append(seed), run(config))[1])
    claim = _claim(
        kind="bound",
        at_least=0,
        configs=lambda preset: (sorting.card.preset(preset),) * 3,
        measure=lambda results: _estimate(len(results), len(results)),
    )
    seen: list[float] = []
    verdict = measure_claim(
        sorting, claim, preset="quick", seed=5, progress=lambda fraction, text: seen.append(fraction)
    )
    assert verdict.estimate is not None
    assert verdict.estimate.value == 3
    assert seeds == [(5, 0), (5, 1), (5, 2)]
    assert seen == [0.0, 1 / 3, 2 / 3]


def test_paired_simulations_have_one_seed(sorting: RegisteredMethod, monkeypatch: pytest.MonkeyPatch) -> None:
    seeds = []
    run = sorting.package.simulate
    monkeypatch.setattr(sorting.package, "simulate", lambda config, seed: (seeds.append(seed), run(config))[1])
    claim = _claim(
        kind="bound",
        at_least=0,
        configs=lambda preset: tuple(sorting.package.Config(count=count) for count in (10, 20, 11, 21, 12)),
        measure=lambda results: _estimate(len(results), len(results)),
        paired_by=lambda config: config.count // 10,
    )
    measure_claim(sorting, claim, preset="quick", seed=5)
    assert seeds == [(5, 0), (5, 1), (5, 0), (5, 1), (5, 0)]


def test_simulate_takes_preset_settings_and_seed(sorting: RegisteredMethod) -> None:
    config, result = simulate(sorting, preset="standard", settings=["count=50"], seed=3)
    assert config.count == 50
    assert result.runs == sorting.package.simulate(config, seed=3).runs
    with pytest.raises(InvalidInputError, match="preset is 'large': it must be one of quick, standard"):
        simulate(sorting, preset="large")


def test_claims_share_the_results_of_equal_configs(sorting: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    runs: list[Any] = []
    simulate_once = sorting.package.simulate
    monkeypatch.setattr(
        sorting.package, "simulate", lambda config, **options: runs.append(config) or simulate_once(config, **options)
    )
    known: dict[str, Any] = {}
    shared = [measure_claim(sorting, claim, preset="quick", known=known) for claim in sorting.claims]
    first = len(runs)
    assert len(known) == first
    again = [measure_claim(sorting, claim, preset="quick", known=known) for claim in sorting.claims]
    assert len(runs) == first
    assert shared == again == [measure_claim(sorting, claim, preset="quick") for claim in sorting.claims]
