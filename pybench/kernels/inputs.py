"""Checks of the scalars that every area of kernels takes; private to `pybench.kernels`."""

from __future__ import annotations

import functools
import operator

import numpy as np

from pybench.errors import InvalidInputError

__all__ = ["MAX_THREADS", "check_count", "check_threads", "mix_seed"]

MAX_THREADS = 1024


def check_count(name: str, value: int, minimum: int, maximum: int) -> int:
    """Return an integer of [minimum, maximum]; True and False are no integers here."""
    if type(value) is not int:
        if isinstance(value, (bool, np.bool_)) or not hasattr(value, "__index__"):
            raise InvalidInputError(f"{name} is {value!r}: it must be an integer")
        try:
            value = operator.index(value)
        except TypeError as error:
            raise InvalidInputError(f"{name} is {value!r}: it must be an integer") from error
    if not minimum <= value <= maximum:
        raise InvalidInputError(f"{name} is {value}: it must be in [{minimum}, {maximum}]")
    return value


def check_threads(threads: int | None) -> int:
    """Return what the native core takes: 0 for all cores."""
    return 0 if threads is None else check_count("threads", threads, 1, MAX_THREADS)


def mix_seed(seed: int | tuple[int, ...]) -> int:
    """Return the 64-bit key that NumPy's SeedSequence makes of a seed."""
    parts = seed if isinstance(seed, tuple) else (seed,)
    if not parts:
        raise InvalidInputError("seed is (): it must hold at least one integer")
    return _key_of(tuple(check_count("seed", part, 0, 2**128 - 1) for part in parts))


@functools.lru_cache(maxsize=1024)  # SeedSequence takes longer than many a kernel, and a server's seed stays the same
def _key_of(words: tuple[int, ...]) -> int:
    return int(np.random.SeedSequence(words).generate_state(1, np.uint64)[0])
