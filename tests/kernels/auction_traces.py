"""Traces for the tests of the plan kernels: random ones, ugly ones."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

#: Ratios that tie, prices that cost nothing or nearly nothing, entries at both ends of what is allowed.
UGLY = (0.0, -0.0, 1.0, 2.0, 3.0, 0.1, 1 / 3, 1e-45, 1.5e-45, 1e-38, 2.0**-30, 2.0**24 + 2, 1e20, 2.0**120)
UGLY_FLOAT64 = (5e-324, 1e-323, 2.5e-320, 1e-300, 2.0**60 + 2.0**8, 1.0 + 2.0**-52)


@st.composite
def traces(draw: st.DrawFn, *, max_steps: int = 40) -> tuple[np.ndarray, np.ndarray]:
    """Values and prices of one campaign, of one dtype."""
    dtype = draw(st.sampled_from([np.float32, np.float64]))
    width = 32 if dtype is np.float32 else 64
    some = UGLY if dtype is np.float32 else UGLY + UGLY_FLOAT64
    entry = st.one_of(
        st.sampled_from(some),
        st.integers(0, 6).map(float),
        st.floats(0.0, 1.0, width=width),
        st.floats(0, 100, width=width),
    )
    steps = draw(st.integers(1, max_steps))
    with np.errstate(under="ignore"):
        pair = [np.array(draw(st.lists(entry, min_size=steps, max_size=steps)), dtype=dtype) for _ in range(2)]
    return pair[0], pair[1]


@st.composite
def plan_cases(draw: st.DrawFn, *, max_steps: int = 40) -> tuple[np.ndarray, np.ndarray, float]:
    """A trace, and a budget from next to nothing to more than everything, often a sum of some prices exactly."""
    value, price = draw(traces(max_steps=max_steps))
    cost = price.astype(np.float64)
    kind = draw(st.sampled_from(["share", "exact", "tiny", "huge"]))
    if kind == "exact":
        budget = float(cost[draw(st.lists(st.integers(0, len(cost) - 1), max_size=6, unique=True))].sum())
        budget = draw(st.sampled_from([budget, np.nextafter(budget, 0.0), np.nextafter(budget, np.inf)]))
    else:
        budget = {"share": draw(st.floats(0.0, 1.0)) * float(cost.sum()), "tiny": 5e-324, "huge": 1e60}[kind]
    return value, price, float(budget) if budget > 0 else 1.0


def random_trace(steps: int, seed: int, *, dtype: type = np.float32, prices: str = "uniform") -> tuple[np.ndarray, ...]:
    """Draw a trace whose level drifts; prices "uniform", "integer" (equal ratios) or "heavy" (very unlike)."""
    generator = np.random.default_rng([steps, seed])
    level = 0.2 + np.linspace(0.0, 1.0, steps)
    value = level * generator.random(steps)
    price = generator.random(steps)
    if prices == "integer":
        value, price = np.ceil(20 * value), np.floor(12 * price)
    elif prices == "heavy":
        value, price = value * 1e4, generator.pareto(1.2, steps)
    return value.astype(dtype), price.astype(dtype)
