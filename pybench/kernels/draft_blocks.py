"""Block verification of one chain of drafts. Import from `pybench.kernels.draft`.

A chain is a block of draft tokens, each drawn from the draft law that follows the tokens before it. Verified token by
token, one unlucky token ends the block although what follows would have made up for it; verified as a block, the
prefix that is kept is chosen by the ratios of whole prefixes. `docs/block-verification.md` derives it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pybench._native import draft as _native
from pybench.errors import InvalidInputError
from pybench.kernels.draft_inputs import MAX_DRAFT_COUNT, ArrayOrTensor, as_law, as_rows, is_tensor, like, to_numpy
from pybench.kernels.draft_results import BlockVerification
from pybench.kernels.inputs import check_threads, mix_seed

__all__ = ["block_verify"]


def block_verify(
    draft: ArrayOrTensor,
    target: ArrayOrTensor,
    draft_tokens: ArrayOrTensor,
    *,
    seed: int | tuple[int, ...],
    request: ArrayOrTensor | None = None,
    position: ArrayOrTensor = 0,
    threads: int | None = 1,
) -> BlockVerification:
    """Choose how many tokens of a chain of drafts are kept, and what follows them.

    Parameters
    ----------
    draft
        [L, V], or [B, L, V] for a batch of chains: row i is the law that draft token i was drawn from, given the draft
        tokens before it. float32 or float64 (bfloat16 in torch).
    target
        [L + 1, V], or [B, L + 1, V]: the laws of the target after 0, 1, ..., L of the draft tokens.
    draft_tokens
        Integers, [L] or [B, L].
    seed
        An int or a tuple of ints, none negative.
    request
        Integers of [0, 2^64) that broadcast to [B]; None: each chain's number in the call.
    position
        Integers of [0, 2^32) that broadcast to [B]: where in its request the chain begins.
    threads
        1 to 1024; None for all cores. They share the chains of a batch. The answer is the same for any number.

    Returns
    -------
    BlockVerification
        How many of the first draft tokens are kept, 0 to L, and the token that follows them. These, continued by the
        target, have exactly the target's law; and no verifier of which that is true keeps more tokens on average.

    Raises
    ------
    TypeError
        For mixed libraries, or what is no array.
    InvalidInputError
        For shapes or dtypes that do not fit, laws that are none, tokens out of range or of draft probability 0. The
        text names the first such chain and row.

    Notes
    -----
    The random numbers of a chain are functions of (seed, request, position) alone. All of them belong to the position
    at which the chain begins: a later chain of the same request, which drafts some of the same positions again, uses
    none of them. The draft tokens must be drawn afresh for each chain too. A token that is drafted again with the
    numbers of a chain that was cut short is not independent of the cut.

    O(L V) reads. Sun et al., Block Verification Accelerates Speculative Decoding (arXiv 2403.10444).
    """
    tensors = is_tensor(draft)
    if is_tensor(target) != tensors or is_tensor(draft_tokens) != tensors:
        kinds = [type(value).__name__ for value in (draft, target, draft_tokens)]
        raise TypeError(
            f"draft, target and draft_tokens are of types {', '.join(kinds)}: all must be NumPy arrays or all torch "
            "tensors"
        )
    first, second = as_law("draft", draft, dimensions=(2, 3)), as_law("target", target, dimensions=(2, 3))
    tokens = _as_chain(draft_tokens, first, second, tensors=tensors)
    key, workers = mix_seed(seed), check_threads(threads)
    one = first.ndim == 2
    if one:
        first, second, tokens = first[None], second[None], tokens[None]
    requests, positions = as_rows(request, position, tokens.shape[:1])
    counts, following = _native.block_verify(first, second, tokens, requests, positions, key, one, workers)
    if one:
        return BlockVerification(like(counts[0], tensors=tensors), like(following[0], tensors=tensors))
    return BlockVerification(like(counts, tensors=tensors), like(following, tensors=tensors))


def _as_chain(
    draft_tokens: ArrayOrTensor, draft: NDArray[Any], target: NDArray[Any], *, tensors: bool
) -> NDArray[np.int64]:
    """Check the shapes and dtypes of a chain, and return its tokens as C-contiguous int64."""
    *batch, length, size = draft.shape
    if not 1 <= length <= MAX_DRAFT_COUNT:
        raise InvalidInputError(f"draft has shape {draft.shape}: it must hold 1 to {MAX_DRAFT_COUNT} laws a chain")
    if target.shape != (*batch, length + 1, size):
        wanted = (*batch, length + 1, size)
        raise InvalidInputError(
            f"target has shape {target.shape} but draft {draft.shape}: it must be {wanted}, one law more a chain"
        )
    if target.dtype != draft.dtype:
        raise InvalidInputError(
            f"draft has dtype {draft.dtype} but target has {target.dtype}: they must have the same dtype"
        )
    array = to_numpy("draft_tokens", draft_tokens) if tensors else np.asarray(draft_tokens)
    if array.dtype.kind not in "iu":
        raise InvalidInputError(f"draft_tokens has dtype {array.dtype}: it must be integers")
    if array.shape != draft.shape[:-1]:
        raise InvalidInputError(
            f"draft_tokens has shape {array.shape} but draft {draft.shape}: it must be {draft.shape[:-1]}"
        )
    if array.dtype == np.uint64 and array.size and int(array.max()) >= 2**63:
        raise InvalidInputError(f"draft_tokens holds {int(array.max())}: it must be a token of the vocabulary")
    return np.ascontiguousarray(array, dtype=np.int64)
