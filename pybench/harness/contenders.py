"""How rooms declare their contenders: held to a number of threads, in few words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pybench.harness.child_process import ONE_THREAD
from pybench.harness.workload import Contender

__all__ = ["limit_contender", "native_contender", "peer_contender", "reference_contender", "thread_variables"]


def thread_variables(threads: int) -> dict[str, str]:
    """Return the variables that hold libraries to so many threads."""
    return dict.fromkeys(ONE_THREAD, str(threads))


def native_contender(
    identifier: str, run: Any, configuration: str, *, convert: Any = None, threads: int = 1
) -> Contender:
    """Declare a contender of our own. `convert` None: it takes the case."""
    return _declare("native", identifier, run, configuration, convert, thread_variables(threads), threads=threads)


def reference_contender(run: Any, configuration: str) -> Contender:
    """Declare our plain NumPy."""
    return _declare("reference", "reference", run, configuration, None, thread_variables(1))


def peer_contender(
    identifier: str,
    requires: tuple[str, ...],
    run: Any,
    configuration: str,
    *,
    convert: Any = None,
    environment: Mapping[str, str] | None = None,
) -> Contender:
    """Declare a peer, on one thread."""
    variables = {**thread_variables(1), **(environment or {})}
    return _declare("peer", identifier, run, configuration, convert, variables, requires=requires)


def limit_contender(identifier: str, run: Any, configuration: str, *, convert: Any = None) -> Contender:
    """Declare a part of the job that nobody can do without, on one thread."""
    return _declare("limit", identifier, run, configuration, convert, thread_variables(1))


def _declare(
    kind: Any, identifier: str, run: Any, configuration: str, convert: Any, variables: Mapping[str, str], **others: Any
) -> Contender:
    if convert is not None:
        others["convert"] = convert
    return Contender(id=identifier, kind=kind, run=run, configuration=configuration, environment=variables, **others)
