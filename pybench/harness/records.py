"""Records: JSON lines with a schema and a version, appended whole or not at all.

An append writes the old lines and the new one to a second file beside the first, makes it durable and renames it over
the first: a kill at any moment leaves either the old file or the new one. A lock on the folder keeps appenders apart.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pybench.errors import InvalidInputError

__all__ = ["CLAIM_KEY", "RACE_KEY", "SCHEMAS", "Reading", "append", "newest", "read"]

#: Every schema and the newest version of it that this code writes; it reads all versions up to that.
#: Version 2 of a race knows contenders of kind `limit`.
SCHEMAS: Mapping[str, int] = {"pybench/race": 2, "pybench/claim": 1}

#: What tells two things apart that were measured: only the newest record of each stands.
CLAIM_KEY = ("method", "claim", "preset")
RACE_KEY = ("method", "workload", "revision", "params")

#: A line longer than this is refused: no record of ours comes near it.
MAXIMUM_LINE_BYTES = 4 << 20


class _NewerVersionError(InvalidInputError):
    """A record that newer code wrote."""


@dataclass(frozen=True)
class Reading:
    """What a file of records holds."""

    records: tuple[dict[str, Any], ...]
    problem: str | None
    """Where and why reading stopped before the end; None for a whole file."""
    newer: bool = False
    """Whether it stopped at a record of a version that this code does not know yet, which is not broken."""


def append(path: Path, record: Mapping[str, Any]) -> str | None:
    """Append one record.

    Parameters
    ----------
    path
        A ``.jsonl`` file; it and its folder are made when absent.
    record
        JSON-able, with ``schema`` and ``version``; finite numbers only.

    Returns
    -------
    None, or what was wrong with the file before: a broken last line was left out of the new file.

    Raises
    ------
    InvalidInputError
        For an unknown schema or version, a record that is not strict JSON, a file that is broken before its last line
        or ends with a record of a newer version. The file is then as it was.
    """
    line = _encode(record)
    path.parent.mkdir(parents=True, exist_ok=True)
    with _locked(path.parent):
        content = _content(path)
        reading, end = _scan(content, path.name)
        if b"\n" in content[end:-1]:
            raise InvalidInputError(f"{reading.problem}; more stands after it: mend the file by hand before appending")
        if reading.newer:
            raise InvalidInputError(f"{reading.problem}; it was written by a newer pybench: append with that one")
        _replace(path, content[:end] + line)
    return reading.problem


def read(path: Path) -> Reading:
    """Read the records of a file, up to the first line that is broken.

    An absent file is an empty one.
    """
    return _scan(_content(path), path.name)[0]


def newest(records: Sequence[dict[str, Any]], key: tuple[str, ...]) -> list[dict[str, Any]]:
    """Return, for each key, the newest record and every older one that has contenders which no newer one has."""
    kept: list[tuple[str, dict[str, Any]]] = []
    seen: dict[str, set[str]] = {}
    for record in reversed(records):
        name = repr([record[part] for part in key])
        contenders = {row["contender"] for row in record.get("rows", ())}
        if name not in seen or contenders - seen[name]:
            kept.append((name, record))
        seen.setdefault(name, set()).update(contenders)
    order = {name: index for index, name in enumerate(dict.fromkeys(repr([r[p] for p in key]) for r in records))}
    return [record for _, record in sorted(kept, key=lambda pair: order[pair[0]])]


def _content(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else b""


def _scan(content: bytes, name: str) -> tuple[Reading, int]:
    """Return the records up to the first broken line, and how many bytes they take."""
    records: list[dict[str, Any]] = []
    position = 0
    while position < len(content):
        end = content.find(b"\n", position)
        try:
            if end < 0:
                raise InvalidInputError("the line has no end")
            records.append(_decode(content[position:end]))
        except InvalidInputError as error:
            number = content.count(b"\n", 0, position) + 1
            problem = f"{name}, line {number}: {error}; read up to there"
            return Reading(tuple(records), problem, isinstance(error, _NewerVersionError)), position
        position = end + 1
    return Reading(tuple(records), None), position


def _encode(record: Mapping[str, Any]) -> bytes:
    _check_schema(record)
    try:
        text = json.dumps(record, allow_nan=False, ensure_ascii=False, separators=(",", ":"))
        line = text.encode() + b"\n"
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidInputError(f"record of schema {record['schema']!r}: {error}") from error
    if len(line) > MAXIMUM_LINE_BYTES:
        raise InvalidInputError(f"record has {len(line)} bytes: it must have at most {MAXIMUM_LINE_BYTES}")
    return line


def _decode(line: bytes) -> dict[str, Any]:
    if len(line) > MAXIMUM_LINE_BYTES:
        raise InvalidInputError(f"the line has {len(line)} bytes: it must have at most {MAXIMUM_LINE_BYTES}")
    try:
        record = json.loads(line.decode(), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise InvalidInputError(f"the line is not JSON ({error})") from error
    if not isinstance(record, dict):
        raise InvalidInputError("the line is not a JSON object")
    _check_schema(record)
    return record


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON number")


def _check_schema(record: Mapping[str, Any]) -> None:
    schema, version = record.get("schema"), record.get("version")
    if not isinstance(schema, str) or schema not in SCHEMAS:
        raise InvalidInputError(f"schema is {schema!r}: it must be one of {', '.join(SCHEMAS)}")
    newest = SCHEMAS[schema]
    if type(version) is not int or not 1 <= version <= newest:
        newer = type(version) is int and version > newest
        kind = _NewerVersionError if newer else InvalidInputError
        raise kind(f"version of {schema} is {version!r}: it must be a whole number in [1, {newest}]")


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _replace(path: Path, content: bytes) -> None:
    beside = path.with_name(path.name + ".partial")
    try:
        with beside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    descriptor = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
