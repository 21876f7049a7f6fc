"""What is measured of a market: how far it ended from a pacing equilibrium, and what each bidder regrets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulators.budget_pacing.market import MarketResult
from simulators.budget_pacing.market_equilibrium import PacingGap, best_static, pacing_gap

__all__ = ["MarketMeasures", "market_measures", "scale_distance"]


@dataclass(frozen=True)
class MarketMeasures:
    """Measures of a market, [N] each."""

    spend_share: NDArray[np.float64]
    """What was spent, of the budget."""
    utility: NDArray[np.float64]
    """Value of what was won less what was paid, in the unit of the values."""
    hindsight_utility: NDArray[np.float64]
    """Of the best static multiplier against the bids of the others as they were."""
    hindsight_multiplier: NDArray[np.float64]
    """That multiplier."""
    gap: PacingGap
    """Of the mean multipliers, held fixed for all items."""
    final_gap: PacingGap
    """Of the multipliers after the last item. They say less: a bidder whose budget ran out is back where it began."""

    @property
    def regret(self) -> NDArray[np.float64]:
        """Hindsight utility less utility, in the unit of the values; below 0 where no static multiplier was as good."""
        return self.hindsight_utility - self.utility

    @property
    def regret_share(self) -> NDArray[np.float64]:
        """Regret as a share of the hindsight utility; 0 where that is 0."""
        positive = self.hindsight_utility > 0.0
        return np.where(positive, self.regret / np.where(positive, self.hindsight_utility, 1.0), 0.0)


def market_measures(result: MarketResult, *, tie: float = 0.0) -> MarketMeasures:
    """Measure a market.

    Parameters
    ----------
    result
        Of `run_market`.
    tie
        As in `pacing_gap`.

    Notes
    -----
    The regret of a bidder takes the bids of the others as they were: had it bid otherwise, they would have too.
    O(N T log T).
    """
    competing = result.competing_price()
    best = [
        best_static(result.value[i], competing[i], float(result.budget[i]), auction=result.auction)
        for i in range(len(result.budget))
    ]
    mean, final = (
        pacing_gap(result.value, result.budget, multiplier, reserve=result.reserve, auction=result.auction, tie=tie)
        for multiplier in (result.pacing.mean_multiplier, result.pacing.multiplier)
    )
    return MarketMeasures(
        result.pacing.spend / result.budget,
        result.pacing.utility,
        np.array([utility for utility, _ in best]),
        np.array([multiplier for _, multiplier in best]),
        mean,
        final,
    )


def scale_distance(multiplier: NDArray[np.floating[Any]], other: NDArray[np.floating[Any]]) -> float:
    """Return the largest difference of the scales of bids, 1 / (1 + multiplier): from 0 to 1."""
    return float(np.abs(1.0 / (1.0 + np.asarray(multiplier)) - 1.0 / (1.0 + np.asarray(other))).max())
