"""Running a method and measuring its claims."""

from __future__ import annotations

import json
from collections.abc import MutableMapping, Sequence
from typing import Any

from pybench.errors import MissingError, NotTestableError
from pybench.harness.claim import Claim, Verdict, judge
from pybench.harness.encoding import to_json
from pybench.harness.method import Progress
from pybench.harness.options import apply_settings
from pybench.harness.registry import RegisteredMethod

__all__ = ["measure_claim", "simulate"]


def simulate(
    method: RegisteredMethod,
    *,
    preset: str = "quick",
    settings: Sequence[str] = (),
    seed: int = 0,
    progress: Progress | None = None,
) -> tuple[Any, Any]:
    """Run a method once; return its Config and its Result.

    Raises
    ------
    InvalidInputError
        For an unknown preset, a bad setting, or values that the Config refuses.
    MissingError
        For a package or data set that the Config needs and this machine lacks.
    """
    config = apply_settings(method.card.preset(preset), settings)
    return config, method.package.simulate(config, seed=seed, progress=progress)


def measure_claim(
    method: RegisteredMethod,
    claim: Claim,
    *,
    preset: str,
    seed: int = 0,
    progress: Progress | None = None,
    known: MutableMapping[str, Any] | None = None,
) -> Verdict:
    """Simulate what a claim asks for at a preset, measure it and judge it.

    What a claim needs and this machine lacks makes it ``not testable here``, with the reason. Simulation i of a claim
    runs with the seed (seed, i); one that is paired with an earlier one has that one's. Claims of one method that are
    given the same mapping share their Results: `known` is filled with what was simulated, by Config and seed.
    """
    report = progress or (lambda fraction, text: None)
    shared = {} if known is None else known
    try:
        configs = claim.configs(preset)
        results = []
        pair = claim.paired_by
        groups = list(range(len(configs))) if pair is None else [pair(config) for config in configs]
        for index, config in enumerate(configs):
            report(index / len(configs), f"{claim.id}: simulation {index + 1} of {len(configs)}")
            own = (seed, groups.index(groups[index]))
            point = json.dumps([to_json(config), *own], sort_keys=True)
            if point not in shared:
                shared[point] = method.package.simulate(config, seed=own)
            results.append(shared[point])
        return judge(claim, claim.measure(results))
    except (NotTestableError, MissingError) as error:
        return Verdict(claim=claim.id, outcome="not testable here", reason=str(error))
