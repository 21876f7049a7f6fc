"""What `generate` may be asked for when drafts are verified; everything else is refused before any work."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pybench.errors import InvalidInputError

__all__ = ["check_generation", "check_model", "check_model_inputs", "check_requests", "prompt_padding"]

_INPUTS = frozenset({"attention_mask", "position_ids", "past_key_values", "use_cache", "logits_to_keep"})
_OUTPUTS = ("output_scores", "output_logits", "output_attentions", "output_hidden_states")
_LAYERS = frozenset({"full_attention", "sliding_attention"})


def check_generation(config: Any) -> None:
    """Refuse a generation_config that asks for more than sampling or greedy decoding.

    Raises
    ------
    InvalidInputError
        It names the option.
    """
    mode = config.get_generation_mode(None)
    if mode not in ("sample", "greedy_search"):
        raise InvalidInputError(
            f"generation_config asks for {mode.value} (num_beams={config.num_beams}, penalty_alpha="
            f"{config.penalty_alpha}, prompt_lookup_num_tokens={config.prompt_lookup_num_tokens}, assistant_early_exit="
            f"{config.assistant_early_exit}): drafts are verified for sample and greedy_search alone"
        )
    for name in _OUTPUTS:
        if getattr(config, name, None):
            raise InvalidInputError(f"{name} is True: drafts are verified in trees, it must be False")
    for name in ("cache_implementation", "prefill_chunk_size"):
        if getattr(config, name, None) not in (None, "dynamic"):
            raise InvalidInputError(f"{name} is {getattr(config, name)!r}: the cache here is dynamic, it must be None")
    if config.use_cache is False:
        raise InvalidInputError("use_cache is False: drafts are verified with a cache, it must be True")


def check_model(name: str, model: Any, vocabulary_size: int | None = None) -> None:
    """Refuse a model that cannot take a tree of tokens.

    Raises
    ------
    InvalidInputError
        It names the model and what it lacks.
    """
    kind, config = type(model).__name__, model.config.get_text_config(decoder=True)
    if model.config.is_encoder_decoder or getattr(model, "_is_stateful", False):
        raise InvalidInputError(f"{name} is a {kind}: it must be a decoder without a recurrent state")
    missing = {"attention_mask", "position_ids", "past_key_values"} - set(inspect.signature(model.forward).parameters)
    if missing or getattr(config, "alibi", False):
        raise InvalidInputError(
            f"{name} is a {kind}: its forward must take {', '.join(sorted(missing)) or 'positions'}"
        )
    if not model._supports_default_dynamic_cache():
        raise InvalidInputError(f"{name} is a {kind}: it must keep its keys and values in a DynamicCache")
    other = set(getattr(config, "layer_types", None) or ()) - _LAYERS
    if other:
        raise InvalidInputError(
            f"{name} has layers of {', '.join(sorted(other))}: only {', '.join(sorted(_LAYERS))} work"
        )
    attention = config._attn_implementation
    if attention not in ("sdpa", "eager"):
        raise InvalidInputError(f"{name} has attn_implementation {attention!r}: trees need 'sdpa' or 'eager'")
    if vocabulary_size is not None and config.vocab_size != vocabulary_size:
        raise InvalidInputError(
            f"{name} has {config.vocab_size} tokens: it must have the {vocabulary_size} of the target, in equal order"
        )


def check_model_inputs(inputs: dict[str, Any]) -> None:
    """Refuse inputs of the model that the tree does not know how to carry on.

    Raises
    ------
    InvalidInputError
        It names the input.
    """
    unknown = sorted(name for name, value in inputs.items() if value is not None and name not in _INPUTS)
    if unknown:
        raise InvalidInputError(f"{unknown[0]} is given: only input_ids and attention_mask are carried on here")
    cache = inputs.get("past_key_values")
    if getattr(cache, "_is_user_defined", False):
        raise InvalidInputError("past_key_values is given: this decoding keeps caches of its own, it must be None")


def prompt_padding(input_ids: Any, inputs: dict[str, Any]) -> NDArray[np.int64]:
    """Return how many places each prompt is padded on the left: int64 [rows].

    Raises
    ------
    InvalidInputError
        For an empty prompt, padding elsewhere, or positions that do not count the tokens.
    """
    rows, length = input_ids.shape
    mask = inputs.get("attention_mask")
    given = np.ones((rows, length), dtype=np.int64) if mask is None else np.asarray(mask.cpu().numpy())
    padding = np.asarray((given == 0).sum(axis=1), dtype=np.int64)
    wrong = np.flatnonzero((given != (np.arange(length) >= padding[:, None])).any(axis=1) | (padding == length))
    if wrong.size:
        raise InvalidInputError(
            f"attention_mask of row {wrong[0]} is {given[wrong[0]].tolist()}: it must be zeros, then at least one one "
            "(prompts are padded on the left)"
        )
    positions = inputs.get("position_ids")
    if positions is not None:
        counted = np.arange(length) - padding[:, None]
        stated = np.broadcast_to(np.asarray(positions.cpu().numpy()), counted.shape)
        if (stated != counted)[counted >= 0].any():
            raise InvalidInputError("position_ids is given: it must count the tokens of each prompt from 0")
    return padding


def check_requests(request: Any, rows: int) -> NDArray[np.uint64]:
    """Return the request of each row; None: the row's number.

    Raises
    ------
    InvalidInputError
        For another number of requests than rows, or what is no integer of [0, 2^64).
    """
    if request is None:
        return np.arange(rows, dtype=np.uint64)
    values: Sequence[Any] = [request] if isinstance(request, int) else list(request)
    if len(values) != rows or any(isinstance(value, bool) or not hasattr(value, "__index__") for value in values):
        raise InvalidInputError(f"request is {request!r}: it must hold one integer for each of {rows} rows")
    numbers = [int(value) for value in values]
    if any(not 0 <= value < 2**64 for value in numbers):
        raise InvalidInputError(f"request is {request!r}: each must be in [0, 2^64)")
    return np.array(numbers, dtype=np.uint64)
