"""What the tests of the graph kernels share: every implementation, random and ugly links, real data."""

from __future__ import annotations

import csv
import gzip
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st

from pybench import _native
from pybench.kernels import graph as native_graph
from pybench.kernels.graph import Digraph
from pybench.kernels.reference import graph as reference_graph

# Every property runs once for each implementation; on a shared machine no single example has a deadline.
settings.register_profile("kernels", deadline=None, max_examples=50)
settings.load_profile("kernels")

SIMD_PATHS = ("portable", "avx2", "avx512")
THREADED = ("triad_census", "rmat")


@contextmanager
def forced_simd(path: str) -> Iterator[None]:
    before = os.environ.get("PYBENCH_SIMD")
    os.environ["PYBENCH_SIMD"] = path
    try:
        yield
    finally:
        if before is None:
            del os.environ["PYBENCH_SIMD"]
        else:
            os.environ["PYBENCH_SIMD"] = before


@dataclass(frozen=True)
class Implementation:
    """One way to run the kernels: ``implementation("triad_census", graph, by_node=True)``."""

    module: ModuleType
    simd: str
    threads: int

    def __call__(self, function: str, *arguments: Any, **options: Any) -> Any:
        if function in THREADED:
            options["threads"] = self.threads
        with forced_simd(self.simd):
            return getattr(self.module, function)(*arguments, **options)

    def __str__(self) -> str:
        name = "reference" if self.module is reference_graph else self.simd
        return f"{name}-{self.threads}"


def machine_paths() -> tuple[str, ...]:
    return SIMD_PATHS[: SIMD_PATHS.index(_native.build_info()["simd_best"]) + 1]


@pytest.fixture(scope="module", params=machine_paths())
def simd_path(request: pytest.FixtureRequest) -> Iterator[str]:
    """Run the test on each SIMD path of this machine."""
    with forced_simd(request.param):
        yield request.param


REFERENCE = Implementation(reference_graph, "portable", 1)
NATIVE = [Implementation(native_graph, path, threads) for path in machine_paths() for threads in (1, 2, 3)]


@pytest.fixture(scope="session", params=[REFERENCE, *NATIVE], ids=str)
def implementation(request: pytest.FixtureRequest) -> Implementation:
    """The reference, and the native kernels on each SIMD path of this machine with 1, 2 and 3 threads."""
    return request.param


@pytest.fixture(scope="session", params=[REFERENCE, *[each for each in NATIVE if each.threads == 1]], ids=str)
def serial(request: pytest.FixtureRequest) -> Implementation:
    """As `implementation` with one thread: for kernels without threads, and properties that threads cannot touch."""
    return request.param


@pytest.fixture(scope="session", params=NATIVE, ids=str)
def native(request: pytest.FixtureRequest) -> Implementation:
    """The native ones alone, for graphs that the reference is too slow for."""
    return request.param


@pytest.fixture(scope="session", params=[each for each in NATIVE if each.threads == 1], ids=str)
def native_serial(request: pytest.FixtureRequest) -> Implementation:
    """As `native` with one thread: a kernel without threads would run the same thing three times."""
    return request.param


@st.composite
def _digraphs(draw: st.DrawFn, max_nodes: int = 12) -> Digraph:
    """Small graphs as they come: loops, duplicates, both directions, isolated nodes, none at all."""
    node_count = draw(st.integers(0, max_nodes))
    if node_count == 0:
        return Digraph([], [], 0)
    node = st.integers(0, node_count - 1)
    links = draw(st.lists(st.tuples(node, node), max_size=4 * node_count))
    if links and draw(st.booleans()):
        links += [link[::-1] for link in draw(st.lists(st.sampled_from(links), max_size=20))]
    pairs = np.array(links, dtype=draw(st.sampled_from([np.int8, np.uint64, np.int32]))).reshape(-1, 2)
    return Digraph(pairs[:, 0], pairs[:, 1], node_count)


@pytest.fixture(scope="session")
def digraphs() -> Callable[..., st.SearchStrategy[Digraph]]:
    """Make the strategy of small graphs: ``data.draw(digraphs())``."""
    return _digraphs


@pytest.fixture(scope="session")
def random_digraph() -> Callable[..., Digraph]:
    """Draw a graph of uniform links, a share of them repeated backwards; the same object for the same arguments."""

    @cache
    def draw(node_count: int, link_count: int, *, mutual: float = 0.3, seed: int = 0) -> Digraph:
        generator = np.random.default_rng([node_count, link_count, seed])
        source, target = generator.integers(0, node_count, (2, link_count))
        back = generator.random(link_count) < mutual
        return Digraph(np.concatenate([source, target[back]]), np.concatenate([target, source[back]]), node_count)

    return draw


@pytest.fixture(scope="session")
def real_digraph() -> Callable[[str], Digraph]:
    """Load a real graph of the currency-network data by name; skip where it is not on this machine."""
    loaded: dict[str, Digraph] = {}

    def load(name: str) -> Digraph:
        if name in loaded:
            return loaded[name]
        folder = os.environ.get("PYBENCH_DATA")
        if not folder:
            pytest.skip("real data: PYBENCH_DATA is not set")
        path = Path(folder) / "currency_network" / f"{name}.csv.gz"
        if not path.exists():
            pytest.skip(f"real data: {name}.csv.gz is not in PYBENCH_DATA/currency_network")
        with gzip.open(path, "rt", newline="") as lines:
            rows = [(int(row["source"]), int(row["target"])) for row in csv.DictReader(lines)]
        pairs = np.array(rows, dtype=np.int64)
        loaded[name] = Digraph.from_links(pairs[:, 0], pairs[:, 1])
        return loaded[name]

    return load
