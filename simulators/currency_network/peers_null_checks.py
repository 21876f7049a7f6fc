"""What the answers of the races of null models are held against: degrees kept, and a chain that has mixed."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pybench.errors import CheckFailedError
from pybench.kernels.graph import (
    NULL_STATISTICS,
    Digraph,
    NullEnsemble,
    null_ensemble,
    rewire,
    triad_census,
)
from simulators.currency_network.peers_case import Case
from simulators.currency_network.peers_null_models import links_of

__all__ = ["check_ensemble", "check_rewired", "check_rewired_dyads"]

#: Standard deviations that an answer may lie from the equilibrium. Of a mixed chain about one in 10^5 goes beyond, the
#: equilibrium being known from REFERENCE_SAMPLES chains four times as long as the races'.
BAND = 6.0
REFERENCE_SAMPLES = 40
REFERENCE_TRIES_PER_LINK = 20.0
#: The statistics that settle last.
SLOW = ("030T", "201", "mutual_dyads")


def _require(condition: object, text: str) -> None:
    if not condition:
        raise CheckFailedError(text)


@lru_cache(maxsize=2)
def _equilibrium(case: Case, preserve: str) -> NullEnsemble:
    return null_ensemble(
        Digraph(case.source, case.target, case.node_count),
        samples=REFERENCE_SAMPLES,
        preserve=preserve,
        tries_per_link=REFERENCE_TRIES_PER_LINK,
        seed=(20_240_913, 1),
    )


@lru_cache(maxsize=2)
def _links_left(case: Case, preserve: str) -> int:
    """Return how many links are there again after a long chain."""
    graph, n = Digraph(case.source, case.target, case.node_count), case.node_count
    after = rewire(graph, preserve=preserve, tries_per_link=REFERENCE_TRIES_PER_LINK, seed=(20_240_913, 2))
    return int(np.isin(_keys(after, n), _keys(graph, n), assume_unique=True).sum())


def _keys(graph: Any, node_count: int) -> NDArray[np.int64]:
    source, target = (graph.source, graph.target) if isinstance(graph, Digraph) else links_of(graph)
    return np.sort(np.asarray(source, dtype=np.int64) * node_count + target)


def check_rewired(case: Case, answer: Any) -> None:
    """Check one rewired graph: simple, the degrees of the case's distinct links, and mixed.

    Mixed means that 030T, 201, mutual dyads and the links that are still there lie within six standard deviations of
    long chains.

    Raises
    ------
    CheckFailedError
        Naming what differs.
    """
    _check(case, answer[0] if isinstance(answer, tuple) else answer, "degree")


def check_rewired_dyads(case: Case, answer: Any) -> None:
    """Check a graph that must keep the mutual dyads of every node, too."""
    _check(case, answer, "dyad")


def _check(case: Case, graph: Any, preserve: str) -> None:
    n = case.node_count
    before = _keys(Digraph(case.source, case.target, n), n)
    after = _keys(graph, n)
    _require(len(after) == len(before), f"{len(after)} links: there were {len(before)} distinct ones")
    _require((np.diff(after) > 0).all(), "a link is there twice")
    _require((after // n != after % n).all(), "a link goes from a node to itself")
    for name, ends, ends_before in (("out", after // n, before // n), ("in", after % n, before % n)):
        same = np.array_equal(np.bincount(ends, minlength=n), np.bincount(ends_before, minlength=n))
        _require(same, f"{name}-degrees have changed")
    mutual = _mutual_dyads(after, n)
    if preserve == "dyad":
        _require(np.array_equal(mutual, _mutual_dyads(before, n)), "a node has another number of mutual dyads")
    same, long_chain = np.isin(after, before, assume_unique=True).sum(), _links_left(case, preserve)
    _require(
        same <= long_chain + BAND * np.sqrt(2.0 * long_chain + 1.0),
        f"{same} links are where they were: after a long chain {long_chain}; not mixed",
    )
    census = triad_census(Digraph(after // n, after % n, n))
    expected = _equilibrium(case, preserve)
    for name in SLOW:
        value = int(mutual.sum()) // 2 if name == "mutual_dyads" else census[name]
        _compare(expected, name, np.array([value]))


def _mutual_dyads(keys: NDArray[np.int64], node_count: int) -> NDArray[np.int64]:
    """Return int64 [node_count]: the mutual dyads of each node, of links as keys."""
    both = np.isin(keys % node_count * node_count + keys // node_count, keys, assume_unique=True)
    return np.bincount(keys[both] // node_count, minlength=node_count).astype(np.int64)


def check_ensemble(case: Case, answer: Any) -> None:
    """Check an ensemble: as many samples as asked for, and each statistic's mean within the noise of long chains.

    Raises
    ------
    CheckFailedError
        Naming the statistic.
    """
    values = answer
    if isinstance(answer, NullEnsemble):
        values = {name: answer.samples[:, index] for index, name in enumerate(NULL_STATISTICS)}
    expected = _equilibrium(case, "degree")
    for name, samples in values.items():
        _require(len(samples) == int(case.params["samples"]), f"{name} has {len(samples)} samples")
        _compare(expected, name, np.asarray(samples))


def _compare(expected: NullEnsemble, name: str, samples: NDArray[np.int64]) -> None:
    index = NULL_STATISTICS.index(name)
    mean, spread = float(expected.mean[index]), float(expected.standard_deviation[index])
    found = float(np.mean(samples - expected.samples[0, index]) + expected.samples[0, index])
    # Where long chains hardly ever differ, half a count is no difference either.
    band = max(0.5, BAND * spread * float(np.sqrt(1 / len(samples) + 1 / REFERENCE_SAMPLES)))
    _require(
        abs(found - mean) <= band,
        f"{name} is {found:.6g} on the average of {len(samples)}: long chains say {mean:.6g}, give or take {band:.3g}; "
        "not mixed, or not uniform",
    )
