"""The pacer: it is `pace` where answers come at once; late, lost and disordered ones; against the reference."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pybench.kernels.auction import Bid, Pacer, SpendingPlan, TimedPlan, pace
from pybench.kernels.reference.auction_pacer import Pacer as ReferencePacer

pytestmark = pytest.mark.native

SEEDS = st.integers(0, 2**32)
DTYPES = st.sampled_from(["float32", "float64"])
REGULARISERS = st.sampled_from(["euclidean", "entropy"])
AUCTIONS = st.sampled_from(["second_price", "first_price"])
KINDS = ("uniform", "whole", "wide", "ties", "tiny", "huge")
COUNTED = ("wins", "spend", "utility", "multiplier")


def ugly_trace(random: np.random.Generator, steps: int, dtype: str, kind: str) -> tuple[NDArray[Any], ...]:
    """Draw values, prices and targets: with zeros, ties, whole numbers that add up to a budget, extremes."""
    value, price, target = random.random((3, steps))
    if kind == "whole":
        value, price, target = random.integers(0, 4, (3, steps)) + 0.0
    elif kind == "wide":
        value, price, target = np.exp(np.clip(random.normal(0.0, 20.0, (3, steps)), -80.0, 80.0))
    elif kind == "ties":
        value, price = 1.5 * price, price.copy()
    elif kind == "tiny":
        value, price, target = random.integers(0, 9, (3, steps)) * 2.0**-149
    elif kind == "huge":
        value, price, target = np.ldexp(random.random((3, steps)), 120)
    keep = random.random((3, steps)) < 0.9
    return tuple(np.where(keep, [value, price, target], 0.0).astype(dtype))


def settings_for(random: np.random.Generator, price: NDArray[Any], regulariser: str) -> dict[str, float]:
    mean = float(price.astype(np.float64).mean()) or 1.0
    budget = float(random.choice([0.01, 0.1, 0.5, 2.0])) * mean * len(price)
    return {
        "budget": min(max(float(np.round(budget)) or budget, 1e-300), 2.0**119),
        "step_size": min(float(random.choice([0.0, 0.01, 1.0])) / mean, 2.0**120),
        "initial_multiplier": float(random.choice([0.25, 0.5, 3.0] if regulariser == "entropy" else [0.0, 0.5, 3.0])),
        "max_multiplier": float(random.choice([3.0, 100.0, 2.0**120])),
    }


@given(seed=SEEDS, dtype=DTYPES, kind=st.sampled_from(KINDS), regulariser=REGULARISERS, auction=AUCTIONS)
@settings(max_examples=150)
def test_it_is_pace_where_each_bid_is_answered_at_once(
    seed: int, dtype: str, kind: str, regulariser: Any, auction: Any
) -> None:
    random = np.random.default_rng(seed)
    steps = int(random.choice([1, 63, 64, 65, 300]))
    value, price, target = ugly_trace(random, steps, dtype, kind)
    options: dict[str, Any] = {
        **settings_for(random, price, regulariser),
        "regulariser": regulariser,
        "auction": auction,
    }
    offline = pace(value, price, target, **options)
    pacer = Pacer(target, **options)
    for v, d in zip(value.tolist(), price.tolist(), strict=True):
        bid = pacer.bid(v)
        pacer.observe(d, bid.placed and bid >= d)
        assert pacer.spend <= options["budget"]
    assert [getattr(pacer, name) for name in COUNTED] == [getattr(offline, name) for name in COUNTED]


class Both:
    """The native pacer and the reference, driven alike; every answer must be equal."""

    def __init__(self, plan: Any, **options: Any) -> None:
        self.plan, self.native, self.reference = plan, Pacer(plan, **options), ReferencePacer(plan, **options)
        self.waiting: dict[int, Bid] = {}

    def bid(self, value: float, time: float | None) -> None:
        bid = self.native.bid(value, time)
        assert (float(bid), bid.ticket, bid.placed) == self.reference.bid(value, time)
        self.waiting[bid.ticket] = bid

    def observe(self, ticket: int, price: float, won: bool) -> None:
        del self.waiting[ticket]
        self.native.observe(price, won, ticket)
        self.reference.observe(price, won, ticket)

    def expire(self, before: float) -> None:
        expired = self.native.expire(before)
        assert expired == self.reference.expire(before)
        for ticket in expired:
            del self.waiting[ticket]

    def set_budget(self, budget: float, plan: Any, multiplier: float | None) -> None:
        try:
            self.native.set_budget(budget, plan, initial_multiplier=multiplier)
        except ValueError as error:
            assert "must cover" in str(error) or "nothing is left" in str(error)  # noqa: PT017 - or it works
            return
        self.plan = self.plan if plan is None else plan
        self.reference.set_budget(budget, plan, initial_multiplier=multiplier)

    def save_and_restore(self) -> None:
        self.native = Pacer.restore(self.plan, json.loads(json.dumps(self.native.state())))

    def check(self) -> None:
        assert [getattr(self.native, name) for name in COUNTED] == [getattr(self.reference, name) for name in COUNTED]
        assert self.native.spend <= self.native.budget
        assert self.native.outstanding == len(self.waiting)


@given(
    seed=SEEDS,
    dtype=DTYPES,
    kind=st.sampled_from(KINDS),
    regulariser=REGULARISERS,
    auction=AUCTIONS,
    timed=st.booleans(),
)
@settings(max_examples=150)
def test_whatever_happens_it_is_the_reference_and_within_its_budget(
    seed: int, dtype: str, kind: str, regulariser: Any, auction: Any, timed: bool
) -> None:
    random = np.random.default_rng(seed)
    steps = int(random.choice([20, 80, 200]))
    dtype = "float64" if timed else dtype
    value, price, target = ugly_trace(random, steps, dtype, kind)

    def plan_of(begin: int) -> Any:
        times = np.sort(random.integers(0, 50, steps - begin)).astype(np.float64)
        return TimedPlan.from_trace(times, target[begin:]) if timed else target[begin:]

    options = settings_for(random, price, regulariser)
    if timed and float(target.sum()) > 2.0**120:
        return
    both = Both(plan_of(0), **options, regulariser=regulariser, auction=auction)
    late, changes, time = random.random() * 0.9, random.random() * 0.1, -5.0
    for t in range(steps):
        time += float(random.integers(0, 3))
        both.bid(float(value[t]), time if timed else None)
        while both.waiting and random.random() > late:
            ticket = int(random.choice(list(both.waiting)))
            bid = both.waiting[ticket]
            won = bid.placed and random.random() < 0.7
            both.observe(ticket, float(bid) * float(random.choice([1.0, 0.5])) if won else float(price[t]), won)
        if random.random() < changes:
            budget = both.native.budget * float(random.choice([0.3, 0.9, 1.0, 1.5]))
            plan = plan_of(t) if random.random() < 0.3 else None
            both.set_budget(min(budget, 2.0**120), plan, 0.75 if random.random() < 0.3 else None)
        if random.random() < changes:
            both.expire(time - 10.0 if timed else t - 10)
        if random.random() < changes:
            both.save_and_restore()
        both.check()
    for ticket in random.permutation(list(both.waiting)).tolist():
        both.observe(ticket, float(both.waiting[ticket]), both.waiting[ticket].placed)
        both.check()


@given(seed=SEEDS, dtype=DTYPES, kind=st.sampled_from(KINDS))
def test_the_budget_holds_though_all_that_is_outstanding_wins(seed: int, dtype: str, kind: str) -> None:
    random = np.random.default_rng(seed)
    value, price, target = ugly_trace(random, 150, dtype, kind)
    budget = settings_for(random, price, "euclidean")["budget"]
    pacer = Pacer(target, budget=budget, step_size=0.0, initial_multiplier=0.0)
    bids = [pacer.bid(v) for v in value.tolist()]
    assert pacer.reserved <= budget
    for i in random.permutation(len(bids)).tolist():
        pacer.observe(float(bids[i]), True, bids[i].ticket)
        assert pacer.spend <= budget
    assert pacer.wins == len(bids)
    assert pacer.reserved == 0.0


def test_lost_bids_give_their_reserve_free() -> None:
    pacer = Pacer(np.ones(9), budget=1.0, step_size=0.0, initial_multiplier=0.0)
    first = pacer.bid(0.75)
    assert first == 0.75
    second = pacer.bid(0.75)
    assert second == pytest.approx(0.25, rel=1e-12)
    assert second <= 0.25
    pacer.observe(None, False, first.ticket)
    assert pacer.bid(0.5) == 0.5
    assert pacer.expire(3) == [1, 2]
    assert pacer.outstanding == 0
    assert pacer.bid(2.0) == 1.0


def test_a_late_payment_counts_when_its_result_comes() -> None:
    pacer = Pacer(np.full(4, 0.5), budget=10.0, step_size=1.0, initial_multiplier=1.0)
    first, second = pacer.bid(4.0), pacer.bid(4.0)
    assert first == 2.0
    assert second == pytest.approx(4.0 / 1.5, rel=1e-15)  # planned 0.5 and nothing paid: 1 + 1 - 0.5
    pacer.observe(1.0, True, second.ticket)
    assert pacer.multiplier == 1.0
    pacer.observe(2.0, True, first.ticket)
    assert pacer.multiplier == 3.0
    assert (pacer.wins, pacer.spend, pacer.utility, pacer.remaining) == (2, 3.0, 5.0, 7.0)


def test_a_budget_changed_in_mid_flight_scales_what_is_left() -> None:
    plan = np.array([1.0, 1.0, 2.0, 4.0])
    pacer = Pacer(plan, budget=8.0, step_size=1.0, initial_multiplier=2.0)
    pacer.bid(3.0)
    pacer.observe(0.5, True)
    pacer.set_budget(4.0)  # 3.5 are left for a plan of 1 + 2 + 4
    for _ in range(3):
        pacer.bid(0.0)
        pacer.observe(None, False)
    assert pacer.multiplier == pytest.approx(max(2.0 + 0.5 - (1.0 + 3.5), 0.0))
    state = pacer.state()
    assert state["gap"] + state["block_paid"] - state["block_planned"] == pytest.approx(0.5 - 4.5)
    with pytest.raises(ValueError, match=r"nothing is left of the plan"):
        pacer.set_budget(9.0)
    pacer.set_budget(9.0, np.array([8.5]), initial_multiplier=0.25)
    assert pacer.multiplier == 0.25
    pacer.set_budget(0.5)
    with pytest.raises(ValueError, match=r"budget is 0.4: it must cover the 0.5 that is spent"):
        pacer.set_budget(0.4)


def test_a_spending_plan_brings_its_multiplier() -> None:
    plan = SpendingPlan(multiplier=np.float64(0.5), target_spend=np.ones(3, np.float32))
    pacer = Pacer(plan, budget=3.0, step_size=0.1)
    assert pacer.bid(3.0) == 2.0
    pacer.observe(1.0, False)
    pacer.set_budget(5.0, SpendingPlan(multiplier=np.float64(2.0), target_spend=np.ones(3, np.float32)))
    assert pacer.bid(3.0) == 1.0


def test_a_win_at_price_0() -> None:
    second = Pacer(np.ones(2), budget=1.0, step_size=0.0, initial_multiplier=0.0)
    bid = second.bid(0.0)
    assert (float(bid), bid.placed) == (0.0, True)
    second.observe(0.0, True)
    assert second.wins == 1
    first = Pacer(np.ones(2), budget=1.0, step_size=0.0, initial_multiplier=0.0, auction="first_price")
    bid = first.bid(1.5)  # the budget has no room for it
    assert (float(bid), bid.placed) == (0.0, False)
    with pytest.raises(ValueError, match="won is True: ticket 0 is no bid"):
        first.observe(0.0, True)
    first.observe(0.0, False)
    assert first.wins == 0


def test_a_pacer_shows_itself() -> None:
    pacer = Pacer(np.ones(2), budget=4.0, step_size=0.0, initial_multiplier=0.5)
    assert repr(pacer.bid(1.5)) == "Bid(1.0, ticket=0)"
    assert repr(pacer) == "Pacer(1 bids, 0 won, spend 0 of 4, multiplier 0.5, 1 outstanding)"
