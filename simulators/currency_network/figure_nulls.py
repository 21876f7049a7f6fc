"""What the random networks look like beside the network itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pybench.kernels.graph import TRIAD_NAMES
from simulators.currency_network.figure_style import MODELS, TEXT, WHOLE, canvas, refusal, tidy
from simulators.currency_network.result import Result
from simulators.currency_network.significance import Row

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["describe_nulls", "null_distributions"]

_HEIGHT = 11.6
_NAMES = {
    "strong_of_2": "strong components of 2",
    "strong_of_3_or_more": "strong components of 3+",
    "strong_giant": "accounts in the GSCC",
    "cyclic_links": "links on cycles",
}
_HINTS = {"021U": " (collector)", "030T": " (transitive)", "201": " (two mutual dyads)", "300": " (all mutual)"}


def null_distributions(result: Result) -> Figure:
    """Counts of the network beside those of its random networks, under both null models.

    Each panel has an axis of its own, logarithmic where the counts are far apart. The height of a hump is the share of
    samples in a bin over that of the fullest one; the vertical line is the network.

    Raises
    ------
    MissingPackageError
        Where matplotlib is not installed.
    """
    figure = canvas(result, _HEIGHT, f"The network beside {result.null_samples:,} random networks of each kind")
    if not result.null_histograms:
        refusal(figure.add_axes((0.03, 0.05, 0.94, 0.8)), result)
        return figure
    for index, (name, by_model) in enumerate(result.null_histograms.items()):
        row, column = divmod(index, 2)
        axes = figure.add_axes((0.04 + 0.5 * column, 0.698 - 0.2195 * row, 0.43, 0.125))
        _draw(axes, name, by_model, _rows(result, name))
    _legend(figure, result)
    return figure


def describe_nulls(result: Result) -> str:
    """Say in words what `null_distributions` shows."""
    told = []
    for name in result.null_histograms:
        rows = _rows(result, name)
        observed = next(iter(rows.values()))["observed"]
        means = " and ".join(
            f"{row['mean']:,.1f} +- {row['standard_deviation']:,.1f} ({model})" for model, row in rows.items()
        )
        told.append(f"{_title(name)}: {observed:,} against {means}")
    if not told:
        return "No null model: " + ("; ".join(result.null_refusals.values()) or "none was asked for") + "."
    return "Counts of the network against mean and standard deviation of the random ones. " + "; ".join(told) + "."


def _rows(result: Result, name: str) -> dict[str, Row]:
    both = {"degree": result.degree_null, "dyad": result.dyad_null}
    return {model: rows[name] for model, rows in both.items() if rows}


def _title(name: str) -> str:
    return f"triad {name}{_HINTS.get(name, '')}" if name in TRIAD_NAMES else _NAMES[name]


def _draw(axes: Any, name: str, by_model: Any, rows: dict[str, Row]) -> None:
    observed = float(next(iter(rows.values()))["observed"])
    ends = [observed]
    for model, bins in by_model.items():
        colour, marker, _ = MODELS[model]
        edges = bins["low"] + bins["width"] * np.arange(len(bins["counts"]) + 1)
        heights = np.array(bins["counts"], dtype=np.float64)
        fill = {"facecolor": (colour, 0.45), "edgecolor": colour, "linewidth": 1.4}
        axes.stairs(heights / heights.max(), edges, fill=True, **fill)
        axes.plot(rows[model]["mean"], 1.0, marker=marker, markersize=7, color=colour, markeredgecolor=WHOLE, zorder=5)
        ends += [float(edges[0]), float(edges[-1])]
    low, high = min(ends), max(ends)
    if high > 8.0 * max(1.0, low) and high > 30.0:
        axes.set_xscale("symlog", linthresh=1.0, linscale=0.5)
        low, high = (low / 1.6 if low > 1.0 else min(low, 0.0) - 0.3), high * 1.6
        axes.set_xlim(low, high)
        ticks = _logarithmic_ticks(low, high)
    else:
        margin = 0.08 * max(1.0, high - low)
        axes.set_xlim(low - margin, high + margin)
        ticks = _whole_ticks(max(low - margin, -0.4), high + margin)
    axes.set_xticks(ticks, [_short(abs(value)) for value in ticks])
    axes.minorticks_off()
    axes.axvline(observed, color=WHOLE, linewidth=2.2, zorder=4)
    axes.plot(observed, 0.04, marker="^", color=WHOLE, markersize=9, clip_on=False, zorder=6)
    axes.set_ylim(0.0, 1.12)
    axes.set_yticks([])
    style = {"transform": axes.transAxes, "fontsize": TEXT["small"], "color": WHOLE, "va": "bottom"}
    axes.text(0.0, 1.3, _title(name), fontweight="bold", **style)
    axes.text(0.0, 1.1, _scores(rows), **style)
    tidy(axes)


def _scores(rows: dict[str, Row]) -> str:
    words = []
    for model, row in rows.items():
        score = "all agree" if row["constant"] else f"z {row['z']:+,.1f}"
        words.append(f"{model} {score}".replace("-", "\N{MINUS SIGN}"))
    return ", ".join(words)


def _whole_ticks(low: float, high: float) -> list[float]:
    step = 10.0 ** np.floor(np.log10(max(high - low, 1.0)))
    for factor in (0.2, 0.5, 1.0, 2.0, 5.0):
        width = max(1.0, np.round(step * factor))
        ticks = np.arange(np.ceil(low / width), np.floor(high / width) + 1) * width
        if len(ticks) <= 4:
            break
    return [float(value) for value in ticks]


def _logarithmic_ticks(low: float, high: float) -> list[float]:
    for steps in ((1.0, 2.0, 5.0), (1.0, 3.0), (1.0,)):
        candidates = [0.0, *(step * 10.0**power for power in range(12) for step in steps)]
        ticks = [value for value in candidates if low <= value <= high]
        if len(ticks) <= 4:
            return ticks
    return ticks[:: 1 + len(ticks) // 4]


def _short(value: float) -> str:
    if value >= 1e6:
        return f"{value / 1e6:,g} M"
    return f"{value / 1e3:,g} k" if value >= 1e5 else f"{value:,.0f}"


def _legend(figure: Any, result: Result) -> None:
    axes = figure.add_axes((0.03, 0.878, 0.94, 0.03))
    axes.axis("off")
    for model in result.null_acceptance:
        colour, marker, kept = MODELS[model]
        axes.plot([], [], color=colour, linewidth=5, marker=marker, markersize=7, markeredgecolor=WHOLE, label=kept)
    axes.plot([], [], color=WHOLE, linewidth=2.2, marker="^", markersize=8, label="the network")
    axes.legend(
        loc="center left",
        ncols=3,
        frameon=False,
        fontsize=TEXT["small"],
        handletextpad=0.4,
        handlelength=1.3,
        columnspacing=1.0,
        borderpad=0.0,
    )
