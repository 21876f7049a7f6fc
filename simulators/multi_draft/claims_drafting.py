"""How to spend draft tokens: independent or greedy drafts, several short sequences or one long one as a block."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from pybench.harness.claim import Claim, Estimate
from simulators.multi_draft.config import Config
from simulators.multi_draft.evidence import at_preset, efficiency_lead, estimate, gemma_available, mean_interval, some
from simulators.multi_draft.result import Result

__all__ = ["DRAFTING_CLAIMS"]

#: Draft models, each beside its name: what the real model has, and generated laws of about its acceptance.
_MODELS: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "temperature_1_2": (
        "the target itself at temperature 1.2",
        {"draft": "temperature", "draft_temperature": 1.2},
        {"quality": 1.0, "draft_temperature": 1.2},
    ),
    "temperature_2": (
        "the target itself at temperature 2",
        {"draft": "temperature", "draft_temperature": 2.0},
        {"quality": 1.0, "draft_temperature": 2.0},
    ),
    "exit_17": ("17 of the target's 18 layers", {"exit_layer": 17, "draft_temperature": 1.0}, {"quality": 0.97}),
    "exit_15": ("15 of the target's 18 layers", {"exit_layer": 15, "draft_temperature": 1.0}, {"quality": 0.7}),
}
_TOP_K = (100, 1_000)
_COUNTS = (2, 4, 8)
#: Draft tokens of a call, and how they are spent: verification, sequences, length.
_BUDGET = 8
_SPENDING = (("block", 1, 8), ("tokens", 1, 8), ("tokens", 2, 4), ("tokens", 4, 2))


def _against_greedy(name: str) -> Callable[[str], tuple[Config, ...]]:
    def configs(preset: str) -> tuple[Config, ...]:
        _, real, generated = _MODELS[name]
        settings = real if preset != "quick" and gemma_available() else generated
        spare = {"prompts": 16} if preset != "full" else {}
        return tuple(
            at_preset(
                preset,
                **{**settings, **spare},
                scheme="single",
                draft_count=1,
                draft_length=1,
                new_tokens=2,
                compared_positions=2,
                compared_samples=0,
                top_k=k,
            )
            for k in _TOP_K
        )

    return configs


def _ahead(results: Sequence[Result]) -> Estimate:
    """Return the lead over greedy drafts where it is least: the claim is about each size of law and draft count."""
    leads, notes = [], []
    for result, k in zip(some(results), _TOP_K, strict=True):
        for count in _COUNTS:
            optimal, greedy = (
                np.array(result.prompt_scheme_acceptance[scheme][str(count)]) for scheme in ("optimal", "greedy")
            )
            leads.append(mean_interval(optimal - greedy))
            notes.append(f"({k:,}, {count}) {optimal.mean():.4f} and {greedy.mean():.4f}")
    note = "(tokens, drafts) independent and greedy: " + "; ".join(notes)
    value, low, high = (min(ends) for ends in zip(*leads, strict=True))
    return estimate(results, (value, low, high), note)


def _spent(preset: str) -> tuple[Config, ...]:
    size = {"quick": (1_000, 48), "standard": (32_000, 64)}.get(preset)
    common: dict[str, Any] = {"compared_positions": 0}
    if size:
        common |= {"data": "synthetic", "vocabulary_size": size[0], "prompts": size[1], "new_tokens": 48}
        configs = [Config(**common, **_as_settings(*how)) for how in _SPENDING]
    else:
        configs = [at_preset(preset, **common, **_as_settings(*how)) for how in _SPENDING]
    return tuple(configs)


def _as_settings(verification: str, draft_count: int, draft_length: int) -> dict[str, Any]:
    return {"verification": verification, "draft_count": draft_count, "draft_length": draft_length}


def _block_ahead_of(others: Sequence[int], *, theorem: bool) -> Callable[[Sequence[Result]], Estimate]:
    """Return what a block yields less the best of others, by their places in `_SPENDING`."""

    def measure(results: Sequence[Result]) -> Estimate:
        first = some(results)[0]
        second = max((results[place] for place in others), key=lambda result: result.block_efficiency)
        told = [
            f"{verification}, {count} of {length}: {result.block_efficiency:.2f} +- {result.block_efficiency_error:.2f}"
            for (verification, count, length), result in zip(_SPENDING, results, strict=True)
        ]
        interval = efficiency_lead([first], [second])
        return estimate(results, interval, "tokens a call by " + "; ".join(told), theorem=theorem)

    return measure


def _greedy_claim(name: str) -> Claim:
    return Claim(
        id=f"independent_over_greedy_{name}",
        statement="With laws of 100 tokens and more, independent drafts verified optimally are accepted at least as "
        f"often as greedy ones, here with a draft that is {_MODELS[name][0]}.",
        source="arXiv 2511.15898 (Global Resolution): from k = 100 on, by nearly 2 % at large k and n; read in a third "
        "party's notes",
        kind="ordering",
        unit="acceptance",
        at_least=0.0,
        configs=_against_greedy(name),
        measure=_ahead,
        note="The least lead among laws of 100 and 1,000 tokens and 2, 4 and 8 drafts is judged, each with a 99 % "
        "interval over prompts. Greedy drafts are those of Hu et al.",
    )


def _spending_claim(identifier: str, statement: str, source: str, others: Sequence[int], *, ours: bool) -> Claim:
    return Claim(
        id=identifier,
        statement=statement,
        source=source,
        ours=ours,
        kind="ordering",
        unit="tokens per call",
        at_least=0.0,
        configs=_spent,
        # No verification of one sequence keeps more of it than that as a block, whatever the laws are.
        measure=_block_ahead_of(others, theorem=not ours),
        paired_by=lambda config: _BUDGET,
        note=f"{_BUDGET} draft tokens a call in each case. All runs have the same requests and random numbers, and the "
        "interval is of their differences by request. The real model decodes at the preset full alone.",
    )


#: The claims of this file.
DRAFTING_CLAIMS = (
    *(_greedy_claim(name) for name in _MODELS),
    _spending_claim(
        "block_over_tokens",
        "A single sequence yields at least as many tokens a call verified as a block as token by token.",
        "arXiv 2403.10444, abstract",
        (1,),
        ours=False,
    ),
    _spending_claim(
        "block_over_several_sequences",
        "One sequence of eight tokens verified as a block yields at least as many tokens a call as two of four or four "
        "of two verified optimally: as many draft tokens.",
        "this project's question",
        (2, 3),
        ours=True,
    ),
)
