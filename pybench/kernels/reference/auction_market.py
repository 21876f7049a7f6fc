"""Paced bidders in one market, item by item and bidder by bidder: slow and readable, the oracle of the native kernel.

Sums are kept as in `pybench.kernels.reference.auction`: within blocks of 64 steps in the dtype of the values, over
blocks in float64. A bidder who is alone and meets a trace of reserves does what `pace` does, bit for bit.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pybench.errors import InvalidInputError
from pybench.kernels.auction_inputs import LARGEST
from pybench.kernels.auction_market_inputs import MarketCall, as_market_call
from pybench.kernels.auction_market_results import MarketPacing
from pybench.kernels.reference.auction import STEPS_A_BLOCK
from pybench.kernels.reference.auction_exponential import exponential

__all__ = ["pace_market"]


class _Bidder:
    """The state of one bidder."""

    def __init__(self, call: MarketCall, market: int, index: int) -> None:
        setting = market * call.value.shape[1] + index
        self.real = call.value.dtype.type
        self.value, target = call.value[market, index], call.target_spend[market, index]
        self.target = np.broadcast_to(target, self.value.shape)
        self.budget, self.step_size = call.budget[setting], call.step_size[setting]
        self.initial, self.max_multiplier = call.initial_multiplier[setting], call.max_multiplier[setting]
        self.entropy = call.entropy
        self.start = call.log_initial_multiplier[setting] if self.entropy else 1.0 + self.initial
        self.highest = self.real(min(self.max_multiplier + (0.0 if self.entropy else 1.0), LARGEST))
        self.step = self.real(self.step_size)
        self.spend = self.gap = self.utility = self.multiplier_sum = np.float64(0.0)
        self.wins = 0
        self.begin_block()

    def begin_block(self) -> None:
        start = self.start + self.step_size * self.gap
        self.base = self.real(min(max(start, -LARGEST), LARGEST))
        self.paid_sum = self.target_sum = self.utility_sum = self.block_multiplier_sum = self.real(0)

    def end_block(self) -> None:
        self.spend += np.float64(self.paid_sum)
        self.gap += np.float64(self.paid_sum) - np.float64(self.target_sum)
        self.utility += np.float64(self.utility_sum)
        self.multiplier_sum += np.float64(self.block_multiplier_sum)

    def scale(self) -> Any:
        """Return 1 + multiplier."""
        planned = self.base + self.step * (self.paid_sum - self.target_sum)
        if self.entropy:
            return self.real(1) + min(exponential(np.asarray(planned)), self.highest)
        return min(max(planned, self.real(1)), self.highest)

    def can_pay(self, amount: Any) -> bool:
        return bool(self.spend + np.float64(self.paid_sum + amount) <= self.budget)

    def all_that_remains(self) -> Any:
        """Return the most that the bidder can surely pay: what remains of the budget, rounded down."""
        zero = self.real(0)
        most = self.real(self.budget - self.spend)
        if self.spend + np.float64(most) > self.budget:
            most = np.nextafter(most, zero)
        most = max(most, self.paid_sum)
        remaining = most - self.paid_sum
        return np.nextafter(remaining, zero) if self.paid_sum + remaining > most else remaining

    def final_multiplier(self) -> float:
        change = self.step_size * self.gap
        with np.errstate(over="ignore"):
            moved = self.initial * exponential(np.asarray(change)) if self.entropy else self.initial + change
        return float(min(max(moved, 0.0), self.max_multiplier))


def pace_market(
    value: NDArray[Any],
    target_spend: Any,
    *,
    budget: Any,
    step_size: Any,
    initial_multiplier: Any,
    max_multiplier: Any = None,
    reserve: Any = 0.0,
    regulariser: str = "euclidean",
    auction: str = "second_price",
    paths: bool = False,
    threads: int | None = 1,
) -> MarketPacing:
    """Pace bidders against each other: `pybench.kernels.auction.pace_market`. Threads make no difference."""
    del threads
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
    markets, bidders, steps = call.value.shape
    for market in range(markets):
        _refuse_bad_values(call, market)
    totals = np.zeros((4, markets, bidders))
    wins = np.zeros((markets, bidders), dtype=np.int64)
    multiplier_path = np.zeros(call.value.shape, call.value.dtype)
    winner = np.zeros((markets, steps), dtype=np.int64)
    bids = np.zeros((2, markets, steps), call.value.dtype)
    floor = np.broadcast_to(call.reserve, (markets, steps))
    for market in range(markets):
        state = [_Bidder(call, market, index) for index in range(bidders)]
        for t in range(steps):
            if t and t % STEPS_A_BLOCK == 0:
                for bidder in state:
                    bidder.end_block()
                    bidder.begin_block()
            with np.errstate(over="ignore"):  # a reserve times a large multiplier: infinite, and not met
                multiplier_path[market, :, t], winner[market, t], bids[:, market, t] = _sell(
                    state, t, floor[market, t], first_price=call.first_price
                )
        for index, bidder in enumerate(state):
            bidder.end_block()
            mean = bidder.multiplier_sum / steps if steps else 0.0
            totals[:, market, index] = bidder.spend, bidder.utility, bidder.final_multiplier(), mean
            wins[market, index] = bidder.wins
    kept = [multiplier_path, winner, *bids] if paths else []
    fields = [wins, *totals, *kept]
    return MarketPacing(*(fields if call.batched else [field[0] for field in fields]))


def _sell(state: list[_Bidder], t: int, floor: Any, *, first_price: bool) -> tuple[list[Any], int, tuple[Any, Any]]:
    """Sell item t; return the bidders' multipliers, the winner, its bid and the highest of the others."""
    scales = [bidder.scale() for bidder in state]
    bids: dict[int, Any] = {}
    for index, bidder in enumerate(state):
        v, k = bidder.value[t], scales[index]
        bid = v / k
        if not v >= k * floor or not bidder.can_pay(bid if first_price else floor):
            continue
        bids[index] = bid if bidder.can_pay(bid) else bidder.all_that_remains()
    winner = max(bids, key=lambda index: bids[index], default=-1)  # the first of equal bids
    second = max([floor, *(bid for index, bid in bids.items() if index != winner)])
    highest = max(floor, bids[winner]) if bids else floor
    if bids:
        paid = bids[winner] if first_price else second
        state[winner].wins += 1
        state[winner].paid_sum += paid
        state[winner].utility_sum += state[winner].value[t] - paid
    multipliers = [scale - bidder.real(1) for scale, bidder in zip(scales, state, strict=True)]
    for bidder, multiplier in zip(state, multipliers, strict=True):
        bidder.target_sum += bidder.target[t]
        bidder.block_multiplier_sum += multiplier
    return multipliers, winner, (highest, second)


def _refuse_bad_values(call: MarketCall, market: int) -> None:
    """Refuse the first number that is no amount of money, as the kernel does."""
    of_market = f"[{market}]" if call.batched else ""
    checked: list[tuple[str, NDArray[Any]]] = [("value" + of_market, call.value[market])]
    if call.target_spend.shape == call.value.shape:
        checked.append(("target_spend" + of_market, call.target_spend[market]))
    per_market = call.batched and len(call.reserve) == len(call.value)
    if per_market or market == 0:
        checked.append(("reserve", call.reserve if per_market else call.reserve[0]))
    for name, array in checked:
        bad = ~((array >= 0) & (array <= LARGEST))
        if bad.any():
            place = np.unravel_index(int(np.argmax(bad)), array.shape)
            where = ", ".join(str(int(i)) for i in place)
            raise InvalidInputError(
                f"{name}[{where}] is {array[place]:.9g}: it must be finite, at least 0 and at most 2^120"
            )
