"""A stranger's method that counts its own simulations, and ways to sweep it."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pybench.harness import registry
from pybench.harness.sweep import Sweep

PLUGIN = Path(__file__).parent / "plugin"

Start = Callable[..., subprocess.Popen[str]]


def _forget() -> None:
    registry.methods.cache_clear()
    for name in [name for name in sys.modules if name.partition(".")[0] == "swept"]:
        del sys.modules[name]


@pytest.fixture(scope="module")
def counted_path() -> Iterator[Path]:
    """Put the plug-in on the path of this process and of every one it starts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(PLUGIN)
        patch.setenv("PYTHONPATH", str(PLUGIN))
        _forget()
        yield PLUGIN
    _forget()


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "log"


@pytest.fixture
def counted(counted_path: Path, log: Path) -> Callable[..., Sweep]:
    """Make a sweep of the counting method; what is no argument of a sweep is a field of its base Config."""

    def make(**options: Any) -> Sweep:
        config_type = importlib.import_module("swept.counted").Config
        fields = {name: options.pop(name) for name in list(options) if name in config_type.__dataclass_fields__}
        return Sweep(**{"method": "counted", "base": config_type(log=str(log), **fields), **options})

    return make


@pytest.fixture
def simulated(log: Path) -> Callable[..., list[int]]:
    """Read which points were simulated so far, by the index in their seed; `what` is start or end."""

    def read(what: str = "start") -> list[int]:
        lines = log.read_text().splitlines() if log.exists() else []
        parts = [line.split("|") for line in lines]
        return [int(seed.strip("()").split(", ")[1]) for seed, _, kind in parts if kind == what]

    return read


@pytest.fixture
def start_sweep(counted_path: Path, tmp_path: Path, log: Path) -> Iterator[Start]:
    """Start ``pybench sweep counted`` in a process group of its own, in the test's folder."""
    started = []

    def start(*arguments: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "pybench", "sweep", "counted", "--set", f"log={log}", "--out", "o", *arguments],
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            env=dict(os.environ),
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.fixture(scope="session")
def patient() -> Callable[[Callable[[], bool]], None]:
    """Wait until something is so; fail after 30 seconds."""

    def wait(condition: Callable[[], bool]) -> None:
        patience = time.monotonic() + 30.0
        while not condition():
            assert time.monotonic() < patience, "it did not come about"
            time.sleep(0.01)

    return wait
