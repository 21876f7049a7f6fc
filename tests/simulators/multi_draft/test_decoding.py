"""The loop of rounds: what depends on what, and what is counted."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from multi_draft_cases import Silent, rules, small_model

from simulators.multi_draft.config import SCHEMES
from simulators.multi_draft.decoding import decode
from simulators.multi_draft.drafting import draw_trees
from simulators.multi_draft.trace import Trace

_PROMPTS = [np.array([request % 7, request % 3, 1]) for request in range(12)]


def _decode(how, numbers, *, observer=None):
    model = small_model(30)
    prompts = [_PROMPTS[number] for number in numbers]
    return decode(model, prompts, how, numbers=np.array(numbers), seed=(9,), observer=observer or Silent())


@pytest.mark.parametrize("scheme", [*SCHEMES, "block"])
def test_a_request_does_not_depend_on_its_batch(scheme):
    blocks = scheme == "block"
    how = rules(
        scheme="optimal" if blocks else scheme,
        blocks=blocks,
        draft_count=1 if blocks or scheme == "single" else 4,
        draft_length=3,
        new_tokens=12,
    )
    together = _decode(how, list(range(12)))
    alone = [_decode(how, [number])[0] for number in range(12)]
    for number in range(12):
        np.testing.assert_array_equal(together[number], alone[number])
    for pair in ([3, 8], [11, 0]):
        for number, tokens in zip(pair, _decode(how, pair), strict=True):
            np.testing.assert_array_equal(tokens, together[number])


def test_threads_change_nothing():
    one, three = (_decode(rules(draft_count=5, new_tokens=10, threads=threads), list(range(12))) for threads in (1, 3))
    assert all(np.array_equal(left, right) for left, right in zip(one, three, strict=True))


def test_equal_laws_are_always_accepted():
    model = small_model(20, quality=1.0)
    how = rules(draft_temperature=1.0, draft_count=2, draft_length=3, new_tokens=8)
    trace = Trace(how, 0, 0, (1,))
    outputs = decode(model, _PROMPTS, how, numbers=np.arange(12), seed=(1,), observer=trace)
    assert all(position.accepted for position in trace.positions)
    assert all(position.optimal == pytest.approx(1.0, abs=1e-6) for position in trace.positions)
    # Whole rounds of three drafts and the token after them.
    assert {tokens.size for tokens in outputs} == {8}
    assert set(trace.calls.values()) == {2}


def test_what_is_counted_adds_up():
    how = rules(draft_count=4, draft_length=3, new_tokens=15)
    trace = Trace(how, 5, 10, (1,))
    outputs = decode(small_model(30), _PROMPTS, how, numbers=np.arange(12), seed=(1,), observer=trace)
    assert [trace.tokens[number] for number in range(12)] == [tokens.size for tokens in outputs]
    assert trace.draft_tokens == 12 * sum(trace.calls.values())
    # A round puts out one token more than it accepts.
    accepted = sum(position.accepted for position in trace.positions)
    assert accepted + sum(trace.calls.values()) == sum(trace.tokens.values())
    # Every fifth position of every request is compared exactly once, wherever in its round it is.
    assert {key: len(rows) for key, rows in trace.compared.items()} == dict.fromkeys(trace.compared, 36)
    for position in trace.positions:
        assert position.expected <= position.optimal + 1e-12


def test_the_gap_of_a_scheme_is_never_below_nothing():
    for scheme in ("importance", "k_seq", "recursive", "token_matching"):
        how = rules(scheme=scheme, draft_count=4, draft_length=3, new_tokens=15)
        trace = Trace(how, 0, 0, (1,))
        decode(small_model(30), _PROMPTS, how, numbers=np.arange(12), seed=(1,), observer=trace)
        gaps = np.array([position.optimal - position.expected for position in trace.positions])
        assert gaps.min() >= -1e-7
        assert gaps.max() > 1e-3


def test_live_drafts_shrink_with_depth():
    how = rules(draft_count=6, draft_length=4, new_tokens=20)
    trace = Trace(how, 0, 0, (1,))
    decode(small_model(30, quality=0.9), _PROMPTS, how, numbers=np.arange(12), seed=(1,), observer=trace)
    assert all(position.live == 6 for position in trace.positions if position.depth == 0)
    assert all(1 <= position.live <= 6 for position in trace.positions)
    means = [np.mean([place.live for place in trace.positions if place.depth == depth]) for depth in range(3)]
    assert means[0] > means[1] >= means[2]


def test_trees_hold_every_sequence(monkeypatch):
    seen = []

    def spying(*arguments, **options):
        seen.append(draw_trees(*arguments, **options))
        return seen[-1]

    monkeypatch.setattr("simulators.multi_draft.decoding.draw_trees", spying)
    _decode(rules(draft_count=5, draft_length=3, new_tokens=6), list(range(12)))
    for generations in seen:
        for above, below in itertools.pairwise(generations):
            assert below.first == above.first + above.owner.size
            assert below.members.sum() == above.members.sum()
            assert (above.drafts >= 0).sum(axis=1).tolist() == above.members.tolist()
            places = above.children[above.drafts >= 0] - below.first
            np.testing.assert_array_equal(np.bincount(places, minlength=below.owner.size), below.members)
