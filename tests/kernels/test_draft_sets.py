"""Optimal acceptance of different drafts and of drafts without replacement, against three oracles."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from draft_laws import law_pairs, laws
from draft_oracles import (
    acceptance_by_linear_program,
    acceptance_by_max_flow,
    acceptance_by_subsets,
    drawn_sets,
    max_flow_error,
    rescaled,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from pybench.errors import InvalidInputError
from pybench.kernels.draft_sets import set_acceptance_different, set_acceptance_without_replacement

pytestmark = pytest.mark.native


@st.composite
def different_drafts(draw: st.DrawFn, *, max_vocabulary: int, max_count: int) -> tuple[list[np.ndarray], np.ndarray]:
    draft, target = draw(law_pairs(max_vocabulary=max_vocabulary))
    alike = laws(min_vocabulary=len(draft), max_vocabulary=len(draft), dtypes=(str(draft.dtype),))
    return [draft, *draw(st.lists(alike, max_size=max_count - 1))], target


@settings(max_examples=300)
@given(case=different_drafts(max_vocabulary=12, max_count=5))
def test_different_drafts_against_all_subsets(case: tuple[list[np.ndarray], np.ndarray]) -> None:
    drafts, target = case
    expected = acceptance_by_subsets(drafts, target, scheme="different")
    assert set_acceptance_different(drafts, target) == pytest.approx(expected, abs=1e-14)


@settings(max_examples=300)
@given(pair=law_pairs(max_vocabulary=12), data=st.data())
def test_without_replacement_against_all_subsets(pair: tuple[np.ndarray, np.ndarray], data: st.DataObject) -> None:
    draft, target = pair
    count = data.draw(st.integers(1, np.count_nonzero(draft)))
    expected = acceptance_by_subsets([draft] * count, target, scheme="without_replacement")
    assert set_acceptance_without_replacement(draft, target, count) == pytest.approx(expected, abs=1e-14)


@settings(max_examples=100)
@given(case=different_drafts(max_vocabulary=6, max_count=3))
def test_against_linear_program_and_max_flow(case: tuple[list[np.ndarray], np.ndarray]) -> None:
    pytest.importorskip("ortools", reason="the flow's solver is a peer")
    drafts, target = case
    found = {"different": float(set_acceptance_different(drafts, target))}
    if np.count_nonzero(drafts[0]) >= len(drafts):
        same = [drafts[0]] * len(drafts)
        found["without_replacement"] = float(set_acceptance_without_replacement(drafts[0], target, len(drafts)))
    for scheme, value in found.items():
        sets = drawn_sets(drafts if scheme == "different" else same, scheme=scheme)
        assert value == pytest.approx(acceptance_by_linear_program(sets, target), abs=1e-9)
        assert value == pytest.approx(acceptance_by_max_flow(sets, target), abs=max_flow_error(sets, target) + 1e-14)


@given(pair=law_pairs(max_vocabulary=14))
def test_one_draft_accepts_what_the_laws_share(pair: tuple[np.ndarray, np.ndarray]) -> None:
    draft, target = pair
    shared = float(np.minimum(rescaled(draft), rescaled(target)).sum())
    assert set_acceptance_different([draft], target) == pytest.approx(shared, abs=1e-14)
    assert set_acceptance_without_replacement(draft, target, 1) == pytest.approx(shared, abs=1e-14)


@given(pair=law_pairs(max_vocabulary=14))
def test_all_tokens_drafted_accept_all(pair: tuple[np.ndarray, np.ndarray]) -> None:
    """Without replacement and as many drafts as tokens, what is accepted is the target's mass of those tokens."""
    draft, target = pair
    count = int(np.count_nonzero(draft))
    within = float(rescaled(target)[draft > 0].sum())
    assert set_acceptance_without_replacement(draft, target, count) == pytest.approx(within, abs=1e-14)


@given(case=different_drafts(max_vocabulary=10, max_count=4), data=st.data())
def test_order_of_tokens_and_of_drafts_is_nothing(
    case: tuple[list[np.ndarray], np.ndarray], data: st.DataObject
) -> None:
    drafts, target = case
    order = data.draw(st.permutations(range(len(target))))
    moved = [law[order] for law in data.draw(st.permutations(drafts))]
    expected = set_acceptance_different(drafts, target)
    assert set_acceptance_different(moved, target[order]) == pytest.approx(expected, abs=1e-14)
    if np.count_nonzero(drafts[0]) > 1:
        expected = set_acceptance_without_replacement(drafts[0], target, 2)
        found = set_acceptance_without_replacement(drafts[0][order], target[order], 2)
        assert found == pytest.approx(expected, abs=1e-14)


@settings(max_examples=300)
@given(case=different_drafts(max_vocabulary=11, max_count=4), seed=st.integers(0, 2**32))
def test_tokens_in_pieces_change_nothing(case: tuple[list[np.ndarray], np.ndarray], seed: int) -> None:
    """Each token cut into two to four, with the same shares of all laws: too many to enumerate, and full of ties."""
    generator = np.random.default_rng(seed)
    drafts, target = [rescaled(law) for law in case[0]], rescaled(case[1])
    pieces = [generator.dirichlet(np.ones(generator.integers(2, 5))) for _ in target]
    whole = np.repeat(np.arange(len(target)), [len(piece) for piece in pieces])
    shares = np.concatenate(pieces)
    expected = acceptance_by_subsets(drafts, target, scheme="different")
    found = set_acceptance_different([law[whole] * shares for law in drafts], target[whole] * shares)
    assert found == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("seed", range(12))
def test_two_drafts_of_many_tokens_against_max_flow(seed: int) -> None:
    pytest.importorskip("ortools", reason="the flow's solver is a peer")
    generator = np.random.default_rng(seed)
    size = int(generator.integers(25, 60))
    first, second = generator.dirichlet(np.full(size, generator.choice([0.1, 1.0, 10.0])), 2)
    target = 0.4 * generator.dirichlet(np.ones(size)) + 0.6 * (first + second) / 2
    sets = drawn_sets([first, second], scheme="different")
    assert set_acceptance_different([first, second], target) == pytest.approx(
        acceptance_by_max_flow(sets, target), abs=max_flow_error(sets, target) + 1e-12
    )
    sets = drawn_sets([first, first], scheme="without_replacement")
    assert set_acceptance_without_replacement(first, target, 2) == pytest.approx(
        acceptance_by_max_flow(sets, target), abs=max_flow_error(sets, target) + 1e-12
    )


@pytest.mark.parametrize("count", [2, 3, 5])
@pytest.mark.parametrize("size", [24, 60, 300])
def test_no_set_is_less(size: int, count: int) -> None:
    """Local search finds no set below the optimum, and reaches it."""
    generator = np.random.default_rng([size, count])
    drafts = [generator.dirichlet(np.ones(size)) for _ in range(count)]
    target = 0.3 * generator.dirichlet(np.ones(size)) + 0.7 * sum(drafts) / count
    value = set_acceptance_different(drafts, target)
    assert count > 2 or value < 1.0
    found = [local_minimum(drafts, target, generator) for _ in range(20)]
    assert min(found) == pytest.approx(value, abs=1e-12)


def test_same_drafts_are_the_iid_ones_at_any_size() -> None:
    """For one law the least set is a prefix in the order of the ratios."""
    generator = np.random.default_rng(3)
    draft = generator.dirichlet(np.full(1_000, 0.3))
    target = 0.5 * draft + 0.5 * generator.dirichlet(np.full(1_000, 0.3))
    order = np.argsort(target / draft)
    for count in (1, 2, 3, 8):
        cuts = np.cumsum(target[order]) + 1.0 - np.cumsum(draft[order]) ** count
        assert set_acceptance_different([draft] * count, target) == pytest.approx(min(1.0, cuts.min()), abs=1e-9)


def test_more_drafts_without_replacement_accept_more() -> None:
    """22 tokens that the draft can draw, beside others that it cannot."""
    generator = np.random.default_rng(8)
    draft = np.zeros(30)
    draft[generator.permutation(30)[:22]] = generator.dirichlet(np.ones(22))
    found = [float(set_acceptance_without_replacement(draft, np.full(30, 1 / 30), k)) for k in (1, 2, 3, 21, 22)]
    assert found == sorted(found)
    assert found[-1] == pytest.approx(22 / 30, abs=1e-14)


def local_minimum(drafts: list[np.ndarray], target: np.ndarray, generator: np.random.Generator) -> float:
    inside = generator.random(len(target)) < generator.random()

    def cut(some: np.ndarray) -> float:
        return float(target[some].sum() + 1.0 - np.prod([law[some].sum() for law in drafts]))

    best, moved = cut(inside), True
    while moved:
        moved = False
        for token in generator.permutation(len(target)):
            inside[token] ^= True
            if cut(inside) < best:
                best, moved = cut(inside), True
            else:
                inside[token] ^= True
    return best


UNIFORM, POINT = np.full(3, 1 / 3), np.array([1.0, 0.0, 0.0])


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (([], UNIFORM), "draft_count is 0"),
        (([UNIFORM, np.ones(2) / 2], UNIFORM), r"draft\[1\] has shape \(2,\) but target has \(3,\)"),
        (([UNIFORM, UNIFORM.astype("f4")], UNIFORM), r"draft\[1\] has dtype float32 but target has float64"),
        (([UNIFORM, -UNIFORM], UNIFORM), r"draft\[1\]\[0\] is -0.333333333: a probability must be finite"),
        (([UNIFORM], UNIFORM * np.nan), r"target\[0\] is nan: a probability must be finite"),
        (([UNIFORM, UNIFORM * np.inf], UNIFORM), r"draft\[1\]\[0\] is inf"),
        (([UNIFORM, UNIFORM * 1.1], UNIFORM), r"draft\[1\] sums to 1.1: it must sum to 1 within"),
        (([UNIFORM[None]], UNIFORM), r"draft\[0\] has shape \(1, 3\): it must be 1-d"),
    ],
)
def test_bad_drafts_are_named(arguments: tuple[Any, Any], text: str) -> None:
    with pytest.raises(InvalidInputError, match=text):
        set_acceptance_different(*arguments)


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ((UNIFORM, UNIFORM, 0), "draft_count is 0"),
        ((UNIFORM, UNIFORM, True), "draft_count is True: it must be an integer"),
        (
            (UNIFORM, UNIFORM, 4),
            "draft_count is 4 but draft can draw 3 tokens: without replacement it must not be more",
        ),
        ((POINT, UNIFORM, 2), "draft_count is 2 but draft can draw 1 tokens"),
        ((UNIFORM, UNIFORM * 0.9, 2), "target sums to 0.9"),
        ((UNIFORM, np.ones(2) / 2, 2), r"draft has shape \(3,\) but target has \(2,\)"),
        ((np.full(23, 1 / 23), np.full(23, 1 / 23), 3), "draft can draw 23 tokens: .* it must be at most 22, for the"),
    ],
)
def test_bad_draws_without_replacement_are_named(arguments: tuple[Any, Any, int], text: str) -> None:
    with pytest.raises(InvalidInputError, match=text):
        set_acceptance_without_replacement(*arguments)


@pytest.mark.parametrize("threads", [0, -1, 1025, 1.5, True])
def test_bad_threads_are_named_though_none_are_used(threads: Any) -> None:
    with pytest.raises(InvalidInputError, match=f"threads is {threads}: it must be"):
        set_acceptance_different([UNIFORM], UNIFORM, threads=threads)
    with pytest.raises(InvalidInputError, match=f"threads is {threads}: it must be"):
        set_acceptance_without_replacement(UNIFORM, UNIFORM, 1, threads=threads)
    assert set_acceptance_different([UNIFORM], UNIFORM, threads=None) == pytest.approx(1.0, abs=1e-15)


def test_too_many_open_tokens_are_named() -> None:
    generator = np.random.default_rng(2)
    first, second, target = generator.dirichlet(np.ones(3_000), 3)
    target = 0.9 * (first + second) / 2 + 0.1 * target
    with pytest.raises(InvalidInputError, match=r"draft and target leave \d+ tokens open: it must be at most 1024"):
        set_acceptance_different([first, second], target)


def test_what_is_no_list_of_arrays_is_a_type_error() -> None:
    torch = pytest.importorskip("torch")
    with pytest.raises(TypeError, match="different drafts are a list or tuple of laws"):
        set_acceptance_different(np.stack([UNIFORM, UNIFORM]), UNIFORM)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"draft\[1\] is of type Tensor but target of type ndarray"):
        set_acceptance_different([UNIFORM, torch.from_numpy(UNIFORM)], UNIFORM)
    with pytest.raises(TypeError, match="must be a NumPy array or a torch tensor"):
        set_acceptance_without_replacement(UNIFORM.tolist(), UNIFORM, 1)


def test_tensors_in_tensors_out() -> None:
    torch = pytest.importorskip("torch")
    draft, target = torch.tensor([0.5, 0.25, 0.25]).bfloat16(), torch.tensor([0.25, 0.25, 0.5]).bfloat16()
    found = set_acceptance_different([draft, target], target)
    assert (found.dtype, found.shape) == (torch.float64, ())
    plain = [law.float().numpy() for law in (draft, target)]
    assert float(found) == set_acceptance_different(plain, plain[1])
    found = set_acceptance_without_replacement(draft, target, 2)
    assert float(found) == set_acceptance_without_replacement(*plain, 2)
