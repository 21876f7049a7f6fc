"""Tokens a call of the target yields, against how good its draft is."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulators.multi_draft.figure_style import ACCENT, QUIET, TEXT, WHOLE, canvas, refusal, tidy
from simulators.multi_draft.result import Result

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["describe_quality", "efficiency_by_quality"]

_HEIGHT = 6.4
_DOT = "#56B4E9"
_GROUPS = 6
#: Rounds of a group at least; with fewer there are fewer groups.
_LEAST = 10
_NOTHING = "No draft was verified."


class _Group(NamedTuple):
    """Rounds of like quality: mean optimum at the root, tokens put out by each."""

    quality: float
    tokens: NDArray[np.int64]

    @property
    def mean(self) -> float:
        return float(self.tokens.mean())

    @property
    def half(self) -> float:
        """Half of the 95 % interval of the mean."""
        return 1.96 * float(self.tokens.std(ddof=1)) / self.tokens.size**0.5 if self.tokens.size > 1 else 0.0


def efficiency_by_quality(result: Result) -> Figure:
    """Tokens that a call of the target yields, against the optimal acceptance at its first position.

    Rounds are in groups of the same number by that acceptance. The area of a disc is the share of the group that put
    out so many tokens; diamonds are means with 95 % intervals. Dashed: were acceptance the same at every depth.

    Raises
    ------
    MissingPackageError
        Where matplotlib is not installed.
    """
    figure = canvas(result, _HEIGHT, "Tokens a call of the target, by how good its draft is")
    axes = figure.add_axes((0.1, 0.11, 0.86, 0.64))
    groups, length = _groups(result)
    if not groups:
        refusal(axes, _NOTHING)
        return figure
    for group in groups:
        tokens, times = np.unique(group.tokens, return_counts=True)
        areas = 620.0 * times / group.tokens.size
        axes.scatter(np.full(tokens.size, group.quality), tokens, s=areas, color=_DOT, alpha=0.7, linewidths=0.0)
        axes.errorbar(
            group.quality, group.mean, yerr=group.half, fmt="D", color=ACCENT, markersize=8, capsize=3, zorder=5
        )
    grid = np.linspace(0.0, 1.0, 101)
    same = (grid[:, None] ** np.arange(length + 1)).sum(axis=1)
    axes.plot(grid, same, color=QUIET, linewidth=1.8, linestyle=(0, (5, 2)))
    margin = 0.5 * (groups[-1].quality - groups[0].quality) / len(groups) + 0.03
    axes.set_xlim(max(0.0, groups[0].quality - margin), min(1.03, groups[-1].quality + margin))
    axes.set_ylim(0.6, length + 1.5)
    if length <= 12:
        axes.set_yticks(range(1, length + 2))
    axes.set_xlabel("optimal acceptance at the first position of the call", fontsize=TEXT["label"], color=WHOLE)
    axes.set_ylabel("tokens of the call", fontsize=TEXT["label"], color=WHOLE)
    tidy(axes)
    keys = (
        "disc: share of calls with so many tokens; diamond: mean and 95 %",
        "dashed: the mean, were acceptance the same at every depth",
    )
    for line, key in enumerate(keys):
        figure.text(0.03, 1.0 - (1.17 + 0.26 * line) / _HEIGHT, key, fontsize=TEXT["small"], color=QUIET, va="center")
    return figure


def describe_quality(result: Result) -> str:
    """Say in words what `efficiency_by_quality` shows."""
    groups, _ = _groups(result)
    if not groups:
        return _NOTHING
    told = ", ".join(f"{group.mean:.2f} +- {group.half:.2f} at {group.quality:.2f}" for group in groups)
    calls = sum(group.tokens.size for group in groups)
    return f"Mean tokens of {calls:,} calls by the optimal acceptance at the first position: {told}."


def _groups(result: Result) -> tuple[list[_Group], int]:
    """Return the rounds in groups by their root's optimum, and the length of the sequences."""
    if not result.position_depth:
        return [], 0
    depth = np.array(result.position_depth)
    begin = np.array(result.position_offset) - depth + 1
    rounds = np.stack([np.array(result.position_prompt), begin], axis=1)
    distinct, number = np.unique(rounds, axis=0, return_inverse=True)
    tokens = np.ones(len(distinct), dtype=np.int64)
    np.add.at(tokens, number.reshape(-1), np.array(result.position_accepted, dtype=np.int64))
    quality = np.empty(len(distinct))
    root = depth == 1
    quality[number.reshape(-1)[root]] = np.array(result.position_optimal)[root]
    order = np.argsort(quality, kind="stable")
    parts = np.array_split(order, max(1, min(_GROUPS, order.size // _LEAST)))
    return [_Group(float(quality[part].mean()), tokens[part]) for part in parts], int(depth.max())
