"""What the graph kernels do to their process: threads side by side, Ctrl-C, signals, memory."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pybench import _native
from pybench.errors import InvalidInputError
from pybench.kernels.graph import (
    Digraph,
    bow_tie,
    mixing_curve,
    null_ensemble,
    rewire,
    rmat,
    strong_components,
    triad_census,
    weak_components,
)

pytestmark = pytest.mark.native

#: Seconds within which a kernel must give way to a signal.
PATIENCE = 0.5


def everything(graph: Digraph) -> list[Any]:
    census = triad_census(graph, by_node=True, threads=2)
    strong, weak, tie = strong_components(graph), weak_components(graph), bow_tie(graph)
    arrays = [census.by_node, strong.labels, strong.sizes, weak.labels, weak.sizes, tie.position]
    return [dict(census), tie.counts, repr(graph), *(array.tolist() for array in (*arrays, graph.source, graph.target))]


def test_eight_threads_on_one_digraph() -> None:
    links = rmat(12, 8, 1)
    expected = everything(Digraph(*links))
    for _ in range(3):
        graph = Digraph(*links)  # fresh: its adjacency is built by whoever comes first
        start = threading.Barrier(8)

        def work(_: int, graph: Digraph = graph, start: threading.Barrier = start) -> list[Any]:
            start.wait()
            return everything(graph)

        with ThreadPoolExecutor(8) as pool:
            assert all(answer == expected for answer in pool.map(work, range(8)))


@pytest.fixture(scope="module")
def large() -> Digraph:
    """A graph whose census takes seconds."""
    return Digraph(*rmat(20, 16, 1, threads=2))


class AlarmError(Exception):
    """What the test's signal handler raises."""


@pytest.fixture
def alarm() -> Iterator[Callable[[float, Callable[[], None]], None]]:
    """Set a handler and a timer for SIGALRM; both are undone."""
    if not hasattr(signal, "SIGALRM"):
        pytest.skip("this system has no SIGALRM")
    before = signal.getsignal(signal.SIGALRM)

    def arm(seconds: float, action: Callable[[], None]) -> None:
        signal.signal(signal.SIGALRM, lambda *_: action())
        signal.setitimer(signal.ITIMER_REAL, seconds)

    yield arm
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


@pytest.mark.slow
@pytest.mark.parametrize("options", [{"threads": 1}, {"threads": 2}, {"by_node": True}], ids=str)
def test_a_handler_that_raises_stops_the_census(options: dict[str, Any], large: Digraph, alarm: Any) -> None:
    rung = []

    def ring() -> None:
        rung.append(time.monotonic())
        raise AlarmError

    alarm(0.2, ring)
    start = time.monotonic()
    with pytest.raises(AlarmError):
        triad_census(large, **options)
    stopped = time.monotonic()
    assert stopped - start < 0.2 + PATIENCE
    assert stopped - rung[0] < PATIENCE


@pytest.mark.slow
@pytest.mark.parametrize("preserve", ["degree", "dyad"])
@pytest.mark.parametrize(("threads", "samples"), [(1, 4), (2, 4), (2, 3)])
def test_a_handler_that_raises_stops_an_ensemble(
    preserve: str, threads: int, samples: int, large: Digraph, alarm: Any
) -> None:
    """Wherever it is: in making the model, in a chain, in a census, or when one thread waits for the other's chain."""
    links = large.link_count
    for seconds in (0.1, 1.5, 3.0):
        rung = []

        def ring(rung: list[float] = rung) -> None:
            rung.append(time.monotonic())
            raise AlarmError

        alarm(seconds, ring)
        with pytest.raises(AlarmError):
            null_ensemble(large, samples=samples, preserve=preserve, tries_per_link=20.0, seed=1, threads=threads)
        assert time.monotonic() - rung[0] < PATIENCE
    assert large.link_count == links


def test_a_thread_that_waits_for_another_still_listens(random_digraph: Any, alarm: Any) -> None:
    """Of three chains two threads run one each, then one alone: mostly the entering thread has nothing left to do."""
    graph = random_digraph(20_000, 200_000)
    for seconds in (0.6, 1.0, 1.4, 1.8):
        rung = []

        def ring(rung: list[float] = rung) -> None:
            rung.append(time.monotonic())
            raise AlarmError

        alarm(seconds, ring)
        with pytest.raises(AlarmError):
            mixing_curve(graph, tries_per_link=(2000.0,), chains=3, seed=1, threads=2)
        assert time.monotonic() - rung[0] < PATIENCE


def test_a_handler_that_does_not_raise_changes_nothing(alarm: Any) -> None:
    graph = Digraph(*rmat(16, 16, 1))
    rung = []
    expected = triad_census(graph)
    alarm(0.01, lambda: rung.append(1))
    assert triad_census(graph) == expected
    for _ in range(50):
        if rung:
            break
        time.sleep(0.01)
    assert rung == [1]


@pytest.mark.slow
def test_other_threads_run_meanwhile(large: Digraph) -> None:
    worker = threading.Thread(target=triad_census, args=(large,))
    worker.start()
    ticks = 0
    deadline = time.monotonic() + 0.3
    while worker.is_alive() and time.monotonic() < deadline:
        time.sleep(0.001)
        ticks += 1
    assert worker.is_alive()
    assert ticks > 20
    worker.join()


SCRIPT = """
import sys, time
from pybench.kernels.graph import Digraph, rmat, triad_census
graph = Digraph(*rmat(20, 16, 1))
for threads in (1, 2):
    try:
        print("ready", flush=True)
        triad_census(graph, threads=threads)
        print("done", flush=True)
    except KeyboardInterrupt:
        print(time.monotonic(), flush=True)
print("ready", flush=True)
triad_census(graph)
"""


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="SIGINT is sent as POSIX systems do")
def test_control_c() -> None:
    child = subprocess.Popen([sys.executable, "-c", SCRIPT], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    with child:
        assert child.stdout is not None
        assert child.stderr is not None

        def interrupt() -> float:
            assert child.stdout is not None
            assert child.stdout.readline() == "ready\n"
            time.sleep(0.3)
            sent = time.monotonic()
            child.send_signal(signal.SIGINT)
            return sent

        for _ in range(2):
            sent = interrupt()
            assert float(child.stdout.readline()) - sent < PATIENCE
        interrupt()
        assert child.wait(timeout=10) == -signal.SIGINT
        assert child.stderr.read().rstrip().endswith("KeyboardInterrupt")


MEDDLE = """
import threading, time
import numpy as np
from pybench.errors import InvalidInputError
from pybench.kernels.graph import Digraph, weak_components
source, target = np.zeros(4096, np.int64), np.ones(4096, np.int64)
end = time.monotonic() + 3
def meddle():
    while time.monotonic() < end:
        source[:] = 2**29
        source[:] = 0
threading.Thread(target=meddle).start()
while time.monotonic() < end:
    try:
        weak_components(Digraph(source, target, 10))
    except InvalidInputError:
        pass
"""


@pytest.mark.slow
def test_ids_that_another_thread_changes_are_checked_all_the_same() -> None:
    child = subprocess.run([sys.executable, "-c", MEDDLE], capture_output=True, text=True, timeout=60, check=False)
    assert (child.returncode, child.stderr) == (0, "")


def resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="resident memory is read from /proc")
@pytest.mark.skipif(
    "address" in _native.build_info()["sanitizers"], reason="AddressSanitizer keeps freed memory and finds leaks itself"
)
def test_no_leak_in_a_thousand_calls(random_digraph: Any) -> None:
    graph = random_digraph(2000, 4000)
    source, target = graph.source.astype(np.int64), graph.target.astype(np.int64)
    bad = source.copy()
    bad[-1] = 5000

    def use() -> None:
        fresh = Digraph(source, target, 2000)
        triad_census(fresh, by_node=True)
        for kernel in (strong_components, weak_components, bow_tie):
            kernel(fresh)
        for preserve in ("degree", "dyad"):
            rewire(fresh, preserve=preserve, tries_per_link=0.1, seed=1)
            null_ensemble(fresh, preserve=preserve, samples=2, tries_per_link=0.1, seed=1)
        assert len(fresh.source) == graph.link_count
        rmat(8, 8, 1)
        with pytest.raises(InvalidInputError):
            Digraph(bad, target, 2000)

    for _ in range(100):
        use()
    gc.collect()
    before = resident_bytes()
    for _ in range(1000):
        use()
    gc.collect()
    # One lost label array of int32 in each call would be 8 MB.
    assert resident_bytes() - before < 4e6
