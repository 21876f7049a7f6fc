"""How far from the optimum: by depth in the round, and of every scheme by request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simulators.multi_draft.figure_style import DEPENDENT, QUIET, SCHEME_STYLE, TEXT, WHOLE, canvas, refusal, tidy
from simulators.multi_draft.result import Result

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["describe_gap", "gap_to_optimum"]

_HEIGHT = 8.6
_QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9)
_BAND = "#56B4E9"
_NO_POSITION = "No draft was verified."
_NOT_COMPARED = "No position was compared: Config.compared_positions is 0."
_LEGEND = {
    "loc": "lower left",
    "bbox_to_anchor": (-0.1, 1.0),
    "ncols": 3,
    "frameon": False,
    "handlelength": 1.6,
    "columnspacing": 1.2,
    "borderpad": 0.0,
}
#: Schemes told apart in the lower panel.
_SHOWN = ("k_seq", "recursive", "importance", "recursive_without_replacement", "greedy")


def gap_to_optimum(result: Result) -> Figure:
    """Optimal acceptance at every verified position by depth, and each scheme's gap to the optimum by request.

    Above: of the positions at a depth the median, the middle half and the middle 80 % of the optimal acceptance with
    the drafts still alive there; the marks are the share of positions where a draft was accepted. Below: for each
    request the optimum of as many independent drafts less the scheme's acceptance, sorted.

    Raises
    ------
    MissingPackageError
        Where matplotlib is not installed.
    """
    figure = canvas(result, _HEIGHT, "By depth in the round: the optimum, and what was accepted")
    _by_depth(figure.add_axes((0.11, 0.565, 0.85, 0.285)), result)
    count = _count(result)
    style: dict[str, Any] = {"fontsize": TEXT["heading"], "fontweight": "bold", "color": WHOLE, "va": "center"}
    figure.text(0.03, 0.455, f"By request: gap to the optimum with {count} drafts, sorted", **style)
    _by_request(figure.add_axes((0.11, 0.075, 0.85, 0.29)), result, count)
    return figure


def describe_gap(result: Result) -> str:
    """Say in words what `gap_to_optimum` shows."""
    told = []
    for depth, values in _depths(result).items():
        share = result.acceptance_by_depth[str(depth)]
        live = result.live_drafts_by_depth[str(depth)]
        told.append(f"depth {depth}: median {np.median(values):.3f}, accepted {share:.3f}, {live:.1f} drafts alive")
    first = "Optimal acceptance by depth. " + "; ".join(told) + "." if told else _NO_POSITION
    gaps = [
        f"{SCHEME_STYLE[scheme][2]} median {np.median(values):.3f}, 90 % below {np.quantile(values, 0.9):.3f}"
        for scheme, values in _gaps(result, _count(result)).items()
    ]
    second = f"Gap to the optimum with {_count(result)} drafts by request. " + "; ".join(gaps) + "."
    return f"{first} {second if gaps else _NOT_COMPARED}"


def _verifier(result: Result) -> str:
    if result.scheme == "block":
        return "as a block"
    return SCHEME_STYLE[result.scheme][2]


def _depths(result: Result) -> dict[int, NDArray[np.float64]]:
    depth, optimal = np.array(result.position_depth), np.array(result.position_optimal)
    return {int(level): optimal[depth == level] for level in np.unique(depth)}


def _count(result: Result) -> int:
    """Return the number of drafts, of those compared, that is closest to the most that were verified."""
    compared = [int(count) for count in result.scheme_acceptance.get("optimal", {}) if int(count) > 1]
    most = max(result.position_live_drafts, default=1)
    return min(compared, key=lambda count: abs(count - most), default=most)


def _gaps(result: Result, count: int) -> dict[str, NDArray[np.float64]]:
    by_scheme = result.prompt_scheme_acceptance
    if str(count) not in by_scheme.get("optimal", {}):
        return {}
    best = np.array(by_scheme["optimal"][str(count)])
    return {
        scheme: np.sort(best - np.array(by_scheme[scheme][str(count)]))
        for scheme in _SHOWN
        if str(count) in by_scheme.get(scheme, {})
    }


def _by_depth(axes: Any, result: Result) -> None:
    depths = _depths(result)
    if not depths:
        refusal(axes, _NO_POSITION)
        return
    for depth, values in depths.items():
        low, lower, median, upper, high = np.quantile(values, _QUANTILES)
        axes.bar(depth, high - low, bottom=low, width=0.56, color=(_BAND, 0.3))
        axes.bar(depth, upper - lower, bottom=lower, width=0.56, color=(_BAND, 0.75))
        axes.hlines(median, depth - 0.28, depth + 0.28, color=WHOLE, linewidth=2.5)
        share = result.acceptance_by_depth[str(depth)]
        error = 1.96 * (share * (1.0 - share) / values.size) ** 0.5
        style = {"color": "#D55E00", "markersize": 7, "capsize": 3, "zorder": 5}
        axes.errorbar(depth + 0.37, share, yerr=error, fmt="D", **style)
    names = [
        f"depth {depth}\n{values.size:,} positions\n{result.live_drafts_by_depth[str(depth)]:.1f} drafts"
        for depth, values in depths.items()
    ]
    if len(depths) > 5:
        names = [str(depth) for depth in depths]
        axes.set_xlabel("depth", fontsize=TEXT["label"], color=WHOLE)
    axes.set_xticks(list(depths), names)
    axes.set_xlim(min(depths) - 0.5, max(depths) + 0.6)
    axes.set_ylim(0.0, 1.02)
    axes.set_ylabel("acceptance", fontsize=TEXT["label"], color=WHOLE)
    tidy(axes)
    key = f"optimum: median, middle half, middle 80 %; diamond: accepted, {_verifier(result)}"
    place = {"transform": axes.transAxes}
    axes.text(-0.095, 1.05, key, fontsize=TEXT["small"], color=QUIET, va="bottom", **place)


def _by_request(axes: Any, result: Result, count: int) -> None:
    gaps = _gaps(result, count)
    if not gaps:
        refusal(axes, _NOT_COMPARED)
        return
    for scheme, values in gaps.items():
        colour, _, name = SCHEME_STYLE[scheme]
        share = (np.arange(values.size) + 0.5) / values.size
        shown = np.unique(np.linspace(0, values.size - 1, 400).astype(int))
        dashes = (0, (4, 1.5)) if scheme in DEPENDENT else "solid"
        axes.plot(100.0 * share[shown], values[shown], color=colour, linewidth=2.2, linestyle=dashes, label=name)
    axes.axhline(0.0, color=WHOLE, linewidth=1.0)
    axes.set_xlim(0.0, 100.0)
    axes.set_xlabel("requests, %", fontsize=TEXT["label"], color=WHOLE)
    axes.set_ylabel("optimum less acceptance", fontsize=TEXT["label"], color=WHOLE)
    tidy(axes)
    axes.legend(**_LEGEND, fontsize=TEXT["small"])
