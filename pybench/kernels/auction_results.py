"""What the pacing kernels return. Import from `pybench.kernels.auction`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

__all__ = ["Pacing", "SpendingPlan"]


@dataclass(frozen=True, slots=True)
class SpendingPlan:
    """How much to spend at each step, learned from a trace: see `spending_plan`."""

    multiplier: Any
    """The least multiplier whose spend on the trace is within the budget. float64, scalar or [campaigns]."""
    target_spend: Any
    """The price of each step that is won at that multiplier, else 0: [T] or [campaigns, T], dtype of the trace."""


@dataclass(frozen=True, slots=True)
class Pacing:
    """What paced campaigns did: see `pace`. Each field has the shape S of the settings, or [campaigns]."""

    wins: Any
    """Auctions won, int64."""
    spend: Any
    """What was paid, float64, in the unit of the prices. Never above the budget."""
    utility: Any
    """Value of what was won less what was paid, float64."""
    multiplier: Any
    """The multiplier after the last step, float64."""
    multiplier_path: Any = None
    """The multiplier that each step was bid with, [..., T], dtype of the trace; None unless asked for."""
