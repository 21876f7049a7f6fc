"""What the figures share: colours and names of the schemes, a canvas that a telephone can show, its title."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pybench.optional import require
from simulators.multi_draft.result import Result

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["ACCENT", "DEPENDENT", "FAINT", "QUIET", "SCHEME_STYLE", "TEXT", "WHOLE", "canvas", "refusal", "tidy"]

# Okabe and Ito's palette: told apart with every kind of colour vision, and by the markers in print.
WHOLE, QUIET, FAINT, ACCENT = "#222222", "#555555", "#BBBBBB", "#D55E00"
#: Scheme -> colour, marker, name.
SCHEME_STYLE = {
    "optimal": (WHOLE, "o", "optimal"),
    "k_seq": ("#0072B2", "s", "k-SEQ (SpecTr)"),
    "recursive": ("#E69F00", "D", "recursive (SpecInfer)"),
    "importance": ("#009E73", "^", "importance (truncated)"),
    "recursive_without_replacement": ("#CC79A7", "v", "without replacement"),
    "greedy": (ACCENT, "P", "greedy"),
    "top_k": ("#7A5230", "X", "top-k set"),
    "token_matching": ("#56B4E9", "<", "token matching"),
    "single": (QUIET, "d", "one draft"),
}
#: Schemes whose drafts are not independent: the bound is none for them.
DEPENDENT = ("recursive_without_replacement", "greedy", "top_k")
#: Font sizes in points on a canvas 7 inches wide: a column of 350 pixels still shows the smallest at 8.
TEXT = {"title": 17.0, "heading": 13.0, "label": 12.0, "small": 11.5}

WIDTH = 7.0


def canvas(result: Result, height: float, heading: str) -> Figure:
    """Return an empty figure of the common width, its title drawn: data, models, whether it is real, a heading."""
    figure: Figure = require("matplotlib.figure", extra="multi_draft").Figure(figsize=(WIDTH, height), dpi=150)
    lines = [
        (0.24, result.data, TEXT["title"], "bold"),
        (0.55, f"target {result.target_model}, draft {result.draft_model}", TEXT["label"], "normal"),
        (0.88, heading, TEXT["heading"], "bold"),
    ]
    for down, text, size, weight in lines:
        figure.text(0.03, 1.0 - down / height, text, fontsize=size, fontweight=weight, color=WHOLE, va="center")
    if result.synthetic:
        note = "synthetic: generated, not real data"
        style: dict[str, Any] = {"fontsize": TEXT["label"], "fontweight": "bold", "color": ACCENT}
        figure.text(0.97, 1.0 - 0.24 / height, note, ha="right", va="center", **style)
    return figure


def tidy(axes: Any) -> None:
    """Take away what draws the eye from the data."""
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color(QUIET)
    axes.tick_params(labelsize=TEXT["small"], length=3, colors=WHOLE)
    axes.grid(axis="y", color=FAINT, linewidth=0.6, alpha=0.6)
    axes.set_axisbelow(True)


def refusal(axes: Any, reason: str) -> None:
    """Write on empty axes why there is nothing to be drawn."""
    axes.axis("off")
    axes.text(0.0, 0.9, reason, transform=axes.transAxes, va="top", fontsize=TEXT["label"], color=WHOLE, wrap=True)
