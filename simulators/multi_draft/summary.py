"""From what was noted of a run to its Result."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from simulators.multi_draft.config import Config
from simulators.multi_draft.data import Material
from simulators.multi_draft.result import Result
from simulators.multi_draft.trace import Trace

__all__ = ["ratio_of_sums", "summarise"]

Value = TypeVar("Value")


def ratio_of_sums(numerators: NDArray[np.float64], denominators: NDArray[np.float64]) -> tuple[float, float]:
    """Return the ratio of two sums over requests, and its standard error by linearisation; 0 where there is nothing."""
    total = float(denominators.sum())
    if not total:
        return 0.0, 0.0
    ratio = float(numerators.sum()) / total
    count = numerators.size
    if count < 2:
        return ratio, 0.0
    residual = numerators - ratio * denominators
    return ratio, float(np.sqrt(count / (count - 1) * np.sum(residual**2)) / total)


def summarise(
    config: Config,
    material: Material,
    trace: Trace,
    chosen: Mapping[tuple[int, float], int],
    tokens_per_second: float,
    first_text: str,
) -> Result:
    """Return the Result of a run."""
    prompts = len(material.prompts)
    tokens = np.array([trace.tokens[number] for number in range(prompts)], dtype=np.float64)
    calls = np.array([trace.calls[number] for number in range(prompts)], dtype=np.float64)
    positions = trace.positions
    number = np.array([position.number for position in positions], dtype=np.int64)
    depth = np.array([position.depth for position in positions], dtype=np.int64)
    accepted = np.array([position.accepted for position in positions], dtype=np.float64)
    live = np.array([position.live for position in positions], dtype=np.float64)
    optimal = np.array([position.optimal for position in positions], dtype=np.float64)
    gap = optimal - np.array([position.expected for position in positions], dtype=np.float64)
    by_prompt = _sums(number, accepted, prompts)
    acceptance, acceptance_error = ratio_of_sums(*by_prompt)
    efficiency, efficiency_error = ratio_of_sums(tokens, calls)
    prompt_efficiency = tokens / calls
    if not material.model.continues:
        efficiency, efficiency_error = 1.0 + acceptance, acceptance_error
        prompt_efficiency = 1.0 + by_prompt[0] / by_prompt[1]
    compared = _compared(trace, prompts)
    means = {key: ratio_of_sums(*sums) for key, sums in compared.items()}
    cost = float(calls.sum()) + config.draft_cost * trace.draft_tokens
    return Result(
        data=material.name,
        synthetic=config.data == "synthetic",
        target_model=material.target,
        draft_model=material.draft,
        vocabulary_size=material.model.vocabulary_size,
        scheme="block" if config.verification == "block" else config.scheme,
        prompts=prompts,
        tokens=int(tokens.sum()),
        target_calls=int(calls.sum()),
        draft_tokens=trace.draft_tokens,
        block_efficiency=efficiency,
        block_efficiency_error=efficiency_error,
        tokens_per_cost=efficiency * float(calls.sum()) / cost,
        tokens_per_second=tokens_per_second,
        acceptance=acceptance,
        acceptance_error=acceptance_error,
        acceptance_by_depth=_by_depth(depth, accepted),
        live_drafts_by_depth=_by_depth(depth, live),
        optimal_acceptance=_mean(optimal),
        gap=_mean(gap),
        gap_by_depth=_by_depth(depth, gap),
        position_depth=tuple((depth + 1).tolist()),
        position_offset=tuple(position.offset for position in positions),
        position_prompt=tuple(number.tolist()),
        position_live_drafts=tuple(position.live for position in positions),
        position_accepted=tuple(position.accepted for position in positions),
        position_optimal=tuple(optimal.tolist()),
        position_gap=tuple(gap.tolist()),
        compared_positions=len(trace.entropies),
        scheme_acceptance=_nested((key, mean) for key, (mean, _) in means.items()),
        scheme_acceptance_error=_nested((key, error) for key, (_, error) in means.items()),
        prompt_scheme_acceptance=_nested(
            (key, tuple((sums / np.maximum(counts, 1.0)).tolist())) for key, (sums, counts) in compared.items()
        ),
        prompt_block_efficiency=tuple(prompt_efficiency.tolist()),
        prompt_tokens=tuple(tokens.astype(int).tolist()),
        prompt_target_calls=tuple(calls.astype(int).tolist()),
        prompt_acceptance=tuple((by_prompt[0] / np.maximum(by_prompt[1], 1.0)).tolist()),
        chosen={f"K={count} T={temperature:g}": times for (count, temperature), times in sorted(chosen.items())},
        calibration=_calibration(trace, means),
        first_text=first_text,
    )


def _compared(trace: Trace, prompts: int) -> dict[tuple[str, int], tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Return the sum and number of compared acceptances by request, for each scheme and draft count."""
    found = {}
    for key, rows in trace.compared.items():
        number = np.array([row[0] for row in rows], dtype=np.int64)
        value = np.array([row[1] for row in rows])
        found[key] = _sums(number, value, prompts)
    return found


def _sums(
    number: NDArray[np.int64], value: NDArray[np.float64], prompts: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the sum of the values of each request, and how many they are."""
    sums = np.zeros(prompts), np.zeros(prompts)
    np.add.at(sums[0], number, value)
    np.add.at(sums[1], number, 1.0)
    return sums


def _calibration(trace: Trace, means: Mapping[tuple[str, int], tuple[float, float]]) -> dict[str, float]:
    if not trace.entropies:
        return {}
    target, draft, top = np.mean(trace.entropies, axis=0).tolist()
    single = means.get(("single", 1), (0.0, 0.0))[0]
    return {"target_entropy": target, "draft_entropy": draft, "target_top": top, "single_acceptance": single}


def _by_depth(depth: NDArray[np.int64], value: NDArray[np.float64]) -> dict[str, float]:
    return {str(level + 1): float(value[depth == level].mean()) for level in np.unique(depth).tolist()}


def _mean(value: NDArray[np.float64]) -> float:
    return float(value.mean()) if value.size else 0.0


def _nested(rows: Iterable[tuple[tuple[str, int], Value]]) -> dict[str, dict[str, Value]]:
    nested: dict[str, dict[str, Value]] = {}
    for (scheme, count), value in rows:
        nested.setdefault(scheme, {})[str(count)] = value
    return nested
