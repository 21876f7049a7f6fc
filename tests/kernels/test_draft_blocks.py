"""Block verification: exactly lossless, optimal, the same in every implementation, and strict about its input."""

from __future__ import annotations

import itertools
from typing import Any, NamedTuple

import numpy as np
import pytest
from draft_laws import FALSE_ALARM, chain_laws, law_pairs, sampling_p_value
from draft_oracles import rescaled
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pybench.kernels.draft_blocks import block_verify
from pybench.kernels.reference import draft_blocks as reference
from pybench.kernels.reference.draft_random import DRAFTING, uniforms

pytestmark = pytest.mark.native

Prefix = tuple[int, ...]


class Model(NamedTuple):
    """Laws that depend on all tokens before: draft of every prefix shorter than L, target of these and those of L."""

    size: int
    length: int
    draft: dict[Prefix, np.ndarray]
    target: dict[Prefix, np.ndarray]

    def chain(self, tokens: Prefix) -> tuple[np.ndarray, np.ndarray]:
        prefixes = [tokens[:i] for i in range(self.length + 1)]
        return np.stack([self.draft[p] for p in prefixes[:-1]]), np.stack([self.target[p] for p in prefixes])

    def mass(self, laws: dict[Prefix, np.ndarray], tokens: Prefix) -> float:
        return float(np.prod([rescaled(laws[tokens[:i]])[token] for i, token in enumerate(tokens)]))

    def chains(self) -> list[Prefix]:
        every = itertools.product(range(self.size), repeat=self.length)
        return [tokens for tokens in every if all(self.draft[tokens[:i]][token] > 0 for i, token in enumerate(tokens))]


@st.composite
def models(draw: st.DrawFn, *, sizes: tuple[tuple[int, int], ...] = ((2, 1), (2, 2), (2, 3), (3, 2), (4, 1))) -> Model:
    size, length = draw(st.sampled_from(sizes))
    draft, target = {}, {}
    for depth in range(length + 1):
        for prefix in itertools.product(range(size), repeat=depth):
            first, target[prefix] = draw(law_pairs(min_vocabulary=size, max_vocabulary=size, dtypes=("float64",)))
            if depth < length:
                draft[prefix] = first
    return Model(size, length, draft, target)


def outcomes(chain: reference.Chain) -> np.ndarray:
    """Return the probability that exactly the first i tokens of a chain are kept, for i = 0 .. L."""
    return chain.kept * np.append(np.cumprod((1.0 - chain.kept)[::-1])[::-1][1:], 1.0)


@settings(max_examples=150)
@given(model=models())
def test_what_is_put_out_has_exactly_the_law_of_the_target(model: Model) -> None:
    """Over all chains: the first L + 1 tokens that come out, where the target goes on after the block."""
    found = dict.fromkeys(itertools.product(range(model.size), repeat=model.length + 1), 0.0)
    for tokens in model.chains():
        drawn = model.mass(model.draft, tokens)
        chain = reference.chain_of(*model.chain(tokens), np.array(tokens))
        for count, probability in enumerate(outcomes(chain)):
            law = chain.residual[count]
            if probability * drawn == 0.0 or not law.any():
                assert probability * drawn < 1e-15
                continue
            for whole in found:
                if whole[:count] == tokens[:count]:
                    rest = [rescaled(model.target[whole[:i]])[whole[i]] for i in range(count + 1, model.length + 1)]
                    found[whole] += drawn * probability * law[whole[count]] / law.sum() * float(np.prod(rest))
    for whole, probability in found.items():
        assert probability == pytest.approx(model.mass(model.target, whole), abs=1e-13)


def expected_count(model: Model) -> float:
    return sum(
        model.mass(model.draft, tokens)
        * float(outcomes(reference.chain_of(*model.chain(tokens), np.array(tokens))) @ np.arange(model.length + 1))
        for tokens in model.chains()
    )


def optimal_count(model: Model) -> float:
    """Maximise the expected count over all verifiers, by a linear program over (chain, count, next token).

    A verifier here may look at all laws of the model, not at those along the chain alone; it must be lossless where
    the target goes on after the token that follows what is kept.
    """
    from scipy.optimize import linprog

    chains = model.chains()
    variables = [(c, i, y) for c in range(len(chains)) for i in range(model.length + 1) for y in range(model.size)]
    wholes = list(itertools.product(range(model.size), repeat=model.length + 1))
    equal = np.zeros((len(chains) + len(wholes), len(variables)))
    for column, (c, count, token) in enumerate(variables):
        equal[c, column] = 1.0
        start = (*chains[c][:count], token)
        for row, whole in enumerate(wholes, start=len(chains)):
            if whole[: count + 1] == start:
                rest = [rescaled(model.target[whole[:i]])[whole[i]] for i in range(count + 1, model.length + 1)]
                equal[row, column] = float(np.prod(rest))
    assume(not ((equal > 0.0) & (equal < 1e-8)).any())  # HiGHS takes those below 1e-9 for 0
    right = [model.mass(model.draft, tokens) for tokens in chains] + [model.mass(model.target, w) for w in wholes]
    answer = linprog(
        [-float(count) for _, count, _ in variables],
        A_eq=equal,
        b_eq=right,
        bounds=(0, None),
        method="highs",
        options={"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10},
    )
    assert answer.success, answer.message
    return float(-answer.fun)


def token_wise_count(model: Model) -> float:
    """Return the expected count token by token, where a prefix is kept by the product of min(1, target / draft)."""
    total = 0.0
    for tokens in model.chains():
        draft, target = model.chain(tokens)
        laws = [(rescaled(draft[i])[x], rescaled(target[i])[x]) for i, x in enumerate(tokens)]
        shares = [min(p, q) / p for p, q in laws]
        total += model.mass(model.draft, tokens) * float(np.cumprod(shares).sum())
    return total


@settings(max_examples=100)
@given(model=models(sizes=((2, 1), (2, 2), (2, 3), (3, 2))))
def test_no_lossless_verifier_keeps_more(model: Model) -> None:
    found = expected_count(model)
    assert found == pytest.approx(optimal_count(model), abs=1e-7)
    assert found >= token_wise_count(model) - 1e-13


@given(model=models())
def test_the_ratio_is_the_probability_that_a_prefix_is_kept(model: Model) -> None:
    """Averaged over what may follow, so that the expected count is the mean of the sum of the ratios."""
    total = 0.0
    for tokens in model.chains():
        ratio = reference.chain_of(*model.chain(tokens), np.array(tokens)).ratio
        total += model.mass(model.draft, tokens) * float(ratio[1:].sum())
    assert total == pytest.approx(expected_count(model), abs=1e-13)


def test_the_example_of_two_tokens() -> None:
    """Draft (2/3, 1/3), target (1/3, 2/3), two drafts: 10/9 token by token, 11/9 as a block."""
    prefixes: list[Prefix] = [(), (0,), (1,)]
    draft = {prefix: np.array([2 / 3, 1 / 3]) for prefix in prefixes}
    target = {prefix: np.array([1 / 3, 2 / 3]) for prefix in [*prefixes, (0, 0), (0, 1), (1, 0), (1, 1)]}
    model = Model(2, 2, draft, target)
    assert token_wise_count(model) == pytest.approx(10 / 9, abs=1e-15)
    assert expected_count(model) == pytest.approx(11 / 9, abs=1e-15)


def drafted(draft: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    return np.array([generator.choice(len(law), p=rescaled(law)) for law in draft])


@pytest.mark.parametrize("threads", [1, 2, 3])
@given(laws=chain_laws(max_vocabulary=9), seed=st.integers(0, 2**64))
def test_native_and_reference_give_the_same_tokens(
    threads: int, laws: tuple[np.ndarray, np.ndarray], seed: int
) -> None:
    draft, target = laws
    generator = np.random.default_rng(seed)
    tokens = np.stack([drafted(draft, generator) for _ in range(8)])
    many = [np.broadcast_to(law, (8, *law.shape)).copy() for law in laws]
    found = block_verify(many[0], many[1], tokens, seed=seed, threads=threads)
    expected = reference.block_verify(many[0], many[1], tokens, seed=seed)
    assert np.array_equal(found.accepted_count, expected.accepted_count)
    assert np.array_equal(found.token, expected.token)
    single = block_verify(draft, target, tokens[3], seed=seed, request=3)
    assert (single.accepted_count, single.token) == (found.accepted_count[3], found.token[3])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("size", [1023, 1024, 1025, 5000, 32_771])
def test_large_vocabularies(size: int, dtype: str) -> None:
    generator = np.random.default_rng(size)
    batch, length = 40, 3
    draft = generator.dirichlet(np.full(size, 0.05), (batch, length)).astype(dtype)
    target = generator.dirichlet(np.full(size, 0.05), (batch, length + 1)).astype(dtype)
    target[:, :length] = 0.7 * target[:, :length] + np.asarray(0.3, dtype) * draft
    tokens = np.stack([drafted(laws, generator) for laws in draft])
    position = generator.integers(0, 2**32, batch, dtype=np.uint64)
    request = generator.integers(0, 2**64, batch, dtype=np.uint64)
    options: dict[str, Any] = {"seed": (3, size), "request": request, "position": position}
    expected = reference.block_verify(draft, target, tokens, **options)
    assert len(set(expected.accepted_count.tolist())) > 1
    for threads in (1, 2, 3, None):
        found = block_verify(draft, target, tokens, threads=threads, **options)
        assert np.array_equal(found.accepted_count, expected.accepted_count)
        assert np.array_equal(found.token, expected.token)
    order = generator.permutation(batch)
    other = {"seed": (3, size), "request": request[order], "position": position[order]}
    moved = block_verify(draft[order], target[order], tokens[order], **other)
    assert np.array_equal(moved.token, expected.token[order])


@pytest.mark.parametrize("kind", ["far", "near", "equal", "disjoint"])
def test_sampled_blocks_have_the_law_of_the_target(kind: str) -> None:
    """300,000 chains of two drafts: the first three tokens, the target going on after the block, by chi-square."""
    generator = np.random.default_rng(len(kind))
    size, batch = 4, 300_000
    draft = generator.dirichlet(np.ones(size), (1 + size))
    target = generator.dirichlet(np.ones(size), (1 + size + size * size))
    if kind == "near":
        target[: 1 + size] = 0.8 * draft + 0.2 * target[: 1 + size]
    elif kind == "equal":
        target[: 1 + size] = draft
    elif kind == "disjoint":
        draft[:, :2], target[: 1 + size, 2:] = 0.0, 0.0
        draft, target = draft / draft.sum(axis=1)[:, None], target / target.sum(axis=1)[:, None]
    key, zero = 77, np.zeros(batch, dtype=np.uint64)
    rows = np.arange(batch, dtype=np.uint64)

    def draw(laws: np.ndarray, place: int) -> np.ndarray:
        ends = np.cumsum(laws, axis=1)
        ends[:, -1] = 1.0
        return (uniforms(key, rows, zero, DRAFTING, place)[0][:, None] >= ends).sum(axis=1)

    first = draw(np.repeat(draft[:1], batch, axis=0), 0)
    second = draw(draft[1 + first], 1)
    chain = np.stack([first, second], axis=1)
    drafts = np.stack([np.repeat(draft[:1], batch, axis=0), draft[1 + first]], axis=1)
    targets = np.stack(
        [np.repeat(target[:1], batch, axis=0), target[1 + first], target[1 + size + size * first + second]], axis=1
    )
    found = block_verify(drafts, targets, chain, seed=5, threads=2)
    whole = np.full((batch, 3), -1)
    for place in range(3):
        kept = found.accepted_count > place
        now = found.accepted_count == place
        if place < 2:
            whole[kept, place] = chain[kept, place]
        whole[now, place] = found.token[now]
        rest = found.accepted_count < place
        if place == 1:
            whole[rest, 1] = draw(target[1 + whole[:, 0]], 10)[rest]
        elif place == 2:
            whole[rest, 2] = draw(target[1 + size + size * whole[:, 0] + whole[:, 1]], 11)[rest]
    counts = np.bincount(whole @ np.array([size * size, size, 1]), minlength=size**3)
    law = target[0][:, None, None] * target[1 : 1 + size][:, :, None] * target[1 + size :].reshape(size, size, size)
    assert sampling_p_value(counts, law.ravel()) > FALSE_ALARM
    if kind == "equal":
        assert np.all(found.accepted_count == 2)
    ratios = [reference.chain_of(drafts[b], targets[b], chain[b]).ratio[1:].sum() for b in range(2_000)]
    assert np.mean(found.accepted_count) == pytest.approx(np.mean(ratios), abs=0.08)
