"""A sweep: which Configs of a method are simulated, how often, and with which seeds."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from pybench.errors import InvalidInputError
from pybench.harness.encoding import to_json
from pybench.harness.registry import RegisteredMethod, find
from pybench.harness.sweep.laws import Law, draw

__all__ = ["MAXIMUM_POINTS", "Point", "Sweep"]

#: More points than this are refused: their table would no longer fit where it is made.
MAXIMUM_POINTS = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Point:
    """One simulation of a sweep."""

    index: int
    setting: int
    """Number of the setting; its replications share it."""
    replication: int
    seed: tuple[int, ...]
    changes: Mapping[str, Any]
    """Fields that differ from the base Config, by axis."""


@dataclass(frozen=True, kw_only=True)
class Sweep:
    """Grids, random draws and replications over a Config.

    The settings are all combinations of the grid's values, each with every draw of the random fields together; every
    setting is simulated `replications` times. Points are numbered in that order, the replications fastest.

    Raises
    ------
    InvalidInputError
        Naming what is wrong; for a Config that is refused, the point and the rule.
    """

    method: str
    """As `pybench list` names it."""
    base: Any = None
    """The Config that the axes change; None for the preset ``quick``."""
    grid: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    """Field -> its values."""
    random: Mapping[str, Law] = field(default_factory=dict)
    """Field -> the law it is drawn from."""
    draws: int = 0
    """How often all random fields are drawn; every combination of the grid has the same draws."""
    replications: int = 1
    seed: int | tuple[int, ...] = 0
    paired: bool = False
    """Seeds. False: point i has (seed, i), so that all points are independent. True: replication r of every setting has
    (seed, r), so that settings are compared on common random numbers."""
    _drawn: tuple[dict[str, Any], ...] = field(init=False, repr=False, default=())

    def __post_init__(self) -> None:
        if self.base is None:
            object.__setattr__(self, "base", self.registered.card.preset("quick"))
        object.__setattr__(self, "grid", {name: tuple(values) for name, values in self.grid.items()})
        object.__setattr__(self, "random", dict(self.random))
        _check_counts(self)
        _check_axes(self)
        if self.size > MAXIMUM_POINTS:
            raise InvalidInputError(f"sweep has {self.size:,} points: it may have at most {MAXIMUM_POINTS:,}")
        drawn = tuple(
            {name: draw(law, name, self.entropy, index) for name, law in self.random.items()}
            for index in range(self.draws)
        )
        object.__setattr__(self, "_drawn", drawn)
        for setting in range(self.settings):
            self._check_setting(setting)

    @property
    def registered(self) -> RegisteredMethod:
        """The installed method."""
        return find(self.method)

    @property
    def axes(self) -> tuple[str, ...]:
        """The fields that change: the grid's, then the random ones."""
        return (*self.grid, *self.random)

    @cached_property
    def settings(self) -> int:
        """How many different Configs there are."""
        return math.prod(len(values) for values in self.grid.values()) * max(self.draws, 1)

    @cached_property
    def size(self) -> int:
        """How many points there are."""
        return self.settings * self.replications

    @property
    def entropy(self) -> tuple[int, ...]:
        """The seed as a tuple."""
        return self.seed if isinstance(self.seed, tuple) else (self.seed,)

    def point(self, index: int) -> Point:
        """Return a point by its number."""
        if not 0 <= index < self.size:
            raise InvalidInputError(f"index is {index}: it must be in [0, {self.size})")
        setting, replication = divmod(index, self.replications)
        return Point(
            index=index,
            setting=setting,
            replication=replication,
            seed=(*self.entropy, replication if self.paired else index),
            changes=self.changes(setting),
        )

    def points(self) -> Iterator[Point]:
        """Yield every point in order."""
        return map(self.point, range(self.size))

    def changes(self, setting: int) -> dict[str, Any]:
        """Return the axes' values of a setting."""
        values: dict[str, Any] = {}
        rest, number = divmod(setting, max(self.draws, 1))
        for name, choices in reversed(list(self.grid.items())):
            rest, position = divmod(rest, len(choices))
            values[name] = choices[position]
        return {name: values[name] for name in self.grid} | (self._drawn[number] if self._drawn else {})

    def definition(self) -> dict[str, Any]:
        """Return all that the points follow from, in JSON; what was drawn is in it as values."""
        return {
            "method": self.method,
            "base": to_json(self.base),
            "grid": to_json(self.grid),
            "random": {name: [type(law).__name__, to_json(law)] for name, law in self.random.items()},
            "drawn": to_json(self._drawn),
            "replications": self.replications,
            "seed": list(self.entropy),
            "paired": self.paired,
        }

    def key(self, version: str) -> str:
        """Return what tells this sweep from others, for a version of the method."""
        text = json.dumps([self.definition(), version], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def _check_setting(self, setting: int) -> None:
        changes = self.changes(setting)
        try:
            dataclasses.replace(self.base, **changes)
        except ValueError as error:
            text = ", ".join(f"{name}={value!r}" for name, value in changes.items())
            raise InvalidInputError(f"point {setting * self.replications} ({text}): {error}") from error


def _check_counts(sweep: Sweep) -> None:
    for name, least in (("replications", 1), ("draws", 0)):
        value = getattr(sweep, name)
        if type(value) is not int or value < least:
            raise InvalidInputError(f"{name} is {value!r}: it must be a whole number, at least {least}")
    if not sweep.entropy or any(type(part) is not int or part < 0 for part in sweep.entropy):
        raise InvalidInputError(f"seed is {sweep.seed!r}: it must be a whole number, at least 0, or a tuple of them")
    if sweep.random and not sweep.draws:
        raise InvalidInputError(f"draws is 0: it must be at least 1 with the random field {next(iter(sweep.random))!r}")
    if sweep.draws and not sweep.random:
        raise InvalidInputError(f"draws is {sweep.draws}: it must be 0 where no field is random")


def _check_axes(sweep: Sweep) -> None:
    known = [item.name for item in dataclasses.fields(sweep.base)]
    for name in sweep.axes:
        if name not in known:
            raise InvalidInputError(f"axis is {name!r}: the fields of {sweep.method} are {', '.join(known)}")
        if name in sweep.grid and name in sweep.random:
            raise InvalidInputError(f"axis {name!r} is in the grid and random: it must be one of them")
    for name, values in sweep.grid.items():
        if not values:
            raise InvalidInputError(f"axis {name!r} has no value: it must have at least one")
        for position, value in enumerate(values):
            if value in values[:position]:
                raise InvalidInputError(f"axis {name!r} has {value!r} twice: its values must differ")
