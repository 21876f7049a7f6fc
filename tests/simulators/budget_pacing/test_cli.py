"""``pybench budget_pacing plan`` writes a plan, whole or not at all."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.native


def command(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pybench", "budget_pacing", *arguments], cwd=folder, capture_output=True, text=True
    )


def test_a_plan_by_the_hour_is_written(tmp_path: Path) -> None:
    done = command(tmp_path, "plan", "synthetic", "--out", "plans/hours.csv", "--instance", "late", "--seed", "3")
    assert done.returncode == 0, done.stderr
    assert "24 hours" in done.stdout
    lines = (tmp_path / "plans" / "hours.csv").read_text().splitlines()
    assert lines[0] == "hour,auctions,spend,cumulative_spend,share_of_plan,first_multiplier"
    assert len(lines) == 25


def test_a_users_log_makes_a_plan(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow", reason="logs need the extra budget_pacing")
    rows = "".join(f"{t},{1 + t % 7},{1 + t % 3}\n" for t in range(480))
    (tmp_path / "day.csv").write_text("t,value,price\n" + rows)
    done = command(tmp_path, "plan", "day.csv", "--out", "hours.csv", "--budget", "50")
    assert done.returncode == 0, done.stderr
    assert float((tmp_path / "hours.csv").read_text().splitlines()[-1].split(",")[3]) <= 50.0


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("plan", "none.csv", "--out", "x.csv"), "it must be a file that exists"),
        (("plan", "avito", "--out", "x.csv"), "data is 'avito'"),
        (("plan", "synthetic", "--budget", "-1", "--out", "x.csv"), "budget is -1.0"),
    ],
)
def test_bad_input_is_refused_and_nothing_is_written(tmp_path: Path, arguments: tuple[str, ...], text: str) -> None:
    done = command(tmp_path, *arguments)
    assert done.returncode == 2
    assert text in done.stderr
    assert not (tmp_path / "x.csv").exists()


def test_without_words_it_says_what_there_is(tmp_path: Path) -> None:
    assert "plan" in command(tmp_path, "--help").stdout
