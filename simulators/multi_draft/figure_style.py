"""What the figures share: colours and names of the schemes, a canvas that a telephone can show, its title."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pybench.harness.figure_style import ACCENT, FAINT, QUIET, TEXT, WHOLE, refusal, tidy, titled_canvas
from simulators.multi_draft.result import Result

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["ACCENT", "DEPENDENT", "FAINT", "QUIET", "SCHEME_STYLE", "TEXT", "WHOLE", "canvas", "refusal", "tidy"]

# Okabe and Ito's palette: told apart with every kind of colour vision, and by the markers in print.
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


def canvas(result: Result, height: float, heading: str) -> Figure:
    """Return an empty figure of the common width, its title drawn: data, models, whether it is real, a heading."""
    subject = f"target {result.target_model}, draft {result.draft_model}"
    return titled_canvas(height, result.data, subject, heading, synthetic=result.synthetic, extra="multi_draft")
