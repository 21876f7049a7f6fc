"""Pacing a budget by dual mirror descent. Import from `pybench.kernels.auction`."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from pybench._native import auction as _native
from pybench.errors import InvalidInputError
from pybench.kernels.auction_inputs import Traces, as_settings, as_traces, refuse_bad_settings
from pybench.kernels.auction_results import Pacing
from pybench.kernels.auction_settings import as_campaigns, chosen
from pybench.kernels.inputs import check_threads

__all__ = ["PackedTraces", "pace", "pack_traces"]

#: One over it is a number.
LEAST_UNIT = 2.0**-1000


class PackedTraces:
    """Traces of many campaigns, copied into the layout that is paced at the speed of memory; made by `pack_traces`."""

    __slots__ = ("_core", "_unit")

    def __init__(self, core: _native.PackedTraces, unit: float | None) -> None:
        self._core = core
        self._unit = unit

    @property
    def campaigns(self) -> int:
        """Campaigns."""
        return self._core.campaigns

    @property
    def steps(self) -> int:
        """Steps of each, T."""
        return self._core.steps

    @property
    def nbytes(self) -> int:
        """Memory that the traces take, in bytes."""
        return self._core.bytes

    @property
    def unit(self) -> float | None:
        """What one step of the 16-bit codes is worth; None for traces in their own dtype."""
        return self._unit

    @property
    def rounding_error(self) -> float:
        """The largest difference of an entry from what was given, in the unit of the prices: half a unit, or 0."""
        return 0.0 if self._unit is None else self._unit / 2.0


def pack_traces(
    value: Any, price: Any, target_spend: Any, *, unit: float | None = None, threads: int | None = 1
) -> PackedTraces:
    """Lay out traces of many campaigns for `pace`, which then takes half the time or less.

    Parameters
    ----------
    value, price, target_spend
        As for `pace`, [campaigns, T].
    unit
        None: keep float32 or float64. A number: round every entry to a whole number of units, at most 65535, and keep
        that in 16 bits: half the memory and the traffic of float32. The error of an entry is at most unit / 2; whole
        prices of at most 65535 are exact with unit 1. For numbers up to m choose m / 65535.
    threads
        1 to 1024; None for all cores.

    Raises
    ------
    InvalidInputError
        As `pace`; for a unit that is not above 0, or an entry above 65535 units.
    TypeError
        For what is no NumPy array.

    Notes
    -----
    O(campaigns * T): one read and one write. A row a step of 64 campaigns: their values, then prices, then targets.
    Fewer campaigns take the memory of 64, so a few are better paced as they are. With a unit, all that `pace` reports
    is of the rounded entries.
    """
    traces = as_traces(value=value, price=price, target_spend=_as_target(value, target_spend))
    if not traces.batched:
        raise InvalidInputError(f"value has shape {np.shape(value)}: traces to pack must be [campaigns, T]")
    _refuse_empty(traces)
    if unit is not None:
        (_, (units,)) = as_settings((), unit=unit)
        refuse_bad_settings("unit", units, minimum=LEAST_UNIT)
        unit = float(units[0])
    values, prices, targets = traces.arrays
    return PackedTraces(_native.pack_traces(values, prices, targets, unit or 0.0, True, check_threads(threads)), unit)


def pace(
    value: Any,
    price: Any = None,
    target_spend: Any = None,
    *,
    budget: Any,
    step_size: Any,
    initial_multiplier: Any,
    max_multiplier: Any = None,
    regulariser: Literal["euclidean", "entropy"] = "euclidean",
    auction: Literal["second_price", "first_price"] = "second_price",
    projection: Literal["lazy", "eager"] = "lazy",
    paths: bool = False,
    threads: int | None = 1,
) -> Pacing:
    """Pace budgets by dual mirror descent ("follow the regularised leader").

    At step t a campaign bids value / (1 + mu). It wins where value >= (1 + mu) price, and where what it pays is left of
    its budget. Then mu moves by step_size times what it paid less what the plan says, target_spend.

    Parameters
    ----------
    value, price
        The value of each auction and the highest competing bid, from 0 to 2^120, in one unit of money. float32 or
        float64, [T]: every setting paces this one trace; or [campaigns, T]. Or `value` a `PackedTraces`, and `price`
        and `target_spend` left out.
    target_spend
        What to spend at each step, of the shape and dtype of `value`; or one number for all steps.
    budget
        What may be spent, greater than 0, in the unit of the prices.
    step_size
        eta, at least 0, in 1 / (unit of the prices). About 1 / (sqrt(T) * mean price).
    initial_multiplier
        mu of the first step, at least 0; for the entropy, greater than 0.
    max_multiplier
        mu is kept at most this; None for no limit (2^120). At least (largest value) / (budget / T) does no harm.
    regulariser
        "euclidean": mu = initial + step_size * gap, with gap the sum of what was paid less what was planned.
        "entropy": mu = initial * exp(step_size * gap).
    auction
        "second_price": the winner pays the price; "first_price": its bid, value / (1 + mu).
    projection
        "lazy": the gap is never clipped, only mu that is bid with. "eager": mu is clipped at every step (dual descent).
    paths
        Return the multiplier of every step too.
    threads
        1 to 1024; None for all cores. The answer is the same for any number.

    `budget`, `step_size`, `initial_multiplier` and `max_multiplier` broadcast to the shape S of the settings on one
    trace (``budget[:, None]`` and ``step_size[None, :]`` are a grid), or to [campaigns].

    Returns
    -------
    Pacing
        `wins`, `spend`, `utility`, `multiplier` of the shape S or [campaigns], `multiplier_path` [..., T].

    Raises
    ------
    InvalidInputError
        For an entry of a trace that is negative, NaN, infinite or above 2^120; shapes or dtypes that differ; a setting
        outside its range; an empty trace; eager projection or paths of packed traces.
    TypeError
        For a trace that is no NumPy array.

    Notes
    -----
    O(campaigns * T) or O(settings * T). Sums are kept over 64 steps in the dtype of the trace and beyond in float64: a
    float32 trace of any length does not drift. Of float32 traces, 64 payments are summed with a relative error of at
    most 4e-6 (none, where prices are whole numbers below 2^18); the spend so summed never exceeds the budget.

    The controller is our reconstruction of "Robust Budget Pacing with a Single Sample" (ICML 2023), whose abstract
    alone was read; see docs/budget_pacing.md.
    """
    eager = chosen("projection", projection, "eager", "lazy")
    packed = value if isinstance(value, PackedTraces) else None
    if packed is not None:
        _refuse_for_packed(price=price, target_spend=target_spend)
        if eager or paths:
            wanted = "projection is 'eager'" if eager else "paths is True"
            raise InvalidInputError(f"{wanted}: packed traces are paced lazily and without paths; pass arrays")
        shape: tuple[int, ...] | None = (packed.campaigns,)
    else:
        traces = as_traces(value=value, price=price, target_spend=_as_target(value, target_spend))
        _refuse_empty(traces)
        shape = (traces.campaigns,) if traces.batched else None
    unit = 1.0 if packed is None or packed.unit is None else packed.unit
    shape, campaigns = as_campaigns(
        shape,
        budget=budget,
        step_size=step_size,
        initial_multiplier=initial_multiplier,
        max_multiplier=max_multiplier,
        regulariser=regulariser,
        auction=auction,
        projection=projection,
        threads=threads,
        unit=unit,
    )
    if packed is not None:
        wins, spend, utility, multiplier, path = packed._core.pace(campaigns)
        spend, utility = spend * unit, utility * unit
    else:
        values, prices, targets = traces.arrays
        wins, spend, utility, multiplier, path = _native.pace(values, prices, targets, campaigns, traces.batched, paths)
        path = None if path is None else path.reshape(*shape, traces.steps)
    wins, spend, utility, multiplier = (array.reshape(shape)[()] for array in (wins, spend, utility, multiplier))
    return Pacing(wins, spend, utility, multiplier, path)


def _as_target(value: Any, target_spend: Any) -> Any:
    """Return one number for all steps as a trace; whatever else as it is."""
    if isinstance(value, np.ndarray) and isinstance(target_spend, (int, float, np.integer, np.floating)):
        return np.full_like(np.asarray(value), target_spend)
    return target_spend


def _refuse_empty(traces: Traces) -> None:
    if traces.steps == 0:
        raise InvalidInputError("value has 0 steps: a trace must have at least one")


def _refuse_for_packed(**others: Any) -> None:
    for name, other in others.items():
        if other is not None:
            raise InvalidInputError(f"{name} is given: packed traces hold it already")
