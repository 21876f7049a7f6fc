"""Generated laws are a function of the prefix, and as like each other as is said."""

from __future__ import annotations

import numpy as np
import pytest
from multi_draft_cases import small_model

from simulators.multi_draft.language_model import NewNodes
from simulators.multi_draft.synthetic import SyntheticModel

_ROOT = np.array([-1])


def _model(quality, vocabulary_size=5_000):
    return SyntheticModel(vocabulary_size, quality=quality, sharpness=2.0, exponent=1.0, seed=1)


def _logits(session, target=True):
    nodes = np.array([0])
    return (session.target_logits if target else session.draft_logits)(nodes)[0]


def test_the_same_prefix_has_the_same_laws_however_it_came_about():
    model = small_model(50)
    whole = model.begin([np.array([4, 7, 9, 1])])
    whole.extend(NewNodes(np.array([0]), _ROOT, np.array([1])))
    grown = model.begin([np.array([4, 7])])
    grown.extend(NewNodes(np.array([0]), _ROOT, np.array([7])))
    grown.extend(NewNodes(np.array([0, 0]), np.array([0, 0]), np.array([3, 9])))
    grown.commit(np.array([2]))
    grown.extend(NewNodes(np.array([0]), _ROOT, np.array([1])))
    np.testing.assert_array_equal(_logits(whole), _logits(grown))
    np.testing.assert_array_equal(_logits(whole, False), _logits(grown, False))


@pytest.mark.parametrize("other", [[4, 7, 1, 9], [7, 4, 9, 1], [4, 7, 9], [4, 7, 9, 2], [0, 4, 7, 9, 1]])
def test_another_prefix_has_other_laws(other):
    model = small_model(50)
    rows = []
    for prompt in ([4, 7, 9, 1], other):
        session = model.begin([np.array(prompt)])
        session.extend(NewNodes(np.array([0]), _ROOT, np.array(prompt[-1:])))
        rows.append(_logits(session))
    assert not np.array_equal(*rows)


@pytest.mark.parametrize("quality", [0.0, 0.5, 0.9, 1.0])
def test_quality_is_the_correlation_of_the_noise(quality):
    model = _model(quality)
    plain = SyntheticModel(5_000, quality=1.0, sharpness=0.0, exponent=1.0, seed=1)
    prefixes = np.arange(20, dtype=np.uint64)
    zipf = plain.logits(prefixes[:1], target=True)[0]
    correlations = [
        np.corrcoef(target - zipf, draft - zipf)[0, 1]
        for target, draft in zip(model.logits(prefixes, target=True), model.logits(prefixes, target=False), strict=True)
    ]
    assert np.mean(correlations) == pytest.approx(quality, abs=0.02)


def test_seeds_make_other_models():
    first, second = small_model(50, seed=1), small_model(50, seed=2)
    prefixes = np.array([3], dtype=np.uint64)
    assert not np.array_equal(first.logits(prefixes, target=True), second.logits(prefixes, target=True))
