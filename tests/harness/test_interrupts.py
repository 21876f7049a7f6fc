"""A race that is ended from outside ends at once, leaves no process behind and writes no file."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest


def _children(process: int) -> list[int]:
    return [int(number) for number in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def _busy_race(folder: Path, *before: str) -> subprocess.Popen[str]:
    """Start a race and wait until its last contender, which never answers, has been started."""
    workloads = [part for name in (*before, "endless") for part in ("--workload", name)]
    arguments = ["race", "trouble", *workloads, "--out", "out", "--json"]
    race = subprocess.Popen(
        [sys.executable, "-m", "pybench", *arguments],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    patience = time.monotonic() + 30.0
    while time.monotonic() < patience:
        if len(_children(race.pid)) == 3:
            time.sleep(0.5)
            return race
        time.sleep(0.02)
    race.kill()
    raise AssertionError("the race did not get under way")


@pytest.mark.parametrize(
    ("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, -signal.SIGTERM), (signal.SIGKILL, -signal.SIGKILL)]
)
def test_a_race_ends_at_once_and_leaves_nothing(
    plugin_path: Path,
    tmp_path: Path,
    token: str,
    none_left: Callable[[str], bool],
    sent: signal.Signals,
    code: int,
) -> None:
    race = _busy_race(tmp_path)
    started = time.monotonic()
    race.send_signal(sent)
    output, _ = race.communicate(timeout=20)
    assert time.monotonic() - started < 3.0
    assert race.returncode == code
    assert output == ""
    assert none_left(token)
    assert list(tmp_path.iterdir()) == []


def test_races_that_finished_before_are_kept(plugin_path: Path, tmp_path: Path, token: str) -> None:
    race = _busy_race(tmp_path, "missing_data")
    race.send_signal(signal.SIGINT)
    race.communicate(timeout=20)
    assert race.returncode == 130
    races = json.loads((tmp_path / "out" / "trouble" / "races.json").read_text())["races"]
    assert [found["workload"] for found in races] == ["missing_data"]
