"""Reading a GGUF file that is in memory: its metadata, and its tensors as float32.

The library gguf dequantises. Its reader makes an object of every string and takes ten seconds for this vocabulary; the
layout of the header is short, so it is read here.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pybench.errors import InvalidInputError
from pybench.optional import require

__all__ = ["GgufFile", "read_gguf"]

_STRING, _ARRAY = 8, 9
#: Value type -> its struct code.
_SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_DEFAULT_ALIGNMENT = 32


class _Place(NamedTuple):
    """Where a tensor lies: its shape with the slowest axis first, its quantisation, its offset in the data."""

    shape: tuple[int, ...]
    kind: int
    offset: int


class GgufFile:
    """A GGUF file in memory.

    Attributes
    ----------
    metadata
        Key -> number, text, or list of them.
    """

    def __init__(self, content: bytes, metadata: Mapping[str, Any], places: Mapping[str, _Place], start: int) -> None:
        self.metadata = metadata
        self._content = content
        self._places = places
        self._start = start

    def tensor(self, name: str) -> NDArray[np.float32]:
        """Return one tensor, dequantised, slowest axis first.

        Raises
        ------
        InvalidInputError
            For a name that the file does not have.
        """
        if name not in self._places:
            raise InvalidInputError(f"tensor is {name!r}: this file does not have it")
        gguf = require("gguf", extra="gemma")
        place = self._places[name]
        kind = gguf.GGMLQuantizationType(place.kind)
        block, block_bytes = gguf.GGML_QUANT_SIZES[kind]
        count = int(np.prod(place.shape))
        raw = np.frombuffer(
            self._content, dtype=np.uint8, count=count // block * block_bytes, offset=self._start + place.offset
        )
        rows = raw.reshape(*place.shape[:-1], place.shape[-1] // block * block_bytes)
        return np.ascontiguousarray(gguf.dequantize(rows, kind).reshape(place.shape), dtype=np.float32)


class _Cursor:
    """A place in the header that moves as it is read."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.offset = 0

    def scalar(self, code: str) -> Any:
        (value,) = struct.unpack_from(f"<{code}", self.content, self.offset)
        self.offset += struct.calcsize(code)
        return value

    def text(self) -> str:
        length = self.scalar("Q")
        self.offset += length
        return self.content[self.offset - length : self.offset].decode()

    def value(self, kind: int) -> Any:
        if kind == _STRING:
            return self.text()
        if kind != _ARRAY:
            return self.scalar(_SCALARS[kind])
        inner, count = self.scalar("I"), self.scalar("Q")
        if inner in (_STRING, _ARRAY):
            return [self.value(inner) for _ in range(count)]
        code = f"<{count}{_SCALARS[inner]}"
        values = struct.unpack_from(code, self.content, self.offset)
        self.offset += struct.calcsize(code)
        return list(values)


def read_gguf(content: bytes) -> GgufFile:
    """Read the header of a GGUF file, version 2 or 3.

    Raises
    ------
    InvalidInputError
        For content that is no such file.
    """
    cursor = _Cursor(content)
    if content[:4] != b"GGUF":
        raise InvalidInputError(f"content begins with {content[:4]!r}: a GGUF file begins with b'GGUF'")
    cursor.offset = 4
    version = cursor.scalar("I")
    if version not in (2, 3):
        raise InvalidInputError(f"the GGUF version is {version}: it must be 2 or 3")
    tensors, pairs = cursor.scalar("Q"), cursor.scalar("Q")
    metadata = {}
    for _ in range(pairs):
        key = cursor.text()
        metadata[key] = cursor.value(cursor.scalar("I"))
    places = {}
    for _ in range(tensors):
        name = cursor.text()
        shape = tuple(cursor.scalar("Q") for _ in range(cursor.scalar("I")))[::-1]
        places[name] = _Place(shape, cursor.scalar("I"), cursor.scalar("Q"))
    alignment = int(metadata.get("general.alignment", _DEFAULT_ALIGNMENT))
    start = -(-cursor.offset // alignment) * alignment
    return GgufFile(content, metadata, places, start)
