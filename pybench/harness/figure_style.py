"""What the rooms' figures share: colours, a canvas that a telephone can show, its title."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pybench.optional import require

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["ACCENT", "FAINT", "QUIET", "TEXT", "WHOLE", "refusal", "tidy", "titled_canvas"]

# Of Okabe and Ito's palette: told apart with every kind of colour vision.
WHOLE, QUIET, FAINT, ACCENT = "#222222", "#555555", "#BBBBBB", "#D55E00"
#: Font sizes in points on a canvas 7 inches wide: a column of 350 pixels still shows the smallest at 8.
TEXT = {"title": 17.0, "heading": 13.0, "label": 12.0, "small": 11.5}

WIDTH = 7.0


def titled_canvas(height: float, title: str, subject: str, heading: str, *, synthetic: bool, extra: str) -> Figure:
    """Return an empty figure of the common width, its title drawn: the data, whether it is real, a heading.

    Parameters
    ----------
    height
        In inches.
    extra
        The extra that installs matplotlib.
    """
    figure: Figure = require("matplotlib.figure", extra=extra).Figure(figsize=(WIDTH, height), dpi=150)
    lines = [
        (0.24, title, TEXT["title"], "bold"),
        (0.55, subject, TEXT["label"], "normal"),
        (0.88, heading, TEXT["heading"], "bold"),
    ]
    for down, text, size, weight in lines:
        figure.text(0.03, 1.0 - down / height, text, fontsize=size, fontweight=weight, color=WHOLE, va="center")
    if synthetic:
        note = "synthetic: generated, not real data"
        style: dict[str, Any] = {"fontsize": TEXT["label"], "fontweight": "bold", "color": ACCENT}
        figure.text(0.97, 1.0 - 0.24 / height, note, ha="right", va="center", **style)
    return figure


def tidy(axes: Any, *, ticks: str = "major") -> None:
    """Take away what draws the eye from the data. `ticks`: which are drawn small; major or both."""
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color(QUIET)
    axes.tick_params(which=ticks, labelsize=TEXT["small"], length=3, colors=WHOLE)
    axes.grid(axis="y", color=FAINT, linewidth=0.6, alpha=0.6)
    axes.set_axisbelow(True)


def refusal(axes: Any, reason: str) -> None:
    """Write on empty axes why there is nothing to draw."""
    axes.axis("off")
    axes.text(0.0, 0.9, reason, transform=axes.transAxes, va="top", fontsize=TEXT["label"], color=WHOLE, wrap=True)
