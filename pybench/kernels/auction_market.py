"""Several paced bidders in one market, with prices that they make themselves. Import from `pybench.kernels.auction`."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from pybench._native import auction as _native
from pybench.kernels.auction_market_inputs import as_market_call
from pybench.kernels.auction_market_results import MarketPacing
from pybench.kernels.inputs import check_threads

__all__ = ["pace_market"]


def pace_market(
    value: NDArray[np.floating[Any]],
    target_spend: Any,
    *,
    budget: Any,
    step_size: Any,
    initial_multiplier: Any,
    max_multiplier: Any = None,
    reserve: Any = 0.0,
    regulariser: Literal["euclidean", "entropy"] = "euclidean",
    auction: Literal["second_price", "first_price"] = "second_price",
    paths: bool = False,
    threads: int | None = 1,
) -> MarketPacing:
    """Sell T items, one a step, to N bidders who each pace a budget.

    Bidder i bids value / k, where k = 1 + multiplier, and takes part in a sale where value >= k * reserve and it can
    pay. Its multiplier follows dual mirror descent on what it paid less its target, as in `pace` with its lazy
    projection. The highest bid wins, of equal ones that of the lowest index.

    Parameters
    ----------
    value
        What each item is worth to each bidder: float32 or float64, [N, T], or [markets, N, T] for many markets apart.
    target_spend
        What each bidder plans to pay at each step: the shape and dtype of `value`; or numbers that broadcast to [N] or
        [markets, N], the same at every step.
    budget, step_size, initial_multiplier, max_multiplier
        Numbers that broadcast to [N] or [markets, N]: budget > 0 in the unit of the values, step size >= 0 in one over
        that unit, 0 <= initial multiplier <= max multiplier (None: 2^120).
    reserve
        The least price: a number, or an array of the dtype of `value` that broadcasts to [T] or [markets, T].
    regulariser
        ``euclidean``, or ``entropy``, which needs initial multipliers above 0: see `pace`.
    auction
        ``second_price``: the winner pays the highest bid of the others who take part, or the reserve where it is
        higher. A bid is held to what remains of the budget, rounded down; a bidder that cannot pay the reserve stays
        out. ``first_price``: the winner pays its bid; a bidder that cannot pay its own bid stays out, as in `pace`.
    paths
        Also return the multipliers, the winner and the two highest bids of each step.
    threads
        1 to 1024; None for all cores. They share the markets. The answer is the same for any number.

    Returns
    -------
    MarketPacing
        Of fields [N], or [markets, N].

    Raises
    ------
    TypeError
        Where `value` is no NumPy array.
    InvalidInputError
        For shapes or dtypes that do not fit, amounts that are NaN, negative or above 2^120, settings out of range.

    Notes
    -----
    A bid of 0 meets a reserve of 0: of items worth nothing to anyone somebody wins each, for nothing. One bidder who
    meets a trace of reserves does exactly what `pace` does with that trace as price. O(markets N T) time; with paths
    as much memory, without them N numbers a market.
    """
    call = as_market_call(
        value,
        target_spend,
        budget=budget,
        step_size=step_size,
        initial_multiplier=initial_multiplier,
        max_multiplier=max_multiplier,
        reserve=reserve,
        regulariser=regulariser,
        auction=auction,
    )
    fields = _native.pace_market(
        call.value,
        call.target_spend,
        call.reserve,
        call.budget,
        call.step_size,
        call.initial_multiplier,
        call.log_initial_multiplier,
        call.max_multiplier,
        call.entropy,
        call.first_price,
        bool(paths),
        not call.batched,
        check_threads(threads),
    )
    return MarketPacing(*(fields if call.batched else (field[0] for field in fields)))
