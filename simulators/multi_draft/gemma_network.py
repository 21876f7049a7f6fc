"""The forward pass of Gemma 3 in NumPy: rows of tokens of several requests through some of the layers.

NumPy's float32 products are faster than torch's on the machine where both were tried, for one row and for a hundred,
and need no second package. A row sees the tokens that it is told to see, so that a tree of drafts is one pass.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulators.multi_draft.gemma_weights import GemmaLayer, GemmaWeights

__all__ = ["KeyValueCache", "Rows", "embed", "head", "run_layers"]

Array = NDArray[np.float32]


class KeyValueCache:
    """The keys and values of the tokens of one request, by layer and slot."""

    def __init__(self, layers: int, slots: int, width: int) -> None:
        self.keys = np.zeros((layers, slots, width), dtype=np.float32)
        self.values = np.zeros((layers, slots, width), dtype=np.float32)
        self.positions = np.zeros(slots, dtype=np.int64)

    def grow(self, slots: int, more: int) -> None:
        """Make room for so many slots, and some more, where there is none."""
        if slots <= self.positions.size:
            return
        added = slots - self.positions.size + more
        self.keys = np.pad(self.keys, ((0, 0), (0, added), (0, 0)))
        self.values = np.pad(self.values, ((0, 0), (0, added), (0, 0)))
        self.positions = np.pad(self.positions, (0, added))

    def keep(self, first: int, slots: NDArray[np.int64]) -> None:
        """Move these slots to `first` and the slots after it."""
        end = first + slots.size
        for store in (self.keys, self.values):
            store[:, first:end] = store[:, slots]
        self.positions[first:end] = self.positions[slots]


@dataclass(frozen=True, slots=True)
class Rows:
    """Tokens of one request that go through the layers together.

    Attributes
    ----------
    cache
        Of the request.
    slots
        int64 [n]: where their keys and values go.
    visible
        bool [n, slots of the cache in use]: what each sees, itself included.
    """

    cache: KeyValueCache
    slots: NDArray[np.int64]
    visible: NDArray[np.bool_]


def embed(weights: GemmaWeights, tokens: NDArray[np.int64]) -> Array:
    """Return the hidden states [n, width] that tokens begin with."""
    return np.asarray(weights.embedding[tokens] * np.sqrt(weights.embedding.shape[1]), dtype=np.float32)


def head(weights: GemmaWeights, hidden: Array) -> Array:
    """Return the logits [n, V] that hidden states stand for."""
    return _norm(hidden, weights.final_norm, weights.epsilon) @ weights.embedding.T


def run_layers(weights: GemmaWeights, hidden: Array, requests: list[Rows], first: int, last: int) -> Array:
    """Take hidden states through the layers ``first .. last - 1`` and write their keys and values to the caches.

    Parameters
    ----------
    hidden
        [rows of all requests, width], request after request.
    """
    positions = np.concatenate([rows.cache.positions[rows.slots] for rows in requests])
    for number in range(first, last):
        layer = weights.layers[number]
        normed = _norm(hidden, layer.attention_norm, weights.epsilon)
        mixed = _attend(weights, layer, number, normed, positions, requests)
        hidden = hidden + _norm(mixed @ layer.output.T, layer.after_attention_norm, weights.epsilon)
        normed = _norm(hidden, layer.feed_forward_norm, weights.epsilon)
        inner = _gelu(normed @ layer.gate.T) * (normed @ layer.up.T)
        hidden = hidden + _norm(inner @ layer.down.T, layer.after_feed_forward_norm, weights.epsilon)
    return hidden


def _attend(
    weights: GemmaWeights,
    layer: GemmaLayer,
    number: int,
    normed: Array,
    positions: NDArray[np.int64],
    requests: list[Rows],
) -> Array:
    rows, heads, width = normed.shape[0], weights.heads, weights.head_width
    query = _norm((normed @ layer.query.T).reshape(rows, heads, width), layer.query_norm, weights.epsilon)
    key = _norm(normed @ layer.key.T, layer.key_norm, weights.epsilon)
    value = normed @ layer.value.T
    cosine, sine = _rotation(positions, width, layer.rotary_base)
    query = _rotate(query, cosine[:, None], sine[:, None]) * np.float32(width**-0.5)
    key = _rotate(key, cosine, sine)
    mixed = np.empty((rows, heads * width), dtype=np.float32)
    begin = 0
    for part in requests:
        end = begin + part.slots.size
        part.cache.keys[number, part.slots] = key[begin:end]
        part.cache.values[number, part.slots] = value[begin:end]
        used = part.visible.shape[1]
        visible = part.visible
        if layer.window is not None:
            distance = positions[begin:end, None] - part.cache.positions[None, :used]
            visible = visible & (distance < layer.window)
        scores = query[begin:end].reshape(-1, width) @ part.cache.keys[number, :used].T
        scores = np.where(visible[:, None, :], scores.reshape(end - begin, heads, used), np.float32(-np.inf))
        share = np.exp(scores - scores.max(axis=-1, keepdims=True))
        share /= share.sum(axis=-1, keepdims=True)
        mixed[begin:end] = (share.reshape(-1, used) @ part.cache.values[number, :used]).reshape(end - begin, -1)
        begin = end
    return mixed


def _norm(hidden: Array, scale: Array, epsilon: float) -> Array:
    square = np.mean(np.square(hidden), axis=-1, keepdims=True)
    return np.asarray(hidden / np.sqrt(square + np.float32(epsilon)) * scale, dtype=np.float32)


def _gelu(inner: Array) -> Array:
    slope = np.float32(np.sqrt(2.0 / np.pi))
    cubic = inner + np.float32(0.044715) * inner * inner * inner
    return np.asarray(np.float32(0.5) * inner * (np.float32(1.0) + np.tanh(slope * cubic)), dtype=np.float32)


def _rotation(positions: NDArray[np.int64], width: int, base: float) -> tuple[Array, Array]:
    frequency = base ** (-np.arange(0, width, 2) / width)
    angle = positions[:, None] * np.concatenate([frequency, frequency])[None, :]
    return np.cos(angle).astype(np.float32), np.sin(angle).astype(np.float32)


def _rotate(vectors: Array, cosine: Array, sine: Array) -> Array:
    half = vectors.shape[-1] // 2
    turned = np.concatenate([-vectors[..., half:], vectors[..., :half]], axis=-1)
    return np.asarray(vectors * cosine + turned * sine, dtype=np.float32)
