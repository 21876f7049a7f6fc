from typing import Any

import numpy as np
from numpy.typing import NDArray

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
