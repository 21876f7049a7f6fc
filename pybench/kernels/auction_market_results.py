"""What a shared market returns. Import from `pybench.kernels.auction`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

__all__ = ["MarketPacing"]


@dataclass(frozen=True, slots=True)
class MarketPacing:
    """What paced bidders did in one market, or in many: see `pace_market`. Fields of bidders are [..., N]."""

    wins: Any
    """Items won, int64."""
    spend: Any
    """What was paid, float64, in the unit of the values. Never above the budget."""
    utility: Any
    """Value of what was won less what was paid, float64."""
    multiplier: Any
    """The multiplier after the last step, float64."""
    mean_multiplier: Any
    """The mean of the multipliers that the steps were bid with, float64; 0 where there was no step."""
    multiplier_path: Any = None
    """The multiplier of each step, [..., N, T], dtype of the values; None, as the rest, without paths."""
    winner: Any = None
    """The bidder that won each item, int64 [..., T]; -1 where nobody met the reserve."""
    highest_bid: Any = None
    """The winner's bid, or the reserve where it is higher or nobody won: [..., T], dtype of the values."""
    second_bid: Any = None
    """The highest bid of those who took part and lost, or the reserve where it is higher: [..., T]."""
