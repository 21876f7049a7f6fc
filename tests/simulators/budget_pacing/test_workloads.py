"""The races: every case can be made, our answers pass, and the checks refuse what is wrong."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from pybench.errors import CheckFailedError
from pybench.harness.workload import Params, Workload
from pybench.kernels.auction_results import SpendingPlan
from simulators.budget_pacing import contenders, peers_numpy
from simulators.budget_pacing.instances import INSTANCES
from simulators.budget_pacing.peers_case import Case, Outcome, make_case
from simulators.budget_pacing.peers_checks import REFERENCE_STEPS, check_layout, check_outcome, check_plan
from simulators.budget_pacing.workloads import WORKLOADS

CAMPAIGNS = {"instance": "diurnal", "steps": 700, "bits": 32, "campaigns": 70}
ONE = {"instance": "twophase", "steps": 3000, "bits": 32}


def _smaller(params: Params, steps: int) -> Params:
    return {**params, "steps": steps, **({"campaigns": 70} if "campaigns" in params else {})}


@pytest.mark.native
@pytest.mark.parametrize("steps", [400, REFERENCE_STEPS + 2])
@pytest.mark.parametrize("workload", WORKLOADS, ids=lambda workload: workload.id)
def test_our_answers_and_the_limits_pass(workload: Workload, steps: int) -> None:
    for point in workload.points("quick"):
        case = workload.make(_smaller(point, steps), 3)
        for contender in workload.contenders:
            if contender.kind in ("native", "limit"):
                workload.check(case, contender.run(contender.convert(case)))
        work = workload.work(case)
        assert work.items > 0
        assert work.minimal_bytes > 0


@pytest.mark.parametrize("workload", WORKLOADS, ids=lambda workload: workload.id)
def test_contenders_are_described_and_alone_on_a_core(workload: Workload) -> None:
    assert set(workload.sizes) == {"quick", "standard", "large"}
    for size in workload.sizes:
        points = [tuple(sorted(point.items())) for point in workload.points(size)]
        assert len(set(points)) == len(points)
    assert all(contender.configuration for contender in workload.contenders)
    assert all(contender.environment["OMP_NUM_THREADS"] == "1" for contender in workload.contenders)
    assert workload.baseline.id == "native"


@pytest.mark.parametrize("instance", INSTANCES)
@pytest.mark.parametrize("bits", [16, 32, 64])
def test_a_case_is_the_same_again_and_its_plan_fits(instance: str, bits: int) -> None:
    point = {"instance": instance, "steps": 5000, "bits": bits, "campaigns": 3}
    case, again = make_case(point, 1), make_case(point, 1)
    other = make_case(point, 2)
    assert case.value.dtype == (np.float64 if bits == 64 else np.float32)
    for name in ("value", "price", "target_spend"):
        array = getattr(case, name)
        assert np.array_equal(array, getattr(again, name))
        assert not np.array_equal(array, getattr(other, name))
        assert not array.flags.writeable
        if bits == 16:
            assert np.array_equal(array, array.astype(np.uint16))
    assert case.target_spend.sum(axis=1, dtype=np.float64) == pytest.approx(case.budget, rel=0.1)


def test_a_grid_has_settings_around_one_another() -> None:
    case = make_case({**ONE, "settings": 512}, 0)
    assert len(np.unique(case.budget)) == 16
    assert len(np.unique(case.step_size)) == 32
    assert len({(budget, step) for budget, step in zip(case.budget, case.step_size, strict=True)}) == 512


@pytest.fixture(scope="module")
def campaigns() -> Case:
    return make_case(CAMPAIGNS, 5)


@pytest.fixture(scope="module")
def right(campaigns: Case) -> Outcome:
    return contenders.run_reference(campaigns)


def _changed(outcome: Outcome, name: str, at: int, by: float, **parts: Any) -> Outcome:
    array = np.array(getattr(outcome, name), dtype=np.float64)
    array[at] += by
    return dataclasses.replace(outcome, **{name: array}, **parts)


def test_wrong_pacings_are_refused(campaigns: Case, right: Outcome) -> None:
    check_outcome(campaigns, right)
    rich = int(np.argmax(campaigns.budget - right.spend))
    for name in ("wins", "spend", "utility", "multiplier"):
        with pytest.raises(CheckFailedError, match=f"{name} of 9 is"):
            check_outcome(campaigns, _changed(right, name, 9, -1e-9 if name != "wins" else 1))
        by = {"wins": 6.0, "spend": -5.0, "utility": -5.0, "multiplier": 6.0}[name]
        with pytest.raises(CheckFailedError, match=f"{name} of {rich} is"):
            check_outcome(campaigns, _changed(right, name, rich, by, precision=1e-3))
        with pytest.raises(CheckFailedError, match=f"{name} has entries"):
            check_outcome(campaigns, _changed(right, name, 9, np.nan))
        with pytest.raises(CheckFailedError, match=f"{name} has shape"):
            check_outcome(campaigns, dataclasses.replace(right, **{name: np.zeros(3)}))
    over = campaigns.budget[9] * (1.0 + 1e-9) - right.spend[9]
    with pytest.raises(CheckFailedError, match="of its budget"):
        check_outcome(campaigns, _changed(right, "spend", 9, over))
    with pytest.raises(CheckFailedError, match="Lagrangian bound"):
        check_outcome(campaigns, _changed(right, "utility", 9, 0.2 * campaigns.budget[9] + right.utility[9]))
    with pytest.raises(CheckFailedError, match=r"precision is 0\.1"):
        check_outcome(campaigns, dataclasses.replace(right, precision=0.1))


def test_who_forgets_the_hard_stop_is_refused() -> None:
    case = dataclasses.replace(make_case(CAMPAIGNS, 5), budget=make_case(CAMPAIGNS, 5).budget * 0.5)
    free = contenders.run_reference(dataclasses.replace(case, budget=case.budget * 100.0))
    with pytest.raises(CheckFailedError, match="of its budget"):
        check_outcome(case, free)
    check_outcome(case, contenders.run_reference(case))


def test_wrong_layouts_and_limits_are_refused(campaigns: Case) -> None:
    arrays = tuple(np.array(array) for array in peers_numpy.lay_out_by_step(campaigns))
    check_layout(campaigns, arrays)
    arrays[1][5, 7] += 1
    with pytest.raises(CheckFailedError, match="not the traces"):
        check_layout(campaigns, arrays)
    traces = peers_numpy.as_bytes(campaigns)
    copied, read = peers_numpy.run_copy(traces), peers_numpy.run_read(traces)
    check_outcome(campaigns, copied)
    check_outcome(campaigns, read)
    with pytest.raises(CheckFailedError, match="copy differs"):
        check_outcome(campaigns, dataclasses.replace(copied, copied=copied.copied[::-1]))
    with pytest.raises(CheckFailedError, match="the largest is"):
        check_outcome(campaigns, dataclasses.replace(read, largest=read.largest - 1))


def test_wrong_plans_are_refused() -> None:
    case = make_case(ONE, 2)
    found = peers_numpy.run_sorting(case)
    check_plan(case, SpendingPlan(found.multiplier, found.target_spend))
    below, above = (np.nextafter(1.0 + found.multiplier, towards) - 1.0 for towards in (0.0, np.inf))
    with pytest.raises(CheckFailedError, match="the plan spends"):
        check_plan(case, SpendingPlan(below, found.target_spend))
    with pytest.raises(CheckFailedError, match="a smaller multiplier"):
        check_plan(case, SpendingPlan(above, found.target_spend))
    with pytest.raises(CheckFailedError, match="not what the plan spends"):
        check_plan(case, SpendingPlan(found.multiplier, case.price))
    with pytest.raises(CheckFailedError, match="at least 0"):
        check_plan(case, SpendingPlan(-0.5, found.target_spend))
