"""Schemes of multi-draft verification, by sampling: output laws, estimates, and the same bits however rows are run."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from draft_laws import FALSE_ALARM, sampling_p_value

from pybench._native import build_info
from pybench.kernels import draft_schemes
from pybench.kernels.draft_schemes import SCHEMES, acceptance, draw_drafts, estimate_acceptance, verify

pytestmark = pytest.mark.native

INDEPENDENT = ("optimal", "importance", "k_seq", "recursive", "token_matching", "single")
# What a normal variable exceeds in absolute value once in a million.
SIGMAS = 4.9


def smooth(size: int, sharpness: float, noise: float, seed: int, dtype: str = "float64") -> tuple[Any, Any]:
    """A draft and a target law like those of two language models that agree mostly."""
    generator = np.random.default_rng([size, seed])
    logits = generator.normal(0.0, sharpness, size)
    draft, target = np.exp(logits), np.exp(logits + generator.normal(0.0, noise, size))
    return (draft / draft.sum()).astype(dtype), (target / target.sum()).astype(dtype)


SMALL: dict[str, tuple[Any, Any]] = {
    "smooth": smooth(12, 1.0, 1.0, 1),
    "zeros and ties": (
        np.array([0.25, 0.25, 0.0, 0.0, 0.25, 0.125, 0.125, 0.0]),
        np.array([0.25, 0.0, 0.125, 0.0, 0.125, 0.125, 0.25, 0.125]),
    ),
    "point draft": (np.eye(6)[2], np.full(6, 1 / 6)),
    "point target": (np.full(6, 1 / 6), np.eye(6)[2]),
    "a rest of almost nothing": (np.array([1.0, 1e-13, 3e-13, 0.0]), np.array([0.3, 0.3, 0.2, 0.2])),
}


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("name", SMALL)
def test_the_output_follows_the_target(scheme: str, name: str) -> None:
    draft, target = SMALL[name]
    for count in (1, 2, 5):
        rows = 100_000 if scheme == "recursive_without_replacement" else 300_000
        drafts = draw_drafts(draft, count, scheme=scheme, seed=(3, count), rows=rows, threads=2)
        found = verify(draft, target, drafts, scheme=scheme, seed=(3, count), threads=2)
        counts = np.bincount(found.token, minlength=len(target))
        assert sampling_p_value(counts, target) > FALSE_ALARM
        was_accepted = found.accepted >= 0
        chosen = np.take_along_axis(drafts, np.maximum(found.accepted, 0)[:, None], axis=1)[:, 0]
        assert np.array_equal(found.token[was_accepted], chosen[was_accepted])
        share = acceptance(draft, target, count, scheme)
        error = np.sqrt(share * (1.0 - share) / rows)
        assert abs(was_accepted.mean() - share) <= SIGMAS * error + 1e-12


@pytest.mark.slow
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_output_follows_the_target_at_full_vocabulary(scheme: str, dtype: str) -> None:
    """2^17 tokens: the likeliest one by one, and the tail in bins of 512 neighbours that hold some thousandths each."""
    draft, target = smooth(131_072, 2.5, 0.8, 7, dtype)
    rows = 2_000 if scheme == "recursive_without_replacement" else 400_000
    drafts = draw_drafts(draft, 4, scheme=scheme, seed=5, rows=rows)
    found = verify(draft, target, drafts, scheme=scheme, seed=5)
    wide = target.astype(np.float64)
    counts = np.bincount(found.token, minlength=len(target))
    assert sampling_p_value(counts, wide) > FALSE_ALARM
    tail = counts.reshape(-1, 512).sum(axis=1), wide.reshape(-1, 512).sum(axis=1)
    assert sampling_p_value(*tail, least_expected=20.0) > FALSE_ALARM
    estimate = estimate_acceptance(draft, target, 4, scheme, samples=rows, seed=6)
    share = (found.accepted >= 0).mean()
    error = np.hypot(np.sqrt(share * (1.0 - share) / rows), estimate.standard_error)
    assert abs(share - estimate.value) < SIGMAS * error
    if scheme != "recursive_without_replacement":
        assert abs(acceptance(draft, target, 4, scheme) - share) < SIGMAS * np.sqrt(share * (1.0 - share) / rows)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_drafts_follow_the_draft_law(scheme: str) -> None:
    for name in ("smooth", "zeros and ties", "a rest of almost nothing"):
        draft, _ = SMALL[name]
        drafts = draw_drafts(draft, 3, scheme=scheme, seed=9, rows=200_000)
        assert (draft[drafts] > 0).all()
        if scheme in INDEPENDENT:
            for draw in range(3):
                assert sampling_p_value(np.bincount(drafts[:, draw], minlength=len(draft)), draft) > FALSE_ALARM
            pairs = np.bincount(drafts[:, 0] * len(draft) + drafts[:, 2], minlength=len(draft) ** 2)
            assert sampling_p_value(pairs, np.outer(draft, draft).ravel()) > FALSE_ALARM
        elif scheme == "recursive_without_replacement":
            assert (np.sort(drafts, axis=1)[:, 1:] != np.sort(drafts, axis=1)[:, :-1]).all()
            after = drafts[drafts[:, 0] == drafts[0, 0]]
            rest = np.where(np.arange(len(draft)) == drafts[0, 0], 0.0, draft)
            counts = np.bincount(after[:, 1], minlength=len(draft))
            assert sampling_p_value(counts, rest / rest.sum()) > FALSE_ALARM
        elif scheme == "greedy":
            rest = draft.copy()
            rest[drafts[0, :2]] = 0.0
            counts = np.bincount(drafts[:, 2], minlength=len(draft))
            assert sampling_p_value(counts, rest / rest.sum()) > FALSE_ALARM
        else:
            assert (drafts == drafts[0]).all()


@pytest.mark.parametrize("scheme", SCHEMES)
def test_estimates_agree_with_the_closed_form(scheme: str) -> None:
    for name, (draft, target) in SMALL.items():
        for count in (1, 3):
            found = estimate_acceptance(draft, target, count, scheme, samples=20_000, seed=(4, count))
            exact = acceptance(draft, target, count, scheme)
            # Drafts of probability 1e-13 are in no sample: their share of the value is missing.
            assert abs(found.value - exact) <= SIGMAS * found.standard_error + 1e-11, name
            if scheme == "top_k":
                assert found.standard_error == 0.0


@pytest.mark.parametrize("size", [5, 1000])
@pytest.mark.parametrize("scheme", SCHEMES)
def test_rows_do_not_depend_on_threads_or_company(scheme: str, size: int) -> None:
    pairs = [smooth(size, 1.5, 1.0, seed, "float32") for seed in range(5)]
    draft, target = (np.stack(laws) for laws in zip(*pairs, strict=True))
    generator = np.random.default_rng(1)
    request = generator.integers(0, 2**63, (5, 130)).astype(np.uint64)
    position = generator.integers(0, 2**32, (5, 130)).astype(np.uint64)
    options: dict[str, Any] = {"scheme": scheme, "seed": (1, 2)}
    drafts = draw_drafts(draft, 3, rows=130, request=request, position=position, **options)
    found = verify(draft, target, drafts, request=request, position=position, **options)
    estimate = estimate_acceptance(draft, target, 3, scheme, samples=600, seed=8)
    values = acceptance(draft, target, 3, "k_seq" if size == 1000 and "without" in scheme else scheme)
    for threads in (2, 3, None):
        where = {"request": request, "position": position, "threads": threads}
        assert np.array_equal(draw_drafts(draft, 3, rows=130, **where, **options), drafts)
        again = verify(draft, target, drafts, **where, **options)
        assert np.array_equal(again.token, found.token)
        assert np.array_equal(again.accepted, found.accepted)
        repeated = estimate_acceptance(draft, target, 3, scheme, samples=600, seed=8, threads=threads)
        assert np.array_equal(repeated, estimate)
        kind = "k_seq" if size == 1000 and "without" in scheme else scheme
        assert np.array_equal(acceptance(draft, target, 3, kind, threads=threads), values)
    for law, row in ((0, 0), (4, 129), (2, 70)):
        alone = {"request": int(request[law, row]), "position": int(position[law, row]), **options}
        assert np.array_equal(draw_drafts(draft[law], 3, **alone)[0], drafts[law, row])
        one = verify(draft[law], target[law], drafts[law, row][None], **alone)
        assert (one.token[0], one.accepted[0]) == (found.token[law, row], found.accepted[law, row])
    first = estimate_acceptance(draft[0], target[0], 3, scheme, samples=600, seed=8)
    assert (first.value, first.standard_error) == (estimate.value[0], estimate.standard_error[0])
    many = draw_drafts(draft[0], 3, rows=700, threads=3, **options)
    assert np.array_equal(many, draw_drafts(draft[0], 3, rows=700, **options))
    assert np.array_equal(many[:9], draw_drafts(draft[0], 3, rows=9, **options))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_every_instruction_set_gives_the_same_bits(dtype: str, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = ("portable", "avx2", "avx512")
    best = paths.index(build_info()["simd_best"])
    for size in (1, 7, 64, 1003):
        draft, target = smooth(size, 2.0, 1.0, 3, dtype)
        answers = []
        for path in paths[: best + 1]:
            monkeypatch.setenv("PYBENCH_SIMD", path)
            values = [acceptance(draft, target, 3, scheme) for scheme in SCHEMES if "without" not in scheme]
            values += [
                estimate_acceptance(draft, target, 3, scheme, samples=50, seed=2).value
                for scheme in SCHEMES
                if scheme != "optimal"
            ]
            for scheme in SCHEMES:
                drafts = draw_drafts(draft, 3, scheme=scheme, seed=1, rows=60)
                values += [
                    *verify(draft, target, drafts, scheme=scheme, seed=1).token.tolist(),
                    *drafts.ravel().tolist(),
                ]
            answers.append(values)
        assert all(answer == answers[0] for answer in answers)


def test_drafting_and_verification_are_independent_under_one_seed() -> None:
    """Where the same uniforms served both, which draft is accepted would depend on what was drawn."""
    draft = np.full(16, 1 / 16)
    target = np.where(np.arange(16) < 8, 1.5, 0.5) / 16
    drafts = draw_drafts(draft, 1, seed=1, scheme="single", rows=400_000)
    accepted = verify(draft, target, drafts, scheme="single", seed=1).accepted == 0
    counts = np.bincount(drafts[accepted, 0], minlength=16)
    law = np.minimum(draft, target)
    assert sampling_p_value(counts, law / law.sum()) > FALSE_ALARM


def test_an_estimate_holds_few_drafts_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    held = []
    draw = draft_schemes._native.draw_drafts

    def drawn(*arguments: Any) -> Any:
        tokens = draw(*arguments)
        held.append(tokens.size)
        return tokens

    monkeypatch.setattr(draft_schemes._native, "draw_drafts", drawn)
    law = np.full((2, 4), 0.25)
    assert (estimate_acceptance(law, law, 2**12, samples=2**8, seed=1).value == 1.0).all()
    assert sum(held) == 2 * 2**12 * 2**8
    assert max(held) <= 2**20
