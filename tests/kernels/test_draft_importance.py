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


def least_cut(law: Any, draft: Any, target: Any, alphabet: Any, program: int) -> float:
    """The largest sum of min(beta, target) of one stage, as the least cut over all subsets of the program."""
    first = alphabet[:program].tolist()
    fixed = selection_law(law, draft, PairRule(alphabet, np.zeros((len(first), len(first)))))
    pairs = {(i, j): law[i] * draft[j] + law[j] * draft[i] for i, j in itertools.combinations(first, 2)}
    # Without weights a pair of the program goes to its later draft: what is left is fixed.
    for i, j in itertools.permutations(first, 2):
        fixed[j] -= law[i] * draft[j]
    room = {token: max(0.0, target[token] - fixed[token]) for token in first}
    subsets = itertools.chain.from_iterable(itertools.combinations(first, size) for size in range(len(first) + 1))
    flow = min(
        sum(room[token] for token in subset) + sum(mass for pair, mass in pairs.items() if not set(pair) <= set(subset))
        for subset in subsets
    )
    return float(np.minimum(fixed, target).sum() + flow)


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
        if not len(rule.alphabet):  # no pair weights of this order would help
            alphabet = np.argsort(-(target - law * draft), kind="stable")[:alphabet_size]
            covered = least_cut(law, draft, target, alphabet, program)
            assert covered <= np.minimum(law, target).sum() + 1e-12
            continue
        keys = target - law * draft
        size = min(alphabet_size, len(draft))
        assert len(set(rule.alphabet.tolist())) == size
        assert np.abs(keys[rule.alphabet] - np.sort(keys)[::-1][:size]).max() < 1e-15
        covered = least_cut(law, draft, target, rule.alphabet, program)
        solved, _ = most_covered(law, draft, target, rule.alphabet, program)
        assert covered == pytest.approx(solved, abs=1e-7)  # HiGHS: its tolerances are relative to its own scaling
        law = selection_law(law, draft, rule)
        assert law.sum() == pytest.approx(1.0, abs=1e-12)
        assert np.minimum(law, target).sum() == pytest.approx(covered, abs=1e-12)
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


def test_a_rule_that_would_not_help_is_not_used() -> None:
    law = np.array([0.5, 0.25, 0.25])
    for rule in native_rules(law, law, 4, 2, 1):
        assert rule.alphabet.shape == (0,)
        assert rule.keeps.shape == (0, 0)
    assert acceptance(law, law, 4, "importance", alphabet_size=2, program_size=1) == 1.0


def test_the_full_vocabulary() -> None:
    size = 262_144
    generator = np.random.default_rng(1)
    logits = -1.4 * np.log(1.0 + generator.permutation(size))
    draft, target = np.exp((logits + generator.normal(0.0, 0.5, size)) / 1.5), np.exp(logits)
    draft, target = ((law / law.sum()).astype(np.float32) for law in (draft, target))
    wide = rescaled(draft), rescaled(target)
    for count in (2, 4):
        law = wide[0]
        for rule in native_rules(draft, target, count, 40, 5):
            assert len(rule.alphabet) == 40
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
