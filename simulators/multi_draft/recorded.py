"""Logged logits: a folder that a server writes, position by position, and laws read from it.

The folder holds

==================== ============================ ==========================================================
file                 content                      meaning
==================== ============================ ==========================================================
logits_target.npy    float16/32/64 [T, V]         logits of the target at each of T positions, before temperature
logits_draft.npy     float16/32/64 [K or 1, T, V] logits of one or several draft models there
tokens.npy           integers [T]                 the token that was put out at each position
recording.json       object                       ``format`` (1); the texts ``name``, ``target``, ``draft``;
                                                  ``temperature``, ``draft_temperature``, ``top_k`` (0: all),
                                                  ``top_p`` (1: all)
==================== ============================ ==========================================================

The arrays are mapped into memory, not read: a log may be larger than the memory. A logit may be -inf, for a token that
cannot come. Each position stands alone: what would have followed another token was not logged.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pybench.errors import InvalidInputError, MissingDataError
from pybench.kernels.inputs import check_count
from simulators.multi_draft.language_model import NewNodes

__all__ = ["RecordedModel", "Recording", "open_recording", "write_recording"]

_FORMAT = 1
_SEE = "simulators.multi_draft.recorded says what a folder holds"
_TEXTS = ("name", "target", "draft")
_NUMBERS = {"temperature": 1e-6, "draft_temperature": 1e-6, "top_k": 0, "top_p": 1e-6}


@dataclass(frozen=True, kw_only=True)
class Recording:
    """A log.

    Attributes
    ----------
    logits_target
        [T, V].
    logits_draft
        [K, T, V].
    tokens
        [T].
    name, target, draft
        Of the log and the models, in words.
    temperature, draft_temperature, top_k, top_p
        With which laws were made of the logits; top_k 0 and top_p 1 for all tokens.
    """

    logits_target: NDArray[Any]
    logits_draft: NDArray[Any]
    tokens: NDArray[np.integer[Any]]
    name: str
    target: str
    draft: str
    temperature: float
    draft_temperature: float
    top_k: int
    top_p: float

    @property
    def length(self) -> int:
        """Positions, T."""
        return int(self.logits_target.shape[0])


def open_recording(folder: str | Path) -> Recording:
    """Open a log; its shapes, dtypes and settings are checked here, its rows where they are used.

    Raises
    ------
    MissingDataError
        Where a file is not there.
    InvalidInputError
        Naming the file, the array or setting, and the rule that it breaks.
    """
    arrays = {name: _open(Path(folder), name) for name in ("logits_target", "logits_draft", "tokens")}
    return _checked(**arrays, **_settings(Path(folder)))


def write_recording(
    folder: str | Path,
    *,
    logits_target: NDArray[Any],
    logits_draft: NDArray[Any],
    tokens: NDArray[np.integer[Any]],
    name: str,
    target: str = "",
    draft: str = "",
    temperature: float = 1.0,
    draft_temperature: float = 1.0,
    top_k: int = 0,
    top_p: float = 1.0,
) -> Path:
    """Write a log; the folder is there whole or not at all.

    Raises
    ------
    InvalidInputError
        For a folder that exists, or what `open_recording` would refuse.
    """
    settings: dict[str, Any] = {
        "name": name,
        "target": target,
        "draft": draft,
        "temperature": temperature,
        "draft_temperature": draft_temperature,
        "top_k": top_k,
        "top_p": top_p,
    }
    recording = _checked(logits_target=logits_target, logits_draft=logits_draft, tokens=tokens, **settings)
    for position in range(recording.length):
        _row(recording.logits_target[position], "logits_target", position)
        for number, logits in enumerate(recording.logits_draft):
            _row(logits[position], f"logits_draft[{number}]", position)
    place = Path(folder)
    if place.exists():
        raise InvalidInputError(f"folder is {place.name!r}: it exists already")
    place.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix=f".{place.name}.", dir=place.parent))
    try:
        for array in ("logits_target", "logits_draft", "tokens"):
            np.save(unfinished / f"{array}.npy", getattr(recording, array))
        (unfinished / "recording.json").write_text(json.dumps({"format": _FORMAT, **settings}, indent=1) + "\n")
        unfinished.rename(place)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    return place


class RecordedModel:
    """A log as a pair of models. A request is one position: its prompt is that position's number."""

    continues = False

    def __init__(self, recording: Recording, *, draft: int = 0) -> None:
        check_count("recorded_draft", draft, 0, recording.logits_draft.shape[0] - 1)
        self.recording = recording
        self.draft = draft
        self.vocabulary_size = int(recording.logits_target.shape[1])

    def begin(self, prompts: Sequence[NDArray[np.int64]]) -> _RecordedSession:
        """Begin requests, each a position."""
        return _RecordedSession(self, np.array([prompt[-1] for prompt in prompts]))


class _RecordedSession:
    """Some positions of a log."""

    def __init__(self, model: RecordedModel, positions: NDArray[np.int64]) -> None:
        self._model, self._positions = model, positions
        self._roots = np.zeros(0, dtype=np.int64)

    def extend(self, nodes: NewNodes) -> None:
        """Note which positions the roots are; nothing is known of drafts beyond them."""
        if not self._roots.size:
            self._roots = self._positions[nodes.request]

    def draft_logits(self, nodes: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the draft's logits at roots."""
        number = self._model.draft
        logits = self._model.recording.logits_draft[number]
        return _rows(logits, f"logits_draft[{number}]", self._roots[nodes])

    def run_target(self) -> None:
        """Do nothing: it was run when the log was made."""

    def target_logits(self, nodes: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the target's logits at roots."""
        return _rows(self._model.recording.logits_target, "logits_target", self._roots[nodes])

    def commit(self, nodes: NDArray[np.int64]) -> None:
        """End the round: there is no other."""
        self._roots = self._roots[:0]


def _rows(logits: NDArray[Any], name: str, positions: NDArray[np.int64]) -> NDArray[np.float32]:
    return np.stack([_row(logits[position], name, int(position)) for position in positions])


def _row(logits: NDArray[Any], name: str, position: int) -> NDArray[np.float32]:
    row = np.asarray(logits, dtype=np.float32)
    wrong = np.flatnonzero(np.isnan(row) | (row == np.inf))
    if wrong.size:
        raise InvalidInputError(
            f"{name} at position {position} holds {row[wrong[0]]} for token {wrong[0]}: it must be a number or -inf"
        )
    if not np.any(row > -np.inf):
        raise InvalidInputError(f"{name} at position {position} is -inf for every token: one at least must be finite")
    return row


def _open(folder: Path, name: str) -> NDArray[Any]:
    path = folder / f"{name}.npy"
    if not path.is_file():
        raise MissingDataError(f"recording {folder.name!r} has no file {path.name}: {_SEE}")
    try:
        array: NDArray[Any] = np.load(path, mmap_mode="r", allow_pickle=False)
    except (ValueError, OSError, EOFError) as error:
        raise InvalidInputError(f"{path.name}: it must be a .npy file of plain numbers ({error})") from error
    return array


def _settings(folder: Path) -> dict[str, Any]:
    path = folder / "recording.json"
    if not path.is_file():
        raise MissingDataError(f"recording {folder.name!r} has no file {path.name}: {_SEE}")
    try:
        settings = json.loads(path.read_text())
    except ValueError as error:
        raise InvalidInputError(f"{path.name}: it must be JSON ({error})") from error
    known = {"format", *_TEXTS, *_NUMBERS}
    if not isinstance(settings, dict) or set(settings) != known:
        found = ", ".join(sorted(settings)) if isinstance(settings, dict) else type(settings).__name__
        raise InvalidInputError(f"{path.name} holds {found}: it must hold {', '.join(sorted(known))}")
    if settings.pop("format") != _FORMAT:
        raise InvalidInputError(f"{path.name}: format must be {_FORMAT}")
    return settings


def _checked(**parts: Any) -> Recording:
    target, draft, tokens = parts["logits_target"], parts["logits_draft"], parts["tokens"]
    for name, array, dimensions in (("logits_target", target, 2), ("logits_draft", draft, 3)):
        if array.dtype.kind != "f" or array.ndim != dimensions or not array.size:
            raise InvalidInputError(
                f"{name} has dtype {array.dtype} and shape {array.shape}: it must be float16, float32 or float64 and "
                f"{'[T, V]' if dimensions == 2 else '[K, T, V]'}, none of them 0"
            )
    if draft.shape[1:] != target.shape:
        raise InvalidInputError(
            f"logits_draft has shape {draft.shape}: it must be [K, *{target.shape}], the shape of logits_target"
        )
    if tokens.dtype.kind not in "iu" or tokens.shape != target.shape[:1]:
        raise InvalidInputError(
            f"tokens has dtype {tokens.dtype} and shape {tokens.shape}: it must be integers [{target.shape[0]}], one a "
            "position of logits_target"
        )
    if tokens.min() < 0 or tokens.max() >= target.shape[1]:
        worst = int(tokens.min() if tokens.min() < 0 else tokens.max())
        raise InvalidInputError(f"tokens holds {worst}: it must be in [0, {target.shape[1] - 1}]")
    for name in _TEXTS:
        if not isinstance(parts[name], str):
            raise InvalidInputError(f"{name} is {parts[name]!r}: it must be a text")
    for name, least in _NUMBERS.items():
        kind = int if name == "top_k" else (int, float)
        value = parts[name]
        if isinstance(value, bool) or not isinstance(value, kind) or not least <= value < float("inf"):
            raise InvalidInputError(f"{name} is {value!r}: it must be a number of at least {least:g}")
    if parts["top_p"] > 1.0:
        raise InvalidInputError(f"top_p is {parts['top_p']!r}: it must be at most 1")
    return Recording(**parts)
