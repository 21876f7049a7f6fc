"""The claims: named, measured where their data is, a reason where it is not, and a verdict that can come out wrong."""

from __future__ import annotations

import dataclasses
import functools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pybench.errors import InvalidInputError, NotTestableError
from pybench.harness.claim import Claim, judge
from simulators.multi_draft import Config, Result, evidence, simulate
from simulators.multi_draft.claims import CLAIMS
from simulators.multi_draft.evidence import (
    at_preset,
    chi_square_tail,
    efficiency_lead,
    gemma_available,
    laws_after_prompts,
    mean_interval,
)

pytestmark = pytest.mark.native

BY_ID: dict[str, Claim] = {claim.id: claim for claim in CLAIMS}
#: Held against definitions, without a run.
THEOREMS = (
    "closed_form_of_two_drafts",
    "condition_for_one_two_drafts",
    "condition_for_one_more_drafts",
    "curves_of_uniform_drafts",
    "k_seq_within_one_less_one_over_e",
    "output_law_is_the_target",
    "canonical_decomposition",
    "sampler_attains_optimum",
    "exact_plan_at_every_size",
)
ACCEPTANCE = tuple(name for name in BY_ID if name.startswith("acceptance_"))
EFFICIENCY = tuple(name for name in BY_ID if name.startswith("block_efficiency_"))
GREEDY = tuple(name for name in BY_ID if name.startswith("independent_over_greedy_"))


@functools.cache
def small() -> Result:
    return simulate(Config(vocabulary_size=50, prompts=8, new_tokens=4, draft_count=2, compared_samples=0))


def real(**changes: object) -> Result:
    """Return a Result that says it is of a real model."""
    return dataclasses.replace(small(), **{"synthetic": False, "data": "gemma, wikitext2", **changes})  # type: ignore[arg-type]


def decoded(efficiencies: np.ndarray, **changes: object) -> Result:
    """Return a Result of as many requests with a thousand calls each."""
    return real(
        block_efficiency=float(efficiencies.mean()),
        prompt_tokens=tuple((1_000 * efficiencies).tolist()),
        prompt_target_calls=(1_000,) * len(efficiencies),
        **changes,
    )


def outcome(name: str, *results: Result) -> str:
    return judge(BY_ID[name], BY_ID[name].measure(results)).outcome


def prompt_acceptance(**by_scheme: object) -> dict[str, object]:
    """Return a table with the same values for 2, 4 and 8 drafts."""
    return {
        scheme: {str(count): tuple(values) for count in (1, 2, 4, 8)}  # type: ignore[call-overload]
        for scheme, values in by_scheme.items()
    }


def test_every_row_of_the_specification_has_a_claim() -> None:
    assert len(ACCEPTANCE) == 12
    assert len(EFFICIENCY) == 6
    assert len(GREEDY) == 4
    assert set(THEOREMS) <= set(BY_ID)
    others = {"larger_alphabet_accepts_more", "larger_program_gains_nothing", "exact_plan_loses_nothing"}
    others |= {"block_over_tokens", "block_over_several_sequences", "global_resolution_times"}
    assert others <= set(BY_ID)
    assert sum(name.startswith("opt_") for name in BY_ID) == 5


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
def test_claims_say_where_they_stand(claim: Claim) -> None:
    assert claim.statement
    assert claim.source
    if claim.figure is not None and claim.kind != "value":
        low, high = claim.accepted
        assert low <= claim.figure <= high  # the paper's own figure is one that its claim accepts


@pytest.mark.parametrize("name", THEOREMS)
def test_theorems_hold(name: str) -> None:
    if name in THEOREMS[:3] or name == "canonical_decomposition":
        pytest.importorskip("scipy", reason="the linear program needs SciPy")
    claim = BY_ID[name]
    assert claim.configs("quick") == ()
    assert outcome(name) == "reproduced"


@pytest.mark.parametrize("name", [name for name in BY_ID if name.startswith(("opt_", "global_"))])
def test_what_needs_the_papers_models_says_so(name: str) -> None:
    for ask in (lambda: BY_ID[name].configs("full"), lambda: BY_ID[name].measure([])):
        with pytest.raises(NotTestableError):
            ask()


@pytest.mark.parametrize("name", [name for name, claim in BY_ID.items() if name not in THEOREMS])
def test_no_results_are_refused(name: str) -> None:
    with pytest.raises((InvalidInputError, NotTestableError), match=r"results is empty|is here|no code"):
        BY_ID[name].measure([])


@pytest.mark.parametrize("name", [name for name in (*ACCEPTANCE, *EFFICIENCY, *GREEDY) if "optimal" not in name])
def test_generated_laws_are_no_evidence_of_language_models(name: str) -> None:
    claim = BY_ID[name]
    configs = claim.configs("quick")
    assert {config.data for config in configs} == {"synthetic"}
    results = [dataclasses.replace(small(), scheme=config.scheme) for config in configs]
    verdict = judge(claim, claim.measure(results))
    assert verdict.outcome == "not testable here"
    assert "generated" in verdict.reason


def test_what_nothing_beats_is_ahead_at_any_laws() -> None:
    for name in ("acceptance_optimal_over_importance_k2", "acceptance_optimal_over_importance_k8"):
        assert outcome(name, small()) == "reproduced at smaller scale"
    swapped = {**small().prompt_scheme_acceptance}
    swapped["optimal"], swapped["importance"] = swapped["importance"], swapped["optimal"]
    wrong = dataclasses.replace(small(), prompt_scheme_acceptance=swapped)
    assert outcome("acceptance_optimal_over_importance_k8", wrong) == "not reproduced"


@pytest.mark.parametrize(
    ("better", "worse", "expected"),
    [
        ([0.6, 0.7, 0.8, 0.9] * 3, [0.5, 0.61, 0.7, 0.8] * 3, "reproduced at smaller scale"),
        ([0.5, 0.61, 0.7, 0.8] * 3, [0.6, 0.7, 0.8, 0.9] * 3, "not reproduced"),
        ([0.5, 0.9] * 6, [0.9, 0.5] * 6, "not testable here"),
    ],
)
@pytest.mark.parametrize("count", [2, 4, 8])
def test_acceptance_is_compared_prompt_by_prompt(
    better: list[float], worse: list[float], expected: str, count: int
) -> None:
    found = real(prompt_scheme_acceptance=prompt_acceptance(k_seq=better, recursive=worse))
    assert outcome(f"acceptance_k_seq_over_recursive_k{count}", found) == expected


@pytest.mark.parametrize(
    ("ahead", "scatter", "expected"),
    [(0.3, 0.02, "reproduced at smaller scale"), (-0.3, 0.02, "not reproduced"), (0.05, 2.0, "not testable here")],
)
def test_block_efficiency_can_come_out_wrong(ahead: float, scatter: float, expected: str) -> None:
    """What the requests have in common does not matter, what sets them apart does."""
    generator = np.random.default_rng(1)
    common = generator.normal(2.0, 3.0, 30)
    results = [
        decoded(common + ahead * (config.scheme == "k_seq") + generator.normal(0.0, scatter, 30), scheme=config.scheme)
        for config in BY_ID["block_efficiency_k_seq_over_recursive"].configs("quick")
    ]
    assert outcome("block_efficiency_k_seq_over_recursive", *results) == expected


def test_the_interval_of_a_lead_is_that_of_the_ratio() -> None:
    """Against a jackknife over requests, for calls that vary from request to request."""
    generator = np.random.default_rng(2)
    runs = []
    for mean in (2.0, 2.4):
        calls = generator.integers(4, 12, 400)
        tokens = generator.poisson(mean * calls)
        runs.append((tokens, calls))
    better, worse = (
        real(
            block_efficiency=float(tokens.sum() / calls.sum()),
            prompt_tokens=tuple(tokens.tolist()),
            prompt_target_calls=tuple(calls.tolist()),
        )
        for tokens, calls in reversed(runs)
    )
    value, low, high = efficiency_lead([better], [worse])
    assert value == pytest.approx(better.block_efficiency - worse.block_efficiency, abs=1e-12)
    ratios = [(tokens.sum() - tokens) / (calls.sum() - calls) for tokens, calls in reversed(runs)]
    left_out = ratios[0] - ratios[1]
    error = np.sqrt(399 / 400 * np.sum((left_out - left_out.mean()) ** 2))
    assert (high - low) / 2 == pytest.approx(2.588 * error, rel=0.01)


def test_schemes_are_paired_at_each_point_of_the_grid() -> None:
    for name in EFFICIENCY:
        configs = BY_ID[name].configs("full" if gemma_available() else "quick")
        group = [BY_ID[name].paired_by(config) for config in configs]  # type: ignore[misc]
        schemes = {config.scheme for config in configs}
        assert all(group.count(key) == len(schemes) for key in group)


@pytest.mark.parametrize(("lead", "expected"), [(0.1, "reproduced at smaller scale"), (-0.1, "not reproduced")])
def test_greedy_drafts_can_win(lead: float, expected: str) -> None:
    values = np.linspace(0.4, 0.6, 12)
    sure = real(prompt_scheme_acceptance=prompt_acceptance(optimal=values + 0.2, greedy=values))
    found = real(prompt_scheme_acceptance=prompt_acceptance(optimal=values + lead, greedy=values))
    assert outcome(GREEDY[0], sure, found) == expected


@pytest.mark.parametrize(("block", "expected"), [(3.0, "reproduced at smaller scale"), (2.0, "not reproduced")])
def test_blocks_can_lose(block: float, expected: str) -> None:
    wobble = np.random.default_rng(1).normal(0.0, 0.01, (4, 30))
    results = [decoded(value + some) for value, some in zip((block, 2.5, 2.5, 2.3), wobble, strict=True)]
    assert outcome("block_over_tokens", *results) == expected
    assert outcome("block_over_several_sequences", *results) == expected


def test_blocks_are_no_worse_at_quick() -> None:
    claim = BY_ID["block_over_tokens"]
    configs = claim.configs("quick")
    assert {config.draft_count * config.draft_length for config in configs} == {8}
    results = [simulate(config, seed=(0, 0)) for config in configs]
    assert judge(claim, claim.measure(results)).outcome == "reproduced at smaller scale"


@pytest.mark.parametrize("kernel", ["optimal_acceptance", "acceptance"])
def test_a_wrong_kernel_is_caught(kernel: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from pybench.kernels import draft

    pytest.importorskip("scipy", reason="the linear program needs SciPy")
    right = getattr(draft, kernel)
    monkeypatch.setattr(draft, kernel, lambda *arguments, **options: right(*arguments, **options) * (1.0 - 1e-6))
    name = {"optimal_acceptance": "closed_form_of_two_drafts", "acceptance": "curves_of_uniform_drafts"}[kernel]
    assert outcome(name) == "not reproduced"


def test_a_biased_output_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    from pybench.kernels import draft

    right = draft.verify

    def biased(draft_law: object, target: object, tokens: object, **options: object) -> object:
        # A verifier that mistakes the draft for the target.
        return right(draft_law, draft_law if options["scheme"] == "k_seq" else target, tokens, **options)

    monkeypatch.setattr(draft, "verify", biased)
    assert outcome("output_law_is_the_target") == "not reproduced"


def test_a_wrong_plan_has_no_certificate(monkeypatch: pytest.MonkeyPatch) -> None:
    from pybench.kernels import draft

    class Wrong:
        def __init__(self, law: np.ndarray, target: np.ndarray, draft_count: int) -> None:
            self.selection_law, self.acceptance = target, 1.0

    monkeypatch.setattr(draft, "plan", Wrong)
    assert outcome("exact_plan_at_every_size") == "not reproduced"
    pytest.importorskip("scipy", reason="the linear program needs SciPy")
    assert outcome("canonical_decomposition") == "not reproduced"


def test_the_real_model_is_asked_from_standard_on_where_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    for here, data in ((True, "gemma"), (False, "synthetic")):
        monkeypatch.setattr(evidence, "gemma_available", lambda here=here: here)
        assert at_preset("standard", exit_layer=15, draft_temperature=1.0).data == data
        assert at_preset("quick", exit_layer=15).data == "synthetic"


@pytest.mark.parametrize(("freedom", "size"), [(7, 8), (31, 32), (199, 200)])
def test_the_interval_of_a_mean(freedom: int, size: int) -> None:
    stats = pytest.importorskip("scipy.stats")
    values = np.random.default_rng(size).normal(0.3, 0.1, size)
    mean, low, high = mean_interval(values)
    expected = stats.t.ppf(0.995, freedom) * values.std(ddof=1) / size**0.5
    assert mean == pytest.approx(values.mean(), rel=1e-12)
    assert (high - mean, mean - low) == pytest.approx((expected, expected), rel=3e-3)


@given(st.floats(0.0, 300.0), st.integers(1, 60))
def test_the_chi_square_tail(statistic: float, half: int) -> None:
    stats = pytest.importorskip("scipy.stats")
    assert chi_square_tail(statistic, 2 * half) == pytest.approx(
        stats.chi2.sf(statistic, 2 * half), rel=1e-9, abs=1e-300
    )


@pytest.mark.parametrize("freedom", [0, 1, 3])
def test_odd_degrees_of_freedom_are_refused(freedom: int) -> None:
    with pytest.raises(InvalidInputError, match="freedom is"):
        chi_square_tail(1.0, freedom)


def test_laws_after_prompts_are_the_models() -> None:
    draft, target = laws_after_prompts(
        Config(vocabulary_size=30, prompts=5, draft_temperature=1.0, quality=1.0), seed=(3,)
    )
    assert draft.shape == target.shape == (5, 30)
    assert np.array_equal(draft, target)
    assert np.allclose(target.sum(axis=1), 1.0, atol=1e-5)
    assert not np.array_equal(target[0], target[1])
