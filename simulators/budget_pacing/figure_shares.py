"""What each policy got of what any could have got: on this run's auctions, and on every iPinYou campaign."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pybench.optional import require
from simulators.budget_pacing.figure_style import (
    ACCENT,
    BLUE,
    FAINT,
    POLICY_STYLE,
    QUIET,
    TEXT,
    WHOLE,
    canvas,
    refusal,
    tidy,
)
from simulators.budget_pacing.result import Result

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["describe_shares", "shares"]

_NONE = "Policies were not compared: Config.studies is 0."
#: What a table of campaigns shows: column -> heading.
_COLUMNS = {
    "one_sample": "one\nsample",
    "one_sample, relearn": "with alarm,\nrelearns",
    "one_sample, uniform": "with alarm,\neven rest",
    "uniform": "even\nplan",
    "uniform_cold": "even plan,\nfrom 0",
    "static_sample": "fixed, of\nthe sample",
    "no_pacing": "no\npacing",
}


def shares(result: Result) -> Figure:
    """Share of the least bound by policy: what each got of what no policy can exceed; for iPinYou by campaign.

    Raises
    ------
    MissingPackageError
        Where matplotlib is not installed.
    """
    if result.campaign_shares:
        return _table(result)
    figure = canvas(result, 6.2, "Share of the bound that no policy exceeds")
    axes = figure.add_axes((0.36, 0.07, 0.6, 0.755))
    if not result.policy_shares:
        refusal(axes, _NONE)
        return figure
    names = list(result.policy_shares)[::-1]
    values = [result.policy_shares[name] for name in names]
    colours = [BLUE if name == result.policy else FAINT for name in names]
    axes.barh(range(len(names)), values, color=colours, height=0.66)
    for place, value in enumerate(values):
        inside = value > 0.2
        style: dict[str, Any] = {"va": "center", "fontsize": TEXT["small"], "color": "#FFFFFE" if inside else WHOLE}
        if inside and colours[place] == FAINT:
            style["color"] = "#232222"
        axes.text(
            value - 0.01 if inside else value + 0.01, place, f"{value:.4f}", ha="right" if inside else "left", **style
        )
    axes.set_yticks(range(len(names)), [POLICY_STYLE[name][2] for name in names])
    axes.set_xlim(0.0, 1.0)
    tidy(axes)
    axes.grid(visible=False)
    return figure


def describe_shares(result: Result) -> str:
    """Say in words what `shares` shows."""
    if result.campaign_shares:
        told = [
            f"{campaign}: "
            + ", ".join(f"{_COLUMNS[key]} {row[key]:.3f}".replace("\n", " ") for key in _COLUMNS if key in row)
            for campaign, row in result.campaign_shares.items()
        ]
        return "Share of the bound by campaign. " + "; ".join(told) + "."
    if not result.policy_shares:
        return _NONE
    told = [f"{POLICY_STYLE[name][2]} {value:.4f}" for name, value in result.policy_shares.items()]
    return "Share of the bound by policy: " + ", ".join(told) + "."


def _table(result: Result) -> Figure:
    """Draw a table of campaigns and policies, each cell as dark as what was lost."""
    figure = canvas(result, 6.6, "Share of the bound that no policy exceeds, by campaign")
    axes = figure.add_axes((0.1, 0.07, 0.88, 0.69))
    columns = [key for key in _COLUMNS if all(key in row for row in result.campaign_shares.values())]
    values = np.array([[row[key] for key in columns] for row in result.campaign_shares.values()])
    for (row, column), value in np.ndenumerate(values):
        lost = min(1.0, max(0.0, 1.0 - value))
        ground = {"facecolor": (ACCENT, 0.75 * lost), "edgecolor": "none"}
        axes.add_patch(_rectangle(column - 0.48, row - 0.46, 0.96, 0.92, **ground))
        axes.text(column, row, f"{value:.3f}", ha="center", va="center", fontsize=TEXT["small"], color="#232222")
    axes.set_xlim(-0.5, len(columns) - 0.5)
    axes.set_ylim(len(values) - 0.5, -0.5)
    axes.set_xticks(range(len(columns)), [_COLUMNS[key] for key in columns])
    axes.set_yticks(range(len(values)), list(result.campaign_shares))
    axes.xaxis.tick_top()
    axes.tick_params(length=0, labelsize=10.0, colors=WHOLE)
    axes.tick_params(axis="y", labelsize=TEXT["small"])
    for side in axes.spines.values():
        side.set_visible(False)
    note = "Second half of each log live, the first as the sample. Darker: more was lost."
    figure.text(0.03, 0.02, note, fontsize=TEXT["small"], color=QUIET)
    return figure


def _rectangle(*place: float, **style: Any) -> Any:
    left, bottom, width, height = place
    return require("matplotlib.patches", extra="budget_pacing").Rectangle((left, bottom), width, height, **style)
