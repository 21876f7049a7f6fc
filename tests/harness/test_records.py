"""Records: what is read, what is refused, what is repaired."""

from __future__ import annotations

import json
import math
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from pybench.errors import InvalidInputError
from pybench.harness import records
from pybench.harness.records import append, read


def _record(number: int, **more: Any) -> dict[str, Any]:
    return {"schema": "pybench/race", "version": 1, "number": number, **more}


def _numbers(path: Path) -> list[int]:
    return [record["number"] for record in read(path).records]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Give a file of three records."""
    path = tmp_path / "races" / "method.jsonl"
    for number in range(3):
        assert append(path, _record(number)) is None
    return path


def test_an_absent_file_is_an_empty_one(tmp_path: Path) -> None:
    assert read(tmp_path / "none.jsonl") == records.Reading((), None)
    assert list(tmp_path.iterdir()) == []


def test_what_is_appended_is_read_in_order_and_nothing_lies_beside(file: Path) -> None:
    append(file, _record(3, text="ü\n\u2028", whole=2**200, small=5e-324, nothing=None, nested={"list": [1.5, True]}))
    assert _numbers(file) == [0, 1, 2, 3]
    last = read(file).records[3]
    assert last == _record(3, text="ü\n\u2028", whole=2**200, small=5e-324, nothing=None, nested={"list": [1.5, True]})
    assert file.read_bytes().count(b"\n") == 4
    assert [path.name for path in file.parent.iterdir()] == [file.name]


TAILS = {
    "cut": b'{"schema":"pybench/race","version":1,"numb',
    "no end": json.dumps(_record(3)).encode(),
    "binary": bytes(range(0x80, 0x100)) * 4,
    "binary with an end": b"\xff\x00\xfe\n",
    "zeros": b"\0" * 4096,
    "cut and zeros": b'{"schema":"pybench/ra' + b"\0" * 512 + b"\n",
    "empty line": b"\n",
    "not an object": b"[1]\n",
    "not a number": b'{"schema":"pybench/race","version":1,"number":NaN}\n',
    "infinite": b'{"schema":"pybench/race","version":1,"number":-Infinity}\n',
    "two objects": b'{"schema":"pybench/race","version":1}{}\n',
    "too deep": b"[" * 100_000 + b"\n",
    "endless number": b'{"schema":"pybench/race","version":' + b"1" * 5000 + b"}\n",
    "utf-16": json.dumps(_record(3)).encode("utf-16-le") + b"\n",
    "no schema": b'{"version":1}\n',
    "unknown schema": b'{"schema":"other","version":1}\n',
    "schema of a wrong type": b'{"schema":["pybench/race"],"version":1}\n',
    "no version": b'{"schema":"pybench/race"}\n',
    "version zero": b'{"schema":"pybench/race","version":0}\n',
    "version of a wrong type": b'{"schema":"pybench/race","version":true}\n',
}


@pytest.mark.parametrize("tail", TAILS.values(), ids=list(TAILS))
def test_a_broken_last_line_is_read_up_to_reported_and_repaired(file: Path, tail: bytes) -> None:
    with file.open("ab") as broken:
        broken.write(tail)
    reading = read(file)
    assert [record["number"] for record in reading.records] == [0, 1, 2]
    assert reading.problem is not None
    assert reading.problem.startswith("method.jsonl, line 4: ")
    assert append(file, _record(3)) == reading.problem
    assert _numbers(file) == [0, 1, 2, 3]
    assert read(file).problem is None


@pytest.mark.parametrize("tail", [tail for tail in TAILS.values() if tail.endswith(b"\n")])
def test_a_file_broken_before_its_last_line_is_left_as_it_is(file: Path, tail: bytes) -> None:
    lines = file.read_bytes().splitlines(keepends=True)
    broken = lines[0] + tail + lines[1]
    file.write_bytes(broken)
    assert _numbers(file) == [0]
    with pytest.raises(InvalidInputError, match=r"line 2: .*by hand"):
        append(file, _record(3))
    assert file.read_bytes() == broken
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_a_record_of_a_newer_version_is_not_thrown_away(file: Path) -> None:
    with file.open("ab") as newer:
        newer.write(b'{"schema":"pybench/race","version":3,"number":3}\n')
    before = file.read_bytes()
    assert _numbers(file) == [0, 1, 2]
    with pytest.raises(InvalidInputError, match="version of pybench/race is 3"):
        append(file, _record(4))
    assert file.read_bytes() == before


def test_old_versions_are_still_read(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "SCHEMAS", {"pybench/race": 3})
    append(file, _record(3) | {"version": 3})
    assert [record["version"] for record in read(file).records] == [1, 1, 1, 3]


@pytest.mark.parametrize(
    "record",
    [
        {},
        {"schema": "pybench/race"},
        {"schema": "pybench/other", "version": 1},
        {"schema": [], "version": 1},
        {"schema": "pybench/race", "version": 3},
        {"schema": "pybench/race", "version": "1"},
        _record(0, value=math.nan),
        _record(0, value=[{"deep": math.inf}]),
        _record(0, value={1, 2}),
        _record(0, value=b"bytes"),
        _record(0, value="\udcff"),
        _record(0, value="x" * (4 << 20)),
    ],
)
def test_what_is_no_record_is_refused_and_nothing_is_written(
    tmp_path: Path, file: Path, record: dict[str, Any]
) -> None:
    before = file.read_bytes()
    for path in (file, tmp_path / "new" / "file.jsonl"):
        with pytest.raises(InvalidInputError):
            append(path, record)
    assert file.read_bytes() == before
    assert not (tmp_path / "new").exists()


def test_a_record_that_holds_itself_is_refused(file: Path) -> None:
    record = _record(3)
    record["self"] = record
    with pytest.raises(InvalidInputError):
        append(file, record)
    assert _numbers(file) == [0, 1, 2]


@contextmanager
def _largest_file(size: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_leaves_the_old_file(file: Path) -> None:
    append(file, _record(3, text="x" * 10_000))
    before = file.read_bytes()
    for size in (0, 1, 5_000, len(before), len(before) + 100):
        with _largest_file(size), pytest.raises(OSError, match="File too large"):
            append(file, _record(4, text="y" * 1_000))
        assert file.read_bytes() == before
        assert [path.name for path in file.parent.iterdir()] == [file.name]
    append(file, _record(4))
    assert _numbers(file) == [0, 1, 2, 3, 4]
