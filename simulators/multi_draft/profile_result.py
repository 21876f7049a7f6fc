"""What a profile of logged logits found: by position, and its means with intervals."""

from __future__ import annotations

import csv
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from simulators.multi_draft.profile_alignment import Alignment

__all__ = ["LogitProfile", "ProfileRow"]

_RESAMPLES = 2_000


@dataclass(frozen=True)
class ProfileRow:
    """One scheme.

    Attributes
    ----------
    scheme
        Its name.
    acceptance, acceptance_low, acceptance_high
        Mean over positions of the probability that a draft is accepted, and its interval.
    gap, gap_low, gap_high
        Mean of the optimum minus it, and its interval, by the same blocks.
    share
        Its acceptance as a share of the optimum's.
    worst_gap
        The largest gap of a position.
    """

    scheme: str
    acceptance: float
    acceptance_low: float
    acceptance_high: float
    gap: float
    gap_low: float
    gap_high: float
    share: float
    worst_gap: float


@dataclass(frozen=True)
class LogitProfile:
    """Acceptance by scheme and position. `print` shows a table; `to_csv` keeps all positions.

    Attributes
    ----------
    acceptance
        By scheme, float64 [T]: the probability that one of the drafts is accepted. ``optimal`` is always there.
    tokens
        int64 [T].
    draft_count
        Drafts of a position.
    confidence
        Of the intervals: of the mean over positions like these, by a circular block bootstrap.
    block_length
        Positions of a block.
    bootstrap_key
        The bootstrap's seed, mixed.
    alignment
        Whether logits and tokens belong together.
    """

    acceptance: Mapping[str, NDArray[np.float64]]
    tokens: NDArray[np.int64]
    draft_count: int
    confidence: float
    block_length: int
    bootstrap_key: int
    alignment: Alignment

    def gap(self, scheme: str) -> NDArray[np.float64]:
        """Return the optimum minus a scheme's acceptance at each position: float64 [T]."""
        return np.asarray(self.acceptance["optimal"] - self.acceptance[scheme])

    @property
    def rows(self) -> tuple[ProfileRow, ...]:
        """A row for each scheme, largest mean acceptance first."""
        names = sorted(self.acceptance, key=lambda name: -float(self.acceptance[name].mean()))
        series = np.stack([self.acceptance[name] for name in names] + [self.gap(name) for name in names])
        low, high = self._intervals(series)
        optimum, count = float(self.acceptance["optimal"].mean()), len(names)
        return tuple(
            ProfileRow(
                scheme=name,
                acceptance=float(series[place].mean()),
                acceptance_low=float(low[place]),
                acceptance_high=float(high[place]),
                gap=float(series[count + place].mean()),
                gap_low=float(low[count + place]),
                gap_high=float(high[count + place]),
                share=float(series[place].mean()) / optimum if optimum else 1.0,
                worst_gap=float(series[count + place].max()),
            )
            for place, name in enumerate(names)
        )

    def _intervals(self, series: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return both ends for the mean of each row of [n, T]: NaN where there are fewer than two blocks."""
        length, block = series.shape[1], self.block_length
        blocks = length // block
        if blocks < 2:
            nothing = np.full(len(series), np.nan)
            return nothing, nothing
        around = np.concatenate([series, series[:, : block - 1]], axis=1)
        sums = np.cumsum(np.concatenate([np.zeros((len(series), 1)), around], axis=1), axis=1)
        means = (sums[:, block:] - sums[:, :-block]) / block
        random = np.random.default_rng(self.bootstrap_key)
        found = np.empty((_RESAMPLES, len(series)))
        for sample in range(_RESAMPLES):
            found[sample] = means[:, random.integers(length, size=blocks)].mean(axis=1)
        tail = (1.0 - self.confidence) / 2.0
        low, high = np.quantile(found, [tail, 1.0 - tail], axis=0)
        return low, high

    def to_csv(self, path: str | os.PathLike[str]) -> None:
        """Write a line for each position: token, its log-likelihood, the acceptance of each scheme.

        Nothing is left under `path` where writing fails.
        """
        goal = Path(path)
        part = goal.with_name(goal.name + ".part")
        try:
            with part.open("w", newline="", encoding="utf-8") as file:
                writer = csv.writer(file, lineterminator="\n")
                writer.writerow(["position", "token", "log_likelihood", *self.acceptance])
                columns = [self.tokens, self.alignment.per_position, *self.acceptance.values()]
                writer.writerows(zip(range(len(self.tokens)), *(column.tolist() for column in columns), strict=True))
            part.replace(goal)
        finally:
            part.unlink(missing_ok=True)

    def __str__(self) -> str:
        fit, percent = self.alignment, f"{100 * self.confidence:g} %"
        lines = [
            f"{len(self.tokens)} positions, {self.draft_count} drafts; {percent} intervals of the mean by blocks of "
            f"{self.block_length} positions",
            f"tokens: log-likelihood {fit.per_position.mean():.3f} nats, entropy {fit.entropy:.3f}, z {fit.z:+.1f}",
            f"{'scheme':<30}{'acceptance':>10}  {'interval':^13}  {'gap':>8}  {'interval':^16}{'of optimum':>11}",
        ]
        for row in self.rows:
            lines.append(
                f"{row.scheme:<30}{row.acceptance:>10.4f}  {row.acceptance_low:.4f}–{row.acceptance_high:.4f}  "
                f"{row.gap:>+8.4f}  {row.gap_low:+.4f}..{row.gap_high:+.4f}{100 * row.share:>10.1f}%"
            )
        return "\n".join(lines)
