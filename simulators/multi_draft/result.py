"""What a run found, field by field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pybench.harness.fields import quantity

__all__ = ["Result"]


@dataclass(frozen=True, kw_only=True)
class Result:
    """What was found. Every number is finite; a mean of nothing is 0. All fields are of types that JSON knows."""

    data: str = quantity(doc="name of the data")
    synthetic: bool = quantity(doc="whether the laws were generated; then no figure is one of a real model")
    target_model: str = quantity(doc="the target model")
    draft_model: str = quantity(doc="the draft model")
    vocabulary_size: int = quantity(doc="tokens of the vocabulary", unit="tokens")
    scheme: str = quantity(doc="how drafts were verified; block for a whole sequence at once")
    prompts: int = quantity(doc="requests; for recorded data logged positions", unit="requests")
    tokens: int = quantity(doc="tokens put out", unit="tokens")
    target_calls: int = quantity(doc="rounds of all requests: each is one row of a call of the target", unit="calls")
    draft_tokens: int = quantity(doc="draft tokens drawn", unit="tokens")
    block_efficiency: float = quantity(
        doc="mean tokens put out by a call of the target; for recorded data 1 + acceptance", unit="tokens per call"
    )
    block_efficiency_error: float = quantity(doc="its standard error over requests", unit="tokens per call")
    tokens_per_cost: float = quantity(
        doc="tokens put out over calls of the target, a draft token counted as Config.draft_cost calls",
        unit="tokens per call",
    )
    tokens_per_second: float = quantity(
        doc="tokens put out by the wall clock of this machine and its load, models included, measurements not; 0 where "
        "no real model runs",
        unit="tokens per second",
    )
    acceptance: float = quantity(doc="share of verified positions where a draft was accepted")
    acceptance_error: float = quantity(doc="its standard error over requests")
    acceptance_by_depth: Mapping[str, float] = quantity(doc="the same by depth in the round, from 1")
    live_drafts_by_depth: Mapping[str, float] = quantity(
        doc="mean number of drafts still consistent with the accepted tokens, by depth", unit="drafts"
    )
    optimal_acceptance: float = quantity(
        doc="mean of the largest acceptance that any verification of as many independent drafts has at those laws"
    )
    gap: float = quantity(
        doc="mean of optimal acceptance less the scheme's own; below 0 only for drafts that are not independent"
    )
    gap_by_depth: Mapping[str, float] = quantity(doc="the same by depth")
    position_depth: tuple[int, ...] = quantity(detail=True, doc="of each verified position its depth in the round")
    position_offset: tuple[int, ...] = quantity(
        detail=True, doc="of each verified position how many tokens its request had put out", unit="tokens"
    )
    position_prompt: tuple[int, ...] = quantity(detail=True, doc="of each verified position the number of its request")
    position_live_drafts: tuple[int, ...] = quantity(detail=True, doc="drafts verified there", unit="drafts")
    position_accepted: tuple[bool, ...] = quantity(detail=True, doc="whether one of them was accepted")
    position_optimal: tuple[float, ...] = quantity(detail=True, doc="optimal acceptance there")
    position_gap: tuple[float, ...] = quantity(
        detail=True,
        doc="optimal acceptance less the scheme's; where the scheme has no closed form, less 1 or 0 as it accepted",
    )
    compared_positions: int = quantity(doc="positions at whose laws every scheme was compared", unit="positions")
    scheme_acceptance: Mapping[str, Mapping[str, float]] = quantity(
        doc="mean acceptance by scheme and number of drafts at the compared positions: the same laws for all"
    )
    scheme_acceptance_error: Mapping[str, Mapping[str, float]] = quantity(
        detail=True, doc="its standard error over requests, sampling of schemes without a closed form included"
    )
    prompt_scheme_acceptance: Mapping[str, Mapping[str, tuple[float, ...]]] = quantity(
        detail=True, doc="the same by request, for intervals over requests and of differences"
    )
    prompt_block_efficiency: tuple[float, ...] = quantity(
        detail=True, doc="tokens put out by a call of the target, by request", unit="tokens per call"
    )
    prompt_tokens: tuple[int, ...] = quantity(detail=True, doc="tokens put out, by request", unit="tokens")
    prompt_target_calls: tuple[int, ...] = quantity(detail=True, doc="rounds, by request", unit="calls")
    prompt_acceptance: tuple[float, ...] = quantity(
        detail=True, doc="share of verified positions where a draft was accepted, by request"
    )
    chosen: Mapping[str, int] = quantity(
        detail=True, doc="for adaptive: rounds by chosen draft count and temperature", unit="rounds"
    )
    calibration: Mapping[str, float] = quantity(
        detail=True,
        doc="of the compared positions: means of the entropies (nats), of the largest probability of the target and of "
        "the acceptance of one draft; what synthetic laws are held against",
    )
    first_text: str = quantity(
        detail=True, doc="for gemma: the first prompt and, after a bar, what it was continued with"
    )
