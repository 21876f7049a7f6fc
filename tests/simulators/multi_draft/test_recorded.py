"""Logs: written and read back, and refused where they break a rule."""

from __future__ import annotations

import json

import numpy as np
import pytest

from pybench.errors import InvalidInputError, MissingDataError
from pybench.kernels.draft import acceptance
from simulators.multi_draft import Config, open_recording, simulate, write_recording

_POSITIONS, _SIZE = 12, 9


def _arrays(drafts=1, dtype=np.float32):
    generator = np.random.default_rng(4)
    return {
        "logits_target": generator.normal(size=(_POSITIONS, _SIZE)).astype(dtype),
        "logits_draft": generator.normal(size=(drafts, _POSITIONS, _SIZE)).astype(dtype),
        "tokens": generator.integers(0, _SIZE, _POSITIONS),
    }


def _write(folder, **changes):
    settings = {"name": "a server's", "target": "large", "draft": "small", "temperature": 0.7, "draft_temperature": 1.1}
    return write_recording(folder, **{**_arrays(), **settings, **changes})


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("drafts", [1, 3])
def test_what_is_written_is_read(tmp_path, dtype, drafts):
    arrays = _arrays(drafts, dtype)
    _write(tmp_path / "log", **arrays, top_k=5, top_p=0.9)
    recording = open_recording(tmp_path / "log")
    for name, array in arrays.items():
        found = getattr(recording, name)
        assert isinstance(found, np.memmap)
        np.testing.assert_array_equal(found, array)
    assert (recording.name, recording.temperature, recording.top_k, recording.top_p) == ("a server's", 0.7, 5, 0.9)
    assert recording.length == _POSITIONS
    assert [path.name for path in tmp_path.iterdir()] == ["log"]


def _law(logits, temperature):
    weight = np.exp(logits.astype(np.float64) / temperature)
    return (weight / weight.sum(axis=-1, keepdims=True)).astype(np.float32)


@pytest.mark.parametrize("number", [0, 1])
def test_every_scheme_is_compared_at_the_logged_laws(tmp_path, number):
    arrays = _arrays(2)
    arrays["logits_target"][:, 3] = -np.inf
    _write(tmp_path / "log", **arrays)
    config = Config(
        data="recorded", recording=str(tmp_path / "log"), draft_length=1, recorded_draft=number, compared_positions=1
    )
    result = simulate(config, seed=2)
    draft, target = _law(arrays["logits_draft"][number], 1.1), _law(arrays["logits_target"], 0.7)
    for scheme in ("optimal", "k_seq", "recursive", "greedy"):
        for count in (1, 2, 8):
            exact = acceptance(draft, target, count, scheme).mean()
            assert result.scheme_acceptance[scheme][str(count)] == pytest.approx(exact, abs=1e-5)
    assert result.prompts == result.target_calls == result.compared_positions == _POSITIONS
    assert result.tokens == _POSITIONS
    assert result.block_efficiency == 1.0 + result.acceptance
    assert not result.synthetic
    assert (result.data, result.target_model, result.draft_model) == ("a server's", "large", "small")


def test_a_folder_that_exists_is_left_alone(tmp_path):
    _write(tmp_path / "log")
    with pytest.raises(InvalidInputError, match="folder is 'log': it exists already"):
        _write(tmp_path / "log", name="other")
    assert open_recording(tmp_path / "log").name == "a server's"


def test_nothing_half_written_stays(tmp_path, monkeypatch):
    def failing(*_arguments, **_options):
        raise OSError("disk full")

    monkeypatch.setattr(np, "save", failing)
    with pytest.raises(OSError, match="disk full"):
        _write(tmp_path / "log")
    assert list(tmp_path.iterdir()) == []


def _changed(name, place, value):
    array = _arrays()[name]
    array[place] = value
    return {name: array}


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"logits_target": np.zeros((3, 4), dtype=np.int64)}, r"logits_target has dtype int64 and shape \(3, 4\)"),
        ({"logits_target": np.zeros(4)}, r"logits_target has dtype float64 and shape \(4,\): .* \[T, V\]"),
        ({"logits_draft": np.zeros((1, 11, _SIZE))}, r"logits_draft has shape \(1, 11, 9\): it must be .*\(12, 9\)"),
        ({"logits_draft": np.zeros((12, _SIZE))}, r"logits_draft .* \[K, T, V\]"),
        ({"tokens": np.zeros(12)}, r"tokens has dtype float64"),
        ({"tokens": np.zeros(11, dtype=np.int64)}, r"tokens has dtype int64 and shape \(11,\): .* \[12\]"),
        ({"tokens": np.full(12, 9)}, r"tokens holds 9: it must be in \[0, 8\]"),
        ({"tokens": np.full(12, -1)}, r"tokens holds -1"),
        (_changed("logits_target", (5, 2), np.nan), r"logits_target at position 5 holds nan for token 2"),
        (_changed("logits_draft", (0, 4, 1), np.inf), r"logits_draft\[0\] at position 4 holds inf for token 1"),
        (_changed("logits_target", 7, -np.inf), r"logits_target at position 7 is -inf for every token"),
        ({"temperature": 0.0}, r"temperature is 0.0: it must be a number of at least 1e-06"),
        ({"temperature": float("nan")}, r"temperature is nan"),
        ({"top_k": 2.5}, r"top_k is 2.5"),
        ({"top_p": 1.5}, r"top_p is 1.5: it must be at most 1"),
        ({"name": 3}, r"name is 3: it must be a text"),
    ],
)
def test_what_is_not_written(tmp_path, changes, text):
    with pytest.raises(InvalidInputError, match=text):
        _write(tmp_path / "log", **changes)
    assert list(tmp_path.iterdir()) == []


def test_a_bad_row_of_a_log_is_named_when_it_is_used(tmp_path):
    folder = _write(tmp_path / "log")
    array = np.load(folder / "logits_target.npy")
    array[6, 1] = np.nan
    np.save(folder / "logits_target.npy", array)
    config = Config(data="recorded", recording=str(folder), draft_length=1)
    with pytest.raises(InvalidInputError, match="logits_target at position 6 holds nan for token 1"):
        simulate(config)


def test_a_log_that_is_not_whole(tmp_path):
    with pytest.raises(MissingDataError, match=r"recording 'none' has no file logits_target.npy"):
        open_recording(tmp_path / "none")
    folder = _write(tmp_path / "log")
    settings = json.loads((folder / "recording.json").read_text())
    (folder / "recording.json").write_text("{")
    with pytest.raises(InvalidInputError, match=r"recording.json: it must be JSON"):
        open_recording(folder)
    (folder / "recording.json").write_text(json.dumps(settings | {"more": 1}))
    with pytest.raises(InvalidInputError, match=r"recording.json holds .*more.*: it must hold"):
        open_recording(folder)
    (folder / "recording.json").write_text(json.dumps(settings | {"format": 2}))
    with pytest.raises(InvalidInputError, match=r"recording.json: format must be 1"):
        open_recording(folder)
    (folder / "recording.json").unlink()
    with pytest.raises(MissingDataError, match=r"no file recording.json"):
        open_recording(folder)
    (folder / "tokens.npy").write_bytes(b"junk")
    with pytest.raises(InvalidInputError, match=r"tokens.npy: it must be a .npy file"):
        open_recording(folder)


def test_a_draft_that_was_not_logged(tmp_path):
    _write(tmp_path / "log")
    config = Config(data="recorded", recording=str(tmp_path / "log"), draft_length=1, recorded_draft=1)
    with pytest.raises(InvalidInputError, match=r"recorded_draft is 1: it must be in \[0, 0\]"):
        simulate(config)
