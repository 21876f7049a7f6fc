"""How regret grows with the number of auctions, by instance and policy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from simulators.budget_pacing.figure_style import FAINT, POLICY_STYLE, QUIET, TEXT, WHOLE, canvas, refusal, tidy
from simulators.budget_pacing.instances import INSTANCES
from simulators.budget_pacing.result import Result

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["describe_regret", "regret_by_horizon"]

_HEIGHT = 9.6
_NONE = "Regret was not followed over horizons: that needs synthetic data and Config.studies above 0."


def regret_by_horizon(result: Result) -> Figure:
    """Mean regret against the number of auctions on the four instances, with the slope of each policy.

    Both axes are logarithmic. The grey line grows as the square root. Bars are two standard errors.

    Raises
    ------
    MissingPackageError
        Where matplotlib is not installed.
    """
    figure = canvas(result, _HEIGHT, "Regret against the number of auctions, with slopes")
    if not result.ladder:
        refusal(figure.add_axes((0.03, 0.05, 0.94, 0.8)), _NONE)
        return figure
    means = [mean for rows in result.ladder.values() for row in rows.values() for mean, _ in row.values() if mean > 0.0]
    for index, (instance, rows) in enumerate(result.ladder.items()):
        row, column = divmod(index, 2)
        axes = figure.add_axes((0.105 + 0.49 * column, 0.47 - 0.405 * row, 0.375, 0.275))
        _draw(axes, rows, result.slopes[instance])
        axes.set_ylim(min(means) / 2.0, max(means) * 2.5)
        style: dict[str, Any] = {"transform": axes.transAxes, "va": "bottom", "color": WHOLE}
        axes.text(-0.1, 1.11, instance, fontsize=TEXT["label"], fontweight="bold", **style)
        axes.text(-0.1, 1.02, INSTANCES[instance].words, fontsize=9.0, **style)
        axes.set_xlabel("auctions" if row else "", fontsize=TEXT["label"], color=WHOLE)
    _legend(figure, result)
    return figure


def describe_regret(result: Result) -> str:
    """Say in words what `regret_by_horizon` shows."""
    if not result.ladder:
        return _NONE
    told = []
    for instance, rows in result.ladder.items():
        last = {policy: list(row.items())[-1] for policy, row in rows.items()}
        parts = [
            f"{POLICY_STYLE[policy][2]} {mean:.1f} at {int(horizon):,}, slope {result.slopes[instance][policy]:.2f}"
            for policy, (horizon, (mean, _)) in last.items()
        ]
        told.append(f"{instance}: {'; '.join(parts)}")
    return "Mean regret. " + ". ".join(told) + "."


def _draw(axes: Any, rows: Any, slopes: Any) -> None:
    for policy, row in rows.items():
        colour, marker, _ = POLICY_STYLE[policy]
        horizons = np.array([float(key) for key in row])
        means, errors = np.array(list(row.values())).T
        errors = np.minimum(2.0 * errors, 0.99 * means)
        style = {"color": colour, "marker": marker, "markersize": 5, "linewidth": 1.6, "elinewidth": 1.0}
        axes.errorbar(horizons, means, yerr=errors, **style)
    axes.set_xscale("log")
    axes.set_yscale("log")
    first = np.array(list(rows["one_sample"].values()))[0, 0]
    axes.plot(horizons, first * np.sqrt(horizons / horizons[0]), color=FAINT, linewidth=4.0, zorder=0)
    _name_slopes(axes, rows, slopes, float(horizons[-1]))
    axes.set_xlim(horizons[0] / 1.5, horizons[-1] * (horizons[-1] / horizons[0]) ** 0.22)
    axes.set_xticks(horizons, [_power(value) for value in horizons])
    axes.minorticks_off()
    tidy(axes)


def _name_slopes(axes: Any, rows: Any, slopes: Any, last: float) -> None:
    """Write the slopes to the right of the curves, apart from each other."""
    ends = sorted((list(row.values())[-1][0], policy) for policy, row in rows.items())
    height = -np.inf
    for mean, policy in ends:
        height = max(np.log10(max(mean, 1e-9)), height + 0.3)
        style = {"fontsize": 9.5, "color": POLICY_STYLE[policy][0], "va": "center"}
        axes.text(last * 1.35, 10.0**height, f"{slopes[policy]:.2f}", **style)


def _power(value: float) -> str:
    power = round(np.log10(value))
    return f"$10^{power}$" if np.isclose(value, 10.0**power) else f"{value:,.0f}"


def _legend(figure: Any, result: Result) -> None:
    axes = figure.add_axes((0.03, 0.815, 0.94, 0.06))
    axes.axis("off")
    for policy in next(iter(result.ladder.values())):
        colour, marker, name = POLICY_STYLE[policy]
        axes.plot([], [], color=colour, marker=marker, markersize=6, linewidth=1.8, label=name)
    axes.plot([], [], color=FAINT, linewidth=4.0, label="square root of T")
    style = {"frameon": False, "columnspacing": 1.4, "borderpad": 0.0, "labelcolor": QUIET}
    axes.legend(loc="center left", ncols=3, fontsize=TEXT["small"], **style)
