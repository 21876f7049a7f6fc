"""Draws stay within their law, and depend on seed, field and number alone."""

from __future__ import annotations

import math
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pybench.errors import InvalidInputError
from pybench.harness.sweep.laws import Choice, LogUniform, Uniform, draw

SEEDS = st.lists(st.integers(0, 2**70), min_size=1, max_size=3)
FRACTIONS = st.floats(0.0, 1.0, exclude_max=True)


@given(st.floats(-1e300, 1e300), st.floats(-1e300, 1e300), FRACTIONS)
def test_a_float_lies_within_its_limits(low: float, high: float, fraction: float) -> None:
    if low < high and math.isfinite(high - low):
        assert low <= Uniform(low, high).at(fraction) <= high
    if 0 < low < high and math.isfinite(high / low):
        assert low <= LogUniform(low, high).at(fraction) <= high


@given(st.integers(-(2**53), 2**53), st.integers(1, 2**53), FRACTIONS)
def test_a_whole_number_lies_within_its_limits_and_is_one(low: int, width: int, fraction: float) -> None:
    if low + width <= 2**53:
        value = Uniform(low, low + width).at(fraction)
        assert type(value) is int
        assert low <= value <= low + width
    if 0 < low <= 2**53 - width:
        value = LogUniform(low, low + width).at(fraction)
        assert type(value) is int
        assert low <= value <= low + width


def test_every_whole_number_and_choice_is_reached_alike() -> None:
    for law in (Uniform(3, 6), Choice((3, 4, 5, 6))):
        assert [law.at(part / 8) for part in range(8)] == [3, 3, 4, 4, 5, 5, 6, 6]
    assert {LogUniform(1, 9).at(part / 1000) for part in range(1000)} == set(range(1, 10))


def test_the_middle_of_orders_of_magnitude_is_the_geometric_mean() -> None:
    assert LogUniform(1e-3, 1e1).at(0.5) == pytest.approx(0.1)
    assert Uniform(-1.0, 3.0).at(0.25) == 0.0


@given(SEEDS, st.text(min_size=1), st.integers(0, 1000))
def test_a_draw_is_a_function_of_its_address(seed: list[int], field: str, index: int) -> None:
    law = Uniform(0.0, 1.0)
    value = draw(law, field, seed, index)
    assert value == draw(law, field, seed, index)
    others = [
        draw(law, field + "x", seed, index),
        draw(law, field, seed, index + 1),
        draw(law, field, [*seed, 5], index),
    ]
    assert value not in others


def test_draws_are_the_ones_they_have_always_been() -> None:
    """Computed by hand from the words of SeedSequence(7, spawn_key=(crc32(b"scale"), 0 and 1))."""
    assert [draw(Uniform(0.0, 1.0), "scale", [7], index) for index in (0, 1)] == [0.5037246786680826, 0.681402003513549]


def test_many_draws_fill_the_law() -> None:
    values = sorted(draw(Uniform(0.0, 1.0), "scale", [1], index) for index in range(2000))
    assert max(abs(value - rank / 2000) for rank, value in enumerate(values)) < 0.06  # Kolmogorov: 1e-6 of failing


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: Uniform(2, 1), "low is 2 and high is 1: low must be below high"),
        (lambda: Uniform(1.0, 1.0), "low must be below high"),
        (lambda: Uniform(0.0, math.inf), "high is inf: it must be a finite number"),
        (lambda: Uniform(math.nan, 1.0), "low is nan: it must be a finite number"),
        (lambda: Uniform("a", 1.0), "low is 'a': it must be a finite number"),
        (lambda: Uniform(False, True), "low is False: it must be a finite number"),
        (lambda: Uniform(0, 2**54), "whole numbers must be within 2^53"),
        (lambda: LogUniform(0.0, 1.0), "low is 0.0: it must be above 0"),
        (lambda: LogUniform(-1, 1), "low is -1: it must be above 0"),
        (lambda: Choice(()), "there must be at least one to choose from"),
    ],
)
def test_a_law_that_makes_no_sense_is_refused(make: Any, text: str) -> None:
    with pytest.raises(InvalidInputError, match=re.escape(text)):
        make()
