"""A model of the `transformers` library with a cache that takes trees of tokens and keeps one path of each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pybench.optional import require

__all__ = ["CachedModel"]


class CachedModel:
    """A causal language model and its keys and values, row by row.

    A row's known tokens lie in a run of slots without holes, `first` to `end`; what `extend` adds lies behind the
    longest run until `commit` moves the kept path of each row to the end of its run and drops the rest. So rows that
    keep different numbers of tokens share one cache, and its length is that of the longest row.

    Every mask is built here from the tokens' own positions, sliding windows included: the cache keeps all slots.

    Parameters
    ----------
    model
        A causal language model whose forward takes position_ids and four-dimensional masks.
    """

    def __init__(self, model: Any) -> None:
        transformers = require("transformers", extra="multi_draft")
        self.model = model
        self._torch = require("torch", extra="multi_draft")
        self._cache = transformers.DynamicCache()
        config = model.config.get_text_config(decoder=True)
        self._layer_types = frozenset(getattr(config, "layer_types", None) or ())
        self._window = getattr(config, "sliding_window", None) if self._slides(config) else None
        self.calls = 0
        self._first = self._end = np.zeros(0, dtype=np.int64)
        self._added = np.zeros((0, 0), dtype=np.int64)

    def _slides(self, config: Any) -> bool:
        if self._layer_types:
            return "sliding_attention" in self._layer_types
        return bool(getattr(config, "use_sliding_window", True))

    @property
    def known(self) -> NDArray[np.int64]:
        """How many tokens of each row are in the cache: int64 [rows]."""
        return self._end - self._first

    def prefill(self, tokens: NDArray[np.int64], padding: NDArray[np.int64]) -> None:
        """Take the prompts: int64 [rows, length], of which each row's first `padding` are none."""
        rows, length = tokens.shape
        self._first, self._end = padding.copy(), np.full(rows, length, dtype=np.int64)
        self._added = np.zeros((rows, 0), dtype=np.int64)
        if length == 0:
            return
        slots = np.arange(length)
        options: dict[str, Any] = {"logits_to_keep": 1} if self.model._supports_logits_to_keep() else {}
        mask = self._tensor((slots >= padding[:, None]).astype(np.int64)) if padding.any() else None
        self._forward(tokens, np.maximum(slots - padding[:, None], 0), mask, **options)

    def extend(self, tokens: NDArray[np.int64], positions: NDArray[np.int64], visible: NDArray[np.bool_]) -> Any:
        """Add tokens behind what is there and return their logits.

        Parameters
        ----------
        tokens, positions
            int64 [rows, n].
        visible
            [rows, n, added + n]: which of the tokens added since the last `commit`, these among them, each may see; it
            sees all known tokens of its row.

        Returns
        -------
        torch.Tensor
            [rows, n, V], of the model's dtype and device.
        """
        width = int(self._end.max())
        slots = np.arange(width)
        known = (slots >= self._first[:, None]) & (slots < self._end[:, None])
        known = np.broadcast_to(known[:, None, :], (*tokens.shape, width))
        seen = np.concatenate([known, visible], axis=2)
        self._added = np.concatenate([self._added, positions], axis=1)
        return self._forward(tokens, positions, self._masks(seen, positions, width)).logits

    def commit(self, kept: Sequence[Sequence[int]]) -> None:
        """Keep, of each row, these of the tokens added, in order; drop all others."""
        width, counts = int(self._end.max()), [len(path) for path in kept]
        rows = np.repeat(np.arange(len(kept)), counts)
        source = width + np.array([index for path in kept for index in path], dtype=np.int64)
        place = np.array([step for count in counts for step in range(count)], dtype=np.int64) + self._end[rows]
        self._end = self._end + np.array(counts, dtype=np.int64)
        self._added = np.zeros((len(kept), 0), dtype=np.int64)
        moved = source != place
        row, start, goal = (self._tensor(part[moved]) for part in (rows, source, place))
        for layer in self._layers():
            for name in ("keys", "values"):
                states = getattr(layer, name)
                states[row, :, goal] = states[row, :, start]
                setattr(layer, name, states[:, :, : int(self._end.max())])

    def select(self, rows: NDArray[np.int64]) -> None:
        """Go on with these rows alone."""
        self._first, self._end, self._added = self._first[rows], self._end[rows], self._added[rows]
        index, width = self._tensor(rows), int(self._end.max())
        for layer in self._layers():
            layer.keys, layer.values = layer.keys[index, :, :width], layer.values[index, :, :width]

    def _layers(self) -> list[Any]:
        # A layer that shares the keys of another has none of its own.
        return [layer for layer in self._cache.layers if layer.keys is not None and layer.keys.numel()]

    def _masks(self, seen: NDArray[np.bool_], positions: NDArray[np.int64], width: int) -> Any:
        """Return what the model adds to its attention weights: one mask, or one for each type of layer."""
        full = self._additive(seen)
        if self._window is None:
            return full
        known = np.arange(width) - self._first[:, None]
        distance = positions[:, :, None] - np.concatenate([known, self._added], axis=1)[:, None, :]
        sliding = self._additive(seen & (distance < self._window))
        return {"full_attention": full, "sliding_attention": sliding} if self._layer_types else sliding

    def _additive(self, seen: NDArray[np.bool_]) -> Any:
        dtype = self.model.dtype
        mask = self._torch.zeros(seen.shape, dtype=dtype, device=self.model.device)
        return mask.masked_fill_(self._tensor(~seen), self._torch.finfo(dtype).min)[:, None]

    def _tensor(self, array: NDArray[Any]) -> Any:
        return self._torch.from_numpy(np.ascontiguousarray(array)).to(self.model.device)

    def _forward(self, tokens: NDArray[np.int64], positions: NDArray[np.int64], mask: Any, **options: Any) -> Any:
        self.calls += 1
        return self.model(
            input_ids=self._tensor(tokens),
            attention_mask=mask,
            position_ids=self._tensor(positions),
            past_key_values=self._cache,
            use_cache=True,
            return_dict=True,
            **options,
        )
