"""Checks of what the null models are given; private to `pybench.kernels.graph` and its reference."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from pybench.errors import InvalidInputError
from pybench.kernels.digraph import Digraph

__all__ = ["PRESERVED", "check_graph", "check_preserve", "count_tries", "count_tries_of_points"]

#: What a null model may keep of a graph.
PRESERVED: tuple[str, ...] = ("degree", "dyad")

#: More is no use: the stored networks are mixed after 3.
MAX_TRIES_PER_LINK = 1e6


def check_preserve(preserve: str) -> str:
    """Return what is to be kept, or refuse it."""
    if preserve not in PRESERVED:
        raise InvalidInputError(f"preserve is {preserve!r}: it must be one of {', '.join(map(repr, PRESERVED))}")
    return preserve


def check_graph(graph: Digraph, *, counted: bool) -> Digraph:
    """Return a graph that can be rewired, and whose statistics can be counted where they are to be."""
    if not isinstance(graph, Digraph):
        raise InvalidInputError(f"graph is of type {type(graph).__name__}: it must be a Digraph")
    nodes, links = graph.node_count, graph.link_count
    if links < 2:
        raise InvalidInputError(f"graph has {links} links: rewiring needs at least 2")
    if links == nodes * (nodes - 1):
        raise InvalidInputError(f"graph has all {links} links that {nodes} nodes can have: it has no other wiring")
    if counted and nodes < 3:
        raise InvalidInputError(f"graph has {nodes} nodes: triads need at least 3")
    return graph


def count_tries(tries_per_link: float, link_count: int, name: str = "tries_per_link") -> int:
    """Return the number of tries, the factor's exact binary value times the links rounded up, or refuse the factor."""
    if isinstance(tries_per_link, bool) or not isinstance(tries_per_link, (int, float, np.integer, np.floating)):
        raise InvalidInputError(f"{name} is {tries_per_link!r}: it must be a number")
    if not 0.0 < tries_per_link <= MAX_TRIES_PER_LINK:
        raise InvalidInputError(
            f"{name} is {tries_per_link!r}: it must be above 0 and at most {MAX_TRIES_PER_LINK:,.0f}"
        )
    return math.ceil(Fraction(float(tries_per_link)) * link_count)


def count_tries_of_points(points: Sequence[float], link_count: int) -> NDArray[np.uint64]:
    """Return the number of tries up to each point, or refuse points that do not ascend."""
    if not isinstance(points, (Sequence, np.ndarray)) or isinstance(points, (str, bytes)):
        raise InvalidInputError(f"tries_per_link is {points!r}: it must be a sequence of numbers")
    if len(points) == 0:
        raise InvalidInputError("tries_per_link is empty: a curve needs at least one point")
    tries = [count_tries(point, link_count, f"tries_per_link[{index}]") for index, point in enumerate(points)]
    for index in range(1, len(points)):
        if not points[index] > points[index - 1]:
            raise InvalidInputError(
                f"tries_per_link[{index}] is {points[index]!r} after {points[index - 1]!r}: points must ascend"
            )
    return np.array(tries, dtype=np.uint64)
