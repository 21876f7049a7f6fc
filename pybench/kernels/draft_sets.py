"""Optimal acceptance of drafts that are not independent draws from one law. `pybench.kernels.draft` dispatches here.

Whatever the scheme, the optimum is ``1 + min over sets S of tokens of target(S) - inside(S)``, where ``inside(S)`` is
the probability that all drafts lie in S (max-flow min-cut). For i.i.d. drafts a sort finds the least set. Here no order
does. Tokens whose place in a least set is plain are set aside; few others are enumerated; for more a least set is found
by the minimum-norm point of Fujishige and Wolfe, with a lower bound that certifies it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pybench._native import draft as _native
from pybench.errors import InvalidInputError
from pybench.kernels.draft_inputs import ArrayOrTensor, as_law, check_draft_count, is_tensor, like
from pybench.kernels.inputs import check_threads

__all__ = ["set_acceptance_different", "set_acceptance_without_replacement"]


def set_acceptance_different(
    drafts: list[ArrayOrTensor] | tuple[ArrayOrTensor, ...], target: ArrayOrTensor, *, threads: int | None = 1
) -> Any:
    """Return the optimal acceptance of independent drafts, one from each of K laws.

    Parameters
    ----------
    drafts
        K laws [V] of one dtype.
    target
        [V], the same dtype.
    threads
        1 to 1024, or None. Looked at and not used: the search for one least set runs on one thread.

    Returns
    -------
    numpy.float64 or torch.Tensor
        The largest probability that one of the drafts is accepted: certified within 1e-9, mostly 1e-13; within some
        1e-15 where 24 tokens or fewer are open.

    Raises
    ------
    TypeError
        For mixed libraries, or what is no list of arrays.
    InvalidInputError
        For an empty list, laws that are none or do not fit, threads out of range, and where more than 1,024 tokens are
        open: tokens whose place in a least set follows neither from their own masses nor from those so placed. Also,
        though we have seen no such laws, where rounding keeps the certificate from 1e-9.

    Notes
    -----
    O(K 2^n) for n <= 24 open tokens. For more, rounds of O(n^2): few as a rule, as the tail of a vocabulary is soon
    placed, and up to 1,000 n where most tokens are tied. Both rules rest on the product of masses being supermodular.
    """
    if not isinstance(drafts, (list, tuple)):
        raise TypeError(f"draft is of type {type(drafts).__name__}: different drafts are a list or tuple of laws")
    check_draft_count(len(drafts))
    check_threads(threads)
    laws = [_law(f"draft[{k}]", law, target) for k, law in enumerate(drafts)]
    wanted = as_law("target", target, dimensions=(1,))
    for k, law in enumerate(laws):
        _check_like_target(f"draft[{k}]", law, wanted)
    return like(np.float64(_native.different_acceptance(np.stack(laws), wanted)), tensors=is_tensor(target))


def set_acceptance_without_replacement(
    draft: ArrayOrTensor, target: ArrayOrTensor, draft_count: int, *, threads: int | None = 1
) -> Any:
    """Return the optimal acceptance of drafts of one law, each drawn from the tokens that were not drawn before.

    Parameters
    ----------
    draft, target
        [V] each, of one dtype. For K >= 3 the draft law can draw 22 tokens at most, for K = 2 as many as leave 1,024
        open, as in `set_acceptance_different`.
    draft_count
        K, at least 1 and no more than the tokens that the draft law can draw.
    threads
        As in `set_acceptance_different`.

    Returns
    -------
    numpy.float64 or torch.Tensor
        The largest probability that one of the drafts is accepted, within some 1e-15; for more than 22 tokens certified
        within 1e-9.

    Raises
    ------
    TypeError
        For mixed libraries, or what is no array.
    InvalidInputError
        For laws that are none or do not fit, a draft_count or threads out of range, and more tokens than can be
        enumerated.

    Notes
    -----
    O(n 2^n) time and 8 * 2^n bytes for n <= 22 tokens that the draft law can draw.
    """
    count = check_draft_count(draft_count)
    check_threads(threads)
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
