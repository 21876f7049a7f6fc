"""The order of the schemes: by acceptance at the same laws, and by tokens a call of the target yields."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from pybench.harness.claim import Claim, Estimate
from simulators.multi_draft.config import Config
from simulators.multi_draft.evidence import at_preset, efficiency_lead, estimate, mean_interval, some
from simulators.multi_draft.result import Result

__all__ = ["ORDER_CLAIMS"]

#: What is called what: the scheme's name here -> in the paper's tables.
_NAMES = {"optimal": "the optimal scheme", "importance": "IS", "k_seq": "SpecTr", "recursive": "SpecInfer"}
_PAIRS = (("optimal", "importance"), ("importance", "k_seq"), ("k_seq", "recursive"))
#: The paper's acceptance on XSum and on Dolly, by scheme, for 2, 4 and 8 drafts.
_TABLE = {
    "optimal": ((0.5009, 0.5226, 0.5419), (0.6384, 0.6731, 0.6962)),
    "importance": ((0.4933, 0.5145, 0.5333), (0.6348, 0.6691, 0.6919)),
    "k_seq": ((0.4889, 0.5083, 0.5263), (0.6246, 0.6560, 0.6800)),
    "recursive": ((0.4875, 0.5058, 0.5227), (0.6202, 0.6489, 0.6722)),
}
_COUNTS = (2, 4, 8)
#: The paper's block efficiency on Dolly for 2 to 6 drafts.
_EFFICIENCY = {
    "importance": (2.13, 2.22, 2.26, 2.27, 2.28),
    "k_seq": (1.77, 1.89, 1.96, 2.03, 2.08),
    "recursive": (1.76, 1.86, 1.95, 2.00, 2.04),
}
#: And with both laws restricted to k tokens: for k = 10 and k = 5, each with 2 and 3 drafts.
_TOP_K = {
    "importance": (2.48, 2.59, 2.52, 2.63),
    "k_seq": (2.43, 2.55, 2.48, 2.56),
    "recursive": (2.38, 2.49, 2.47, 2.55),
}
#: One token drafted at a time: what is compared is the laws, not the decoding.
_COMPARING: dict[str, Any] = {"scheme": "single", "draft_count": 1, "draft_length": 1, "compared_samples": 0}

_SCHEMES = ("optimal", "importance", "k_seq", "recursive")
_TOP_K_GRID = ((10, 2), (10, 3), (5, 2), (5, 3))


def _compared(preset: str) -> tuple[Config, ...]:
    return (at_preset(preset, new_tokens=4, compared_positions=4, **_COMPARING),)


def _compared_top_k(preset: str) -> tuple[Config, ...]:
    return tuple(at_preset(preset, new_tokens=4, compared_positions=4, top_k=k, **_COMPARING) for k in (10, 5))


def _decoded(preset: str) -> tuple[Config, ...]:
    counts = (2, 4, 6) if preset == "quick" else (2, 3, 4, 5, 6)
    return tuple(_decoding(preset, scheme=scheme, draft_count=count) for scheme in _SCHEMES for count in counts)


def _decoded_top_k(preset: str) -> tuple[Config, ...]:
    return tuple(
        _decoding(preset, scheme=scheme, draft_count=count, top_k=k) for scheme in _SCHEMES for k, count in _TOP_K_GRID
    )


def _decoding(preset: str, **settings: Any) -> Config:
    """Return a Config for decoding, which the real model is slow at: it is for the preset full alone."""
    if preset == "full":
        return at_preset(preset, compared_positions=0, **settings)
    generated = at_preset("quick", compared_positions=0)
    larger: dict[str, Any] = {"vocabulary_size": 32_000, "prompts": 64} if preset == "standard" else {}
    return replace(generated, **larger, **settings)


def _difference(better: str, worse: str, counts: Sequence[int]) -> Callable[[Sequence[Result]], Estimate]:
    """Return the mean over prompts of the difference at the same laws, which pairs it."""

    def measure(results: Sequence[Result]) -> Estimate:
        rows, notes = [], []
        for result in some(results):
            for count in counts:
                first = np.array(result.prompt_scheme_acceptance[better][str(count)])
                second = np.array(result.prompt_scheme_acceptance[worse][str(count)])
                rows.append(first - second)
                notes.append(f"K = {count}: {first.mean():.4f} and {second.mean():.4f}")
        # What no verifier can beat is ahead at every law: the order itself needs no sample.
        theorem = better == "optimal"
        mean, low, high = mean_interval(np.concatenate(rows) if len(results) > 1 else np.mean(rows, axis=0))
        if theorem and min(float(row.min()) for row in rows) >= -1e-9:
            low, mean = max(low, 0.0), max(mean, 0.0)
        return estimate(results, (mean, low, high), "; ".join(notes), theorem=theorem)

    return measure


def _more_tokens(better: str, worse: str) -> Callable[[Sequence[Result]], Estimate]:
    """Return the mean difference of block efficiencies, each of two runs of the same requests."""

    def measure(results: Sequence[Result]) -> Estimate:
        sides = [[result for result in some(results) if result.scheme == scheme] for scheme in (better, worse)]
        told = [", ".join(f"{result.block_efficiency:.2f}" for result in side) for side in sides]
        return estimate(results, efficiency_lead(*sides), f"{told[0]} against {told[1]}")

    return measure


def _acceptance_claim(better: str, worse: str, place: int) -> Claim:
    count = _COUNTS[place]
    xsum, dolly = (_TABLE[better][task][place] - _TABLE[worse][task][place] for task in (0, 1))
    return Claim(
        id=f"acceptance_{better}_over_{worse}_k{count}",
        statement=f"With {count} drafts {_NAMES[better]} accepts at least as often as {_NAMES[worse]}: by {xsum:.4f} "
        f"on XSum and {dolly:.4f} on Dolly.",
        source="table of acceptance probabilities, XSum and Dolly, OPT models (read in a transcription)",
        kind="ordering",
        unit="acceptance",
        figure=xsum,
        at_least=0.0,
        configs=_compared,
        measure=_difference(better, worse, (count,)),
        note=_SETTING + (" That nothing beats the optimum holds at any laws." if better == "optimal" else ""),
    )


def _efficiency_claim(better: str, worse: str, *, top_k: bool) -> Claim:
    table = _TOP_K if top_k else _EFFICIENCY
    figures = [np.mean(np.subtract(table[better], table[worse]))] if better in table else []
    laws = "With laws of 10 or 5 tokens and 2 or 3 drafts" if top_k else "With 2 to 6 drafts"
    by = f", by {figures[0]:.2f} on average" if figures else ""
    return Claim(
        id=f"block_efficiency{'_top_k' if top_k else ''}_{better}_over_{worse}",
        statement=f"{laws} {_NAMES[better]} puts out at least as many tokens a call as {_NAMES[worse]}{by}.",
        source=f"table of block efficiency{', top-k sampling' if top_k else ', Dolly'}, OPT models (read in a "
        "transcription)"
        if figures
        else "follows from the paper's tables of acceptance; no table of block efficiency has the optimal scheme",
        kind="ordering",
        unit="tokens per call",
        figure=float(figures[0]) if figures else None,
        at_least=0.0,
        configs=_decoded_top_k if top_k else _decoded,
        measure=_more_tokens(better, worse),
        paired_by=lambda config: (config.draft_count, config.top_k),
        note="Mean over the grid. At each point of it the schemes have the same requests and random numbers, and the "
        "interval is of differences by request. The real model decodes at the preset full alone.",
    )


_SETTING = (
    "Ours: Gemma 3 270M after 48 tokens of WikiText-2, drafts by its first 16 of 18 layers at temperature 1.2, a "
    "vocabulary of 262,144 tokens, IS with an alphabet of 40 and a program of 5 tokens; the interval is Student's, of "
    "99 %, over prompts."
)


def _top_k_claim(better: str, worse: str) -> Claim:
    return Claim(
        id=f"acceptance_top_k_{better}_over_{worse}",
        statement=f"With laws of 10 or 5 tokens {_NAMES[better]} accepts at least as often as {_NAMES[worse]}.",
        source="table of block efficiency, top-k sampling (read in a transcription), of which acceptance is the cause",
        kind="ordering",
        unit="acceptance",
        at_least=0.0,
        configs=_compared_top_k,
        measure=_difference(better, worse, (2,)),
        note="At 2 drafts. Acceptance at the same laws tells schemes apart by far fewer prompts than block efficiency "
        "does. " + _SETTING,
    )


#: The claims of this file.
ORDER_CLAIMS = (
    *(_acceptance_claim(*pair, place) for place in range(len(_COUNTS)) for pair in _PAIRS),
    *(_top_k_claim(*pair) for pair in _PAIRS),
    *(_efficiency_claim(*pair, top_k=top_k) for top_k in (False, True) for pair in _PAIRS),
)
