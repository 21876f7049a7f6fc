"""How long the chains of the null models must be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from simulators.currency_network.figure_style import FAINT, MODELS, QUIET, TEXT, WHOLE, canvas, refusal, tidy
from simulators.currency_network.mixing import POINTS, SLOW, mixing_key
from simulators.currency_network.result import Result

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["describe_mixing", "mixing_curve"]

_HEIGHT = 9.4
_TITLES = {"030T": "triad 030T", "201": "triad 201", "mutual_dyads": "mutual dyads"}


def mixing_curve(result: Result) -> Figure:
    """How many tries a random network takes to forget the real one.

    Counts over their value after ten tries per link, means over chains; the bands are two standard errors either side.
    A large mark is the first point from which on all are within noise of the last.

    Raises
    ------
    MissingPackageError
        Where matplotlib is not installed.
    """
    figure = canvas(result, _HEIGHT, "How many tries make a random network")
    if not result.mixing_means:
        axes = figure.add_axes((0.03, 0.05, 0.94, 0.8))
        refusal(axes, result)
        if result.null_acceptance:
            axes.texts[0].set_text("No chains were followed.")
        return figure
    for index, statistic in enumerate(SLOW):
        axes = figure.add_axes((0.14, 0.625 - 0.27 * index, 0.83, 0.195))
        _draw(axes, result, statistic, last=index == len(SLOW) - 1)
    note = "Counts over their value at 10. Large mark: from here on within noise of it."
    figure.text(0.03, 0.012, note, fontsize=TEXT["small"], color=QUIET)
    return figure


def describe_mixing(result: Result) -> str:
    """Say in words what `mixing_curve` shows."""
    if not result.mixed_at:
        return "No chains of a null model were followed."
    told = ", ".join(f"{key} from {point:g} on" for key, point in result.mixed_at.items())
    return (
        f"Tries per link after which a slow count stays within noise of its value after {POINTS[-1]:g}: {told}. "
        f"The null models use {result.tries_per_link:g}."
    )


def _draw(axes: Any, result: Result, statistic: str, *, last: bool) -> None:
    axes.set_xscale("log")
    axes.set_xlim(0.045, 12.0)
    axes.set_xticks([0.05, *POINTS], ["0", *(f"{point:g}" for point in POINTS)])
    axes.minorticks_off()
    drawn = [ratios for model in MODELS if (ratios := _curve(axes, result, model, statistic)) is not None]
    everything = np.concatenate(drawn) if drawn else np.ones(1)
    low, high = float(everything.min()), float(everything.max())
    if low > 0.0 and high > 3.0 * low:
        axes.set_yscale("log")
        axes.set_ylim(low / 1.5, high * 1.5)
        steps = (1.0,) if high > 30.0 * low else (1.0, 2.0, 5.0)
        ticks = [step * 10.0**power for power in range(-4, 7) for step in steps]
        ticks = [value for value in ticks if low / 1.5 < value < high * 1.5]
    else:
        margin = max(0.05, 0.15 * (high - low))
        axes.set_ylim(low - margin, high + margin)
        ticks = [round(low, 2), 1.0, round(high, 2)]
        ticks = [value for value in ticks if value == 1.0 or abs(value - 1.0) > 0.3 * margin]
    axes.set_yticks(sorted(set(ticks)), [f"{value:g}" for value in sorted(set(ticks))])
    axes.minorticks_off()
    axes.axhline(1.0, color=FAINT, linewidth=1.0, zorder=0)
    axes.axvline(result.tries_per_link, color=QUIET, linewidth=1.2, linestyle=(0, (4, 3)), zorder=0)
    axes.set_title(_TITLES[statistic], fontsize=TEXT["label"], fontweight="bold", loc="left", color=WHOLE)
    if not drawn:
        axes.text(0.3, 0.5, "no curve", transform=axes.transAxes, fontsize=TEXT["small"], color=QUIET)
    place = {"transform": axes.get_xaxis_transform(), "ha": "center", "va": "bottom"}
    axes.text(result.tries_per_link, 1.02, "used", fontsize=TEXT["small"], color=QUIET, **place)
    if last:
        axes.set_xlabel("tries per link (logarithmic; 0 is the network)", fontsize=TEXT["small"])
    if statistic == SLOW[0]:
        _legend(axes, result)
    tidy(axes)


def _curve(axes: Any, result: Result, model: str, statistic: str) -> np.ndarray[Any, np.dtype[np.float64]] | None:
    key = mixing_key(model, statistic)
    means = result.mixing_means.get(key)
    if means is None or not means[f"{POINTS[-1]:g}"]:
        return None
    colour, marker, _ = MODELS[model]
    last = means[f"{POINTS[-1]:g}"]
    x = np.array([0.05, *POINTS])
    ratios = np.array(list(means.values())) / last
    errors = np.array(list(result.mixing_errors[key].values())) / last
    axes.fill_between(x, ratios - 2.0 * errors, ratios + 2.0 * errors, color=colour, alpha=0.3, linewidth=0)
    axes.plot(x, ratios, color=colour, linewidth=1.6, marker=marker, markersize=5, markeredgecolor=WHOLE)
    at = result.mixed_at[key]
    axes.plot(at, means[f"{at:g}"] / last, marker=marker, markersize=11, color=colour, markeredgecolor=WHOLE, zorder=4)
    return ratios


def _legend(axes: Any, result: Result) -> None:
    for model in result.null_acceptance:
        colour, marker, kept = MODELS[model]
        axes.plot([], [], color=colour, marker=marker, markeredgecolor=WHOLE, markersize=7, label=kept)
    axes.legend(
        loc="lower right",
        bbox_to_anchor=(1.02, 1.13),
        ncols=2,
        frameon=False,
        fontsize=TEXT["small"],
        columnspacing=1.0,
        handletextpad=0.4,
        handlelength=1.4,
    )
