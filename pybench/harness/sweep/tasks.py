"""What a worker does: simulate some points and send back their scalars. Only names and plain values cross."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np

from pybench.harness.encoding import to_json
from pybench.harness.provenance import without_paths
from pybench.harness.registry import find
from pybench.optional import DISTRIBUTION

__all__ = ["LONGEST_ERROR", "Outcome", "PlainPoint", "Task", "VersionsDifferError", "compute", "scalars", "versions_of"]

#: Characters of an error's text that are kept.
LONGEST_ERROR = 2_000

#: Index, seed, changes of the base Config.
PlainPoint = tuple[int, tuple[int, ...], Mapping[str, Any]]
#: What comes of a point: its index, seconds, scalars or None, the text of an error or None.
Outcome = tuple[int, float, dict[str, Any] | None, str | None]


class VersionsDifferError(Exception):
    """A worker has other versions than the process that runs the sweep, so that its results could differ."""


@dataclass(frozen=True)
class Task:
    """Some points of one sweep, and how long a worker may go on with them."""

    method: str
    base: Mapping[str, Any]
    points: Sequence[PlainPoint]
    limit_s: float
    """After this a worker starts no further point and leaves the rest to others."""
    versions: Mapping[str, str]
    """What a worker must have."""


@cache
def versions_of(distribution: str) -> Mapping[str, str]:
    """Return the versions that results may depend on: pybench, who brought the method, NumPy."""
    found = {}
    for name in (DISTRIBUTION, distribution, "numpy"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


def compute(task: Task) -> list[Outcome]:
    """Simulate the points of a task in order; at least one, then as many as the limit allows.

    An exception of a point is its outcome, and the next one is simulated.

    Raises
    ------
    VersionsDifferError
        Where this process has other versions than the sweep asks for.
    """
    method = find(task.method)
    here = versions_of(method.distribution)
    if here != task.versions:
        differing = [f"{name} {here.get(name)}, not {text}" for name, text in task.versions.items()]
        raise VersionsDifferError(f"a worker has {'; '.join(differing)}")
    package = method.package
    started = time.perf_counter()
    outcomes: list[Outcome] = []
    for point in task.points:
        outcomes.append(_simulate(package.Config, package.simulate, task.base, point))
        if time.perf_counter() - started > task.limit_s:
            break
    return outcomes


def scalars(result: Any) -> dict[str, Any]:
    """Return the fields of a Result that are one number, truth value or text, in JSON; details are left out."""
    found = {}
    for field in dataclasses.fields(result):
        value = getattr(result, field.name)
        single = isinstance(value, (bool, int, float, str, np.generic)) or value is None
        if not field.metadata.get("detail") and (single or (isinstance(value, np.ndarray) and value.ndim == 0)):
            found[field.name] = to_json(value)
    return found


def _simulate(
    config_type: Callable[..., Any], simulate: Callable[..., Any], base: Mapping[str, Any], point: PlainPoint
) -> Outcome:
    index, seed, changes = point
    started = time.perf_counter()
    try:
        found = scalars(simulate(config_type(**{**base, **changes}), seed=seed))
    except Exception as error:
        text = without_paths(f"{type(error).__name__}: {error}")[:LONGEST_ERROR]
        return index, time.perf_counter() - started, None, text
    return index, time.perf_counter() - started, found, None
