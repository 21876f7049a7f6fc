"""The pacer in plain Python: slow and readable, the oracle of the native one. No checks of input.

The room that outstanding bids leave is worked out in exact rationals, and the largest payment is found by halving.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Literal

import numpy as np

from pybench.kernels.auction_inputs import LARGEST
from pybench.kernels.auction_timed_plan import TimedPlan
from pybench.kernels.reference.auction import STEPS_A_BLOCK
from pybench.kernels.reference.auction_exponential import exponential

__all__ = ["Pacer"]


class Pacer:
    """One campaign; see `pybench.kernels.auction.Pacer`. Tickets are always given."""

    def __init__(
        self,
        plan: Any,
        *,
        budget: float,
        step_size: float,
        initial_multiplier: float,
        max_multiplier: float = LARGEST,
        regulariser: Literal["euclidean", "entropy"] = "euclidean",
        auction: Literal["second_price", "first_price"] = "second_price",
    ) -> None:
        self.real: Any = np.float64 if isinstance(plan, TimedPlan) else plan.dtype.type
        self.entropy, self.first_price = regulariser == "entropy", auction == "first_price"
        self.budget, self.step_size, self.max_multiplier = budget, step_size, max_multiplier
        self.gap = self.closed_spend = self.closed_utility = 0.0
        self.steps = self.wins = self.block_steps = 0
        #: Of the open block; payments that are not yet in `closed_spend` may be of more blocks.
        self.paid = self.planned = self.gained = self.open_spend = self.real(0)
        #: Of each bid without a result: value, cost, time.
        self.waiting: dict[int, tuple[Any, Any, float]] = {}
        self.time: float | None = None
        self._follow(plan)
        self._start_from(initial_multiplier)

    def bid(self, value: float, time: float | None = None) -> tuple[float, int, bool]:
        """Return the bid, its ticket, and whether it is placed."""
        if self.block_steps == STEPS_A_BLOCK:
            self._close_block()
        v, k = self.real(value), self._divisor()
        highest = self._largest(lambda bid: k * bid <= v, v)
        cost = v / k if self.first_price else min(highest, self._most(highest))
        placed = not self.first_price or self._most(cost) == cost
        if not placed:
            highest = cost = self.real(0)
        ticket = self.steps
        self.waiting[ticket] = v, cost, float(ticket) if time is None else time
        self.planned += self._target(time)
        self.steps += 1
        self.block_steps += 1
        return float(highest if self.first_price else cost), ticket, placed

    def observe(self, price: float | None, won: bool, ticket: int) -> None:
        """Take a result."""
        v, cost, _ = self.waiting.pop(ticket)
        if won:
            paid = cost if self.first_price else self.real(price)
            self.paid += paid
            self.open_spend += paid
            self.gained += v - paid
            self.wins += 1

    def expire(self, before: float) -> list[int]:
        """Take bids of before a time as lost."""
        tickets = [ticket for ticket, (_, _, time) in self.waiting.items() if time < before]
        for ticket in tickets:
            del self.waiting[ticket]
        return tickets

    def set_budget(self, budget: float, plan: Any = None, *, initial_multiplier: float | None = None) -> None:
        """Change the budget."""
        self.budget = budget
        if plan is not None:
            self._follow(plan)
        elif (left := self._left()) > 0.0:
            self.scale = min((budget - self.spend) / left, LARGEST)
        if initial_multiplier is not None:
            self.gap, self.planned = 0.0, self.paid
            self._start_from(initial_multiplier)

    @property
    def spend(self) -> float:
        """What was paid."""
        return float(self.closed_spend + float(self.open_spend))

    @property
    def utility(self) -> float:
        """Value less what was paid."""
        return float(self.closed_utility + float(self.gained))

    @property
    def multiplier(self) -> float:
        """In float64."""
        change = self.step_size * (self.gap + (float(self.paid) - float(self.planned)))
        if self.entropy:
            return min(self.start * float(exponential(np.array(change))), self.max_multiplier)
        return min(max(self.start + change, 0.0), self.max_multiplier)

    def _start_from(self, multiplier: float) -> None:
        self.start = multiplier
        self.origin = float(np.log(np.array([multiplier]))[0]) if self.entropy else 1.0 + multiplier
        self._rebase()

    def _rebase(self) -> None:
        self.base = self.real(min(max(self.origin + self.step_size * self.gap, -LARGEST), LARGEST))

    def _divisor(self) -> Any:
        with np.errstate(over="ignore"):
            moved = self.base + self.real(self.step_size) * (self.paid - self.planned)
        one, most = self.real(1), self.max_multiplier
        if self.entropy:
            return one + min(exponential(np.array(moved))[()], self.real(most))
        return min(max(moved, one), self.real(min(1.0 + most, LARGEST)))

    def _close_block(self) -> None:
        self.gap += float(self.paid) - float(self.planned)
        self.closed_utility += float(self.gained)
        self.paid = self.planned = self.gained = self.real(0)
        self.block_steps = 0
        self._rebase()
        costs = self._reserved()
        if not costs or sum(map(self._units, costs)) <= self._room(self.spend, len(costs)):
            self.closed_spend, self.open_spend = self.spend, self.real(0)

    def _follow(self, plan: Any) -> None:
        self.plan, self.plan_step, self.scale = plan, 0, 1.0
        self.past = float(plan.planned(self.time)) if self.time is not None else 0.0

    def _target(self, time: float | None) -> Any:
        target = 0.0
        if isinstance(self.plan, TimedPlan):
            planned = float(self.plan.planned(time))
            target, self.past, self.time = planned - self.past, planned, time
        elif self.plan_step < len(self.plan):
            target = float(self.plan[self.plan_step])
            self.plan_step += 1
        return self.real(min(self.scale * target, LARGEST))

    def _left(self) -> float:
        if isinstance(self.plan, TimedPlan):
            return self.plan.total - self.past
        left = 0.0
        for target in self.plan[self.plan_step :].tolist():
            left += target
        return left

    def _reserved(self) -> Sequence[Any]:
        return [cost for _, cost, _ in self.waiting.values() if cost > 0]

    def _most(self, wanted: Any) -> Any:
        """Return the largest payment, at most `wanted`, that there is room for."""
        costs = self._reserved()
        if not costs:
            return self._largest(
                lambda cost: self.closed_spend + float(self.open_spend + cost) <= self.budget, self.real(wanted)
            )
        free = (
            self._room(self.closed_spend, len(costs) + 1) - self._units(self.open_spend) - sum(map(self._units, costs))
        )
        return self._largest(lambda cost: Fraction(float(cost)) <= max(free, 0) * self._unit(), self.real(wanted))

    def _unit(self) -> Fraction:
        return Fraction(2) ** max(math.frexp(self.budget)[1] - 62, -1000)

    def _units(self, amount: Any) -> int:
        return math.floor(Fraction(float(amount)) / self._unit()) + 1 if amount > 0 else 0

    def _room(self, closed: float, roundings: int) -> int:
        room = math.floor(Fraction(self.budget) / self._unit()) - self._units(closed)
        digits = int(np.finfo(self.real).nmant)
        return room - (room // 2**digits + 1) * roundings if roundings < 2 ** min(digits, 40) else 0

    def _largest(self, fits: Any, most: Any) -> Any:
        """Return the largest number of [0, most] that fits, by halving: numbers >= 0 are in the order of their bits."""
        if fits(most):
            return most
        bits = np.uint32 if self.real is np.float32 else np.uint64
        low, high = 0, int(most.view(bits))
        while high - low > 1:
            middle = (low + high) // 2
            if fits(bits(middle).view(self.real)):
                low = middle
            else:
                high = middle
        return bits(low).view(self.real)
