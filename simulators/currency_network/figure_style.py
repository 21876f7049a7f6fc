"""What the figures share: colours, a canvas that a telephone can show, and the title that names the data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pybench.optional import require
from simulators.currency_network.result import Result

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["ACYCLIC", "CYCLIC", "FAINT", "MODELS", "QUIET", "TEXT", "WHOLE", "canvas", "refusal", "tidy"]

# Okabe and Ito's palette: told apart with every kind of colour vision, and by brightness in print.
ACYCLIC, CYCLIC, WHOLE, FAINT, QUIET = "#56B4E9", "#D55E00", "#222222", "#BBBBBB", "#555555"
#: Null model -> colour, marker and what it keeps.
MODELS = {
    "degree": ("#0072B2", "o", "same in- and out-degrees"),
    "dyad": ("#E69F00", "D", "same mutual dyads as well"),
}
#: Font sizes in points on a canvas 7 inches wide: a column of 350 pixels still shows the smallest at 8.
TEXT = {"title": 17.0, "heading": 13.0, "label": 12.0, "small": 11.5}

WIDTH = 7.0


def canvas(result: Result, height: float, heading: str) -> Figure:
    """Return an empty figure of the common width, its title drawn: the data, whether it is real, and a heading."""
    figure: Figure = require("matplotlib.figure", extra="currency_network").Figure(figsize=(WIDTH, height), dpi=150)
    lines = [
        (0.24, result.data, TEXT["title"], "bold", WHOLE),
        (0.55, f"{result.nodes:,} accounts, {result.links:,} links", TEXT["label"], "normal", WHOLE),
        (0.88, heading, TEXT["heading"], "bold", WHOLE),
    ]
    for down, text, size, weight, colour in lines:
        figure.text(0.03, 1.0 - down / height, text, fontsize=size, fontweight=weight, color=colour, va="center")
    if result.synthetic:
        note = "synthetic: generated, not real data"
        style: dict[str, Any] = {"fontsize": TEXT["label"], "fontweight": "bold", "color": CYCLIC}
        style |= {"ha": "right", "va": "center"}
        figure.text(0.97, 1.0 - 0.24 / height, note, **style)
    return figure


def tidy(axes: Any) -> None:
    """Take away what draws the eye from the data."""
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.tick_params(labelsize=TEXT["small"], length=3)
    axes.set_axisbelow(True)


def refusal(axes: Any, result: Result) -> None:
    """Write on empty axes why there are no null models."""
    axes.axis("off")
    reasons = [f"{model}: {result.null_refusals[model]}" for model in MODELS if model in result.null_refusals]
    text = "\n".join(["No null model.", *reasons]) if reasons else "No null model was asked for."
    axes.text(0.0, 0.9, text, transform=axes.transAxes, va="top", fontsize=TEXT["label"], color=WHOLE, wrap=True)
