"""The exponential function of the pacing kernels, operation by operation: the same bits on every machine."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["exponential"]


class _Format(NamedTuple):
    """What the function needs to know of a floating-point format."""

    whole: float
    """1.5 times the power of two from which on every number is whole: adding it rounds."""
    integer: type[np.signedinteger[Any]]
    mantissa_bits: int
    log_2_high: float
    """The upper bits of log 2, few enough that a product with an exponent is exact."""
    log_2_low: float
    lowest: float
    highest: float
    degree: int
    """Of the Taylor polynomial: its error on |r| <= log(2) / 2 is below half a unit in the last place."""


_FORMATS = {
    np.dtype(np.float32): _Format(12582912.0, np.int32, 23, 0.693359375, -2.12194440e-4, -87.0, 88.0, 7),
    np.dtype(np.float64): _Format(
        6755399441055744.0, np.int64, 52, 0.693147180369123816490, 1.90821492927058770002e-10, -708.0, 709.0, 13
    ),
}


def exponential(x: NDArray[Any]) -> NDArray[Any]:
    """Return e to the x, of the dtype of x, for x of any shape; x is held to what the dtype can express.

    e^x = 2^n e^r with n the nearest whole number to x / log 2; e^r is a Taylor polynomial. Multiplications and
    additions alone, each rounded. Its error is at most 2 units in the last place.
    """
    of = _FORMATS[x.dtype]
    real = x.dtype.type
    held = np.minimum(np.maximum(x, real(of.lowest)), real(of.highest))
    shifted = held * real(1.0 / math.log(2.0)) + real(of.whole)
    n = shifted - real(of.whole)
    r = (held - n * real(of.log_2_high)) - n * real(of.log_2_low)
    power = np.full_like(held, real(1.0 / math.factorial(of.degree)))
    for k in range(of.degree - 1, -1, -1):
        power = power * r + real(1.0 / math.factorial(k))
    exponent = shifted.view(of.integer) - np.array(of.whole, dtype=x.dtype).view(of.integer)
    scale = (exponent + (1 << (x.dtype.itemsize * 8 - 2 - of.mantissa_bits)) - 1) << of.mantissa_bits
    result: NDArray[Any] = power * scale.view(x.dtype)
    return result
