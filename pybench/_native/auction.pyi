from typing import Any

import numpy as np
from numpy.typing import NDArray

# Several bidders in one market
def pace_market(
    value: NDArray[np.floating[Any]],
    target_spend: NDArray[np.floating[Any]],
    reserve: NDArray[np.floating[Any]],
    budget: NDArray[np.float64],
    step_size: NDArray[np.float64],
    initial_multiplier: NDArray[np.float64],
    log_initial_multiplier: NDArray[np.float64],
    max_multiplier: NDArray[np.float64],
    entropy: bool,
    first_price: bool,
    paths: bool,
    one: bool,
    threads: int,
) -> tuple[Any, ...]: ...
