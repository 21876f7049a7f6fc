"""Where tasks run: in this process, in processes of this machine (joblib's loky), on a dask cluster.

All three take the same tasks and give the same answers; only this process writes to the sweep's folder.
"""

from __future__ import annotations

import os
import queue
import signal
import sys
import threading
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Iterator
from concurrent.futures import CancelledError
from types import ModuleType
from typing import Any, Protocol, TypeAlias

from pybench.errors import InvalidInputError, MissingError
from pybench.harness.child_process import ONE_THREAD
from pybench.harness.sweep.chunks import LIMIT_S
from pybench.harness.sweep.tasks import Outcome, Task, VersionsDifferError, compute
from pybench.optional import require

__all__ = ["Answer", "ClusterEngine", "Engine", "LocalEngine", "SerialEngine", "choose_engine"]

#: A task's number, and its outcomes; None where the process that had it died.
Answer: TypeAlias = tuple[int, list[Outcome] | None]

#: How long is waited for the scheduler and for the first worker.
CONNECT_S = 10.0
WORKERS_S = 30.0


class Engine(Protocol):
    """What runs tasks."""

    width: int
    """Tasks that run at a time."""
    ahead: int
    """Tasks that are worth being out at a time."""
    most: int
    """Points that a task may have."""
    limit_s: float
    """How long a task may go on before it comes back."""

    def submit(self, number: int, task: Task) -> None:
        """Send a task out."""

    def completed(self, *, wait: bool = True) -> Iterator[Answer]:
        """Yield the answers that are there; with `wait` at least one, or none after a second.

        Raises
        ------
        MissingError
            Where the workers cannot be used.
        """

    def close(self) -> None:
        """Stop what still runs, as far as it can be stopped."""


class SerialEngine:
    """The process of the caller, point after point."""

    width = ahead = 1
    most = 1_000
    limit_s = 0.05  # what is lost when this process is killed

    def __init__(self) -> None:
        self._tasks: deque[tuple[int, Task]] = deque()

    def submit(self, number: int, task: Task) -> None:
        """Keep the task until an answer is asked for."""
        self._tasks.append((number, task))

    def completed(self, *, wait: bool = True) -> Iterator[Answer]:
        """Run a task."""
        if wait and self._tasks:
            number, task = self._tasks.popleft()
            yield number, compute(task)

    def close(self) -> None:
        """Do nothing: nothing runs beside."""


class _FuturesEngine(ABC):
    """What joblib and dask have in common: futures that tell when they are done, in whatever thread."""

    most = 100_000
    limit_s = LIMIT_S

    def __init__(self) -> None:
        self._done: queue.SimpleQueue[tuple[int, Any]] = queue.SimpleQueue()

    def completed(self, *, wait: bool = True) -> Iterator[Answer]:
        """Yield the answers that are there; with `wait` at least one, or none after a second."""
        try:
            number, done = self._done.get(block=wait, timeout=1.0)
            while True:
                yield number, self._answer(done)
                number, done = self._done.get_nowait()
        except queue.Empty:
            self._check()

    @abstractmethod
    def _answer(self, done: Any) -> list[Outcome] | None:
        """Return what a finished task found; None where it was lost with its process."""

    @abstractmethod
    def _check(self) -> None:
        """Raise where no answer can come any more."""


class LocalEngine(_FuturesEngine):
    """Processes of this machine, each with one thread for the libraries inside.

    Parameters
    ----------
    jobs
        Processes; 0 for one a core that this process may use.
    """

    def __init__(self, jobs: int) -> None:
        super().__init__()
        self._loky = _joblib()
        self.width = jobs or len(os.sched_getaffinity(0))
        self.ahead = 2 * self.width
        self._pool: Any = None

    def submit(self, number: int, task: Task) -> None:
        """Send a task out; to a new pool where the old one lost a process."""
        if self._pool is None:
            self._pool = self._loky.ProcessPoolExecutor(
                max_workers=self.width, initializer=_begin_worker, initargs=(os.getpid(),), env=ONE_THREAD
            )
        pool = self._pool
        try:
            future = pool.submit(compute, task)
        except self._loky.BrokenProcessPool:  # it broke just now
            self._done.put((number, (pool, None)))
        else:
            future.add_done_callback(lambda done: self._done.put((number, (pool, done))))

    def _check(self) -> None:
        """Do nothing: a pool that has lost a process says so in its answers."""

    def _answer(self, done: Any) -> list[Outcome] | None:
        pool, future = done
        try:
            if future is not None:
                outcomes: list[Outcome] = future.result()
                return outcomes
        except self._loky.BrokenProcessPool:
            pass
        except VersionsDifferError as error:
            raise MissingError(str(error)) from None
        pool.shutdown(wait=False, kill_workers=True)
        self._pool = None if self._pool is pool else self._pool
        return None

    def close(self) -> None:
        """Kill the processes."""
        if self._pool is not None:
            self._pool.shutdown(wait=True, kill_workers=True)
            self._pool = None


class ClusterEngine(_FuturesEngine):
    """The workers of a dask scheduler that runs already.

    Parameters
    ----------
    address
        For example ``tcp://10.0.0.5:8786``.
    """

    def __init__(self, address: str) -> None:
        super().__init__()
        self._distributed = require("distributed", extra="cluster")
        self._address = address
        if "://" not in address:
            raise InvalidInputError(f"cluster is {address!r}: it must be a scheduler's address, as tcp://HOST:PORT")
        try:
            self._client = self._distributed.Client(address, timeout=CONNECT_S, set_as_default=False)
        except (OSError, ValueError) as error:
            raise MissingError(f"cluster is {address!r}: no scheduler answers there ({_first_line(error)})") from None
        try:
            self._client.wait_for_workers(1, timeout=WORKERS_S)
        except TimeoutError:
            self._client.close()
            raise MissingError(f"cluster is {address!r}: it has no worker; start one: dask worker {address}") from None
        self._futures: dict[int, Any] = {}
        self._looked = 0.0
        self._look()

    def _look(self) -> None:
        """Count the workers: some may have come or gone."""
        if time.monotonic() - self._looked > 5.0:
            self.width = max(1, sum(self._client.nthreads().values()))
            self.ahead = 2 * self.width
            self._looked = time.monotonic()

    def submit(self, number: int, task: Task) -> None:
        """Send a task out. dask itself gives it to another worker when one dies, three times."""
        future = self._futures[number] = self._client.submit(compute, task, pure=False)
        future.add_done_callback(lambda done: self._done.put((number, done)))

    def completed(self, *, wait: bool = True) -> Iterator[Answer]:
        """Yield the answers that are there; with `wait` at least one, or none after a second."""
        for number, outcomes in super().completed(wait=wait):
            del self._futures[number]
            yield number, outcomes
        if wait:
            self._look()

    def _answer(self, done: Any) -> list[Outcome] | None:
        try:
            outcomes: list[Outcome] = done.result()
        except self._distributed.KilledWorker:
            return None
        except (CancelledError, self._distributed.CancelledError):  # a worker died before it sent what it had
            self._check()
            return None
        except VersionsDifferError as error:
            raise MissingError(f"cluster is {self._address!r}: {error}; install the same there") from None
        except (ImportError, InvalidInputError) as error:
            raise MissingError(f"cluster is {self._address!r}: a worker lacks something: {error}") from None
        return outcomes

    def _check(self) -> None:
        if self._client.status != "running":
            raise MissingError(
                f"cluster is {self._address!r}: its scheduler is lost; what is done is kept, use --resume"
            )

    def close(self) -> None:
        """Cancel what waits and leave; a worker ends the task that it is at."""
        if self._client.status == "running":
            self._client.cancel(list(self._futures.values()))
        self._client.close()


def choose_engine(jobs: int | None, cluster: str | None) -> Engine:
    """Return the engine that is asked for; this process where none is.

    Raises
    ------
    InvalidInputError
        For both, or fewer than 0 jobs.
    MissingError
        For a package that is not installed, or a cluster that cannot be reached or has no worker.
    """
    if jobs is not None and cluster is not None:
        raise InvalidInputError(f"jobs is {jobs} and cluster {cluster!r}: they exclude each other")
    if cluster is not None:
        return ClusterEngine(cluster)
    if jobs is None:
        return SerialEngine()
    if jobs < 0:
        raise InvalidInputError(f"jobs is {jobs}: it must be at least 0 (0: one a core)")
    return LocalEngine(jobs)


def _joblib() -> ModuleType:
    require("joblib", extra="sweep")
    return require("joblib.externals.loky.process_executor", extra="sweep")


def _begin_worker(parent: int) -> None:
    """Set a process up: Ctrl-C is the parent's affair, what is printed is no output, and none outlives the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.stdout = sys.stderr
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
