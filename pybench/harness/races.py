"""All races of a method: every workload on every point of a size."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TypeAlias

from pybench.errors import InvalidInputError
from pybench.harness.effort import effort_for
from pybench.harness.method import Progress
from pybench.harness.race import race
from pybench.harness.race_result import Race
from pybench.harness.registry import RegisteredMethod
from pybench.harness.workload import SIZES, format_params

__all__ = ["ProgressFor", "RaceOptions", "failures", "run_races"]

#: Title of a piece of work -> a context that gives its progress callback.
ProgressFor: TypeAlias = Callable[[str], AbstractContextManager[Progress | None]]


@dataclass(frozen=True, kw_only=True)
class RaceOptions:
    """What `pybench race` and `pybench record` may choose of a race."""

    rounds: int | None = None
    """Pairs for each contender; None: what fits the size."""
    seed: int = 0
    workloads: tuple[str, ...] = ()
    """Only these; empty: all."""
    contenders: tuple[str, ...] = ()
    """Only these and the baseline; empty: all."""

    @classmethod
    def chosen(
        cls, *, rounds: int | None, seed: int, workloads: Sequence[str] | None, contenders: Sequence[str] | None
    ) -> RaceOptions:
        """Return the options that a command line gave."""
        return cls(rounds=rounds, seed=seed, workloads=tuple(workloads or ()), contenders=tuple(contenders or ()))


def run_races(
    method: RegisteredMethod,
    options: RaceOptions,
    *,
    size: str,
    progress_for: ProgressFor,
) -> Iterator[Race]:
    """Return the races of every point, in the order of the workloads; each is run when it is asked for.

    A workload without points of that size is passed over. With chosen contenders, so is one that has none of them.

    Raises
    ------
    InvalidInputError
        At once, for a size, workload or contender that the method lacks, or too few rounds.
    """
    if size not in SIZES:
        raise InvalidInputError(f"size is {size!r}: it must be one of {', '.join(SIZES)}")
    effort = effort_for(size, rounds=options.rounds)
    chosen = [method.workload(name) for name in dict.fromkeys(options.workloads)] or list(method.workloads)
    known = {contender.id for workload in chosen for contender in workload.contenders}
    for name in options.contenders:
        if name not in known:
            raise InvalidInputError(f"contender is {name!r}: known are {', '.join(sorted(known))}")
    points = []
    for workload in chosen:
        mine = tuple(name for name in options.contenders if name in {contender.id for contender in workload.contenders})
        if mine or not options.contenders:
            points += [(workload, params, mine) for params in workload.sizes.get(size, ())]

    def run() -> Iterator[Race]:
        for workload, params, mine in points:
            with progress_for(f"{workload.id}: {format_params(params)}") as progress:
                yield race(
                    method,
                    workload,
                    params,
                    size=size,
                    seed=options.seed,
                    effort=effort,
                    contenders=mine,
                    progress=progress,
                )

    return run()


def failures(result: Race) -> list[str]:
    """Return what went wrong with our own contenders, and every wrong answer whoever gave it.

    A missing package or data set, and a peer that crashes or does not finish, are rows and no failures.
    """
    ours = ("reference", "native", "cuda")
    found = []
    for row in result.rows:
        excused = row.status in ("timed", "missing", "not timed") or (
            row.kind == "reference" and row.status == "did not finish"  # it may be as slow as it is plain
        )
        if row.status == "wrong answer" or (row.kind in ours and not excused):
            where = f"{result.workload} ({format_params(result.params)}), {row.contender}"
            found.append(f"{where}: {row.status}: {row.message}")
    return found
