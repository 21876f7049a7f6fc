"""The network itself, its classes side by side."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from pybench.optional import require
from simulators.currency_network.bow_tie_shapes import LOWER, Arrangement, arrange, percent, upper_labels, wing
from simulators.currency_network.figure_style import ACYCLIC, CYCLIC, FAINT, QUIET, TEXT, WHOLE, canvas
from simulators.currency_network.result import Result

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["describe_network", "network"]

_HEIGHT, _LOWER_Y, _LOWER_STEP = 8.3, -2.45, 1.04
_GOLDEN = math.pi * (3.0 - math.sqrt(5.0))
_GOLDEN_SECTION = 0.5 * (math.sqrt(5.0) - 1.0)
_POINTS_PER_UNIT = 93.0
_SIZES = (2.8, 3.6, 4.8, 6.4)  # of a dot: up to 3 links, 15, 75, more


def network(result: Result) -> Figure:
    """The network drawn: cyclic and acyclic accounts where they stand, with some of the links between them.

    Every account drawn is a dot in the shape of its position, whose area is proportional to its accounts. In a wing
    those on cycles, squares, are nearest to the middle; the better linked of each kind come first and are larger. Where
    in its shape an account is means nothing else.

    Raises
    ------
    MissingPackageError
        Where matplotlib is not installed.
    """
    drawn, lines = _count(result), len(result.drawn_links["source"])
    figure = canvas(result, _HEIGHT, f"Drawn: {drawn:,} of the accounts, {lines:,} of the links")
    axes = figure.add_axes((0.02, 0.045, 0.96, 0.825))
    axes.set_xlim(-2.6, 2.6)
    axes.set_ylim(-3.03, 2.05)
    axes.axis("off")
    placed = arrange(result, width=5.1, height=2.9, low=0.75)
    places = {name: _place(placed, name, result) for name in result.drawn_accounts}
    _draw_links(axes, result, np.concatenate(list(places.values())))
    for name, points in places.items():
        _draw_accounts(axes, result, name, points)
    _draw_labels(axes, result, placed)
    best = "Of each class half are its best linked accounts, half drawn by lot." if drawn < result.nodes else ""
    figure.text(0.03, 0.022, best, fontsize=TEXT["small"], color=QUIET)
    return figure


def describe_network(result: Result) -> str:
    """Say in words what `network` shows."""
    shares = {name: count / max(1, result.nodes) for name, count in result.positions.items()}
    told = ", ".join(f"{name.replace('_', ' ')} {percent(share)}" for name, share in shares.items() if share)
    flows = [
        (count, start, end)
        for start, row in result.flow_links.items()
        for end, count in row.items()
        if start != end and count
    ]
    heaviest = "; ".join(f"{count:,} links from {start} to {end}" for count, start, end in sorted(flows)[:-4:-1])
    return (
        f"{_count(result):,} of {result.nodes:,} accounts as dots, grouped by position: {told or 'none'} of the "
        f"accounts. {len(result.drawn_links['source']):,} of {result.links:,} links are drawn. Between the groups: "
        f"{heaviest or 'no links'}."
    )


def _count(result: Result) -> int:
    return sum(len(group) for row in result.drawn_accounts.values() for group in row.values())


def _place(placed: Arrangement, name: str, result: Result) -> NDArray[np.float64]:
    """Return [accounts drawn, 2]: where the accounts of a position are, in their order."""
    count = sum(len(group) for group in result.drawn_accounts[name].values())
    rank = np.arange(count)
    if name == "GSCC":
        radius = 0.97 * placed.radius * np.sqrt((rank + 0.5) / max(1, count))
        return np.stack((placed.centre + radius * np.cos(_GOLDEN * rank), radius * np.sin(_GOLDEN * rank)), axis=1)
    depth, across = (rank + 0.5) / max(1, count), (0.5 + _GOLDEN_SECTION * rank) % 1.0 - 0.5
    if name in ("IN", "OUT"):
        ends = np.array([wing(placed, name, float(part))[2] for part in depth]).reshape(-1, 2)
        return np.stack((ends[:, 0], 2.0 * 0.97 * ends[:, 1] * across), axis=1)
    index = [lower for lower, _ in LOWER].index(name)
    side = placed.sides[name]
    x = -_LOWER_STEP * (len(LOWER) - 1) / 2 + _LOWER_STEP * index
    return np.stack((x + side * across, _LOWER_Y + side * (1.0 - depth)), axis=1)


def _draw_links(axes: Any, result: Result, points: NDArray[np.float64]) -> None:
    """Draw links as two bundles of curves: those inside the GSCC, all of them on cycles, and all others."""
    path = require("matplotlib.path", extra="currency_network").Path
    patches = require("matplotlib.patches", extra="currency_network")
    core = sum(len(group) for group in result.drawn_accounts["GSCC"].values())
    source, target = (np.array(result.drawn_links[end], dtype=np.int64) for end in ("source", "target"))
    inside = (source < core) & (target < core) & (result.strong_giant > 1)
    for chosen, colour, alpha, width in ((inside, CYCLIC, 0.45, 0.45), (~inside, WHOLE, 0.35, 0.5)):
        start, end = points[source[chosen]], points[target[chosen]]
        if not start.size:
            continue
        bent = 0.5 * (start + end) + 0.12 * np.stack((start[:, 1] - end[:, 1], end[:, 0] - start[:, 0]), axis=1)
        vertices = np.stack((start, bent, end), axis=1).reshape(-1, 2)
        codes = [path.MOVETO, path.CURVE3, path.CURVE3] * start.shape[0]
        curve = patches.PathPatch(path(vertices, codes), fill=False, edgecolor=colour, alpha=alpha, linewidth=width)
        axes.add_patch(curve)


def _draw_accounts(axes: Any, result: Result, name: str, points: NDArray[np.float64]) -> None:
    groups = result.drawn_accounts[name]
    first = len(groups["cyclic"])
    for kind, colour, rows in (("acyclic", ACYCLIC, points[first:]), ("cyclic", CYCLIC, points[:first])):
        bins = np.digitize(np.array(groups[kind], dtype=np.float64), (4.0, 16.0, 76.0))
        for code, size in enumerate(_SIZES):
            chosen = rows[bins == code]
            if chosen.size:
                axes.add_patch(_dots(chosen, square=kind == "cyclic", size=size, colour=colour))


def _dots(points: NDArray[np.float64], *, square: bool, size: float, colour: str) -> Any:
    """Return dots as one path of four corners each, squares or diamonds: a marker for each makes large files."""
    path = require("matplotlib.path", extra="currency_network").Path
    patches = require("matplotlib.patches", extra="currency_network")
    turns = np.arange(4) * 0.5 * math.pi + (0.25 * math.pi if square else 0.0)
    corners = size / _POINTS_PER_UNIT / math.sqrt(2.0) * np.stack((np.cos(turns), np.sin(turns)), axis=1)
    vertices = (points[:, None] + np.concatenate((corners, corners[:1]))).reshape(-1, 2)
    codes = [path.MOVETO, path.LINETO, path.LINETO, path.LINETO, path.CLOSEPOLY] * len(points)
    return patches.PathPatch(path(vertices, codes), facecolor=colour, linewidth=0, clip_on=False, zorder=3)


def _draw_labels(axes: Any, result: Result, placed: Arrangement) -> None:
    bold = {"ha": "center", "fontsize": TEXT["small"], "color": WHOLE}
    top = max(placed.top(name) for name in ("IN", "GSCC", "OUT")) + 0.1
    for name, x, side in upper_labels(placed):
        text = f"{name}\n{result.positions[name]:,} ({percent(placed.share[name])})"
        axes.text(x, top, text, va="bottom", fontweight="bold", **{**bold, "ha": side})
    axes.plot([-2.5, 2.5], [-1.62, -1.62], color=FAINT, linewidth=0.8)
    for index, (name, hint) in enumerate(LOWER):
        x = -_LOWER_STEP * (len(LOWER) - 1) / 2 + _LOWER_STEP * index
        text = f"{name.replace('_', ' ')}\n{result.positions[name]:,}"
        axes.text(x, _LOWER_Y - 0.08, text, va="top", fontweight="bold", **bold)
        axes.text(x, _LOWER_Y - 0.38, hint, va="top", **bold)
    for marker, colour, label in (("s", CYCLIC, "on a cycle"), ("D", ACYCLIC, "on no cycle")):
        axes.plot([], [], linestyle="", marker=marker, markersize=6, color=colour, markeredgewidth=0, label=label)
    axes.plot([], [], color=CYCLIC, alpha=0.6, label="link inside GSCC")
    axes.plot([], [], color=WHOLE, alpha=0.6, label="any other link")
    axes.legend(
        loc="upper center",
        bbox_to_anchor=(0.5, 1.015),
        ncols=4,
        frameon=False,
        fontsize=TEXT["small"],
        handletextpad=0.3,
        columnspacing=0.9,
        handlelength=1.2,
    )
