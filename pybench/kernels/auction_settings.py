"""The settings of paced campaigns, checked; private to `pybench.kernels.auction`."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pybench._native import auction as _native
from pybench.errors import InvalidInputError
from pybench.kernels.auction_inputs import LARGEST, as_settings, refuse_bad_settings
from pybench.kernels.inputs import check_threads

__all__ = ["as_campaigns", "chosen"]


def chosen(name: str, value: str, special: str, usual: str) -> bool:
    """Tell whether one of two names is the special one.

    Raises
    ------
    InvalidInputError
        For any other name.
    """
    if value not in (special, usual):
        raise InvalidInputError(f"{name} is {value!r}: it must be {usual!r} or {special!r}")
    return value == special


def as_campaigns(
    shape: tuple[int, ...] | None,
    *,
    budget: Any,
    step_size: Any,
    initial_multiplier: Any,
    max_multiplier: Any,
    regulariser: str,
    auction: str,
    projection: str,
    threads: int | None,
    unit: float = 1.0,
) -> tuple[tuple[int, ...], _native.Campaigns]:
    """Return the shape of the settings and what the native core takes.

    Parameters
    ----------
    shape
        What the settings must broadcast to; None: their own common shape.
    unit
        What the traces' entries are worth in the unit of the settings.
    budget, step_size, initial_multiplier, max_multiplier, regulariser, auction, projection, threads
        As for `pybench.kernels.auction.pace`.

    Raises
    ------
    InvalidInputError
        For a setting that breaks its rule.
    """
    entropy = chosen("regulariser", regulariser, "entropy", "euclidean")
    first_price = chosen("auction", auction, "first_price", "second_price")
    eager = chosen("projection", projection, "eager", "lazy")
    limit = LARGEST if max_multiplier is None else max_multiplier
    shape, (budgets, steps, initial, most) = as_settings(
        shape, budget=budget, step_size=step_size, initial_multiplier=initial_multiplier, max_multiplier=limit
    )
    refuse_bad_settings("budget", budgets, above=0.0)
    for name, values in (("step_size", steps), ("initial_multiplier", initial), ("max_multiplier", most)):
        refuse_bad_settings(name, values, minimum=0.0, maximum=LARGEST)
    if entropy:
        refuse_bad_settings("initial_multiplier", initial, above=0.0)
    if (initial > most).any():
        worst = int(np.argmax(initial > most))
        raise InvalidInputError(
            f"initial_multiplier holds {initial[worst]:g}: it must be at most the max_multiplier, {most[worst]:g}"
        )
    in_units = _below(budgets, unit) if unit != 1.0 else budgets
    if (steps * unit > LARGEST).any():
        worst = int(np.argmax(steps * unit > LARGEST))
        raise InvalidInputError(
            f"step_size holds {steps[worst]:g}: times the unit of the packed traces, {unit:g}, "
            f"it must be at most {LARGEST:g}"
        )
    logarithm = np.log(initial) if entropy else initial
    campaigns = _native.Campaigns(
        in_units, steps * unit, initial, logarithm, most, entropy, first_price, eager, check_threads(threads)
    )
    return shape, campaigns


def _below(budgets: NDArray[np.float64], unit: float) -> NDArray[np.float64]:
    """Return budgets in a unit, rounded down: what is within one is within the budget when it is turned back."""
    quotient = budgets / unit
    while (over := quotient * unit > budgets).any():
        quotient = np.where(over, np.nextafter(quotient, 0.0), quotient)
    return quotient
