"""What the figures share: colours and names of the policies, a canvas that a telephone can show, its title."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pybench.harness import figure_style
from pybench.harness.figure_style import ACCENT, FAINT, QUIET, TEXT, WHOLE, refusal, titled_canvas
from simulators.budget_pacing.policies import POLICIES
from simulators.budget_pacing.result import Result

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["ACCENT", "BLUE", "FAINT", "POLICY_STYLE", "QUIET", "TEXT", "WHOLE", "canvas", "refusal", "subject", "tidy"]

# Okabe and Ito's palette: told apart with every kind of colour vision, and by the markers in print.
BLUE = "#0072B2"
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


def subject(result: Result) -> str:
    """Say what the run was of."""
    where = f"campaign {result.campaign}, " if result.campaign else ""
    return f"{where}{result.horizon:,} auctions, {POLICIES[result.policy].words}"


def canvas(result: Result, height: float, heading: str) -> Figure:
    """Return an empty figure of the common width, its title drawn: the data, whether it is real, a heading."""
    synthetic = result.synthetic
    return titled_canvas(height, result.data, subject(result), heading, synthetic=synthetic, extra="budget_pacing")


def tidy(axes: Any) -> None:
    """Take away what draws the eye from the data; axes are often logarithmic, so minor ticks too."""
    figure_style.tidy(axes, ticks="both")
