from typing import Any, TypeAlias

import numpy as np
from numpy import float32, float64
from numpy.typing import NDArray

_Traces: TypeAlias = NDArray[np.floating[Any]]

# pace
class Campaigns(metaclass=type):  # noqa: UP050 - a metaclass of pybind11 that derives from type
    def __init__(
        self,
        budget: NDArray[float64],
        step_size: NDArray[float64],
        initial_multiplier: NDArray[float64],
        log_initial_multiplier: NDArray[float64],
        max_multiplier: NDArray[float64],
        entropy: bool,
        first_price: bool,
        eager: bool,
        threads: int,
    ) -> None: ...

class PackedTraces(metaclass=type):  # noqa: UP050
    def __init__(self, *args: Any, **kwargs: Any) -> None: ...
    @property
    def campaigns(self) -> int: ...
    @property
    def steps(self) -> int: ...
    @property
    def bytes(self) -> int: ...
    def pace(self, campaigns: Campaigns) -> tuple[Any, ...]: ...

def pace(
    value: NDArray[Any],
    price: NDArray[Any],
    target_spend: NDArray[Any],
    campaigns: Campaigns,
    batched: bool,
    paths: bool,
) -> tuple[Any, ...]: ...
def pack_traces(
    value: NDArray[Any],
    price: NDArray[Any],
    target_spend: NDArray[Any],
    unit: float,
    batched: bool,
    threads: int,
) -> PackedTraces: ...

# spending plans

def spending_plan(
    value: _Traces, price: _Traces, budget: NDArray[np.float64], batched: bool, threads: int
) -> tuple[NDArray[np.float64], NDArray[Any]]: ...
def excess_value(
    value: _Traces, price: _Traces, multiplier: NDArray[np.float64], batched: bool, threads: int
) -> NDArray[np.float64]: ...

# generated
def generate_traces(
    value_scale: NDArray[float32],
    price_scale: NDArray[float32],
    key: int,
    campaigns: int,
    sample: bool,
    threads: int,
) -> tuple[NDArray[float32], NDArray[float32]]: ...
def pace_generated(
    value_scale: NDArray[float32],
    price_scale: NDArray[float32],
    key: int,
    target_spend: NDArray[float32],
    sample_multiplier: NDArray[float64],
    campaigns: Campaigns,
) -> tuple[Any, ...]: ...
