"""Schemes of multi-draft verification: acceptance, drafting, verification. Import from `pybench.kernels.draft`.

A *draft law* is cheap, a *target law* is the one to be sampled. A row of K drafts is drawn from the draft law, then
verified: one of the drafts is accepted, or the token comes from a residual law. Every scheme here is exactly lossless:
over drafts that `draw_drafts` drew for it, the output's law is the target, whatever the laws are. They differ in how
often a draft is accepted, and in what that costs. ``docs/draft-schemes.md`` has each one's formulas and source.

============================= ================================== ======================================================
scheme                        drafts                             verification
============================= ================================== ======================================================
optimal                       independent                        the largest acceptance that there is
importance                    independent                        importance-weighted selection by a truncated program
k_seq                         independent                        in turn, at one common scale
recursive                     independent                        in turn, each against the residual of the one before
recursive_without_replacement without replacement                the same, the draft law losing what was rejected
token_matching                independent                        a draw from the target; accepted where it was drafted
greedy                        K - 1 likeliest, one from the rest the last one against the target; the others are matched
single                        independent                        the first draft alone, the others are ignored
top_k                         the K likeliest                    a draw from the target; accepted where it was drafted
============================= ================================== ======================================================

Where the draft law has fewer than K tokens of positive probability, drafts that are to differ run out: a row holds them
all and repeats its last one.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pybench._native import draft as _native
from pybench.errors import InvalidInputError
from pybench.kernels.draft_inputs import (
    MAX_VOCABULARY,
    Laws,
    as_law,
    as_laws,
    as_rows,
    as_tokens,
    check_draft_count,
    is_tensor,
    like,
)
from pybench.kernels.draft_results import AcceptanceEstimate, Verification
from pybench.kernels.inputs import check_count, check_threads, mix_seed

__all__ = ["SCHEMES", "acceptance", "draw_drafts", "estimate_acceptance", "verify"]

#: Every scheme.
SCHEMES = (
    "optimal",
    "importance",
    "k_seq",
    "recursive",
    "recursive_without_replacement",
    "token_matching",
    "greedy",
    "single",
    "top_k",
)
MAX_PROGRAM_SIZE = 64
MAX_ROWS = 2**40
#: Drafts, of all laws, that the optimal scheme verifies at once for an estimate: their memory is to stay small.
_DRAFTS_AT_ONCE = 1 << 20


def acceptance(
    draft: Any,
    target: Any,
    draft_count: int,
    scheme: str = "optimal",
    *,
    alphabet_size: int = 40,
    program_size: int = 5,
    threads: int | None = 1,
) -> Any:
    """Return the probability that a scheme accepts one of its drafts.

    Parameters
    ----------
    draft, target
        Laws, [V] or [B, V], both NumPy arrays or both torch tensors, float32 or float64 (torch: bfloat16 too). Those
        whose sum is within 1e-3 (float64: 1e-9) of 1 are rescaled in float64.
    draft_count
        Drafts of a row, 1 to 2^20; more than V are allowed.
    scheme
        One of `SCHEMES`.
    alphabet_size, program_size
        ``importance`` only: tokens that are ordered, and of how many of the first the pairs' weights are solved for (1
        to 64; more than the alphabet holds means all of it).
    threads
        1 to 1024; None for all cores. The answer is the same for any number.

    Returns
    -------
    float64 scalar, or [B] for a batch

    Raises
    ------
    InvalidInputError
        For an argument out of range, and for ``recursive_without_replacement`` where support^(K-1) passes over the
        vocabulary are more than 2^27 tokens in all: `estimate_acceptance` has no limit.
    TypeError
        For mixed libraries.

    Notes
    -----
    O(V) for token_matching, greedy, single and top_k, some ten passes for k_seq, O(V K) for recursive and importance,
    O(V log V) for optimal.
    """
    laws, count = as_laws(draft, target), check_draft_count(draft_count)
    options = _options(scheme, alphabet_size, program_size)
    workers = check_threads(threads)
    if scheme == "optimal":
        found = _native.optimal_acceptance(laws.draft, laws.target, count, laws.batched, workers)
    else:
        found = _native.scheme_acceptance(laws.draft, laws.target, laws.batched, count, scheme, *options, workers)
    return _answer(found, laws)


def estimate_acceptance(
    draft: Any,
    target: Any,
    draft_count: int,
    scheme: str = "optimal",
    *,
    samples: int,
    seed: int | tuple[int, ...],
    alphabet_size: int = 40,
    program_size: int = 5,
    threads: int | None = 1,
) -> AcceptanceEstimate:
    """Estimate the probability that a scheme accepts one of its drafts, by drawing drafts.

    Parameters
    ----------
    draft, target, draft_count, scheme, alphabet_size, program_size, threads
        As in `acceptance`.
    samples
        Rows of drafts of each law, 2 to 2^40.
    seed
        An int or a tuple of ints, none negative. The drafts are those of `draw_drafts` with ``rows=samples``.

    Returns
    -------
    AcceptanceEstimate
        Value and standard error, float64 scalars, or [B] for a batch. For every scheme but ``optimal`` the mean is of
        the probability that one of the drafts drawn is accepted, which varies less than whether one is.

    Raises
    ------
    InvalidInputError
        For an argument out of range.
    TypeError
        For mixed libraries.

    Notes
    -----
    O(samples K log V) and what the scheme needs once; O(samples V K) for recursive_without_replacement. The standard
    error is that of a normal mean: of rare acceptances it says little.
    """
    laws, count = as_laws(draft, target), check_draft_count(draft_count)
    options = _options(scheme, alphabet_size, program_size)
    workers, size = check_threads(threads), check_count("samples", samples, 2, MAX_ROWS)
    key = mix_seed(seed)
    if scheme == "optimal":
        value, error = _estimate_optimal(laws, count, size, key, workers)
    else:
        value, error = _native.scheme_estimate(
            laws.draft, laws.target, laws.batched, count, scheme, *options, size, key, workers
        )
    return AcceptanceEstimate(_answer(value, laws), _answer(error, laws))


def draw_drafts(
    draft: Any,
    draft_count: int,
    *,
    scheme: str = "optimal",
    seed: int | tuple[int, ...],
    rows: int = 1,
    request: Any = None,
    position: Any = 0,
    threads: int | None = 1,
) -> Any:
    """Draw the rows of drafts that a scheme verifies.

    Parameters
    ----------
    draft
        Laws, [V] or [B, V], as in `acceptance`.
    draft_count
        Drafts of a row, 1 to 2^20.
    scheme
        One of `SCHEMES`.
    seed
        An int or a tuple of ints, none negative.
    rows
        Rows of drafts of each law.
    request, position
        Integers of [0, 2^64) and [0, 2^32) that broadcast to the rows, [rows] or [B, rows]: the sequence that a row is
        drafted for and the place in it. A row depends on (seed, request, position) and its law alone. Without request:
        the row's number in the call.
    threads
        1 to 1024; None for all cores. The answer is the same for any number.

    Returns
    -------
    int64 [rows, K], or [B, rows, K] for a batch
        No token of probability 0. ``greedy`` and ``top_k``: by descending probability, of equal ones the lowest token
        first. Where drafts that are to differ run out, copies of the last one.

    Raises
    ------
    InvalidInputError
        For an argument out of range.
    """
    array = as_law("draft", draft)
    count = check_draft_count(draft_count)
    _check_scheme(scheme)
    batched = array.ndim == 2
    laws = array if batched else array[None]
    shape = (len(laws), check_count("rows", rows, 0, MAX_ROWS))
    requests, positions = as_rows(request, position, shape, batched=batched)
    tokens = _native.draw_drafts(
        laws,
        batched,
        count,
        "single" if scheme == "optimal" else scheme,
        mix_seed(seed),
        requests,
        positions,
        check_threads(threads),
    )
    return like(tokens if batched else tokens[0], tensors=is_tensor(draft))


def verify(
    draft: Any,
    target: Any,
    draft_tokens: Any,
    *,
    scheme: str = "optimal",
    seed: int | tuple[int, ...],
    request: Any = None,
    position: Any = 0,
    alphabet_size: int = 40,
    program_size: int = 5,
    threads: int | None = 1,
) -> Verification:
    """Verify rows of drafts: put out one token for each, whose law is exactly the target.

    Parameters
    ----------
    draft, target
        Laws, [V] or [B, V], as in `acceptance`.
    draft_tokens
        Integers, [n, K] or [B, n, K], in the library of the laws. They must be what `draw_drafts` draws for the scheme,
        from the same draft law and drawn afresh: losslessness is over drafts and verification together.
    scheme, alphabet_size, program_size
        As in `acceptance`.
    seed, request, position
        As in `draw_drafts`; the same seed may serve both, their random numbers are independent.
    threads
        1 to 1024; None for all cores. The answer is the same for any number.

    Returns
    -------
    Verification
        Tokens and which draft was accepted, int64 [n] or [B, n]. A residual token that happens to be among the drafts
        was not accepted; but token_matching and top_k accept by that match alone, as greedy does for its sure drafts.

    Raises
    ------
    InvalidInputError
        For an argument out of range, a token that is not of the vocabulary or has draft probability 0, and drafts that
        the scheme cannot have drawn: for ``greedy`` and ``top_k`` other tokens than the likeliest, a duplicate for
        ``recursive_without_replacement``.
    TypeError
        For mixed libraries.

    Notes
    -----
    What the scheme needs once for each law, as in `acceptance`; then O(K + log V) a row, but O(V K) for
    recursive_without_replacement.
    """
    laws = as_laws(draft, target)
    tokens = as_tokens(draft_tokens, laws, None)
    options = _options(scheme, alphabet_size, program_size)
    count = check_draft_count(tokens.shape[2])
    workers = check_threads(threads)
    key = mix_seed(seed)
    requests, positions = as_rows(request, position, tokens.shape[:2], batched=laws.batched)
    if scheme == "optimal":
        optimal = _native.plan(laws.draft, laws.target, count, laws.batched, workers)
        token, accepted = optimal.verify(tokens, key, requests, positions, workers)
    else:
        token, accepted = _native.scheme_verify(
            laws.draft, laws.target, laws.batched, tokens, scheme, *options, key, requests, positions, workers
        )
    if not laws.batched:
        token, accepted = token[0], accepted[0]
    return Verification(like(token, tensors=laws.tensors), like(accepted, tensors=laws.tensors))


def _check_scheme(scheme: str) -> None:
    if scheme not in SCHEMES:
        names = ", ".join(repr(name) for name in SCHEMES)
        raise InvalidInputError(f"scheme is {scheme!r}: it must be one of {names}")


def _options(scheme: str, alphabet_size: int, program_size: int) -> tuple[int, int]:
    _check_scheme(scheme)
    return (
        check_count("alphabet_size", alphabet_size, 1, MAX_VOCABULARY),
        check_count("program_size", program_size, 1, MAX_PROGRAM_SIZE),
    )


def _answer(found: NDArray[np.float64], laws: Laws) -> Any:
    return like(found if laws.batched else found[0], tensors=laws.tensors)


def _estimate_optimal(
    laws: Laws, draft_count: int, samples: int, key: int, threads: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Count accepted rows: the plan tells which drafts it accepts, not how probably."""
    optimal, batch = _native.plan(laws.draft, laws.target, draft_count, laws.batched, threads), laws.batch
    counted = np.zeros(batch, dtype=np.int64)
    at_once = max(1, _DRAFTS_AT_ONCE // (batch * draft_count))
    for begin in range(0, samples, at_once):
        rows = min(at_once, samples - begin)
        request = np.arange(begin, begin + rows, dtype=np.uint64) + np.arange(batch, dtype=np.uint64)[:, None] * samples
        position = np.zeros_like(request)
        tokens = _native.draw_drafts(laws.draft, laws.batched, draft_count, "single", key, request, position, threads)
        _, accepted = optimal.verify(tokens, key, request, position, threads)
        counted += (accepted >= 0).sum(axis=1)
    share = counted / samples
    return share, np.array([math.sqrt(value * (1.0 - value) / (samples - 1)) for value in share.tolist()])
