"""The tokenizer of Gemma 3: SentencePiece itself, given the pieces and scores that the GGUF file carries."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pybench.optional import require

__all__ = ["GemmaTokenizer", "sentencepiece_model"]

_USER_DEFINED = 4
_BYTE_PAIR_ENCODING = 2


class GemmaTokenizer:
    """Text to token ids and back.

    Parameters
    ----------
    metadata
        Of the GGUF file: ``tokenizer.ggml.tokens``, ``scores``, ``token_type`` and the ids of the special tokens.

    Attributes
    ----------
    vocabulary_size
        Number of tokens.
    begin
        The id of the token that begins every text.
    """

    def __init__(self, metadata: Mapping[str, Any]) -> None:
        library = require("sentencepiece", extra="gemma")
        pieces = metadata["tokenizer.ggml.tokens"]
        special = {name: int(metadata[f"tokenizer.ggml.{name}_token_id"]) for name in _SPECIAL}
        model = sentencepiece_model(
            pieces, metadata["tokenizer.ggml.scores"], metadata["tokenizer.ggml.token_type"], special
        )
        self._processor = library.SentencePieceProcessor(model_proto=model)
        self.vocabulary_size = len(pieces)
        self.begin = special["bos"]

    def encode(self, text: str) -> NDArray[np.int64]:
        """Return the token ids of a text, without the token that begins a text."""
        return np.array(self._processor.encode(text), dtype=np.int64)

    def decode(self, tokens: Sequence[int] | NDArray[np.int64]) -> str:
        """Return the text of token ids."""
        return str(self._processor.decode([int(token) for token in tokens]))


#: The special tokens by their name in a GGUF file -> the fields of their id and their piece in SentencePiece's model.
_SPECIAL = {"unknown": (40, 45), "bos": (41, 46), "eos": (42, 47), "padding": (43, 48)}


def sentencepiece_model(
    pieces: Sequence[str], scores: Sequence[float], kinds: Sequence[int], special: Mapping[str, int]
) -> bytes:
    """Return a SentencePiece model of byte-pair encoding in its file format, a protocol buffer.

    Text is taken as it is (no normalisation, no space before the first word) and unknown characters fall back to bytes.

    Parameters
    ----------
    pieces, scores, kinds
        By token id; spaces are written as U+2581 (kinds: 1 normal, 2 unknown, 3 control, 4 user-defined, 6 byte).
    special
        Ids of the tokens unknown, bos, eos and padding.
    """
    parts = []
    for piece, score, kind in zip(pieces, scores, kinds, strict=True):
        # GGUF files carry user-defined pieces, the runs of spaces among them, with plain spaces.
        written = piece.replace(" ", "\u2581") if kind == _USER_DEFINED else piece
        entry = _bytes(1, written.encode()) + _key(2, 5) + struct.pack("<f", score) + _number(3, kind)
        parts.append(_bytes(1, entry))
    trainer = _number(3, _BYTE_PAIR_ENCODING) + _number(4, len(pieces)) + _number(35, 1)
    for name, (id_field, piece_field) in _SPECIAL.items():
        trainer += _number(id_field, special[name]) + _bytes(piece_field, pieces[special[name]].encode())
    normalizer = _bytes(1, b"identity") + _number(3, 0) + _number(4, 0) + _number(5, 1)
    return b"".join([*parts, _bytes(2, trainer), _bytes(3, normalizer)])


def _varint(value: int) -> bytes:
    written = bytearray()
    while True:
        value, low = value >> 7, value & 0x7F
        written.append(low | (0x80 if value else 0))
        if not value:
            return bytes(written)


def _key(field: int, wire_type: int) -> bytes:
    return _varint(field << 3 | wire_type)


def _number(field: int, value: int) -> bytes:
    return _key(field, 0) + _varint(value)


def _bytes(field: int, value: bytes) -> bytes:
    return _key(field, 2) + _varint(len(value)) + value
