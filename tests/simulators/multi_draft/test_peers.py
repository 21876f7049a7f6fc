"""The peers of the races: right before they are fast."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pybench.kernels.reference.draft import plan
from simulators.multi_draft import peers_numba, peers_numpy, peers_orderings, peers_solvers
from simulators.multi_draft import peers_numba_k_seq as k_seq
from simulators.multi_draft import peers_numba_plan as numba_plan
from simulators.multi_draft import peers_numba_verify as numba_verify
from simulators.multi_draft.peers_case import LAWS, Case, make_case
from simulators.multi_draft.peers_checks import check_outcome, exact_acceptance


def _case(seed: int, size: int, count: int, kind: str) -> Case:
    """Return ugly laws: zeros, ties, laws that are the same, ratios far apart."""
    generator = np.random.default_rng(seed)
    draft, target = generator.dirichlet(np.full(size, 0.3), 2)
    if kind == "ties":
        draft = generator.integers(1, 4, size).astype(np.float64)
        target = draft * generator.integers(1, 3, size)
    elif kind == "zeros":
        draft[generator.random(size) < 0.3] = 0.0
        target[generator.random(size) < 0.3] = 0.0
    elif kind == "same":
        target = draft.copy()
    elif kind == "far":
        draft, target = (np.exp(12.0 * generator.standard_normal(size)) for _ in range(2))
    draft, target = draft + 1e-30 * (draft.sum() == 0.0), target + 1e-30 * (target.sum() == 0.0)
    draft, target = (draft / draft.sum()).astype(np.float32), (target / target.sum()).astype(np.float32)
    weights = draft.astype(np.float64)
    tokens = generator.choice(size, (40, count), p=weights / weights.sum())
    return Case(draft, target, tokens.astype(np.int64), count, {})


CASES = st.builds(
    _case,
    seed=st.integers(0, 2**32 - 1),
    size=st.integers(2, 60),
    count=st.integers(2, 6),
    kind=st.sampled_from(("plain", "ties", "zeros", "same", "far")),
)


@given(CASES)
@settings(max_examples=150, deadline=None)
def test_the_numba_verifier_as_plain_python(case: Case) -> None:
    work = numba_plan.make_workspace(len(case.draft))
    token, accepted = np.empty(40, np.int64), np.empty(40, np.int64)
    law = np.empty(len(case.draft))
    with np.errstate(all="ignore"):
        acceptance = numba_verify.verify(case.draft, case.target, case.draft_tokens, 1, token, accepted, work)
        again = numba_verify.acceptance_and_law(case.draft, case.target, case.draft_count, law, work)
    exact = plan(case.draft.astype(np.float64), case.target.astype(np.float64), case.draft_count)
    assert acceptance == again == pytest.approx(exact.acceptance, abs=1e-12)
    np.testing.assert_allclose(law, exact.selection_law, rtol=0, atol=1e-6)
    kept = accepted >= 0
    assert np.array_equal(token[kept], case.draft_tokens[kept, accepted[kept]])
    assert (exact.target[token] > 0.0).all()
    assert (exact.target[token[~kept]] > exact.selection_law[token[~kept]]).all()


@given(CASES)
@settings(max_examples=60, deadline=None)
def test_the_numpy_selection_law(case: Case) -> None:
    found = peers_numpy.run_selection_law(case)
    exact = plan(case.draft.astype(np.float64), case.target.astype(np.float64), case.draft_count)
    assert found.acceptance == pytest.approx(exact.acceptance, abs=1e-12)
    np.testing.assert_allclose(np.asarray(found.selection_law), exact.selection_law, rtol=0, atol=1e-6)


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize(
    "run",
    [
        peers_numpy.run_selection_law,
        peers_numpy.run_k_seq,
        peers_numpy.run_k_seq_float64,
        peers_numpy.run_dot,
        peers_numpy.run_sums,
        peers_numpy.run_overlap,
        peers_orderings.run_argsort,
        peers_orderings.run_packed,
        peers_orderings.run_radix,
    ],
)
def test_numpy_peers_pass(law: str, run: Any) -> None:
    case = make_case({"vocabulary": 3000, "law": law, "draft_count": 4}, 2)
    check_outcome(case, run(case))


@pytest.mark.parametrize("law", LAWS)
def test_blas_peer_passes(law: str) -> None:
    pytest.importorskip("scipy")
    case = make_case({"vocabulary": 3000, "law": law, "draft_count": 4}, 2)
    check_outcome(case, peers_numpy.run_k_seq_blas(case))


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("size", [2, 9, 40])
def test_solvers_find_the_optimum(law: str, size: int) -> None:
    pytest.importorskip("ortools")
    pytest.importorskip("scipy")
    for seed in (1, 2):  # the kept network takes new capacities
        case = make_case({"vocabulary": size, "law": law, "draft_count": 2, "bits": 64}, seed)
        for convert in (peers_solvers.convert_to_flow, peers_solvers.convert_to_kept_flow):
            found = peers_solvers.run_flow(convert(case))
            assert found.acceptance == pytest.approx(exact_acceptance(case)[0], abs=1e-8)
        check_outcome(case, peers_solvers.run_program(peers_solvers.convert_to_program(case)))


def test_k_seq_as_plain_python() -> None:
    case = make_case({"vocabulary": 300, "law": "noisy", "draft_count": 3, "bits": 64}, 2)
    rate, acceptance = k_seq.solve_k_seq(case.draft, case.target, 3)
    exact = peers_numpy.run_k_seq_float64(case)
    assert rate == pytest.approx(exact.rate, abs=1e-9)
    assert acceptance == pytest.approx(exact.acceptance, abs=1e-9)


@pytest.mark.slow
def test_compiled_peers_pass() -> None:
    pytest.importorskip("numba")
    for law in LAWS:
        one = make_case({"vocabulary": 20_000, "law": law, "draft_count": 4, "rows": 1}, 1)
        many = make_case({"vocabulary": 5_000, "law": law, "draft_count": 4, "rows": 20_000}, 1)
        for case in (one, many):
            for run in (peers_numba.run_verify, peers_numba.run_selection_law, peers_numba.run_k_seq):
                check_outcome(case, run(case))


def test_avx512_can_be_left_off() -> None:
    script = (
        "import numpy as np\n"
        "from simulators.multi_draft.peers_case import make_case\n"
        "from simulators.multi_draft.peers_checks import check_outcome\n"
        "from simulators.multi_draft.peers_orderings import run_packed\n"
        "from numpy._core._multiarray_umath import __cpu_features__ as features\n"
        "case = make_case({'vocabulary': 3000, 'law': 'noisy', 'draft_count': 4}, 2)\n"
        "check_outcome(case, run_packed(case))\n"
        "assert not features.get('X86_V4', False) and not features.get('AVX512_SKX', False)\n"
    )
    environment = {**os.environ, **peers_orderings.AVX512_OFF}
    subprocess.run([sys.executable, "-c", script], env=environment, check=True)
