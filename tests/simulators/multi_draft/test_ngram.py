"""The trigram law: proper for every context, and its formula by counting."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pybench.errors import InvalidInputError
from simulators.multi_draft.ngram import TrigramModel

_TOKENS = st.lists(st.integers(0, 6), min_size=3, max_size=60)


def _by_counting(tokens, size, before, last):
    """Return the law by its formula, token by token."""

    def level(contexts, lower):
        followers = [token for context, token in contexts]
        if not followers:
            return lower
        total, distinct = len(followers), len(set(followers))
        return [
            max(followers.count(token) - 0.75, 0.0) / total + 0.75 * distinct / total * lower[token]
            for token in range(size)
        ]

    law = level([((), token) for token in tokens], [1.0 / size] * size)
    law = level([pair for pair in itertools.pairwise(tokens) if pair[0] == last], law)
    if before < 0:
        return law
    triples = zip(tokens, tokens[1:], tokens[2:], strict=False)
    return level([(a, c) for a, b, c in triples if (a, b) == (before, last)], law)


@given(tokens=_TOKENS, before=st.integers(-1, 7), last=st.integers(0, 7))
@settings(deadline=None)
def test_the_law_is_its_formula_and_proper(tokens, before, last):
    law = TrigramModel(np.array(tokens), 8).law(before, last)
    np.testing.assert_allclose(law, _by_counting(tokens, 8, before, last), rtol=1e-12)
    assert law.sum() == pytest.approx(1.0, abs=1e-12)
    assert law.min() > 0.0


def test_asking_does_not_change_it():
    model = TrigramModel(np.array([1, 2, 3, 1, 2, 4]), 5)
    first = model.law(1, 2).copy()
    model.law(-1, 2)
    np.testing.assert_array_equal(model.law(1, 2), first)


def test_what_is_refused():
    with pytest.raises(InvalidInputError, match="tokens has 2: trigrams need at least 3"):
        TrigramModel(np.array([1, 2]), 5)
    with pytest.raises(InvalidInputError, match=r"tokens holds 5: it must be in \[0, 4\]"):
        TrigramModel(np.array([1, 5, 2]), 5)
    with pytest.raises(InvalidInputError, match="tokens holds -1"):
        TrigramModel(np.array([1, -1, 2]), 5)
