"""What block verification refuses, by name, and what it takes as it comes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pybench.errors import InvalidInputError
from pybench.kernels.draft_blocks import block_verify

pytestmark = pytest.mark.native

DRAFT = np.array([[0.5, 0.25, 0.25], [0.0, 0.5, 0.5]])
TARGET = np.array([[0.25, 0.5, 0.25], [0.5, 0.5, 0.0], [0.1, 0.2, 0.7]])
TOKENS = np.array([0, 1])


def changed(array: np.ndarray, place: Any, value: float) -> np.ndarray:
    copy = array.copy()
    copy[place] = value
    return copy


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ((changed(DRAFT, (1, 2), -0.5), TARGET, TOKENS), r"draft\[1\]\[2\] is -0.5: a probability must be finite"),
        ((DRAFT, changed(TARGET, (2, 0), np.nan), TOKENS), r"target\[2\]\[0\] is nan: a probability must be finite"),
        ((DRAFT, changed(TARGET, (0, 1), np.inf), TOKENS), r"target\[0\]\[1\] is inf: a probability must be finite"),
        ((DRAFT, changed(TARGET, (2, 2), 0.7 + 1e-8), TOKENS), r"target\[2\] sums to 1.00000001: it must sum to 1"),
        ((DRAFT, TARGET, np.array([0, 0])), r"draft_tokens\[1\] is 0: its draft probability is 0"),
        ((DRAFT, TARGET, np.array([3, 1])), r"draft_tokens\[0\] is 3: it must be a token of \[0, 3\)"),
        ((DRAFT, TARGET, np.array([-1, 1])), r"draft_tokens\[0\] is -1: it must be a token of \[0, 3\)"),
        ((DRAFT, TARGET, np.array([0, 2**63], dtype=np.uint64)), "draft_tokens holds 9223372036854775808"),
        ((DRAFT, TARGET, np.array([0.0, 1.0])), "draft_tokens has dtype float64: it must be integers"),
        ((DRAFT, TARGET, np.array([0])), r"draft_tokens has shape \(1,\) but draft \(2, 3\): it must be \(2,\)"),
        ((DRAFT, TARGET[:2], TOKENS), r"target has shape \(2, 3\) but draft \(2, 3\): it must be \(3, 3\)"),
        ((DRAFT, TARGET[:, :2], TOKENS), r"target has shape \(3, 2\) but draft \(2, 3\)"),
        ((DRAFT, TARGET[None], TOKENS), r"target has shape \(1, 3, 3\) but draft \(2, 3\)"),
        ((DRAFT[0], TARGET, TOKENS), r"draft has shape \(3,\): it must be 2-d or 3-d"),
        ((DRAFT[:0], TARGET[:1], TOKENS[:0]), r"draft has shape \(0, 3\): it must hold 1 to"),
        ((DRAFT[:, :0], TARGET[:, :0], TOKENS), r"draft has shape \(2, 0\): it must hold 1 to"),
        ((DRAFT.astype(np.float32), TARGET, TOKENS), "draft has dtype float32 but target has float64"),
        ((DRAFT.astype(int), TARGET, TOKENS), "draft has dtype int64: it must be float32 or float64"),
    ],
)
def test_bad_input_is_named(arguments: tuple[np.ndarray, ...], text: str) -> None:
    with pytest.raises(InvalidInputError, match=text):
        block_verify(*arguments, seed=1)


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_the_first_bad_chain_is_named(threads: int) -> None:
    batch = 3_000
    draft, target = np.tile(DRAFT, (batch, 1, 1)), np.tile(TARGET, (batch, 1, 1))
    tokens = np.tile(TOKENS, (batch, 1))
    draft[[700, 2_900], 1, 1] = 0.75
    tokens[2_000] = 7
    for _ in range(5):
        with pytest.raises(InvalidInputError, match=r"^draft\[700\]\[1\] sums to 1.25: it must sum to 1"):
            block_verify(draft, target, tokens, seed=1, threads=threads)
    draft[[700, 2_900]] = DRAFT
    with pytest.raises(InvalidInputError, match=r"^draft_tokens\[2000\]\[0\] is 7: "):
        block_verify(draft, target, tokens, seed=1, threads=threads)


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"seed": -1}, "seed is -1"),
        ({"seed": ()}, r"seed is \(\)"),
        ({"seed": 1, "threads": 0}, "threads is 0"),
        ({"seed": 1, "position": 2**32}, "position is 4294967296"),
        ({"seed": 1, "position": np.array([1, 2])}, r"position has shape \(2,\): it must broadcast to \(1,\)"),
        ({"seed": 1, "request": -1}, "request is -1"),
        ({"seed": 1, "request": 0.5}, "request has dtype float64"),
    ],
)
def test_bad_options_are_named(options: dict[str, Any], text: str) -> None:
    with pytest.raises(InvalidInputError, match=text):
        block_verify(DRAFT, TARGET, TOKENS, **options)


def test_what_is_no_array_is_a_type_error() -> None:
    torch = pytest.importorskip("torch")
    with pytest.raises(TypeError, match="must be a NumPy array or a torch tensor"):
        block_verify(DRAFT.tolist(), TARGET, TOKENS, seed=1)
    with pytest.raises(TypeError, match="are of types Tensor, ndarray, ndarray: all must be NumPy arrays or all torch"):
        block_verify(torch.from_numpy(DRAFT), TARGET, TOKENS, seed=1)


def test_any_layout_and_small_errors_of_the_sum() -> None:
    generator = np.random.default_rng(4)
    expected = block_verify(DRAFT, TARGET, TOKENS, seed=9)
    assert (type(expected.accepted_count), type(expected.token)) == (np.int64, np.int64)
    wide = np.zeros((2, 6))
    wide[:, ::2] = DRAFT
    read_only = TARGET.copy()
    read_only.setflags(write=False)
    assert block_verify(wide[:, ::2], read_only, TOKENS.astype(np.uint8), seed=9) == expected
    assert block_verify(DRAFT.astype(">f8"), np.asfortranarray(TARGET), TOKENS, seed=9) == expected
    # float32 laws as a softmax leaves them: off by some 1e-4, and rescaled.
    scale = (1 + 9e-4 * generator.uniform(-1, 1, (2, 1))).astype(np.float32)
    assert block_verify(DRAFT.astype(np.float32) * scale, TARGET.astype(np.float32), TOKENS, seed=9) == expected


def test_an_empty_batch_is_answered() -> None:
    found = block_verify(DRAFT[None][:0], TARGET[None][:0], TOKENS[None][:0], seed=1)
    assert found.accepted_count.shape == found.token.shape == (0,)


def test_one_token_is_always_kept() -> None:
    found = block_verify(np.ones((5, 1)), np.ones((6, 1)), np.zeros(5, dtype=int), seed=1)
    assert found == (5, 0)


def test_a_ratio_that_overflows_meets_no_zero() -> None:
    """A token that the target never takes, then one whose draft probability is the least there is."""
    tiny = 5e-324
    draft = np.array([[1.0, 0.0], [tiny, 1.0]])
    target = np.array([[0.0, 1.0], [1.0, 0.0], [0.5, 0.5]])
    for seed in range(20):
        assert block_verify(draft, target, np.array([0, 0]), seed=seed) == (0, 1)


@pytest.mark.parametrize("dtype", ["float32", "float64", "bfloat16"])
def test_tensors_in_tensors_out(dtype: str) -> None:
    torch = pytest.importorskip("torch")
    draft, target = (torch.tensor(laws).to(getattr(torch, dtype)) for laws in (DRAFT, TARGET))
    tokens = torch.tensor(TOKENS)
    plain = [law.float().numpy() if dtype == "bfloat16" else law.numpy() for law in (draft, target)]
    for seed in range(10):
        one = block_verify(draft, target, tokens, seed=seed)
        assert (one.accepted_count.dtype, one.token.dtype) == (torch.int64, torch.int64)
        assert (int(one.accepted_count), int(one.token)) == block_verify(*plain, TOKENS, seed=seed)
    many = block_verify(draft[None], target[None], tokens[None], seed=1)
    assert many.token.shape == (1,)
    assert isinstance(many.token, torch.Tensor)
