"""What the truncations of the paper's linear program cost, beside the exact plan that has none."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from pybench.harness.claim import Claim, Estimate
from simulators.multi_draft.config import Config
from simulators.multi_draft.evidence import at_preset, estimate, laws_after_prompts, mean_interval, some
from simulators.multi_draft.result import Result

__all__ = ["TRUNCATION_CLAIMS"]

_SEED = (2410, 18234)
_DRAFTS = 2
_ALPHABETS, _PROGRAMS = (10, 20, 40, 50), (5, 10, 15)
_ALPHABET, _PROGRAM = 40, 5  # the paper's best


def _configs(preset: str) -> tuple[Config, ...]:
    """Return the least run that names the laws: those after its prompts are looked at once more with other sizes."""
    return (at_preset(preset, scheme="single", draft_count=1, draft_length=1, new_tokens=1, compared_positions=0),)


def _laws(result: Result) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    data = "synthetic" if result.synthetic else "gemma"
    config = Config(data=data, vocabulary_size=result.vocabulary_size, prompts=result.prompts)
    return laws_after_prompts(config, seed=_SEED)


def _accepted(
    laws: tuple[NDArray[np.float32], NDArray[np.float32]], alphabet: int, program: int
) -> tuple[NDArray[np.float64], float]:
    """Return the acceptance of each pair of laws, and the microseconds that a pair took."""
    from pybench.kernels.draft import acceptance

    began = time.perf_counter()
    values = acceptance(*laws, _DRAFTS, "importance", alphabet_size=alphabet, program_size=program)
    return np.asarray(values), 1e6 * (time.perf_counter() - began) / len(values)


def _gain(
    more: tuple[int, int], less: tuple[int, int], told: Sequence[tuple[int, int]]
) -> Callable[[Sequence[Result]], Estimate]:
    def measure(results: Sequence[Result]) -> Estimate:
        laws = _laws(some(results)[0])
        found = {sizes: _accepted(laws, *sizes) for sizes in told}
        notes = [f"{sizes}: {values.mean():.4f}, {took:.0f} us" for sizes, (values, took) in found.items()]
        return estimate(results, mean_interval(found[more][0] - found[less][0]), _told(notes))

    return measure


def _lost(results: Sequence[Result]) -> Estimate:
    from pybench.kernels.draft import optimal_acceptance

    laws = _laws(some(results)[0])
    began = time.perf_counter()
    exact = np.asarray(optimal_acceptance(*laws, _DRAFTS))
    took = 1e6 * (time.perf_counter() - began) / exact.size
    notes = [f"exact: {exact.mean():.4f}, {took:.0f} us"]
    for sizes in [(alphabet, _PROGRAM) for alphabet in _ALPHABETS] + [(_ALPHABET, size) for size in _PROGRAMS[1:]]:
        values, took = _accepted(laws, *sizes)
        notes.append(f"{sizes}: {values.mean():.4f}, {took:.0f} us")
        if sizes == (_ALPHABET, _PROGRAM):
            lost = exact - values
    return estimate(results, mean_interval(lost), _told(notes), theorem=bool(lost.min() >= -1e-9))


def _told(notes: Sequence[str]) -> str:
    return f"(alphabet, program): acceptance, time a pair of laws; {'; '.join(notes)}"


_SOURCE = "table of block efficiency and token rate by truncation, {}, OPT models (read in a transcription)"
_OURS = (
    "The paper's figures are tokens a call and rates over single-draft decoding on its GPU; ours is acceptance of two "
    "drafts at the same laws, which does not need thousands of prompts. How the program is truncated is our "
    "reconstruction: the section could not be read."
)

#: The claims of this file.
TRUNCATION_CLAIMS = (
    Claim(
        id="larger_alphabet_accepts_more",
        statement="An alphabet of 40 tokens is better than one of 10: block efficiency 2.05 against 1.98 (20: 2.00, "
        "50: 2.03).",
        source=_SOURCE.format("alphabets of 10, 20, 40 and 50"),
        kind="ordering",
        unit="acceptance",
        at_least=0.0,
        configs=_configs,
        measure=_gain((40, 5), (10, 5), [(alphabet, _PROGRAM) for alphabet in _ALPHABETS]),
        note=_OURS,
    ),
    Claim(
        id="larger_program_gains_nothing",
        statement="A linear program over 15 tokens is no better than one over 5: block efficiency 2.04 against 2.05.",
        source=_SOURCE.format("programs of 5, 10 and 15"),
        kind="bound",
        unit="acceptance",
        at_most=0.01,
        configs=_configs,
        measure=_gain((40, 15), (40, 5), [(_ALPHABET, program) for program in _PROGRAMS]),
        note="That less than 0.01 of acceptance is nothing is ours. " + _OURS,
    ),
    Claim(
        id="exact_plan_loses_nothing",
        statement="The truncated program with the paper's best sizes accepts less than the exact plan.",
        source="this project's derivation",
        ours=True,
        kind="ordering",
        unit="acceptance",
        at_least=0.0,
        configs=_configs,
        measure=_lost,
        note="Times are this machine's as it was loaded; the races compare them properly. " + _OURS,
    ),
)
