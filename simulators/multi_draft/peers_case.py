"""The laws that the races of this room run on: LLM-like, drawn from the seed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pybench.errors import InvalidInputError
from pybench.harness.workload import Params

__all__ = ["LAWS", "Case", "Outcome", "make_case", "make_laws"]

#: How a draft law comes about: the target's logits at a higher temperature, with noise as of a model that ends some
#: layers early, or at a temperature so high that the draft is far too flat.
LAWS = ("temperature", "noisy", "flat")
DRAFT_TEMPERATURE, NOISE, FLAT_TEMPERATURE = 1.5, 1.5, 3.0


@dataclass(frozen=True, eq=False)
class Case:
    """What a server holds when it verifies: two laws, or a batch of each, and drafts."""

    draft: NDArray[Any]
    """[V], or [B, V]: float32, or float64 where the point says so."""
    target: NDArray[Any]
    """The same shape and dtype."""
    draft_tokens: NDArray[np.int64]
    """[rows, draft_count]: each drawn from the draft law on its own; no rows for a batch."""
    draft_count: int
    """Drafts a row, K."""
    params: Params
    """The point that it was made from."""


# Not frozen, as every timed call makes one: that costs 0.6 us, where the fastest job takes 5 us.
@dataclass(eq=False, slots=True)
class Outcome:
    """What a contender answers; None where its job leaves it out."""

    acceptance: Any = None
    token: NDArray[np.int64] | None = None
    accepted: NDArray[np.int64] | None = None
    selection_law: NDArray[Any] | None = None
    ordering: NDArray[Any] | None = None
    """A permutation of the tokens by target / draft: the job of an ordering alone."""
    sums: dict[str, float] | None = None
    """``dot`` of the laws, ``draft`` and ``target`` sums, ``overlap``: the job of one read alone."""
    rate: float | None = None
    """rho of k-SEQ, whose `acceptance` is then that of k-SEQ."""
    precision: float = 1e-9
    """How far from the exact acceptance it may be: more for what works in float or in whole numbers."""


def make_case(params: Params, seed: int) -> Case:
    """Return the laws of a point.

    Parameters
    ----------
    params
        ``vocabulary``, ``law`` (one of LAWS), ``draft_count``; ``rows`` of drafts (default 0); ``batch`` (default 0:
        one row of laws); ``bits`` of a probability (default 32).
    seed
        Of the laws and the drafts.
    """
    generator = np.random.default_rng((seed, 41))
    size, law, count = int(params["vocabulary"]), str(params["law"]), int(params["draft_count"])
    batch, rows = int(params.get("batch", 0)), int(params.get("rows", 0))
    dtype = np.dtype(f"float{params.get('bits', 32)}")
    pairs = [make_laws(size, law, generator, dtype) for _ in range(max(batch, 1))]
    draft, target = (np.stack(laws) if batch else laws[0] for laws in zip(*pairs, strict=True))
    tokens = np.zeros((0, count), dtype=np.int64)
    if rows:
        cumulative = np.cumsum(draft, dtype=np.float64)
        tokens = np.searchsorted(cumulative, generator.random((rows, count)) * cumulative[-1], side="right")
    for array in (draft, target, tokens):
        array.setflags(write=False)
    return Case(draft, target, tokens, count, params)


def make_laws(
    size: int, law: str, generator: np.random.Generator, dtype: np.dtype[Any]
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return a draft law and a target law: some hundred tokens in Zipf's proportions above a normal bulk of logits.

    Raises
    ------
    InvalidInputError
        For an unknown law.
    """
    if law not in LAWS:
        raise InvalidInputError(f"law is {law!r}: one of {', '.join(LAWS)}")
    logits = 2.0 * generator.standard_normal(size)
    leaders = min(256, size // 4)
    heights = 2.5 - np.log(np.arange(1, leaders + 1)) + 0.3 * generator.standard_normal(leaders)
    logits[generator.choice(size, leaders, replace=False)] = np.log(np.exp(logits).sum()) + heights
    if law == "noisy":
        draft = logits + NOISE * generator.standard_normal(size)
    else:
        draft = logits / (DRAFT_TEMPERATURE if law == "temperature" else FLAT_TEMPERATURE)
    return _softmax(draft).astype(dtype), _softmax(logits).astype(dtype)


def _softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    weights: NDArray[np.float64] = np.exp(logits - logits.max())
    weights /= weights.sum()
    return weights
