"""A generated pair of models with laws like those of language models: a function of the prefix alone.

Every prefix has logits of its own: a Zipf law of the tokens plus normal noise whose size, the sharpness of the prefix,
varies from prefix to prefix. The draft's noise is correlated with the target's; the correlation is the draft's quality.

The defaults of `Config` give laws of an entropy (2.7 nats at 1,000 tokens, 3.6 at 32,000) and a largest probability
(0.40, 0.33) near those of Gemma 3 270M on Wikipedia (2.8, 0.43); one draft is accepted with 0.58, between its exits at
layers 15 (0.36) and 17 (0.65).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pybench.kernels.inputs import mix_seed
from simulators.multi_draft.language_model import NewNodes

__all__ = ["SyntheticModel"]

_ZIPF_SHIFT = 2.7
_ODD = np.uint64(0x9E3779B97F4A7C15)
_MIX = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))


class SyntheticModel:
    """Generated models; nothing of them is real.

    Parameters
    ----------
    vocabulary_size
        Number of tokens.
    quality
        Correlation of the logits' noise of draft and target: 1 is the same law.
    sharpness
        Median standard deviation of that noise; larger: the next token is surer.
    exponent
        Of the Zipf law of the tokens.
    seed
        Which models.
    """

    continues = True

    def __init__(
        self,
        vocabulary_size: int,
        *,
        quality: float,
        sharpness: float,
        exponent: float,
        seed: int | tuple[int, ...],
    ) -> None:
        self.vocabulary_size = vocabulary_size
        self._quality = quality
        self._sharpness = sharpness
        self._key = mix_seed(seed)
        self._zipf = (-exponent * np.log(np.arange(vocabulary_size) + _ZIPF_SHIFT)).astype(np.float32)

    def begin(self, prompts: Sequence[NDArray[np.int64]]) -> _SyntheticSession:
        """Begin requests with these prompts."""
        return _SyntheticSession(self, prompts)

    def logits(self, prefixes: NDArray[np.uint64], *, target: bool) -> NDArray[np.float32]:
        """Return the logits [n, V] after prefixes, given by their hashes; O(n V)."""
        distinct, place = np.unique(prefixes, return_inverse=True)
        rows: NDArray[np.float32] = np.stack([self._row(int(prefix), target=target) for prefix in distinct])
        return rows[place]

    def _row(self, prefix: int, *, target: bool) -> NDArray[np.float32]:
        generator = np.random.Generator(np.random.Philox(key=[self._key, prefix]))
        sharpness = np.float32(self._sharpness * np.exp(0.4 * generator.standard_normal()))
        noise = generator.standard_normal(self.vocabulary_size, dtype=np.float32)
        if not target:
            other = generator.standard_normal(self.vocabulary_size, dtype=np.float32)
            kept = np.float32(self._quality)
            noise = kept * noise + np.float32(np.sqrt(1.0 - self._quality**2)) * other
        return np.asarray(self._zipf + sharpness * noise, dtype=np.float32)


class _SyntheticSession:
    """Requests on a generated model: all that it keeps of a prefix is its hash."""

    def __init__(self, model: SyntheticModel, prompts: Sequence[NDArray[np.int64]]) -> None:
        self._model = model
        before = np.zeros(len(prompts), dtype=np.uint64)
        for request, prompt in enumerate(prompts):
            for token in prompt[:-1]:
                before[request] = _extended(before[request : request + 1], np.array([token]))[0]
        self._before = before
        self._hashes = np.zeros(0, dtype=np.uint64)
        self._requests = np.zeros(0, dtype=np.int64)

    def extend(self, nodes: NewNodes) -> None:
        """Hash the prefix that each node ends."""
        roots = nodes.parent < 0
        before = np.where(roots, self._before[nodes.request], 0)
        before[~roots] = self._hashes[nodes.parent[~roots]]
        self._hashes = np.concatenate([self._hashes, _extended(before, nodes.token)])
        self._requests = np.concatenate([self._requests, nodes.request])

    def draft_logits(self, nodes: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the draft's logits."""
        return self._model.logits(self._hashes[nodes], target=False)

    def run_target(self) -> None:
        """Do nothing: laws are made when they are asked for."""

    def target_logits(self, nodes: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the target's logits."""
        return self._model.logits(self._hashes[nodes], target=True)

    def commit(self, nodes: NDArray[np.int64]) -> None:
        """Keep the hash of each request's prefix."""
        self._before[self._requests[nodes]] = self._hashes[nodes]
        self._hashes, self._requests = self._hashes[:0], self._requests[:0]


def _extended(before: NDArray[np.uint64], token: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Return the hashes of prefixes with one more token (the finaliser of splitmix64 over a running sum)."""
    state = before * np.uint64(3) + (token.astype(np.uint64) + np.uint64(1)) * _ODD
    state = (state ^ (state >> np.uint64(30))) * _MIX[0]
    state = (state ^ (state >> np.uint64(27))) * _MIX[1]
    return np.asarray(state ^ (state >> np.uint64(31)), dtype=np.uint64)
