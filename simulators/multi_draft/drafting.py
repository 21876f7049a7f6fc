"""Drawing the drafts of a round: for each request the tree of the nodes that its K sequences of length L pass."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pybench.kernels.draft import draw_drafts
from simulators.multi_draft.language_model import NewNodes, Session

__all__ = ["DRAFTING", "Generation", "Request", "draw_trees"]

#: What drafting adds to the seed, before the depth: no round's drafts share a random number with another round's, since
#: block verification looks at drafts beyond the tokens that it keeps.
DRAFTING = 1

#: Draft logits [n, V] and the temperature of each row -> draft laws [n, V].
DraftLaws = Callable[[NDArray[np.float32], NDArray[np.float64]], NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Request:
    """The requests of a round, one an element, in ascending order of `row`.

    Attributes
    ----------
    row
        int64: number in the session.
    number
        int64: number in the run; with the position it addresses the random numbers.
    position
        int64: tokens that it has put out so far.
    last
        int64: its last token.
    draft_count
        int64: sequences that are drafted for it.
    draft_temperature
        float64: of its drafts.
    """

    row: NDArray[np.int64]
    number: NDArray[np.int64]
    position: NDArray[np.int64]
    last: NDArray[np.int64]
    draft_count: NDArray[np.int64]
    draft_temperature: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Generation:
    """The nodes of one depth of all trees.

    Attributes
    ----------
    first
        The id of the first of them; the others follow.
    owner
        int64 [n]: place in `Request` of each.
    members
        int64 [n]: how many of the owner's sequences pass through it.
    law
        [n, V]: what their next tokens are drawn from; empty for the last generation.
    drafts
        int64 [n, K]: those tokens; -1 beyond the members.
    children
        int64 [n, K]: the id of the node that each token leads to.
    """

    first: int
    owner: NDArray[np.int64]
    members: NDArray[np.int64]
    law: NDArray[np.float32]
    drafts: NDArray[np.int64]
    children: NDArray[np.int64]


def draw_trees(
    session: Session,
    requests: Request,
    length: int,
    *,
    scheme: str,
    laws: DraftLaws,
    root_logits: NDArray[np.float32],
    seed: tuple[int, ...],
    threads: int | None,
) -> list[Generation]:
    """Draw the drafts of a round; the session has the roots already.

    Returns
    -------
    list
        ``length + 1`` generations, from the roots to the leaves.
    """
    generations: list[Generation] = []
    first, owner = 0, np.arange(requests.row.size)
    members = requests.draft_count
    logits = root_logits
    for depth in range(length):
        law = laws(logits, requests.draft_temperature[owner])
        drafts = _draw(law, owner, members, requests, depth, scheme, (*seed, DRAFTING, depth), threads)
        parent, token, counts, child = _distinct(drafts, owner.size)
        generations.append(
            Generation(first, owner, members, law, drafts, np.where(drafts < 0, -1, child + first + owner.size))
        )
        first, owner, members = first + owner.size, owner[parent], counts
        session.extend(NewNodes(requests.row[owner], generations[-1].first + parent, token))
        if depth + 1 < length:
            logits = session.draft_logits(first + np.arange(owner.size))
    empty = np.zeros((owner.size, 0), dtype=np.int64)
    generations.append(Generation(first, owner, members, np.zeros((0, 0), dtype=np.float32), empty, empty))
    return generations


def _draw(
    law: NDArray[np.float32],
    owner: NDArray[np.int64],
    members: NDArray[np.int64],
    requests: Request,
    depth: int,
    scheme: str,
    seed: tuple[int, ...],
    threads: int | None,
) -> NDArray[np.int64]:
    drafts = np.full((owner.size, int(members.max())), -1, dtype=np.int64)
    for count in np.unique(members):
        nodes = np.flatnonzero(members == count)
        drafts[nodes, :count] = draw_drafts(
            law[nodes],
            int(count),
            scheme=scheme,
            seed=seed,
            request=requests.number[owner[nodes], None],
            position=requests.position[owner[nodes], None] + depth,
            threads=threads,
        )[:, 0]
    return drafts


def _distinct(
    drafts: NDArray[np.int64], nodes: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return the distinct (node, token) pairs as node, token and count, and the number of the pair of each draft."""
    node = np.broadcast_to(np.arange(nodes)[:, None], drafts.shape)
    drawn = drafts >= 0
    width = int(drafts.max()) + 1
    pairs, place, counts = np.unique(node[drawn] * width + drafts[drawn], return_inverse=True, return_counts=True)
    child = np.full(drafts.shape, -1, dtype=np.int64)
    child[drawn] = place
    return pairs // width, pairs % width, counts, child
