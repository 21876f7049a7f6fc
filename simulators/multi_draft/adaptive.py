"""Choosing the number of drafts and their temperature before they are drawn, by what they are expected to gain.

The target's law after the last token is unknown at that time: using it would bias the output. What is known is the
draft's law there, and how far the two laws were from each other at earlier tokens of the same request. So the target is
predicted as the draft's law with log-normal noise, whose size is calibrated to the mean divergence seen so far: for
``q ~ p exp(sigma z)`` with normal z, KL(q, p) is ``sigma^2 / 2``. A choice that depends on the past alone leaves the
output law exact, however poor the prediction.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pybench.kernels.draft import optimal_acceptance
from simulators.multi_draft.decoding import Rules
from simulators.multi_draft.drafting import Request
from simulators.multi_draft.verification import Visit

__all__ = ["DraftChooser"]

#: The most probable tokens that a prediction tells apart (the others are one), and how many noises it averages over.
_HEAD, _NOISES = 256, 8
#: Divergence and acceptance below the root before anything was seen, and how many observations that is worth.
_DIVERGENCE, _ACCEPTANCE, _WEIGHT = 0.5, 0.6, 4.0
_TINY = 1e-30


class DraftChooser:
    """Chooses for each request by its own past.

    Parameters
    ----------
    rules
        `draft_count` is the most drafts that may be chosen, `draft_temperature` that of the law which is calibrated.
    temperatures
        What may be chosen.
    draft_cost
        Cost of one draft token, in calls of the target.
    requests
        Requests of the run.

    Attributes
    ----------
    chosen
        (draft count, temperature) -> how often.
    """

    def __init__(self, rules: Rules, temperatures: tuple[float, ...], draft_cost: float, requests: int) -> None:
        self._rules, self._temperatures, self._cost = rules, temperatures, draft_cost
        self._divergence = np.full(requests, _DIVERGENCE)
        self._acceptance = np.full(requests, _ACCEPTANCE)
        self._seen = np.full((2, requests), _WEIGHT)
        self._noise = np.random.Generator(np.random.Philox(0)).standard_normal((_NOISES, _HEAD))
        self.chosen: dict[tuple[int, float], int] = {}

    def choose(
        self, numbers: NDArray[np.int64], logits: NDArray[np.float32]
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return the draft count and temperature with the most expected tokens for their cost.

        Expected tokens are ``1 + a (1 + b + ... + b^(L - 1))``: a the predicted optimal acceptance at the root, b the
        request's mean acceptance below it. The cost is one call and K L draft tokens. At the best K the gain of one
        more draft over its cost falls below the whole ratio.
        """
        length = self._rules.draft_length
        powers = self._acceptance[numbers, None] ** np.arange(length)
        counts = np.arange(1, self._rules.draft_count + 1)
        predicted = self._predict(numbers, logits, counts)
        tokens = 1.0 + predicted * powers.sum(axis=1)[:, None, None]
        rate = tokens / (1.0 + self._cost * length * counts[None, None, :])
        best = rate.reshape(numbers.size, -1).argmax(axis=1)
        count = counts[best % counts.size].astype(np.int64)
        temperature = np.array(self._temperatures)[best // counts.size]
        for pair in zip(count.tolist(), temperature.tolist(), strict=True):
            self.chosen[pair] = self.chosen.get(pair, 0) + 1
        return count, temperature

    def _predict(
        self, numbers: NDArray[np.int64], logits: NDArray[np.float32], counts: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """Return the predicted optimal acceptance [requests, temperatures, counts]."""
        base = self._rules.law(logits, self._rules.draft_temperature)
        size = min(_HEAD, base.shape[1])
        top = np.argpartition(base, base.shape[1] - size, axis=1)[:, -size:]
        order = np.argsort(np.take_along_axis(base, top, axis=1), axis=1)[:, ::-1]
        top = np.take_along_axis(top, order, axis=1)
        size_of_noise = np.sqrt(2.0 * self._divergence[numbers])[:, None, None]
        tilt = np.exp(size_of_noise * self._noise[None, :, :size])
        tail_tilt = np.broadcast_to(np.exp(0.5 * size_of_noise**2), (numbers.size, _NOISES, 1))
        pooled = _pooled(base, top)[:, None, :]
        target = _normalised(pooled * np.concatenate([tilt, tail_tilt], axis=2)).reshape(-1, size + 1)
        answer = np.empty((numbers.size, len(self._temperatures), counts.size))
        for place, temperature in enumerate(self._temperatures):
            drafts = _pooled(self._rules.law(logits, temperature), top)
            draft = np.repeat(drafts, _NOISES, axis=0)
            for column, count in enumerate(counts):
                value = optimal_acceptance(draft, target, int(count), threads=self._rules.threads)
                answer[:, place, column] = np.reshape(value, (numbers.size, _NOISES)).mean(axis=1)
        return answer

    def learn(self, requests: Request, visit: Visit) -> None:
        """Calibrate to the laws that verification saw."""
        if not visit.draft.shape[0]:
            return
        owner = requests.number[visit.owner]
        power = requests.draft_temperature[visit.owner] / self._rules.draft_temperature
        with np.errstate(divide="ignore"):
            logs = np.log(visit.draft.astype(np.float64)) * power[:, None]
        draft = _normalised(np.exp(logs))
        target = visit.target.astype(np.float64)
        both = (draft > 0.0) & (target > 0.0)
        ratio = np.log(np.where(both, target, 1.0) / np.where(both, draft, 1.0))
        divergence = np.maximum(np.where(both, target * ratio, 0.0).sum(axis=1), 0.0)
        self._average(self._divergence, 0, owner, divergence)
        if visit.depth:
            self._average(self._acceptance, 1, owner, visit.accepted.astype(np.float64))

    def _average(
        self, mean: NDArray[np.float64], what: int, owner: NDArray[np.int64], value: NDArray[np.float64]
    ) -> None:
        self._seen[what, owner] += 1.0
        mean[owner] += (value - mean[owner]) / self._seen[what, owner]


def _pooled(law: NDArray[np.float32], top: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return laws of the top tokens and of all others as one, float64 [n, size + 1]."""
    kept = np.take_along_axis(law, top, axis=1).astype(np.float64)
    rest = np.maximum(law.sum(axis=1, dtype=np.float64) - kept.sum(axis=1), 0.0)
    return _normalised(np.concatenate([kept, rest[:, None]], axis=1))


def _normalised(law: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(law / np.maximum(law.sum(axis=-1, keepdims=True), _TINY))
