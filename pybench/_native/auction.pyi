from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

_Traces: TypeAlias = NDArray[np.floating[Any]]

# spending plans

def spending_plan(
    value: _Traces, price: _Traces, budget: NDArray[np.float64], batched: bool, threads: int
) -> tuple[NDArray[np.float64], NDArray[Any]]: ...
def excess_value(
    value: _Traces, price: _Traces, multiplier: NDArray[np.float64], batched: bool, threads: int
) -> NDArray[np.float64]: ...
