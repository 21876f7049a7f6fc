"""How a network stands among random ones: every statistic under both null models, and where the two disagree.

A statistic is *beyond* a null model where |z| >= 2; where all random networks agree and the network differs from them,
it is beyond as well, though it has no z-score. The paper speaks of randomised null models; which it uses we could not
read, so both stand side by side.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pybench.errors import InvalidInputError
from pybench.kernels.graph import NULL_STATISTICS, Digraph, NullEnsemble, null_ensemble
from simulators.currency_network.config import Config

__all__ = [
    "BEYOND",
    "SHOWN",
    "Nulls",
    "Row",
    "compare",
    "direction",
    "disagreements",
    "draw_nulls",
    "histogram",
    "histograms",
    "rows_of",
]

#: From this |z| on a statistic is called beyond a null model.
BEYOND = 2.0
#: The statistics whose samples a Result keeps, as histograms.
SHOWN = ("021U", "030T", "201", "300", "strong_of_2", "strong_of_3_or_more", "strong_giant", "cyclic_links")

Row = Mapping[str, float | bool]


@dataclass(frozen=True, slots=True)
class Nulls:
    """The null models of one network: what they say, or why they say nothing."""

    ensembles: dict[str, NullEnsemble] = field(default_factory=dict)
    """By model."""
    refusals: dict[str, str] = field(default_factory=dict)
    """By model, the reason in words: too few links, say."""

    def __or__(self, other: Nulls) -> Nulls:
        """Return the models of both."""
        return Nulls(self.ensembles | other.ensembles, self.refusals | other.refusals)


def draw_nulls(
    graph: Digraph,
    config: Config,
    seed: tuple[int, ...],
    models: tuple[str, ...],
    progress: Callable[[float], None] | None = None,
) -> Nulls:
    """Draw the random networks of each model, or learn why there are none."""
    nulls = Nulls()
    for model in models:
        try:
            nulls.ensembles[model] = null_ensemble(
                graph,
                samples=config.null_samples,
                preserve=model,
                tries_per_link=config.tries_per_link,
                seed=seed,
                threads=config.threads or None,
                progress=progress,
            )
        except InvalidInputError as error:
            nulls.refusals[model] = str(error)
    return nulls


def rows_of(ensemble: NullEnsemble) -> dict[str, dict[str, float | bool]]:
    """Return what is known of each of `NULL_STATISTICS`.

    Returns
    -------
    dict[str, dict[str, float | bool]]
        observed; mean and standard_deviation of the samples; p, two-sided; reached_by, how many samples are not below
        the network; constant, whether all samples agree. Where they do not: z, and z_error, its standard error by
        sampling, sqrt((1 + z^2 / 2) / samples), which holds for samples of a normal law.
    """
    rows: dict[str, dict[str, float | bool]] = {}
    count = len(ensemble.samples)
    for index, name in enumerate(NULL_STATISTICS):
        row: dict[str, float | bool] = {
            "observed": int(ensemble.observed[index]),
            "mean": float(ensemble.mean[index]),
            "standard_deviation": float(ensemble.standard_deviation[index]),
            "p": float(ensemble.p[index]),
            "reached_by": int(np.count_nonzero(ensemble.samples[:, index] >= ensemble.observed[index])),
            "constant": bool(ensemble.constant[index]),
        }
        if not row["constant"]:
            z = float(ensemble.z[index])
            row |= {"z": z, "z_error": float(np.sqrt((1.0 + z * z / 2.0) / count))}
        rows[name] = row
    return rows


def direction(row: Row) -> int:
    """Return 1 for a statistic that is beyond its null model upwards, -1 downwards, 0 for one that is not."""
    if row["constant"]:
        return int(np.sign(row["observed"] - row["mean"]))
    return int(np.sign(row["z"])) if abs(row["z"]) >= BEYOND else 0


def compare(degree: Mapping[str, Row], dyad: Mapping[str, Row]) -> dict[str, dict[str, str]]:
    """Return, for each statistic that the two null models tell differently, the direction under each.

    Directions are more, fewer and as expected; a row may be one that is beyond both with opposite signs, or beyond one
    model only.
    """
    words = {1: "more", -1: "fewer", 0: "as expected"}
    both = {name: (direction(degree[name]), direction(dyad[name])) for name in degree if name in dyad}
    return {
        name: {"degree": words[first], "dyad": words[second]}
        for name, (first, second) in both.items()
        if first != second
    }


def disagreements(compared: Mapping[str, Mapping[str, str]], *, opposite: bool) -> dict[str, dict[str, str]]:
    """Return the rows of `compare` with opposite signs, or those where one model only calls the network unusual."""
    return {name: dict(row) for name, row in compared.items() if ("as expected" not in row.values()) == opposite}


def histogram(samples: NDArray[np.int64]) -> dict[str, float | tuple[int, ...]]:
    """Return counts of equal bins: the lower end of the first, their width, and the counts.

    At most about twice the cube root of the samples many (Rice's rule), a whole number of values wide, with ends half
    way between values.
    """
    most = max(4, round(2.0 * samples.size ** (1.0 / 3.0)))
    low, high = int(samples.min()), int(samples.max())
    width = -(-(high - low + 1) // most)
    counts = np.bincount((samples - low) // width)
    return {"low": low - 0.5, "width": float(width), "counts": tuple(counts.tolist())}


def histograms(nulls: Nulls) -> dict[str, dict[str, dict[str, float | tuple[int, ...]]]]:
    """Return, for each of `SHOWN`, the histogram of its samples under each model."""
    return {
        name: {
            model: histogram(ensemble.samples[:, NULL_STATISTICS.index(name)])
            for model, ensemble in nulls.ensembles.items()
        }
        for name in SHOWN
        if nulls.ensembles
    }
