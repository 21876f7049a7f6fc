"""The tree that one row's drafts span: drafts that agree so far share their nodes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

__all__ = ["DraftTree", "Node", "visibility"]


@dataclass(slots=True)
class Node:
    """A token and the drafts that run through it."""

    token: int
    depth: int
    """0 for the root, the last token that is known already."""
    path: tuple[int, ...]
    """Numbers of its nodes from the root to itself."""
    draft_count: int
    """How many drafts run through it: as many are drawn from its law, and verified against each other."""
    slots: tuple[int, ...] = ()
    """Where the draft model put the tokens up to this one, since its last commit."""
    law: NDArray[np.float32] | None = None
    """Law of the draft after this token: float32 [V]; None for a leaf."""
    drawn: NDArray[np.int64] | None = None
    """Draft tokens after this one, in the order of drawing, repeats included: int64 [draft_count]."""
    children: dict[int, int] = field(default_factory=dict)
    """From a drawn token to the number of its node."""


class DraftTree:
    """The drafts of one row for one call of the target.

    Parameters
    ----------
    root
        The row's last token.
    draft_count
        Drafts.
    length
        Tokens of each draft; 0: none.
    """

    def __init__(self, root: int, draft_count: int, length: int) -> None:
        self.length = length
        self.nodes = [Node(root, 0, (0,), draft_count)]

    def frontier(self, depth: int) -> list[Node]:
        """Return the nodes of a depth after which drafts go on."""
        return [node for node in self.nodes if node.depth == depth] if depth < self.length else []

    def grow(self, node: Node, law: NDArray[np.float32], drawn: NDArray[np.int64]) -> None:
        """Add what was drawn after a node."""
        node.law, node.drawn = law, drawn
        for token, count in Counter(drawn.tolist()).items():
            number = len(self.nodes)
            node.children[token] = number
            self.nodes.append(Node(token, node.depth + 1, (*node.path, number), count))

    def tokens(self, node: Node) -> list[int]:
        """Return the tokens after the root that lead to a node, its own included."""
        return [self.nodes[number].token for number in node.path[1:]]


def visibility(paths: list[list[tuple[int, ...]]], before: int) -> NDArray[np.bool_]:
    """Return which of the tokens added each new one may see.

    Parameters
    ----------
    paths
        By row, for each new token the numbers of those that it sees, itself included.
    before
        How many were added to every row before.

    Returns
    -------
    numpy.ndarray
        [rows, n, before + n] with n the largest number of new tokens of a row. A place without a token sees itself.
    """
    width = max(len(row) for row in paths)
    visible = np.zeros((len(paths), width, before + width), dtype=bool)
    visible[:, np.arange(width), before + np.arange(width)] = True
    for index, row in enumerate(paths):
        for place, seen in enumerate(row):
            visible[index, place, list(seen)] = True
    return visible
