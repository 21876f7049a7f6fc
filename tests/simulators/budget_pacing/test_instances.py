"""Closed forms of the generated markets, against quadrature, simulation and their own optimality."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.budget_pacing.config import INSTANCE_NAMES
from simulators.budget_pacing.instances import INSTANCES, expected_spend, expected_surplus, fluid

#: As the specification gives them at a million auctions: multiplier, value of a step.
KNOWN = {
    "stationary": (0.44338, 0.150940),
    "twophase": (0.61374, 0.089099),
    "late": (0.69251, 0.047700),
    "diurnal": (0.38068, 0.137682),
}


def by_quadrature(value_scale: float, price_scale: float, multiplier: float) -> tuple[float, float]:
    """Integrate over the price by Gauss and Legendre on both sides of the kink; over the value exactly."""
    k = 1.0 + multiplier
    edges = [0.0, min(price_scale, value_scale / k), price_scale]
    nodes, weights = np.polynomial.legendre.leggauss(40)
    spend = surplus = 0.0
    for low, high in pairwise(edges):
        d = 0.5 * (high - low) * nodes + 0.5 * (high + low)
        w = 0.5 * (high - low) * weights / price_scale
        chance = np.clip(1.0 - k * d / value_scale, 0.0, 1.0)
        spend += float(w @ (d * chance))
        surplus += float(w @ (np.maximum(value_scale - k * d, 0.0) ** 2 / (2.0 * value_scale)))
    return spend, surplus


positive = st.floats(0.05, 5.0)


@given(positive, positive, st.floats(0.0, 20.0))
def test_closed_forms_are_the_integrals(value_scale: float, price_scale: float, multiplier: float) -> None:
    a, c = np.array([value_scale]), np.array([price_scale])
    spend, surplus = by_quadrature(value_scale, price_scale, multiplier)
    assert expected_spend(a, c, multiplier)[0] == pytest.approx(spend, rel=1e-9, abs=1e-12)
    assert expected_surplus(a, c, multiplier)[0] == pytest.approx(surplus, rel=1e-9, abs=1e-12)


def test_instances_are_those_that_a_config_may_choose() -> None:
    assert tuple(INSTANCES) == INSTANCE_NAMES


@pytest.mark.parametrize("name", INSTANCE_NAMES)
def test_the_fluid_optimum_is_the_known_one(name: str) -> None:
    steps = 100_000
    found = fluid(name, steps, INSTANCES[name].budget_rate * steps)
    multiplier, value = KNOWN[name]
    assert found.multiplier == pytest.approx(multiplier, abs=1e-5)
    assert found.value / steps == pytest.approx(value, abs=1e-6)
    assert found.spend.sum() == pytest.approx(INSTANCES[name].budget_rate * steps, rel=1e-9)


@pytest.mark.parametrize("name", INSTANCE_NAMES)
@pytest.mark.parametrize("rate", [0.001, 0.05, 10.0])
def test_no_other_multiplier_has_a_smaller_dual(name: str, rate: float) -> None:
    steps = 2_000
    found = fluid(name, steps, rate * steps)
    scales = INSTANCES[name].scales(steps)
    for other in (0.0, 0.5 * found.multiplier, 1.01 * found.multiplier, found.multiplier + 0.1):
        dual = other * rate * steps + float(expected_surplus(*scales, other).sum())
        assert found.value <= dual * (1.0 + 1e-12)
    if rate == 10.0:
        assert found.multiplier == 0.0
