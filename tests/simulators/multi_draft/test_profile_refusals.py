"""Logs that are shifted, or wrong in another way."""

import numpy as np
import pytest

from pybench.errors import InvalidInputError
from simulators.multi_draft.profile import profile_logits


def make_log(seed=0, positions=200, vocabulary=30, temperature=1.0, spread=2.5):
    random = np.random.default_rng(seed)
    target = random.normal(0, spread, (positions, vocabulary)).astype(np.float32)
    draft = (target + random.normal(0, 1, target.shape)).astype(np.float32)
    return draft, target, (target / temperature + random.gumbel(size=target.shape)).argmax(axis=1)


@pytest.mark.parametrize(("shift", "text"), [
    (1, r"logits one row before their own .* pass tokens\[1:\] with both logits\[:-1\]"),
    (-1, r"logits one row after their own .* pass tokens\[:-1\] with both logits\[1:\]"),
])  # fmt: skip
def test_a_shifted_log_is_refused(shift, text):
    draft, target, tokens = make_log()
    with pytest.raises(InvalidInputError, match="tokens and target_logits are shifted: .*" + text):
        profile_logits(draft, target, np.roll(tokens, shift))


def test_the_advice_is_right():
    draft, target, tokens = make_log()
    late = np.roll(tokens, 1)
    cured = profile_logits(draft[:-1], target[:-1], late[1:], schemes=())
    straight = profile_logits(draft[:-1], target[:-1], tokens[:-1], schemes=())
    assert np.array_equal(cured.acceptance["optimal"], straight.acceptance["optimal"])


def test_or_warned_of():
    draft, target, tokens = make_log()
    with pytest.warns(UserWarning, match="are shifted"):
        profile_logits(draft, target, np.roll(tokens, 1), schemes=(), misaligned="warn")


@pytest.mark.parametrize("positions", [1, 2, 3, 5, 12, 400])
@pytest.mark.parametrize("spread", [0.0, 0.3, 3.0])
def test_a_log_in_place_is_not(positions, spread):
    for seed in range(20):
        profile_logits(*make_log(seed, positions=positions, spread=spread), schemes=())


def test_repeated_tokens_are_no_shift():
    """Where neighbours have the same laws and tokens, no shift is better than another."""
    draft, target, tokens = (np.repeat(part[:1], 50, axis=0) for part in make_log())
    found = profile_logits(draft, target, tokens, schemes=())
    assert found.alignment.lead == {-1: 0.0, 0: 0.0, 1: 0.0}


def test_tokens_of_another_temperature_show():
    assert abs(profile_logits(*make_log(positions=2_000), schemes=()).alignment.z) < 5
    assert profile_logits(*make_log(positions=2_000, temperature=0.7), schemes=()).alignment.z > 8
    same = profile_logits(*make_log(positions=2_000, temperature=0.7), schemes=(), temperature=0.7)
    assert abs(same.alignment.z) < 5


def test_a_token_that_could_not_come_is_counted_not_hidden():
    draft, target, tokens = make_log()
    target[3, tokens[3]] = -np.inf
    found = profile_logits(draft, target, tokens, schemes=())
    assert found.alignment.per_position[3] == -100.0


def changed(index, **changes):
    arguments = list(make_log())
    arguments[index] = changes["to"](arguments[index])
    return arguments


def nan_at(values):
    values[7, 3] = np.nan
    return values


def infinite_at(values):
    values[7, 3] = np.inf
    return values


@pytest.mark.parametrize(("arguments", "text"), [
    (changed(0, to=lambda a: a[:-1]), r"draft_logits has shape \(199, 30\) but target_logits has \(200, 30\)"),
    (changed(1, to=lambda a: a[0]), r"target_logits has shape \(30,\): it must be \[T, V\]"),
    (changed(1, to=lambda a: a[:0]), r"target_logits has shape \(0, 30\)"),
    (changed(1, to=lambda a: a.astype(int)), "target_logits has dtype int64: it must be one of float16"),
    (changed(2, to=lambda a: a[:-1]), r"tokens has shape \(199,\): it must be \[200\]"),
    (changed(2, to=lambda a: a.astype(float)), "tokens has dtype float64: it must be integers"),
    (changed(2, to=lambda a: np.where(np.arange(200) == 9, 30, a)), r"tokens\[9\] is 30: it must be in \[0, 29\]"),
    (changed(2, to=lambda a: np.where(np.arange(200) == 9, -1, a)), r"tokens\[9\] is -1"),
    (changed(1, to=nan_at), r"target_logits\[7\] has nan as its largest logit"),
    (changed(0, to=nan_at), r"draft_logits\[7\] has nan as its largest logit"),
    (changed(0, to=infinite_at), r"draft_logits\[7\] has inf as its largest logit: it must be finite"),
])  # fmt: skip
def test_arrays_that_do_not_fit(arguments, text):
    with pytest.raises(InvalidInputError, match=text):
        profile_logits(*arguments)


@pytest.mark.parametrize(("options", "text"), [
    ({"draft_count": 0}, "draft_count is 0"),
    ({"schemes": ("best",)}, "schemes holds 'best': each must be one of optimal, "),
    ({"samples": 1}, "samples is 1"),
    ({"confidence": 1.0}, r"confidence is 1.0: it must be a float in \(0, 1\)"),
    ({"block_length": 201}, r"block_length is 201: it must be in \[1, 200\]"),
    ({"seed": -3}, "seed is -3"),
    ({"misaligned": "ignore"}, "misaligned is 'ignore': it must be 'refuse' or 'warn'"),
    ({"temperature": 0.0}, "temperature is 0.0"),
    ({"draft_temperature": -1.0}, "draft_temperature is -1.0"),
    ({"top_k": 0}, "top_k is 0"),
    ({"top_p": 1.5}, "top_p is 1.5"),
    ({"threads": 0}, "threads is 0"),
])  # fmt: skip
def test_options_out_of_range(options, text):
    with pytest.raises(InvalidInputError, match=text):
        profile_logits(*make_log(), **options)


def test_a_list_is_no_array():
    with pytest.raises(TypeError, match="draft_logits is of type list"):
        profile_logits([[0.0]], np.zeros((1, 1)), np.zeros(1, dtype=int))
