"""Importance-weighted selection: its weights solve their linear program, and truncation is what it is said to be."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from draft_laws import law_pairs
from draft_oracles import acceptance_by_subsets
from hypothesis import given, settings
from hypothesis import strategies as st

from pybench._native import draft as native
from pybench.kernels.draft_schemes import acceptance
from pybench.kernels.reference.draft_importance import PairRule, most_covered, selection_law
from pybench.kernels.reference.draft_schemes import rescaled

pytestmark = pytest.mark.native


def native_rules(draft: Any, target: Any, count: int, alphabet_size: int, program_size: int) -> list[PairRule]:
    found = native.importance_rules(draft[None], target[None], count, alphabet_size, program_size)
    return [PairRule(*rule) for rule in found]


@given(
    laws=law_pairs(max_vocabulary=9),
    count=st.integers(2, 4),
    alphabet_size=st.integers(1, 9),
    program=st.integers(1, 9),
)
@settings(max_examples=150)
def test_every_stage_solves_its_linear_program(laws: Any, count: int, alphabet_size: int, program: int) -> None:
    draft, target = (rescaled(law) for law in laws)
    rules = native_rules(*laws, count, alphabet_size, program)
    assert len(rules) == count - 1
    law = draft
    for rule in rules:
        keys = target - law * draft
        size = min(alphabet_size, len(draft))
        assert len(set(rule.alphabet.tolist())) == size
        assert np.abs(keys[rule.alphabet] - np.sort(keys)[::-1][:size]).max() < 1e-15
        covered, _ = most_covered(law, draft, target, rule.alphabet, program)
        law = selection_law(law, draft, rule)
        assert law.sum() == pytest.approx(1.0, abs=1e-12)
        assert np.minimum(law, target).sum() == pytest.approx(covered, abs=1e-9)
        off_diagonal = ~np.eye(len(rule.keeps), dtype=bool)
        assert ((rule.keeps + rule.keeps.T)[off_diagonal] == 1.0).all()
        assert ((rule.keeps >= 0.0) & (rule.keeps <= 1.0)).all()
    options = {"alphabet_size": alphabet_size, "program_size": program}
    assert acceptance(*laws, count, "importance", **options) == pytest.approx(np.minimum(law, target).sum(), abs=1e-12)


@given(laws=law_pairs(max_vocabulary=8))
@settings(max_examples=100)
def test_two_drafts_without_truncation_are_optimal(laws: Any) -> None:
    """With all pairs in the program, weights of pairs are all that a verifier of two drafts can choose."""
    optimum = acceptance_by_subsets([laws[0]] * 2, laws[1], scheme="iid")
    assert acceptance(*laws, 2, "importance", program_size=8) == pytest.approx(optimum, abs=1e-12)


@given(laws=law_pairs(min_vocabulary=2, max_vocabulary=12))
def test_a_larger_program_is_no_worse_with_two_drafts(laws: Any) -> None:
    sizes = [acceptance(*laws, 2, "importance", program_size=size) for size in (1, 2, 4, 8, 12)]
    assert all(later >= earlier - 1e-12 for earlier, later in itertools.pairwise(sizes))


def test_the_full_vocabulary() -> None:
    size = 262_144
    generator = np.random.default_rng(1)
    logits = generator.normal(0.0, 3.0, size)
    draft, target = (np.exp(logits + noise) for noise in (0.0, generator.normal(0.0, 0.7, size)))
    draft, target = ((law / law.sum()).astype(np.float32) for law in (draft, target))
    wide = rescaled(draft), rescaled(target)
    for count in (2, 4):
        law = wide[0]
        for rule in native_rules(draft, target, count, 40, 5):
            # The same law in linear time: what comes after each rank, and the masses of the pairs of the program.
            rank = np.full(size, 40)
            rank[rule.alphabet] = np.arange(40)
            first = rule.alphabet[:5]
            after = {name: np.bincount(rank, weights, 41) for name, weights in (("a", law), ("p", wide[0]))}
            later = {name: (sums.sum() - np.cumsum(sums))[rank] for name, sums in after.items()}
            chosen = law * wide[0] + law * later["p"] + wide[0] * later["a"]
            chosen[rank == 40] = (law * after["p"][40])[rank == 40]
            mass = np.outer(law[first], wide[0][first])
            mass = mass + mass.T
            np.fill_diagonal(mass, 0.0)
            earlier = np.triu(np.ones((5, 5)), 1)
            np.fill_diagonal(rule.keeps, 0.0)
            chosen[first] += (mass * (rule.keeps - earlier)).sum(axis=1)
            law = chosen
        assert law.sum() == pytest.approx(1.0, abs=1e-9)
        expected = np.minimum(law, wide[1]).sum()
        assert acceptance(draft, target, count, "importance") == pytest.approx(expected, abs=1e-9)
