"""The oracles of the drafting kernels agree with each other and with what is known by hand."""

from __future__ import annotations

import numpy as np
import pytest
from draft_laws import FALSE_ALARM, law_pairs, laws, sampling_p_value
from draft_oracles import (
    SCHEMES,
    acceptance_by_linear_program,
    acceptance_by_max_flow,
    acceptance_by_subsets,
    drawn_sets,
    mass_inside,
    max_flow_error,
    rescaled,
)
from hypothesis import assume, given, settings
from hypothesis import strategies as st


@pytest.mark.parametrize("scheme", SCHEMES)
@settings(max_examples=150)
@given(data=st.data())
def test_three_routes_give_one_acceptance(scheme: str, data: st.DataObject) -> None:
    draft, target = data.draw(law_pairs(max_vocabulary=6))
    count = data.draw(st.integers(1, 3))
    drafts = [draft] * count
    if scheme == "different":
        size = len(draft)
        drafts = [data.draw(laws(min_vocabulary=size, max_vocabulary=size)) for _ in range(count)]
    if scheme == "without_replacement":
        assume(np.count_nonzero(draft) >= count)
    sets = drawn_sets(drafts, scheme=scheme)
    assert sum(sets.values()) == pytest.approx(1.0, abs=1e-14)
    by_subsets = acceptance_by_subsets(drafts, target, scheme=scheme)
    assert acceptance_by_linear_program(sets, target) == pytest.approx(by_subsets, abs=1e-9)
    pytest.importorskip("ortools", reason="the flow's solver is a peer")
    by_flow = acceptance_by_max_flow(sets, target)
    assert by_subsets - max_flow_error(sets, target) - 1e-14 <= by_flow <= by_subsets + 1e-14


@given(pair=law_pairs(max_vocabulary=9))
def test_one_draft_accepts_what_the_laws_share(pair: tuple[np.ndarray, np.ndarray]) -> None:
    draft, target = pair
    shared = float(np.minimum(rescaled(draft), rescaled(target)).sum())
    for scheme in SCHEMES:
        assert acceptance_by_subsets([draft], target, scheme=scheme) == pytest.approx(shared, abs=1e-14)


def test_uniform_laws_by_hand() -> None:
    """Two drafts over three tokens, all of the target on one: accepted where that one is drawn."""
    uniform, point = np.full(3, 1 / 3), np.array([1.0, 0.0, 0.0])
    assert acceptance_by_subsets([uniform] * 2, point, scheme="iid") == pytest.approx(5 / 9, abs=1e-15)
    assert acceptance_by_subsets([uniform] * 2, point, scheme="without_replacement") == pytest.approx(2 / 3, abs=1e-15)
    other = np.array([0.0, 0.5, 0.5])
    assert acceptance_by_subsets([uniform, other], point, scheme="different") == pytest.approx(1 / 3, abs=1e-15)


@given(draft=laws(min_vocabulary=2, max_vocabulary=8))
def test_inside_is_the_sum_over_the_sets_inside(draft: np.ndarray) -> None:
    assume(np.count_nonzero(draft) >= 2)
    for scheme in SCHEMES:
        sets = drawn_sets([draft] * 2, scheme=scheme)
        inside = mass_inside([draft] * 2, scheme=scheme)
        for subset in (0, 1, 2, 3, (1 << len(draft)) - 1):
            expected = sum(mass for tokens, mass in sets.items() if tokens & ~subset == 0)
            assert inside[subset] == pytest.approx(expected, abs=1e-14)


@pytest.mark.parametrize("size", [1, 2, 7, 3000])
def test_a_right_sampler_passes_and_a_wrong_one_fails(size: int) -> None:
    generator = np.random.default_rng(size)
    law = np.sort(generator.dirichlet(np.full(size, 0.3)))
    samples = 200_000
    assert sampling_p_value(generator.multinomial(samples, law), law) > FALSE_ALARM
    if size > 1:
        assert sampling_p_value(generator.multinomial(samples, np.roll(law, 1)), law) < FALSE_ALARM


def test_the_tail_is_tested_too() -> None:
    """A tail of 10,000 tokens, each expected once, that a sampler never reaches; and one rare token drawn too often."""
    law = np.concatenate([[0.9], np.full(10_000, 1e-5)])
    never = np.zeros(10_001, dtype=np.int64)
    never[0] = 100_000
    assert sampling_p_value(never, law) < FALSE_ALARM
    often = np.random.default_rng(1).multinomial(100_000, law)
    often[5] += 15
    assert sampling_p_value(often, law) < FALSE_ALARM
    impossible = np.array([10, 1])
    assert sampling_p_value(impossible, np.array([1.0, 0.0])) == 0.0


def test_false_alarms_are_as_rare_as_said() -> None:
    generator = np.random.default_rng(5)
    law = generator.dirichlet(np.full(50, 0.2))
    found = np.array([sampling_p_value(generator.multinomial(20_000, law), law) for _ in range(1_000)])
    assert np.mean(found < 0.01) < 0.02
