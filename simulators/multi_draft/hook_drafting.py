"""Growing the trees of drafts: the draft model runs once a depth, on all rows at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np

from pybench.kernels.draft import draw_drafts
from simulators.multi_draft.hook_rows import At, Drafting, LawModel, Row, arrays_of, laws_at, random_numbers
from simulators.multi_draft.hook_tree import DraftTree, Node, visibility

__all__ = ["commit_drafts", "grow"]


def grow(rows: Sequence[Row], draft: LawModel, drafting: Drafting) -> None:
    """Give every row its tree of drafts, no deeper than it may still go."""
    for row in rows:
        row.tree = DraftTree(row.tokens[-1], drafting.draft_count, min(drafting.draft_length, row.budget - 1))
    if not any(row.tree.length for row in rows):
        return
    logits, added = _feed_pending(rows, draft)
    for depth in range(drafting.draft_length):
        by_row = [row.tree.frontier(depth) for row in rows]
        width = max(len(nodes) for nodes in by_row)
        if not width:
            return
        if depth == 0:
            places = [len(row.tree.nodes[0].slots) - 1 for row, nodes in zip(rows, by_row, strict=True) if nodes]
        else:
            for row, nodes in zip(rows, by_row, strict=True):
                for place, node in enumerate(nodes):
                    node.slots = (*row.tree.nodes[node.path[-2]].slots, added + place)
            seen = visibility([[node.slots for node in nodes] for nodes in by_row], added)
            tokens, positions = arrays_of(rows, by_row)
            logits = draft.model.extend(tokens, positions, seen)
            places = [place for nodes in by_row for place in range(len(nodes))]
            added += width
        frontier = [(index, node) for index, nodes in enumerate(by_row) for node in nodes]
        _draw(rows, frontier, logits, places, draft, drafting)


def commit_drafts(rows: Sequence[Row], kept: Sequence[Node], draft: LawModel) -> None:
    """Keep in the draft model's cache what lies on the way to the last node of each row."""
    if any(row.tree.nodes[0].slots for row in rows):
        draft.model.commit([_fed(row.tree, node) for row, node in zip(rows, kept, strict=True)])


def _fed(tree: DraftTree, node: Node) -> tuple[int, ...]:
    """Return the slots up to a node; the draft model was never given the last token of a draft."""
    return next(tree.nodes[number].slots for number in reversed(node.path) if tree.nodes[number].slots)


def _feed_pending(rows: Sequence[Row], draft: LawModel) -> tuple[Any, int]:
    """Give the draft model what it has not seen of each row, one token or two; return logits and how many places."""
    known = draft.model.known.tolist()
    pending = [row.tokens[count:] for row, count in zip(rows, known, strict=True)]
    width = max(len(tokens) for tokens in pending)
    tokens, positions = np.zeros((2, len(rows), width), dtype=np.int64)
    for index, part in enumerate(pending):
        tokens[index, : len(part)] = part
        positions[index, : len(part)] = known[index] + np.arange(len(part))
        rows[index].tree.nodes[0].slots = tuple(range(len(part)))
    chains = [[tuple(range(place + 1)) for place in range(len(part))] for part in pending]
    return draft.model.extend(tokens, positions, visibility(chains, 0)), width


def _draw(
    rows: Sequence[Row], frontier: Sequence[At], logits: Any, places: Sequence[int], draft: LawModel, drafting: Drafting
) -> None:
    """Draw as many tokens after each node as drafts run through it.

    Two nodes of a row at one depth may share random numbers: at most one of them lies on what is put out, and which one
    was decided by the random numbers of earlier positions.
    """
    laws = laws_at(rows, frontier, logits, places, draft.laws)
    groups: dict[int, list[int]] = defaultdict(list)
    for place, (_, node) in enumerate(frontier):
        groups[node.draft_count].append(place)
    for count, group in groups.items():
        chosen = [frontier[place] for place in group]
        numbers = random_numbers(rows, chosen, drafting)
        drawn = draw_drafts(laws[group], count, scheme=drafting.scheme, **numbers)
        for place, (index, node), tokens in zip(group, chosen, drawn, strict=True):
            rows[index].tree.grow(node, laws[place], tokens[0])
