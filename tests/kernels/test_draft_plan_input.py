"""What the optimal verifier refuses, by name, and what it takes as it comes."""

from __future__ import annotations

import os
import signal
import time
from typing import Any

import numpy as np
import pytest
from draft_laws import language_model_laws

from pybench.errors import InvalidInputError
from pybench.kernels.draft import optimal_acceptance, plan, plan_from_logits, probabilities

pytestmark = pytest.mark.native

DRAFT = np.array([0.5, 0.25, 0.25, 0.0])
TARGET = np.array([0.25, 0.25, 0.25, 0.25])
TOKENS = np.array([[0, 1], [2, 2]])


def changed(array: np.ndarray, place: int, value: float) -> np.ndarray:
    copy = array.copy()
    copy[place] = value
    return copy


@pytest.mark.parametrize("make", [plan, optimal_acceptance])
@pytest.mark.parametrize(
    ("draft", "target", "count", "text"),
    [
        (changed(DRAFT, 2, -0.25), TARGET, 2, r"draft\[2\] is -0.25: a probability must be finite and not negative"),
        (changed(DRAFT, 3, np.nan), TARGET, 2, r"draft\[3\] is nan: a probability must be finite"),
        (DRAFT, changed(TARGET, 1, np.inf), 2, r"target\[1\] is inf: a probability must be finite"),
        (DRAFT, changed(TARGET, 1, 0.25 + 1e-8), 2, r"target sums to 1.00000001: it must sum to 1 within 1e-09"),
        ((DRAFT * 1.002).astype("f4"), TARGET.astype("f4"), 2, r"draft sums to 1.00\d+: it must sum to 1 within 0.001"),
        (DRAFT * 0, TARGET, 2, "draft sums to 0: it must sum to 1"),
        (DRAFT, TARGET, 0, r"draft_count is 0: it must be in \[1, 1048576\]"),
        (DRAFT, TARGET, True, "draft_count is True: it must be an integer"),
        (DRAFT, TARGET, 2.0, "draft_count is 2.0: it must be an integer"),
        (DRAFT[:3], TARGET, 2, r"draft has shape \(3,\) but target has \(4,\): they must have the same shape"),
        (DRAFT[None], TARGET, 2, r"draft has shape \(1, 4\) but target has \(4,\)"),
        (DRAFT[None, None], TARGET[None, None], 2, r"draft has shape \(1, 1, 4\): it must be 1-d or 2-d"),
        (DRAFT[:0], TARGET[:0], 2, r"draft has shape \(0,\): it must hold 1 to"),
        (DRAFT.astype("f4"), TARGET, 2, "draft has dtype float32 but target has float64"),
        (DRAFT.astype("f2"), TARGET.astype("f2"), 2, "draft has dtype float16: it must be float32 or float64"),
        (DRAFT.astype(int), TARGET, 2, "draft has dtype int64: it must be float32 or float64"),
        (np.ma.masked_less(DRAFT, 0.1), TARGET, 2, "draft has masked entries"),
    ],
)
def test_bad_laws_are_named(make: Any, draft: np.ndarray, target: np.ndarray, count: int, text: str) -> None:
    with pytest.raises(InvalidInputError, match="^" + text):
        make(draft, target, count)


def test_a_bad_law_of_many_tokens_is_named() -> None:
    draft, target = language_model_laws(5_000, seed=1)
    for place in (0, 511, 512, 4_999):
        with pytest.raises(InvalidInputError, match=rf"^draft\[{place}\] is nan"):
            plan(changed(draft, place, np.nan), target, 2)
        with pytest.raises(InvalidInputError, match=rf"^target\[1\]\[{place}\] is -1: "):
            plan(np.stack([draft, draft]), np.stack([target, changed(target, place, -1.0)]), 2)


@pytest.mark.parametrize(
    ("tokens", "text"),
    [
        (np.array([[0, 4]]), r"draft_tokens\[0\]\[1\] is 4: it must be a token of \[0, 4\)"),
        (np.array([[0, 1], [-1, 0]]), r"draft_tokens\[1\]\[0\] is -1: it must be a token"),
        (np.array([[3, 1]]), r"draft_tokens\[0\]\[0\] is 3: its draft probability is 0"),
        (np.array([[0.0, 1.0]]), "draft_tokens has dtype float64: it must be integers"),
        (np.array([[0, 1, 2]]), r"draft_tokens has shape \(1, 3\): its last axis must be 2, the draft_count"),
        (np.array([0, 1]), r"draft_tokens has shape \(2,\): it must be \[n, K\]"),
        (np.array([[2**63, 0]], dtype=np.uint64), "draft_tokens holds 9223372036854775808"),
    ],
)
def test_bad_tokens_are_named(tokens: np.ndarray, text: str) -> None:
    with pytest.raises(InvalidInputError, match="^" + text):
        plan(DRAFT, TARGET, 2).verify(tokens, seed=1)


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"seed": -1}, "seed is -1"),
        ({"seed": 1.5}, "seed is 1.5: it must be an integer"),
        ({"seed": ()}, r"seed is \(\): it must hold at least one integer"),
        ({"seed": (1, True)}, "seed is True: it must be an integer"),
        ({"request": -1}, r"request is -1: it must be in \[0, "),
        ({"request": np.array([1, 2, 3])}, r"request has shape \(3,\): it must broadcast to \(2,\)"),
        ({"request": np.array([0.5, 1.0])}, "request has dtype float64: it must be integers"),
        ({"position": 2**32}, r"position is 4294967296: it must be in \[0, 4294967295\]"),
        ({"position": np.array([0, -3])}, "position holds -3"),
        ({"threads": 0}, r"threads is 0: it must be in \[1, 1024\]"),
    ],
)
def test_bad_options_are_named(options: dict[str, Any], text: str) -> None:
    with pytest.raises(InvalidInputError, match="^" + text):
        plan(DRAFT, TARGET, 2).verify(TOKENS, **{"seed": 1, **options})


def test_a_refused_row_leaves_the_plan_as_it_was() -> None:
    verifier = plan(DRAFT, TARGET, 2)
    before = verifier.verify(TOKENS, seed=1)
    with pytest.raises(InvalidInputError):
        verifier.verify(np.array([[0, 1], [0, 9]]), seed=1)
    after = verifier.verify(TOKENS, seed=1)
    assert np.array_equal(before.token, after.token)


@pytest.mark.parametrize("law", [[0.5, 0.5], 0.5, None, "draft"])
def test_what_is_no_array_is_a_type_error(law: Any) -> None:
    with pytest.raises(TypeError, match="draft is of type"):
        plan(law, TARGET, 2)


def test_no_rows_are_no_rows() -> None:
    found = plan(DRAFT, TARGET, 2).verify(np.empty((0, 2), dtype=np.int64), seed=1)
    assert found.token.shape == found.accepted.shape == (0,)
    empty = plan(np.empty((0, 4)), np.empty((0, 4)), 2)
    assert empty.acceptance.shape == (0,)
    assert empty.verify(np.empty((0, 3, 2), dtype=np.int64), seed=1).token.shape == (0, 3)


def test_strided_read_only_and_foreign_arrays_are_taken() -> None:
    draft, target = language_model_laws(700, seed=2, dtype="float64")
    tokens = np.random.default_rng(1).choice(700, size=(20, 2), p=draft)
    plain = plan(draft, target, 2).verify(tokens, seed=1).token.tolist()
    strided = np.zeros((700, 3))
    strided[:, 1] = draft
    foreign = target.astype(">f8")
    foreign.flags.writeable = False
    found = plan(strided[:, 1], foreign, 2).verify(np.asfortranarray(tokens.astype(np.uint16)), seed=1)
    assert found.token.tolist() == plain


def test_tensors_in_tensors_out() -> None:
    torch = pytest.importorskip("torch")
    draft, target = (torch.from_numpy(law) for law in language_model_laws(600, seed=2))
    tokens = torch.multinomial(draft, 8, replacement=True, generator=torch.Generator().manual_seed(1)).reshape(4, 2)
    verifier = plan(draft, target, 2)
    found = verifier.verify(tokens, seed=1)
    assert found.token.dtype == found.accepted.dtype == torch.int64
    assert verifier.selection_law.dtype == torch.float32
    assert verifier.acceptance.shape == ()
    expected = plan(draft.numpy(), target.numpy(), 2).verify(tokens.numpy(), seed=1)
    assert found.token.tolist() == expected.token.tolist()
    logits = torch.randn(3, 600, generator=torch.Generator().manual_seed(1)).bfloat16()
    half = plan_from_logits(logits, logits.flip(0), 2)
    whole = plan_from_logits(logits.float().numpy(), logits.float().flip(0).numpy(), 2)
    assert half.acceptance.tolist() == whole.acceptance.tolist()
    with pytest.raises(TypeError, match="both must be NumPy arrays or both torch tensors"):
        plan(draft, target.numpy(), 2)
    with pytest.raises(TypeError, match="it must be of the library of the laws, torch"):
        verifier.verify(tokens.numpy(), seed=1)
    with pytest.raises(TypeError, match="these kernels run on the CPU"):
        plan(draft.to("meta"), target.to("meta"), 2)


@pytest.mark.parametrize(
    ("logits", "options", "text"),
    [
        ([0.0, np.nan], {}, r"logits\[1\] is nan: a logit must be finite, or minus infinity"),
        ([np.inf, 0.0], {}, r"logits\[0\] is inf: a logit must be finite"),
        ([-np.inf, -np.inf], {}, "logits is minus infinity throughout"),
        ([0.0, 1.0], {"temperature": 0.0}, r"temperature is 0.0: it must be in \[1e-06, 1e\+06\]"),
        ([0.0, 1.0], {"temperature": np.nan}, "temperature is nan"),
        (
            [0.0, 1.0],
            {"temperature": np.ones(3)},
            r"temperature has shape \(3,\): it must be a number, or one for each",
        ),
        ([0.0, 1.0], {"top_k": 0}, "top_k is 0: it must be at least 1"),
        ([0.0, 1.0], {"top_k": 1.5}, "top_k has dtype float64: it must be integers"),
        ([0.0, 1.0], {"top_p": 0.0}, r"top_p is 0.0: it must be in \(0, 1\]"),
        ([0.0, 1.0], {"top_p": "all"}, "top_p has dtype <U3: it must be numbers"),
    ],
)
def test_bad_logits_are_named(logits: list[float], options: dict[str, Any], text: str) -> None:
    with pytest.raises(InvalidInputError, match="^" + text):
        probabilities(np.array(logits), **options)


class AlarmError(Exception):
    """What the test's signal handler raises."""


@pytest.mark.skipif(os.name != "posix", reason="needs an interval timer")
@pytest.mark.parametrize("threads", [1, 2])
def test_a_handler_that_raises_stops_a_long_verification(threads: int) -> None:
    draft, target = language_model_laws(2_000, seed=1)
    tokens = np.random.default_rng(1).choice(2_000, size=(2_000_000, 3), p=draft.astype(float) / draft.sum(dtype=float))
    verifier = plan(draft, target, 3)
    rung = []

    def ring(*_: Any) -> None:
        rung.append(time.monotonic())
        raise AlarmError

    before = signal.signal(signal.SIGALRM, ring)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.2)
        with pytest.raises(AlarmError):
            verifier.verify(tokens, seed=1, threads=threads)
        assert time.monotonic() - rung[0] < 0.5
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, before)
    few = verifier.verify(tokens[:50], seed=1)
    assert np.array_equal(few.token, plan(draft, target, 3).verify(tokens[:50], seed=1).token)


@pytest.mark.skipif(os.name != "posix", reason="needs an interval timer")
def test_a_handler_may_verify_with_other_plans_and_is_refused_the_one_it_interrupted() -> None:
    draft, target = language_model_laws(2_000, seed=1)
    tokens = np.random.default_rng(1).choice(2_000, size=(2_000_000, 3), p=draft.astype(float) / draft.sum(dtype=float))
    verifier, other = plan(draft, target, 3), plan(draft, target, 3)
    wanted, found = other.verify(tokens[:50], seed=1).token, []

    def ring(*_: Any) -> None:
        found.append(other.verify(tokens[:50], seed=1).token)
        verifier.verify(tokens[:50], seed=1)

    before = signal.signal(signal.SIGALRM, ring)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.2)
        with pytest.raises(RuntimeError, match="by a signal handler that interrupted verify of the same plan"):
            verifier.verify(tokens, seed=1)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, before)
    assert np.array_equal(found[0], wanted)
    assert np.array_equal(verifier.verify(tokens[:50], seed=1).token, wanted)


def test_of_several_bad_rows_the_first_is_named_whatever_the_threads() -> None:
    laws = np.full((64, 2000), 1 / 2000)
    bad = laws.copy()
    bad[7, 1999] = -1.0  # found at the end of a pass; those after it at once
    bad[8:] = 0.0
    for threads in (1, 2, 4):
        for _ in range(20):
            with pytest.raises(InvalidInputError, match=r"draft\[7\]\[1999\] is -1"):
                plan(bad, laws, 2, threads=threads)
