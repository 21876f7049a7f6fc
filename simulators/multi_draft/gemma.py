"""Gemma 3 270M as a pair of models: itself as the target, and a cheaper law as the draft."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from simulators.multi_draft.gemma_network import KeyValueCache, Rows, embed, head, run_layers
from simulators.multi_draft.gemma_weights import GemmaWeights, load_gemma
from simulators.multi_draft.language_model import NewNodes
from simulators.multi_draft.ngram import TrigramModel

__all__ = ["GemmaModel"]

#: Slots that a cache has more of when it is full.
_MORE_SLOTS = 256


class GemmaModel:
    """The pair.

    Parameters
    ----------
    exit_layer
        Layers of the draft, through the final norm and head: 18, all of them, for a draft that differs by temperature
        alone. The target goes on from there, so the draft's layers are computed once. Unused with `ngram`.
    ngram
        The draft instead.
    weights
        Those of `load_gemma` where None.
    """

    continues = True

    def __init__(
        self, *, exit_layer: int = 16, ngram: TrigramModel | None = None, weights: GemmaWeights | None = None
    ) -> None:
        self.weights = weights or load_gemma()
        self.vocabulary_size = self.weights.embedding.shape[0]
        self.exit_layer = 0 if ngram is not None else exit_layer
        self.ngram = ngram

    def begin(self, prompts: Sequence[NDArray[np.int64]]) -> _GemmaSession:
        """Begin requests; all but the last token of each prompt goes through the model here."""
        return _GemmaSession(self, prompts)


class _GemmaSession:
    """Some requests with their caches. Nodes of a round lie in the slots after the committed tokens."""

    def __init__(self, model: GemmaModel, prompts: Sequence[NDArray[np.int64]]) -> None:
        self._model, self._weights = model, model.weights
        self._layers = len(self._weights.layers)
        self._caches = [KeyValueCache(self._layers, _MORE_SLOTS, self._weights.head_width) for _ in prompts]
        self._lengths = np.zeros(len(prompts), dtype=np.int64)
        self._before = np.array([prompt[-2] if prompt.size > 1 else -1 for prompt in prompts], dtype=np.int64)
        self._request = self._parent = self._token = self._slot = np.zeros(0, dtype=np.int64)
        self._count = np.zeros(len(prompts), dtype=np.int64)
        self._path: list[NDArray[np.int64]] = []
        self._hidden = np.zeros((0, self._weights.embedding.shape[1]), dtype=np.float32)
        self._final = self._hidden
        for request, prompt in enumerate(prompts):
            self._prefill(request, prompt[:-1])

    def extend(self, nodes: NewNodes) -> None:
        """Place nodes into slots and run the draft's layers over them."""
        first = self._request.size
        self._request = np.concatenate([self._request, nodes.request])
        self._parent = np.concatenate([self._parent, nodes.parent])
        self._token = np.concatenate([self._token, nodes.token])
        slots = self._lengths[nodes.request] + self._count[nodes.request]
        ranks = np.arange(nodes.request.size) - np.searchsorted(nodes.request, nodes.request)
        self._slot = np.concatenate([self._slot, slots + ranks])
        self._count += np.bincount(nodes.request, minlength=self._count.size)
        for request in np.unique(nodes.request):
            self._make_room(int(request))
        for node in range(first, self._request.size):
            parent, request = int(self._parent[node]), int(self._request[node])
            # Siblings of other branches lie between a node and its parent: what it sees is kept as a list of slots.
            above = np.zeros(0, dtype=np.int64) if parent < 0 else self._path[parent]
            self._path.append(np.append(above, self._slot[node]))
            self._caches[request].positions[self._slot[node]] = self._lengths[request] + self._path[node].size - 1
        hidden = embed(self._weights, nodes.token)
        if self._model.exit_layer:
            hidden = self._run(np.arange(first, self._request.size), hidden, 0, self._model.exit_layer)
        self._hidden = np.concatenate([self._hidden, hidden])

    def draft_logits(self, nodes: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the draft's logits."""
        ngram = self._model.ngram
        if ngram is None:
            return head(self._weights, self._hidden[nodes])
        laws = np.empty((nodes.size, self._model.vocabulary_size), dtype=np.float32)
        for row, node in enumerate(nodes):
            parent = self._parent[node]
            before = self._before[self._request[node]] if parent < 0 else self._token[parent]
            laws[row] = np.log(ngram.law(int(before), int(self._token[node])))
        return laws

    def run_target(self) -> None:
        """Run the remaining layers over all nodes of the round."""
        order = np.argsort(self._request, kind="stable")
        self._final = np.empty_like(self._hidden)
        self._final[order] = self._run(order, self._hidden[order], self._model.exit_layer, self._layers)

    def target_logits(self, nodes: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the target's logits. The head runs only over the nodes that verification comes to."""
        return head(self._weights, self._final[nodes])

    def commit(self, nodes: NDArray[np.int64]) -> None:
        """Move the accepted nodes' keys and values to the end of the committed ones."""
        for node in nodes:
            request = int(self._request[node])
            path = self._path[node]
            self._caches[request].keep(int(self._lengths[request]), path)
            self._lengths[request] += path.size
            self._before[request] = self._token[node]
        self._clear()

    def _clear(self) -> None:
        self._request = self._parent = self._token = self._slot = self._request[:0]
        self._count[:] = 0
        self._path = []
        self._hidden = self._final = self._hidden[:0]

    def _prefill(self, request: int, tokens: NDArray[np.int64]) -> None:
        if not tokens.size:
            return
        self._count[request] = tokens.size
        self._make_room(request)
        cache, slots = self._caches[request], np.arange(tokens.size)
        cache.positions[slots] = slots
        rows = Rows(cache, slots, slots[:, None] >= slots[None, :])
        run_layers(self._weights, embed(self._weights, tokens), [rows], 0, self._layers)
        self._lengths[request], self._count[request] = tokens.size, 0

    def _make_room(self, request: int) -> None:
        self._caches[request].grow(int(self._lengths[request] + self._count[request]), _MORE_SLOTS)

    def _run(self, nodes: NDArray[np.int64], hidden: NDArray[np.float32], first: int, last: int) -> NDArray[np.float32]:
        """Take nodes, request after request, through some layers."""
        requests = []
        for request in np.unique(self._request[nodes]):
            mine = nodes[self._request[nodes] == request]
            committed = int(self._lengths[request])
            visible = np.zeros((mine.size, committed + int(self._count[request])), dtype=np.bool_)
            visible[:, :committed] = True
            for row, node in enumerate(mine):
                visible[row, self._path[node]] = True
            requests.append(Rows(self._caches[request], self._slot[mine], visible))
        return run_layers(self._weights, hidden, requests, first, last) if last > first else hidden
