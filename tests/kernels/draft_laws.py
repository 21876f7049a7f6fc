"""Laws to test the drafting kernels on, and the test of a sampled law."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

__all__ = ["FALSE_ALARM", "KINDS", "chain_laws", "language_model_laws", "law_pairs", "laws", "sampling_p_value"]

Law = NDArray[Any]

#: A test of a sampled law fails a right sampler so often, for a seed that nobody has tried.
FALSE_ALARM = 1e-6

#: What a pair of laws can be like. Each is made of weights that are then rescaled.
KINDS = (
    "whole",  # small whole numbers: zeros and ties in either, in both, or in none
    "spread",  # real weights over many orders of magnitude
    "ties",  # few different ratios of target to draft
    "equal",
    "disjoint",
    "denormal",  # entries below the least normal number, beside large ones
    "point",  # one token has all of the draft, or of the target
)

_TINY = {"float32": 1e-42, "float64": 1e-320}


def _normal(weights: NDArray[np.float64], dtype: str) -> Law:
    if not weights.any():
        weights = np.ones_like(weights)
    return np.asarray(weights / weights.sum(), dtype=dtype)


def _weights(size: int, kind: str) -> st.SearchStrategy[list[float]]:
    whole = st.integers(0, 6).map(float)
    spread = st.floats(-12.0, 3.0).map(np.exp)
    return st.lists(spread if kind in ("spread", "ties") else whole, min_size=size, max_size=size)


@st.composite
def law_pairs(
    draw: st.DrawFn,
    *,
    min_vocabulary: int = 1,
    max_vocabulary: int = 8,
    dtypes: tuple[str, ...] = ("float32", "float64"),
    kinds: tuple[str, ...] = KINDS,
) -> tuple[Law, Law]:
    """Draw a draft law and a target law on the same tokens, of the same dtype."""
    size = draw(st.integers(min_vocabulary, max_vocabulary))
    kind, dtype = draw(st.sampled_from(kinds)), draw(st.sampled_from(dtypes))
    draft, target = (np.array(draw(_weights(size, kind))) for _ in range(2))
    if kind == "ties":
        ratio = draw(st.lists(st.sampled_from([0.0, 0.5, 1.0, 3.0]), min_size=size, max_size=size))
        target = draft * np.array(ratio)
    elif kind == "equal":
        target = draft.copy()
    elif kind == "disjoint":
        side = np.array(draw(st.lists(st.booleans(), min_size=size, max_size=size)))
        if size > 1 and (side.all() or not side.any()):
            side[0] = not side[0]
        draft, target = np.where(side, draft + 1, 0.0), np.where(side, 0.0, target + 1)
    elif kind == "point":
        (draft if draw(st.booleans()) else target)[:] = np.arange(size) == draw(st.integers(0, size - 1))
    pair = _normal(draft, dtype), _normal(target, dtype)
    if kind == "denormal":
        for law in pair:
            law[np.array(draw(st.lists(st.booleans(), min_size=size, max_size=size))) & (law == 0)] = _TINY[dtype]
    return pair


def laws(**options: Any) -> st.SearchStrategy[Law]:
    """Draw one law; options as for `law_pairs`."""
    return law_pairs(**options).map(lambda pair: pair[0])


@st.composite
def chain_laws(
    draw: st.DrawFn, *, max_length: int = 4, max_vocabulary: int = 5, dtypes: tuple[str, ...] = ("float32", "float64")
) -> tuple[Law, Law]:
    """Draw the laws of a chain of drafts: draft [L, V] and target [L + 1, V]."""
    length = draw(st.integers(1, max_length))
    size, dtype = draw(st.integers(1, max_vocabulary)), draw(st.sampled_from(dtypes))
    pairs = [draw(law_pairs(min_vocabulary=size, max_vocabulary=size, dtypes=(dtype,))) for _ in range(length + 1)]
    return np.stack([draft for draft, _ in pairs[:length]]), np.stack([target for _, target in pairs])


def language_model_laws(
    size: int, *, seed: int, noise: float = 1.0, temperature: float = 1.2, dtype: str = "float32"
) -> tuple[Law, Law]:
    """Laws such as language models have: logits of some spread, the draft's flatter and noisy."""
    random = np.random.default_rng(seed)
    logits = random.normal(0.0, 2.5, size) + 2.0 * random.gumbel(size=size)
    drafted = logits / temperature + random.normal(0.0, noise, size)
    laws = (np.exp(values - values.max()) for values in (drafted, logits))
    draft, target = (np.asarray(law / law.sum(), dtype=dtype) for law in laws)
    return draft, target


def sampling_p_value(counts: NDArray[np.integer[Any]], law: Law, *, least_expected: float = 100.0) -> float:
    """Test counts of sampled tokens against their law; small where they do not fit.

    Two tests, each of which sees what the other does not, and twice the smaller p-value:

    * chi-square over the tokens that are expected `least_expected` times or more, with all others pooled into one bin.
      So large a bin keeps the true tail close to the chi-square law where p is `FALSE_ALARM`;
    * for every token and for the pool, the binomial law of its count, which is exact, times the number of tests.

    A token that cannot be drawn and was has p = 0.
    """
    from scipy.stats import binom, chi2

    exact = np.asarray(law, dtype=np.float64)
    exact = exact / exact.sum()
    if np.any(counts[exact == 0] > 0):
        return 0.0
    samples = int(counts.sum())
    kept = exact * samples >= least_expected
    observed = np.append(counts[kept], counts[~kept].sum())
    share = np.append(exact[kept], exact[~kept].sum())

    tokens, token_share = np.append(counts, observed[-1]), np.append(exact, share[-1])
    token_share = np.minimum(token_share, 1.0)
    tails = np.minimum(binom.cdf(tokens, samples, token_share), binom.sf(tokens - 1, samples, token_share))
    single = float(min(1.0, 2.0 * tails.min() * len(tails)))

    if share[-1] * samples < least_expected and len(share) > 1:  # too small a pool joins the smallest bin
        smallest = int(np.argmin(share[:-1]))
        observed[smallest] += observed[-1]
        share[smallest] += share[-1]
        observed, share = observed[:-1], share[:-1]
    if len(share) < 2:
        return single
    expected = share * samples
    statistic = float(((observed - expected) ** 2 / expected).sum())
    return float(min(1.0, 2.0 * min(single, chi2.sf(statistic, len(share) - 1))))
