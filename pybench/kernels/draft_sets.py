"""Optimal acceptance of drafts that are not independent draws from one law. `pybench.kernels.draft` dispatches here.

Whatever the scheme, the optimum is ``1 + min over sets S of tokens of target(S) - inside(S)``, where ``inside(S)`` is
the probability that all drafts lie in S (max-flow min-cut). For i.i.d. drafts a sort finds the least set. Here it is
found among all sets, which limits the vocabulary.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pybench._native import draft as _native
from pybench.errors import InvalidInputError
from pybench.kernels.draft_inputs import ArrayOrTensor, as_law, check_draft_count, is_tensor, like

__all__ = ["set_acceptance_different", "set_acceptance_without_replacement"]


def set_acceptance_different(drafts: list[ArrayOrTensor] | tuple[ArrayOrTensor, ...], target: ArrayOrTensor) -> Any:
    """Return the optimal acceptance of independent drafts, one from each of K laws.

    Parameters
    ----------
    drafts
        K laws [V] of one dtype.
    target
        [V], the same dtype.

    Returns
    -------
    numpy.float64 or torch.Tensor
        The largest probability that one of the drafts is accepted, within some 1e-15.

    Raises
    ------
    TypeError
        For mixed libraries, or what is no list of arrays.
    InvalidInputError
        For an empty list, laws that are none or do not fit, and where more than 24 tokens are left to enumerate. A
        token whose place in a least set follows from its own masses, or from those so placed, is not enumerated.

    Notes
    -----
    O(K V^2 + K 2^n) for n tokens that are left.
    """
    if not isinstance(drafts, (list, tuple)):
        raise TypeError(f"draft is of type {type(drafts).__name__}: different drafts are a list or tuple of laws")
    check_draft_count(len(drafts))
    laws = [_law(f"draft[{k}]", law, target) for k, law in enumerate(drafts)]
    wanted = as_law("target", target, dimensions=(1,))
    for k, law in enumerate(laws):
        _check_like_target(f"draft[{k}]", law, wanted)
    return like(np.float64(_native.different_acceptance(np.stack(laws), wanted)), tensors=is_tensor(target))


def set_acceptance_without_replacement(draft: ArrayOrTensor, target: ArrayOrTensor, draft_count: int) -> Any:
    """Return the optimal acceptance of drafts of one law, each drawn from the tokens that were not drawn before.

    Parameters
    ----------
    draft, target
        [V] each, of one dtype. The draft law can draw 22 tokens at most.
    draft_count
        K, at least 1 and no more than the tokens that the draft law can draw.

    Returns
    -------
    numpy.float64 or torch.Tensor
        The largest probability that one of the drafts is accepted, within some 1e-15.

    Raises
    ------
    TypeError
        For mixed libraries, or what is no array.
    InvalidInputError
        For laws that are none or do not fit, a draft_count out of range, and more tokens than can be enumerated.

    Notes
    -----
    O(n 2^n) time and 8 * 2^n bytes for n tokens that the draft law can draw.
    """
    count = check_draft_count(draft_count)
    first, wanted = _law("draft", draft, target), as_law("target", target, dimensions=(1,))
    _check_like_target("draft", first, wanted)
    found = _native.without_replacement_acceptance(first, wanted, count)
    return like(np.float64(found), tensors=is_tensor(target))


def _law(name: str, law: ArrayOrTensor, target: ArrayOrTensor) -> NDArray[Any]:
    if is_tensor(law) != is_tensor(target):
        raise TypeError(
            f"{name} is of type {type(law).__name__} but target of type {type(target).__name__}: "
            "both must be NumPy arrays or both torch tensors"
        )
    return as_law(name, law, dimensions=(1,))


def _check_like_target(name: str, law: NDArray[Any], target: NDArray[Any]) -> None:
    if law.shape != target.shape:
        raise InvalidInputError(
            f"{name} has shape {law.shape} but target has {target.shape}: they must have the same shape"
        )
    if law.dtype != target.dtype:
        raise InvalidInputError(
            f"{name} has dtype {law.dtype} but target has {target.dtype}: they must have the same dtype"
        )
