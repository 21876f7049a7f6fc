"""From logits to laws and to the optimal verifier. Import from `pybench.kernels.draft`."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pybench._native import draft as _native
from pybench.errors import InvalidInputError
from pybench.kernels import draft_inputs as inputs
from pybench.kernels.draft_plan import Plan
from pybench.kernels.inputs import check_threads

__all__ = ["plan_from_logits", "probabilities"]

#: Beyond these float32 logits cannot be told apart, or all are one token.
LEAST_TEMPERATURE, LARGEST_TEMPERATURE = 1e-6, 1e6


class _Sampling(NamedTuple):
    temperature: NDArray[np.float64]
    top_k: NDArray[np.int64]
    top_p: NDArray[np.float64]


def probabilities(
    logits: Any, *, temperature: Any = 1.0, top_k: Any = None, top_p: Any = None, threads: int | None = 1
) -> Any:
    """Make the law that a server samples from: softmax(logits / temperature), then top-k, then top-p, rescaled.

    Parameters
    ----------
    logits
        float32 or float64 (bfloat16 in torch), [V] or [B, V]. Minus infinity is a token that cannot come.
    temperature
        Of [1e-6, 1e6]; a number, or one for each row.
    top_k
        Keep the k most likely tokens, at least 1, and those that tie with the k-th; None: all. A number or one for each
        row; 0 in an array: all.
    top_p
        Keep the fewest most likely tokens that hold this share of what top_k left, of (0, 1], and those that tie with
        the last; None: all. A number or one for each row.
    threads
        For a batch: 1 to 1024; None for all cores.

    Returns
    -------
    array
        The law, of the shape and dtype of the logits (float32 for bfloat16). A token less than 1e-37 times as likely as
        the most likely one (float64: 1e-307) has probability 0.

    Raises
    ------
    InvalidInputError
        For a logit that is NaN or plus infinity, a row of minus infinity alone, or an option out of range.
    TypeError
        For what is no array.

    Notes
    -----
    O(V). The same bits on every instruction set.
    """
    array = inputs.as_law("logits", logits)
    batched = array.ndim == 2
    rows = array if batched else array[None]
    sampling = _sampling(len(rows), temperature, top_k, top_p)
    laws = _native.probabilities(rows, *sampling, batched, check_threads(threads))
    return inputs.like(laws if batched else laws[0], tensors=inputs.is_tensor(logits))


def plan_from_logits(
    draft_logits: Any,
    target_logits: Any,
    draft_count: int,
    *,
    temperature: Any = 1.0,
    draft_temperature: Any = None,
    top_k: Any = None,
    top_p: Any = None,
    threads: int | None = 1,
) -> Plan:
    """Make the optimal verifier of K i.i.d. drafts from the logits of both models.

    The laws are `probabilities` of the logits and are never handed to Python: it is
    ``plan(probabilities(draft_logits, ...), probabilities(target_logits, ...), draft_count)`` in one call. Draw the
    drafts from that first law.

    Parameters
    ----------
    draft_logits, target_logits
        float32 or float64 (bfloat16 in torch), [V] or [B, V], both of the same shape and dtype.
    draft_count
        K, 1 to 2^20.
    temperature, top_k, top_p
        As of `probabilities`, for both laws.
    draft_temperature
        Of the draft law; None: `temperature`.
    threads
        For a batch: 1 to 1024; None for all cores.

    Returns
    -------
    Plan
        With the acceptance, the selection law and the verifier.

    Raises
    ------
    InvalidInputError
        As `probabilities`, and for shapes or dtypes that differ, or K out of range.
    TypeError
        For what is no array, or arrays of two libraries.

    Notes
    -----
    O(V) for each row.
    """
    logits = inputs.as_laws(draft_logits, target_logits, ("draft_logits", "target_logits"))
    count, workers = inputs.check_draft_count(draft_count), check_threads(threads)
    sampling = _sampling(logits.batch, temperature, top_k, top_p)
    drafting = sampling.temperature
    if draft_temperature is not None:
        drafting = _temperatures("draft_temperature", draft_temperature, logits.batch)
    core = _native.plan_from_logits(logits.draft, logits.target, count, drafting, *sampling, logits.batched, workers)
    return Plan(core, inputs.LawsShape(logits.batch, logits.batched, logits.tensors), workers)


def _sampling(batch: int, temperature: Any, top_k: Any, top_p: Any) -> _Sampling:
    return _Sampling(
        _temperatures("temperature", temperature, batch),
        _counts("top_k", top_k, batch),
        _shares("top_p", top_p, batch),
    )


def _rows(name: str, value: Any, batch: int, dtype: type[np.float64 | np.int64]) -> NDArray[Any]:
    array = inputs.to_numpy(name, value) if inputs.is_tensor(value) else np.asarray(value)
    kinds, wanted = ("iu", "integers") if dtype is np.int64 else ("iuf", "numbers")
    if array.dtype.kind not in kinds:
        raise InvalidInputError(f"{name} has dtype {array.dtype}: it must be {wanted}")
    if array.shape not in ((), (1,), (batch,)):
        raise InvalidInputError(f"{name} has shape {array.shape}: it must be a number, or one for each of {batch} rows")
    return np.ascontiguousarray(np.broadcast_to(array, (batch,)), dtype=dtype)


def _refuse(name: str, values: NDArray[Any], good: NDArray[np.bool_], rule: str) -> None:
    if not good.all():
        raise InvalidInputError(f"{name} is {values[int(good.argmin())]}: it must be {rule}")


def _temperatures(name: str, value: Any, batch: int) -> NDArray[np.float64]:
    values = _rows(name, value, batch, np.float64)
    good = (values >= LEAST_TEMPERATURE) & (values <= LARGEST_TEMPERATURE)
    _refuse(
        name, values, good, f"in [{LEAST_TEMPERATURE:g}, {LARGEST_TEMPERATURE:g}] (greedy choice is no law to sample)"
    )
    return values


def _counts(name: str, value: Any, batch: int) -> NDArray[np.int64]:
    if value is None:
        return np.zeros(batch, dtype=np.int64)
    values = _rows(name, value, batch, np.int64)
    least = 1 if np.ndim(value) == 0 else 0
    _refuse(name, values, values >= least, f"at least {least}")
    return values


def _shares(name: str, value: Any, batch: int) -> NDArray[np.float64]:
    if value is None:
        return np.ones(batch)
    values = _rows(name, value, batch, np.float64)
    _refuse(name, values, (values > 0.0) & (values <= 1.0), "in (0, 1]")
    return values
