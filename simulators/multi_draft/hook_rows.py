"""The rows that are being continued, and what drafting and verification both ask of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from simulators.multi_draft.hook_cache import CachedModel
from simulators.multi_draft.hook_laws import TokenLaws
from simulators.multi_draft.hook_tree import DraftTree, Node

__all__ = ["At", "Drafting", "LawModel", "Row", "arrays_of", "laws_at", "random_numbers"]


@dataclass(frozen=True, kw_only=True)
class Drafting:
    """How to draft and verify."""

    draft_count: int
    draft_length: int
    scheme: str
    seed: int | tuple[int, ...]
    threads: int | None


class LawModel(NamedTuple):
    """A model and how its logits become laws."""

    model: CachedModel
    laws: TokenLaws


@dataclass
class Row:
    """A prompt that is being continued."""

    number: int
    """In the batch as `generate` was given it."""
    request: int
    tokens: list[int]
    """The prompt without padding, and what was put out."""
    padding: NDArray[np.int64]
    """What stands before them."""
    budget: int
    """How many tokens may still be put out."""
    emitted: int = 0
    """How many were."""
    finished: bool = False
    tree: DraftTree = field(default_factory=lambda: DraftTree(0, 0, 0))

    def prefix(self, node: Node) -> NDArray[np.int64]:
        """Return all tokens up to a node of the tree, padding in front, as logits processors expect them."""
        return np.concatenate([self.padding, np.array(self.tokens + self.tree.tokens(node), dtype=np.int64)])


#: The index of a row among those that go on, and a node of its tree.
At: TypeAlias = tuple[int, Node]


def arrays_of(rows: Sequence[Row], by_row: Sequence[Sequence[Node]]) -> NDArray[np.int64]:
    """Return tokens and positions of some nodes of each row: int64 [2, rows, n], 0 where a row has fewer."""
    arrays = np.zeros((2, len(rows), max(len(nodes) for nodes in by_row)), dtype=np.int64)
    for index, (row, nodes) in enumerate(zip(rows, by_row, strict=True)):
        arrays[0, index, : len(nodes)] = [node.token for node in nodes]
        arrays[1, index, : len(nodes)] = [len(row.tokens) - 1 + node.depth for node in nodes]
    return arrays


def laws_at(
    rows: Sequence[Row], at: Sequence[At], logits: Any, places: Sequence[int], laws: TokenLaws
) -> NDArray[np.float32]:
    """Return the law after each node, float32 [nodes, V], from logits [rows, n, V] at these places of their rows."""
    chosen = logits[[index for index, _ in at], list(places)]
    return laws(chosen, [rows[index].number for index, _ in at], lambda n: rows[at[n][0]].prefix(at[n][1]))


def random_numbers(rows: Sequence[Row], at: Sequence[At], drafting: Drafting) -> dict[str, Any]:
    """Return which random numbers each node has: those of its row and of the token that comes next."""
    return {
        "seed": drafting.seed,
        "request": np.array([[rows[index].request] for index, _ in at], dtype=np.uint64),
        "position": np.array([[rows[index].emitted + node.depth] for index, node in at], dtype=np.uint64),
        "threads": drafting.threads,
    }
