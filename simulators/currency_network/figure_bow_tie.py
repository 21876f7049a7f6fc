"""The bow-tie and the triads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pybench.kernels.graph import TRIAD_NAMES
from pybench.optional import require
from simulators.currency_network.bow_tie_shapes import LOWER, arrange, percent, upper_labels, wing
from simulators.currency_network.figure_style import ACYCLIC, CYCLIC, FAINT, QUIET, TEXT, WHOLE, canvas, tidy
from simulators.currency_network.result import Result
from simulators.currency_network.triad_glyphs import draw_glyphs

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["bow_tie", "describe_bow_tie"]

_WITHOUT_CYCLE = ("003", "012", "021D", "021U", "021C", "030T")
_ZERO = 0.25  # where a count of 0 is drawn on the logarithmic axis
_HEIGHT = 12.8
_LOWER_Y = -1.66
_LABEL = {"ha": "center", "fontsize": TEXT["small"], "color": WHOLE}


def bow_tie(result: Result) -> Figure:
    """Where the accounts stand around the giant cyclic component, and in which triads.

    Areas above are proportional to accounts. Below, each class of triads has a dot for the whole network and, where the
    class has no cycle, a diamond for the part that is left without the accounts on cycles.

    Raises
    ------
    MissingPackageError
        Where matplotlib is not installed.
    """
    heading = f"Where the accounts stand: {result.cyclic_volume_share:.1%} of the volume is on cycles"
    figure = canvas(result, _HEIGHT, heading)
    _draw_bow_tie(figure.add_axes((0.02, 0.508, 0.96, 0.41)), result)
    figure.text(0.03, 0.48, "In which triads they stand", fontsize=TEXT["heading"], fontweight="bold", color=WHOLE)
    draw_glyphs(figure.add_axes((0.02, 0.055, 0.17, 0.385)), TRIAD_NAMES)
    _draw_census(figure.add_axes((0.2, 0.055, 0.76, 0.385)), result)
    return figure


def describe_bow_tie(result: Result) -> str:
    """Say in words what `bow_tie` shows."""
    places = ", ".join(f"{name.replace('_', ' ')} {count:,}" for name, count in result.positions.items() if count)
    most = max(TRIAD_NAMES[3:], key=lambda name: result.census[name])
    acyclic = {name: result.acyclic_census[name] for name in _WITHOUT_CYCLE[2:]}
    return (
        f"Of {result.nodes:,} accounts: {places or 'none'}. {result.acyclic_nodes:,} are on no cycle. "
        f"{result.cyclic_volume_share:.1%} of the volume flows on cycles. The most frequent connected triad of the "
        f"whole network is {most} ({result.census[most]:,}); the acyclic part has "
        + ", ".join(f"{count:,} of {name}" for name, count in acyclic.items())
        + "."
    )


def _draw_bow_tie(axes: Any, result: Result) -> None:
    patches = require("matplotlib.patches", extra="currency_network")
    placed = arrange(result, width=5.0, height=2.0, low=0.5)
    axes.set_xlim(-2.6, 2.6)
    axes.set_ylim(-2.34, 1.72)
    axes.axis("off")
    for name in ("IN", "OUT"):
        axes.add_patch(patches.Polygon(wing(placed, name), color=ACYCLIC, linewidth=0))
        axes.add_patch(patches.Polygon(wing(placed, name, placed.cyclic[name]), color=CYCLIC, linewidth=0))
    colour = CYCLIC if placed.cyclic["GSCC"] else ACYCLIC
    axes.add_patch(patches.Circle((placed.centre, 0.0), placed.radius, color=colour, linewidth=0))
    top = max(placed.top(name) for name in ("IN", "GSCC", "OUT")) + 0.08
    for name, x, align in upper_labels(placed):
        axes.text(x, top + 0.17, name, va="bottom", **{**_LABEL, "fontweight": "bold", "ha": align})
        told = f"{result.positions[name]:,} ({percent(placed.share[name])})"
        axes.text(x, top, told, va="bottom", **{**_LABEL, "ha": align})
    for start, end in (
        (placed.inner["IN"], placed.centre - placed.radius),
        (placed.centre + placed.radius, placed.inner["OUT"]),
    ):
        arrow = {"arrowstyle": "-|>", "mutation_scale": 13, "linewidth": 1.6, "color": QUIET}
        axes.annotate("", xy=(end - 0.04, 0.0), xytext=(start + 0.04, 0.0), arrowprops=arrow)
    axes.plot([-2.5, 2.5], [-1.1, -1.1], color=FAINT, linewidth=0.8)
    for index, (name, hint) in enumerate(LOWER):
        side, x, y = placed.sides[name], -2.08 + 1.04 * index, _LOWER_Y
        axes.add_patch(patches.Rectangle((x - side / 2, y), side, side, color=ACYCLIC, linewidth=0))
        axes.add_patch(
            patches.Rectangle((x - side / 2, y), side, side * placed.cyclic[name], color=CYCLIC, linewidth=0)
        )
        lines = (name.replace("_", " "), f"{result.positions[name]:,}", percent(placed.share[name]), hint)
        for number, line in enumerate(lines):
            weight = "normal" if number else "bold"
            axes.text(x, y - 0.17 - 0.145 * number, line, va="baseline", fontweight=weight, **_LABEL)
    handles = [patches.Patch(color=ACYCLIC, label="on no cycle"), patches.Patch(color=CYCLIC, label="on a cycle")]
    axes.legend(
        handles=handles, loc="lower left", bbox_to_anchor=(-0.01, 0.935), frameon=False, fontsize=TEXT["small"], ncols=2
    )
    axes.text(2.55, 1.55, "areas are proportional to accounts", ha="right", fontsize=TEXT["small"], color=QUIET)


def _draw_census(axes: Any, result: Result) -> None:
    axes.set_xscale("log")
    top = 10.0 * max(10, *result.census.values())
    axes.set_xlim(0.12, top)
    axes.set_ylim(len(TRIAD_NAMES) - 0.4, -0.6)
    diamond = {"marker": "D", "color": ACYCLIC, "markeredgecolor": WHOLE, "markeredgewidth": 0.7, "linestyle": ""}
    for row, name in enumerate(TRIAD_NAMES):
        whole = max(_ZERO, result.census[name])
        if name in _WITHOUT_CYCLE:
            part = max(_ZERO, result.acyclic_census[name])
            axes.plot([part, whole], [row, row], color=FAINT, linewidth=1.2, zorder=1)
            axes.plot(part, row, markersize=7.0, **diamond)
        axes.plot(whole, row, marker="o", markersize=6.5, color=WHOLE)
    axes.plot([], [], marker="o", linestyle="", color=WHOLE, label="whole network")
    axes.plot([], [], label="its acyclic part, in classes without a cycle", **diamond)
    axes.legend(
        loc="lower left",
        bbox_to_anchor=(-0.27, 0.99),
        frameon=False,
        fontsize=TEXT["small"],
        ncols=2,
        handletextpad=0.1,
        columnspacing=1.0,
    )
    decades = [10.0**power for power in range(0, 40, 3) if 10.0**power <= top]
    axes.set_xticks([_ZERO, *decades], ["0", *(_power(value) for value in decades)])
    axes.minorticks_off()
    axes.axvspan(0.12, 0.5, color="#F3F3F3", zorder=0)
    axes.set_yticks([])
    axes.grid(axis="x", color="#E6E6E6", linewidth=0.7, zorder=0)
    axes.set_xlabel("triples of accounts (logarithmic; zero in the grey strip)", fontsize=TEXT["small"])
    tidy(axes)


def _power(value: float) -> str:
    return "1" if value == 1.0 else f"$10^{{{len(str(int(value))) - 1}}}$"
