"""Running a sweep: points go out in tasks, what comes back is written at once, in this process alone."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pybench.errors import MissingError
from pybench.harness.encoding import to_json
from pybench.harness.method import Progress
from pybench.harness.sweep.chunks import ChunkSizes
from pybench.harness.sweep.engines import Answer, Engine, choose_engine
from pybench.harness.sweep.points import Sweep
from pybench.harness.sweep.schedule import Schedule
from pybench.harness.sweep.store import Store
from pybench.harness.sweep.table import Table, table_of
from pybench.harness.sweep.tasks import Task

__all__ = ["Finished", "run_sweep"]


@dataclass(frozen=True, kw_only=True)
class Finished:
    """A sweep whose points have all been simulated."""

    table: Table
    computed: int
    """Points that this run simulated; the others were there."""
    tasks: int
    """Tasks that they were sent out in."""
    wall_s: float
    """From the first task to the last answer, in seconds."""
    busy_share: float | None
    """Time spent in simulations over that of all workers; the rest is starting them, scheduling, waiting for the last
    one. None where nothing was computed."""
    notes: tuple[str, ...]
    """What is to be known of the folder."""


def run_sweep(
    sweep: Sweep,
    folder: Path | str,
    *,
    jobs: int | None = None,
    cluster: str | None = None,
    resume: bool = False,
    retry_failed: bool = False,
    progress: Progress | None = None,
) -> Finished:
    """Simulate every point of a sweep that is not done yet; the table is the same wherever it runs.

    Parameters
    ----------
    sweep
        What to simulate.
    folder
        Where ``sweep.json`` and ``points.jsonl`` are kept.
    jobs
        Processes on this machine, 0 for one a core; extra ``sweep``. None: in this process.
    cluster
        Address of a dask scheduler instead, for example ``tcp://10.0.0.5:8786``; extra ``cluster``.
    resume
        Go on with a folder that holds points of this sweep already.
    retry_failed
        Simulate failed points again; implies `resume`.
    progress
        Told the share of points that are done, and how it goes.

    Raises
    ------
    InvalidInputError
        Before any work, for a folder that holds another sweep or is in use.
    MissingError
        For a package or cluster that is not there, or one that is lost meanwhile. What is done is kept.
    """
    engine = choose_engine(jobs, cluster)
    try:
        with Store(sweep, Path(folder), resume=resume or retry_failed) as store:
            return _Run(sweep, store, engine, progress).finish(store.missing(retry_failed=retry_failed))
    finally:
        engine.close()


class _Run:
    def __init__(self, sweep: Sweep, store: Store, engine: Engine, progress: Progress | None) -> None:
        self._sweep, self._store, self._engine = sweep, store, engine
        self._progress = progress or (lambda fraction, text: None)
        self._base = to_json(sweep.base)
        self._out: dict[int, list[int]] = {}
        self._tasks = self._computed = 0
        self._busy_s = 0.0

    def finish(self, missing: list[int]) -> Finished:
        """Simulate what is missing."""
        self._sizes = ChunkSizes(self._engine.width, most=self._engine.most)
        self._schedule = Schedule(missing, self._sizes)
        self._left, self._started = len(missing), time.monotonic()
        self._tell()
        try:
            while self._send() or self._out:
                self._take(self._engine.completed())
        except BaseException:  # Ctrl-C too: what has come back meanwhile is kept
            with contextlib.suppress(MissingError):
                self._take(self._engine.completed(wait=False))
            raise
        wall_s = time.monotonic() - self._started
        return Finished(
            table=table_of(self._sweep, self._store.outcomes),
            computed=self._computed,
            tasks=self._tasks,
            wall_s=wall_s,
            busy_share=self._busy_s / (wall_s * self._engine.width) if self._computed else None,
            notes=tuple(self._store.notes),
        )

    def _send(self) -> bool:
        """Send out as many tasks as are worth it; say whether there was one."""
        before = self._tasks
        self._sizes.width = self._engine.width
        while len(self._out) < self._engine.ahead:
            indices = self._schedule.take(others_out=bool(self._out))
            if not indices:
                break
            points = [(point.index, point.seed, dict(point.changes)) for point in map(self._sweep.point, indices)]
            self._engine.submit(self._tasks, self._task(points))
            self._out[self._tasks] = indices
            self._tasks += 1
        return self._tasks > before

    def _task(self, points: list[Any]) -> Task:
        return Task(
            method=self._sweep.method,
            base=self._base,
            points=points,
            limit_s=self._engine.limit_s,
            versions=self._store.versions,
        )

    def _take(self, answers: Iterable[Answer]) -> None:
        for number, answer in answers:
            indices = self._out.pop(number)
            if answer is None:
                outcomes = self._schedule.died(indices)
            else:
                self._schedule.returned(indices, answer)
                outcomes = answer
            new = self._store.add(outcomes)
            self._computed += len(new)
            self._left -= len(new)
            self._busy_s += sum(outcome[1] for outcome in new)
            self._tell()

    def _tell(self) -> None:
        done, size = self._sweep.size - self._left, self._sweep.size
        failed = self._store.failed
        words = [f"{done:,} of {size:,} points", f"{failed:,} failed" if failed else ""]
        if self._computed:
            left_s = self._left * (time.monotonic() - self._started) / self._computed
            words.append(f"about {left_s:,.0f} s left" if left_s < 120 else f"about {left_s / 60:,.0f} min left")
        self._progress(done / size, ", ".join(filter(None, words)))
