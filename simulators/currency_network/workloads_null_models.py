"""The null models of this room as workloads: one rewired graph, and an ensemble with census and components."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pybench.harness.workload import Contender, ContenderKind, Params, Work, Workload
from simulators.currency_network import peers_null_models as peers
from simulators.currency_network.contenders import (
    convert_to_digraph,
    native_contender,
    peer_contender,
)
from simulators.currency_network.peers_case import Case, make_case

if TYPE_CHECKING:
    from pybench.kernels.graph import Digraph

__all__ = ["NULL_MODEL_WORKLOADS"]


def _point(graph: str, **more: Any) -> Params:
    return {"graph": graph, "tries_per_link": 5.0, **more}


def _rmat(scale: int, **more: Any) -> Params:
    return _point("rmat", scale=scale, edge_factor=8, **more)


def check_rewired(case: Case, answer: Any) -> None:
    """Check one rewired graph; the module that does it is loaded when it is needed."""
    from simulators.currency_network.peers_null_checks import check_rewired as check

    check(case, answer)


def check_rewired_dyads(case: Case, answer: Any) -> None:
    """Check one that keeps mutual dyads."""
    from simulators.currency_network.peers_null_checks import check_rewired_dyads as check

    check(case, answer)


def check_ensemble(case: Case, answer: Any) -> None:
    """Check an ensemble."""
    from simulators.currency_network.peers_null_checks import check_ensemble as check

    check(case, answer)


def convert_to_digraph_and_case(case: Case) -> tuple[Any, Case]:
    """Check and copy the links; the case says how many tries and samples are wanted."""
    return convert_to_digraph(case), case


#: One native try in sixteen is for a turn: with so many more tries it makes as many switches as the peers.
EQUAL_SWITCHES = 16.0 / 15.0
TRIES = "16/15 of the tries, of which one in sixteen is for a turn"


def _tries_per_link(case: Case) -> float:
    return EQUAL_SWITCHES * float(case.params["tries_per_link"])


def _distinct_links(case: Case) -> int:
    graph: Digraph = convert_to_digraph(case)
    return graph.link_count


def run_native_rewire(graph: tuple[Any, Case]) -> Any:
    """Draw one graph of the same degrees."""
    from pybench.kernels.graph import rewire

    return rewire(graph[0], tries_per_link=_tries_per_link(graph[1]), seed=1)


def run_native_rewire_dyads(graph: tuple[Any, Case]) -> Any:
    """Draw one graph of the same degrees and mutual dyads."""
    from pybench.kernels.graph import rewire

    return rewire(graph[0], preserve="dyad", tries_per_link=_tries_per_link(graph[1]), seed=1)


def run_reference_rewire(graph: tuple[Any, Case]) -> Any:
    """Draw the same graph in plain Python."""
    from pybench.kernels.reference.null_models import rewire

    return rewire(graph[0], tries_per_link=_tries_per_link(graph[1]), seed=1)


def run_reference_rewire_dyads(graph: tuple[Any, Case]) -> Any:
    """Draw the same graph in plain Python."""
    from pybench.kernels.reference.null_models import rewire

    return rewire(graph[0], preserve="dyad", tries_per_link=_tries_per_link(graph[1]), seed=1)


def _ensemble(graph: tuple[Any, Case], threads: int) -> Any:
    from pybench.kernels.graph import null_ensemble

    digraph, case = graph
    samples = int(case.params["samples"])
    return null_ensemble(digraph, samples=samples, tries_per_link=_tries_per_link(case), seed=1, threads=threads)


def run_native_ensemble(graph: tuple[Any, Case]) -> Any:
    """Draw and count on one thread."""
    return _ensemble(graph, 1)


def run_native_ensemble_on_two_threads(graph: tuple[Any, Case]) -> Any:
    """Draw and count on two threads."""
    return _ensemble(graph, 2)


def rewire_work(case: Case) -> Work:
    """Count the switches tried. Bytes: each link read (8) and written once (8)."""
    return Work(
        items=case.link_count,
        item="link",
        minimal_bytes=16 * case.link_count,
        operations=round(float(case.params["tries_per_link"]) * _distinct_links(case)),
    )


def ensemble_work(case: Case) -> Work:
    """Count the switches tried for all samples. Bytes: each link read once (8), 25 counts of 8 written a sample."""
    samples = int(case.params["samples"])
    return Work(
        items=samples,
        item="sample",
        minimal_bytes=8 * case.link_count + 25 * 8 * samples,
        operations=round(samples * float(case.params["tries_per_link"]) * _distinct_links(case)),
    )


def _native(
    identifier: str, run: Any, configuration: str, *, kind: ContenderKind = "native", threads: int = 1
) -> Contender:
    return native_contender(
        identifier, run, configuration, convert=convert_to_digraph_and_case, kind=kind, threads=threads
    )


SIZES: Mapping[Any, tuple[Params, ...]] = {
    "quick": (_rmat(10),),
    "standard": (_point("bitcoin_otc"), _point("uc_messages"), _point("pgp_strong_2009")),
    "large": (_rmat(17),),
}

REWIRE = Workload(
    id="rewire",
    revision=1,
    title="One null model of the same degrees, mixed, from an array of links",
    sizes=SIZES,
    make=make_case,
    check=check_rewired,
    work=rewire_work,
    contenders=(
        _native(
            "native",
            run_native_rewire,
            f"pybench.kernels.graph.rewire, {TRIES}, one thread",
        ),
        _native("reference", run_reference_rewire, "the same chain in plain Python", kind="reference"),
        peer_contender(
            "networkit",
            ("networkit", "scipy"),
            peers.convert_to_simple_networkit,
            peers.run_networkit_switching_in_place,
            "EdgeSwitchingInPlace, equal tries per link, without the shuffle that lets directed cycles turn; "
            "GraphFromCsr",
        ),
        peer_contender(
            "networkit_shuffled",
            ("networkit", "scipy"),
            peers.convert_to_simple_networkit,
            peers.run_networkit_switching,
            "EdgeSwitching with degreePreservingShufflePreprocessing, equal tries per link; GraphFromCsr",
        ),
        peer_contender(
            "networkit_curveball",
            ("networkit", "scipy"),
            peers.convert_to_simple_networkit,
            peers.run_networkit_curveball,
            "GlobalCurveball with the shuffle, "
            + ", ".join(f"{rounds} rounds on {name}" for name, rounds in peers.CURVEBALL_ROUNDS.items())
            + ": the fewest of 20, 50, 100, 200, 400 that mixed; GraphFromCsr",
        ),
        peer_contender(
            "igraph",
            ("igraph",),
            peers.convert_to_simple_igraph,
            peers.run_igraph_rewire,
            "Graph.rewire(allowed_edge_types='simple') in place, equal tries per link, its own random numbers, "
            "of a graph made from pairs of Python ints and simplified",
        ),
    ),
)

REWIRE_DYADS = Workload(
    id="rewire_dyads",
    revision=1,
    title="One null model of the same degrees and mutual dyads (none of the libraries raced offers it)",
    sizes=SIZES,
    make=make_case,
    check=check_rewired_dyads,
    work=rewire_work,
    contenders=(
        _native("native", run_native_rewire_dyads, "pybench.kernels.graph.rewire(preserve='dyad'), one thread"),
        _native("reference", run_reference_rewire_dyads, "the same chain in plain Python", kind="reference"),
    ),
)

NULL_ENSEMBLE = Workload(
    id="null_ensemble",
    revision=1,
    title="Null models of the same degrees with triad census and components of each",
    sizes={
        "quick": (_rmat(10, samples=4),),
        "standard": (_point("bitcoin_otc", samples=5), _point("uc_messages", samples=100)),
        "large": (_point("bitcoin_otc", samples=100),),
    },
    make=make_case,
    check=check_ensemble,
    work=ensemble_work,
    contenders=(
        _native(
            "native",
            run_native_ensemble,
            f"pybench.kernels.graph.null_ensemble, all 25 statistics, {TRIES}, one thread",
        ),
        _native(
            "native_2_threads",
            run_native_ensemble_on_two_threads,
            f"pybench.kernels.graph.null_ensemble, all 25 statistics, {TRIES}, two threads",
            threads=2,
        ),
        peer_contender(
            "igraph",
            ("igraph",),
            peers.convert_to_simple_igraph,
            peers.run_igraph_ensemble,
            "for each sample a copy, rewire in place with the library's own random numbers, triad_census, "
            "connected_components strong and weak",
        ),
        peer_contender(
            "assembled",
            ("networkit", "python-graphblas", "suitesparse-graphblas", "scipy"),
            peers.convert_to_simple_networkit,
            peers.run_assembled_ensemble,
            "a smaller job, the 7 closed classes and the components: one chain of NetworKit's EdgeSwitchingInPlace, "
            "GraphBLAS products and SciPy components of its graph after each equal number of tries",
        ),
    ),
)

#: The workloads of this module.
NULL_MODEL_WORKLOADS = (REWIRE, REWIRE_DYADS, NULL_ENSEMBLE)
