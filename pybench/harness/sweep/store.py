"""A sweep's folder: ``sweep.json`` says what is swept and where it ran, ``points.jsonl`` has a line for each point.

Lines are only ever appended, each with one write, by one process at a time. A kill leaves at most one torn line, the
last: it is cut off when the folder is opened again, and its point is simulated again.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from pybench.errors import InvalidInputError
from pybench.harness.encoding import to_json
from pybench.harness.output import WRITTEN, dated, write_json
from pybench.harness.provenance import provenance_of_run, without_paths
from pybench.harness.sweep.points import Sweep
from pybench.harness.sweep.tasks import Outcome, versions_of

__all__ = ["Store"]

SCHEMA = "pybench/sweep"
POINTS_SCHEMA = "pybench/sweep-points"
#: Between two flushes to the disk. A kill of the process loses nothing that was written, a power cut this much.
SYNC_S = 1.0


class Store:
    """What is done of a sweep. Use as a context manager: the folder is locked until it is left.

    Parameters
    ----------
    sweep
        What is swept.
    folder
        Made where absent.
    resume
        Whether a folder that holds points of this sweep may be gone on with.

    Raises
    ------
    InvalidInputError
        For a folder that holds another sweep, that holds this one while `resume` is False, that another process writes
        to, or whose files are broken before the last line.
    """

    def __init__(self, sweep: Sweep, folder: Path, *, resume: bool) -> None:
        self.folder = folder
        self.size = sweep.size
        self.versions = versions_of(sweep.registered.distribution)
        self.key = sweep.key(self.versions[sweep.registered.distribution])
        self.outcomes: dict[int, Outcome] = {}
        self.failed = 0
        self.notes: list[str] = []
        """What the user should know of the folder: a torn line, another commit."""
        self._header = _read_header(folder / "sweep.json")
        if self._header is not None:
            _refuse_other(self._header, sweep, self.key, folder)
            if not resume:
                raise InvalidInputError(
                    f"folder {str(folder)!r} holds this sweep already: use --resume to go on with it, or another --out"
                )
        elif (folder / "points.jsonl").exists():
            raise InvalidInputError(f"folder {str(folder)!r} has points.jsonl without sweep.json: use another --out")
        _make(folder)
        self._lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            self._open(sweep)
        except BaseException:
            os.close(self._lock)
            raise

    def _open(self, sweep: Sweep) -> None:
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InvalidInputError(f"folder {str(self.folder)!r} is in use: another process runs this sweep") from None
        path = self.folder / "points.jsonl"
        self._write_header(sweep)
        self._read_points(path)
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
        self._synced = time.monotonic()
        if os.fstat(self._file).st_size == 0:
            self._append([{"schema": POINTS_SCHEMA, "version": WRITTEN[POINTS_SCHEMA], "key": self.key}])

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        os.fsync(self._file)
        os.close(self._file)
        os.close(self._lock)

    def missing(self, *, retry_failed: bool) -> list[int]:
        """Return the points that are not done; with `retry_failed` also those that failed."""
        return [
            index
            for index in range(self.size)
            if index not in self.outcomes or (retry_failed and self.outcomes[index][3] is not None)
        ]

    def add(self, outcomes: Sequence[Outcome]) -> list[Outcome]:
        """Append outcomes; return those that were new. A point that is done stays as it is."""
        new = [outcome for outcome in outcomes if self._keep(outcome)]
        self._append([self._line(outcome) for outcome in new])
        return new

    def _keep(self, outcome: Outcome) -> bool:
        """Take an outcome unless its point is done; say whether it was taken."""
        before = self.outcomes.get(outcome[0])
        if before is not None and before[3] is None:
            return False
        self.failed += (outcome[3] is not None) - (before is not None)
        self.outcomes[outcome[0]] = outcome
        return True

    def _line(self, outcome: Outcome) -> dict[str, Any]:
        index, seconds, values, error = outcome
        found = {"values": values} if error is None else {"error": error}
        return {"index": index, "session": self.session, "seconds": round(seconds, 6), **found}

    def _append(self, lines: Sequence[Mapping[str, Any]]) -> None:
        content = "".join(json.dumps(line, allow_nan=False, separators=(",", ":")) + "\n" for line in lines).encode()
        before = os.fstat(self._file).st_size
        try:
            while content:
                content = content[os.write(self._file, content) :]
        except OSError:
            os.ftruncate(self._file, before)  # a full disk: no half line is left for later ones to follow
            raise
        if time.monotonic() - self._synced > SYNC_S:
            os.fsync(self._file)
            self._synced = time.monotonic()

    def _write_header(self, sweep: Sweep) -> None:
        """Write what is swept, and where each session ran: this one is added."""
        method = sweep.registered
        if self._header is None:
            facts = {"key": self.key, "sweep": sweep.definition(), "sessions": []}
            self._header = dated(SCHEMA, method, {**facts, "versions": dict(self.versions)})
        now = to_json(without_paths(provenance_of_run(method.distribution)))
        sessions = self._header["sessions"]
        if sessions and {one["commit"] for one in sessions} != {now["commit"]}:
            self.notes.append("its points come from more than one commit: sweep.json names them")
        sessions.append(now)
        self.session = len(sessions) - 1
        write_json(self.folder / "sweep.json", self._header)

    def _read_points(self, path: Path) -> None:
        """Read what is done; cut off a torn last line."""
        content = path.read_bytes() if path.exists() else b""
        position = number = 0
        while position < len(content):
            end = content.find(b"\n", position) + 1 or len(content)
            number += 1
            try:
                if content[end - 1 : end] != b"\n":
                    raise ValueError("the line has no end")
                self._read_line(json.loads(content[position:end]), number)
            except (ValueError, TypeError, KeyError, AttributeError) as error:
                if end < len(content):
                    raise InvalidInputError(f"{path.name}, line {number}: {error}; mend it by hand") from None
                os.truncate(path, position)
                self.notes.append(f"{path.name}: line {number}, the last, was torn; its points are simulated again")
            position = end

    def _read_line(self, line: Mapping[str, Any], number: int) -> None:
        if number == 1:
            if (line["schema"], line["version"], line["key"]) != (POINTS_SCHEMA, WRITTEN[POINTS_SCHEMA], self.key):
                raise ValueError("the file is not of this sweep")
            return
        index, values, error = line["index"], line.get("values"), line.get("error")
        if type(index) is not int or not 0 <= index < self.size:
            raise ValueError(f"index is {index!r}: it must be in [0, {self.size})")
        if not isinstance(values, dict) and not isinstance(error, str):
            raise ValueError("the line has neither values nor an error")
        self._keep((index, float(line["seconds"]), values, error))


def _read_header(path: Path) -> dict[str, Any] | None:
    """Return ``sweep.json``; None where there is none."""
    if not path.exists():
        return None
    try:
        header = json.loads(path.read_bytes())
        known = (header["schema"], header["version"]) == (SCHEMA, WRITTEN[SCHEMA])
        whole = isinstance(header["key"], str) and isinstance(header["sweep"], dict)
        if known and whole and all(isinstance(one, dict) and "commit" in one for one in header["sessions"]):
            return dict(header)
    except (ValueError, TypeError, KeyError):
        pass
    raise InvalidInputError(f"file {str(path)!r} is no header of {SCHEMA} version {WRITTEN[SCHEMA]}: use another --out")


def _refuse_other(header: Mapping[str, Any], sweep: Sweep, key: str, folder: Path) -> None:
    """Refuse to mix two sweeps in one folder; name what differs."""
    if header["key"] == key:
        return
    old, new = header["sweep"], to_json(sweep.definition())
    differing = [name for name in new if old.get(name) != new[name]]
    base_before, base_now = old.get("base") or {}, new["base"]
    if "base" in differing and set(base_before) == set(base_now):
        differing += [f"{name}: {base_before[name]!r} there, {base_now[name]!r} asked for" for name in base_now
                      if base_before[name] != base_now[name]]  # fmt: skip
    what = ", ".join(differing) or f"the version of {sweep.method}"
    raise InvalidInputError(
        f"folder {str(folder)!r} holds another sweep (it differs in {what}): use another --out, or repeat its options"
    )


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InvalidInputError(
            f"folder is {str(folder)!r}: it must be one that can be made ({error.strerror})"
        ) from error
