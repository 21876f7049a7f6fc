"""Schemes of multi-draft verification: what they take in, what they refuse, and that they can be stopped."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from pybench.errors import InvalidInputError
from pybench.kernels import draft_inputs
from pybench.kernels.draft_plan import plan
from pybench.kernels.draft_schemes import SCHEMES, acceptance, draw_drafts, estimate_acceptance, verify

pytestmark = pytest.mark.native

DRAFT = np.array([0.5, 0.25, 0.25, 0.0])
TARGET = np.array([0.25, 0.25, 0.25, 0.25])


def calls(draft: Any, target: Any, **options: Any) -> list[Callable[[], Any]]:
    """Every function that takes laws."""
    return [
        lambda: acceptance(draft, target, 2, **options),
        lambda: estimate_acceptance(draft, target, 2, samples=4, seed=1, **options),
        lambda: verify(draft, target, np.zeros((1, 2), dtype=np.int64), seed=1, **options),
    ]


BAD_LAWS = [
    (np.array([0.5, -0.25, 0.5, 0.25]), r"\[1\] is -0\.25: a probability must be finite and not negative"),
    (np.array([0.5, np.nan, 0.25, 0.25]), r"\[1\] is nan: a probability must be finite"),
    (np.array([np.inf, 0.0, 0.25, 0.25]), r"\[0\] is inf: a probability must be finite"),
    (np.array([0.5, 0.25, 0.25, 1e-8]), r" sums to 1\.00000001: it must sum to 1 within 1e-09"),
    (np.array([0.5, 0.25, 0.25, 0.002], dtype=np.float32), r" sums to 1\.00\d*: it must sum to 1 within 0\.001"),
    (np.zeros(4), r" sums to 0: it must sum to 1"),
]


@pytest.mark.parametrize(("law", "text"), BAD_LAWS)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_bad_laws_are_refused_by_name(law: Any, text: str, scheme: str) -> None:
    good = DRAFT.astype(law.dtype)
    for call in calls(law, good, scheme=scheme):
        with pytest.raises(InvalidInputError, match="^draft" + text):
            call()
    for call in calls(good, law, scheme=scheme):
        with pytest.raises(InvalidInputError, match="^target" + text):
            call()
    with pytest.raises(InvalidInputError, match="^draft" + text):
        draw_drafts(law, 2, scheme=scheme, seed=1)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_laws_are_converted_once(scheme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    converted = []
    convert = draft_inputs.as_law

    def note(name: str, *arguments: Any, **options: Any) -> Any:
        converted.append(name)
        return convert(name, *arguments, **options)

    monkeypatch.setattr(draft_inputs, "as_law", note)
    tokens = draw_drafts(DRAFT, 2, scheme=scheme, seed=1)
    for call in (
        lambda: acceptance(DRAFT, TARGET, 2, scheme),
        lambda: estimate_acceptance(DRAFT, TARGET, 2, scheme, samples=4, seed=1),
        lambda: verify(DRAFT, TARGET, tokens, scheme=scheme, seed=1),
    ):
        call()
        assert converted == ["draft", "target"]
        converted.clear()


def test_the_optimal_scheme_is_the_plan() -> None:
    drafts, targets = np.stack([DRAFT, TARGET]), np.stack([TARGET, DRAFT])
    for draft, target in ((drafts, targets), (DRAFT, TARGET)):
        planned = plan(draft, target, 3)
        tokens = draw_drafts(draft, 3, seed=5, rows=300)
        np.testing.assert_array_equal(acceptance(draft, target, 3), planned.acceptance)
        rows: dict[str, Any] = {"seed": 9, "request": np.arange(300)[::-1], "position": 7}
        for found, wanted in zip(verify(draft, target, tokens, **rows), planned.verify(tokens, **rows), strict=True):
            np.testing.assert_array_equal(found, wanted)
        estimate = estimate_acceptance(draft, target, 3, samples=300, seed=5)
        np.testing.assert_array_equal(estimate.value, (planned.verify(tokens, seed=5).accepted >= 0).mean(axis=-1))


def test_a_bad_law_of_a_batch_is_the_first_one_for_any_threads() -> None:
    batch = np.tile(DRAFT, (6, 1))
    bad = batch.copy()
    bad[2, 1], bad[4, 0] = -1.0, np.nan
    for threads in (1, 2, 3):
        with pytest.raises(InvalidInputError, match=r"^draft\[2\]\[1\] is -1"):
            acceptance(bad, batch, 2, "single", threads=threads)
        with pytest.raises(InvalidInputError, match=r"^target\[2\]\[1\] is -1"):
            acceptance(batch, bad, 2, "single", threads=threads)


BAD_CALLS: list[tuple[Callable[[], Any], str]] = [
    (lambda: acceptance(DRAFT, TARGET, 0, "k_seq"), r"draft_count is 0: it must be in \[1, 1048576\]"),
    (lambda: acceptance(DRAFT, TARGET, 2.0, "k_seq"), r"draft_count is 2\.0: it must be an integer"),  # type: ignore[arg-type]
    (lambda: acceptance(DRAFT, TARGET, 2, "eagle"), r"scheme is 'eagle': it must be one of 'optimal', 'importance', "),
    (lambda: draw_drafts(DRAFT, 2, scheme="K_seq", seed=1), r"scheme is 'K_seq': it must be one of 'optimal'"),
    (lambda: acceptance(DRAFT, TARGET, 2, ["k_seq"]), r"scheme is \['k_seq'\]: it must be one of"),  # type: ignore[arg-type]
    (lambda: acceptance(DRAFT, TARGET, 2, "importance", alphabet_size=0), r"alphabet_size is 0: it must be in \[1, "),
    (
        lambda: acceptance(DRAFT, TARGET, 2, "importance", program_size=65),
        r"program_size is 65: it must be in \[1, 64\]",
    ),
    (lambda: acceptance(DRAFT, TARGET, 2, "k_seq", threads=0), r"threads is 0: it must be in \[1, 1024\]"),
    (lambda: acceptance(DRAFT, TARGET[:3], 2, "k_seq"), r"draft has shape \(4,\) but target has \(3,\)"),
    (lambda: estimate_acceptance(DRAFT, TARGET, 2, "k_seq", samples=1, seed=1), r"samples is 1: it must be in \[2, "),
    (lambda: estimate_acceptance(DRAFT, TARGET, 2, "k_seq", samples=9, seed=-1), r"seed is -1: it must be in \[0, "),
    (lambda: draw_drafts(DRAFT, 2, seed=1, rows=-1), r"rows is -1: it must be in \[0, "),
    (lambda: draw_drafts(DRAFT, 2, seed=1, rows=2, request=np.arange(3)), r"request has shape \(3,\)"),
    (lambda: draw_drafts(DRAFT, 2, seed=1, rows=2, position=2**32), r"position is 4294967296: it must be in \[0, "),
    (lambda: check([[0, 4]]), r"draft_tokens\[0\]\[1\] is 4: it must be a token of \[0, 4\)"),
    (lambda: check([[0, 1], [-1, 1]]), r"draft_tokens\[1\]\[0\] is -1: it must be a token of \[0, 4\)"),
    (lambda: check([[0, 3]]), r"draft_tokens\[0\]\[1\] is 3: its draft probability is 0, so it cannot have been drawn"),
    (
        lambda: check([[0, 1], [1, 0]], "top_k"),
        r"draft_tokens\[1\]\[0\] is 1: .* the largest draft probability in order",
    ),
    (lambda: check([[0, 2]], "top_k"), r"draft_tokens\[0\]\[1\] is 2: .* in order, here 1"),
    (lambda: check([[1, 2]], "greedy"), r"draft_tokens\[0\]\[0\] is 1: .* in order, here 0"),
    (
        lambda: check([[0, 0]], "greedy"),
        r"draft_tokens\[0\]\[1\] is 0: the last draft of this scheme must not be one of",
    ),
    (lambda: check([[0, 1, 2, 1]], "greedy"), r"draft_tokens\[0\]\[3\] is 1: .* here 2"),
    (lambda: check([[0, 1], [1, 1]], "recursive_without_replacement"), r"\[1\]\[1\] is 1: it is in the row already"),
    (
        lambda: check([[0, 1, 2, 1]], "recursive_without_replacement"),
        r"\[0\]\[3\] is 1: the draft law has only 3 tokens",
    ),
]


def check(drafts: Any, scheme: str = "k_seq") -> Any:
    return verify(DRAFT, TARGET, np.array(drafts), scheme=scheme, seed=1)


@pytest.mark.parametrize(("call", "text"), BAD_CALLS)
def test_bad_arguments_are_refused(call: Callable[[], Any], text: str) -> None:
    with pytest.raises(InvalidInputError, match=text):
        call()


def test_a_bad_draft_of_a_batch_names_its_law() -> None:
    draft, target = np.tile(DRAFT, (3, 1)), np.tile(TARGET, (3, 1))
    drafts = np.zeros((3, 2, 2), dtype=np.int64)
    drafts[:, :, 1] = 1
    drafts[1, 1] = drafts[2, 0] = 2
    for threads in (1, 2, 3):
        with pytest.raises(InvalidInputError, match=r"draft_tokens\[1\]\[1\]\[1\] is 2: it is in the row already"):
            verify(draft, target, drafts, scheme="recursive_without_replacement", seed=1, threads=threads)
    drafts[1, 0, 1] = 3
    with pytest.raises(InvalidInputError, match=r"draft_tokens\[1\]\[0\]\[1\] is 3: its draft probability is 0"):
        verify(draft, target, drafts, scheme="k_seq", seed=1)


def test_an_enumeration_that_is_too_large_is_refused() -> None:
    law = np.full(5000, 1 / 5000)
    other = np.linspace(1.0, 2.0, 5000) / np.linspace(1.0, 2.0, 5000).sum()
    with pytest.raises(InvalidInputError, match=r"enumeration of 2 of 5000 tokens, too many; use estimate_acceptance"):
        acceptance(law, other, 3, "recursive_without_replacement")
    assert 0.0 < acceptance(law, other, 2, "recursive_without_replacement") < 1.0
    assert estimate_acceptance(law, other, 3, "recursive_without_replacement", samples=3, seed=1).value > 0.5


@pytest.mark.parametrize("scheme", SCHEMES)
def test_layout_and_type_of_the_laws_do_not_matter(scheme: str) -> None:
    laws = np.array([DRAFT, TARGET])
    drafts = draw_drafts(DRAFT, 2, scheme=scheme, seed=1, rows=30)
    expected = verify(DRAFT, TARGET, drafts, scheme=scheme, seed=1)
    strided = np.repeat(laws, 2, axis=1)[:, ::2]
    swapped = laws.astype(">f8")
    frozen = laws.copy()
    frozen.flags.writeable = False
    for draft, target in (strided, swapped, frozen, laws.astype(np.float32)):
        assert np.array_equal(draw_drafts(draft, 2, scheme=scheme, seed=1, rows=30), drafts)
        for tokens in (drafts, drafts.astype(np.uint8), np.asfortranarray(drafts)):
            found = verify(draft, target, tokens, scheme=scheme, seed=1)
            assert np.array_equal(found.token, expected.token)
            assert np.array_equal(found.accepted, expected.accepted)
    assert acceptance(*laws.astype(np.float32), 2, scheme) == acceptance(DRAFT, TARGET, 2, scheme)


def test_shapes_and_dtypes_of_the_answers() -> None:
    batch = np.tile(DRAFT, (3, 1))
    assert isinstance(acceptance(DRAFT, TARGET, 2, "k_seq"), np.float64)
    assert acceptance(batch, batch, 2, "k_seq").shape == (3,)
    estimate = estimate_acceptance(batch, batch, 2, "single", samples=5, seed=1)
    assert estimate.value.shape == estimate.standard_error.shape == (3,)
    assert draw_drafts(DRAFT, 2, seed=1, rows=0).shape == (0, 2)
    assert draw_drafts(batch, 2, seed=1, rows=0).shape == (3, 0, 2)
    assert draw_drafts(batch, 7, seed=1, rows=4).shape == (3, 4, 7)
    empty = verify(batch, batch, np.empty((3, 0, 2), dtype=np.int64), scheme="k_seq", seed=1)
    assert empty.token.shape == empty.accepted.shape == (3, 0)
    found = verify(DRAFT, TARGET, np.zeros((5, 1), dtype=np.int64), scheme="k_seq", seed=1)
    assert found.token.shape == (5,)
    assert found.token.dtype == found.accepted.dtype == np.int64


@pytest.mark.parametrize("scheme", SCHEMES)
def test_torch_in_torch_out(scheme: str) -> None:
    torch = pytest.importorskip("torch")
    for dtype in (torch.float32, torch.float64, torch.bfloat16):
        draft, target = torch.tensor(DRAFT).to(dtype), torch.tensor(TARGET).to(dtype)
        drafts = draw_drafts(draft, 2, scheme=scheme, seed=1, rows=30)
        assert isinstance(drafts, torch.Tensor)
        assert drafts.dtype == torch.int64
        expected = draw_drafts(DRAFT, 2, scheme=scheme, seed=1, rows=30)
        assert np.array_equal(drafts.numpy(), expected)
        found = verify(draft, target, drafts, scheme=scheme, seed=1)
        sought = verify(DRAFT, TARGET, expected, scheme=scheme, seed=1)
        assert np.array_equal(found.token.numpy(), sought.token)
        assert np.array_equal(found.accepted.numpy(), sought.accepted)
        value = acceptance(draft, target, 2, scheme)
        assert isinstance(value, torch.Tensor)
        assert value.dtype == torch.float64
        assert value.item() == acceptance(DRAFT, TARGET, 2, scheme)
    with pytest.raises(TypeError, match="both must be NumPy arrays or both torch tensors"):
        acceptance(draft, TARGET, 2, scheme)
    with pytest.raises(TypeError, match="it must be of the library of the laws"):
        verify(draft, target, expected, scheme=scheme, seed=1)


class Stop(Exception):  # noqa: N818 - what a handler of this test raises
    pass


def _stop(*_: Any) -> None:
    raise Stop


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("job", ["many samples", "verify one row", "draw one row"])
def test_a_long_call_can_be_stopped(job: str, threads: int) -> None:
    """Uninterrupted each job takes some ten seconds or far more; a row without replacement is one pass a draft."""
    size, scheme = 2**20, "recursive_without_replacement"
    draft, target = np.full(size, 1.0 / size), np.zeros(size)
    target[-1] = 1.0  # no other draft is accepted
    jobs: dict[str, Callable[[], Any]] = {
        "many samples": lambda: estimate_acceptance(draft, target, 2, scheme, samples=10**7, seed=1, threads=threads),
        "verify one row": lambda: verify(
            draft, target, np.tile(np.arange(2**18), (threads, 1)), scheme=scheme, seed=1, threads=threads
        ),
        "draw one row": lambda: draw_drafts(draft, 2**19, scheme=scheme, rows=threads, seed=1, threads=threads),
    }
    before = signal.signal(signal.SIGUSR1, _stop)
    try:
        timer = threading.Timer(0.3, signal.pthread_kill, (threading.main_thread().ident, signal.SIGUSR1))
        timer.start()
        began = time.monotonic()
        with pytest.raises(Stop):
            jobs[job]()
        assert time.monotonic() - began < 5.0
        timer.join()
    finally:
        signal.signal(signal.SIGUSR1, before)
