"""What the answers of this room's races are held against: what any pacing obeys, then another way to the answer."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pybench.errors import CheckFailedError
from pybench.kernels.auction_inputs import LARGEST
from pybench.kernels.auction_results import Pacing, SpendingPlan
from simulators.budget_pacing.peers_case import Case, Outcome

__all__ = ["check_layout", "check_outcome", "check_plan", "exact_pacing"]

SETTINGS = ("budget", "step_size", "initial_multiplier")
#: No contender may claim less precision than this.
COARSEST = 1e-3
#: A rounding turns a win into a loss, the controller makes up for it: so many auctions may differ beside the precision.
AUCTIONS = 4
#: Rounding of a budget to float32, and of a sum to the budget.
ROUNDING = 1e-6
#: The NumPy reference takes some 50 microseconds a step.
REFERENCE_STEPS = 4096


def _require(condition: object, text: str) -> None:
    if not condition:
        raise CheckFailedError(text)


@lru_cache(maxsize=2)
def exact_pacing(case: Case) -> Pacing:
    """Return the answer by the NumPy reference, where long by our kernel on another of its paths than is raced.

    Those are: each campaign or setting by itself (scalar) for many, in lanes side by side for one.
    """
    settings: dict[str, Any] = {name: np.asarray(getattr(case, name)) for name in SETTINGS}
    if case.steps <= REFERENCE_STEPS:
        from pybench.kernels.reference.auction import pace as reference

        rows = [np.atleast_2d(array) for array in (case.value, case.price, case.target_spend)]
        return reference(*rows, **settings, max_multiplier=np.full_like(case.budget, LARGEST))
    from pybench.kernels.auction import pace

    arrays = (case.value, case.price, case.target_spend)
    if len(case.budget) == 1:
        many: dict[str, Any] = {name: np.repeat(array, 8) for name, array in settings.items()}
        found = pace(*arrays, **many)
        return Pacing(found.wins[:1], found.spend[:1], found.utility[:1], found.multiplier[:1])
    parts = []
    for at in range(len(case.budget)):
        rows = [array if array.ndim == 1 else array[at] for array in arrays]
        alone: dict[str, Any] = {name: array[at] for name, array in settings.items()}
        parts.append(pace(*rows, **alone))
    columns = [np.array([getattr(part, name) for part in parts]) for name in ("wins", "spend", "utility", "multiplier")]
    return Pacing(*columns)


@lru_cache(maxsize=2)
def _utility_bound(case: Case) -> NDArray[np.float64]:
    """Return sum of (v - (1 + m) d)^+ + m budget at the first multiplier m: no policy within the budget gets more."""
    multiplier = float(case.initial_multiplier[0])
    rows = zip(np.atleast_2d(case.value), np.atleast_2d(case.price), strict=True)
    excess = [np.maximum(v.astype(np.float64) - (1.0 + multiplier) * d, 0.0).sum() for v, d in rows]
    bound: NDArray[np.float64] = np.array(excess) + multiplier * case.budget
    return bound


def check_outcome(case: Case, answer: Outcome) -> None:
    """Check a pacing, or the part of the job that a limit did.

    Raises
    ------
    CheckFailedError
        Saying what is wrong.
    """
    if answer.copied is not None or answer.largest is not None:
        _check_limit(case, answer)
        return
    _require(answer.precision <= COARSEST, f"precision is {answer.precision}: at most {COARSEST} is asked for")
    names = ("wins", "spend", "utility", "multiplier")
    found = {name: np.asarray(getattr(answer, name), dtype=np.float64) for name in names}
    for name, array in found.items():
        _require(array.shape == case.budget.shape, f"{name} has shape {array.shape}: {case.budget.shape} is needed")
        _require(np.isfinite(array).all() and (array >= 0.0).all(), f"{name} has entries that are none")
    slack = ROUNDING if answer.precision else 0.0
    over = float((found["spend"] / case.budget).max())
    _require(over <= 1.0 + slack, f"a campaign spends {over} of its budget")
    beyond = float((found["utility"] / _utility_bound(case)).max())
    _require(beyond <= 1.0 + max(answer.precision, ROUNDING), f"a utility is {beyond} of the Lagrangian bound")
    exact = exact_pacing(case)
    money = float(max(case.price.max(), case.value.max()))
    one = {"wins": 1.0, "spend": money, "utility": money, "multiplier": money * float(case.step_size.max())}
    for name, array in found.items():
        expected = np.asarray(getattr(exact, name), dtype=np.float64)
        allowed = (answer.precision * np.abs(expected) + AUCTIONS * one[name]) if answer.precision else 0.0
        off = np.abs(array - expected) - allowed
        if answer.precision and name == "wins":
            # Where the budget runs out, the last of it buys auctions at next to nothing: how many, a rounding decides.
            off[case.budget - np.asarray(exact.spend) < money] = 0.0
        worst = int(np.argmax(off))
        _require(off[worst] <= 0.0, f"{name} of {worst} is {array[worst]}: {expected[worst]} is exact")


def _check_limit(case: Case, answer: Outcome) -> None:
    arrays = [array.ravel() for array in (case.value, case.price, case.target_spend)]
    if answer.copied is not None:
        parts = np.split(np.asarray(answer.copied), 3)
        _require(all(map(np.array_equal, parts, arrays)), "the copy differs from the traces")
    else:
        dtype = np.uint16 if case.unit else arrays[0].dtype
        largest = max(int(array.astype(dtype).view(np.int64).max()) for array in arrays)
        _require(int(answer.largest) == largest, f"the largest is {answer.largest}: it must be {largest}")


def check_layout(case: Case, answer: Any) -> None:
    """Check traces that were laid out: by pacing them, or entry by entry where they are arrays [T, campaigns].

    Raises
    ------
    CheckFailedError
        Saying what is wrong.
    """
    if isinstance(answer, tuple):
        arrays = (case.value, case.price, case.target_spend)
        _require(
            all(np.array_equal(given.T, array) for given, array in zip(answer, arrays, strict=True)),
            "the arrays are not the traces",
        )
    elif isinstance(answer, Outcome):
        _check_limit(case, answer)
    else:
        from simulators.budget_pacing.contenders import run_packed

        check_outcome(case, run_packed((answer, case)))


def check_plan(case: Case, answer: SpendingPlan | Outcome) -> None:
    """Check a plan by its certificate, which one multiplier alone has: k fits the budget, the float64 below does not.

    Raises
    ------
    CheckFailedError
        Saying what is wrong.
    """
    if isinstance(answer, Outcome):
        largest = max(int(array.view(np.int64).max()) for array in (case.value, case.price))
        _require(int(answer.largest) == largest, f"the largest is {answer.largest}: it must be {largest}")
        return
    value, price = case.value.astype(np.float64), case.price.astype(np.float64)
    factor = 1.0 + float(answer.multiplier)
    budget = float(case.budget[0])
    _require(factor >= 1.0, f"multiplier is {answer.multiplier}: it must be at least 0")
    won = value >= factor * price
    spend = math.fsum(price[won])
    _require(spend <= budget, f"the plan spends {spend}: the budget is {budget}")
    if factor > 1.0:
        more = math.fsum(price[value >= math.nextafter(factor, 0.0) * price])
        _require(more > budget, f"a smaller multiplier than {answer.multiplier} would do: it spends {more}")
    _require(np.array_equal(answer.target_spend, np.where(won, price, 0.0)), "the target is not what the plan spends")
