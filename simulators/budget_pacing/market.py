"""Several paced campaigns in one market, with prices that they make themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from pybench.kernels.auction import MarketPacing, pace_market

__all__ = ["MarketResult", "default_step_size", "run_market"]

Auction = Literal["second_price", "first_price"]


@dataclass(frozen=True)
class MarketResult:
    """A market and what its bidders did. All amounts are in the unit of the values."""

    auction: Auction
    value: NDArray[np.floating[Any]]
    """[N, T]."""
    budget: NDArray[np.float64]
    """[N]."""
    target_spend: NDArray[np.floating[Any]]
    """[N, T], or [N, 1] where it is the same at every step."""
    reserve: NDArray[np.floating[Any]]
    """[T]."""
    step_size: NDArray[np.float64]
    """[N]."""
    pacing: MarketPacing
    """With paths."""

    @property
    def revenue(self) -> float:
        """What the seller got."""
        return float(self.pacing.spend.sum())

    @property
    def price(self) -> NDArray[np.floating[Any]]:
        """What each item was sold for, [T]; NaN for those that nobody bought."""
        paid = self.pacing.second_bid if self.auction == "second_price" else self.pacing.highest_bid
        price: NDArray[np.floating[Any]] = np.where(self.pacing.winner >= 0, paid, np.nan)
        return price

    def competing_price(self) -> NDArray[np.floating[Any]]:
        """Return what each bidder had to bid for each item, [N, T]: the best bid of the others, or the reserve."""
        mine = self.pacing.winner == np.arange(len(self.budget))[:, None]
        price: NDArray[np.floating[Any]] = np.where(mine, self.pacing.second_bid, self.pacing.highest_bid)
        return price

    def spend_path(self) -> NDArray[np.float64]:
        """Return what each bidder had spent after each step, [N, T]."""
        mine = self.pacing.winner == np.arange(len(self.budget))[:, None]
        return np.cumsum(np.where(mine, self.price, 0.0), axis=1, dtype=np.float64)


def run_market(
    value: NDArray[np.floating[Any]],
    budget: Any,
    *,
    reserve: Any = 0.0,
    auction: Auction = "second_price",
    target_spend: Any = None,
    step_size: Any = None,
    initial_multiplier: Any = 0.0,
    max_multiplier: Any = None,
    regulariser: Literal["euclidean", "entropy"] = "euclidean",
) -> MarketResult:
    """Let N campaigns pace their budgets against each other over T items.

    Parameters
    ----------
    value
        [N, T], float32 or float64.
    budget
        Numbers that broadcast to [N], above 0.
    reserve
        The least price: a number or [T].
    auction
        ``second_price`` or ``first_price``.
    target_spend
        [N, T], or numbers that broadcast to [N]; None: the budget evenly over the steps.
    step_size
        Numbers that broadcast to [N]; None: `default_step_size`.
    initial_multiplier, max_multiplier, regulariser
        As in `pybench.kernels.auction.pace_market`.

    Returns
    -------
    MarketResult
        With the paths.

    Raises
    ------
    TypeError, InvalidInputError
        As `pybench.kernels.auction.pace_market`.
    """
    steps = value.shape[-1] if isinstance(value, np.ndarray) and value.ndim else 0
    even = np.asarray(budget, dtype=np.float64) / max(steps, 1) if target_spend is None else target_spend
    step = default_step_size(value, reserve, auction) if step_size is None else step_size
    pacing = pace_market(
        value,
        even,
        budget=budget,
        step_size=step,
        initial_multiplier=initial_multiplier,
        max_multiplier=max_multiplier,
        reserve=reserve,
        regulariser=regulariser,
        auction=auction,
        paths=True,
    )
    bidders = len(pacing.wins)
    traced = isinstance(even, np.ndarray) and even.ndim == 2
    return MarketResult(
        auction,
        value,
        np.array(np.broadcast_to(budget, bidders), dtype=np.float64),
        np.asarray(even) if traced else np.broadcast_to(even, bidders).astype(value.dtype)[:, None],
        np.broadcast_to(np.asarray(reserve, dtype=value.dtype), steps),
        np.array(np.broadcast_to(step, bidders), dtype=np.float64),
        pacing,
    )


def default_step_size(value: NDArray[np.floating[Any]], reserve: Any = 0.0, auction: Auction = "second_price") -> float:
    """Return 1 / (sqrt(T) times the mean price of the market if nobody paced); 0 where every price would be 0.

    Parameters
    ----------
    value
        [N, T].
    reserve
        A number or [T].
    auction
        ``second_price`` or ``first_price``.
    """
    if not isinstance(value, np.ndarray) or value.ndim != 2 or not value.size:
        return 0.0  # refused later, by name, or nothing to be paced
    rank = min(2 if auction == "second_price" else 1, value.shape[0])
    bid = (
        np.partition(value, -rank, axis=0)[-rank] if rank > 1 or auction == "first_price" else np.zeros(value.shape[1])
    )
    mean = float(np.maximum(bid, reserve).mean(dtype=np.float64))
    return 1.0 / (value.shape[1] ** 0.5 * mean) if mean > 0.0 else 0.0
