"""What the null models return. Public names are imported from `pybench.kernels.graph`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from pybench.kernels.graph_results import TRIAD_NAMES

__all__ = ["CONNECTED_TRIADS", "NULL_STATISTICS", "MixingCurve", "NullEnsemble"]

#: What is counted of a graph and of each of its random rewirings, in this order: the 16 triad classes;
#: `mutual_dyads`, pairs of nodes linked both ways; `strong_of_2`, `strong_of_3` and `strong_of_3_or_more`, strong
#: components of so many nodes; `strong_giant`, the nodes of the largest; `cyclic_nodes`, nodes in strong components of
#: at least two; `cyclic_links`, links inside strong components; `weak_components`, single nodes among them;
#: `weak_giant`, the nodes of the largest.
NULL_STATISTICS: tuple[str, ...] = (
    *TRIAD_NAMES,
    *("mutual_dyads", "strong_of_2", "strong_of_3", "strong_of_3_or_more", "strong_giant"),
    *("cyclic_nodes", "cyclic_links", "weak_components", "weak_giant"),
)

#: The classes of triads that are in one piece: those of a significance profile.
CONNECTED_TRIADS: tuple[str, ...] = TRIAD_NAMES[3:]

_INDEX = {name: index for index, name in enumerate(NULL_STATISTICS)}


@dataclass(frozen=True, eq=False, repr=False)
class NullEnsemble:
    """A graph beside random rewirings of it. Arrays of length 25 are in the order of `NULL_STATISTICS`."""

    preserve: str
    """``degree`` or ``dyad``."""
    tries: int
    """Tries of each chain, rejected ones among them."""
    observed: NDArray[np.int64]
    """int64 [25]: of the graph itself."""
    samples: NDArray[np.int64]
    """int64 [samples, 25]: of each rewired graph."""
    acceptance: NDArray[np.float64]
    """float64 [samples]: the share of its tries that changed the graph. 0: the sample is the graph itself."""

    @cached_property
    def mean(self) -> NDArray[np.float64]:
        """Mean of the samples, float64 [25]."""
        return np.asarray(self.samples[0] + self._deviations.mean(axis=0), dtype=np.float64)

    @cached_property
    def standard_deviation(self) -> NDArray[np.float64]:
        """Of the samples, float64 [25], samples - 1 in the denominator; 0 exactly where `constant`."""
        return np.asarray(np.where(self.constant, 0.0, self._deviations.std(axis=0, ddof=1)), dtype=np.float64)

    @cached_property
    def constant(self) -> NDArray[np.bool_]:
        """Whether all samples agree, bool [25]. Then there is no z-score in the ordinary sense: see `z`."""
        return np.asarray((self.samples == self.samples[0]).all(axis=0))

    @cached_property
    def z(self) -> NDArray[np.float64]:
        """(observed - mean) / standard deviation, float64 [25], never NaN.

        Where all samples agree (`constant`) it is 0 if the graph agrees with them, and otherwise infinite with the sign
        of the difference.
        """
        difference = (self.observed - self.samples[0]) - self._deviations.mean(axis=0)
        sure = np.where(difference == 0.0, 0.0, np.copysign(np.inf, difference))
        spread = np.where(self.constant, 1.0, self.standard_deviation)
        return np.asarray(np.where(self.constant, sure, difference / spread), dtype=np.float64)

    @cached_property
    def p_at_least(self) -> NDArray[np.float64]:
        """(1 + samples that are not below the graph) / (1 + samples), float64 [25].

        A valid p-value for any law, where the chains have mixed: they all start at the graph.
        """
        return np.asarray((1 + (self.samples >= self.observed).sum(axis=0)) / (1 + len(self.samples)))

    @cached_property
    def p_at_most(self) -> NDArray[np.float64]:
        """The same for samples that are not above the graph, float64 [25]."""
        return np.asarray((1 + (self.samples <= self.observed).sum(axis=0)) / (1 + len(self.samples)))

    @cached_property
    def p(self) -> NDArray[np.float64]:
        """Two-sided, float64 [25]: twice the smaller of both, at most 1."""
        return np.asarray(np.minimum(1.0, 2.0 * np.minimum(self.p_at_least, self.p_at_most)))

    @cached_property
    def significance_profile(self) -> Mapping[str, float]:
        """The z-scores of the connected triads over their Euclidean norm (Milo et al., 2004).

        Classes of which all samples agree have no place in it and are left out: `constant` names them. Where every
        z-score is 0, so is the profile.
        """
        names = [name for name in CONNECTED_TRIADS if not self.constant[_INDEX[name]]]
        scores = np.array([self.z[_INDEX[name]] for name in names])
        norm = float(np.linalg.norm(scores)) or 1.0
        return MappingProxyType({name: float(score) / norm for name, score in zip(names, scores, strict=True)})

    def of(self, name: str) -> dict[str, float | bool]:
        """Return all that is known of one statistic: observed, mean, standard_deviation, z, p values, constant.

        Raises
        ------
        KeyError
            For a name that is not in `NULL_STATISTICS`.
        """
        index = _INDEX[name]
        return {
            "observed": int(self.observed[index]),
            "mean": float(self.mean[index]),
            "standard_deviation": float(self.standard_deviation[index]),
            "z": float(self.z[index]),
            "p_at_least": float(self.p_at_least[index]),
            "p_at_most": float(self.p_at_most[index]),
            "p": float(self.p[index]),
            "constant": bool(self.constant[index]),
        }

    def __repr__(self) -> str:
        return f"NullEnsemble(preserve={self.preserve!r}, samples={len(self.samples)}, tries={self.tries})"

    @cached_property
    def _deviations(self) -> NDArray[np.float64]:
        """From the first sample: small numbers, where counts of 003 are beyond what a float tells apart."""
        return np.asarray(self.samples - self.samples[0], dtype=np.float64)


@dataclass(frozen=True, eq=False, repr=False)
class MixingCurve:
    """How the statistics of a chain settle: a chain is mixed where its curve has become flat."""

    preserve: str
    """``degree`` or ``dyad``."""
    tries_per_link: NDArray[np.float64]
    """float64 [points]: where the chains were looked at; ascending."""
    observed: NDArray[np.int64]
    """int64 [25]: of the graph itself, where every chain starts. In the order of `NULL_STATISTICS`."""
    samples: NDArray[np.int64]
    """int64 [chains, points, 25]."""

    @cached_property
    def mean(self) -> NDArray[np.float64]:
        """Mean over the chains, float64 [points, 25]."""
        return np.asarray(self.samples[0, 0] + self._deviations.mean(axis=0), dtype=np.float64)

    @cached_property
    def standard_error(self) -> NDArray[np.float64]:
        """Standard error of that mean, float64 [points, 25]; infinite with one chain, which tells nothing of it."""
        chains = len(self.samples)
        if chains == 1:
            return np.full(self.samples.shape[1:], np.inf)
        return np.asarray(self._deviations.std(axis=0, ddof=1) / np.sqrt(chains))

    def of(self, name: str) -> NDArray[np.float64]:
        """Return the mean of one statistic, float64 [points]; KeyError for a name that is not in `NULL_STATISTICS`."""
        return np.array(self.mean[:, _INDEX[name]])

    def __repr__(self) -> str:
        return f"MixingCurve(preserve={self.preserve!r}, chains={len(self.samples)}, points={len(self.tries_per_link)})"

    @cached_property
    def _deviations(self) -> NDArray[np.float64]:
        return np.asarray(self.samples - self.samples[0, 0], dtype=np.float64)
