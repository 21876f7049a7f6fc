"""Checks and conversions of what the drafting kernels are given; private to `pybench.kernels.draft`.

Python looks at types, dtypes and shapes; values are checked natively, in the first pass over them.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pybench.errors import InvalidInputError
from pybench.kernels.arrays import ArrayOrTensor, is_tensor, to_numpy
from pybench.kernels.inputs import check_count
from pybench.optional import require

__all__ = [
    "MAX_DRAFT_COUNT",
    "MAX_VOCABULARY",
    "ArrayOrTensor",
    "Laws",
    "LawsShape",
    "as_law",
    "as_laws",
    "as_rows",
    "as_tokens",
    "check_draft_count",
    "is_tensor",
    "like",
    "to_numpy",
]

#: As in csrc/draft.
MAX_VOCABULARY = 2**24
MAX_DRAFT_COUNT = 2**20
MAX_POSITION = 2**32 - 1

#: NumPy has one object for each dtype in native byte order, so `is` tells them.
_FLOAT32, _FLOAT64 = np.dtype(np.float32), np.dtype(np.float64)


class LawsShape(NamedTuple):
    """What is remembered of laws when the arrays are gone: see `Laws`."""

    batch: int
    batched: bool
    tensors: bool


class Laws(NamedTuple):
    """Draft and target laws as the native core takes them.

    Attributes
    ----------
    draft, target
        [B, V], C-contiguous, both float32 or both float64.
    batched
        False where one row [V] was given.
    tensors
        True where torch tensors were given, and answers are to be torch tensors.
    """

    draft: NDArray[Any]
    target: NDArray[Any]
    batched: bool
    tensors: bool

    @property
    def batch(self) -> int:
        """B."""
        return len(self.draft)


def as_law(name: str, law: ArrayOrTensor, *, dimensions: tuple[int, ...] = (1, 2)) -> NDArray[Any]:
    """Return a law, or logits, as a C-contiguous float32 or float64 array in native byte order; copied only if it must.

    Raises
    ------
    TypeError
        For what is neither a NumPy array nor a torch tensor on the CPU.
    InvalidInputError
        For another dtype, a wrong number of dimensions, or an empty or oversized vocabulary.
    """
    if type(law) is np.ndarray:
        # The usual case first: these checks are a good part of a call on a small vocabulary.
        dtype, flags = law.dtype, law.flags
        if (
            (dtype is _FLOAT32 or dtype is _FLOAT64)
            and flags.c_contiguous
            and flags.aligned
            and law.ndim in dimensions
            and 1 <= law.shape[-1] <= MAX_VOCABULARY
        ):
            return law
        array = law
    elif is_tensor(law):
        array = to_numpy(name, law)
    elif isinstance(law, np.ndarray):
        if np.ma.is_masked(law):
            raise InvalidInputError(f"{name} has masked entries: every token needs a value")
        array = np.asarray(law)
    else:
        raise TypeError(f"{name} is of type {type(law).__name__}: it must be a NumPy array or a torch tensor")
    dtype = array.dtype
    if dtype.kind != "f" or dtype.itemsize not in (4, 8):
        raise InvalidInputError(f"{name} has dtype {dtype}: it must be float32 or float64 (or bfloat16 in torch)")
    if array.ndim not in dimensions:
        wanted = " or ".join(f"{count}-d" for count in dimensions)
        raise InvalidInputError(f"{name} has shape {array.shape}: it must be {wanted}")
    if not 1 <= array.shape[-1] <= MAX_VOCABULARY:
        raise InvalidInputError(f"{name} has shape {array.shape}: it must hold 1 to {MAX_VOCABULARY} tokens")
    flags = array.flags
    if dtype.isnative and flags.c_contiguous and flags.aligned:
        return array
    return np.ascontiguousarray(array, dtype=dtype.newbyteorder("="))


def as_laws(draft: ArrayOrTensor, target: ArrayOrTensor, names: tuple[str, str] = ("draft", "target")) -> Laws:
    """Return two laws, or two arrays of logits, of the same shape and dtype.

    Raises
    ------
    TypeError
        For mixed libraries, or what is no array.
    InvalidInputError
        For dtypes, shapes or vocabularies that differ or are not allowed.
    """
    both_arrays = type(draft) is np.ndarray and type(target) is np.ndarray
    tensors = not both_arrays and is_tensor(draft)
    if not both_arrays and tensors != is_tensor(target):
        raise TypeError(
            f"{names[0]} is of type {type(draft).__name__} but {names[1]} of type {type(target).__name__}: "
            "both must be NumPy arrays or both torch tensors"
        )
    first, second = as_law(names[0], draft), as_law(names[1], target)
    if first.shape != second.shape:
        raise InvalidInputError(
            f"{names[0]} has shape {first.shape} but {names[1]} has {second.shape}: they must have the same shape"
        )
    if first.dtype != second.dtype:
        raise InvalidInputError(
            f"{names[0]} has dtype {first.dtype} but {names[1]} has {second.dtype}: they must have the same dtype"
        )
    batched = first.ndim == 2
    return Laws(first, second, True, tensors) if batched else Laws(first[None], second[None], False, tensors)


def check_draft_count(draft_count: int) -> int:
    """Return the number of drafts of a row, 1 to 2^20."""
    return check_count("draft_count", draft_count, 1, MAX_DRAFT_COUNT)


def as_tokens(tokens: ArrayOrTensor, laws: Laws | LawsShape, draft_count: int | None) -> NDArray[np.int64]:
    """Return draft tokens as int64 [B, n, K], C-contiguous.

    Parameters
    ----------
    tokens
        Integers, [n, K] for one row of laws, [B, n, K] for a batch.
    laws
        What they were drawn from.
    draft_count
        The K that they must have; None: any.

    Raises
    ------
    TypeError
        For tokens of another library than the laws.
    InvalidInputError
        For another dtype or shape.
    """
    if is_tensor(tokens) != laws.tensors:
        raise TypeError(
            f"draft_tokens is of type {type(tokens).__name__}: it must be of the library of the laws, "
            f"{'torch' if laws.tensors else 'NumPy'}"
        )
    array = to_numpy("draft_tokens", tokens) if laws.tensors else np.asarray(tokens)
    if array.dtype.kind not in "iu":
        raise InvalidInputError(f"draft_tokens has dtype {array.dtype}: it must be integers")
    batch = laws.batch
    wanted, shape = ("[B, n, K]", array.shape) if laws.batched else ("[n, K]", (1, *array.shape))
    if len(shape) != 3 or shape[0] != batch:
        raise InvalidInputError(
            f"draft_tokens has shape {array.shape}: it must be {wanted}{f' with B = {batch}' if laws.batched else ''}"
        )
    if shape[2] < 1 or (draft_count is not None and shape[2] != draft_count):
        rule = "at least 1" if draft_count is None else f"{draft_count}, the draft_count"
        raise InvalidInputError(f"draft_tokens has shape {array.shape}: its last axis must be {rule}")
    if array.dtype == np.uint64 and array.size and int(array.max()) >= 2**63:
        raise InvalidInputError(f"draft_tokens holds {int(array.max())}: it must be a token of the vocabulary")
    return np.ascontiguousarray(array.reshape(shape), dtype=np.int64)


def as_rows(
    request: ArrayOrTensor | None, position: ArrayOrTensor, shape: tuple[int, ...], *, batched: bool = True
) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Return the request and the position of each row, uint64 [B, n], C-contiguous.

    Parameters
    ----------
    request
        Integers of [0, 2^64) that broadcast to the rows; None: each row's number in the call.
    position
        Integers of [0, 2^32) that broadcast to the rows.
    shape
        (B, n).
    batched
        False where B is 1 and the rows are known to the user as [n].
    """
    rows = shape if batched else shape[1:]
    if request is None:
        requests = np.arange(math.prod(shape), dtype=np.uint64).reshape(shape)
    else:
        requests = _spread("request", request, rows, 2**64 - 1).reshape(shape)
    return requests, _spread("position", position, rows, MAX_POSITION).reshape(shape)


def _spread(name: str, value: ArrayOrTensor, shape: tuple[int, ...], maximum: int) -> NDArray[np.uint64]:
    if type(value) is int:
        filled = np.empty(shape, dtype=np.uint64)
        filled.fill(check_count(name, value, 0, maximum))
        return filled
    array = to_numpy(name, value) if is_tensor(value) else np.asarray(value)
    if array.dtype.kind not in "iu":
        raise InvalidInputError(f"{name} has dtype {array.dtype}: it must be integers")
    if array.size and (int(array.min()) < 0 or int(array.max()) > maximum):
        worst = int(array.min()) if int(array.min()) < 0 else int(array.max())
        raise InvalidInputError(f"{name} holds {worst}: it must be in [0, {maximum}]")
    try:
        return np.ascontiguousarray(np.broadcast_to(array, shape), dtype=np.uint64)
    except ValueError as error:
        raise InvalidInputError(f"{name} has shape {array.shape}: it must broadcast to {shape}") from error


def like(values: Any, *, tensors: bool) -> Any:
    """Return an answer in the library of the question: a NumPy array or scalar, or a torch tensor."""
    if not tensors:
        return values
    torch = require("torch", extra="multi_draft")
    return torch.from_numpy(np.asarray(values)) if np.ndim(values) else torch.tensor(values)
