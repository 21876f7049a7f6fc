"""What every scheme would have accepted on a server's own log, and how far each is from the optimum."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from pybench.errors import InvalidInputError
from pybench.kernels.draft import SCHEMES, acceptance, estimate_acceptance, plan_from_logits, probabilities
from pybench.kernels.inputs import check_count, check_threads, mix_seed
from simulators.multi_draft.profile_alignment import Alignment, align
from simulators.multi_draft.profile_log import check_log, rows_of
from simulators.multi_draft.profile_result import LogitProfile

__all__ = ["PROFILED", "profile_logits"]

#: The schemes that are profiled unless others are named: those whose acceptance is known in closed form at any size.
PROFILED = ("optimal", "k_seq", "recursive", "token_matching", "greedy", "top_k", "single")
# Logits of one chunk, of each model: some 16 MB in float32, so that memory stays bounded for any log.
_CHUNK = 2**22


def profile_logits(
    draft_logits: Any,
    target_logits: Any,
    tokens: Any,
    *,
    draft_count: int = 4,
    temperature: float = 1.0,
    draft_temperature: float | None = None,
    top_k: int | None = None,
    top_p: float | None = None,
    schemes: Sequence[str] = PROFILED,
    samples: int = 256,
    confidence: float = 0.95,
    block_length: int | None = None,
    seed: int | tuple[int, ...] = 0,
    misaligned: str = "refuse",
    threads: int | None = 1,
    progress: Callable[[float, str], None] | None = None,
) -> LogitProfile:
    """Replay a log of logits: the acceptance of each scheme at each position, and its gap to the optimum.

    >>> import numpy as np
    >>> draft = np.load("draft.npy", mmap_mode="r")  # doctest: +SKIP
    >>> print(profile_logits(draft, np.load("target.npy", mmap_mode="r"), np.load("tokens.npy")))  # doctest: +SKIP

    Parameters
    ----------
    draft_logits, target_logits
        [T, V] each, float16, float32 or float64, or torch tensors (bfloat16 too); memory-mapped files are read in
        chunks. Row t of both is what the models said before `tokens[t]` came. Minus infinity is a token that cannot
        come.
    tokens
        Integers [T]: what came out. They only serve to see whether logits and tokens belong together.
    draft_count
        Drafts of a position, K.
    temperature, top_k, top_p
        As the server samples, for both laws; see `pybench.kernels.draft.probabilities`.
    draft_temperature
        Of the draft law; None: `temperature`.
    schemes
        Names of `pybench.kernels.draft.SCHEMES`. ``optimal`` is always profiled, as the yardstick.
    samples
        ``recursive_without_replacement`` only, whose acceptance is simulated: rows of drafts a position.
    confidence
        Of the intervals, in (0, 1).
    block_length
        Positions of a block of the bootstrap; None: twice the cube root of T. Blocks, not positions, are drawn anew,
        because acceptances of neighbouring positions are not independent.
    seed
        Of the bootstrap and of what is simulated.
    misaligned
        Where the tokens fit the logits of a neighbouring position better than their own, ``"refuse"`` raises and
        ``"warn"`` warns.
    threads
        1 to 1024; None: all cores.
    progress
        Called with the fraction done and what is being done.

    Returns
    -------
    LogitProfile
        `str()` of it is a table.

    Raises
    ------
    InvalidInputError
        For arrays that do not fit each other, an argument out of range, NaN or infinite logits, by position, and a log
        that is shifted.
    TypeError
        For what is no array.

    Notes
    -----
    Two passes: one over the target's logits for the check, one over both. A gap may be negative for ``greedy`` and
    ``top_k``, which draw other drafts than the K independent ones that the optimum is of.
    """
    names = _check_schemes(schemes)
    count = check_count("draft_count", draft_count, 1, 2**20)
    check_count("samples", samples, 2, 2**40)
    check_threads(threads)
    key = mix_seed(seed)
    if not (isinstance(confidence, float) and 0.0 < confidence < 1.0):
        raise InvalidInputError(f"confidence is {confidence!r}: it must be a float in (0, 1)")
    if misaligned not in ("refuse", "warn"):
        raise InvalidInputError(f"misaligned is {misaligned!r}: it must be 'refuse' or 'warn'")
    ids = check_log(draft_logits, target_logits, tokens)
    length, vocabulary_size = target_logits.shape
    block = _block_length(length, block_length)
    report = progress or (lambda _done, _step: None)
    step = max(1, _CHUNK // vocabulary_size)
    sampling: dict[str, Any] = {"top_k": top_k, "top_p": top_p, "threads": threads}
    # The options are checked before a long first pass, by the kernel that knows their rules.
    one = np.zeros(1, dtype=np.float32)
    heats: dict[str, Any] = {"temperature": temperature, "draft_temperature": draft_temperature}
    plan_from_logits(one, one, count, **heats, **sampling)

    heat = temperature if draft_temperature is None else draft_temperature
    fit = align(target_logits, ids, temperature, step, lambda done: report(0.2 * done, "do logits and tokens fit"))
    _judge(fit, misaligned)
    accepted = {name: np.empty(length) for name in names}
    for begin in range(0, length, step):
        report(0.2 + 0.8 * begin / length, "acceptance")
        part = slice(begin, min(begin + step, length))
        draft = probabilities(rows_of("draft_logits", draft_logits, part), temperature=heat, **sampling)
        target = probabilities(rows_of("target_logits", target_logits, part), temperature=temperature, **sampling)
        for name in names:
            if name == "recursive_without_replacement":
                accepted[name][part] = estimate_acceptance(
                    draft, target, count, name, samples=samples, seed=(key, begin), threads=threads
                ).value
            else:
                accepted[name][part] = acceptance(draft, target, count, name, threads=threads)
    report(1.0, "done")
    return LogitProfile(
        acceptance=accepted,
        tokens=ids,
        draft_count=count,
        confidence=confidence,
        block_length=block,
        bootstrap_key=key,
        alignment=fit,
    )


def _check_schemes(schemes: Sequence[str]) -> tuple[str, ...]:
    names = (schemes,) if isinstance(schemes, str) else tuple(schemes)
    for name in names:
        if name not in SCHEMES:
            raise InvalidInputError(f"schemes holds {name!r}: each must be one of {', '.join(SCHEMES)}")
    return tuple(dict.fromkeys(("optimal", *names)))


def _block_length(length: int, block_length: int | None) -> int:
    if block_length is None:
        return min(length, int(np.ceil(2.0 * length ** (1.0 / 3.0))))
    return check_count("block_length", block_length, 1, length)


def _judge(fit: Alignment, misaligned: str) -> None:
    """Refuse a shifted log, or warn of it."""
    text = fit.complaint()
    if text and misaligned == "refuse":
        raise InvalidInputError(text)
    if text:
        warnings.warn(text, UserWarning, stacklevel=3)
