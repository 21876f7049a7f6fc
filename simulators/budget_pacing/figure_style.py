"""What the figures share: colours and names of the policies, a canvas that a telephone can show, its title."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pybench.optional import require
from simulators.budget_pacing.policies import POLICIES
from simulators.budget_pacing.result import Result

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["ACCENT", "BLUE", "FAINT", "POLICY_STYLE", "QUIET", "TEXT", "WHOLE", "canvas", "refusal", "subject", "tidy"]

# Okabe and Ito's palette: told apart with every kind of colour vision, and by the markers in print.
WHOLE, QUIET, FAINT, ACCENT, BLUE = "#222222", "#555555", "#BBBBBB", "#D55E00", "#0072B2"
_COLOURS = {
    "one_sample": (BLUE, "o"),
    "one_sample_cold": ("#56B4E9", "s"),
    "expected_plan": ("#009E73", "^"),
    "uniform": (ACCENT, "D"),
    "uniform_cold": ("#E69F00", "v"),
    "uniform_eager": ("#CC79A7", "P"),
    "static_sample": ("#7A5230", "X"),
    "static_optimal": (QUIET, "d"),
    "hindsight": (WHOLE, "*"),
    "throttling": (QUIET, "<"),
    "no_pacing": (QUIET, ">"),
}
#: Policy -> colour, marker, name.
POLICY_STYLE = {name: (*_COLOURS[name], policy.words) for name, policy in POLICIES.items()}
#: Font sizes in points on a canvas 7 inches wide: a column of 350 pixels still shows the smallest at 8.
TEXT = {"title": 17.0, "heading": 13.0, "label": 12.0, "small": 11.5}

WIDTH = 7.0


def subject(result: Result) -> str:
    """Say what the run was of."""
    where = f"campaign {result.campaign}, " if result.campaign else ""
    return f"{where}{result.horizon:,} auctions, {POLICIES[result.policy].words}"


def canvas(result: Result, height: float, heading: str) -> Figure:
    """Return an empty figure of the common width, its title drawn: the data, whether it is real, a heading."""
    figure: Figure = require("matplotlib.figure", extra="budget_pacing").Figure(figsize=(WIDTH, height), dpi=150)
    lines = [
        (0.24, result.data, TEXT["title"], "bold"),
        (0.55, subject(result), TEXT["label"], "normal"),
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
    axes.tick_params(which="both", labelsize=TEXT["small"], length=3, colors=WHOLE)
    axes.grid(axis="y", color=FAINT, linewidth=0.6, alpha=0.6)
    axes.set_axisbelow(True)


def refusal(axes: Any, reason: str) -> None:
    """Write on empty axes why there is nothing to draw."""
    axes.axis("off")
    axes.text(0.0, 0.9, reason, transform=axes.transAxes, va="top", fontsize=TEXT["label"], color=WHOLE, wrap=True)
