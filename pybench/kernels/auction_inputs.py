"""Checks of what the pacing kernels are given; private to `pybench.kernels.auction`.

Python looks at types, dtypes and shapes; values of traces are checked natively, in the first pass over them.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pybench.errors import InvalidInputError

__all__ = ["LARGEST", "Traces", "as_settings", "as_trace", "as_traces", "refuse_bad_settings"]

#: No value, price, step size or multiplier may be larger: products and sums of blocks then stay finite in float32 too.
LARGEST = 2.0**120

_NATIVE = (np.dtype(np.float32), np.dtype(np.float64))


class Traces(NamedTuple):
    """Traces as the native core takes them: [campaigns, T], C-contiguous, of one dtype."""

    arrays: tuple[NDArray[Any], ...]
    batched: bool
    """False where the user gave [T]: then there is one campaign."""

    @property
    def campaigns(self) -> int:
        """Rows."""
        return int(self.arrays[0].shape[0])

    @property
    def steps(self) -> int:
        """T."""
        return int(self.arrays[0].shape[1])


def as_trace(name: str, trace: Any) -> NDArray[Any]:
    """Return a trace, [T] or [campaigns, T], as a C-contiguous float32 or float64 array; copied only if it must.

    Raises
    ------
    TypeError
        For what is no NumPy array.
    InvalidInputError
        For another dtype or number of dimensions, or masked entries.
    """
    if type(trace) is not np.ndarray:
        if not isinstance(trace, np.ndarray):
            raise TypeError(f"{name} is of type {type(trace).__name__}: it must be a NumPy array")
        if np.ma.is_masked(trace):
            raise InvalidInputError(f"{name} has masked entries: every step needs a value")
        trace = np.asarray(trace)
    if trace.dtype not in _NATIVE and not (trace.dtype.kind == "f" and trace.dtype.itemsize in (4, 8)):
        raise InvalidInputError(f"{name} has dtype {trace.dtype}: it must be float32 or float64")
    if trace.ndim not in (1, 2):
        raise InvalidInputError(f"{name} has shape {trace.shape}: it must be [T] or [campaigns, T]")
    return np.ascontiguousarray(trace, dtype=trace.dtype.newbyteorder("="))


def as_traces(**traces: Any) -> Traces:
    """Return traces that belong together: same shape, same dtype.

    Raises
    ------
    TypeError
        For what is no NumPy array.
    InvalidInputError
        For shapes or dtypes that differ or are not allowed.
    """
    arrays = {name: as_trace(name, trace) for name, trace in traces.items()}
    (first_name, first), *others = arrays.items()
    for name, array in others:
        if array.shape != first.shape:
            raise InvalidInputError(
                f"{name} has shape {array.shape} but {first_name} has {first.shape}: they must have the same shape"
            )
        if array.dtype != first.dtype:
            raise InvalidInputError(
                f"{name} has dtype {array.dtype} but {first_name} has {first.dtype}: they must have the same dtype"
            )
    batched = first.ndim == 2
    return Traces(tuple(array if batched else array[None] for array in arrays.values()), batched)


def as_settings(shape: tuple[int, ...] | None, **settings: Any) -> tuple[tuple[int, ...], list[NDArray[np.float64]]]:
    """Return settings as float64 arrays of one shape, flattened.

    Parameters
    ----------
    shape
        What they must broadcast to; None: their own common shape.
    settings
        Numbers or arrays of numbers.

    Raises
    ------
    InvalidInputError
        For what is no number, or shapes that do not fit.
    """
    arrays = {}
    for name, value in settings.items():
        array = np.asarray(value)
        if array.dtype.kind not in "iuf":
            raise InvalidInputError(f"{name} is {value!r}: it must be a number or an array of numbers")
        arrays[name] = array.astype(np.float64)
    if shape is None:
        try:
            shape = np.broadcast_shapes(*(array.shape for array in arrays.values()))
        except ValueError as error:
            shapes = ", ".join(f"{name} {array.shape}" for name, array in arrays.items())
            raise InvalidInputError(f"shapes of {shapes}: they must broadcast to one shape") from error
    flat = []
    for name, array in arrays.items():
        try:
            flat.append(np.ascontiguousarray(np.broadcast_to(array, shape)).reshape(-1))
        except ValueError as error:
            raise InvalidInputError(f"{name} has shape {array.shape}: it must broadcast to {shape}") from error
    return shape, flat


def refuse_bad_settings(
    name: str,
    values: NDArray[np.float64],
    *,
    above: float | None = None,
    minimum: float | None = None,
    maximum: float | None = None,
) -> None:
    """Refuse a setting that is NaN, infinite, or not within its limits: > above, >= minimum, <= maximum.

    Raises
    ------
    InvalidInputError
        Naming the setting, the first bad value and the rule.
    """
    good = np.isfinite(values)
    rules = ["finite"]
    if above is not None:
        good &= values > above
        rules.append(f"greater than {above:g}")
    if minimum is not None:
        good &= values >= minimum
        rules.append(f"at least {minimum:g}")
    if maximum is not None:
        good &= values <= maximum
        rules.append(f"at most {maximum:g}")
    if not good.all():
        worst = float(values[np.argmin(good)])
        value = "NaN" if math.isnan(worst) else f"{worst:g}"
        raise InvalidInputError(f"{name} holds {value}: it must be {' and '.join(rules)}")
