"""A draft model from the first layers of its target, without another copy of the weights."""

from __future__ import annotations

import copy
from typing import Any

from pybench.errors import InvalidInputError
from pybench.optional import require

__all__ = ["early_exit"]


def early_exit(model: Any, layers: int) -> Any:
    """Return a model that shares all weights but ends after its first layers, with the same final norm and head.

    Parameters
    ----------
    model
        A causal language model of `transformers` with one list of `config.num_hidden_layers` layers.
    layers
        How many of them to keep, at least 1 and fewer than all.

    Raises
    ------
    InvalidInputError
        For a number of layers out of range, or a model that is built otherwise.
    """
    torch = require("torch", extra="multi_draft")
    count = model.config.get_text_config(decoder=True).num_hidden_layers
    if isinstance(layers, bool) or not isinstance(layers, int) or not 1 <= layers < count:
        raise InvalidInputError(
            f"draft_layers is {layers!r}: it must be an integer in [1, {count - 1}], not all layers"
        )
    wrapped = [name or "model" for name, module in model.named_modules() if "forward" in vars(module)]
    if wrapped:
        raise InvalidInputError(
            f"draft_layers is {layers}: {wrapped[0]} has its forward replaced, it must be the class's"
        )
    lists = [
        name
        for name, module in model.named_modules()
        if isinstance(module, torch.nn.ModuleList) and len(module) == count
    ]
    if len(lists) != 1:
        raise InvalidInputError(
            f"draft_layers is {layers}: {type(model).__name__} has {len(lists)} lists of {count} layers, it must "
            "have one"
        )
    draft = part = _shallow(model)
    *path, last = lists[0].split(".")
    for name in path:
        part._modules[name] = _shallow(part._modules[name])
        part = part._modules[name]
    part._modules[last] = torch.nn.ModuleList(list(part._modules[last])[:layers])
    return draft


def _shallow(module: Any) -> Any:
    copied = copy.copy(module)
    copied._modules = dict(module._modules)
    return copied
