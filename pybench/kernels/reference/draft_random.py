"""The random numbers of drafting and verification in NumPy: functions of (key, request, position, purpose, draw).

Counter words 0 and 1 are the request, word 2 the position, word 3 the draw with the purpose in its upper eight bits.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pybench.kernels.reference.philox import philox4x32

__all__ = ["ACCEPTING", "DRAFTING", "RESIDUAL", "SCORING", "uniforms"]

#: Purposes. Each has blocks of its own for every row and every draw.
DRAFTING, SCORING, ACCEPTING, RESIDUAL = 1, 2, 3, 4

_LOW = np.uint64(0xFFFFFFFF)


def uniforms(
    key: int, request: NDArray[np.uint64], position: NDArray[np.uint64], purpose: int, draw: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Draw two uniforms of [0, 1) for each row.

    Parameters
    ----------
    key
        64 bits: the mixed seed.
    request, position
        uint64 [n] each; positions below 2^32.
    purpose, draw
        What they are for, and which of them; draws below 2^24.

    Returns
    -------
    tuple
        Two float64 [n], multiples of 2^-53.
    """
    counter = np.empty((len(request), 4), dtype=np.uint64)
    counter[:, 0], counter[:, 1] = request & _LOW, request >> np.uint64(32)
    counter[:, 2], counter[:, 3] = position, (purpose << 24) | draw
    words = philox4x32(counter, (key & 0xFFFFFFFF, key >> 32))
    first, second = words[:, 0] | (words[:, 1] << np.uint64(32)), words[:, 2] | (words[:, 3] << np.uint64(32))
    return _unit(first), _unit(second)


def _unit(bits: NDArray[np.uint64]) -> NDArray[np.float64]:
    return (bits >> np.uint64(11)).astype(np.float64) * 2.0**-53
