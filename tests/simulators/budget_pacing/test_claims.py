"""The claims: each can come out wrong, and what decides one is its own data."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Sequence

import numpy as np
import pytest

from pybench.errors import InvalidInputError, NotTestableError
from pybench.harness.claim import Claim, judge
from simulators.budget_pacing import Config, Result, simulate
from simulators.budget_pacing.claims import CLAIMS
from simulators.budget_pacing.slopes import ratio_interval, slope, slope_interval

pytestmark = pytest.mark.native

BY_ID: dict[str, Claim] = {claim.id: claim for claim in CLAIMS}
LOGS = tuple(name for name in BY_ID if name.startswith(("ipinyou", "alarm")))
INSTANCES = ("stationary", "twophase", "late", "diurnal")


@functools.cache
def small() -> Result:
    return simulate(Config(horizon=200, studies=0, curve_points=0))


def growing(policy: str, power: float, factor: float = 1.0) -> list[Result]:
    """Return Results whose regret is a power of the horizon, with a little scatter."""
    generator = np.random.default_rng(1)
    return [
        dataclasses.replace(
            small(), policy=policy, horizon=steps, regret=factor * steps**power * generator.uniform(0.9, 1.1)
        )
        for steps in (1_000, 10_000, 100_000, 1_000_000)
        for _ in range(12)
    ]


def outcome(name: str, results: Sequence[Result]) -> str:
    return judge(BY_ID[name], BY_ID[name].measure(results)).outcome


def test_every_row_of_the_specification_has_a_claim() -> None:
    for instance in INSTANCES:
        assert f"one_sample_slope_{instance}" in BY_ID
        assert f"one_sample_cold_slope_{instance}" in BY_ID
        assert f"expected_plan_gains_little_{instance}" in BY_ID
    for instance in INSTANCES[1:]:
        assert f"uniform_slope_{instance}" in BY_ID
        assert f"uniform_regret_per_step_{instance}" in BY_ID
    assert {"uniform_slope_stationary", "robust_to_noise_100", *LOGS} <= set(BY_ID)


def test_what_the_abstract_does_not_say_is_ours() -> None:
    for claim in CLAIMS:
        assert claim.ours or claim.source.startswith("abstract"), claim.id


@pytest.mark.parametrize("name", BY_ID)
def test_no_results_are_refused(name: str) -> None:
    with pytest.raises((InvalidInputError, ValueError)):
        BY_ID[name].measure([])


@pytest.mark.parametrize("policy", ["one_sample", "one_sample_cold"])
def test_a_square_root_is_told_from_a_line(policy: str) -> None:
    name = f"{policy}_slope_late"
    assert outcome(name, growing(policy, 0.5)) == "reproduced at smaller scale"
    assert outcome(name, growing(policy, 1.0)) == "not reproduced"


def test_a_line_is_told_from_a_square_root() -> None:
    assert outcome("uniform_slope_late", growing("uniform", 1.0)) == "reproduced at smaller scale"
    assert outcome("uniform_slope_late", growing("uniform", 0.5)) == "not reproduced"


def test_a_rate_is_of_a_million_steps() -> None:
    name = "uniform_regret_per_step_late"
    assert outcome(name, growing("uniform", 1.0, 0.012)) == "reproduced at smaller scale"
    assert outcome(name, growing("uniform", 1.0, 0.015)) == "not reproduced"
    assert outcome(name, growing("uniform", 1.0, 0.012)[:36]) == "not testable here"


def test_factors_and_orders_are_told_apart() -> None:
    ours = growing("one_sample", 0.3)
    for factor, decided in ((0.5, "reproduced at smaller scale"), (0.2, "not reproduced")):
        assert outcome("expected_plan_gains_little_late", [*ours, *growing("expected_plan", 0.3, factor)]) == decided
    assert outcome("expected_plan_grows_alike_late", [*ours, *growing("expected_plan", 0.0)]) == "not reproduced"


def test_noise_is_held_against_the_distance() -> None:
    def results(regret: float) -> list[Result]:
        noisy = dataclasses.replace(small(), regret=regret, wasserstein_sum=1_000.0)
        return [dataclasses.replace(small(), regret=10.0), noisy] * 5

    assert outcome("robust_to_noise_30", results(20.0)) == "reproduced at smaller scale"
    assert outcome("robust_to_noise_30", results(40.0)) == "not reproduced"


def test_a_policy_above_the_bound_is_seen() -> None:
    assert outcome("no_policy_beats_the_bound", [small()]) == "reproduced at smaller scale"
    broken = dataclasses.replace(small(), share_of_bound=1.01)
    assert outcome("no_policy_beats_the_bound", [small(), broken]) == "not reproduced"


@pytest.mark.parametrize("name", LOGS)
def test_without_the_log_nothing_is_said_of_it(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYBENCH_DATA", raising=False)
    with pytest.raises(NotTestableError, match="ipinyou"):
        BY_ID[name].configs("standard")


def test_logs_are_compared_with_themselves() -> None:
    log = dataclasses.replace(small(), synthetic=False, data="ipinyou", campaign="2997", share_of_bound=0.26)
    better = dataclasses.replace(log, share_of_bound=0.75)
    assert outcome("alarm_rescues_2997", [log, better]) == "reproduced"
    assert outcome("alarm_harms_none", [better, log]) == "not reproduced"
    assert outcome("ipinyou_2997_fails", [log]) == "reproduced"


def test_slopes_and_ratios_have_intervals_around_them() -> None:
    generator = np.random.default_rng(0)
    regrets = {steps: list(steps**0.5 * generator.uniform(0.5, 1.5, 40)) for steps in (100, 1_000, 10_000)}
    found = slope_interval(regrets)
    assert found.low < 0.5 < found.high
    assert found.value == slope({steps: float(np.mean(values)) for steps, values in regrets.items()})
    ratio = ratio_interval(list(generator.uniform(1.0, 3.0, 60)), list(generator.uniform(0.5, 1.5, 60)))
    assert ratio.low < 2.0 < ratio.high


@pytest.mark.parametrize("preset", ["quick", "standard", "full"])
@pytest.mark.parametrize("name", [name for name in BY_ID if name not in LOGS])
def test_configs_do_nothing_but_pace(name: str, preset: str) -> None:
    configs = BY_ID[name].configs(preset)
    assert configs
    assert all(config.studies == 0 and config.curve_points == 0 for config in configs)


@pytest.mark.parametrize("regret", [0.0, -50.0])
def test_no_regret_has_no_order_of_growth(regret: float) -> None:
    nothing = {1_000: [regret] * 8, 4_000: [regret] * 8}
    with pytest.raises(NotTestableError, match="what is not above 0 has no order of growth"):
        slope_interval(nothing)
    with pytest.raises(NotTestableError):
        ratio_interval([1.0, 2.0], [regret, regret])
