"""Tasks on simulated workers: each point once whatever dies, and scheduling below 15 % at dask's worst."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Collection

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pybench.harness.sweep.chunks import LIMIT_S, ChunkSizes
from pybench.harness.sweep.schedule import Schedule
from pybench.harness.sweep.tasks import Outcome

#: Seconds that dask takes for a task on a busy machine, at the upper end of what was measured.
WORST_S = 0.016


def _play(
    count: int, cost_s: Callable[[int], float], width: int, killers: Collection[int] = (), most: int = 100_000
) -> tuple[list[Outcome], int, float]:
    """Let `width` workers play it through in simulated time; return the outcomes, the tasks and the end."""
    schedule = Schedule(range(count), ChunkSizes(width, most=most))
    free = [0.0] * width
    out: list[tuple[float, int, list[int], list[Outcome] | None]] = []
    outcomes: list[Outcome] = []
    tasks, now = 0, 0.0
    while True:
        while len(out) < 2 * width and (indices := schedule.take(others_out=bool(out))):
            began = max(heapq.heappop(free), now) + WORST_S
            spent, answer = 0.0, []
            for index in indices:
                spent += cost_s(index)
                answer.append((index, cost_s(index), {}, None))
                if spent > LIMIT_S:
                    break
            heapq.heappush(free, began + spent)
            dead = any(outcome[0] in killers for outcome in answer)
            heapq.heappush(out, (began + spent, tasks, indices, None if dead else answer))
            tasks += 1
        if not out:
            return outcomes, tasks, now
        now, _, indices, answer = heapq.heappop(out)
        if answer is None:  # as in a pool: all that is out is lost with it
            lost = [indices, *(other for _, _, other, _ in out)]
            out.clear()
            free = [now] * width
            for group in lost:
                outcomes += schedule.died(group)
        else:
            schedule.returned(indices, answer)
            outcomes += answer


@settings(deadline=None)
@given(
    count=st.integers(0, 300),
    width=st.integers(1, 9),
    killers=st.sets(st.integers(0, 299), max_size=5),
    costs=st.lists(st.sampled_from([1e-6, 1e-3, 0.1, 3.0]), min_size=1, max_size=7),
)
def test_every_point_comes_back_once_and_only_killers_fail(
    count: int, width: int, killers: set[int], costs: list[float]
) -> None:
    outcomes, _, _ = _play(count, lambda index: costs[index % len(costs)], width, killers)
    assert Counter(outcome[0] for outcome in outcomes) == Counter(range(count))
    failed = {outcome[0] for outcome in outcomes if outcome[3] is not None}
    assert failed == {index for index in killers if index < count}


@pytest.mark.parametrize("width", [1, 2, 16])
@pytest.mark.parametrize("cost_s", [5e-4, 1e-3, 0.02, 0.2, 1.0])
def test_scheduling_costs_less_than_15_per_cent(cost_s: float, width: int) -> None:
    outcomes, tasks, end = _play(int(15.0 * width / cost_s), lambda index: cost_s, width)
    work_s = len(outcomes) * cost_s
    assert tasks * WORST_S < 0.15 * work_s
    assert end < 1.15 * work_s / width


@pytest.mark.parametrize("order", [1, -1])
def test_points_that_become_slower_or_faster_are_followed(order: int) -> None:
    levels = [1e-3, 1e-2, 1e-1][::order]
    counts = [int(30.0 / cost) for cost in levels]
    costs = [cost for cost, count in zip(levels, counts, strict=True) for _ in range(count)]
    outcomes, tasks, _ = _play(len(costs), costs.__getitem__, 2)
    assert len(outcomes) == len(costs)
    assert tasks * WORST_S < 0.15 * sum(costs)


def test_the_first_tasks_are_of_one_point_and_growth_is_bounded() -> None:
    sizes = ChunkSizes(2, most=100_000)
    assert [sizes.next(1_000_000) for _ in range(3)] == [1, 1, 1]
    sizes.measured(1e-6)
    assert [sizes.next(1_000_000) for _ in range(4)] == [4, 16, 64, 256]
    assert sizes.next(3) == 3


def test_tasks_become_smaller_towards_the_end_but_not_too_small() -> None:
    sizes = ChunkSizes(4, most=100_000)
    sizes.measured(0.004)
    grown = [sizes.next(10_000) for _ in range(6)]
    assert grown[-1] == 100
    assert sizes.next(400) == 50
    assert sizes.next(80) == 25


def test_a_process_that_was_killed_by_somebody_costs_no_point() -> None:
    schedule = Schedule(range(3), ChunkSizes(1, most=1))
    first = schedule.take(others_out=False)
    second = schedule.take(others_out=True)
    assert (first, second) == ([0], [1])
    assert schedule.died(first) == schedule.died(second) == []
    assert schedule.take(others_out=False) == [2]
    assert schedule.take(others_out=True) == []
    schedule.returned([2], [(2, 0.1, {}, None)])
    assert schedule.take(others_out=False) == [0]
    assert schedule.died([0]) == []
    assert schedule.take(others_out=False) == [1]
    schedule.returned([1], [(1, 0.1, {}, None)])
    assert schedule.take(others_out=False) == [0]
    assert schedule.died([0])[0][3] == "its process died, 2 times, with this point alone"
    assert schedule.take(others_out=False) == []
