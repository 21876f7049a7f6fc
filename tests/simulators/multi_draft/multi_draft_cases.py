"""What the tests of decoding share: rules, a silent observer, the exact law of what comes first."""

from __future__ import annotations

import itertools

import numpy as np

from simulators.multi_draft.decoding import Rules
from simulators.multi_draft.language_model import NewNodes
from simulators.multi_draft.synthetic import SyntheticModel

PROMPT = np.array([1, 0, 2])


class Silent:
    """An observer that notes nothing."""

    def visited(self, session, requests, visit):
        pass

    def ended(self, requests, verified):
        pass


def small_model(vocabulary_size=4, *, quality=0.3, seed=5):
    return SyntheticModel(vocabulary_size, quality=quality, sharpness=1.0, exponent=0.3, seed=seed)


def rules(**changes):
    values = {
        "scheme": "optimal",
        "alphabet_size": 40,
        "program_size": 5,
        "blocks": False,
        "draft_count": 3,
        "draft_length": 2,
        "temperature": 1.0,
        "draft_temperature": 1.3,
        "top_k": None,
        "top_p": None,
        "new_tokens": 3,
        "threads": 1,
    }
    return Rules(**values | changes)


def joint_law(model, prompt, length, how):
    """Return the law of the next tokens by plain sampling from the target, [V, ..., V], by the chain rule."""
    size = model.vocabulary_size
    law = np.zeros((size,) * length)
    for tokens in itertools.product(range(size), repeat=length):
        session = model.begin([prompt])
        probability, none = 1.0, np.array([0])
        chain = [int(prompt[-1]), *tokens]
        for place in range(length):
            session.extend(NewNodes(none, np.array([place - 1]), np.array([chain[place]])))
            logits = session.target_logits(np.array([place]))[0].astype(float) / how.temperature
            kept = logits >= np.sort(logits)[-(how.top_k or size)]
            weight = np.where(kept, np.exp(logits - logits.max()), 0.0)
            probability *= weight[tokens[place]] / weight.sum()
        law[tokens] = probability
    return law
