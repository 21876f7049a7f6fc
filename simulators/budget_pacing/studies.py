"""What is compared beside a run, so that one Result can show it: policies, horizons, noise, segments, restarts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from pybench.harness.method import Progress
from simulators.budget_pacing.auction import lagrangian_bound, spending_plan
from simulators.budget_pacing.config import CAMPAIGNS, Config
from simulators.budget_pacing.data import Traces, open_traces
from simulators.budget_pacing.drift import pace_with_restarts
from simulators.budget_pacing.instances import INSTANCES
from simulators.budget_pacing.policies import POLICIES
from simulators.budget_pacing.run import Run, run_policy
from simulators.budget_pacing.setting import Setting, prepare
from simulators.budget_pacing.slopes import mean_and_error, slope

__all__ = ["Studies", "bounds", "study"]

#: The policies whose regret is followed over horizons.
LADDER_POLICIES = ("one_sample", "one_sample_cold", "expected_plan", "uniform", "static_sample")
_NOISES = (0.0, 0.1, 0.3, 1.0)
_SEGMENTS = (1, 2, 4, 8, 16, 32, 64, 256, 0)
_RESTARTS = ("none", "uniform", "relearn")
_SHORTEST = 1_000
#: What each study adds to the seed: replications share no stream with the run.
_POLICIES, _LADDER, _NOISE, _PLANS, _RESTARTING = 31, 32, 33, 34, 35


@dataclass(slots=True)
class Studies:
    """The comparisons, as fields of a Result; empty where none were asked for."""

    policy_regret: dict[str, float] = field(default_factory=dict)
    policy_shares: dict[str, float] = field(default_factory=dict)
    campaign_shares: dict[str, dict[str, float]] = field(default_factory=dict)
    campaign_alarms: dict[str, dict[str, int]] = field(default_factory=dict)
    restart_shares: dict[str, float] = field(default_factory=dict)
    restart_alarms: dict[str, float] = field(default_factory=dict)
    ladder: dict[str, dict[str, dict[str, tuple[float, float]]]] = field(default_factory=dict)
    slopes: dict[str, dict[str, float]] = field(default_factory=dict)
    segment_regret: dict[str, tuple[float, float]] = field(default_factory=dict)
    noise_regret: dict[str, tuple[float, float, float]] = field(default_factory=dict)


def bounds(traces: Traces, setting: Setting) -> tuple[float, float]:
    """Return the bound that regret is measured from, and the least one."""
    best = float(spending_plan(traces.value, traces.price, setting.budget).multiplier)
    least = float(lagrangian_bound(traces.value, traces.price, setting.budget, best))
    if setting.law is None:
        return least, least
    of_law = float(lagrangian_bound(traces.value, traces.price, setting.budget, setting.law.multiplier))
    return of_law, min(least, of_law)


def study(config: Config, seed: tuple[int, ...], report: Progress) -> Studies:
    """Make all comparisons of a Config; O(replications T) for each of some 60 points."""
    found = Studies()
    if not config.studies:
        return found
    parts: tuple[tuple[float, str, Callable[[Config, tuple[int, ...], Studies], None]], ...] = (
        (0.1, "policies", _policies),
        (0.2, "restarts", _restarts),
        (0.3, "noise", _noise),
        (0.4, "segments of the plan", _segments),
        (0.5, "horizons" if config.data == "synthetic" else "campaigns", _ladder),
    )
    for done, text, part in parts:
        report(done, text)
        part(config, seed, found)
    return found


def _replications(config: Config, seed: tuple[int, ...]) -> Iterator[tuple[Traces, Setting, tuple[int, ...]]]:
    """Yield traces and what is learned from them: of generated data drawn anew each time, of a log once."""
    for number in range(config.studies if config.data == "synthetic" else 1):
        own = (number, *seed)
        traces = open_traces(config, seed=own)
        yield traces, prepare(config, traces), own


def _policies(config: Config, seed: tuple[int, ...], found: Studies) -> None:
    regret: dict[str, list[float]] = {}
    shares: dict[str, list[float]] = {}
    for traces, setting, own in _replications(config, (_POLICIES, *seed)):
        bound, least = bounds(traces, setting)
        for name, run in _all_policies(traces, setting, own).items():
            regret.setdefault(name, []).append(bound - run.utility)
            shares.setdefault(name, []).append(_share(run.utility, least))
    found.policy_regret = {name: float(np.mean(values)) for name, values in regret.items()}
    found.policy_shares = {name: float(np.mean(values)) for name, values in shares.items()}


def _share(utility: float, bound: float) -> float:
    return utility / bound if bound else 1.0


def _all_policies(traces: Traces, setting: Setting, seed: tuple[int, ...]) -> dict[str, Run]:
    cold = setting.regulariser == "entropy"  # it cannot leave 0
    return {
        name: run_policy(policy, traces, setting, seed=seed)
        for name, policy in POLICIES.items()
        if not (policy.needs_law and setting.law is None) and not (cold and policy.moves_from_zero)
    }


def _restarts(config: Config, seed: tuple[int, ...], found: Studies) -> None:
    policy = POLICIES[config.policy]
    if policy.plan == "none":
        return
    shares: dict[str, list[float]] = {kind: [] for kind in _RESTARTS}
    alarms: dict[str, list[int]] = {kind: [] for kind in _RESTARTS}
    for traces, setting, _ in _replications(config, (_RESTARTING, *seed)):
        least = bounds(traces, setting)[1]
        for kind in _RESTARTS:
            run = pace_with_restarts(policy, traces, setting, restart=kind, band=config.alarm_band)
            shares[kind].append(_share(run.utility, least))
            alarms[kind].append(len(run.alarms))
    found.restart_shares = {kind: float(np.mean(values)) for kind, values in shares.items()}
    found.restart_alarms = {kind: float(np.mean(values)) for kind, values in alarms.items()}


def _noise(config: Config, seed: tuple[int, ...], found: Studies) -> None:
    for noise in _NOISES:
        noisy = replace(config, noise=noise)
        regret, distance = [], 0.0
        for traces, setting, own in _replications(noisy, (_NOISE, *seed)):
            run = run_policy(POLICIES["one_sample"], traces, setting, seed=own)
            regret.append(bounds(traces, setting)[0] - run.utility)
            distance = traces.distance
        found.noise_regret[f"{noise:g}"] = (*mean_and_error(regret), distance)


def _segments(config: Config, seed: tuple[int, ...], found: Studies) -> None:
    regret: dict[int, list[float]] = {count: [] for count in _SEGMENTS}
    for traces, setting, own in _replications(config, (_PLANS, *seed)):
        bound = bounds(traces, setting)[0]
        for count in _SEGMENTS:
            run = run_policy(POLICIES["one_sample"], traces, setting, seed=own, segments=count)
            regret[count].append(bound - run.utility)
    found.segment_regret = {str(count): mean_and_error(values) for count, values in regret.items()}


def _ladder(config: Config, seed: tuple[int, ...], found: Studies) -> None:
    if config.data == "synthetic":
        for instance in INSTANCES:
            found.ladder[instance] = _of_instance(replace(config, instance=instance, budget=0.0), seed)
            found.slopes[instance] = {
                policy: slope({int(horizon): mean for horizon, (mean, _) in row.items()})
                for policy, row in found.ladder[instance].items()
            }
    elif config.data == "ipinyou":
        for campaign in CAMPAIGNS:
            _of_campaign(replace(config, campaign=campaign), seed, found)


def _of_instance(config: Config, seed: tuple[int, ...]) -> dict[str, dict[str, tuple[float, float]]]:
    horizons = [config.horizon // 10**power for power in (3, 2, 1, 0)]
    rows: dict[str, dict[str, tuple[float, float]]] = {}
    for horizon in (steps for steps in horizons if steps >= _SHORTEST or steps == config.horizon):
        regret: dict[str, list[float]] = {}
        for traces, setting, own in _replications(replace(config, horizon=horizon), (_LADDER, *seed)):
            assert setting.law is not None
            bound = lagrangian_bound(traces.value, traces.price, setting.budget, setting.law.multiplier)
            for name in LADDER_POLICIES:
                if setting.regulariser == "entropy" and POLICIES[name].moves_from_zero:
                    continue
                run = run_policy(POLICIES[name], traces, setting, seed=own)
                regret.setdefault(name, []).append(float(bound) - run.utility)
        for name, values in regret.items():
            rows.setdefault(name, {})[str(horizon)] = mean_and_error(values)
    return rows


def _of_campaign(config: Config, seed: tuple[int, ...], found: Studies) -> None:
    for traces, setting, own in _replications(config, seed):
        least = bounds(traces, setting)[1]
        shares: dict[str, float] = {
            name: _share(run.utility, least) for name, run in _all_policies(traces, setting, own).items()
        }
        alarms: dict[str, int] = {}
        for kind in _RESTARTS[1:]:
            run = pace_with_restarts(POLICIES["one_sample"], traces, setting, restart=kind, band=config.alarm_band)
            shares[f"one_sample, {kind}"] = _share(run.utility, least)
            alarms[kind] = len(run.alarms)
        found.campaign_shares[config.campaign], found.campaign_alarms[config.campaign] = shares, alarms
