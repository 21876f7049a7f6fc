"""A small drawing of each class of triads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pybench.optional import require
from simulators.currency_network.figure_style import CYCLIC, TEXT, WHOLE

__all__ = ["draw_glyphs"]

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


def draw_glyphs(axes: Any, names: Sequence[str]) -> None:
    """Draw a triple of each class beside its name, one a row; mutual links and the cycle have the colour of cycles."""
    patches = require("matplotlib.patches", extra="currency_network")
    axes.set_xlim(0.0, 2.6)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.axis("off")
    # Inches of a unit, so that arrow heads are the same in every direction.
    box, (width, height) = axes.get_position(), axes.figure.get_size_inches()
    unit = np.array([box.width * width / 2.6, box.height * height / (len(names) + 0.2)])
    arrows: dict[str, list[NDArray[np.float64]]] = {WHOLE: [], CYCLIC: []}
    corners = np.array([(1.5, 0.33), (1.98, -0.36), (2.46, 0.33)])
    for row, name in enumerate(names):
        axes.text(1.25, row, name, ha="right", va="center", fontsize=TEXT["label"], color=WHOLE)
        links = _LINKS.get(name, ())
        for link in links:
            mutual = link[::-1] in links
            start, end = (corners[int(corner)] + np.array([0.0, row]) for corner in link)
            arrows[CYCLIC if mutual or name == "030C" else WHOLE].append(_arrow(start * unit, end * unit) / unit)
    for colour, shapes in arrows.items():
        axes.add_patch(patches.PathPatch(_outline(shapes), facecolor=colour, edgecolor=colour, linewidth=0.9))
    dots = np.concatenate([corners + np.array([0.0, row]) for row in range(len(names))])
    axes.plot(*dots.T, marker="o", linestyle="", markersize=3.6, color=WHOLE, markeredgewidth=0, zorder=3)


def _arrow(start: NDArray[np.float64], end: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the shaft and the head of an arrow that keeps clear of both ends: five corners, in inches."""
    along = (end - start) / np.linalg.norm(end - start)
    across = np.array([-along[1], along[0]])
    tip, tail = end - 0.035 * along, start + 0.035 * along
    neck = tip - 0.075 * along
    return np.stack((tail, neck, neck + 0.027 * across, tip, neck - 0.027 * across))


def _outline(shapes: Sequence[NDArray[np.float64]]) -> Any:
    """Return arrows as one path: what a file with a path for each would say many times over is said once."""
    path = require("matplotlib.path", extra="currency_network").Path
    vertices = np.concatenate([np.insert(shape, 5, shape[1], axis=0) for shape in shapes] or [np.zeros((0, 2))])
    codes = [path.MOVETO, path.LINETO, path.LINETO, path.LINETO, path.LINETO, path.LINETO] * len(shapes)
    return path(vertices, codes)
