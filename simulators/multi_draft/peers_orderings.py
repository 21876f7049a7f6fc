"""Full orderings of the tokens by target / draft that NumPy can make: less than a verifier by sorting has to do.

Arrays that a call needs besides its answer are kept between calls, so that none waits for fresh memory.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulators.multi_draft.peers_case import Case, Outcome

__all__ = ["AVX512_OFF", "run_argsort", "run_packed", "run_radix"]

#: Variables that make NumPy leave its AVX-512 code alone. NumPy warns of a feature that a machine lacks, and goes on.
AVX512_OFF = {"NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL AVX512_SPR", "PYTHONWARNINGS": "ignore::ImportWarning"}


@lru_cache(maxsize=1)
def _arrays(size: int) -> tuple[NDArray[np.float32], NDArray[np.uint64], NDArray[np.uint32]]:
    return np.empty(size, np.float32), np.empty(size, np.uint64), np.arange(size, dtype=np.uint32)


def run_argsort(case: Case) -> Outcome:
    """Write what comes to mind."""
    return Outcome(ordering=np.argsort(case.target / case.draft))


def run_packed(case: Case) -> Outcome:
    """Sort the ratio's bits and the token as one 64-bit number, in place.

    As bits, ratios that are not negative are ordered as they are as numbers; and any such pair of a float and a token
    is a finite double, which NumPy sorts faster than an integer.
    """
    _, packed, tokens = _arrays(len(case.draft))
    halves: NDArray[Any] = packed.view(np.uint32)
    np.divide(case.target, case.draft, out=halves[1::2].view(np.float32))
    halves[0::2] = tokens
    packed.view(np.float64).sort()
    return Outcome(ordering=halves[0::2])


def run_radix(case: Case) -> Outcome:
    """Sort by the lower, then by the upper 16 bits: NumPy's stable sort of 16-bit integers is a radix sort."""
    ratio, _, _ = _arrays(len(case.draft))
    np.divide(case.target, case.draft, out=ratio)
    halves = ratio.view(np.uint16)
    lower = np.argsort(halves[0::2].copy(), kind="stable")
    return Outcome(ordering=lower[np.argsort(halves[1::2][lower], kind="stable")])
