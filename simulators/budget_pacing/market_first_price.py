"""The pacing equilibrium of a first-price market, by the dual of the Eisenberg-Gale program: an oracle.

With alpha = 1 / (1 + multiplier) it minimises, over 0 < alpha <= 1,

    sum over items of max(reserve, max over bidders of alpha value)  -  sum over bidders of budget log alpha.

Of the program see `market_equilibrium`; why its solution is the equilibrium is derived in docs/market.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pybench.errors import InvalidInputError
from pybench.optional import require

__all__ = ["FirstPriceEquilibrium", "first_price_equilibrium"]

_ROUNDS = 100
_TOTAL = 1e4  # of all budgets in the unit of the linear programs, whose solver keeps constraints to 1e-10


@dataclass(frozen=True)
class FirstPriceEquilibrium:
    """The equilibrium, with its own certificate."""

    multiplier: NDArray[np.float64]
    """[N]."""
    price: NDArray[np.float64]
    """Of each item, [T]: the highest bid, or the reserve."""
    allocation: NDArray[np.float64]
    """Share of each item that each bidder gets, [N, T]; what is left of an item is not sold."""
    spend: NDArray[np.float64]
    """[N]."""
    duality_gap: float
    """The value of the program here less a lower bound of it, as a share: at most the tolerance."""


def first_price_equilibrium(
    value: NDArray[np.floating[Any]], budget: Any, *, reserve: Any = 0.0, tolerance: float = 1e-11
) -> FirstPriceEquilibrium:
    """Solve for the pacing equilibrium of first-price auctions with divisible items.

    Parameters
    ----------
    value
        [N, T]; every bidder must want something.
    budget
        Numbers that broadcast to [N], above 0.
    reserve
        A number or [T].
    tolerance
        Of the duality gap. Multipliers are known to about its square root.

    Returns
    -------
    FirstPriceEquilibrium
        Multipliers are unique; how ties are split may not be.

    Raises
    ------
    InvalidInputError
        For a bidder without a value above 0, or where the tolerance is not reached.
    MissingPackageError
        Where scipy is not installed.

    Notes
    -----
    Kelley's cutting planes on the logarithms, whose linear programs HiGHS solves. They have N T rows: for markets of
    some 10^4 values at most.
    """
    optimize: Any = require("scipy.optimize", extra="budget_pacing")
    sparse: Any = require("scipy.sparse", extra="budget_pacing")
    v = np.asarray(value, dtype=np.float64)
    bidders, items = v.shape
    money = np.array(np.broadcast_to(budget, bidders), dtype=np.float64)
    floor = np.array(np.broadcast_to(reserve, items), dtype=np.float64)
    worth = v.sum(axis=1)
    if not (worth > 0.0).all():
        raise InvalidInputError(f"value[{int(np.argmin(worth))}] sums to {worth.min():g}: a bidder must want something")
    unit = money.sum() / _TOTAL
    v, money, floor = v / unit, money / unit, floor / unit

    # Variables: alpha [N], the prices [T], and for each bidder a bound from below of -budget log alpha.
    width = bidders + items + bidders
    who, item = np.nonzero(v)
    rows = np.arange(who.size)
    entries = np.concatenate((v[who, item], -np.ones(who.size)))
    columns = np.concatenate((who, bidders + item))
    bids = sparse.coo_matrix((entries, (np.tile(rows, 2), columns)), shape=(who.size, width))
    least = np.minimum(1.0, money / v.sum(axis=1))  # below it not even all items would spend the budget
    bounds = [*zip(least, np.ones(bidders), strict=True), *((p, None) for p in floor), *[(0.0, None)] * bidders]
    cost = np.concatenate((np.zeros(bidders), np.ones(items + bidders)))
    points = [least, np.ones(bidders)]
    for _ in range(_ROUNDS):
        # -budget (log a + (alpha - a) / a) <= bound, for every point a so far.
        slopes = -np.concatenate([money / a for a in points])
        own = np.tile(np.arange(bidders), len(points))
        entries, columns = np.concatenate((slopes, -np.ones(own.size))), np.concatenate((own, width - bidders + own))
        cuts = sparse.coo_matrix((entries, (np.tile(np.arange(own.size), 2), columns)), shape=(own.size, width))
        heights = np.concatenate([money * (np.log(a) - 1.0) for a in points])
        found = optimize.linprog(
            cost,
            A_ub=sparse.vstack((bids, cuts)).tocsr(),
            b_ub=np.concatenate((np.zeros(who.size), heights)),
            bounds=bounds,
            method="highs-ds",
            options={"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10},
        )
        if found.status != 0:
            raise InvalidInputError(f"value, budget, reserve: their linear program was not solved: {found.message}")
        alpha = np.clip(found.x[:bidders], least, 1.0)
        price = np.maximum((alpha[:, None] * v).max(axis=0), floor)
        program = price.sum() - float(money @ np.log(alpha))
        gap = (program - float(found.fun)) / max(_TOTAL, abs(program))
        if gap <= tolerance:
            share = np.zeros((bidders, items))
            share[who, item] = -found.ineqlin.marginals[: who.size]
            spend = (share * price).sum(axis=1)
            return FirstPriceEquilibrium(1.0 / alpha - 1.0, price * unit, share, spend * unit, max(gap, 0.0))
        points.append(alpha)
    raise InvalidInputError(f"tolerance is {tolerance:g}: after {_ROUNDS} rounds the gap is still {gap:.2g}")
