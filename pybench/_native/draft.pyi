from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

_Laws: TypeAlias = NDArray[np.floating[Any]]

# the optimal verifier

class PlanBatch(metaclass=type):  # noqa: UP050 - a metaclass of pybind11 that derives from type
    def __init__(self, *args: Any, **kwargs: Any) -> None: ...
    @property
    def draft_count(self) -> int: ...
    def acceptance(self) -> NDArray[np.float64]: ...
    def selection_law(self, threads: int) -> NDArray[Any]: ...
    def verify(
        self,
        draft_tokens: NDArray[np.int64],
        key: int,
        request: NDArray[np.uint64],
        position: NDArray[np.uint64],
        threads: int,
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]: ...

def optimal_acceptance(
    draft: _Laws, target: _Laws, draft_count: int, batched: bool, threads: int
) -> NDArray[np.float64]: ...
def plan(draft: _Laws, target: _Laws, draft_count: int, batched: bool, threads: int) -> PlanBatch: ...
def plan_from_logits(
    draft_logits: _Laws,
    target_logits: _Laws,
    draft_count: int,
    draft_temperature: NDArray[np.float64],
    temperature: NDArray[np.float64],
    top_k: NDArray[np.int64],
    top_p: NDArray[np.float64],
    batched: bool,
    threads: int,
) -> PlanBatch: ...
def probabilities(
    logits: _Laws,
    temperature: NDArray[np.float64],
    top_k: NDArray[np.int64],
    top_p: NDArray[np.float64],
    batched: bool,
    threads: int,
) -> NDArray[Any]: ...

# Blocks
def block_verify(
    draft: NDArray[np.floating[Any]],
    target: NDArray[np.floating[Any]],
    tokens: NDArray[np.int64],
    request: NDArray[np.uint64],
    position: NDArray[np.uint64],
    key: int,
    one: bool,
    threads: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]: ...

# Sets
def different_acceptance(drafts: NDArray[np.floating[Any]], target: NDArray[np.floating[Any]]) -> float: ...
def without_replacement_acceptance(
    draft: NDArray[np.floating[Any]], target: NDArray[np.floating[Any]], draft_count: int
) -> float: ...

# the other schemes

def scheme_acceptance(
    draft: _Laws,
    target: _Laws,
    batched: bool,
    draft_count: int,
    scheme: str,
    alphabet_size: int,
    program_size: int,
    threads: int,
) -> NDArray[np.float64]: ...
def scheme_estimate(
    draft: _Laws,
    target: _Laws,
    batched: bool,
    draft_count: int,
    scheme: str,
    alphabet_size: int,
    program_size: int,
    samples: int,
    key: int,
    threads: int,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...
def draw_drafts(
    draft: _Laws,
    batched: bool,
    draft_count: int,
    scheme: str,
    key: int,
    request: NDArray[np.uint64],
    position: NDArray[np.uint64],
    threads: int,
) -> NDArray[np.int64]: ...
def scheme_verify(
    draft: _Laws,
    target: _Laws,
    batched: bool,
    draft_tokens: NDArray[np.int64],
    scheme: str,
    alphabet_size: int,
    program_size: int,
    key: int,
    request: NDArray[np.uint64],
    position: NDArray[np.uint64],
    threads: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]: ...
def importance_rules(
    draft: _Laws, target: _Laws, draft_count: int, alphabet_size: int, program_size: int
) -> list[tuple[NDArray[np.int64], NDArray[np.float64]]]: ...
