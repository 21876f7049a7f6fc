"""What is put out has exactly the target's law: the joint law of the first tokens, for every scheme."""

from __future__ import annotations

import numpy as np
import pytest
from multi_draft_cases import PROMPT, Silent, joint_law, rules, small_model
from scipy import stats

from simulators.multi_draft.adaptive import DraftChooser
from simulators.multi_draft.config import SCHEMES
from simulators.multi_draft.decoding import decode

_REQUESTS = 20_000
_LENGTH = 3


def _p_value(how, *, model=None, requests=_REQUESTS, seed=(3,), chooser=None):
    model = model or small_model()
    outputs = decode(
        model,
        [PROMPT] * requests,
        how,
        numbers=np.arange(requests),
        seed=seed,
        observer=Silent(),
        chooser=chooser,
    )
    first = np.array([tokens[:_LENGTH] for tokens in outputs])
    law = joint_law(model, PROMPT, _LENGTH, how)
    counts = np.zeros(law.shape)
    np.add.at(counts, tuple(first.T), 1)
    possible = law > 0
    assert counts[~possible].sum() == 0
    return float(stats.chisquare(counts[possible], law[possible] * requests).pvalue)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("length", [1, 2, 4])
def test_every_scheme(scheme, length):
    count = 1 if scheme == "single" else 3
    assert _p_value(rules(scheme=scheme, draft_count=count, draft_length=length)) > 1e-4


@pytest.mark.parametrize("length", [1, 2, 4])
def test_block_verification(length):
    assert _p_value(rules(blocks=True, draft_count=1, draft_length=length)) > 1e-4


@pytest.mark.parametrize("scheme", ["optimal", "k_seq", "greedy"])
def test_truncated_and_tempered_laws(scheme):
    assert _p_value(rules(scheme=scheme, temperature=0.7, draft_temperature=2.0, top_k=3)) > 1e-4


def test_drafts_chosen_by_what_they_gain():
    how = rules(draft_count=4, draft_length=2)
    requests = 6_000
    chooser = DraftChooser(how, (0.8, 1.3, 2.0), 0.02, requests)
    assert _p_value(how, requests=requests, chooser=chooser) > 1e-4
    assert len(chooser.chosen) > 1


def test_the_test_would_see_a_wrong_law():
    model, other = small_model(quality=1.0), small_model(quality=1.0, seed=6)
    how = rules()
    law = joint_law(model, PROMPT, _LENGTH, how)
    wrong = joint_law(other, PROMPT, _LENGTH, how)
    outputs = decode(model, [PROMPT] * 2000, how, numbers=np.arange(2000), seed=(3,), observer=Silent())
    counts = np.zeros(law.shape)
    np.add.at(counts, tuple(np.array([tokens[:_LENGTH] for tokens in outputs]).T), 1)
    assert stats.chisquare(counts.ravel(), law.ravel() * 2000).pvalue > 1e-4
    assert stats.chisquare(counts.ravel(), wrong.ravel() * 2000).pvalue < 1e-6
