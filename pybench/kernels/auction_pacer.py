"""One campaign paced online. Import from `pybench.kernels.auction`."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from threading import RLock
from typing import Any, Literal

import numpy as np

from pybench._native import auction as _native
from pybench.errors import InvalidInputError
from pybench.kernels import auction_pacer_inputs as inputs
from pybench.kernels.auction_pacer_inputs import Plan
from pybench.kernels.auction_results import SpendingPlan

__all__ = ["Bid", "Pacer"]


class Bid(float):
    """What to bid: a number in the unit of the prices that knows its ticket. It wins where it is at least the price."""

    __slots__ = ("placed", "ticket")

    ticket: int
    """What `Pacer.observe` is told which bid a result is of: how many bids were made before."""
    placed: bool
    """False: send nothing, this is no bid (it is 0.0) and `observe` takes no win of it. Second price: always True."""

    def __new__(cls, price: float, ticket: int, placed: bool) -> Bid:  # noqa: D102 - made by Pacer.bid
        bid = super().__new__(cls, price)
        bid.ticket = ticket
        bid.placed = placed
        return bid

    def __repr__(self) -> str:
        return f"Bid({float(self)}, ticket={self.ticket}{'' if self.placed else ', placed=False'})"

    def __getnewargs__(self) -> tuple[float, int, bool]:  # type: ignore[override]  # so that it can be pickled
        return float(self), self.ticket, self.placed


class Pacer:
    """Bids for one campaign so that its spend follows a plan and never exceeds its budget.

    Bids are value / (1 + multiplier); the multiplier is initial_multiplier + step_size * (paid - planned), both so far,
    held to [0, max_multiplier] (euclidean), or initial_multiplier * exp(step_size * (paid - planned)) (entropy). Where
    each bid is answered before the next is made, wins, spend, utility and multiplier are those of `pace` bit for bit.

    Parameters
    ----------
    plan
        What to spend at each bid: float32 or float64 [T], one target a bid, none after the last; or a `SpendingPlan`
        of one campaign; or a `TimedPlan`, then the target of a bid is what is planned between the last bid's time and
        its own, so that any number of auctions spends the plan. All sums are in the plan's dtype as in `pace`; of a
        `TimedPlan` float64.
    budget
        In (0, 2^120], in the unit of the prices. Spend, summed as `pace` sums it, never exceeds it, whatever the order
        of results and though all outstanding bids are won.
    step_size
        Eta, in 1 / unit of the prices, in [0, 2^120]; 1 / (sqrt(T) * mean price) is a start.
    initial_multiplier
        In [0, max_multiplier], of entropy > 0. A `SpendingPlan` brings its own.
    max_multiplier
        In [0, 2^120]; None: 2^120.
    regulariser, auction
        As in `pace`. In first price a win costs its bid.

    Raises
    ------
    InvalidInputError
        For an argument that breaks a rule.
    TypeError
        For a plan that is none.

    Notes
    -----
    A result may come late and out of order: the target of a bid counts when it is made, its payment when its result
    comes, so the multiplier is lower by step_size times what is planned for the bids in flight. Until its result comes,
    the most that a bid can cost is reserved. Any number of threads may use one pacer: calls take turns. A call that
    raises has changed nothing. O(1) a bid and, shared out, a result. The method is dual mirror descent on a plan of one
    sample (docs/pacer.md).
    """

    __slots__ = ("_core", "_digest", "_lock", "_plan")

    def __init__(
        self,
        plan: Any,
        *,
        budget: float,
        step_size: float,
        initial_multiplier: float | None = None,
        max_multiplier: float | None = None,
        regulariser: Literal["euclidean", "entropy"] = "euclidean",
        auction: Literal["second_price", "first_price"] = "second_price",
    ) -> None:
        self._plan = inputs.as_plan(plan)
        if initial_multiplier is None:
            initial_multiplier = inputs.multiplier_of(plan)
        settings = inputs.as_settings(step_size, initial_multiplier, max_multiplier, regulariser, auction)
        self._core = _native.Pacer(
            self._plan.cursor,
            inputs.as_budget(budget),
            settings.step_size,
            settings.initial_multiplier,
            settings.log_initial_multiplier,
            settings.max_multiplier,
            regulariser == "entropy",
            auction == "first_price",
        )
        self._digest: str | None = None
        self._lock = RLock()  # of the plan and its digest; the core has one of its own

    def bid(self, value: float, time: float | None = None) -> Bid:
        """Return what to bid for one auction. Each bid wants its `observe`, or `expire`.

        Parameters
        ----------
        value
            What winning is worth, in the unit of the prices, in [0, 2^120].
        time
            Of a `TimedPlan`: when, in its unit, not before the last bid; else None.

        Returns
        -------
        Bid
            The largest number of the plan's dtype that (1 + multiplier) * bid <= value holds for and the budget has
            room for besides what outstanding bids may cost. First price: value / (1 + multiplier) to a unit in the last
            place, or where the budget has no room for all of that, no bid (`placed` is False). A bid of 0 that is
            placed wins at price 0.

        Raises
        ------
        InvalidInputError
            For a value or a time that breaks a rule.
        """
        if type(value) is not float:
            value = inputs.as_number("value", value)
        if time is not None and type(time) is not float:
            time = inputs.as_number("time", time)
        return Bid(*self._core.bid(value, time))

    def observe(self, price: float | None, won: bool | np.bool_, ticket: int | None = None) -> None:
        """Take the result of a bid.

        Parameters
        ----------
        price
            What had to be beaten, which in second price is what a win costs; at most the bid where it won. None for a
            lost bid whose price is not known.
        won
            Whether it won.
        ticket
            Of which bid, `Bid.ticket`. None: of the only one that is outstanding.

        Raises
        ------
        InvalidInputError
            For a price that breaks a rule or is above a bid that won, `won` that is no bool, an unknown ticket, one
            that was answered before or has expired, or none where several are outstanding.
        """
        won = won if type(won) is bool else inputs.as_bool("won", won)
        if price is not None and type(price) is not float:
            price = inputs.as_number("price", price)
        if ticket is not None:
            ticket = inputs.as_ticket(ticket)
        self._core.observe(price, won, ticket)

    def expire(self, before: float) -> list[int]:
        """Take outstanding bids made before a time as lost, and give what they reserved free.

        Should such a bid turn out won after all, its price is spent and the pacer does not know: `set_budget` to the
        budget less the price, with the rest of the plan. That is refused where the room it had reserved has been
        spent since: then the budget was exceeded.

        Parameters
        ----------
        before
            Of a `TimedPlan` a time, of other plans the number of a bid: those with smaller tickets expire.

        Returns
        -------
        list of int
            The tickets of the expired bids; their results are refused from now on.

        Raises
        ------
        InvalidInputError
            For what is no number, or NaN.
        """
        return self._core.expire(inputs.as_number("before", before))

    def set_budget(self, budget: float, plan: Any = None, *, initial_multiplier: float | None = None) -> None:
        """Change the budget, of all that was spent and will be.

        Parameters
        ----------
        budget
            As the pacer's; it must cover what is spent and what outstanding bids may cost.
        plan
            None: what is left of the plan is scaled to add up to what is left of the budget. Else a plan of the same
            kind and dtype as before: its first target is the next bid's; of a `TimedPlan`, what it has planned up to
            the last bid's time is past.
        initial_multiplier
            The multiplier starts anew from this, with no gap between paid and planned. A `SpendingPlan` brings its own;
            else None: it goes on as it is.

        Raises
        ------
        InvalidInputError
            For a budget, a plan or a multiplier that breaks a rule; a larger budget without a plan where nothing is
            left of the plan to be scaled.
        TypeError
            For a plan that is none.
        """
        budget = inputs.as_budget(budget)
        new = None if plan is None else inputs.as_plan(plan)
        if new is not None and new.kind != self._plan.kind:
            raise InvalidInputError(f"plan is {new.kind}: it must be {self._plan.kind}, as the plan so far")
        if initial_multiplier is None and isinstance(plan, SpendingPlan):
            initial_multiplier = inputs.multiplier_of(plan)
        log = 0.0
        if initial_multiplier is not None:
            state = self._core.state()
            settings = inputs.as_settings(
                state["step_size"],
                initial_multiplier,
                state["max_multiplier"],
                state["regulariser"],
                state["auction"],
            )
            initial_multiplier, log = settings.initial_multiplier, settings.log_initial_multiplier
        with self._lock:
            self._core.set_budget(budget, None if new is None else new.cursor, initial_multiplier, log)
            if new is not None:
                self._plan, self._digest = new, None

    def state(self) -> dict[str, Any]:
        """Return all that `restore` needs besides the plan: numbers, text, lists and dicts, exact in JSON.

        O(T) the first time, then O(outstanding).
        """
        with self._lock:
            return {"version": inputs.STATE_VERSION, "plan": self._plan_digest(), **self._core.state()}

    @classmethod
    def restore(cls, plan: Any, state: Mapping[str, Any]) -> Pacer:
        """Return a pacer that goes on where `state` was taken, bit for bit.

        Parameters
        ----------
        plan
            The plan that the pacer had then.
        state
            What `Pacer.state` returned, also by way of JSON.

        Raises
        ------
        InvalidInputError
            For a state of another version or plan, or one that breaks a rule.
        TypeError
            For a plan that is none.
        """
        pacer = cls.__new__(cls)
        pacer._plan, pacer._digest, pacer._lock = inputs.as_plan(plan), None, RLock()
        checked = inputs.as_state(state, pacer._plan_digest())
        settings = inputs.as_settings(
            checked["step_size"],
            checked["initial_multiplier"],
            checked["max_multiplier"],
            checked["regulariser"],
            checked["auction"],
        )
        inputs.as_budget(checked["budget"])
        pacer._core = _native.Pacer.restore(pacer._plan.cursor, checked, settings.log_initial_multiplier)
        return pacer

    @property
    def budget(self) -> float:
        """What may be spent in all."""
        return self._core.budget

    @property
    def spend(self) -> float:
        """What was paid."""
        return self._core.spend

    @property
    def remaining(self) -> float:
        """Budget less spend; outstanding bids may have reserved some of it."""
        return self._core.budget - self._core.spend

    @property
    def reserved(self) -> float:
        """What outstanding bids may cost, together."""
        return self._core.reserved

    @property
    def multiplier(self) -> float:
        """After all that was planned and paid so far, in float64."""
        return self._core.multiplier

    @property
    def utility(self) -> float:
        """Value of what was won less what was paid."""
        return self._core.utility

    @property
    def wins(self) -> int:
        """Bids that won."""
        return self._core.wins

    @property
    def steps(self) -> int:
        """Bids made."""
        return self._core.steps

    @property
    def outstanding(self) -> int:
        """Bids without a result."""
        return self._core.outstanding

    def __repr__(self) -> str:
        return (
            f"Pacer({self.steps} bids, {self.wins} won, spend {self.spend:g} of {self.budget:g}, "
            f"multiplier {self.multiplier:g}, {self.outstanding} outstanding)"
        )

    def _plan_digest(self) -> str:
        if self._digest is None:
            self._digest = _digest_of(self._plan)
        return self._digest


def _digest_of(plan: Plan) -> str:
    digest = hashlib.blake2b(plan.kind.encode(), digest_size=16)
    for array in plan.arrays:
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()
