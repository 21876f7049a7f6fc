"""The laws that a random axis draws from: a number of [0, 1) becomes a value of a field."""

from __future__ import annotations

import math
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from pybench.errors import InvalidInputError

__all__ = ["Choice", "Law", "LogUniform", "Uniform", "draw"]

Number: TypeAlias = int | float


@dataclass(frozen=True)
class Uniform:
    """Every value of [low, high] alike; whole numbers, both ends among them, where both are of type int."""

    low: Number
    high: Number

    def __post_init__(self) -> None:
        _check_limits(self.low, self.high)

    def at(self, fraction: float) -> Number:
        """Return the value below which the law has that share of its mass."""
        if isinstance(self.low, int) and isinstance(self.high, int):
            return min(self.low + int(fraction * (self.high - self.low + 1)), self.high)
        return min(self.low + fraction * (self.high - self.low), self.high)


@dataclass(frozen=True)
class LogUniform:
    """Every order of magnitude within [low, high] alike; whole numbers where both are of type int."""

    low: Number
    high: Number

    def __post_init__(self) -> None:
        _check_limits(self.low, self.high)
        if not self.low > 0:
            raise InvalidInputError(f"low is {self.low!r}: it must be above 0 for a law of orders of magnitude")

    def at(self, fraction: float) -> Number:
        """Return the value below which the law has that share of its mass."""
        if isinstance(self.low, int) and isinstance(self.high, int):
            return min(max(int(self.low * math.pow((self.high + 1) / self.low, fraction)), self.low), self.high)
        return min(max(self.low * math.pow(self.high / self.low, fraction), self.low), self.high)


@dataclass(frozen=True)
class Choice:
    """Each of some values alike."""

    values: tuple[Any, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", tuple(self.values))
        if not self.values:
            raise InvalidInputError("values is (): there must be at least one to choose from")

    def at(self, fraction: float) -> Any:
        """Return the value below which the law has that share of its mass."""
        return self.values[min(int(fraction * len(self.values)), len(self.values) - 1)]


Law: TypeAlias = Uniform | LogUniform | Choice


def draw(law: Law, field: str, seed: Sequence[int], index: int) -> Any:
    """Return draw number `index` of a field.

    It depends on the seed, the field's name and the index alone: another random field changes nothing, and more draws
    keep those that were there. The bits are `SeedSequence`'s, which NumPy promises not to change.
    """
    sequence = np.random.SeedSequence(list(seed), spawn_key=(zlib.crc32(field.encode()), index))
    return law.at((int(sequence.generate_state(1, np.uint64)[0]) >> 11) * 2.0**-53)


def _check_limits(low: Number, high: Number) -> None:
    for name, value in (("low", low), ("high", high)):
        if type(value) not in (int, float) or not math.isfinite(value):
            raise InvalidInputError(f"{name} is {value!r}: it must be a finite number")
    if not low < high:
        raise InvalidInputError(f"low is {low!r} and high is {high!r}: low must be below high")
    if isinstance(low, int) and isinstance(high, int) and max(abs(low), abs(high)) > 2**53:
        raise InvalidInputError(f"low is {low!r} and high is {high!r}: whole numbers must be within 2^53")
