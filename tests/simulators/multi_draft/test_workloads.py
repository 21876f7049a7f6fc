"""The races: every case can be made, our answers pass, and the checks refuse what is wrong."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from pybench.errors import CheckFailedError, InvalidInputError
from pybench.harness.workload import Workload
from pybench.kernels.reference.draft import acceptance_by_subsets
from simulators.multi_draft.contenders import run_acceptance, run_selection_law, run_verify
from simulators.multi_draft.peers_case import LAWS, Case, Outcome, make_case
from simulators.multi_draft.peers_checks import check_outcome, exact_acceptance, k_seq_gap
from simulators.multi_draft.workloads import WORKLOADS

POINT = {"vocabulary": 700, "law": "noisy", "draft_count": 3, "rows": 2000}
CASE = make_case(POINT, 5)


@pytest.fixture(scope="module")
def verified() -> Outcome:
    return run_verify(CASE)


@pytest.mark.native
@pytest.mark.parametrize("workload", WORKLOADS, ids=lambda workload: workload.id)
def test_our_answers_pass(workload: Workload) -> None:
    case = workload.make(workload.points("quick")[0], 0)
    for contender in workload.contenders:
        if contender.kind == "native":
            workload.check(case, contender.run(contender.convert(case)))
    work = workload.work(case)
    assert work.items > 0
    assert work.minimal_bytes > 0


@pytest.mark.parametrize("workload", WORKLOADS, ids=lambda workload: workload.id)
def test_points_are_distinct_and_contenders_described(workload: Workload) -> None:
    points = [tuple(sorted(point.items())) for size in workload.sizes for point in workload.points(size)]
    for size in workload.sizes:
        assert len(set(points)) >= len({tuple(sorted(point.items())) for point in workload.points(size)})
    assert all(contender.configuration for contender in workload.contenders)
    assert all(contender.environment["OMP_NUM_THREADS"] == str(contender.threads) for contender in workload.contenders)


@pytest.mark.parametrize("law", LAWS)
def test_laws_are_laws(law: str) -> None:
    case = make_case({"vocabulary": 5000, "law": law, "draft_count": 2, "rows": 7, "bits": 64}, 1)
    for probabilities in (case.draft, case.target):
        assert probabilities.dtype == np.float64
        assert probabilities.sum() == pytest.approx(1.0, abs=1e-12)
        assert not probabilities.flags.writeable
    assert case.draft_tokens.shape == (7, 2)
    again = make_case({"vocabulary": 5000, "law": law, "draft_count": 2, "rows": 7, "bits": 64}, 1)
    assert np.array_equal(case.draft, again.draft)
    assert np.array_equal(case.draft_tokens, again.draft_tokens)
    assert 0.0 < exact_acceptance(case)[0] <= 1.0


def test_an_unknown_law_is_named() -> None:
    with pytest.raises(InvalidInputError, match="law is 'steep'"):
        make_case({"vocabulary": 10, "law": "steep", "draft_count": 2}, 0)


def test_the_oracle_is_the_least_cut() -> None:
    generator = np.random.default_rng(3)
    for _ in range(50):
        draft, target = generator.dirichlet(np.full(8, 0.5), 2)
        draft[generator.integers(8)] = 0.0
        draft /= draft.sum()
        case = Case(draft, target, np.zeros((0, 3), np.int64), 3, {})
        assert exact_acceptance(case)[0] == pytest.approx(acceptance_by_subsets(draft, target, 3), abs=1e-12)


def _changed(**parts: Any) -> Outcome:
    return dataclasses.replace(run_verify(CASE), **parts)


def test_a_wrong_acceptance_is_refused(verified: Outcome) -> None:
    check_outcome(CASE, verified)
    with pytest.raises(CheckFailedError, match="acceptance is off by"):
        check_outcome(CASE, _changed(acceptance=float(verified.acceptance) + 2e-9))
    with pytest.raises(CheckFailedError, match="acceptance is off by"):
        check_outcome(CASE, _changed(acceptance=float("nan")))
    with pytest.raises(CheckFailedError, match=r"precision is 0\.1"):
        check_outcome(CASE, _changed(precision=0.1))
    with pytest.raises(CheckFailedError, match="empty"):
        check_outcome(CASE, Outcome())


def test_wrong_tokens_are_refused(verified: Outcome) -> None:
    token, accepted = np.array(verified.token), np.array(verified.accepted)
    kept = int(np.argmax(accepted >= 0))
    other = token.copy()
    other[kept] = (other[kept] + 1) % len(CASE.draft)
    with pytest.raises(CheckFailedError, match="not the draft's"):
        check_outcome(CASE, _changed(token=other))
    with pytest.raises(CheckFailedError, match="no index of a draft"):
        check_outcome(CASE, _changed(accepted=np.where(accepted < 0, 3, accepted)))
    with pytest.raises(CheckFailedError, match="rows are accepted: at most"):
        check_outcome(CASE, _changed(token=CASE.draft_tokens[:, 0], accepted=np.zeros_like(accepted)))
    share_lost = np.where(np.arange(len(accepted)) % 3 == 0, -1, accepted)
    with pytest.raises(CheckFailedError, match="rows are accepted: it must be"):
        check_outcome(CASE, _changed(accepted=share_lost))
    likeliest = np.full_like(token, np.argmax(CASE.target))
    with pytest.raises(CheckFailedError, match="chi-square"):
        check_outcome(CASE, Outcome(token=likeliest, accepted=np.full_like(accepted, -1)))


def test_a_wrong_selection_law_is_refused() -> None:
    found = run_selection_law(CASE)
    check_outcome(CASE, found)
    law = np.array(found.selection_law)
    with pytest.raises(CheckFailedError, match="sums to"):
        check_outcome(CASE, dataclasses.replace(found, selection_law=law * 1.001))
    with pytest.raises(CheckFailedError, match="reaches"):
        check_outcome(CASE, dataclasses.replace(found, selection_law=CASE.draft))
    with pytest.raises(CheckFailedError, match="less often than all drafts"):
        # the target would accept all, but no verifier can select by it
        check_outcome(
            CASE,
            Outcome(acceptance=exact_acceptance(CASE)[0], selection_law=_unreachable(CASE, law)),
        )


def _unreachable(case: Case, law: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Move some of the law from a token that is selected beyond its target to another that is: nothing else changes."""
    q = case.target.astype(np.float64)
    beyond = np.flatnonzero(law > q * (1.0 + 1e-5))
    wrong = law.astype(np.float64)
    gained = wrong[beyond] - q[beyond]
    wrong[beyond] = q[beyond]
    wrong[beyond[np.argmin(case.draft[beyond])]] += gained.sum()
    return wrong


def test_a_wrong_ordering_is_refused() -> None:
    order = np.argsort(CASE.target / CASE.draft)
    check_outcome(CASE, Outcome(ordering=order))
    with pytest.raises(CheckFailedError, match="not by target / draft"):
        check_outcome(CASE, Outcome(ordering=order[::-1]))
    with pytest.raises(CheckFailedError, match="no permutation"):
        check_outcome(CASE, Outcome(ordering=np.zeros_like(order)))


def test_wrong_sums_are_refused() -> None:
    dot = float(CASE.draft.astype(np.float64) @ CASE.target.astype(np.float64))
    check_outcome(CASE, Outcome(sums={"dot": dot}))
    with pytest.raises(CheckFailedError, match="dot is"):
        check_outcome(CASE, Outcome(sums={"dot": dot * 1.0001}))


def test_a_wrong_k_seq_is_refused() -> None:
    from simulators.multi_draft.peers_numpy import run_k_seq_float64

    found = run_k_seq_float64(CASE)
    check_outcome(CASE, found)
    gap, acceptance = k_seq_gap(CASE, float(found.rate or 0.0))
    assert abs(gap) < 1e-12
    assert acceptance < float(run_acceptance(CASE).acceptance)
    with pytest.raises(CheckFailedError, match="must be 0"):
        check_outcome(CASE, dataclasses.replace(found, rate=float(found.rate or 0.0) * 1.01))
    with pytest.raises(CheckFailedError, match="k-SEQ's acceptance is off"):
        check_outcome(CASE, dataclasses.replace(found, acceptance=acceptance + 1e-6))
    with pytest.raises(CheckFailedError, match="rho is"):
        check_outcome(CASE, dataclasses.replace(found, rate=0.5))
