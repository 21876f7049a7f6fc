"""Sweeps in this process and on local cores: the same table everywhere, failures and deaths that stop nothing."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pybench.errors import InvalidInputError, MissingError, MissingPackageError
from pybench.harness.sweep import Sweep, Uniform, run_sweep

Make = Callable[..., Sweep]
Simulated = Callable[..., list[int]]
Start = Callable[..., subprocess.Popen[str]]
Patient = Callable[[Callable[[], bool]], None]


def _without_seconds(table: Any) -> dict[str, list[str]]:
    return {name: list(map(repr, values)) for name, values in table.columns.items() if name != "seconds"}


def _recorded(folder: Path) -> list[int]:
    path = folder / "points.jsonl"
    lines = path.read_bytes().split(b"\n")[1:-1] if path.exists() else []
    return [json.loads(line)["index"] for line in lines]


def test_processes_give_the_same_table_as_this_one(counted: Make, simulated: Simulated, tmp_path: Path) -> None:
    options: dict[str, Any] = {"random": {"noise": Uniform(0.0, 2.0)}, "draws": 3, "replications": 4, "seed": 9}
    sweep = counted(grid={"level": [5, 6, 7]}, **options)
    here = run_sweep(sweep, tmp_path / "here")
    assert simulated("end") == list(range(36))
    there = run_sweep(sweep, tmp_path / "there", jobs=2)
    assert Counter(simulated("end")) == Counter(dict.fromkeys(range(36), 2))
    assert _without_seconds(there.table) == _without_seconds(here.table)
    assert (here.computed, there.computed) == (36, 36)
    package = sweep.registered.package
    for index in (0, 17, 35):
        point = sweep.point(index)
        result = package.simulate(package.Config(**{**vars(sweep.base), **point.changes}), seed=point.seed)
        assert there.table.column("value")[index] == result.value
        assert there.table.column("huge")[index] == result.huge


def test_a_point_that_fails_stops_nothing_and_is_tried_again_when_asked(
    counted: Make, simulated: Simulated, tmp_path: Path, log: Path
) -> None:
    broken = Path(f"{log}.broken")
    broken.touch()
    sweep = counted(grid={"level": [1, 2, 3]}, replications=2, failing=2)
    first = run_sweep(sweep, tmp_path / "f")
    assert first.table.failed == [2, 3]
    assert first.table.column("error") == ["", "", *["RuntimeError: no such level: 2"] * 2, "", ""]
    assert first.table.column("value")[2:4] == [None, None]
    assert run_sweep(sweep, tmp_path / "f", resume=True).computed == 0
    assert run_sweep(sweep, tmp_path / "f", retry_failed=True).table.failed == [2, 3]
    broken.unlink()
    mended = run_sweep(sweep, tmp_path / "f", retry_failed=True)
    assert (mended.computed, mended.table.failed) == (2, [])
    assert simulated() == [0, 1, 2, 3, 4, 5, 2, 3, 2, 3]
    assert _without_seconds(mended.table) == _without_seconds(run_sweep(sweep, tmp_path / "g").table)


def test_a_point_that_kills_its_process_fails_alone(counted: Make, simulated: Simulated, tmp_path: Path) -> None:
    sweep = counted(grid={"level": list(range(12))}, killing=4)
    finished = run_sweep(sweep, tmp_path / "f", jobs=2)
    assert finished.table.failed == [4]
    assert finished.table.column("error")[4] == "its process died, 2 times, with this point alone"
    assert sorted(set(simulated("end"))) == [0, 1, 2, 3, 5, 6, 7, 8, 9, 10, 11]
    assert sorted(_recorded(tmp_path / "f")) == list(range(12))


def test_progress_goes_from_nothing_to_all(counted: Make, tmp_path: Path) -> None:
    told: list[tuple[float, str]] = []
    sweep = counted(grid={"level": [1, 2]}, replications=2)
    run_sweep(sweep, tmp_path, progress=lambda fraction, text: told.append((fraction, text)))
    fractions = [fraction for fraction, _ in told]
    assert fractions == sorted(fractions)
    assert (fractions[0], fractions[-1]) == (0.0, 1.0)
    assert told[0][1] == "0 of 4 points"
    assert re.fullmatch(r"4 of 4 points, about 0 s left", told[-1][1])


def test_workers_must_have_the_same_versions(counted: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    versions = {"pybench-papers": "9", "swept": "0.1", "numpy": "1"}
    monkeypatch.setattr("pybench.harness.sweep.store.versions_of", lambda name: versions)
    with pytest.raises(MissingError, match=r"a worker has pybench-papers [\d.]+, not 9; swept 0\.1, not 0\.1; numpy"):
        run_sweep(counted(), tmp_path / "f", jobs=1)


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"jobs": -1}, "jobs is -1: it must be at least 0"),
        ({"jobs": 2, "cluster": "tcp://x:1"}, "jobs is 2 and cluster 'tcp://x:1': they exclude each other"),
        ({"cluster": "nonsense"}, "cluster is 'nonsense': it must be a scheduler's address, as tcp://HOST:PORT"),
    ],
)
def test_an_engine_that_is_none_is_refused_before_any_work(
    counted: Make, tmp_path: Path, options: dict[str, Any], text: str
) -> None:
    with pytest.raises(InvalidInputError, match=re.escape(text)):
        run_sweep(counted(), tmp_path / "f", **options)
    assert not (tmp_path / "f").exists()


@pytest.mark.parametrize(
    ("options", "package", "extra"),
    [({"jobs": 1}, "joblib", "sweep"), ({"cluster": "tcp://127.0.0.1:1"}, "distributed", "cluster")],
)
def test_a_missing_package_names_its_extra(
    counted: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: dict[str, Any], package: str, extra: str
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingPackageError, match=re.escape(f"pip install 'pybench-papers[{extra}]'")):
        run_sweep(counted(), tmp_path / "f", **options)
    assert not (tmp_path / "f").exists()


POINTS = 200
SLOW = ("--grid", f"level={','.join(map(str, range(50)))}", "--replications", "4", "--set", "pause_s=0.01")


@pytest.mark.parametrize("engine", [(), ("--jobs", "2")], ids=["here", "jobs"])
def test_after_a_kill_nothing_is_lost_or_done_twice(
    start_sweep: Start,
    simulated: Simulated,
    patient: Patient,
    tmp_path: Path,
    token: str,
    none_left: Callable[[str], bool],
    engine: tuple[str, ...],
) -> None:
    folder = tmp_path / "o"
    process = start_sweep(*SLOW, *engine)
    patient(lambda: len(_recorded(folder)) >= 20)
    process.kill()
    process.communicate()
    assert none_left(token)
    kept, before = _recorded(folder), len(simulated())
    assert 20 <= len(kept) < POINTS
    again = start_sweep(*SLOW, *engine, "--resume", "--json")
    output, errors = again.communicate(timeout=60)
    assert again.returncode == 0, errors
    report = json.loads(output)
    assert report["computed"] == POINTS - len(kept)
    assert sorted(_recorded(folder)) == list(range(POINTS))
    assert sorted(simulated()[before:]) == sorted(set(range(POINTS)) - set(kept))
    (folder / "points.jsonl").rename(tmp_path / "kept")
    whole = start_sweep(*SLOW, "--set", "kind=one", "--resume", "--json")
    columns = [json.loads(whole.communicate(timeout=60)[0])["columns"], report["columns"]]
    assert columns[0] | {"seconds": None} == columns[1] | {"seconds": None}


@pytest.mark.parametrize("engine", [(), ("--jobs", "2")], ids=["here", "jobs"])
def test_ctrl_c_stops_at_once_and_keeps_what_is_done(
    start_sweep: Start,
    patient: Patient,
    tmp_path: Path,
    token: str,
    none_left: Callable[[str], bool],
    engine: tuple[str, ...],
) -> None:
    process = start_sweep(*SLOW, *engine)
    patient(lambda: len(_recorded(tmp_path / "o")) >= 10)
    started = time.monotonic()
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to all of them
    output, errors = process.communicate(timeout=20)
    assert time.monotonic() - started < 3.0
    assert (process.returncode, output) == (130, "")
    assert "Traceback" not in errors
    assert none_left(token)
    assert (tmp_path / "o" / "points.jsonl").read_bytes().endswith(b"}\n")
    assert 10 <= len(_recorded(tmp_path / "o")) < POINTS


def test_a_process_that_somebody_kills_costs_no_point(
    start_sweep: Start, simulated: Simulated, patient: Patient, tmp_path: Path, log: Path
) -> None:
    process = start_sweep(*SLOW, "--jobs", "2", "--json")
    patient(lambda: len(_recorded(tmp_path / "o")) >= 10)
    os.kill(int(log.read_text().splitlines()[-1].split("|")[1]), signal.SIGKILL)
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    assert json.loads(output)["failed"] == []
    assert sorted(_recorded(tmp_path / "o")) == list(range(POINTS))
