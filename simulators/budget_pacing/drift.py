"""The drift alarm: when the spend has left its plan by more than chance lets it.

Spend less plan, S_t, is what the controller feeds on. While sample and live trace have the same laws it stays within
some square root of t times a price. Where they have not, the controller needs a gap to hold its multiplier away from
the sample's, and the gap grows out of such a band.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pybench.kernels.auction import pace, spending_plan
from simulators.budget_pacing.data import Traces
from simulators.budget_pacing.delivery import wins
from simulators.budget_pacing.policies import Policy
from simulators.budget_pacing.run import Run, followed_plan
from simulators.budget_pacing.setting import Setting

__all__ = ["first_alarm", "pace_with_restarts"]

#: Steps after a start before which no alarm is raised: the band is not narrower than at this many.
_QUIET_STEPS = 100
_MOST_ALARMS = 100


def first_alarm(gap: NDArray[np.float64], band: float, mean_price: float) -> int | None:
    """Return the first step, from 0, with the gap outside ``band * sqrt(steps) * mean price``; None for none."""
    steps = np.maximum(np.arange(1, gap.size + 1), _QUIET_STEPS)
    outside = np.abs(gap) > band * mean_price * np.sqrt(steps)
    return int(np.argmax(outside)) if outside.any() else None


def pace_with_restarts(
    policy: Policy, traces: Traces, setting: Setting, *, restart: str, band: float, segments: int = 0
) -> Run:
    """Pace with the alarm on; after each alarm go on with the rest of the budget and a plan that is even over time.

    Parameters
    ----------
    restart
        ``uniform``: the multiplier goes on as it is; ``relearn``: it is the best one for the live auctions so far, at
        the rate at which the rest of the budget may be spent.

    Notes
    -----
    O(T) for each alarm. After 100 alarms none is raised any more: the plan of who needs as many is worth nothing.
    """
    steps = traces.horizon
    target, multiplier = followed_plan(policy, traces, setting, segments)
    first_multiplier = multiplier
    won, path = np.zeros(steps, dtype=np.bool_), np.empty(steps, dtype=np.float32)
    planned = np.empty(steps, dtype=np.float32)
    alarms: list[int] = []
    begin, rest = 0, setting.budget
    while True:
        value, price = traces.value[begin:], traces.price[begin:]
        done = pace(
            value,
            price,
            target,
            budget=rest,
            step_size=setting.step_size(value.size),
            initial_multiplier=multiplier,
            max_multiplier=setting.most_multiplier,
            regulariser=setting.regulariser,
            projection="eager" if policy.eager else "lazy",
            paths=True,
        )
        bought = wins(value, price, done.multiplier_path, rest)
        cost = np.where(bought, price, np.float32(0.0))
        gap = np.cumsum(cost.astype(np.float64) - target)
        off = restart == "none" or len(alarms) == _MOST_ALARMS
        at = None if off else first_alarm(gap, band, setting.mean_price)
        end = value.size if at is None else at + 1
        won[begin : begin + end], path[begin : begin + end] = bought[:end], done.multiplier_path[:end]
        planned[begin : begin + end] = target[:end]
        rest -= float(cost[:end].sum(dtype=np.float64))
        begin += end
        if at is not None:
            alarms.append(begin)
            planned[begin - 1] += gap[at]  # the plan that follows begins at what was spent
        if begin == steps or rest <= 0.0:
            break
        target = np.full(steps - begin, rest / (steps - begin), dtype=np.float32)
        multiplier = float(path[begin - 1])
        if restart == "relearn":
            seen = rest * begin / (steps - begin)
            multiplier = float(spending_plan(traces.value[:begin], traces.price[:begin], seen).multiplier)
        multiplier = setting.start(min(multiplier, setting.most_multiplier))
    path[begin:], planned[begin:] = path[begin - 1], 0.0
    utility = float((traces.value[won].astype(np.float64) - traces.price[won]).sum())
    return Run(
        wins=int(won.sum()),
        spend=float(traces.price[won].sum(dtype=np.float64)),
        utility=utility,
        first_multiplier=first_multiplier,
        last_multiplier=float(path[begin - 1]),
        won=won,
        planned=planned,
        path=path,
        alarms=tuple(alarms),
    )
