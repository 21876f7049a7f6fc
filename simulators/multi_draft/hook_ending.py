"""Where a row ends: the stopping criteria that `generate` prepared, asked after each token of one row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

from pybench.errors import InvalidInputError
from pybench.optional import require
from simulators.multi_draft.hook_rows import Row

__all__ = ["Ends", "ending", "pad_token"]

#: Tells of a row, and of what it has put out since it was last written down, whether it ends there.
Ends: TypeAlias = Callable[[Row, list[int]], bool]


def ending(stopping_criteria: Any, input_ids: Any) -> tuple[int, Ends]:
    """Return the length at which all rows end, padding included, and what tells whether one ends earlier.

    Raises
    ------
    InvalidInputError
        Where no criterion bounds the length.
    """
    torch = require("torch", extra="multi_draft")
    lengths: list[int] = []
    last: set[int] = set()
    others: list[Any] = []
    for criterion in stopping_criteria:
        if type(criterion).__name__ == "MaxLengthCriteria":
            lengths.append(int(criterion.max_length))
        elif type(criterion).__name__ == "EosTokenCriteria":
            last |= set(criterion.eos_token_id.flatten().tolist())
        else:
            others.append(criterion)
    if not lengths:
        raise InvalidInputError("stopping_criteria bound no length: max_new_tokens or max_length must be set")

    def ends(row: Row, put_out: list[int]) -> bool:
        if len(put_out) >= row.budget or put_out[-1] in last:
            return True
        if not others:
            return False
        ids = torch.tensor([[*row.padding.tolist(), *row.tokens, *put_out]], device=input_ids.device)
        return any(bool(torch.as_tensor(criterion(ids, None)).all()) for criterion in others)

    return min(lengths), ends


def pad_token(generation_config: Any, stopping_criteria: Any, rows: int) -> int:
    """Return what fills up rows that end before others.

    Raises
    ------
    InvalidInputError
        Where rows may end at different lengths and there is no such token.
    """
    pad = generation_config.pad_token_id
    if pad is None and (pads := getattr(generation_config, "_pad_token_tensor", None)) is not None:
        pad = int(pads)
    if pad is None and rows > 1 and any(type(item).__name__ != "MaxLengthCriteria" for item in stopping_criteria):
        raise InvalidInputError(f"pad_token_id is None: {rows} rows that may end at different lengths need one")
    return 0 if pad is None else int(np.asarray(pad))
