"""Pictures of a Result."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from pybench.kernels.graph import TRIAD_NAMES
from pybench.optional import require
from simulators.currency_network.bow_tie_shapes import draw_bow_tie
from simulators.currency_network.simulation import Result

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["FIGURES", "bow_tie"]

# Okabe and Ito's palette: told apart with every kind of colour vision, and by brightness in print.
ACYCLIC, CYCLIC, WHOLE, FAINT = "#56B4E9", "#D55E00", "#222222", "#BBBBBB"
# The links of one triple of each class, after 003: A is 0, B is 1 (drawn on top), C is 2.
_LINKS = {
    "012": ("01",),
    "102": ("01", "10"),
    "021D": ("10", "12"),
    "021U": ("01", "21"),
    "021C": ("01", "12"),
    "111D": ("01", "10", "21"),
    "111U": ("01", "10", "12"),
    "030T": ("01", "21", "02"),
    "030C": ("10", "21", "02"),
    "201": ("01", "10", "12", "21"),
    "120D": ("10", "12", "02", "20"),
    "120U": ("01", "21", "02", "20"),
    "120C": ("01", "12", "02", "20"),
    "210": ("01", "12", "21", "02", "20"),
    "300": ("01", "10", "12", "21", "02", "20"),
}
_WITHOUT_CYCLE = ("003", "012", "021D", "021U", "021C", "030T")
_ZERO = 0.25  # where a count of 0 is drawn on the logarithmic axis


def bow_tie(result: Result) -> Figure:
    """Where the accounts stand, and in which triads: the whole network and its acyclic part.

    Areas on the left are proportional to accounts. On the right each class of triads has a dot for the whole network
    and, where the class has no cycle, a diamond for the part that is left without the accounts on cycles.

    Raises
    ------
    MissingPackageError
        Where matplotlib is not installed.
    """
    figure: Figure = require("matplotlib.figure", extra="currency_network").Figure(figsize=(13.0, 6.6), dpi=150)
    left, glyphs, right = figure.subplots(
        1,
        3,
        gridspec_kw={
            "width_ratios": [7.2, 0.78, 4.4],
            "left": 0.02,
            "right": 0.98,
            "top": 0.77,
            "bottom": 0.1,
            "wspace": 0.06,
        },
    )
    _title(figure, result)
    draw_bow_tie(left, result, acyclic=ACYCLIC, cyclic=CYCLIC, faint=FAINT)
    _draw_census(right, result)
    _draw_glyphs(glyphs)
    return figure


def _title(figure: Any, result: Result) -> None:
    kind = "synthetic: generated, not real data   |   " if result.synthetic else ""
    figure.text(0.03, 0.945, f"{result.data}", fontsize=18, fontweight="bold", color=WHOLE, va="center")
    line = f"{kind}{result.nodes:,} accounts, {result.links:,} links, {result.transactions:,} transactions"
    figure.text(0.03, 0.9, line, fontsize=11, color=CYCLIC if result.synthetic else WHOLE, va="center")
    for x, heading in (
        (0.03, f"Where the accounts stand: {result.cyclic_volume_share:.1%} of the volume is on cycles"),
        (0.577, "In which triads they stand"),
    ):
        figure.text(x, 0.835, heading, fontsize=11.5, fontweight="bold", color=WHOLE, va="center")


def _draw_census(axes: Any, result: Result) -> None:
    rows = range(len(TRIAD_NAMES))
    axes.set_xscale("log")
    top = 10.0 * max(10, *result.census.values())
    axes.set_xlim(0.12, top)
    axes.set_ylim(len(TRIAD_NAMES) - 0.4, -0.6)
    for row, name in zip(rows, TRIAD_NAMES, strict=True):
        whole = max(_ZERO, result.census[name])
        part = max(_ZERO, result.acyclic_census[name])
        if name in _WITHOUT_CYCLE:
            axes.plot([part, whole], [row, row], color=FAINT, linewidth=1.2, zorder=1)
            axes.plot(part, row, marker="D", markersize=6.5, color=ACYCLIC, markeredgecolor=WHOLE, markeredgewidth=0.6)
        axes.plot(whole, row, marker="o", markersize=6.0, color=WHOLE)
    axes.plot([], [], marker="o", linestyle="", color=WHOLE, label="whole network")
    axes.plot(
        *([], []),
        marker="D",
        linestyle="",
        color=ACYCLIC,
        markeredgecolor=WHOLE,
        markeredgewidth=0.6,
        label="its acyclic part (only classes without a cycle can occur)",
    )
    axes.legend(loc="lower left", bbox_to_anchor=(-0.27, 0.985), frameon=False, fontsize=9, ncols=2, handletextpad=0.2)
    decades = [10.0**power for power in range(0, 40, 2) if 10.0**power <= top]
    axes.set_xticks([_ZERO, *decades], ["0", *(_power(value) for value in decades)])
    axes.minorticks_off()
    axes.axvspan(0.12, 0.5, color="#F3F3F3", zorder=0)
    axes.set_yticks([])
    axes.grid(axis="x", color="#E6E6E6", linewidth=0.7, zorder=0)
    axes.set_axisbelow(True)
    axes.set_xlabel("triples of accounts (logarithmic; zero in the grey strip)", fontsize=9.5)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)


def _power(value: float) -> str:
    return "1" if value == 1.0 else f"$10^{{{len(str(int(value))) - 1}}}$"


def _draw_glyphs(axes: Any) -> None:
    """Draw a triple of each class beside its name, on the rows of the census."""
    axes.set_xlim(0.0, 2.6)
    axes.set_ylim(len(TRIAD_NAMES) - 0.4, -0.6)
    axes.axis("off")
    for row, name in enumerate(TRIAD_NAMES):
        corners = ((1.5, row + 0.33), (1.98, row - 0.36), (2.46, row + 0.33))
        axes.text(1.2, row, name, ha="right", va="center", fontsize=9.5, color=WHOLE)
        axes.scatter(*zip(*corners, strict=True), s=10, color=WHOLE, zorder=3, linewidths=0)
        links = _LINKS.get(name, ())
        for link in links:
            start, end = link[0], link[1]
            mutual = f"{end}{start}" in links
            if mutual and start > end:
                continue
            arrow = {
                "arrowstyle": "<|-|>" if mutual else "-|>",
                "mutation_scale": 5.5,
                "linewidth": 0.8,
                "color": CYCLIC if mutual or name == "030C" else WHOLE,
                "shrinkA": 2.2,
                "shrinkB": 2.2,
            }
            axes.annotate("", xy=corners[int(end)], xytext=corners[int(start)], arrowprops=arrow)


#: Name -> function of a Result.
FIGURES: dict[str, Callable[[Result], Figure]] = {"bow_tie": bow_tie}
