"""Whole runs on generated laws."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from simulators.multi_draft import Config, Result, simulate, verification
from simulators.multi_draft.summary import ratio_of_sums

_SMALL = Config(vocabulary_size=60, prompts=10, new_tokens=12, batch=4, compared_positions=2)


@pytest.fixture(scope="module")
def small() -> Result:
    return simulate(_SMALL, seed=4)


@pytest.mark.parametrize("batch", [1, 10])
def test_the_batch_is_no_part_of_the_answer(small, batch):
    other = simulate(dataclasses.replace(_SMALL, batch=batch), seed=4)
    assert other.prompt_tokens == small.prompt_tokens
    assert other.prompt_scheme_acceptance == small.prompt_scheme_acceptance
    # The positions are those of the batches, in their order.
    assert _positions(other) == _positions(small)


def _positions(result):
    places = zip(result.position_prompt, result.position_offset, strict=True)
    return sorted(zip(places, result.position_optimal, result.position_gap, strict=True))


def test_the_numbers_agree_with_each_other(small):
    assert small.synthetic
    assert small.data == "synthetic"
    assert small.tokens == sum(small.prompt_tokens)
    assert small.target_calls == sum(small.prompt_target_calls)
    assert small.block_efficiency == pytest.approx(small.tokens / small.target_calls)
    assert small.acceptance == pytest.approx(np.mean(small.position_accepted))
    assert small.optimal_acceptance == pytest.approx(np.mean(small.position_optimal))
    assert small.tokens_per_second == 0.0
    assert small.compared_positions == 20
    assert small.tokens_per_cost == pytest.approx(small.tokens / (small.target_calls + 0.05 * small.draft_tokens))
    for scheme, means in small.scheme_acceptance.items():
        for count, mean in means.items():
            assert mean == pytest.approx(np.mean(small.prompt_scheme_acceptance[scheme][count]))


def test_schemes_are_ordered_as_they_must_be(small):
    means = small.scheme_acceptance
    for count in ("1", "2", "4", "8"):
        for scheme in ("importance", "k_seq", "recursive", "token_matching"):
            assert means["optimal"][count] >= means[scheme][count] - 1e-9
        assert means["k_seq"][count] >= (1 - np.exp(-1)) * means["optimal"][count]
    assert list(means["optimal"].values()) == sorted(means["optimal"].values())
    for scheme in ("importance", "k_seq", "recursive", "greedy", "optimal", "recursive_without_replacement"):
        assert means[scheme]["1"] == pytest.approx(means["single"]["1"], abs=1e-6)


def test_the_options_of_importance_reach_its_comparison_and_no_other(small):
    other = simulate(dataclasses.replace(_SMALL, alphabet_size=2, program_size=1), seed=4)
    differ = {name for name, means in small.scheme_acceptance.items() if other.scheme_acceptance[name] != means}
    assert differ == {"importance"}
    assert other.prompt_tokens == small.prompt_tokens


def test_the_options_of_importance_reach_its_verification(monkeypatch):
    seen = set()
    verify = verification.verify

    def note(*arguments, **options):
        seen.add((options["alphabet_size"], options["program_size"]))
        return verify(*arguments, **options)

    monkeypatch.setattr(verification, "verify", note)
    config = dataclasses.replace(_SMALL, scheme="importance", alphabet_size=9, program_size=3, prompts=40)
    result = simulate(config, seed=4)
    assert seen == {(9, 3)}
    # The acceptance that was expected is that of the verifier that ran.
    expected = result.optimal_acceptance - result.gap
    assert result.acceptance == pytest.approx(expected, abs=4 * result.acceptance_error)


def test_measured_acceptance_is_the_expected_one():
    result = simulate(dataclasses.replace(_SMALL, prompts=200, batch=50, compared_positions=0), seed=1)
    assert abs(result.acceptance - result.optimal_acceptance) < 4 * result.acceptance_error
    assert result.scheme_acceptance == {}
    assert result.calibration == {}


def test_a_chain_as_one_block_is_no_worse_than_token_by_token():
    chain = Config(
        vocabulary_size=60, prompts=300, new_tokens=24, batch=100, draft_count=1, draft_length=6, compared_positions=0
    )
    tokens = simulate(dataclasses.replace(chain, scheme="single"), seed=1)
    block = simulate(dataclasses.replace(chain, verification="block"), seed=1)
    assert block.scheme == "block"
    assert block.block_efficiency > tokens.block_efficiency - 2 * tokens.block_efficiency_error


def test_choosing_drafts_is_worth_its_cost_where_drafts_cost():
    fixed = dataclasses.replace(_SMALL, draft_count=6, draft_length=2, draft_cost=0.2, compared_positions=0)
    chosen = simulate(dataclasses.replace(fixed, adaptive=True, adaptive_temperatures="1.0,1.2"), seed=3)
    assert chosen.tokens_per_cost > 1.2 * simulate(fixed, seed=3).tokens_per_cost
    assert sum(chosen.chosen.values()) == chosen.target_calls


@pytest.mark.parametrize("scheme", ["greedy", "top_k", "recursive_without_replacement"])
def test_schemes_whose_drafts_are_not_independent(scheme):
    result = simulate(dataclasses.replace(_SMALL, scheme=scheme), seed=1)
    assert 0.0 < result.acceptance < 1.0
    assert result.live_drafts_by_depth["2"] <= 4


def test_ratio_of_sums():
    numerators, denominators = np.array([2.0, 6.0, 4.0]), np.array([1.0, 3.0, 2.0])
    assert ratio_of_sums(numerators, denominators) == (2.0, 0.0)
    assert ratio_of_sums(np.zeros(2), np.zeros(2)) == (0.0, 0.0)
    generator = np.random.default_rng(0)
    ratios, errors = [], []
    for _ in range(2000):
        below = generator.uniform(1, 2, 50)
        ratio, error = ratio_of_sums(below * generator.uniform(0, 1, 50), below)
        ratios.append(ratio)
        errors.append(error)
    assert np.mean(errors) == pytest.approx(np.std(ratios), rel=0.05)
