"""The folder of a sweep: nothing lost, nothing done twice, nothing mixed, whatever became of its files."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pybench.errors import InvalidInputError
from pybench.harness.sweep import Sweep, run_sweep
from pybench.harness.sweep.store import Store

Make = Callable[..., Sweep]


def _done(folder: Path) -> list[int]:
    return [json.loads(line)["index"] for line in (folder / "points.jsonl").read_text().splitlines()[1:]]


def _without_seconds(table: Any) -> dict[str, list[Any]]:
    return {name: list(map(repr, values)) for name, values in table.columns.items() if name != "seconds"}


def test_a_cut_at_any_byte_loses_the_torn_line_only(
    counted: Make,
    simulated: Callable[..., list[int]],
    tmp_path: Path,
    log: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("pybench.harness.sweep.store.provenance_of_run", lambda name: {"commit": None})  # asks git
    sweep = counted(grid={"level": [1, 2]}, replications=2)
    whole = run_sweep(sweep, tmp_path / "whole")
    content = (tmp_path / "whole" / "points.jsonl").read_bytes()
    for cut in [*range(0, len(content), 11), len(content) - 1, len(content)]:
        folder = tmp_path / f"cut{cut}"
        shutil.copytree(tmp_path / "whole", folder)
        (folder / "points.jsonl").write_bytes(content[:cut])
        kept = max(content[:cut].count(b"\n") - 1, 0)
        log.unlink()
        again = run_sweep(sweep, folder, resume=True)
        assert again.computed == 4 - kept
        assert simulated() == list(range(kept, 4)) if kept < 4 else not log.exists()
        assert _done(folder) == [0, 1, 2, 3]
        assert _without_seconds(again.table) == _without_seconds(whole.table)
        torn = cut > 0 and content[cut - 1 : cut] != b"\n"
        assert any("was torn" in note for note in again.notes) == torn
        log.touch()


@pytest.mark.parametrize(
    ("broken", "text"),
    [
        (b"{}\n", "line 1: 'schema'"),
        (b'{"schema":"pybench/sweep-points","version":2,"key":"KEY"}\n', "line 1: the file is not of this sweep"),
        (b'{"schema":"pybench/sweep-points","version":1,"key":"other"}\n', "line 1: the file is not of this sweep"),
        (b"HEAD\nnonsense\n", "line 2: Expecting value"),
        (b'HEAD\n{"index":9,"seconds":1,"values":{}}\n', "line 2: index is 9: it must be in [0, 4)"),
        (b'HEAD\n{"index":true,"seconds":1,"values":{}}\n', "line 2: index is True"),
        (b'HEAD\n{"index":1,"seconds":1}\n', "line 2: the line has neither values nor an error"),
        (b"HEAD\n\xc3\x28\n", "line 2: 'utf-8' codec"),
    ],
)
def test_a_file_that_is_broken_in_the_middle_is_refused_and_left(
    counted: Make, tmp_path: Path, broken: bytes, text: str
) -> None:
    sweep = counted(grid={"level": [1, 2]}, replications=2)
    run_sweep(sweep, tmp_path / "f")
    path = tmp_path / "f" / "points.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    key = json.loads(lines[0])["key"].encode()
    content = broken.replace(b"HEAD\n", lines[0]).replace(b"KEY", key) + lines[1]
    path.write_bytes(content)
    with pytest.raises(InvalidInputError, match=re.escape(text)):
        run_sweep(sweep, tmp_path / "f", resume=True)
    assert path.read_bytes() == content


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"seed": 1}, "it differs in seed"),
        ({"replications": 3}, "it differs in replications"),
        ({"grid": {"level": [1, 3]}}, "it differs in grid"),
        ({"noise": 2.0}, "noise: 1.0 there, 2.0 asked for"),
        ({"paired": True}, "it differs in paired"),
    ],
)
def test_another_sweep_in_the_same_folder_is_refused_by_name(
    counted: Make, tmp_path: Path, change: dict[str, Any], text: str
) -> None:
    options: dict[str, Any] = {"grid": {"level": [1, 2]}, "replications": 2}
    run_sweep(counted(**options), tmp_path / "f")
    before = {path.name: path.read_bytes() for path in (tmp_path / "f").iterdir()}
    for resume in (False, True):
        with pytest.raises(InvalidInputError, match=re.escape(text)):
            run_sweep(counted(**{**options, **change}), tmp_path / "f", resume=resume)
    assert {path.name: path.read_bytes() for path in (tmp_path / "f").iterdir()} == before


def test_the_same_sweep_is_gone_on_with_only_when_asked(counted: Make, tmp_path: Path) -> None:
    run_sweep(counted(), tmp_path / "f")
    with pytest.raises(InvalidInputError, match="holds this sweep already: use --resume"):
        run_sweep(counted(), tmp_path / "f")
    assert run_sweep(counted(), tmp_path / "f", resume=True).computed == 0


def test_another_version_of_the_method_is_another_sweep(
    counted: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_sweep(counted(), tmp_path / "f")
    monkeypatch.setattr("pybench.harness.sweep.store.versions_of", lambda name: {name: "0.2"})
    with pytest.raises(InvalidInputError, match="it differs in the version of counted"):
        run_sweep(counted(), tmp_path / "f", resume=True)


def test_two_processes_do_not_write_to_one_folder(counted: Make, tmp_path: Path) -> None:
    with (
        Store(counted(), tmp_path / "f", resume=False),
        pytest.raises(InvalidInputError, match="is in use: another process runs this sweep"),
    ):
        run_sweep(counted(), tmp_path / "f", resume=True)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"schema": "pybench/sweep", "version": 2}', '{"schema": 1'])
def test_a_header_that_is_none_is_refused(counted: Make, tmp_path: Path, content: str) -> None:
    (tmp_path / "sweep.json").write_text(content)
    with pytest.raises(InvalidInputError, match=re.escape("sweep.json' is no header of pybench/sweep version 1")):
        run_sweep(counted(), tmp_path, resume=True)


def test_points_without_a_header_are_not_touched(counted: Make, tmp_path: Path) -> None:
    (tmp_path / "points.jsonl").write_text("mine")
    with pytest.raises(InvalidInputError, match=r"has points\.jsonl without sweep\.json"):
        run_sweep(counted(), tmp_path, resume=True)
    assert (tmp_path / "points.jsonl").read_text() == "mine"


def test_a_folder_that_cannot_be_made_is_refused(counted: Make, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InvalidInputError, match="it must be one that can be made"):
        run_sweep(counted(), tmp_path / "file" / "f")


def test_the_header_names_every_session_and_where_it_ran(
    counted: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_sweep(counted(replications=2), tmp_path)
    header = json.loads((tmp_path / "sweep.json").read_text())
    assert (header["schema"], header["version"], header["method"]) == ("pybench/sweep", 1, "counted")
    assert header["sweep"]["replications"] == 2
    assert {"pybench-papers", "swept", "numpy"} == set(header["versions"])
    path = tmp_path / "points.jsonl"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:2]))
    elsewhere = {**header["provenance"], "commit": "f" * 40}
    monkeypatch.setattr("pybench.harness.sweep.store.provenance_of_run", lambda name: elsewhere)
    notes = run_sweep(counted(replications=2), tmp_path, resume=True).notes
    assert notes == ("its points come from more than one commit: sweep.json names them",)
    assert len(json.loads((tmp_path / "sweep.json").read_text())["sessions"]) == 2
    assert [json.loads(line)["session"] for line in path.read_text().splitlines()[1:]] == [0, 1]


def test_a_full_disk_leaves_no_half_line(
    counted: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, log: Path
) -> None:
    sweep = counted(grid={"level": [1, 2, 3]}, replications=2)
    write, written = os.write, 0

    def full(file: int, content: bytes) -> int:
        nonlocal written
        written += content.startswith(b'{"index"')
        if written == 3:
            write(file, content[: len(content) // 2])
            raise OSError(28, "No space left on device")
        return write(file, content)

    with monkeypatch.context() as patched:
        patched.setattr("pybench.harness.sweep.store.os.write", full)
        with pytest.raises(OSError, match="No space left"):
            run_sweep(sweep, tmp_path / "full")
    assert all(json.loads(line) for line in (tmp_path / "full" / "points.jsonl").read_text().splitlines())
    assert run_sweep(sweep, tmp_path / "full", resume=True).computed >= 1
    assert sorted(_done(tmp_path / "full")) == list(range(6))
