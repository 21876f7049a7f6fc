"""Verifying the trees of drafts: the target runs once, then every row walks down its tree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np

from pybench.kernels.draft import draw_drafts, verify
from simulators.multi_draft.hook_ending import Ends
from simulators.multi_draft.hook_rows import At, Drafting, LawModel, Row, arrays_of, laws_at, random_numbers
from simulators.multi_draft.hook_statistics import DecodingStatistics
from simulators.multi_draft.hook_tree import Node, visibility

__all__ = ["verify_trees"]


def verify_trees(
    rows: Sequence[Row],
    target: LawModel,
    drafting: Drafting,
    ends: Ends,
    statistics: DecodingStatistics,
) -> tuple[list[Node], list[list[int]]]:
    """Put out at least one token a row, with the target's law whatever the drafts are.

    The walk goes on wherever the token put out was drafted, even where it came from the residual law: the drafts that
    run through it are still independent draws.

    Parameters
    ----------
    rows
        With their trees grown.
    target
        Its cache then holds each row up to the last node of its walk.
    drafting
        How.
    ends
        Tells of a row and what this round has put out whether it ends there.
    statistics
        Counts are added here.

    Returns
    -------
    tuple
        By row, the last node of the walk, and the tokens put out: one more than the nodes below the root on the way.
    """
    by_row = [row.tree.nodes for row in rows]
    seen = visibility([[node.path for node in nodes] for nodes in by_row], 0)
    drafted, positions = arrays_of(rows, by_row)
    logits = target.model.extend(drafted, positions, seen)
    kept = [row.tree.nodes[0] for row in rows]
    put_out: list[list[int]] = [[] for _ in rows]
    for row in rows:
        statistics.target_calls[row.number] += 1
    walk: list[At] = list(enumerate(kept))
    while walk:
        tokens = _next_tokens(rows, walk, logits, target, drafting, statistics)
        onward: list[At] = []
        for (index, node), token in zip(walk, tokens, strict=True):
            put_out[index].append(token)
            rows[index].finished = ends(rows[index], put_out[index])
            if not rows[index].finished and token in node.children:
                kept[index] = rows[index].tree.nodes[node.children[token]]
                onward.append((index, kept[index]))
        walk = onward
    target.model.commit([node.path for node in kept])
    return kept, put_out


def _next_tokens(
    rows: Sequence[Row],
    walk: Sequence[At],
    logits: Any,
    target: LawModel,
    drafting: Drafting,
    statistics: DecodingStatistics,
) -> list[int]:
    """Return the token after each node: verified against its drafts, or a plain draw after a leaf."""
    laws = laws_at(rows, walk, logits, [node.path[-1] for _, node in walk], target.laws)
    tokens = np.empty(len(walk), dtype=np.int64)
    groups: dict[int, list[int]] = defaultdict(list)
    for place, (_, node) in enumerate(walk):
        groups[node.draft_count if node.drawn is not None else 0].append(place)
    for count, group in groups.items():
        chosen = [walk[place] for place in group]
        numbers = random_numbers(rows, chosen, drafting)
        if count == 0:
            # No draft reaches this position, so its numbers for drafting are free.
            tokens[group] = draw_drafts(laws[group], 1, scheme="single", **numbers)[:, 0, 0]
            continue
        drafts = np.stack([node.drawn for _, node in chosen if node.drawn is not None])[:, None, :]
        drawn_from = np.stack([node.law for _, node in chosen if node.law is not None])
        verified = verify(drawn_from, laws[group], drafts, scheme=drafting.scheme, **numbers)
        tokens[group] = verified.token[:, 0]
        statistics.count(chosen[0][1].depth, int((verified.accepted >= 0).sum()), len(group))
    return list(tokens.tolist())
