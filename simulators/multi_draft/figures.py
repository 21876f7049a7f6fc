"""Pictures of a Result, and what each shows in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from simulators.multi_draft.figure_acceptance import acceptance_by_draft_count, describe_acceptance
from simulators.multi_draft.figure_gap import describe_gap, gap_to_optimum
from simulators.multi_draft.figure_quality import describe_quality, efficiency_by_quality
from simulators.multi_draft.result import Result

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["DESCRIPTIONS", "FIGURES"]

#: Name -> function of a Result.
FIGURES: dict[str, Callable[[Result], Figure]] = {
    "acceptance_by_draft_count": acceptance_by_draft_count,
    "gap_to_optimum": gap_to_optimum,
    "efficiency_by_quality": efficiency_by_quality,
}

#: Name -> what that figure shows of a Result, in words and numbers.
DESCRIPTIONS: dict[str, Callable[[Result], str]] = {
    "acceptance_by_draft_count": describe_acceptance,
    "gap_to_optimum": describe_gap,
    "efficiency_by_quality": describe_quality,
}
