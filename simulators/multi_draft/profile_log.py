"""A server's log as arrays: do they fit each other, and a chunk of it as float32 or float64."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pybench.errors import InvalidInputError
from pybench.kernels.draft_inputs import MAX_VOCABULARY, is_tensor

__all__ = ["check_log", "rows_of"]

_DTYPES = ("float16", "float32", "float64", "bfloat16")


def check_log(draft_logits: Any, target_logits: Any, tokens: Any) -> NDArray[np.int64]:
    """Return the tokens as int64 [T] where all shapes, dtypes and token numbers are right; read no logits.

    Raises
    ------
    InvalidInputError
        It names the argument, its value and the rule.
    TypeError
        For what is neither a NumPy array nor a torch tensor.
    """
    for name, value in (("draft_logits", draft_logits), ("target_logits", target_logits)):
        if not (isinstance(value, np.ndarray) or is_tensor(value)):
            raise TypeError(f"{name} is of type {type(value).__name__}: it must be a NumPy array or a torch tensor")
        dtype = str(value.dtype).removeprefix("torch.")
        if dtype not in _DTYPES:
            raise InvalidInputError(f"{name} has dtype {dtype}: it must be one of {', '.join(_DTYPES)}")
        if len(value.shape) != 2 or not value.shape[0] or not 1 <= value.shape[1] <= MAX_VOCABULARY:
            raise InvalidInputError(
                f"{name} has shape {tuple(value.shape)}: it must be [T, V], T at least 1 and V in [1, {MAX_VOCABULARY}]"
            )
    shape = tuple(target_logits.shape)
    if tuple(draft_logits.shape) != shape:
        raise InvalidInputError(
            f"draft_logits has shape {tuple(draft_logits.shape)} but target_logits has {shape}: they must be equal"
        )
    ids = np.asarray(tokens.cpu().numpy() if is_tensor(tokens) else tokens)
    if ids.dtype.kind not in "iu":
        raise InvalidInputError(f"tokens has dtype {ids.dtype}: it must be integers")
    if ids.shape != shape[:1]:
        raise InvalidInputError(f"tokens has shape {ids.shape}: it must be [{shape[0]}], one a row of target_logits")
    wrong = np.flatnonzero((ids < 0) | (ids >= shape[1]))
    if wrong.size:
        raise InvalidInputError(f"tokens[{wrong[0]}] is {ids[wrong[0]]}: it must be in [0, {shape[1] - 1}]")
    return ids.astype(np.int64)


def rows_of(name: str, logits: Any, part: slice) -> NDArray[Any]:
    """Return some rows in memory, float64 if they are float64 and else float32.

    Raises
    ------
    InvalidInputError
        For NaN, plus infinity or a row of minus infinity alone; it names the position.
    """
    rows = logits[part]
    if is_tensor(rows):
        rows = rows.detach().cpu()
        rows = (rows if str(rows.dtype) == "torch.float64" else rows.float()).numpy()
    chunk = np.ascontiguousarray(rows, dtype=np.float64 if rows.dtype == np.float64 else np.float32)
    # A NaN is no maximum below infinity either.
    good = np.isfinite(chunk.max(axis=1))
    if not good.all():
        row = int(good.argmin())
        raise InvalidInputError(
            f"{name}[{part.start + row}] has {chunk[row].max()} as its largest logit: it must be finite, none NaN"
        )
    return chunk
