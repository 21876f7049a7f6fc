"""What the figures share: colours, a canvas that a telephone can show, and the title that names the data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pybench.harness import figure_style
from pybench.harness.figure_style import ACCENT, FAINT, QUIET, TEXT, WHOLE, titled_canvas
from simulators.currency_network.result import Result

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["ACYCLIC", "CYCLIC", "FAINT", "MODELS", "QUIET", "TEXT", "WHOLE", "canvas", "refusal", "tidy"]

# Okabe and Ito's palette: told apart with every kind of colour vision, and by brightness in print.
ACYCLIC, CYCLIC = "#56B4E9", ACCENT
#: Null model -> colour, marker and what it keeps.
MODELS = {
    "degree": ("#0072B2", "o", "same in- and out-degrees"),
    "dyad": ("#E69F00", "D", "same mutual dyads as well"),
}


def canvas(result: Result, height: float, heading: str) -> Figure:
    """Return an empty figure of the common width, its title drawn: the data, whether it is real, and a heading."""
    subject = f"{result.nodes:,} accounts, {result.links:,} links"
    return titled_canvas(height, result.data, subject, heading, synthetic=result.synthetic, extra="currency_network")


def tidy(axes: Any) -> None:
    """Take away what draws the eye from the data."""
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.tick_params(labelsize=TEXT["small"], length=3)
    axes.set_axisbelow(True)


def refusal(axes: Any, result: Result) -> None:
    """Write on empty axes why there are no null models."""
    reasons = [f"{model}: {result.null_refusals[model]}" for model in MODELS if model in result.null_refusals]
    text = "\n".join(["No null model.", *reasons]) if reasons else "No null model was asked for."
    figure_style.refusal(axes, text)
