"""Checks of what a pacer is given; private to `pybench.kernels.auction`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pybench._native import auction as _native
from pybench.errors import InvalidInputError
from pybench.kernels.auction_inputs import LARGEST, as_trace
from pybench.kernels.auction_results import SpendingPlan
from pybench.kernels.auction_timed_plan import TimedPlan
from pybench.kernels.inputs import check_count

__all__ = [
    "STATE_VERSION",
    "Plan",
    "Settings",
    "as_bool",
    "as_budget",
    "as_number",
    "as_plan",
    "as_settings",
    "as_state",
    "as_ticket",
    "multiplier_of",
]

STATE_VERSION = 1

_CHOICES = {"regulariser": ("euclidean", "entropy"), "auction": ("second_price", "first_price")}
_COUNTS = ("steps", "wins", "block_steps", "plan_step")
_NUMBERS = (
    *("budget", "step_size", "initial_multiplier", "max_multiplier", "gap", "utility", "spend"),
    *("block_paid", "block_planned", "block_utility", "block_spend", "plan_planned", "plan_scale"),
)
_BID_NUMBERS = ("value", "price", "cost", "time")
_KEYS = {"version", "plan", "plan_time", "outstanding", *_CHOICES, *_COUNTS, *_NUMBERS}
_BID_KEYS = {"ticket", "placed", *_BID_NUMBERS}


class Plan(NamedTuple):
    """A plan as the native core takes it."""

    cursor: _native.PlanCursor
    kind: str
    """In words: plans of one kind can follow each other."""
    arrays: tuple[NDArray[Any], ...]


class Settings(NamedTuple):
    """Numbers that hold for the whole campaign."""

    step_size: float
    initial_multiplier: float
    log_initial_multiplier: float
    max_multiplier: float


def as_plan(plan: Any) -> Plan:
    """Return a plan that the core has checked and copied.

    Raises
    ------
    InvalidInputError
        For a shape, dtype or target that breaks a rule.
    TypeError
        For what is no plan.
    """
    if isinstance(plan, TimedPlan):
        return Plan(
            _native.plan_of_times(plan.edges, plan.planned_spend), "a TimedPlan", (plan.edges, plan.planned_spend)
        )
    targets = plan.target_spend if isinstance(plan, SpendingPlan) else plan
    if not isinstance(targets, np.ndarray):
        raise TypeError(f"plan is of type {type(plan).__name__}: it must be an array, a SpendingPlan or a TimedPlan")
    targets = as_trace("plan", targets)
    if targets.ndim != 1 or not targets.size:
        raise InvalidInputError(f"plan has shape {targets.shape}: it must be [T], one campaign, with T > 0")
    targets = targets.copy()  # what happens to the user's array changes neither the bids nor the digest
    return Plan(_native.plan_of_steps(targets), f"of {targets.dtype} targets", (targets,))


def multiplier_of(plan: Any) -> float:
    """Return the multiplier that a plan brings.

    Raises
    ------
    InvalidInputError
        For a plan that has none.
    """
    if not isinstance(plan, SpendingPlan):
        raise InvalidInputError("initial_multiplier is None: it may be left out for a SpendingPlan only")
    return float(plan.multiplier)


def as_number(name: str, value: Any) -> float:
    """Return a real number as a float; True, text and arrays are none.

    Raises
    ------
    InvalidInputError
        For what is no number.
    """
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, float, np.integer, np.floating)):
        raise InvalidInputError(f"{name} is {value!r}: it must be a number")
    try:
        number = float(value)
    except OverflowError:
        raise InvalidInputError(f"{name} is {value}: it must be finite") from None
    return number


def as_bool(name: str, value: Any) -> bool:
    """Return a bool of Python or NumPy.

    Raises
    ------
    InvalidInputError
        For anything else.
    """
    if not isinstance(value, (bool, np.bool_)):
        raise InvalidInputError(f"{name} is {value!r}: it must be True or False")
    return bool(value)


def as_ticket(ticket: Any) -> int:
    """Return a ticket as an int that the core can take.

    Raises
    ------
    InvalidInputError
        For what is no integer, or none that a bid can have.
    """
    return check_count("ticket", ticket, 0, 2**63 - 1)


def as_budget(budget: Any) -> float:
    """Return a budget.

    Raises
    ------
    InvalidInputError
        For one that is not in (0, 2^120].
    """
    amount = as_number("budget", budget)
    if not 0.0 < amount <= LARGEST:
        raise InvalidInputError(f"budget is {amount}: it must be greater than 0 and at most 2^120")
    return amount


def as_settings(
    step_size: Any, initial_multiplier: Any, max_multiplier: Any, regulariser: Any, auction: Any
) -> Settings:
    """Return the settings of the controller.

    Raises
    ------
    InvalidInputError
        For one that breaks a rule.
    """
    for name, choice in (("regulariser", regulariser), ("auction", auction)):
        if choice not in _CHOICES[name]:
            raise InvalidInputError(f"{name} is {choice!r}: it must be one of {', '.join(_CHOICES[name])}")
    most = LARGEST if max_multiplier is None else as_number("max_multiplier", max_multiplier)
    step, initial = as_number("step_size", step_size), as_number("initial_multiplier", initial_multiplier)
    for name, number, limit in (
        ("step_size", step, LARGEST),
        ("max_multiplier", most, LARGEST),
        ("initial_multiplier", initial, most),
    ):
        if not 0.0 <= number <= limit:
            raise InvalidInputError(f"{name} is {number}: it must be in [0, {'2^120' if limit == LARGEST else limit}]")
    if regulariser == "entropy" and initial == 0.0:
        raise InvalidInputError("initial_multiplier is 0.0: with entropy it must be greater than 0")
    # An array's logarithm, as `pace` takes it: NumPy need not give a scalar's the same last bit.
    log = float(np.log(np.array([initial]))[0]) if regulariser == "entropy" else 0.0
    return Settings(step, initial, log, most)


def as_state(state: Any, plan_digest: str) -> dict[str, Any]:
    """Return a state whose entries are there and of their types; the core checks their values.

    Raises
    ------
    InvalidInputError
        For a state of another version or plan, a missing or unknown entry, or one of another type.
    """
    if not isinstance(state, Mapping):
        raise InvalidInputError(f"state is of type {type(state).__name__}: it must be what Pacer.state() returned")
    if state.get("version") != STATE_VERSION:
        raise InvalidInputError(f"state: version is {state.get('version')!r}: it must be {STATE_VERSION}")
    _refuse_other_keys("state", state, _KEYS)
    if state["plan"] != plan_digest:
        raise InvalidInputError("state: plan is another than was given: it must be the plan that the pacer had")
    checked = dict(state)
    checked |= {name: as_number(f"state: {name}", state[name]) for name in _NUMBERS}
    checked |= {name: check_count(f"state: {name}", state[name], 0, 2**63 - 2) for name in _COUNTS}
    if state["plan_time"] is not None:
        checked["plan_time"] = as_number("state: plan_time", state["plan_time"])
    if not isinstance(state["outstanding"], list):
        raise InvalidInputError(
            f"state: outstanding is of type {type(state['outstanding']).__name__}: it must be a list"
        )
    checked["outstanding"] = [_as_bid(f"state: outstanding[{i}]", bid) for i, bid in enumerate(state["outstanding"])]
    return checked


def _as_bid(name: str, bid: Any) -> dict[str, Any]:
    if not isinstance(bid, Mapping):
        raise InvalidInputError(f"{name} is of type {type(bid).__name__}: it must be a dict")
    _refuse_other_keys(name, bid, _BID_KEYS)
    return {
        "ticket": check_count(f"{name}.ticket", bid["ticket"], 0, 2**63 - 2),
        "placed": as_bool(f"{name}.placed", bid["placed"]),
        **{key: as_number(f"{name}.{key}", bid[key]) for key in _BID_NUMBERS},
    }


def _refuse_other_keys(name: str, entries: Mapping[str, Any], keys: set[str]) -> None:
    missing, unknown = sorted(keys - set(entries)), sorted(map(str, set(entries) - keys))
    if missing or unknown:
        raise InvalidInputError(
            f"{name} lacks {missing} and has unknown {unknown}: it must be what Pacer.state() returned"
        )
