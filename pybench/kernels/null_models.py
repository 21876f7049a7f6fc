"""Random rewirings of a directed graph, and how a graph stands among them. Import from `pybench.kernels.graph`.

A *null model* says what else a graph could have been, given what is kept of it:

* ``preserve="degree"``: the in- and out-degree of every node;
* ``preserve="dyad"``: besides, how many nodes every node is linked with both ways. One-way links are switched with
  one-way links and mutual dyads with mutual dyads; none is made or broken.

Which of the two is asked decides the sign of some answers: under ``degree`` almost no mutual dyads are left, and every
triad class that holds one looks frequent. Ask both.

A chain starts at the graph and makes tries. A try draws two links and exchanges their targets, or, one in sixteen,
turns a directed cycle of three round (for ``dyad`` also the middle of a directed path of three links). It is rejected
where that would make a loop or a second link, and counts all the same: else not all graphs would be equally likely.

For ``degree`` these moves reach every graph of the same degrees (Berger and Mueller-Hannemann, Uniform sampling of
digraphs with a fixed degree sequence, 2010); the exchange of two links alone does not, as a lone directed cycle of
three shows. For ``dyad`` no proof is known to us. By enumeration they reach all digraphs of four nodes; of five nodes
17,275 of the 583,346 sets of graphs with the same degrees fall apart, none of which has more than 12 graphs.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from pybench._native import graph as _native
from pybench.errors import InvalidInputError
from pybench.kernels.digraph import Digraph
from pybench.kernels.inputs import check_count, check_threads, mix_seed
from pybench.kernels.null_model_inputs import check_graph, check_preserve, count_tries, count_tries_of_points
from pybench.kernels.null_model_results import MixingCurve, NullEnsemble

__all__ = ["mixing_curve", "null_ensemble", "rewire"]

MAX_SAMPLES = 10_000_000
#: With a progress callback a call of the native kernel takes about so long: each makes the model anew.
SECONDS_BETWEEN_PROGRESS = 0.5


def rewire(
    graph: Digraph, *, preserve: str = "degree", tries_per_link: float = 5.0, seed: int | tuple[int, ...]
) -> Digraph:
    """Draw a random graph that shares with this one what is preserved.

    Parameters
    ----------
    graph
        Where the chain starts; loops and duplicate links play no part.
    preserve
        ``degree`` or ``dyad``.
    tries_per_link
        Length of the chain: the tries over the links, above 0. The stored networks are mixed after 3; see
        `mixing_curve`.
    seed
        An int or a tuple of ints, none negative.

    Returns
    -------
    Digraph
        On the same nodes, with the same `labels`. It is sample 0 of `null_ensemble` for the same arguments.

    Raises
    ------
    InvalidInputError
        For an argument out of range, a graph with fewer than 2 links, and one with all the links that it can have.

    Notes
    -----
    O(nodes + links + tries). A graph that no try can change (a star) is returned as it is.
    """
    check_graph(graph, counted=False)
    tries = count_tries(tries_per_link, graph.link_count)
    core, _ = _native.rewire(graph._core, check_preserve(preserve), tries, mix_seed(seed))
    return Digraph._of_core(core, graph.labels)


def null_ensemble(
    graph: Digraph,
    *,
    samples: int = 100,
    preserve: str = "degree",
    tries_per_link: float = 5.0,
    seed: int | tuple[int, ...],
    threads: int | None = 1,
    progress: Callable[[float], None] | None = None,
) -> NullEnsemble:
    """Count triads and components of a graph and of random graphs that share with it what is preserved.

    Parameters
    ----------
    graph
        The graph; loops and duplicate links play no part. 3 to 3,810,779 nodes, whose triples 63 bits can count.
    samples
        Random graphs, at least 2. Each is the end of a chain of its own from the graph.
    preserve
        ``degree`` or ``dyad``: see the module.
    tries_per_link
        Length of each chain, above 0.
    seed
        An int or a tuple of ints, none negative. Sample i depends on (seed, i) alone.
    threads
        1 to 1024; None for all cores. The answer is the same for any number.
    progress
        Called with the share of the samples that are done, about twice a second or after each sample.

    Returns
    -------
    NullEnsemble
        The counts of `NULL_STATISTICS`, their mean, standard deviation and z-score, p-values, significance profile.

    Raises
    ------
    InvalidInputError
        For an argument out of range, a graph with fewer than 2 links or 3 nodes, and one with all links it can have.

    Notes
    -----
    O(samples * (tries + census)). Memory: some 70 bytes a link, and 25 for each thread more. Maslov and Sneppen (2002);
    Milo et al., Superfamilies of evolved and designed networks (2004).
    """
    check_graph(graph, counted=True)
    count = check_count("samples", samples, 2, MAX_SAMPLES)
    tries = count_tries(tries_per_link, graph.link_count)
    observed, found, accepted = _run_chains(
        graph, check_preserve(preserve), np.array([tries], dtype=np.uint64), count, seed, threads, progress
    )
    return NullEnsemble(preserve, tries, observed, found[:, 0], accepted / tries)


def mixing_curve(
    graph: Digraph,
    *,
    preserve: str = "degree",
    tries_per_link: Sequence[float] = (0.1, 0.2, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0),
    chains: int = 10,
    seed: int | tuple[int, ...],
    threads: int | None = 1,
    progress: Callable[[float], None] | None = None,
) -> MixingCurve:
    """Follow chains on their way, to see how many tries a null model of this graph needs.

    030T, 201 and `mutual_dyads` are slow ones; a chain is long enough where their curves are flat.

    Parameters
    ----------
    graph
        As in `null_ensemble`.
    preserve
        ``degree`` or ``dyad``.
    tries_per_link
        Where to look, above 0 and ascending.
    chains
        At least 1. Chain i is the one of sample i of `null_ensemble`.
    seed
        An int or a tuple of ints, none negative.
    threads
        1 to 1024; None for all cores. The answer is the same for any number.
    progress
        Called with the share of the chains that are done, about twice a second or after each chain.

    Returns
    -------
    MixingCurve
        The counts of `NULL_STATISTICS` of every chain at every point.

    Raises
    ------
    InvalidInputError
        As `null_ensemble`, and for points that do not ascend.

    Notes
    -----
    O(chains * (tries + points * census)).
    """
    check_graph(graph, counted=True)
    points = count_tries_of_points(tries_per_link, graph.link_count)
    count = check_count("chains", chains, 1, MAX_SAMPLES)
    observed, found, _ = _run_chains(graph, check_preserve(preserve), points, count, seed, threads, progress)
    return MixingCurve(preserve, np.array(tries_per_link, dtype=np.float64), observed, found)


def _run_chains(
    graph: Digraph,
    preserve: str,
    checkpoints: NDArray[np.uint64],
    count: int,
    seed: int | tuple[int, ...],
    threads: int | None,
    progress: Callable[[float], None] | None,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    key, workers = mix_seed(seed), check_threads(threads)
    if progress is None:
        return _native.null_samples(graph._core, preserve, checkpoints, 0, count, key, workers)
    if not callable(progress):
        raise InvalidInputError(f"progress is {progress!r}: it must be callable")
    fewest = workers or os.cpu_count() or 1
    parts, done, block = [], 0, fewest
    while done < count:
        begin = time.perf_counter()
        size = min(block, count - done)
        parts.append(_native.null_samples(graph._core, preserve, checkpoints, done, size, key, workers))
        done += size
        progress(done / count)
        block = max(fewest, int(size * SECONDS_BETWEEN_PROGRESS / max(time.perf_counter() - begin, 1e-6)))
    return parts[0][0], np.concatenate([part[1] for part in parts]), np.concatenate([part[2] for part in parts])
