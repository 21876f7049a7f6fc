from typing import Any, TypeAlias

import numpy as np
from numpy import float32, float64
from numpy.typing import NDArray

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

_Traces: TypeAlias = NDArray[np.floating[Any]]

# spending plans

def spending_plan(
    value: _Traces, price: _Traces, budget: NDArray[np.float64], batched: bool, threads: int
) -> tuple[NDArray[np.float64], NDArray[Any]]: ...
def excess_value(
    value: _Traces, price: _Traces, multiplier: NDArray[np.float64], batched: bool, threads: int
) -> NDArray[np.float64]: ...

# the pacer
class PlanCursor(metaclass=type):  # noqa: UP050
    def __init__(self, *args: Any, **kwargs: Any) -> None: ...

def plan_of_steps(target_spend: NDArray[Any]) -> PlanCursor: ...
def plan_of_times(edges: NDArray[float64], planned_spend: NDArray[float64]) -> PlanCursor: ...

class Pacer(metaclass=type):  # noqa: UP050
    def __init__(
        self,
        plan: PlanCursor,
        budget: float,
        step_size: float,
        initial_multiplier: float,
        log_initial_multiplier: float,
        max_multiplier: float,
        entropy: bool,
        first_price: bool,
    ) -> None: ...
    @staticmethod
    def restore(plan: PlanCursor, state: dict[str, Any], log_initial_multiplier: float) -> Pacer: ...
    def bid(self, value: float, time: float | None) -> tuple[float, int, bool]: ...
    def observe(self, price: float | None, won: bool, ticket: int | None) -> None: ...
    def expire(self, before: float) -> list[int]: ...
    def set_budget(
        self,
        budget: float,
        plan: PlanCursor | None,
        initial_multiplier: float | None,
        log_initial_multiplier: float,
    ) -> None: ...
    def state(self) -> dict[str, Any]: ...
    @property
    def budget(self) -> float: ...
    @property
    def spend(self) -> float: ...
    @property
    def reserved(self) -> float: ...
    @property
    def multiplier(self) -> float: ...
    @property
    def utility(self) -> float: ...
    @property
    def wins(self) -> int: ...
    @property
    def steps(self) -> int: ...
    @property
    def outstanding(self) -> int: ...

# Several bidders in one market
def pace_market(
    value: NDArray[Any],
    target_spend: NDArray[Any],
    reserve: NDArray[Any],
    budget: NDArray[float64],
    step_size: NDArray[float64],
    initial_multiplier: NDArray[float64],
    log_initial_multiplier: NDArray[float64],
    max_multiplier: NDArray[float64],
    entropy: bool,
    first_price: bool,
    paths: bool,
    one: bool,
    threads: int,
) -> tuple[Any, ...]: ...

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
def spending_plan_generated(
    value_scale: NDArray[float32],
    price_scale: NDArray[float32],
    key: int,
    budget: NDArray[float64],
    threads: int,
) -> NDArray[float64]: ...
