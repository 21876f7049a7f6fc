"""Sweeps on a real dask cluster of two worker processes: the same table, and workers that are killed in the middle."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pybench.errors import MissingError
from pybench.harness.sweep import Sweep, run_sweep
from pybench.harness.sweep import engines as engines_of_sweeps

dask = pytest.importorskip("dask", reason="clusters need dask")
distributed = pytest.importorskip("distributed", reason="clusters need dask.distributed")

Make = Callable[..., Sweep]
Start = Callable[..., subprocess.Popen[str]]
Patient = Callable[[Callable[[], bool]], None]


@pytest.fixture(scope="module")
def address(counted_path: Path) -> Iterator[str]:
    """Start a scheduler and two workers with a thread each; give its address."""
    once = {"distributed.scheduler.allowed-failures": 1}  # as many deaths are dask's own affair
    with (
        dask.config.set(once),
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0", silence_logs=50
        ) as cluster,
    ):
        yield cluster.scheduler_address


def _without_seconds(table: Any) -> dict[str, list[str]]:
    return {name: list(map(repr, values)) for name, values in table.columns.items() if name != "seconds"}


def _recorded(folder: Path) -> list[int]:
    path = folder / "points.jsonl"
    lines = path.read_bytes().split(b"\n")[1:-1] if path.exists() else []
    return [json.loads(line)["index"] for line in lines]


def test_a_cluster_gives_the_same_table_as_this_process(counted: Make, tmp_path: Path, address: str) -> None:
    broken = tmp_path / "log.broken"
    broken.touch()
    sweep = counted(grid={"level": list(range(20, 40)), "kind": ["one", "two"]}, replications=5, seed=3, failing=27)
    there = run_sweep(sweep, tmp_path / "there", cluster=address)
    here = run_sweep(sweep, tmp_path / "here")
    assert _without_seconds(there.table) == _without_seconds(here.table)
    assert len(there.table.failed) == 10
    assert there.tasks < 60
    assert run_sweep(sweep, tmp_path / "here", cluster=address, resume=True).computed == 0


def test_a_worker_killed_in_the_middle_costs_no_point(
    start_sweep: Start, patient: Patient, tmp_path: Path, log: Path, address: str, counted: Make
) -> None:
    levels = list(range(40))
    options = ("--grid", f"level={','.join(map(str, levels))}", "--replications", "5", "--set", "pause_s=0.02")
    process = start_sweep(*options, "--cluster", address, "--json")
    patient(lambda: len(_recorded(tmp_path / "o")) >= 20)
    last = log.read_text().splitlines()[-1].split("|")
    os.kill(int(last[1]), signal.SIGKILL)
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    report = json.loads(output)
    assert (report["computed"], report["failed"]) == (200, [])
    assert sorted(_recorded(tmp_path / "o")) == list(range(200))
    assert len({line.split("|")[1] for line in log.read_text().splitlines()}) >= 3  # the nanny started another
    alone = run_sweep(counted(grid={"level": levels}, replications=5), tmp_path / "alone")
    assert report["columns"]["value"] == alone.table.column("value")


@pytest.mark.slow
def test_a_point_that_kills_its_workers_fails_alone(counted: Make, tmp_path: Path, address: str) -> None:
    sweep = counted(grid={"level": list(range(6))}, killing=3)
    finished = run_sweep(sweep, tmp_path / "f", cluster=address)
    assert finished.table.failed == [3]
    assert finished.table.column("error")[3] == "its process died, 2 times, with this point alone"


def test_ctrl_c_leaves_the_cluster_to_others(
    start_sweep: Start, patient: Patient, tmp_path: Path, address: str, counted: Make
) -> None:
    levels = ",".join(map(str, range(500)))
    process = start_sweep("--grid", f"level={levels}", "--set", "pause_s=0.02", "--cluster", address)
    patient(lambda: len(_recorded(tmp_path / "o")) >= 5 or process.poll() is not None)
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=20)
    assert (process.returncode, output) == (130, "")
    assert "Traceback" not in errors
    assert 5 <= len(_recorded(tmp_path / "o")) < 500
    assert run_sweep(counted(replications=3), tmp_path / "next", cluster=address).computed == 3


def test_workers_of_another_version_are_refused_by_name(
    counted: Make, tmp_path: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    versions = {"pybench-papers": "9", "swept": "0.1", "numpy": "1"}
    monkeypatch.setattr("pybench.harness.sweep.store.versions_of", lambda name: versions)
    text = rf"cluster is '{re.escape(address)}': a worker has pybench-papers [\d.]+, not 9;.*; install the same there"
    with pytest.raises(MissingError, match=text):
        run_sweep(counted(), tmp_path / "f", cluster=address)


def _scheduler(folder: Path) -> tuple[subprocess.Popen[str], str]:
    """Start a scheduler of its own process; give its address."""
    file = folder / "scheduler.json"
    command = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0"]
    process = subprocess.Popen(
        [*command, "--no-dashboard", "--scheduler-file", str(file)], stderr=subprocess.DEVNULL, text=True
    )
    return process, str(file)


def test_no_scheduler_no_worker_and_a_lost_scheduler_say_so(
    counted: Make, tmp_path: Path, patient: Patient, start_sweep: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines_of_sweeps, "CONNECT_S", 2.0)
    monkeypatch.setattr(engines_of_sweeps, "WORKERS_S", 0.5)
    with pytest.raises(MissingError, match=r"cluster is 'tcp://127\.0\.0\.1:9': no scheduler answers there"):
        run_sweep(counted(), tmp_path / "f", cluster="tcp://127.0.0.1:9")
    process, file = _scheduler(tmp_path)
    started: list[subprocess.Popen[Any]] = [process]
    try:
        patient(lambda: Path(file).exists() and Path(file).read_text().endswith("}"))
        address = json.loads(Path(file).read_text())["address"]
        with pytest.raises(MissingError, match=rf"it has no worker; start one: dask worker {address}"):
            run_sweep(counted(), tmp_path / "f", cluster=address)
        assert not (tmp_path / "f").exists()
        command = [sys.executable, "-m", "distributed.cli.dask_worker", address, "--no-nanny", "--no-dashboard"]
        started.append(subprocess.Popen([*command, "--nthreads", "1"], stderr=subprocess.DEVNULL, cwd=tmp_path))
        options = ("--grid", f"level={','.join(map(str, range(500)))}", "--set", "pause_s=0.02", "--cluster", address)
        sweep = start_sweep(*options)
        patient(lambda: len(_recorded(tmp_path / "o")) >= 5 or sweep.poll() is not None)
        process.kill()
        _, errors = sweep.communicate(timeout=30)
        assert sweep.returncode == 3
        text = f"pybench: cluster is '{address}': its scheduler is lost; what is done is kept, use --resume"
        assert text in errors.splitlines()
        assert 5 <= len(_recorded(tmp_path / "o")) < 500
    finally:
        for one in started:
            one.kill()
            one.wait()
