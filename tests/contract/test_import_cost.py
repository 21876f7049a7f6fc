"""Importing pybench or a room costs less than 1.5 times what importing NumPy costs."""

from __future__ import annotations

import functools
import subprocess
import sys

import pytest

from pybench.harness.registry import methods

TRIES = 5
LIMIT = 1.5
#: Prints the processor time of an import, which a busy machine leaves nearly as it is, and what is loaded after it.
CODE = """
import sys, time
started = time.process_time()
import {module}
print(time.process_time() - started, *sys.modules)
"""
MODULES = ["pybench", "simulators", "pybench.harness", *(method.module for method in methods().values())]


def _import(module: str) -> tuple[float, set[str]]:
    done = subprocess.run(
        [sys.executable, "-c", CODE.format(module=module)], capture_output=True, text=True, check=True
    )
    seconds, *loaded = done.stdout.split()
    return float(seconds), {name.partition(".")[0] for name in loaded}


@functools.cache
def _loaded_by_numpy() -> set[str]:
    return _import("numpy")[1]


@pytest.mark.alone
@pytest.mark.parametrize("module", MODULES)
def test_an_import_costs_little(module: str) -> None:
    pairs = [(_import(module)[0], _import("numpy")[0]) for _ in range(TRIES)]
    ours, numpys = (min(times) for times in zip(*pairs, strict=True))
    assert ours < LIMIT * numpys, f"import {module}: {ours:.3f} s of processor time, import numpy: {numpys:.3f} s"


@pytest.mark.parametrize("module", MODULES)
def test_an_import_loads_nothing_heavy(module: str) -> None:
    loaded = _import(module)[1] - _loaded_by_numpy() - sys.stdlib_module_names
    assert loaded <= {"pybench", "simulators"}
