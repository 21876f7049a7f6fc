"""How the contenders of this room are declared: one thread or two, our kernels on a Digraph, peers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pybench.harness.contenders import thread_variables
from pybench.harness.workload import Contender, ContenderKind

if TYPE_CHECKING:
    from pybench.kernels.graph import Digraph
    from simulators.currency_network.peers_case import Case

__all__ = ["ONE_THREAD", "TWO_THREADS", "convert_to_digraph", "native_contender", "peer_contender"]

#: Variables that hold the libraries to one thread.
ONE_THREAD: Mapping[str, str] = thread_variables(1)
#: The same for two that sleep while they wait.
TWO_THREADS: Mapping[str, str] = {**thread_variables(2), "OMP_WAIT_POLICY": "passive"}


def convert_to_digraph(case: Case) -> Digraph:
    """Check and copy the links."""
    from pybench.kernels.graph import Digraph

    return Digraph(case.source, case.target, case.node_count)


def native_contender(
    identifier: str,
    run: Any,
    configuration: str,
    *,
    convert: Any = convert_to_digraph,
    kind: ContenderKind = "native",
    threads: int = 1,
) -> Contender:
    """Declare a contender of our own."""
    return Contender(
        id=identifier,
        kind=kind,
        convert=convert,
        run=run,
        configuration=configuration,
        threads=threads,
        environment=ONE_THREAD if threads == 1 else TWO_THREADS,
    )


def peer_contender(
    identifier: str,
    requires: tuple[str, ...],
    convert: Any,
    run: Any,
    configuration: str,
    threads: int = 1,
) -> Contender:
    """Declare a peer."""
    return Contender(
        id=identifier,
        kind="peer",
        requires=requires,
        convert=convert,
        run=run,
        configuration=configuration,
        threads=threads,
        environment=ONE_THREAD if threads == 1 else TWO_THREADS,
    )
