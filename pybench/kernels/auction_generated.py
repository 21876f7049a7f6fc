"""Campaigns whose traces are made as they are needed. Import from `pybench.kernels.auction`."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from pybench._native import auction as _native
from pybench.errors import InvalidInputError
from pybench.kernels.auction_inputs import as_settings, as_trace, refuse_bad_settings
from pybench.kernels.auction_results import Pacing
from pybench.kernels.auction_settings import as_campaigns
from pybench.kernels.inputs import check_count, check_threads, mix_seed

__all__ = ["generate_traces", "pace_generated", "spending_plan_generated"]

#: So that a campaign's streams fit one word of Philox's counter, and a step's index another.
MOST_CAMPAIGNS, MOST_STEPS = 2**31, 2**33


def generate_traces(
    value_scale: Any,
    price_scale: Any,
    *,
    seed: int | tuple[int, ...],
    campaigns: int,
    sample: bool = False,
    threads: int | None = 1,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Generate the traces of campaigns whose values and prices are uniform up to scales that change with time.

    Parameters
    ----------
    value_scale, price_scale
        float32 [T], from 0 to 2^120: the value of step t is ``value_scale[t] * U``, the price ``price_scale[t] * U'``,
        rounded once to float32, with U and U' independent and uniform on 0, 2^-24, ..., 1 - 2^-24. At most 2^33 steps.
        Of scales below 2^-102 what float32 can hold of ``scale * 2^-24`` counts.
    seed
        An integer or a tuple of integers.
    campaigns
        0 to 2^31. The first n campaigns are the same for any number of at least n.
    sample
        False: the live traces. True: an independent trace of each campaign, to learn a plan from.
    threads
        1 to 1024; None for all cores. The answer is the same for any number.

    Returns
    -------
    tuple
        value and price, float32 [campaigns, T].

    Raises
    ------
    InvalidInputError
        For an entry, a dtype, a shape or a number out of range.
    TypeError
        For scales that are no NumPy arrays.

    Notes
    -----
    Random bits are Philox 4x32-10: of the key that `SeedSequence` makes of the seed; stream 2 * campaign, plus 1 for
    the sample; index t // 2, whose first two words are those of U and U' at an even t, the last two at an odd one; and
    ``U = (bits >> 8) * 2^-24``.
    """
    values, prices = _as_scales(value_scale, price_scale)
    count = check_count("campaigns", campaigns, 0, MOST_CAMPAIGNS)
    return _native.generate_traces(values, prices, mix_seed(seed), count, bool(sample), check_threads(threads))


def pace_generated(
    value_scale: Any,
    price_scale: Any,
    target_spend: Any = None,
    *,
    seed: int | tuple[int, ...],
    campaigns: int,
    budget: Any,
    step_size: Any,
    initial_multiplier: Any,
    max_multiplier: Any = None,
    regulariser: Literal["euclidean", "entropy"] = "euclidean",
    auction: Literal["second_price", "first_price"] = "second_price",
    sample_multiplier: Any = None,
    threads: int | None = 1,
) -> Pacing:
    """Pace campaigns on the traces of `generate_traces` without storing them: memory for the scales alone.

    Parameters
    ----------
    value_scale, price_scale, seed, campaigns
        As for `generate_traces`.
    target_spend
        What to spend at each step, the same for all campaigns: float32 [T], or a number. None: each campaign spends
        what its sample does at `sample_multiplier`.
    sample_multiplier
        From 0 up, a number or [campaigns], for a `target_spend` of None: the target of a step is the sample's price
        where its ``value >= (1 + sample_multiplier) * price`` in float64, else 0. With the multiplier of
        `spending_plan_generated` these are the targets of `spending_plan`.
    budget, step_size, initial_multiplier, max_multiplier, regulariser, auction, threads
        As for `pace`.

    Returns
    -------
    Pacing
        Of [campaigns]: exactly that of `pace` on the traces of `generate_traces`.

    Raises
    ------
    InvalidInputError
        As `pace` and `generate_traces`; for both or none of `target_spend` and `sample_multiplier`.
    TypeError
        For scales that are no NumPy arrays.

    Notes
    -----
    O(campaigns * T) time, O(T) memory. Campaigns are paced 64 at a time, each in a lane of wide registers, where its
    random bits are made too.
    """
    values, prices = _as_scales(value_scale, price_scale)
    count = check_count("campaigns", campaigns, 0, MOST_CAMPAIGNS)
    targets, multipliers = _as_targets(values, target_spend, sample_multiplier, count)
    _, settings = as_campaigns(
        (count,),
        budget=budget,
        step_size=step_size,
        initial_multiplier=initial_multiplier,
        max_multiplier=max_multiplier,
        regulariser=regulariser,
        auction=auction,
        projection="lazy",
        threads=threads,
    )
    return Pacing(*_native.pace_generated(values, prices, mix_seed(seed), targets, multipliers, settings))


def spending_plan_generated(
    value_scale: Any,
    price_scale: Any,
    budget: Any,
    *,
    seed: int | tuple[int, ...],
    campaigns: int,
    threads: int | None = 1,
) -> NDArray[np.float64]:
    """Return the multiplier that each campaign's sample teaches, without storing the samples.

    Parameters
    ----------
    value_scale, price_scale, seed, campaigns
        As for `generate_traces`.
    budget
        > 0, in the unit of the prices. A number, or [campaigns].
    threads
        1 to 1024; None for all cores. The answer is the same for any number.

    Returns
    -------
    NDArray[np.float64]
        [campaigns]: the `multiplier` of `spending_plan` on the samples of `generate_traces`. As the `sample_multiplier`
        of `pace_generated` it gives that plan's targets.

    Raises
    ------
    InvalidInputError
        As `generate_traces`; for a budget that is not positive and finite.
    TypeError
        For scales that are no NumPy arrays.

    Notes
    -----
    O(campaigns * T) time. One campaign's sample is held for each thread, 12 bytes a step: passing over it again is
    faster than making it again.
    """
    values, prices = _as_scales(value_scale, price_scale)
    count = check_count("campaigns", campaigns, 0, MOST_CAMPAIGNS)
    _, (budgets,) = as_settings((count,), budget=budget)
    refuse_bad_settings("budget", budgets, above=0.0)
    return _native.spending_plan_generated(values, prices, mix_seed(seed), budgets, check_threads(threads))


def _as_scales(value_scale: Any, price_scale: Any) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    scales = [_as_steps(name, scale) for name, scale in (("value_scale", value_scale), ("price_scale", price_scale))]
    steps = len(scales[0])
    if len(scales[1]) != steps:
        raise InvalidInputError(
            f"price_scale has {len(scales[1])} steps but value_scale has {steps}: they must have the same number"
        )
    if not 1 <= steps <= MOST_STEPS:
        raise InvalidInputError(f"value_scale has {steps} steps: it must have at least 1 and at most 2^33")
    return scales[0], scales[1]


def _as_steps(name: str, array: Any) -> NDArray[np.float32]:
    steps = as_trace(name, array)
    if steps.ndim != 1 or steps.dtype != np.float32:
        raise InvalidInputError(f"{name} has shape {steps.shape} and dtype {steps.dtype}: it must be float32 [T]")
    return steps


def _as_targets(
    values: NDArray[np.float32], target_spend: Any, sample_multiplier: Any, campaigns: int
) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """Return targets [T] and no multipliers, or no targets and multipliers [campaigns]."""
    if (target_spend is None) == (sample_multiplier is None):
        both = "are both None" if target_spend is None else "are both given"
        raise InvalidInputError(f"target_spend and sample_multiplier {both}: exactly one must be given")
    if target_spend is None:
        _, (multipliers,) = as_settings((campaigns,), sample_multiplier=sample_multiplier)
        if not (multipliers >= 0.0).all():  # infinity is legal: only what costs nothing is then won
            worst = multipliers[np.argmin(multipliers >= 0.0)]
            raise InvalidInputError(f"sample_multiplier holds {worst:g}: it must be at least 0")
        return np.empty(0, np.float32), multipliers
    if isinstance(target_spend, (int, float, np.integer, np.floating)):
        return np.full_like(values, target_spend), np.empty(0)
    targets = _as_steps("target_spend", target_spend)
    if len(targets) != len(values):
        raise InvalidInputError(
            f"target_spend has {len(targets)} steps but value_scale has {len(values)}: they must have the same number"
        )
    return targets, np.empty(0)
