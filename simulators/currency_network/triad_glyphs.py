"""A small drawing of each class of triads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

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
    """Draw a triple of each class beside its name, one a row; links that lie on a cycle are in the colour of cycles."""
    axes.set_xlim(0.0, 2.6)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.axis("off")
    for row, name in enumerate(names):
        corners = ((1.5, row + 0.33), (1.98, row - 0.36), (2.46, row + 0.33))
        axes.text(1.25, row, name, ha="right", va="center", fontsize=TEXT["label"], color=WHOLE)
        axes.scatter(*zip(*corners, strict=True), s=13, color=WHOLE, zorder=3, linewidths=0)
        links = _LINKS.get(name, ())
        for link in links:
            start, end = link[0], link[1]
            mutual = f"{end}{start}" in links
            if mutual and start > end:
                continue
            arrow = {
                "arrowstyle": "<|-|>" if mutual else "-|>",
                "mutation_scale": 7.0,
                "linewidth": 1.0,
                "color": CYCLIC if mutual or name == "030C" else WHOLE,
                "shrinkA": 2.2,
                "shrinkB": 2.2,
            }
            axes.annotate("", xy=corners[int(end)], xytext=corners[int(start)], arrowprops=arrow)
