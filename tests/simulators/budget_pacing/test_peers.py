"""The peers of the races: right before they are fast."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from pybench.kernels.auction_inputs import LARGEST
from pybench.kernels.reference.auction import pace
from pybench.kernels.reference.auction_plan import spending_plan
from simulators.budget_pacing import peers_jax, peers_numba, peers_numpy
from simulators.budget_pacing import peers_numba_loops as loops
from simulators.budget_pacing.instances import INSTANCES
from simulators.budget_pacing.peers_case import Case, Outcome, make_case
from simulators.budget_pacing.peers_checks import check_layout, check_outcome, check_plan
from simulators.budget_pacing.workloads_generated import GENERATED, make_generated, run_numba

#: A budget that runs out, one that is met, one that nothing can exhaust.
SHARES = (0.3, 1.0, 9.0)


def _reference(case: Case, share: float) -> Any:
    rows = [np.atleast_2d(array).astype(np.float64) for array in (case.value, case.price, case.target_spend)]
    return pace(
        *rows,
        budget=case.budget * share,
        step_size=case.step_size,
        initial_multiplier=case.initial_multiplier,
        max_multiplier=np.full_like(case.budget, LARGEST),
    )


def _same(found: tuple[Any, ...], exact: Any) -> None:
    wins, spend, utility, factor = found
    assert np.array_equal(wins, exact.wins)
    np.testing.assert_allclose(spend, exact.spend, rtol=1e-12)
    np.testing.assert_allclose(utility, exact.utility, rtol=1e-12)
    np.testing.assert_allclose(np.maximum(factor - 1.0, 0.0), exact.multiplier, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("share", SHARES)
@pytest.mark.parametrize("instance", INSTANCES)
@pytest.mark.parametrize("loop", [loops.branchy, loops.branch_free])
def test_scalar_loops_as_plain_python(loop: Any, instance: str, share: float) -> None:
    case = make_case({"instance": instance, "steps": 900, "bits": 64}, 4)
    settings = (float(case.budget[0] * share), float(case.step_size[0]), float(case.initial_multiplier[0]))
    found = loop(case.value, case.price, case.target_spend, *settings, LARGEST)
    _same(tuple(np.array([number]) for number in found), _reference(case, share))


@pytest.mark.parametrize("share", SHARES)
@pytest.mark.parametrize("loop", [loops.all_campaigns, loops.all_settings])
def test_wide_loops_as_plain_python(loop: Any, share: float) -> None:
    # whole numbers: read as float32 they are what they were
    shape = {"campaigns": 5} if loop is loops.all_campaigns else {"settings": 16}
    case = make_case({"instance": "late", "steps": 250, "bits": 16, **shape}, 4)
    arrays = [np.ascontiguousarray(array.T).astype(np.float64) for array in (case.value, case.price, case.target_spend)]
    factor, (spend, utility, wins) = 1.0 + case.initial_multiplier, np.zeros((3, len(case.budget)))
    loop(*arrays, case.budget * share, case.step_size, factor, spend, utility, wins, 1.0, LARGEST, 0.0)
    _same((wins, spend, utility, factor), _reference(case, share))


@pytest.mark.parametrize("instance", INSTANCES)
@pytest.mark.parametrize("run", [peers_numpy.run_buckets, peers_numpy.run_sorting])
def test_numpy_plans_are_the_reference(run: Any, instance: str) -> None:
    case = make_case({"instance": instance, "steps": 3000, "bits": 32}, 6)
    found, exact = run(case), spending_plan(case.value, case.price, float(case.budget[0]))
    check_plan(case, found)
    assert found.multiplier == exact.multiplier
    assert np.array_equal(found.target_spend, exact.target_spend)


@pytest.mark.parametrize("bits", [16, 32])
def test_numpy_layouts_and_limits_pass(bits: int) -> None:
    case = make_case({"instance": "diurnal", "steps": 300, "bits": bits, "campaigns": 12}, 1)
    check_layout(case, peers_numpy.lay_out_by_step(case))
    traces = peers_numpy.as_bytes(case)
    assert traces.nbytes == 3 * 300 * 12 * bits // 8
    check_outcome(case, peers_numpy.run_copy(traces))
    check_outcome(case, peers_numpy.run_read(traces))


def _check_precise(case: Case, found: Outcome) -> None:
    assert found.precision > 0.0
    check_outcome(case, found)


@pytest.mark.slow
@pytest.mark.parametrize("bits", [32, 64])
def test_compiled_scalar_peers_pass(bits: int) -> None:
    pytest.importorskip("numba", reason="the extra 'peers' is not installed")
    case = make_case({"instance": "diurnal", "steps": 4000, "bits": bits}, 1)
    _check_precise(case, peers_numba.run_branchy(case))
    _check_precise(case, peers_numba.run_branch_free(case))


@pytest.mark.slow
def test_compiled_wide_peers_pass() -> None:
    pytest.importorskip("numba", reason="the extra 'peers' is not installed")
    case = make_case({"instance": "diurnal", "steps": 3000, "bits": 16, "campaigns": 33}, 1)
    codes, traces = peers_numba.as_codes_by_step(case), peers_numba.by_step(case)
    assert codes[0][0].dtype == np.uint16
    _check_precise(case, peers_numba.run_campaigns(codes))
    _check_precise(case, peers_numba.run_campaigns(traces))
    _check_precise(case, peers_numba.run_campaigns_float64(traces))
    grid = make_case({"instance": "diurnal", "steps": 3000, "bits": 32, "settings": 512}, 1)
    _check_precise(grid, peers_numba.run_settings(grid))
    _check_precise(grid, peers_numba.run_settings_float64(grid))


@pytest.mark.slow
def test_compiled_generating_peer_passes() -> None:
    pytest.importorskip("numba", reason="the extra 'peers' is not installed")
    case = make_generated({"instance": "late", "steps": 1000, "campaigns": 70}, 3)
    found = run_numba(case)
    assert found.precision > 0.0
    GENERATED.check(case, found)


@pytest.mark.slow
def test_jax_peer_passes() -> None:
    pytest.importorskip("jax", reason="the extra 'peers' is not installed")
    case = make_case({"instance": "diurnal", "steps": 3000, "bits": 32, "campaigns": 33}, 1)
    _check_precise(case, peers_jax.run_campaigns(peers_jax.as_device_arrays(case)))


def test_avx512_can_be_left_off() -> None:
    script = (
        "from simulators.budget_pacing.peers_case import make_case\n"
        "from simulators.budget_pacing.peers_checks import check_plan\n"
        "from simulators.budget_pacing.peers_numpy import run_sorting\n"
        "from numpy._core._multiarray_umath import __cpu_features__ as features\n"
        "case = make_case({'instance': 'diurnal', 'steps': 3000, 'bits': 32}, 2)\n"
        "check_plan(case, run_sorting(case))\n"
        "assert not features.get('X86_V4', False) and not features.get('AVX512_SKX', False)\n"
    )
    environment = {**os.environ, **peers_numpy.AVX512_OFF}
    subprocess.run([sys.executable, "-c", script], env=environment, check=True)
