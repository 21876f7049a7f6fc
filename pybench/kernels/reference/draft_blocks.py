"""Block verification in plain NumPy: the formulae of `docs/block-verification.md` as they are written there.

Sums are taken in the order of the native kernel, so that ratios, masses and tokens are the same bit by bit.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pybench.kernels.draft_results import BlockVerification
from pybench.kernels.inputs import mix_seed
from pybench.kernels.reference.draft_random import ACCEPTING, RESIDUAL, uniforms

__all__ = ["Chain", "block_verify", "chain_of"]

_BLOCK, _LANES = 1024, 8


class Chain(NamedTuple):
    """What decides how a chain of drafts is verified.

    Attributes
    ----------
    ratio
        p_0 .. p_L: the probability that the first i tokens are kept, over all that may follow them.
    kept
        h_0 .. h_L, with h_0 = 1: the probability that exactly the first i are kept if no longer prefix is.
    residual
        [L + 1, V]: the law, times its total, of the token that follows the first i.
    """

    ratio: NDArray[np.float64]
    kept: NDArray[np.float64]
    residual: NDArray[np.float64]


def chain_of(draft: NDArray[Any], target: NDArray[Any], tokens: NDArray[np.integer[Any]]) -> Chain:
    """Evaluate one chain: draft [L, V], target [L + 1, V], tokens [L]."""
    length, size = draft.shape
    draft_weight = np.array([1.0 / _law_sum(law) for law in draft])
    target_weight = np.array([1.0 / _law_sum(law) for law in target])
    ratio, kept, residual = np.ones(length + 1), np.ones(length + 1), np.empty((length + 1, size))
    for i, token in enumerate(tokens):
        wanted = float(target[i, token]) * target_weight[i]
        drafted = float(draft[i, token]) * draft_weight[i]
        with np.errstate(over="ignore"):
            ratio[i + 1] = min(1.0, ratio[i] * wanted / drafted)
    for i in range(length):
        more = target[i].astype(np.float64) * (ratio[i] * target_weight[i]) - draft[i] * draft_weight[i]
        residual[i] = np.maximum(more, 0.0)
        if i > 0:
            mass = float(np.cumsum(_block_sums(residual[i]))[-1])
            rest = mass + (1.0 - ratio[i])
            kept[i] = mass / rest if rest > 0 else 1.0
    kept[length] = ratio[length]
    residual[length] = target[length].astype(np.float64) * target_weight[length]
    return Chain(ratio, kept, residual)


def block_verify(
    draft: NDArray[Any],
    target: NDArray[Any],
    draft_tokens: NDArray[np.integer[Any]],
    *,
    seed: int | tuple[int, ...],
    request: NDArray[np.integer[Any]] | None = None,
    position: NDArray[np.integer[Any]] | int = 0,
) -> BlockVerification:
    """As `pybench.kernels.draft.block_verify` for right input in NumPy arrays."""
    if draft.ndim == 2:
        many = block_verify(
            draft[None], target[None], draft_tokens[None], seed=seed, request=request, position=position
        )
        return BlockVerification(many.accepted_count[0], many.token[0])
    batch, length = draft_tokens.shape
    requests = np.broadcast_to(np.arange(batch) if request is None else request, (batch,)).astype(np.uint64)
    positions = np.broadcast_to(position, (batch,)).astype(np.uint64)
    key = mix_seed(seed)
    accepting = [uniforms(key, requests, positions, ACCEPTING, place)[0] for place in range(length)]
    residual = uniforms(key, requests, positions, RESIDUAL, 0)[0]
    counts, tokens = np.zeros(batch, dtype=np.int64), np.empty(batch, dtype=np.int64)
    for b in range(batch):
        chain = chain_of(draft[b], target[b], draft_tokens[b])
        counts[b] = max((i for i in range(1, length + 1) if accepting[i - 1][b] < chain.kept[i]), default=0)
        law = chain.residual[counts[b]]
        tokens[b] = _draw(law if law.any() else target[b, counts[b]].astype(np.float64), residual[b])
    return BlockVerification(counts, tokens)


def _law_sum(law: NDArray[Any]) -> float:
    """Sum eight interleaved parts of a law, the rest after them into the first."""
    wide = law.astype(np.float64)
    whole = len(wide) // _LANES * _LANES
    lanes = np.zeros(_LANES)
    if whole:
        lanes = np.cumsum(wide[:whole].reshape(-1, _LANES), axis=0)[-1]
    for value in wide[whole:]:
        lanes[0] += value
    return float(np.cumsum(lanes)[-1])


def _block_sums(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sum blocks of 1,024 entries, each in eight interleaved parts, and these in pairs."""
    padded = np.zeros(-(-len(values) // _BLOCK) * _BLOCK)
    padded[: len(values)] = values
    parts = np.cumsum(padded.reshape(-1, _BLOCK // _LANES, _LANES), axis=1)[:, -1]
    while parts.shape[1] > 1:
        parts = parts[:, 0::2] + parts[:, 1::2]
    return parts[:, 0]


def _draw(law: NDArray[np.float64], uniform: float) -> int:
    """Return the first token whose cumulative sum is above uniform times the total, or the last that has any."""
    blocks = _block_sums(law)
    ends = np.cumsum(blocks)
    place = uniform * ends[-1]
    reached = np.flatnonzero((ends > place) & (blocks > 0))
    block = int(reached[0]) if len(reached) else int(np.flatnonzero(blocks > 0)[-1])
    before = ends[block - 1] if block else 0.0
    part = law[block * _BLOCK : (block + 1) * _BLOCK]
    above = np.flatnonzero((np.cumsum(part) > place - before) & (part > 0))
    return block * _BLOCK + int(above[0] if len(above) else np.flatnonzero(part > 0)[-1])
