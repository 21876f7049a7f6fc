"""A trigram model of token ids: interpolated absolute discounting down to the uniform law, so every token can come.

The law after tokens a, b is ``(c(a,b,w) - d)+ / c(a,b) + d n(a,b) / c(a,b) * lower(w)`` with n the number of distinct
followers, and the same with b alone and with nothing below it (S. F. Chen and J. Goodman, 1999).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pybench.errors import InvalidInputError

__all__ = ["TrigramModel"]

_DISCOUNT = 0.75


class TrigramModel:
    """Counts of a text.

    Parameters
    ----------
    tokens
        int64 [n]: the text, at least three tokens.
    vocabulary_size
        Number of tokens, V.
    """

    def __init__(self, tokens: NDArray[np.int64], vocabulary_size: int) -> None:
        if tokens.size < 3:
            raise InvalidInputError(f"tokens has {tokens.size}: trigrams need at least 3")
        if tokens.min() < 0 or tokens.max() >= vocabulary_size:
            worst = int(tokens.min() if tokens.min() < 0 else tokens.max())
            raise InvalidInputError(f"tokens holds {worst}: it must be in [0, {vocabulary_size - 1}]")
        self.vocabulary_size = vocabulary_size
        counts = np.bincount(tokens, minlength=vocabulary_size)
        kept = np.maximum(counts - _DISCOUNT, 0.0)
        self._unigram = (kept + _DISCOUNT * np.count_nonzero(counts) / vocabulary_size) / tokens.size
        self._bigrams = _Followers(tokens[:-1], tokens[1:])
        self._trigrams = _Followers(tokens[:-2] * vocabulary_size + tokens[1:-1], tokens[2:])

    def law(self, before: int, last: int) -> NDArray[np.float64]:
        """Return the law [V] of what follows two tokens; `before` is -1 where there is but one. O(V)."""
        law = self._bigrams.interpolate(last, self._unigram)
        return law if before < 0 else self._trigrams.interpolate(before * self.vocabulary_size + last, law)


class _Followers:
    """How often each token follows each context."""

    def __init__(self, contexts: NDArray[np.int64], tokens: NDArray[np.int64]) -> None:
        order = np.lexsort((tokens, contexts))
        contexts, tokens = contexts[order], tokens[order]
        first = np.flatnonzero(np.r_[True, (np.diff(contexts) != 0) | (np.diff(tokens) != 0)])
        self._contexts, self._tokens = contexts[first], tokens[first]
        self._counts = np.diff(np.r_[first, contexts.size])

    def interpolate(self, context: int, lower: NDArray[np.float64]) -> NDArray[np.float64]:
        begin, end = np.searchsorted(self._contexts, [context, context + 1])
        if begin == end:
            return lower
        counts = self._counts[begin:end]
        law: NDArray[np.float64] = lower * (_DISCOUNT * counts.size / counts.sum())
        law[self._tokens[begin:end]] += (counts - _DISCOUNT) / counts.sum()
        return law
