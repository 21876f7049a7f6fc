"""What compressing the plan and noise in the sample cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from simulators.budget_pacing.figure_style import BLUE, QUIET, TEXT, WHOLE, canvas, refusal, tidy
from simulators.budget_pacing.result import Result

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["describe_robustness", "robustness"]

_HEIGHT = 8.4
_NONE = "Nothing was compared: Config.studies is 0."
_STYLE: dict[str, Any] = {"color": BLUE, "marker": "o", "markersize": 6, "linewidth": 1.8, "capsize": 3}


def robustness(result: Result) -> Figure:
    """Regret of one sample against the segments that its plan is compressed to, and against noise in the sample.

    Bars are two standard errors. Noise is on the axis as the sum of Wasserstein distances between the laws of sample
    and live trace.

    Raises
    ------
    MissingPackageError
        Where matplotlib is not installed.
    """
    figure = canvas(result, _HEIGHT, "Regret against the segments that the plan is compressed to")
    upper = figure.add_axes((0.13, 0.56, 0.83, 0.29))
    if not result.segment_regret:
        refusal(upper, _NONE)
        return figure
    means, errors = np.array(list(result.segment_regret.values())).T
    places = np.arange(means.size)
    upper.errorbar(places, means, yerr=2.0 * errors, **_STYLE)
    names = [key if int(key) else "each\nauction" for key in result.segment_regret]
    upper.set_xticks(places, names)
    upper.set_xlabel("segments", fontsize=TEXT["label"], color=WHOLE)
    figure.text(
        0.03, 0.435, "Regret against noise in the sample", fontsize=TEXT["heading"], fontweight="bold", color=WHOLE
    )
    lower = figure.add_axes((0.13, 0.085, 0.83, 0.3))
    means, errors, distances = np.array(list(result.noise_regret.values())).T
    lower.errorbar(distances, means, yerr=2.0 * errors, **_STYLE)
    for noise, x, y in zip(result.noise_regret, distances, means, strict=True):
        style: dict[str, Any] = {"fontsize": TEXT["small"], "color": QUIET, "textcoords": "offset points"}
        lower.annotate(f"{float(noise):.0%}", (x, y), xytext=(0, 10), ha="center", **style)
    lower.set_xlabel(
        "sum of Wasserstein distances; at the marks: values too large by", fontsize=TEXT["label"], color=WHOLE
    )
    for axes in (upper, lower):
        axes.set_ylabel("mean regret", fontsize=TEXT["label"], color=WHOLE)
        axes.margins(y=0.18)
        axes.set_ylim(bottom=0.0)
        tidy(axes)
    return figure


def describe_robustness(result: Result) -> str:
    """Say in words what `robustness` shows."""
    if not result.segment_regret:
        return _NONE
    segments = ", ".join(
        f"{mean:.1f} with {'a target for each auction' if key == '0' else f'{key} segments'}"
        for key, (mean, _) in result.segment_regret.items()
    )
    noise = ", ".join(
        f"{mean:.1f} with values too large by {float(key):.0%} (sum of distances {distance:,.0f})"
        for key, (mean, _, distance) in result.noise_regret.items()
    )
    return f"Mean regret of one sample: {segments}. With noise in the sample: {noise}."
