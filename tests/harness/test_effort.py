"""How much time a race takes: rounds, calls in a round, who goes first."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pybench.errors import InvalidInputError
from pybench.harness.child_process import ChildFailedError
from pybench.harness.effort import Effort, effort_for
from pybench.harness.race import race
from pybench.harness.registry import RegisteredMethod
from pybench.harness.runner import Runner
from pybench.harness.statistics import compare


class _Clockwork:
    """A process that is fast as told and remembers what it was asked."""

    def __init__(self, call_s: float) -> None:
        self.call_s = call_s
        self.asked: list[dict[str, Any]] = []

    def request(self, operation: str, *, limit_s: float, calls: int) -> dict[str, float]:
        self.asked.append({"operation": operation, "limit_s": limit_s, "calls": calls})
        return {"convert_s": 0.25 * self.call_s * calls, "run_s": 0.75 * self.call_s * calls}


def _runner(call_s: float) -> tuple[Runner, _Clockwork]:
    clockwork = _Clockwork(call_s)
    options: dict[str, Any] = {"contender": None, "process": clockwork}
    return Runner(limit_s=20.0, versions={}, work={}, extra_peak_bytes=None, **options), clockwork


@pytest.mark.parametrize("size", ["quick", "standard", "large"])
def test_fewer_than_five_rounds_are_refused(size: str) -> None:
    with pytest.raises(InvalidInputError, match="rounds is 4: it must be at least 5"):
        effort_for(size, rounds=4)
    assert effort_for(size, rounds=5).rounds == 5
    assert effort_for(size, rounds=5).fewest_rounds <= 5
    assert effort_for(size).rounds >= effort_for(size).fewest_rounds >= 5


@pytest.mark.parametrize(("call_s", "calls"), [(1.0, 1), (0.02, 1), (0.001, 20), (1e-6, 20_000), (1e-12, 1_000_000)])
def test_a_fast_contender_fills_its_round(call_s: float, calls: int) -> None:
    runner, _ = _runner(call_s)
    runner.calibrate(0.02)
    assert runner.calls == pytest.approx(calls, rel=1e-6, abs=1.01 if calls > 1 else 0)
    assert sum(runner.time_round()) == pytest.approx(call_s)


def test_a_cold_first_call_does_not_make_rounds_short() -> None:
    runner, clockwork = _runner(1e-3)
    request = clockwork.request

    def warming(operation: str, *, limit_s: float, calls: int) -> dict[str, float]:
        answer = request(operation, limit_s=limit_s, calls=calls)
        clockwork.call_s = 1e-6
        return answer

    clockwork.request = warming
    runner.calibrate(0.02)
    assert runner.calls == pytest.approx(20_000, abs=1)
    assert runner.call_s == pytest.approx(1e-6)


@pytest.mark.parametrize("call_s", [1e-8, 1e-6, 1e-3, 1.0])
def test_no_round_is_waited_for_much_longer_than_one_answer(call_s: float) -> None:
    runner, clockwork = _runner(call_s)
    runner.calibrate(0.02)
    runner.time_round()
    assert 20.0 <= clockwork.asked[-1]["limit_s"] <= 21.0


def test_times_below_the_clock_still_give_a_ratio() -> None:
    runner, _ = _runner(0.0)
    runner.own, runner.beside = [(0.0, 0.0)], [(1.0, 2.0)]
    assert runner.totals(beside=False).tolist() == runner.runs(beside=False).tolist() == [1e-9]
    assert (runner.totals(beside=True).tolist(), runner.runs(beside=True).tolist()) == ([3.0], [2.0])


@pytest.mark.alone
def test_a_real_race_counts_its_rounds_and_calls_and_knows_its_work(sorting: RegisteredMethod) -> None:
    workload = sorting.workload("sort")
    effort = Effort(rounds=7, fewest_rounds=5, round_s=0.005, limit_s=20.0, budget_s=10.0)
    seen: list[tuple[float, str]] = []
    result = race(
        sorting,
        workload,
        workload.points("quick")[0],
        size="quick",
        seed=1,
        effort=effort,
        progress=lambda fraction, text: seen.append((fraction, text)),
    )
    rows = {row.contender: row for row in result.rows}
    assert result.baseline == "numpy"
    assert result.verified == 3
    assert result.work == {"items": 1000, "item": "number", "minimal_bytes": 16_000, "operations": 1000}
    assert rows["stable"].rounds == rows["reference"].rounds == 7
    assert rows["numpy"].rounds == 3 * 7  # beside its twin and the two others
    assert rows["numpy"].calls > 1
    assert rows["reference"].total is not None
    # Not "slower": on a machine that others load the noise of seven short rounds may hide any difference.
    assert rows["reference"].comparison == compare(rows["reference"].total, result.noise)
    assert rows["reference"].total.value > 1.0
    assert rows["reference"].total.value == pytest.approx(rows["reference"].seconds / rows["numpy"].seconds, rel=0.9)
    assert rows["numpy"].extra_peak_bytes is None or rows["numpy"].extra_peak_bytes >= 0
    assert [fraction for fraction, _ in seen] == sorted(fraction for fraction, _ in seen)
    assert all(0.0 <= fraction <= 1.0 for fraction, _ in seen)
    assert np.isfinite(result.noise)


def test_the_error_of_a_child_names_the_request() -> None:
    error = ChildFailedError("failed", "why", operation="check")
    assert (error.status, str(error), error.operation) == ("failed", "why", "check")
