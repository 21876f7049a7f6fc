"""How the budget was spent over the day, and what was bid."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from simulators.budget_pacing.figure_style import ACCENT, BLUE, FAINT, QUIET, TEXT, WHOLE, canvas, refusal, tidy
from simulators.budget_pacing.result import Result

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["delivery", "describe_delivery"]

_HEIGHT = 8.4
_NONE = "No curve was kept: Config.curve_points is 0."
_LEGEND: dict[str, Any] = {
    "loc": "lower left",
    "bbox_to_anchor": (-0.12, 1.0),
    "ncols": 3,
    "frameon": False,
    "borderpad": 0.0,
}


def delivery(result: Result) -> Figure:
    """Delivery curve: the share of the budget spent up to each time of the day, and the multiplier that was bid with.

    Raises
    ------
    MissingPackageError
        Where matplotlib is not installed.
    """
    figure = canvas(result, _HEIGHT, "Spent up to each time of the day")
    upper = figure.add_axes((0.12, 0.48, 0.84, 0.345))
    if not result.delivery_time:
        refusal(upper, _NONE)
        return figure
    day = 100.0 * np.array((0.0, *result.delivery_time))
    upper.plot(day, _share(result, result.delivery_best), color=QUIET, linewidth=1.6, label="best fixed, in hindsight")
    if result.delivery_planned:
        planned = _share(result, result.delivery_planned)
        upper.plot(day, planned, color=ACCENT, linewidth=2.0, linestyle=(0, (4, 2)), label="planned")
    upper.plot(day, _share(result, result.delivery_actual), color=BLUE, linewidth=2.4, label="spent")
    upper.axhline(100.0, color=WHOLE, linewidth=0.8)
    upper.set_ylabel("% of the budget", fontsize=TEXT["label"], color=WHOLE)
    upper.legend(**_LEGEND, fontsize=TEXT["small"])
    lower = figure.add_axes((0.12, 0.075, 0.84, 0.29))
    lower.plot(day[1:], result.multiplier_path, color=BLUE, linewidth=1.8, label="bid with")
    known = "the law's" if result.synthetic else "best in hindsight"
    for value, style, name in (
        (result.best_multiplier, "solid", known),
        (result.sample_multiplier, (0, (4, 2)), "the sample's"),
    ):
        lower.axhline(value, color=WHOLE if style == "solid" else ACCENT, linewidth=1.3, linestyle=style, label=name)
    lower.set_xlabel("time of the day, % of the auctions", fontsize=TEXT["label"], color=WHOLE)
    lower.set_ylabel("multiplier", fontsize=TEXT["label"], color=WHOLE)
    lower.legend(**_LEGEND, fontsize=TEXT["small"])
    for axes in (upper, lower):
        _time_axis(axes, result)
    return figure


def describe_delivery(result: Result) -> str:
    """Say in words what `delivery` shows."""
    if not result.delivery_time:
        return _NONE
    told = []
    for part in (0.25, 0.5, 0.75, 1.0):
        at = min(int(np.searchsorted(result.delivery_time, part)), len(result.delivery_time) - 1)
        spent = f"{result.delivery_actual[at] / result.budget:.1%} spent"
        planned = f", {result.delivery_planned[at] / result.budget:.1%} planned" if result.delivery_planned else ""
        told.append(f"after {part:.0%} of the auctions {spent}{planned}, multiplier {result.multiplier_path[at]:.3f}")
    alarms = f" Drift alarms: {len(result.alarms)}." if result.alarms else ""
    return (
        f"Share of the budget: {'; '.join(told)}. The best multiplier is {result.best_multiplier:.3f}, the sample's "
        f"{result.sample_multiplier:.3f}.{alarms}"
    )


def _share(result: Result, spend: tuple[float, ...]) -> Any:
    return 100.0 * np.array((0.0, *spend)) / result.budget


def _time_axis(axes: Any, result: Result) -> None:
    axes.set_xlim(0.0, 100.0)
    axes.set_ylim(bottom=0.0)
    for alarm in result.alarms[:20]:
        axes.axvline(100.0 * alarm / result.horizon, color=FAINT, linewidth=1.4, zorder=0)
    if result.alarms:
        at = 100.0 * result.alarms[0] / result.horizon
        place = {"transform": axes.get_xaxis_transform(), "fontsize": TEXT["small"], "color": QUIET, "va": "top"}
        axes.text(at + 1.0, 0.97, "drift alarm", **place)
    tidy(axes)
