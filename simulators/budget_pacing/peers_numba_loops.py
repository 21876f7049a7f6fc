"""The loops of the numba peers, as plain Python: few and small, for all of a peer must compile within seconds.

Every loop keeps to the hard stop: a win that the budget does not cover is refused. The type of the state is that of
`zero`; 16-bit prices are read as float32.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "all_campaigns",
    "all_settings",
    "branch_free",
    "branchy",
    "step_of_campaigns",
    "steps_of_settings",
    "take_winnable",
]

Array = NDArray[Any]


def take_winnable(
    value: Array, price: Array, target: Array, values: Array, prices: Array, targets: Array, zero: Any
) -> int:
    """Keep the steps that can be won, price <= value, each with the targets up to the next; return their number.

    Entry 0 has the targets before the first of them. No branch: which step can be won is not foreseen.
    """
    count, planned = 0, zero
    for t in range(value.size):
        winnable = value[t] >= price[t]
        values[count + 1] = value[t]
        prices[count + 1] = price[t]
        planned = (zero if winnable else planned) + target[t]
        count += winnable
        targets[count] = planned
    return count + 1


def branchy(
    value: Array, price: Array, target: Array, budget: float, step_size: float, initial: float, highest: float
) -> tuple[int, float, float, float]:
    """Pace one campaign, with branches that the machine predicts."""
    gap, spend, utility, wins = 0.0, 0.0, 0.0, 0
    start = 1.0 + initial
    for t in range(value.size):
        k = start + step_size * gap
        if k < 1.0:
            k = 1.0
        elif k > highest:
            k = highest
        if value[t] >= k * price[t] and spend + price[t] <= budget:
            spend += price[t]
            gap += price[t]
            utility += value[t] - price[t]
            wins += 1
        gap -= target[t]
    return wins, spend, utility, start + step_size * gap


def branch_free(
    value: Array, price: Array, target: Array, budget: float, step_size: float, initial: float, highest: float
) -> tuple[int, float, float, float]:
    """Pace one campaign; what follows a win and a loss is there before it is known which it is."""
    factor, spend, utility, wins = 1.0 + initial, 0.0, 0.0, 0
    for t in range(value.size):
        k = min(max(factor, 1.0), highest)
        lost, gained = factor - step_size * target[t], factor + step_size * (price[t] - target[t])
        won = (value[t] >= k * price[t]) & (spend + price[t] <= budget)
        factor = gained if won else lost
        spend += price[t] if won else 0.0
        utility += (value[t] - price[t]) if won else 0.0
        wins += won
    return wins, spend, utility, factor


def step_of_campaigns(
    value: Array,
    price: Array,
    target: Array,
    budget: Array,
    step_size: Array,
    factor: Array,
    spend: Array,
    utility: Array,
    wins: Array,
    one: Any,
    highest: Any,
    zero: Any,
) -> None:
    """Bid once in each campaign's auction: a loop without branches, which is made wide."""
    for c in range(factor.size):
        k = min(max(factor[c], one), highest)
        v, d = np.float32(value[c]), np.float32(price[c])
        after = spend[c] + d
        won = (v >= k * d) & (after <= budget[c])
        factor[c] += step_size[c] * ((d if won else zero) - np.float32(target[c]))
        spend[c] = after if won else spend[c]
        utility[c] += (v - d) if won else zero
        wins[c] += one if won else zero


def all_campaigns(
    value: Array,
    price: Array,
    target: Array,
    budget: Array,
    step_size: Array,
    factor: Array,
    spend: Array,
    utility: Array,
    wins: Array,
    one: Any,
    highest: Any,
    zero: Any,
) -> None:
    """Go through the steps of arrays [T, campaigns]."""
    for t in range(value.shape[0]):
        step_of_campaigns(
            value[t], price[t], target[t], budget, step_size, factor, spend, utility, wins, one, highest, zero
        )


def steps_of_settings(
    value: Array,
    price: Array,
    target: Array,
    t: int,
    budget: Array,
    step_size: Array,
    factor: Array,
    spend: Array,
    utility: Array,
    wins: Array,
    one: Any,
    highest: Any,
    zero: Any,
) -> None:
    """Bid in two auctions, t and t + 1, with every setting: so the state is read and written half as often."""
    v, d, v_next, d_next = value[t], price[t], value[t + 1], price[t + 1]
    planned, planned_next = target[t], target[t + 1]
    surplus, surplus_next = v - d, v_next - d_next
    for s in range(factor.size):
        k = min(max(factor[s], one), highest)
        after = spend[s] + d
        won = (v >= k * d) & (after <= budget[s])
        moved = factor[s] + step_size[s] * ((d if won else zero) - planned)
        paid = after if won else spend[s]
        k = min(max(moved, one), highest)
        after = paid + d_next
        won_next = (v_next >= k * d_next) & (after <= budget[s])
        factor[s] = moved + step_size[s] * ((d_next if won_next else zero) - planned_next)
        spend[s] = after if won_next else paid
        utility[s] += (surplus if won else zero) + (surplus_next if won_next else zero)
        wins[s] += (one if won else zero) + (one if won_next else zero)


def all_settings(
    value: Array,
    price: Array,
    target: Array,
    budget: Array,
    step_size: Array,
    factor: Array,
    spend: Array,
    utility: Array,
    wins: Array,
    one: Any,
    highest: Any,
    zero: Any,
) -> None:
    """Go through the steps of one trace, of which there must be an even number."""
    for t in range(0, value.size, 2):
        steps_of_settings(value, price, target, t, budget, step_size, factor, spend, utility, wins, one, highest, zero)
