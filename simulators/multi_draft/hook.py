"""Multi-draft speculative decoding inside `model.generate` of the `transformers` library, by its public hook."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pybench.errors import InvalidInputError
from pybench.kernels.draft import SCHEMES
from pybench.kernels.inputs import check_count, check_threads, mix_seed
from pybench.optional import require
from simulators.multi_draft.hook_cache import CachedModel
from simulators.multi_draft.hook_checks import (
    check_generation,
    check_model,
    check_model_inputs,
    check_requests,
    prompt_padding,
)
from simulators.multi_draft.hook_drafting import commit_drafts, grow
from simulators.multi_draft.hook_early_exit import early_exit
from simulators.multi_draft.hook_ending import Ends, ending, pad_token
from simulators.multi_draft.hook_laws import TokenLaws, check_processors, draft_processors
from simulators.multi_draft.hook_rows import Drafting, LawModel, Row
from simulators.multi_draft.hook_statistics import DecodingStatistics
from simulators.multi_draft.hook_verifying import verify_trees

__all__ = ["transformers_generate"]


def transformers_generate(
    model: Any,
    input_ids: Any,
    logits_processor: Any,
    stopping_criteria: Any,
    generation_config: Any,
    *,
    draft_model: Any = None,
    draft_layers: int | None = None,
    draft_temperature: float | None = None,
    draft_count: int = 4,
    draft_length: int = 4,
    scheme: str = "optimal",
    seed: int | tuple[int, ...] | None = None,
    request: Any = None,
    token_streamer: Any = None,
    threads: int | None = 1,
    **model_inputs: Any,
) -> Any:
    """Continue prompts with several drafts a step; give this to `generate` as `custom_generate`.

    >>> model.generate(
    ...     **prompts, do_sample=True, max_new_tokens=64,
    ...     custom_generate=transformers_generate, draft_model=small, draft_count=4,
    ... )  # doctest: +SKIP

    The first five arguments come from `generate`; all keywords are given to `generate`, which passes them on. Each
    round draws `draft_count` drafts of `draft_length` tokens a row, verifies the tree that they span in one call of the
    target, and keeps what was put out in both caches. What comes out has the law of plain sampling with the same logits
    processors (temperature, top-k, top-p and all others that look at one row alone), or is what greedy decoding gives,
    up to the rounding of a forward pass of another shape.

    Parameters
    ----------
    model
        The target: a decoder-only model that keeps keys and values, with attention "sdpa" or "eager".
    input_ids, logits_processor, stopping_criteria, generation_config
        As prepared by `generate`. Prompts of a batch are padded on the left. A stopping criterion is called after each
        token, with one row.
    draft_model
        The model that drafts, of the same vocabulary. `generate` hands its own `assistant_model` to no callable, hence
        another name.
    draft_layers
        Draft with the first layers of the target instead, its final norm and its head.
    draft_temperature
        Temperature of the draft; None: the target's. Without `draft_model` and `draft_layers` the target itself drafts
        at this temperature: exact as well, and no faster than plain sampling.
    draft_count, draft_length
        Drafts of a row, and their tokens.
    scheme
        How drafts are drawn and verified: one of `pybench.kernels.draft.SCHEMES`.
    seed
        An int or a tuple of ints, none negative; None: drawn from torch's global generator.
    request
        An integer for each row (after num_return_sequences), default its number: a row's tokens depend on (seed,
        request), its prompt and the options alone, up to the rounding of the models' forward passes in a batch.
    token_streamer
        A streamer; one row only. `generate` hands its own `streamer` to no callable, hence another name.
    threads
        Of the verification; None: all cores.
    **model_inputs
        attention_mask and what else `generate` prepares.

    Returns
    -------
    torch.Tensor or transformers.generation.GenerateDecoderOnlyOutput
        int64 [rows, length], padded on the right; with `return_dict_in_generate` an output with `sequences` and
        `multi_draft`, a `DecodingStatistics`.

    Raises
    ------
    InvalidInputError
        Before any forward pass, for an option that is not supported, by name.

    Notes
    -----
    Laws are moved to the CPU, where the verification runs: V floats for each node that is drafted from, and for each
    that is verified.
    """
    torch = require("torch", extra="multi_draft")
    drafting = Drafting(
        draft_count=check_count("draft_count", draft_count, 1, 1024),
        draft_length=check_count("draft_length", draft_length, 1, 1024),
        scheme=_check_scheme(scheme),
        seed=int(torch.randint(2**63 - 1, ())) if seed is None else seed,
        threads=threads,
    )
    mix_seed(drafting.seed)
    check_threads(threads)
    check_generation(generation_config)
    check_model("model", model)
    check_model_inputs(model_inputs)
    check_processors(logits_processor)
    drafter = _drafter(model, draft_model, draft_layers, draft_temperature)
    padding = prompt_padding(input_ids, model_inputs)
    requests = check_requests(request, len(input_ids))
    limit, ends = ending(stopping_criteria, input_ids)
    pad = pad_token(generation_config, stopping_criteria, len(input_ids))
    if token_streamer is not None and len(input_ids) != 1:
        raise InvalidInputError(f"token_streamer is given for {len(input_ids)} rows: it takes one row")

    prompts = np.asarray(input_ids.cpu().numpy(), dtype=np.int64)
    rows = [
        Row(number, int(requests[number]), prompt[skip:].tolist(), prompt[:skip], limit - len(prompt))
        for number, (prompt, skip) in enumerate(zip(prompts, padding.tolist(), strict=True))
    ]
    greedy = generation_config.do_sample is not True
    processors = draft_processors(logits_processor, draft_temperature)
    target = LawModel(CachedModel(model), TokenLaws(logits_processor, greedy=greedy))
    draft = LawModel(CachedModel(drafter), TokenLaws(processors, greedy=False))
    statistics = DecodingStatistics(tokens=[0] * len(rows), target_calls=[0] * len(rows))
    if token_streamer is not None:
        token_streamer.put(input_ids.cpu())
    with torch.no_grad():
        for part in (target, draft):
            part.model.prefill(prompts[:, :-1], padding)
        _decode(rows, target, draft, drafting, ends, statistics, token_streamer)
    statistics.target_forwards, statistics.draft_forwards = target.model.calls, draft.model.calls
    statistics.tokens = [row.emitted for row in rows]
    sequences = torch.from_numpy(_sequences(rows, pad)).to(input_ids.device)
    if token_streamer is not None:
        token_streamer.end()
    if not generation_config.return_dict_in_generate:
        return sequences
    output = require("transformers.generation", extra="multi_draft").GenerateDecoderOnlyOutput(sequences=sequences)
    output["multi_draft"] = statistics
    return output


def _decode(
    rows: Sequence[Row],
    target: LawModel,
    draft: LawModel,
    drafting: Drafting,
    ends: Ends,
    statistics: DecodingStatistics,
    streamer: Any,
) -> None:
    """Continue all rows until each has ended."""
    torch = require("torch", extra="multi_draft")
    active = list(rows)
    while active:
        grow(active, draft, drafting)
        kept, put_out = verify_trees(active, target, drafting, ends, statistics)
        commit_drafts(active, kept, draft)
        for row, tokens in zip(active, put_out, strict=True):
            row.tokens += tokens
            row.emitted += len(tokens)
            row.budget -= len(tokens)
        if streamer is not None:
            streamer.put(torch.tensor(put_out[0]))
        going = np.array([place for place, row in enumerate(active) if not row.finished], dtype=np.int64)
        if 0 < going.size < len(active):
            target.model.select(going)
            draft.model.select(going)
        active = [active[place] for place in going]


def _sequences(rows: Sequence[Row], pad: int) -> NDArray[np.int64]:
    """Return prompts and what came out: int64 [rows, length], filled up on the right."""
    width = max(len(row.padding) + len(row.tokens) for row in rows)
    sequences = np.full((len(rows), width), pad, dtype=np.int64)
    for row in rows:
        sequences[row.number, : len(row.padding)] = row.padding
        sequences[row.number, len(row.padding) :][: len(row.tokens)] = row.tokens
    return sequences


def _check_scheme(scheme: str) -> str:
    if scheme not in SCHEMES:
        raise InvalidInputError(f"scheme is {scheme!r}: it must be one of {', '.join(SCHEMES)}")
    return scheme


def _drafter(model: Any, draft_model: Any, draft_layers: int | None, temperature: float | None) -> Any:
    """Return the model that drafts."""
    if temperature is not None and not (isinstance(temperature, (int, float)) and 0 < temperature < float("inf")):
        raise InvalidInputError(f"draft_temperature is {temperature!r}: it must be a positive number")
    if draft_model is not None and draft_layers is not None:
        raise InvalidInputError(f"draft_layers is {draft_layers} and draft_model is given: give one of them")
    if draft_model is not None:
        check_model("draft_model", draft_model, model.config.get_text_config(decoder=True).vocab_size)
        return draft_model
    if draft_layers is not None:
        return early_exit(model, draft_layers)
    if temperature is None:
        raise InvalidInputError(
            "there is no draft: give draft_model, draft_layers or draft_temperature (generate hands its own "
            "assistant_model to no callable: give it as draft_model)"
        )
    return model
