"""What a pacer refuses: by name, with nothing changed. And its states, copies and threads."""

from __future__ import annotations

import copy
import json
import pickle
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

from pybench.errors import InvalidInputError
from pybench.kernels.auction import Bid, Pacer, SpendingPlan, TimedPlan

pytestmark = pytest.mark.native

NAN, INFINITY = float("nan"), float("inf")
PLAN = np.array([1.0, 2.0, 3.0])
TIMED = TimedPlan([0.0, 10.0], [5.0])
OPTIONS: dict[str, Any] = {"budget": 6.0, "step_size": 0.1, "initial_multiplier": 0.5}


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"budget": 0.0}, r"budget is 0.0: it must be greater than 0"),
        ({"budget": NAN}, "budget is nan"),
        ({"budget": 2.0**121}, "budget is"),
        ({"budget": "9"}, "budget is '9': it must be a number"),
        ({"budget": True}, "budget is True: it must be a number"),
        ({"budget": 10**400}, "budget is 1000"),
        ({"step_size": -1.0}, r"step_size is -1.0: it must be in \[0, 2\^120\]"),
        ({"step_size": INFINITY}, "step_size is inf"),
        ({"initial_multiplier": 3.0, "max_multiplier": 2.0}, r"initial_multiplier is 3.0: it must be in \[0, 2.0\]"),
        ({"initial_multiplier": None}, "initial_multiplier is None: it may be left out for a SpendingPlan only"),
        ({"initial_multiplier": 0.0, "regulariser": "entropy"}, "with entropy it must be greater than 0"),
        ({"max_multiplier": -1.0}, "max_multiplier is -1.0"),
        ({"regulariser": "l2"}, "regulariser is 'l2': it must be one of euclidean, entropy"),
        ({"auction": "third_price"}, "auction is 'third_price'"),
        ({"plan": np.array([1.0, -2.0])}, r"target_spend\[1\]"),
        ({"plan": np.array([1.0, NAN])}, r"target_spend\[1\]"),
        ({"plan": np.array([1, 2])}, "plan has dtype int64"),
        ({"plan": np.ones((2, 3))}, r"plan has shape \(2, 3\): it must be \[T\]"),
        ({"plan": np.ones(0)}, r"plan has shape \(0,\)"),
        ({"plan": SpendingPlan(np.ones(2), np.ones((2, 3)))}, r"plan has shape \(2, 3\)"),
    ],
)
def test_settings_are_refused_by_name(changed: dict[str, Any], text: str) -> None:
    with pytest.raises(InvalidInputError, match=text):
        Pacer(**{"plan": PLAN, **OPTIONS, **changed})


def test_a_plan_of_another_type_is_a_type_error() -> None:
    with pytest.raises(TypeError, match="plan is of type list"):
        Pacer([1.0], **OPTIONS)


@pytest.mark.parametrize(
    ("call", "arguments", "text"),
    [
        ("bid", (NAN,), r"value is NaN: it must be finite and in \[0, 2\^120\]"),
        ("bid", (-0.5,), "value is -0.5"),
        ("bid", (INFINITY,), "value is inf"),
        ("bid", (2.0**121,), "value is 2.65"),
        ("bid", ("1",), "value is '1': it must be a number"),
        ("bid", (None,), "value is None"),
        ("bid", (1.0, 3.0), "time is 3: it must be None, for the plan has one target a step"),
        ("observe", (NAN, False, 0), "price is NaN"),
        ("observe", (-1.0, False, 0), "price is -1"),
        ("observe", (INFINITY, True, 0), "price is inf"),
        ("observe", (True, True, 0), "price is True: it must be a number"),
        ("observe", (None, True, 0), "price is None: a bid that won needs its price"),
        ("observe", (2.5, True, 0), r"price is 2.5: a win never costs more than its bid, 2 \(ticket 0\)"),
        ("observe", (1.0, 1, 0), "won is 1: it must be True or False"),
        ("observe", (1.0, None, 0), "won is None"),
        ("observe", (1.0, True, 7), "ticket is 7: there is no such bid; 3 were made"),
        ("observe", (1.0, True, -1), "ticket is -1"),
        ("observe", (1.0, True, 1), "ticket is 1: that bid was answered before, or has expired"),
        ("observe", (1.0, True, 0.0), "ticket is 0.0: it must be an integer"),
        ("observe", (1.0, True), "ticket is None: 2 bids are outstanding, and it must name one"),
        ("expire", (NAN,), "before is NaN"),
        ("expire", (None,), "before is None"),
        ("set_budget", (0.0,), "budget is 0.0"),
        ("set_budget", (NAN,), "budget is nan"),
        (
            "set_budget",
            (4.5,),
            r"budget is 4.5: it must cover the 1 that is spent and the 3.9999\d* that 2",
        ),
        ("set_budget", (1e-9,), "budget is 1e-09: it must cover"),
        ("set_budget", (9.0, TIMED), "plan is a TimedPlan: it must be of float64 targets, as the plan so far"),
        ("set_budget", (9.0, PLAN.astype(np.float32)), "plan is of float32 targets: it must be of float64"),
        ("set_budget", (9.0, -PLAN), r"target_spend\[0\]"),
    ],
)
def test_what_is_refused_changes_nothing(call: str, arguments: tuple[Any, ...], text: str) -> None:
    pacer = Pacer(PLAN, budget=6.0, step_size=0.0, initial_multiplier=0.5)
    for _ in range(3):
        pacer.bid(3.0)
    pacer.observe(1.0, True, 1)
    before = pacer.state()
    with pytest.raises(InvalidInputError, match=text):
        getattr(pacer, call)(*arguments)
    assert pacer.state() == before


def test_times_are_refused_by_name() -> None:
    pacer = Pacer(TIMED, **OPTIONS)
    pacer.bid(1.0, 3.0)
    before = pacer.state()
    for time, text in [(2.9, "time is 2.9: it must not be before that of the last bid, 3"), (NAN, "time is NaN")]:
        with pytest.raises(InvalidInputError, match=text):
            pacer.bid(1.0, time)
    with pytest.raises(InvalidInputError, match="time is None: a TimedPlan needs the time of each bid"):
        pacer.bid(1.0)
    with pytest.raises(InvalidInputError, match="time is '3': it must be a number"):
        pacer.bid(1.0, "3")  # type: ignore[arg-type]
    assert pacer.state() == before


def test_numbers_of_numpy_are_numbers() -> None:
    pacer = Pacer(PLAN, **OPTIONS)
    assert pacer.bid(np.float32(1.5)) == 1.0
    pacer.observe(np.float32(0.5), np.bool_(True), np.int64(0))  # type: ignore[arg-type]
    assert pacer.bid(np.int64(0)) == 0.0
    assert pacer.wins == 1


def test_a_changed_array_changes_no_plan() -> None:
    plan = PLAN.copy()
    pacer = Pacer(plan, **OPTIONS)
    plan[:] = 9.0
    assert Pacer.restore(PLAN, pacer.state()).state() == pacer.state()


def busy() -> Pacer:
    pacer = Pacer(TIMED, **OPTIONS)
    for time in (1.0, 2.0, 3.0):
        pacer.bid(0.3, time)
    pacer.observe(0.1, True, 1)
    return pacer


def test_a_state_is_plain_and_exact() -> None:
    pacer = busy()
    state = pacer.state()
    assert state["version"] == 1
    assert json.loads(json.dumps(state, allow_nan=False)) == state
    assert Pacer.restore(TIMED, state).state() == state


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"version": 2}, "state: version is 2: it must be 1"),
        ({"version": None}, "state: version is None"),
        ({"plan": "0"}, "state: plan is another than was given"),
        ({"surplus": 1}, r"unknown \['surplus'\]"),
        ({"budget": -1.0}, "budget is -1.0"),
        ({"budget": 0.05}, "state: outstanding|state: block_spend"),
        ({"budget": 0.3}, "state: (outstanding|budget)"),
        ({"regulariser": "l2"}, "regulariser is 'l2'"),
        ({"initial_multiplier": None}, "state: initial_multiplier is None"),
        ({"gap": NAN}, "state: gap is NaN"),
        ({"gap": "0"}, "state: gap is '0'"),
        ({"utility": -1.0}, "state: utility is -1"),
        ({"steps": 1.5}, "state: steps is 1.5: it must be an integer"),
        ({"steps": 2}, "ticket is 2|block_steps is 3"),
        ({"wins": 4}, "state: wins is 4"),
        ({"block_steps": 65}, "state: block_steps is 65"),
        ({"block_paid": -1.0}, "state: block_paid is -1"),
        ({"spend": 7.0}, "state: spend is 7"),
        ({"plan_step": 1}, "state: plan_step must be 0"),
        ({"plan_time": None}, "state: plan_time must be the time of the last bid"),
        ({"plan_time": 4.0}, "state: plan_planned is 1.5: the plan has 2 at that time"),
        ({"plan_scale": -1.0}, "state: plan_scale is -1"),
        ({"outstanding": {}}, "state: outstanding is of type dict: it must be a list"),
        ({"outstanding": [3]}, r"state: outstanding\[0\] is of type int"),
        ({"outstanding": [{}]}, r"state: outstanding\[0\] lacks"),
    ],
)
def test_a_state_that_breaks_a_rule_is_refused(changed: dict[str, Any], text: str) -> None:
    with pytest.raises(InvalidInputError, match=text):
        Pacer.restore(TIMED, busy().state() | changed)


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"ticket": 2}, r"outstanding\[1\].ticket is 2"),
        ({"ticket": -1}, r"outstanding\[0\].ticket is -1"),
        ({"value": -1.0}, r"outstanding\[0\].value is -1"),
        ({"cost": 9.0}, r"outstanding\[0\].cost is 9"),
        ({"cost": 0.1}, r"outstanding\[0\].cost is 0.1: it must be the price"),
        ({"placed": False}, r"outstanding\[0\].cost"),
        ({"placed": 1}, r"outstanding\[0\].placed is 1"),
        ({"time": 3.5}, r"outstanding\[0\].time is 3.5"),
    ],
)
def test_an_outstanding_bid_that_breaks_a_rule_is_refused(changed: dict[str, Any], text: str) -> None:
    state = copy.deepcopy(busy().state())
    state["outstanding"][0] |= changed
    with pytest.raises(InvalidInputError, match=text):
        Pacer.restore(TIMED, state)
    with pytest.raises(InvalidInputError, match="state is of type list"):
        Pacer.restore(TIMED, [])  # type: ignore[arg-type]


def test_a_state_of_a_float32_plan_holds_its_numbers() -> None:
    plan = PLAN.astype(np.float32)
    pacer = Pacer(plan, **OPTIONS)
    pacer.bid(0.3)
    pacer.observe(0.1, True)
    state = pacer.state()
    assert Pacer.restore(plan, state).state() == state
    with pytest.raises(InvalidInputError, match=r"block_paid is 0\.1: it must be a number of the plan's dtype"):
        Pacer.restore(plan, state | {"block_paid": 0.1})


def test_a_bid_can_be_copied_and_pickled() -> None:
    bid = Bid(1.5, 7, True)
    for twin in (copy.copy(bid), copy.deepcopy(bid), pickle.loads(pickle.dumps(bid))):
        assert (float(twin), twin.ticket, twin.placed) == (1.5, 7, True)


def test_threads_take_turns() -> None:
    pacer = Pacer(np.full(8_000, 0.1), budget=300.0, step_size=0.01, initial_multiplier=0.5)

    def work(seed: int) -> list[int]:
        random, tickets = np.random.default_rng(seed), []
        for value in random.random(2_000).tolist():
            bid = pacer.bid(value)
            pacer.observe(float(bid) / 2, True, bid.ticket)
            tickets.append(bid.ticket)
        return tickets

    with ThreadPoolExecutor(4) as pool:
        tickets = [ticket for batch in pool.map(work, range(4)) for ticket in batch]
    assert sorted(tickets) == list(range(8_000))
    assert (pacer.steps, pacer.wins, pacer.outstanding) == (8_000, 8_000, 0)
    assert pacer.spend <= 300.0
