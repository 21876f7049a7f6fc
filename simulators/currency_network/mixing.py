"""How many tries a chain of rewirings needs on this network: the measured reason for `Config.tries_per_link`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from pybench.errors import InvalidInputError
from pybench.kernels.graph import NULL_STATISTICS, Digraph, MixingCurve, mixing_curve
from simulators.currency_network.config import Config

__all__ = ["POINTS", "SLOW", "Mixing", "follow_chains", "mixing_key"]

#: Where the chains are looked at, in tries per link; the last is taken for equilibrium.
POINTS = (0.1, 0.2, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0)
#: The statistics that settle slowly.
SLOW = ("030T", "201", "mutual_dyads")
#: Differences up to so many standard errors are noise: many, since chains may be few and some thirty points are looked
#: at.
_NOISE = 4.0


@dataclass(frozen=True, slots=True)
class Mixing:
    """Mean over the chains and its standard error, by ``model: statistic`` and point; the network itself at point 0."""

    means: dict[str, dict[str, float]] = field(default_factory=dict)
    errors: dict[str, dict[str, float]] = field(default_factory=dict)
    mixed_at: dict[str, float] = field(default_factory=dict)
    """The first point from which on all are within noise of the last one."""


def mixing_key(model: str, statistic: str) -> str:
    """Return the name of a curve."""
    return f"{model}: {statistic}"


def follow_chains(
    graph: Digraph,
    config: Config,
    seed: tuple[int, ...],
    models: tuple[str, ...],
    progress: Callable[[float], None] | None = None,
) -> Mixing:
    """Follow chains of each model; a network that cannot be rewired has no curves.

    The curve of a statistic that a model keeps is left out.
    """
    mixing = Mixing()
    if config.mixing_chains < 2:
        return mixing
    for step, model in enumerate(models):
        try:
            curve = mixing_curve(
                graph,
                preserve=model,
                tries_per_link=POINTS,
                chains=config.mixing_chains,
                seed=seed,
                threads=config.threads or None,
                progress=_part_of(progress, step, len(models)),
            )
        except InvalidInputError:
            return mixing  # the null models have been refused for the same reason, in words
        for statistic in SLOW:
            if (curve.samples[:, :, NULL_STATISTICS.index(statistic)] != curve.observed[_index(statistic)]).any():
                _tell(mixing, mixing_key(model, statistic), curve, statistic)
    return mixing


def _part_of(progress: Callable[[float], None] | None, step: int, steps: int) -> Callable[[float], None] | None:
    return None if progress is None else lambda done: progress((step + done) / steps)


def _index(statistic: str) -> int:
    return NULL_STATISTICS.index(statistic)


def _tell(mixing: Mixing, key: str, curve: MixingCurve, statistic: str) -> None:
    means, errors = curve.of(statistic), curve.standard_error[:, _index(statistic)]
    names = [f"{point:g}" for point in POINTS]
    mixing.means[key] = {"0": float(curve.observed[_index(statistic)])} | dict(zip(names, means.tolist(), strict=True))
    mixing.errors[key] = {"0": 0.0} | dict(zip(names, errors.tolist(), strict=True))
    apart = np.abs(means - means[-1]) > _NOISE * np.hypot(errors, errors[-1])
    first = int(np.flatnonzero(apart).max(initial=-1)) + 1
    mixing.mixed_at[key] = POINTS[first]
