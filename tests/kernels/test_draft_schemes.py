"""Schemes of multi-draft verification: the native kernels row by row as the reference, which is exactly lossless."""

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
from pybench.kernels.draft_schemes import SCHEMES, acceptance, draw_drafts, estimate_acceptance, verify
from pybench.kernels.reference import draft_schemes as reference
from pybench.kernels.reference.draft_importance import PairRule, chances, kept, make_rules, selection_law

pytestmark = pytest.mark.native

NATIVE = tuple(scheme for scheme in SCHEMES if scheme != "optimal")
IN_TURN = ("k_seq", "recursive", "single")
PROGRAM = {"alphabet_size": 4, "program_size": 3}  # both truncations bite on the laws of these tests


def rules_of(draft: Any, target: Any, draft_count: int, scheme: str) -> list[PairRule]:
    """The native rules: a linear program may have several optima, and rows are compared for one."""
    if scheme != "importance":
        return []
    return [PairRule(*rule) for rule in native.importance_rules(draft[None], target[None], draft_count, 4, 3)]


@pytest.mark.parametrize("scheme", NATIVE)
@given(data=st.data())
@settings(max_examples=150)
def test_rows_are_those_of_the_reference(scheme: str, data: st.DataObject) -> None:
    draft, target = data.draw(law_pairs())
    count, rows = data.draw(st.integers(1, 11)), data.draw(st.integers(1, 6))
    seed = data.draw(st.integers(0, 2**70))
    request = data.draw(st.lists(st.integers(0, 2**64 - 1), min_size=rows, max_size=rows))
    position = data.draw(st.lists(st.integers(0, 2**32 - 1), min_size=rows, max_size=rows))
    where: dict[str, Any] = {"scheme": scheme, "seed": seed}
    places: dict[str, Any] = {
        "request": np.array(request, dtype=np.uint64),
        "position": np.array(position, dtype=np.uint64),
        "threads": data.draw(st.integers(1, 3)),
    }
    tokens = draw_drafts(draft, count, rows=rows, **where, **places)
    expected = reference.draw_drafts(draft, count, **where, request=request, position=position)
    assert tokens.dtype == np.int64
    assert np.array_equal(tokens, expected)
    rules = rules_of(draft, target, count, scheme)
    found = verify(draft, target, tokens, **where, **places, **PROGRAM)
    sought = reference.verify(draft, target, tokens, **where, request=request, position=position, rules=rules)
    assert np.array_equal(found.token, sought.token)
    assert np.array_equal(found.accepted, sought.accepted)


@pytest.mark.parametrize("scheme", NATIVE)
@given(laws=law_pairs(max_vocabulary=5), count=st.integers(1, 4))
@settings(max_examples=60)
def test_the_output_is_exactly_the_target(scheme: str, laws: Any, count: int) -> None:
    """All rows of drafts are enumerated, and the uniforms integrated out."""
    draft, target = (reference.rescaled(law) for law in laws)
    rules = rules_of(*laws, count, scheme)
    output, drawn = np.zeros(len(target)), 0.0
    for drafts, chance in reference.drafting_law(draft, count, scheme):
        found = reference.conditional(draft, target, drafts, scheme, rules)
        assert (found.accepted >= 0).all()
        np.add.at(output, list(drafts), chance * found.accepted)
        output += chance * (1.0 - found.accepted.sum()) * found.residual
        drawn += chance
    assert drawn == pytest.approx(1.0, abs=1e-12)
    assert np.abs(output - target).max() < 1e-12


def enumerated(laws: Any, count: int, scheme: str) -> float:
    draft, target = (reference.rescaled(law) for law in laws)
    return reference.enumerated_acceptance(draft, target, count, scheme, rules_of(*laws, count, scheme))


@pytest.mark.parametrize("scheme", NATIVE)
@given(laws=law_pairs(max_vocabulary=5), count=st.integers(1, 4))
@settings(max_examples=60)
def test_the_closed_form_is_the_mean_over_all_rows(scheme: str, laws: Any, count: int) -> None:
    assert acceptance(*laws, count, scheme, **PROGRAM) == pytest.approx(enumerated(laws, count, scheme), abs=1e-11)


@pytest.mark.parametrize("scheme", NATIVE)
@given(laws=law_pairs(), count=st.integers(1, 11), seed=st.integers(0, 2**64))
@settings(max_examples=40)
def test_an_estimate_is_the_mean_over_its_rows(scheme: str, laws: Any, count: int, seed: int) -> None:
    found = estimate_acceptance(*laws, count, scheme, samples=7, seed=seed, **PROGRAM)
    draft, target = (reference.rescaled(law) for law in laws)
    rules = rules_of(*laws, count, scheme)
    rows = draw_drafts(laws[0], count, scheme=scheme, seed=seed, rows=7)
    given_drafts = []
    for drafts in rows.tolist():
        here = reference.conditional(draft, target, drafts, scheme, rules)
        match = here.residual[list(here.matches)].sum()
        given_drafts.append(here.accepted.sum() * (1.0 - match) + match)
    assert found.value == pytest.approx(np.mean(given_drafts), abs=1e-12)
    assert found.standard_error == pytest.approx(np.std(given_drafts, ddof=1) / 7**0.5, abs=1e-7)


@given(laws=law_pairs(max_vocabulary=8), count=st.integers(1, 5))
@settings(max_examples=150)
def test_no_scheme_beats_the_optimum_of_its_drafts(laws: Any, count: int) -> None:
    """Least cuts over all subsets: of independent drafts, and of drafts without replacement."""
    draft, target = (np.float64(reference.rescaled(law)) for law in laws)
    optimum = acceptance_by_subsets([draft] * count, target, scheme="iid")
    found = {scheme: acceptance(draft, target, count, scheme) for scheme in SCHEMES}
    assert found["optimal"] == pytest.approx(optimum, abs=1e-12)
    for scheme in (*IN_TURN, "importance", "token_matching"):
        assert found[scheme] <= optimum + 1e-12
    assert found["k_seq"] >= (1.0 - np.exp(-1.0)) * optimum - 1e-12
    assert found["single"] <= min(found["k_seq"], found["recursive"]) + 1e-12
    support = np.count_nonzero(draft)
    without = acceptance_by_subsets([draft] * min(count, support), target, scheme="without_replacement")
    assert found["recursive_without_replacement"] <= without + 1e-12
    if count == 1:
        distance = 0.5 * np.abs(draft - target).sum()
        for scheme in (*IN_TURN, "importance", "recursive_without_replacement", "greedy"):
            assert found[scheme] == pytest.approx(1.0 - distance, abs=1e-12)


@given(laws=law_pairs(max_vocabulary=7), count=st.integers(1, 5))
@settings(max_examples=100)
def test_greedy_and_top_k_attain_the_optimum_of_their_drafts(laws: Any, count: int) -> None:
    """The least cut q(S) + 1 - P(all drafts in S) over all subsets S, with the rows of drafts enumerated."""
    draft, target = (reference.rescaled(law) for law in laws)
    for scheme in ("greedy", "top_k"):
        rows = [(set(row), chance) for row, chance in reference.drafting_law(draft, count, scheme)]
        subsets = itertools.chain.from_iterable(
            itertools.combinations(range(len(draft)), size) for size in range(len(draft) + 1)
        )
        cuts = [
            target[list(subset)].sum() + 1.0 - sum(chance for row, chance in rows if row <= set(subset))
            for subset in subsets
        ]
        assert acceptance(*laws, count, scheme) == pytest.approx(min(cuts), abs=1e-12)


@given(law=law_pairs(dtypes=("float64",)).map(lambda pair: pair[0]), count=st.integers(1, 6))
def test_equal_laws_accept_always(law: Any, count: int) -> None:
    for scheme in (*IN_TURN, "recursive_without_replacement"):
        assert acceptance(law, law, count, scheme) == pytest.approx(1.0, abs=1e-15)  # the sum of the law, in some order
        drafts = draw_drafts(law, count, scheme=scheme, seed=1, rows=20)
        found = verify(law, law, drafts, scheme=scheme, seed=2)
        assert np.array_equal(found.token, drafts[:, 0])
        assert not found.accepted.any()


def test_disjoint_laws_never_accept() -> None:
    draft, target = np.array([0.25, 0.75, 0.0, 0.0]), np.array([0.0, 0.0, 0.5, 0.5])
    for scheme in NATIVE:
        assert acceptance(draft, target, 3, scheme) == 0.0
        drafts = draw_drafts(draft, 3, scheme=scheme, seed=1, rows=50)
        found = verify(draft, target, drafts, scheme=scheme, seed=2)
        assert set(found.token.tolist()) == {2, 3}
        assert (found.accepted == -1).all()


@given(laws=law_pairs(), count=st.integers(1, 5), data=st.data())
def test_names_of_tokens_do_not_matter(laws: Any, count: int, data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(len(laws[0]))))
    for scheme in (*IN_TURN, "token_matching", "recursive_without_replacement"):
        moved = acceptance(laws[0][order], laws[1][order], count, scheme)
        assert moved == pytest.approx(acceptance(*laws, count, scheme), abs=1e-12)


@given(laws=law_pairs(), count=st.integers(1, 5))
def test_another_draft_never_hurts(laws: Any, count: int) -> None:
    for scheme in ("optimal", "importance", "k_seq", "recursive", "token_matching", "top_k"):
        assert acceptance(*laws, count + 1, scheme) >= acceptance(*laws, count, scheme) - 1e-12


@given(laws=law_pairs(min_vocabulary=2), count=st.integers(2, 6))
@settings(max_examples=100)
def test_the_scale_of_k_seq_is_that_of_bisection(laws: Any, count: int) -> None:
    """Acceptance is 1 - (1 - b)^K at rho*, which the reference finds in 50 halvings."""
    draft, target = (reference.rescaled(law) for law in laws)
    rho, once = reference.k_seq_scale(draft, target, count)
    assert 1.0 <= rho <= count
    assert acceptance(*laws, count, "k_seq") == pytest.approx(1.0 - (1.0 - once) ** count, abs=1e-11)


def test_drafts_run_out() -> None:
    draft, target = np.array([0.0, 0.75, 0.0, 0.25]), np.full(4, 0.25)
    assert draw_drafts(draft, 4, scheme="greedy", seed=1).tolist() == [[1, 3, 3, 3]]
    assert draw_drafts(draft, 4, scheme="top_k", seed=1).tolist() == [[1, 3, 3, 3]]
    rows = draw_drafts(draft, 4, scheme="recursive_without_replacement", seed=1, rows=40).tolist()
    assert {tuple(row) for row in rows} == {(1, 3, 3, 3), (3, 1, 1, 1)}
    for scheme in ("greedy", "top_k"):
        assert acceptance(draft, target, 4, scheme) == 0.5
        assert acceptance(draft, target, 3, scheme) == 0.5


def test_ties_go_to_the_lowest_token() -> None:
    draft = np.array([0.125, 0.25, 0.125, 0.25, 0.25])
    assert draw_drafts(draft, 4, scheme="top_k", seed=1).tolist() == [[1, 3, 4, 0]]
    rows = draw_drafts(draft, 4, scheme="greedy", seed=1, rows=40)
    assert (rows[:, :3] == [1, 3, 4]).all()
    assert set(rows[:, 3].tolist()) == {0, 2}


@given(laws=law_pairs(max_vocabulary=6), count=st.integers(1, 4))
def test_the_selection_law_of_a_rule_is_that_of_its_choices(laws: Any, count: int) -> None:
    """The reference's matrix arithmetic against all rows of drafts."""
    draft, target = (reference.rescaled(law) for law in laws)
    rules = make_rules(draft, target, count, 4, 3)
    law = draft
    for rule in rules:
        assert (
            np.abs(kept(rule, len(draft)) + kept(rule, len(draft)).T - 1.0)[np.ix_(rule.alphabet, rule.alphabet)][
                ~np.eye(len(rule.alphabet), dtype=bool)
            ]
            < 1e-15
        ).all()
        law = selection_law(law, draft, rule)
    selected = np.zeros(len(draft))
    for drafts in itertools.product(range(len(draft)), repeat=count):
        np.add.at(selected, list(drafts), np.prod(draft[list(drafts)]) * chances(drafts, rules, len(draft)))
    assert np.abs(law - selected).max() < 1e-12
