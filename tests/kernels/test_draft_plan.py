"""The optimal verifier: its optimum against oracles, its rows against the reference, its output law by sampling."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from draft_laws import FALSE_ALARM, language_model_laws, law_pairs, sampling_p_value
from draft_oracles import (
    acceptance_by_linear_program,
    acceptance_by_max_flow,
    acceptance_by_subsets,
    drawn_sets,
    max_flow_error,
    rescaled,
)
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pybench.kernels.draft import Plan, optimal_acceptance, plan
from pybench.kernels.reference import draft as reference

pytestmark = pytest.mark.native

Laws = tuple[NDArray[Any], NDArray[Any]]
COUNTS = st.sampled_from([1, 2, 3, 4, 7, 33, 100])
#: Sums of a float32 law are exact to some 1e-16 a token; rounding a law to float32 is 6e-8.
ROUNDING = {"float32": 1e-6, "float64": 1e-12}


@st.composite
def larger_laws(draw: st.DrawFn) -> Laws:
    """Draw laws beyond the size that is sorted as a whole: with ties, zeros, equal, disjoint, nearly equal."""
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    size, kind = (
        draw(st.integers(513, 900)),
        draw(st.sampled_from(["model", "whole", "near", "equal", "wide", "zeros"])),
    )
    draft = random.dirichlet(np.full(size, 0.3))
    target = random.dirichlet(np.full(size, 0.3))
    if kind == "model":
        draft, target = language_model_laws(size, seed=int(random.integers(2**31)), dtype="float64")
    elif kind == "whole":
        draft, target = random.integers(0, 4, size) + 0.0, random.integers(0, 4, size) + 0.0
    elif kind == "near":
        target = draft * np.exp(random.normal(0.0, 1e-3, size))
    elif kind == "equal":
        target = draft.copy()
    elif kind == "wide":
        draft, target = np.exp(random.normal(0.0, 30.0, size)), np.exp(random.normal(0.0, 30.0, size))
    elif kind == "zeros":
        draft, target = draft * (random.random(size) < 0.5), target * (random.random(size) < 0.5)
    dtype = draw(st.sampled_from(["float32", "float64"]))
    return np.asarray(draft / draft.sum(), dtype=dtype), np.asarray(target / target.sum(), dtype=dtype)


def draws_of(draft: NDArray[Any], rows: int, count: int, seed: int) -> NDArray[np.int64]:
    law = rescaled(draft)
    return np.random.default_rng(seed).choice(len(law), size=(rows, count), p=law)


@given(pair=law_pairs(), count=COUNTS)
@settings(max_examples=200)
def test_the_optimum_is_the_least_cut(pair: Laws, count: int) -> None:
    least = acceptance_by_subsets([pair[0]] * count, pair[1], scheme="iid")
    assert plan(*pair, count).acceptance == pytest.approx(least, abs=1e-12)
    assert optimal_acceptance(*pair, count) == pytest.approx(least, abs=1e-12)


@given(pair=law_pairs(max_vocabulary=5), count=st.integers(1, 3))
@settings(max_examples=30)
def test_the_optimum_is_the_linear_program(pair: Laws, count: int) -> None:
    pytest.importorskip("scipy")
    sets = drawn_sets([pair[0]] * count, scheme="iid")
    found = float(plan(*pair, count).acceptance)
    assert found == pytest.approx(acceptance_by_linear_program(sets, pair[1]), abs=1e-8)


@given(pair=law_pairs(max_vocabulary=5), count=st.integers(1, 3))
@settings(max_examples=30)
def test_the_optimum_is_the_largest_flow(pair: Laws, count: int) -> None:
    pytest.importorskip("ortools")
    sets = drawn_sets([pair[0]] * count, scheme="iid")
    flow, found = acceptance_by_max_flow(sets, pair[1]), float(plan(*pair, count).acceptance)
    assert flow - 1e-12 <= found <= flow + max_flow_error(sets, pair[1]) + 1e-12


def check_selection(verifier: Plan, draft: NDArray[Any], target: NDArray[Any]) -> None:
    """Hold a selection law against what it must be: attainable by K draws, and as good as the acceptance says."""
    law, slack = verifier.selection_law, ROUNDING[str(draft.dtype)]
    assert law.dtype == draft.dtype
    wide, p, q = law.astype(np.float64), rescaled(draft), rescaled(target)
    assert wide.sum() == pytest.approx(1.0, abs=slack)
    assert np.minimum(wide, q).sum() == pytest.approx(float(verifier.acceptance), abs=slack)
    # Every set is selected at least as often as all draws lie in it. The least such sets are prefixes by beta / p.
    drawn = np.flatnonzero(p > 0)
    order = drawn[np.argsort(wide[drawn] / p[drawn])]
    # A sum of many probabilities is off by some 1e-14 here, and its power by K times that.
    power_slack = slack + 1e-13 * verifier.draft_count
    assert np.all(np.cumsum(wide[order]) >= np.cumsum(p[order]) ** verifier.draft_count - power_slack)
    assert np.all(wide[p == 0] == 0.0)


@given(pair=law_pairs(), count=COUNTS)
@settings(max_examples=200)
def test_the_selection_law_can_be_drawn_and_is_optimal(pair: Laws, count: int) -> None:
    check_selection(plan(*pair, count), *pair)


@given(pair=larger_laws(), count=COUNTS)
def test_the_selection_law_of_many_tokens(pair: Laws, count: int) -> None:
    verifier = plan(*pair, count)
    check_selection(verifier, *pair)
    assert verifier.acceptance == pytest.approx(reference.plan(*pair, count).acceptance, abs=1e-12)


@given(pair=st.one_of(law_pairs(kinds=("whole", "spread", "equal", "disjoint", "point")), larger_laws()), count=COUNTS)
@settings(max_examples=40, phases=(Phase.explicit, Phase.reuse, Phase.generate))  # the reference is slow to shrink with
def test_rows_are_the_reference_rows(simd_path: str, pair: Laws, count: int) -> None:
    tokens = draws_of(pair[0], 6, count, seed=count)
    expected = reference.plan(*pair, count).verify(tokens, seed=(3, count))
    found = plan(*pair, count).verify(tokens, seed=(3, count))
    assert found.token.tolist() == expected.token.tolist()
    assert found.accepted.tolist() == expected.accepted.tolist()


@pytest.mark.slow  # it runs the reference alone, which is nothing for the sanitizers
@given(pair=law_pairs(kinds=("whole", "spread", "ties", "equal")), count=st.sampled_from([2, 3, 5, 40]))
@settings(max_examples=60)
def test_the_score_kernel_by_quadrature(pair: Laws, count: int) -> None:
    """A draw's score has the mean that its level asks for, wherever in its slot it stands; and scores are uniform."""
    made = reference.plan(*pair, count)
    slots = made.slots
    cells = 400
    mass = np.zeros(cells)
    for token in np.flatnonzero(made.draft > 0):
        slot = slots.of_token[token]
        start, end, level = slots.start[slot], slots.start[slot + 1], slots.level[slot]
        places = (np.arange(50) + 0.5) / 50
        for place in places:
            here = start + (end - start) * place
            there = made.score(int(token), place, 0.0)
            density_here, density_there = (count * s ** (count - 1) for s in (here, there))
            gap = density_there - density_here
            moved = (level - density_here) / gap if gap != 0.0 else 0.0
            # Nearly equal densities: the coin is then of no matter to the mean.
            if abs(gap) > 1e-9:
                assert -1e-6 <= moved <= 1.0 + 1e-6
                assert moved * density_there + (1.0 - moved) * density_here == pytest.approx(level, abs=1e-7 * count)
            weight = made.draft[token] / len(places)
            mass[min(int(there * cells), cells - 1)] += weight * np.clip(moved, 0.0, 1.0)
            mass[min(int(here * cells), cells - 1)] += weight * (1.0 - np.clip(moved, 0.0, 1.0))
    # The distribution of the score; a token of probability p is seen at 50 places, p/50 apart.
    assert np.abs(np.cumsum(mass) - (np.arange(cells) + 1) / cells).max() < 0.03


@pytest.mark.parametrize(("size", "count", "dtype"), [(5, 2, "float64"), (5, 4, "float32"), (700, 3, "float32")])
@pytest.mark.parametrize("kind", ["model", "zeros", "equal", "disjoint"])
def test_the_output_law_is_the_target(size: int, count: int, dtype: str, kind: str) -> None:
    pytest.importorskip("scipy")
    draft, target = language_model_laws(size, seed=size + count, dtype="float64")
    if kind == "zeros":
        draft[::3], target[1::4] = 0.0, 0.0
    elif kind == "equal":
        target = draft
    elif kind == "disjoint":
        draft[::2], target[1::2] = 0.0, 0.0
    p, q = (np.asarray(law / law.sum(), dtype=dtype) for law in (draft, target))
    rows = 200_000
    verifier = plan(p, q, count)
    found = verifier.verify(draws_of(p, rows, count, seed=5), seed=9)
    assert sampling_p_value(np.bincount(found.token, minlength=size), q) > FALSE_ALARM
    accepted = np.array([(found.accepted >= 0).sum(), (found.accepted < 0).sum()])
    rate = min(max(float(verifier.acceptance), 0.0), 1.0)
    assert sampling_p_value(accepted, np.array([rate, 1.0 - rate])) > FALSE_ALARM


@pytest.mark.parametrize(("noise", "temperature"), [(1.0, 1.2), (0.0, 2.0), (0.0, 1.05)])
def test_the_output_law_at_full_vocabulary(noise: float, temperature: float) -> None:
    pytest.importorskip("scipy")
    size, count, rows = 262_144, 4, 300_000
    draft, target = language_model_laws(size, seed=1, noise=noise, temperature=temperature)
    verifier = plan(draft, target, count)
    found = verifier.verify(draws_of(draft, rows, count, seed=2), seed=3, threads=2)
    assert sampling_p_value(np.bincount(found.token, minlength=size), target) > FALSE_ALARM
    accepted = np.array([(found.accepted >= 0).sum(), (found.accepted < 0).sum()])
    rate = float(verifier.acceptance)
    assert sampling_p_value(accepted, np.array([rate, 1.0 - rate])) > FALSE_ALARM
    kept = found.accepted >= 0
    drafts = draws_of(draft, rows, count, seed=2)
    assert np.array_equal(found.token[kept], drafts[np.flatnonzero(kept), found.accepted[kept]])


def test_few_and_many_rows_take_the_same_decisions() -> None:
    draft, target = language_model_laws(5_000, seed=4)
    tokens = draws_of(draft, 3_000, 3, seed=6)
    together = plan(draft, target, 3).verify(tokens, seed=1)
    few = plan(draft, target, 3)
    for row in range(0, 3_000, 97):
        alone = few.verify(tokens[row : row + 1], seed=1, request=row)
        assert (alone.token[0], alone.accepted[0]) == (together.token[row], together.accepted[row])
    for threads in (2, 3, None):
        again = plan(draft, target, 3).verify(tokens, seed=1, threads=threads)
        assert np.array_equal(again.token, together.token)
        assert np.array_equal(again.accepted, together.accepted)


def test_a_row_depends_on_request_and_position_alone() -> None:
    draft, target = language_model_laws(600, seed=8)
    verifier = plan(draft, target, 2)
    tokens = draws_of(draft, 50, 2, seed=1)
    requests, positions = np.arange(50) * 7 + 2**40, np.arange(50) % 5
    straight = verifier.verify(tokens, seed=4, request=requests, position=positions)
    backwards = verifier.verify(tokens[::-1], seed=4, request=requests[::-1], position=positions[::-1])
    assert np.array_equal(straight.token, backwards.token[::-1])
    same = verifier.verify(np.broadcast_to(tokens[0], (400, 2)), seed=4, request=3, position=np.arange(400))
    other = verifier.verify(np.broadcast_to(tokens[0], (400, 2)), seed=4, request=4, position=np.arange(400))
    assert not np.array_equal(same.token, other.token)


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_a_batch_is_its_rows(threads: int) -> None:
    rows = [language_model_laws(size, seed=seed) for seed, size in enumerate([1_000] * 5)]
    draft, target = (np.stack([row[part] for row in rows]) for part in (0, 1))
    tokens = np.stack([draws_of(law, 6, 3, seed=1) for law in draft])
    verifier = plan(draft, target, 3, threads=threads)
    found = verifier.verify(tokens, seed=2, request=np.arange(6), position=np.arange(5)[:, None], threads=threads)
    assert found.token.shape == (5, 6)
    assert np.array_equal(verifier.acceptance, optimal_acceptance(draft, target, 3, threads=threads))
    for row in range(5):
        single = plan(draft[row], target[row], 3)
        assert single.acceptance == verifier.acceptance[row]
        assert np.array_equal(single.selection_law, verifier.selection_law[row])
        alone = single.verify(tokens[row], seed=2, position=row)
        assert np.array_equal(alone.token, found.token[row])
        assert np.array_equal(alone.accepted, found.accepted[row])


def test_a_plan_keeps_its_own_laws() -> None:
    draft, target = language_model_laws(2_000, seed=3)
    verifier, twin = plan(draft, target, 2), plan(draft.copy(), target.copy(), 2)
    tokens = draws_of(draft, 40, 2, seed=1)
    draft[:], target[:] = 0.0, np.nan
    assert np.array_equal(verifier.verify(tokens, seed=1).token, twin.verify(tokens, seed=1).token)
    assert np.array_equal(verifier.selection_law, twin.selection_law)


def test_threads_may_share_a_plan() -> None:
    draft, target = language_model_laws(20_000, seed=3)
    tokens = draws_of(draft, 60, 4, seed=1)
    expected = plan(draft, target, 4).verify(tokens, seed=1)
    shared = plan(draft, target, 4)

    def verify(row: int) -> int:
        return int(shared.verify(tokens[row : row + 1], seed=1, request=row).token[0])

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(verify, range(60))) == expected.token.tolist()


@given(pair=law_pairs(max_vocabulary=7), count=st.integers(1, 8), data=st.data())
@settings(max_examples=60)
def test_invariances(pair: Laws, count: int, data: st.DataObject) -> None:
    draft, target = (rescaled(law) for law in pair)
    found = float(optimal_acceptance(draft, target, count))
    order = np.array(data.draw(st.permutations(range(len(draft)))))
    assert optimal_acceptance(draft[order], target[order], count) == pytest.approx(found, abs=1e-12)
    assert optimal_acceptance(draft, target, count + 1) >= found - 1e-12
    assert optimal_acceptance(draft, target, 1) == pytest.approx(np.minimum(draft, target).sum(), abs=1e-12)
    assert optimal_acceptance(draft, draft, count) == 1.0
    # Two tokens of one ratio are as good as one.
    split = np.append(draft, draft[0] / 2), np.append(target, target[0] / 2)
    for law in split:
        law[0] /= 2
    assert optimal_acceptance(*split, count) == pytest.approx(found, abs=1e-12)


def test_the_paper_figure_of_three_tokens() -> None:
    """Khisti et al., figure 2: a uniform draft law on three tokens, two drafts; by hand from Theorem 3."""
    third = np.full(3, 1 / 3)
    for first in np.linspace(0.0, 1.0, 11):
        target = np.array([first, (1 - first) / 2, (1 - first) / 2])
        pairs = [target[0] + 8 / 9, target[1] + 8 / 9, target[0] + target[1] + 5 / 9, target[1] + target[2] + 5 / 9]
        assert optimal_acceptance(third, target, 2) == pytest.approx(min(1.0, *pairs), abs=1e-12)


def test_more_drafts_than_tokens() -> None:
    draft, target = np.array([0.75, 0.25]), np.array([0.25, 0.75])
    verifier = plan(draft, target, 50)
    assert verifier.acceptance == 1.0  # the least cut but for the empty one is 0.25 + 1 - 0.75^50, above 1
    found = verifier.verify(draws_of(draft, 2_000, 50, seed=1), seed=1)
    assert np.all(found.accepted >= 0)
    assert 0.7 < found.token.mean() < 0.8
