"""What holds for every run of the tests, on one process or, under pytest-xdist, on many."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from pybench.build_info import build_info

#: Set by `make sanitize`: what the core must have been built with, in this process and in every worker.
EXPECTED = "PYBENCH_EXPECTED_SANITIZERS"


def pytest_configure() -> None:
    expected, found = os.environ.get(EXPECTED), build_info()["sanitizers"]
    if expected not in (None, found):
        raise pytest.UsageError(f"{EXPECTED} is {expected!r}, but the core that was found has {found!r}")


@contextmanager
def _locked(path: Path, *, alone: bool = True) -> Iterator[None]:
    import fcntl

    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        try:
            yield
        finally:
            fcntl.flock(file, fcntl.LOCK_UN)


@contextmanager
def _turn(folder: Path, *, alone: bool) -> Iterator[None]:
    """Share the machine with the other workers, or wait until they pause and have it alone."""
    with ExitStack() as room:
        with _locked(folder / "gate.lock"):  # held while one waits, so that nobody slips past it
            room.enter_context(_locked(folder / "room.lock", alone=alone))
        yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Run a test that is marked `alone` when no other worker runs one, fixtures included."""
    if not hasattr(item.config, "workerinput"):
        return (yield)
    folder = item.config._tmp_path_factory.getbasetemp().parent
    with _turn(folder, alone=item.get_closest_marker("alone") is not None):
        return (yield)
