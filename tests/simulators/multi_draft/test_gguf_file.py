"""GGUF files: as the library that defines them writes them."""

from __future__ import annotations

import numpy as np
import pytest

from pybench.errors import InvalidInputError
from simulators.multi_draft.gguf_file import read_gguf


@pytest.fixture
def written(tmp_path):
    """Give a file that the library gguf wrote, and its tensors."""
    gguf = pytest.importorskip("gguf", reason="needs the extra gemma")
    tensors = {
        "plain": np.arange(12, dtype=np.float32).reshape(3, 4),
        "vector": np.array([1.5, -2.0], dtype=np.float32),
        "large": np.random.default_rng(0).normal(size=(5, 64)).astype(np.float32),
    }
    writer = gguf.GGUFWriter(tmp_path / "model.gguf", "test")
    writer.add_string("some.text", "naïve ▁")
    writer.add_float32("some.number", 0.5)
    writer.add_bool("some.truth", True)
    writer.add_array("some.texts", ["a", "", "ü"])
    writer.add_array("some.numbers", [1, -2, 3])
    writer.add_tensor("plain", tensors["plain"])
    writer.add_tensor("vector", tensors["vector"])
    kind = gguf.GGMLQuantizationType.Q8_0
    writer.add_tensor("large", gguf.quants.quantize(tensors["large"], kind), raw_dtype=kind)
    for step in (writer.write_header_to_file, writer.write_kv_data_to_file, writer.write_tensors_to_file, writer.close):
        step()
    return (tmp_path / "model.gguf").read_bytes(), tensors


def test_what_the_library_writes_is_read(written):
    content, tensors = written
    file = read_gguf(content)
    assert file.metadata["general.architecture"] == "test"
    assert file.metadata["some.text"] == "naïve ▁"
    assert (file.metadata["some.number"], file.metadata["some.truth"]) == (0.5, True)
    assert file.metadata["some.texts"] == ["a", "", "ü"]
    assert file.metadata["some.numbers"] == [1, -2, 3]
    np.testing.assert_array_equal(file.tensor("plain"), tensors["plain"])
    np.testing.assert_array_equal(file.tensor("vector"), tensors["vector"])
    np.testing.assert_allclose(file.tensor("large"), tensors["large"], atol=np.abs(tensors["large"]).max() / 100)
    with pytest.raises(InvalidInputError, match="tensor is 'other': this file does not have it"):
        file.tensor("other")


def test_what_is_no_such_file(written):
    with pytest.raises(InvalidInputError, match="content begins with b'PK"):
        read_gguf(b"PK\x03\x04 and more")
    with pytest.raises(InvalidInputError, match="the GGUF version is 9: it must be 2 or 3"):
        read_gguf(b"GGUF\x09\x00\x00\x00" + written[0][8:])
