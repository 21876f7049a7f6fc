"""How far multipliers are from a pacing equilibrium, and what a bidder regrets.

In a pacing equilibrium every bidder scales its bids by one number of its own, alpha = 1 / (1 + multiplier), so that no
budget is exceeded and nobody paces without need: where alpha < 1 the budget is spent. Ties may be split.

Sources. The notion for second-price auctions is of Conitzer, Kroer, Sodomka, Stier-Moses (Multiplicative Pacing
Equilibria in Auction Markets), that for first-price auctions of Conitzer et al. (Pacing Equilibrium in First Price
Auction Markets, Management Science). Read of both: the abstracts, which say that a second-price market may have several
equilibria and that a first-price market has one, given by the Eisenberg-Gale convex program. The program's form below
is from general knowledge of the field, its conditions are derived in docs/market.md and checked on every answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

__all__ = ["PacingGap", "best_static", "pacing_gap"]

Auction = Literal["second_price", "first_price"]


@dataclass(frozen=True)
class PacingGap:
    """How far multipliers are from a pacing equilibrium, bidder by bidder. All 0 in an equilibrium."""

    overspend: NDArray[np.float64]
    """What the bidder must pay above its budget, as a share of the budget, [N]."""
    needless_pacing: NDArray[np.float64]
    """(1 - alpha) times the share of the budget that it cannot spend, [N]."""

    @property
    def complementarity(self) -> NDArray[np.float64]:
        """The larger of the two, [N]."""
        return np.maximum(self.overspend, self.needless_pacing)

    @property
    def largest(self) -> float:
        """The largest of all bidders."""
        return float(self.complementarity.max())


def pacing_gap(
    value: NDArray[np.floating[Any]],
    budget: NDArray[np.float64],
    multiplier: NDArray[np.floating[Any]],
    *,
    reserve: Any = 0.0,
    auction: Auction = "second_price",
    tie: float = 0.0,
) -> PacingGap:
    """Measure how far fixed multipliers are from a pacing equilibrium of the market.

    Parameters
    ----------
    value
        [N, T].
    budget, multiplier
        [N].
    reserve
        A number or [T].
    auction
        ``second_price`` or ``first_price``.
    tie
        Bids within this share of each other count as equal. What a bidder pays lies between the cost of what it wins
        alone, and of that and all it is tied for; of this range what suits it best is taken. An equilibrium that is
        known to so many digits needs a `tie` of as much: its budgets are met by splitting items.

    Returns
    -------
    PacingGap
        Each bidder's, as if ties were split as it needs; that all can have it at once is not checked.

    Notes
    -----
    O(N T). The conditions are those of Conitzer et al.; the measure, and its tolerance for ties, are ours.
    """
    alpha = 1.0 / (1.0 + np.asarray(multiplier, dtype=np.float64))
    money = np.asarray(budget, dtype=np.float64)
    bids = alpha[:, None] * value
    floor = np.broadcast_to(np.asarray(reserve, dtype=np.float64), bids.shape[1:])
    others = _best_of_others(bids, floor)
    paid = np.minimum(others, bids) if auction == "second_price" else bids
    at_least = np.where(bids * (1.0 - tie) > others, paid, 0.0).sum(axis=1)
    at_most = np.where(bids >= others * (1.0 - tie), paid, 0.0).sum(axis=1)
    return PacingGap(
        np.maximum(at_least - money, 0.0) / money,
        (1.0 - alpha) * np.maximum(money - at_most, 0.0) / money,
    )


def _best_of_others(bids: NDArray[np.float64], floor: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return for each bidder and item the highest bid of the others, or the reserve."""
    order = np.argmax(bids, axis=0)
    items = np.arange(bids.shape[1])
    top = bids[order, items]
    rest = bids.copy()
    rest[order, items] = -np.inf
    second = rest.max(axis=0)
    best = np.broadcast_to(np.maximum(top, floor), bids.shape).copy()
    best[order, items] = np.maximum(second, floor)
    return best


def best_static(
    value: NDArray[np.floating[Any]],
    price: NDArray[np.floating[Any]],
    budget: float,
    *,
    auction: Auction = "second_price",
) -> tuple[float, float]:
    """Find the static multiplier of the largest utility in hindsight, the prices as they were.

    Parameters
    ----------
    value, price
        [T] of one bidder: what each item is worth, and what had to be bid for it.
    budget
        What it may spend.
    auction
        ``second_price``: an item costs its price. ``first_price``: it costs the bid, value / (1 + multiplier).

    Returns
    -------
    utility, multiplier
        Infinite multiplier: to win only what is free, or nothing. Of equal ones the least.

    Notes
    -----
    Exact: between two ratios value / price of items the set that is won does not change, so only the ratios matter.
    Items of equal ratio are won all or none. O(T log T).
    """
    v, d = np.asarray(value, dtype=np.float64), np.asarray(price, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(d > 0.0, v / d, np.inf)
    wanted = ratio >= 1.0
    order = np.argsort(-ratio[wanted], kind="stable")
    v, d, ratio = v[wanted][order], d[wanted][order], ratio[wanted][order]
    last = np.append(ratio[1:] < ratio[:-1], True)[: ratio.size]  # of the items of one ratio
    scale = ratio[last]
    worth, cost = np.cumsum(v)[last], np.cumsum(d)[last]
    if auction == "first_price":
        cost = worth / scale
    feasible = cost <= budget
    gain = np.where(feasible, worth - cost, -np.inf)
    if not gain.size or gain.max() < 0.0:
        return 0.0, float("inf")
    best = gain.size - 1 - int(np.argmax(gain[::-1]))
    return float(gain[best]), float(scale[best] - 1.0)
