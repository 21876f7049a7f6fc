"""Points: all combinations, in order, each with the seed of its number; nonsense is refused before any work."""

from __future__ import annotations

import dataclasses
import itertools
import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pybench.errors import InvalidInputError
from pybench.harness.sweep import Choice, LogUniform, Sweep, Uniform

Make = Callable[..., Sweep]
shared = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)

GRIDS = st.fixed_dictionaries(
    {},
    optional={
        "level": st.lists(st.integers(14, 99), min_size=1, max_size=5, unique=True),
        "noise": st.lists(st.floats(0.0, 9.0), min_size=1, max_size=4, unique=True),
        "kind": st.lists(st.sampled_from(["one", "two", "a,b"]), min_size=1, unique=True),
    },
)


@shared
@given(grid=GRIDS, draws=st.integers(0, 4), replications=st.integers(1, 4), seed=st.integers(0, 2**80), data=st.data())
def test_points_are_all_combinations_in_order(
    counted: Make, grid: Any, draws: int, replications: int, seed: int, data: st.DataObject
) -> None:
    paired = data.draw(st.booleans())
    random = {"pause_s": Uniform(0.0, 1.0), "failing": Uniform(-5, -1)} if draws else {}
    sweep = counted(grid=grid, random=random, draws=draws, replications=replications, seed=seed, paired=paired)
    points = list(sweep.points())
    assert [point.index for point in points] == list(range(sweep.size))
    expected = itertools.product(*grid.values(), range(max(draws, 1)), range(replications))
    for point, (*values, number, replication) in zip(points, expected, strict=True):
        assert [point.changes[name] for name in grid] == values
        assert list(point.changes) == list(sweep.axes)
        drawn = {name: point.changes[name] for name in random}
        assert drawn == {name: points[number * replications].changes[name] for name in random}
        assert point.replication == replication
        assert point.seed == (seed, replication if paired else point.index)
    if not paired:
        assert len({point.seed for point in points}) == len(points)


def test_draws_do_not_depend_on_other_axes_and_more_draws_keep_the_first(counted: Make) -> None:
    law = LogUniform(0.1, 10.0)
    few = counted(random={"noise": law}, draws=3, seed=5)
    more = counted(random={"pause_s": law, "noise": law}, draws=6, seed=5, grid={"level": [1, 2]})
    noises = [point.changes["noise"] for point in few.points()]
    assert [more.changes(number)["noise"] for number in range(3)] == noises
    assert len({more.changes(number)["pause_s"] for number in range(6)} | set(noises)) == 9


def test_a_seed_may_be_several_numbers(counted: Make) -> None:
    assert [point.seed for point in counted(seed=(3, 4), replications=2).points()] == [(3, 4, 0), (3, 4, 1)]


def test_without_a_base_it_is_the_quick_preset(counted_path: Any) -> None:
    assert Sweep(method="counted").base.noise == 1.0


CHANGES: list[dict[str, Any]] = [
    {"grid": {"level": [1, 3]}},
    {"grid": {"noise": [1.0, 2.0]}},
    {"grid": {}},
    {"random": {"noise": LogUniform(0.5, 1.0)}},
    {"random": {"noise": Choice((0.5, 1.0))}},
    {"draws": 3},
    {"replications": 3},
    {"seed": 1},
    {"paired": True},
    {"pause_s": 0.5},
]


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_any_change_makes_another_sweep(counted: Make, change: dict[str, Any]) -> None:
    options: dict[str, Any] = {"grid": {"level": [1, 2]}, "random": {"noise": Uniform(0.5, 1.0)}, "draws": 2}
    if "noise" in change.get("grid", {}):
        options |= {"random": {}, "draws": 0}
    keys = {counted(**options).key("1"), counted(**options).key("1"), counted(**options).key("2")}
    assert len(keys) == 2
    assert counted(**{**options, **change}).key("1") not in keys


BAD: list[tuple[dict[str, Any], str]] = [
    ({"grid": {"level": [1, 2_000_000]}}, "point 3 (level=2000000): level is 2000000: it must be at most 1000000"),
    (
        {"grid": {"kind": ["one", "two"], "level": [1, 13]}},
        "point 9 (kind='two', level=13): level is 13 with kind 'two'",
    ),
    ({"grid": {"level": [1.5]}}, "point 0 (level=1.5): level is 1.5: it must be of type int"),
    ({"random": {"noise": Uniform(-2.0, -1.0)}, "draws": 1}, "it must be at least 0"),
    ({"grid": {"size": [1]}}, "axis is 'size': the fields of counted are level, noise"),
    ({"grid": {"level": []}}, "axis 'level' has no value: it must have at least one"),
    ({"grid": {"level": [1, 2, 1]}}, "axis 'level' has 1 twice: its values must differ"),
    ({"grid": {"noise": [1.0]}, "random": {"noise": Uniform(0.0, 1.0)}, "draws": 1}, "is in the grid and random"),
    ({"random": {"noise": Uniform(0.0, 1.0)}}, "draws is 0: it must be at least 1 with the random field 'noise'"),
    ({"draws": 2}, "draws is 2: it must be 0 where no field is random"),
    ({"draws": -1}, "draws is -1: it must be a whole number, at least 0"),
    ({"replications": 0}, "replications is 0: it must be a whole number, at least 1"),
    ({"replications": 1.0}, "replications is 1.0: it must be a whole number"),
    ({"seed": -1}, "seed is -1: it must be a whole number, at least 0"),
    ({"seed": ()}, "seed is (): it must be"),
    ({"replications": 1_000_001}, "sweep has 1,000,001 points: it may have at most 1,000,000"),
    ({"method": "nothing", "base": None}, "method is 'nothing': installed are"),
]


@pytest.mark.parametrize(("options", "text"), BAD, ids=[text for _, text in BAD])
def test_nonsense_is_refused_by_name(counted: Make, options: dict[str, Any], text: str) -> None:
    with pytest.raises(InvalidInputError, match=re.escape(text)):
        counted(**{"replications": 3, **options})


def test_a_point_beyond_the_last_is_refused(counted: Make) -> None:
    with pytest.raises(InvalidInputError, match=re.escape("index is 2: it must be in [0, 2)")):
        counted(replications=2).point(2)
    assert dataclasses.is_dataclass(counted().point(0))
