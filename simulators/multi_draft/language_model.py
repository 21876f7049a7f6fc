"""What decoding asks of a pair of a draft and a target model, whichever they are: generated, recorded or real."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

__all__ = ["LanguageModel", "NewNodes", "Session"]


class NewNodes(NamedTuple):
    """Tokens that are added to the draft trees of a round. A node's id is its number in the round, in order of adding.

    Attributes
    ----------
    request
        int64 [n]: the request of the session, in ascending order.
    parent
        int64 [n]: the id of the token before it; -1 for a root, which is the last token of its request so far.
    token
        int64 [n].
    """

    request: NDArray[np.int64]
    parent: NDArray[np.int64]
    token: NDArray[np.int64]


class Session(Protocol):
    """Some requests that are decoded together, round by round."""

    def extend(self, nodes: NewNodes) -> None:
        """Add nodes to the trees of this round and run the draft model over them."""

    def draft_logits(self, nodes: NDArray[np.int64]) -> NDArray[Any]:
        """Return the draft model's logits [n, V] of what follows these nodes."""

    def run_target(self) -> None:
        """Run the target model over all nodes of the round: the one call of the target."""

    def target_logits(self, nodes: NDArray[np.int64]) -> NDArray[Any]:
        """Return the target model's logits [n, V] of what follows these nodes."""

    def commit(self, nodes: NDArray[np.int64]) -> None:
        """End the round: what leads to each of these nodes, one a request of the round, is part of its request now."""


class LanguageModel(Protocol):
    """A draft and a target model over one vocabulary.

    Attributes
    ----------
    vocabulary_size
        Number of tokens, V.
    continues
        Whether it has laws after any token; False for a log, which knows only what was logged: then each request is one
        position, and the token that follows an accepted draft is not drawn.
    """

    vocabulary_size: int
    continues: bool

    def begin(self, prompts: Sequence[NDArray[np.int64]]) -> Session:
        """Begin requests with these prompts, each of at least one token."""
