"""The way of the data through the method: models and prompts, decoding batch by batch, what was seen of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pybench.harness.method import Progress
from simulators.multi_draft.adaptive import DraftChooser
from simulators.multi_draft.config import Config
from simulators.multi_draft.data import Material, open_material
from simulators.multi_draft.decoding import Rules, decode
from simulators.multi_draft.result import Result
from simulators.multi_draft.summary import summarise
from simulators.multi_draft.trace import Trace

__all__ = ["Result", "simulate"]

#: What decoding adds to the seed.
_DECODING = 13


def simulate(config: Config, *, seed: int | tuple[int, ...] = 0, progress: Progress | None = None) -> Result:
    """Decode requests with several drafts a round, and compare all schemes at the laws on the way.

    Parameters
    ----------
    config
        Which models, which drafts, which verification.
    seed
        An int or a tuple of ints, none negative.
    progress
        Called with the fraction done and what is being done.

    Returns
    -------
    Result
        A function of the Config and the seed, but for `tokens_per_second` and the last bits of a real model's matrix
        products.

    Raises
    ------
    InvalidInputError
        For more prompts than a text has, or a recording that breaks a rule.
    MissingDataError
        For a text or a recording that is not here.
    MissingPackageError
        For gemma without the packages of the extra `gemma`.
    """
    report = progress or _silent
    report(0.0, "models and prompts")
    seeds = (seed,) if isinstance(seed, int) else tuple(seed)
    material = open_material(config, seed=seeds)
    rules = _rules(config, material)
    count = len(material.prompts)
    chooser = DraftChooser(rules, config.choosable_temperatures, config.draft_cost, count) if config.adaptive else None
    stride = max(1, rules.new_tokens // config.compared_positions) if config.compared_positions else 0
    trace = Trace(rules, stride, config.compared_samples, (_DECODING, *seeds))
    outputs: list[NDArray[np.int64]] = []
    began = time.perf_counter()
    for first in range(0, count, config.batch):
        batch = range(first, min(first + config.batch, count))
        outputs += decode(
            material.model,
            [material.prompts[number] for number in batch],
            rules,
            numbers=np.array(batch),
            seed=(_DECODING, *seeds),
            observer=trace,
            chooser=chooser,
            progress=_part_of(report, 0.05 + 0.94 * first / count, 0.94 * len(batch) / count),
        )
    elapsed = time.perf_counter() - began - trace.measuring_s
    real = material.decode is not None
    speed = sum(output.size for output in outputs) / elapsed if real else 0.0
    result = summarise(
        config, material, trace, chooser.chosen if chooser else {}, speed, _first_text(material, outputs)
    )
    report(1.0, "done")
    return result


def _rules(config: Config, material: Material) -> Rules:
    rules = Rules(
        scheme=config.scheme,
        alphabet_size=config.alphabet_size,
        program_size=config.program_size,
        blocks=config.verification == "block",
        draft_count=config.draft_count,
        draft_length=config.draft_length,
        temperature=config.temperature,
        draft_temperature=config.draft_temperature,
        top_k=config.top_k or None,
        top_p=config.top_p if config.top_p < 1.0 else None,
        new_tokens=config.new_tokens,
        threads=config.threads or None,
    )
    if config.data != "recorded":
        return rules
    from simulators.multi_draft.recorded import RecordedModel

    assert isinstance(material.model, RecordedModel)
    log = material.model.recording
    return replace(
        rules,
        temperature=log.temperature,
        draft_temperature=log.draft_temperature,
        top_k=log.top_k or None,
        top_p=log.top_p if log.top_p < 1.0 else None,
        new_tokens=1,
    )


def _first_text(material: Material, outputs: Sequence[NDArray[np.int64]]) -> str:
    if material.decode is None:
        return ""
    return f"{material.decode(material.prompts[0])}|{material.decode(outputs[0])}"


def _part_of(report: Progress, begin: float, share: float) -> Callable[[float], None]:
    """Return the progress callback of one batch, which has this share of the whole."""
    return lambda done: report(begin + share * done, "decoding")


def _silent(_fraction: float, _step: str) -> None:
    pass
