"""Verifying the trees of a round: down from the root while a draft is accepted, or a chain as one block."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pybench.kernels.draft import block_verify, draw_drafts, verify
from simulators.multi_draft.drafting import Generation, Request
from simulators.multi_draft.language_model import Session

__all__ = ["Verified", "Visit", "verify_blocks", "verify_trees"]

#: What verification adds to the seed, and what drawing the token does that follows a whole accepted draft.
_VERIFYING, _FOLLOWING = 2, 3

Array = NDArray[np.int64]
#: Target logits [n, V] -> target laws [n, V].
TargetLaws = Callable[[NDArray[np.float32]], NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Visit:
    """Nodes of one depth at which drafts were verified.

    Attributes
    ----------
    owner
        int64 [n]: place in `Request`.
    node
        int64 [n]: id.
    depth
        Of all of them.
    live
        int64 [n]: drafts that were verified there; 0 after a whole accepted draft, where the target alone is known.
    accepted
        bool [n]: whether one of them was accepted.
    draft, target
        [n, V]: the laws; the draft's has no rows where live is 0.
    """

    owner: Array
    node: Array
    depth: int
    live: Array
    accepted: NDArray[np.bool_]
    draft: NDArray[np.float32]
    target: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Verified:
    """What a round came to.

    Attributes
    ----------
    tokens
        int64 [requests, length + 1]: what each request puts out; -1 beyond.
    last
        int64 [requests]: the id of the last accepted node; the root where none was.
    """

    tokens: Array
    last: Array


def verify_trees(
    session: Session,
    requests: Request,
    generations: list[Generation],
    *,
    scheme: str,
    importance: Mapping[str, int],
    laws: TargetLaws,
    continues: bool,
    seed: tuple[int, ...],
    threads: int | None,
    visit: Callable[[Visit], None],
) -> Verified:
    """Verify the drafts still consistent with what was accepted, depth by depth; `visit` hears of every depth.

    `importance` are the options of that scheme.
    """
    length = len(generations) - 1
    tokens = np.full((requests.row.size, length + 1), -1, dtype=np.int64)
    last = generations[0].first + np.arange(requests.row.size)
    walking = np.arange(requests.row.size)
    for depth, generation in enumerate(generations[:-1]):
        rows = last[walking] - generation.first
        target = laws(session.target_logits(last[walking]))
        draft, live = generation.law[rows], generation.members[rows]
        accepted = np.empty(rows.size, dtype=np.int64)
        for count in np.unique(live):
            group = np.flatnonzero(live == count)
            outcome = verify(
                draft[group],
                target[group],
                generation.drafts[rows[group], None, :count],
                scheme=scheme,
                **importance,
                seed=(*seed, _VERIFYING),
                request=requests.number[walking[group], None],
                position=requests.position[walking[group], None] + depth,
                threads=threads,
            )
            tokens[walking[group], depth] = outcome.token[:, 0]
            accepted[group] = outcome.accepted[:, 0]
        visit(Visit(walking, last[walking], depth, live, accepted >= 0, draft, target))
        going = accepted >= 0
        last[walking[going]] = generation.children[rows[going], accepted[going]]
        walking = walking[going]
        if not walking.size:
            break
    if walking.size and continues:
        _follow(session, requests, walking, last, length, tokens, laws, seed, threads, visit)
    return Verified(tokens, last)


def verify_blocks(
    session: Session,
    requests: Request,
    generations: list[Generation],
    *,
    laws: TargetLaws,
    seed: tuple[int, ...],
    threads: int | None,
    visit: Callable[[Visit], None],
) -> Verified:
    """Verify each request's one sequence as a block (arXiv 2403.10444); `visit` hears of the kept part of it."""
    length, count = len(generations) - 1, requests.row.size
    # With one sequence each, every generation has one node a request, in their order.
    draft = np.stack([generation.law for generation in generations[:-1]], axis=1)
    chain = np.stack([generation.drafts[:, 0] for generation in generations[:-1]], axis=1)
    target = np.stack([laws(session.target_logits(part.first + np.arange(count))) for part in generations], axis=1)
    outcome = block_verify(
        draft,
        target,
        chain,
        seed=(*seed, _VERIFYING),
        request=requests.number,
        position=requests.position,
        threads=threads,
    )
    kept = outcome.accepted_count
    place = np.arange(length + 1)[None, :]
    chained = np.concatenate([chain, chain[:, -1:]], axis=1)
    tokens = np.where(place < kept[:, None], chained, np.where(place == kept[:, None], outcome.token[:, None], -1))
    first = np.array([part.first for part in generations])
    for depth in range(length):
        reached = np.flatnonzero(kept >= depth)
        nodes, one = first[depth] + reached, np.ones(reached.size, dtype=np.int64)
        kept_on = kept[reached] > depth
        visit(Visit(reached, nodes, depth, one, kept_on, draft[reached, depth], target[reached, depth]))
    whole = np.flatnonzero(kept == length)
    none = np.zeros(whole.size, dtype=np.int64)
    visit(Visit(whole, first[length] + whole, length, none, none > 0, draft[:0, 0], target[whole, length]))
    return Verified(tokens, first[kept] + np.arange(count))


def _follow(
    session: Session,
    requests: Request,
    walking: Array,
    last: Array,
    length: int,
    tokens: Array,
    laws: TargetLaws,
    seed: tuple[int, ...],
    threads: int | None,
    visit: Callable[[Visit], None],
) -> None:
    """Draw the token after a whole accepted draft from the target."""
    target = laws(session.target_logits(last[walking]))
    tokens[walking, length] = draw_drafts(
        target,
        1,
        scheme="single",
        seed=(*seed, _FOLLOWING),
        request=requests.number[walking, None],
        position=requests.position[walking, None] + length,
        threads=threads,
    )[:, 0, 0]
    none = np.zeros(walking.size, dtype=np.int64)
    visit(Visit(walking, last[walking], length, none, none > 0, target[:0], target))
