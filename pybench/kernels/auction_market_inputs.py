"""Checks of what a shared market is given; private to `pybench.kernels`.

Python looks at types, dtypes, shapes and settings; the values of traces are checked in the first pass over them.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pybench.errors import InvalidInputError
from pybench.kernels.auction_inputs import LARGEST, as_settings, as_trace, refuse_bad_settings

__all__ = ["MarketCall", "as_market_call"]


class MarketCall(NamedTuple):
    """A call as the native core takes it: C-contiguous, of one dtype; settings float64 [markets * N]."""

    value: NDArray[Any]
    """[markets, N, T]."""
    target_spend: NDArray[Any]
    """[markets, N, T], or [markets, N, 1] where it is the same at every step."""
    reserve: NDArray[Any]
    """[markets or 1, T or 1]."""
    budget: NDArray[np.float64]
    step_size: NDArray[np.float64]
    initial_multiplier: NDArray[np.float64]
    log_initial_multiplier: NDArray[np.float64]
    """Read for the entropy alone; else zeros."""
    max_multiplier: NDArray[np.float64]
    entropy: bool
    first_price: bool
    batched: bool
    """False where the user gave [N, T]: then there is one market."""


def as_market_call(
    value: Any,
    target_spend: Any,
    *,
    budget: Any,
    step_size: Any,
    initial_multiplier: Any,
    max_multiplier: Any,
    reserve: Any,
    regulariser: str,
    auction: str,
) -> MarketCall:
    """Return a call whose shapes, dtypes and settings keep the rules of `pybench.kernels.auction.pace_market`.

    Raises
    ------
    TypeError
        For what is no NumPy array.
    InvalidInputError
        For what breaks a rule; the text names the argument, the value and the rule.
    """
    if auction not in ("second_price", "first_price"):
        raise InvalidInputError(f"auction is {auction!r}: it must be 'second_price' or 'first_price'")
    if regulariser not in ("euclidean", "entropy"):
        raise InvalidInputError(f"regulariser is {regulariser!r}: it must be 'euclidean' or 'entropy'")
    entropy = regulariser == "entropy"
    values = _as_values("value", value)
    batched = values.ndim == 3
    bidders = values.shape[:-1]
    if bidders[-1] == 0:
        raise InvalidInputError(f"value has shape {values.shape}: there must be at least one bidder")
    most = LARGEST if max_multiplier is None else max_multiplier
    settings = {"budget": budget, "step_size": step_size, "initial_multiplier": initial_multiplier}
    _, (money, step, initial, highest) = as_settings(bidders, **settings, max_multiplier=most)
    refuse_bad_settings("budget", money, above=0.0)
    refuse_bad_settings("step_size", step, minimum=0.0, maximum=LARGEST)
    least: dict[str, float] = {"above": 0.0} if entropy else {"minimum": 0.0}
    refuse_bad_settings("initial_multiplier", initial, maximum=LARGEST, **least)
    refuse_bad_settings("max_multiplier", highest, minimum=0.0, maximum=LARGEST)
    if (initial > highest).any():
        worst = int(np.argmax(initial > highest))
        raise InvalidInputError(
            f"initial_multiplier holds {initial[worst]:g}: it must not be above max_multiplier, {highest[worst]:g}"
        )
    target = _as_targets(target_spend, values)
    floor = _as_reserve(reserve, values)
    if not batched:
        values, target = values[None], target[None]
    log_initial = np.log(initial) if entropy else np.zeros_like(initial)
    first_price = auction == "first_price"
    return MarketCall(values, target, floor, money, step, initial, log_initial, highest, entropy, first_price, batched)


def _as_values(name: str, trace: Any) -> NDArray[Any]:
    """Return values [N, T] or [markets, N, T]."""
    if not isinstance(trace, np.ndarray):
        raise TypeError(f"{name} is of type {type(trace).__name__}: it must be a NumPy array")
    if trace.ndim not in (2, 3):
        raise InvalidInputError(f"{name} has shape {trace.shape}: it must be [N, T] or [markets, N, T]")
    rows = int(np.prod(trace.shape[:-1]))
    return as_trace(name, trace.reshape(rows, trace.shape[-1])).reshape(trace.shape)


def _as_targets(target_spend: Any, values: NDArray[Any]) -> NDArray[Any]:
    """Return a target of every step, or with a last axis of 1 what is the same at every step."""
    if isinstance(target_spend, np.ndarray) and target_spend.ndim == values.ndim:
        targets = _as_values("target_spend", target_spend)
        if targets.shape != values.shape:
            raise InvalidInputError(
                f"target_spend has shape {targets.shape} but value has {values.shape}: they must have the same shape, "
                "or target_spend one number a bidder"
            )
        _refuse_other_dtype("target_spend", targets, values)
        return targets
    _, (flat,) = as_settings(values.shape[:-1], target_spend=target_spend)
    refuse_bad_settings("target_spend", flat, minimum=0.0, maximum=LARGEST)
    return flat.astype(values.dtype).reshape(*values.shape[:-1], 1)


def _as_reserve(reserve: Any, values: NDArray[Any]) -> NDArray[Any]:
    """Return a reserve of [markets or 1, T or 1]."""
    if np.ndim(reserve) == 0:
        _, (flat,) = as_settings((), reserve=reserve)
        refuse_bad_settings("reserve", flat, minimum=0.0, maximum=LARGEST)
        return flat.astype(values.dtype).reshape(1, 1)
    floor = as_trace("reserve", reserve)
    _refuse_other_dtype("reserve", floor, values)
    *markets, _, steps = values.shape
    wanted = (*markets, steps)
    if floor.ndim > len(wanted) or any(
        have not in (1, want) for have, want in zip(floor.shape[::-1], wanted[::-1], strict=False)
    ):
        raise InvalidInputError(f"reserve has shape {floor.shape}: it must broadcast to {wanted}")
    return floor if floor.ndim == 2 else floor[None]


def _refuse_other_dtype(name: str, array: NDArray[Any], values: NDArray[Any]) -> None:
    if array.dtype != values.dtype:
        raise InvalidInputError(f"{name} has dtype {array.dtype} but value has {values.dtype}: they must be the same")
