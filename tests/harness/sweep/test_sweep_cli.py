"""``pybench sweep``: options to axes, what it prints and writes, how it ends."""

from __future__ import annotations

import csv
import json
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pybench.cli import main
from pybench.errors import InvalidInputError
from pybench.harness.registry import find
from pybench.harness.sweep import Choice, LogUniform, Uniform
from pybench.harness.sweep.options import parse_grid, parse_random

Invoke = Callable[..., tuple[int, str, str]]


@pytest.fixture
def invoke(
    counted_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Invoke:
    """Run ``pybench sweep counted`` in this process; return exit code, output and errors."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str, method: str = "counted") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["pybench", "sweep", method, *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        return int(ended.value.code or 0), *capsys.readouterr()

    return run


BAD = [
    (("--grid", "level"), "--grid is 'level': it must be field=value"),
    (("--grid", "size=1"), "--grid names field 'size': the fields are level, noise"),
    (("--grid", "level=1,x"), "level is 'x': it must be of type int"),
    (("--grid", "level="), "level is '': it must be of type int"),
    (("--grid", "level=1,1"), "axis 'level' has 1 twice"),
    (("--grid", "level=1", "--grid", "level=2"), "--grid names field 'level' twice"),
    (("--grid", "level=1,-1"), "point 1 (level=-1): level is -1: it must be at least 0"),
    (("--grid", "level=1", "--set", "level=2"), "--set names field 'level', which is an axis of the sweep"),
    (("--random", "noise=normal:0:1", "--draws", "1"), "--random is 'noise=normal:0:1': it must be field=uniform:LOW"),
    (
        ("--random", "noise=uniform:0", "--draws", "1"),
        "it must be field=uniform:LOW:HIGH, loguniform:LOW:HIGH or",
    ),
    (("--random", "noise=uniform:1:0", "--draws", "1"), "low is 1.0 and high is 0.0: low must be below high"),
    (("--random", "level=uniform:0.5:1", "--draws", "1"), "level is '0.5': it must be of type int"),
    (("--random", "kind=uniform:a:b", "--draws", "1"), "kind is no number, so its law must be choice:VALUE,VALUE"),
    (("--random", "noise=uniform:0:1"), "draws is 0: it must be at least 1 with the random field 'noise'"),
    (("--draws", "3"), "draws is 3: it must be 0 where no field is random"),
    (("--field", "size"), "--field is 'size': the fields are level, value"),
    (("--field", "aside"), "--field is 'aside': the fields are level, value"),
    (("--preset", "huge"), "preset is 'huge': it must be one of quick, standard"),
    (("--jobs", "1", "--cluster", "tcp://x:1"), "they exclude each other"),
    (("--replications", "0"), "--replications"),
    (("--out", __file__), "--out"),
]


@pytest.mark.parametrize(("arguments", "text"), BAD, ids=[" ".join(arguments) for arguments, _ in BAD])
def test_bad_input_ends_with_2_says_why_and_writes_nothing(
    invoke: Invoke, tmp_path: Path, arguments: tuple[str, ...], text: str
) -> None:
    code, output, errors = invoke(*arguments)
    assert (code, output) == (2, "")
    assert text in " ".join(errors.split())
    assert list(tmp_path.iterdir()) == []


def test_texts_become_typed_axes(counted_path: Path) -> None:
    base = find("counted").card.preset("quick")
    assert parse_grid(base, ["level=1,2", "noise=1,2.5", "folded=no,yes", "kind=a,b;one"]) == {
        "level": (1, 2),
        "noise": (1.0, 2.5),
        "folded": (False, True),
        "kind": ("a,b", "one"),
    }
    assert parse_random(base, ["level=uniform:1:9", "noise=loguniform:1e-3:1", "kind=choice:one,two"]) == {
        "level": Uniform(1, 9),
        "noise": LogUniform(1e-3, 1.0),
        "kind": Choice(("one", "two")),
    }
    with pytest.raises(InvalidInputError, match="--random names field 'level' twice"):
        parse_random(base, ["level=choice:1", "level=choice:2"])


def test_a_sweep_prints_means_and_writes_tables_and_figures(invoke: Invoke, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="figures need matplotlib")
    arguments = ("--grid", "level=1,2", "--grid", "kind=one,two", "--replications", "3", "--seed", "4")
    code, output, errors = invoke(*arguments)
    assert (code, set(errors.split())) == (0, {"noise"})
    assert "mean ± standard error of 3 replications" in output
    assert "12 points: 12 simulated in" in output
    folder = tmp_path / "out" / "sweep" / "counted"
    assert {path.name for path in folder.iterdir()} == {
        *("sweep.json", "points.jsonl", "points.csv", "settings.csv", "figures"),
    }
    rows = list(csv.DictReader((folder / "points.csv").read_text().splitlines()))
    assert [(row["level"], row["kind"], row["replication"]) for row in rows[:4]] == [
        *(("1", "one", str(number)) for number in range(3)),
        ("1", "two", "0"),
    ]
    assert rows[5]["seed"] == "4 5"
    assert (rows[0]["result.level"], rows[0]["word"], rows[0]["lost"]) == ("1", "one", "nan")
    assert "aside" not in rows[0]
    means = list(csv.DictReader((folder / "settings.csv").read_text().splitlines()))
    values = [float(row["value"]) for row in rows[3:6]]
    assert float(means[1]["value.mean"]) == pytest.approx(sum(values) / 3)
    assert (means[1]["replications"], means[1]["failed"]) == ("3", "0")
    figures = {path.name: path.read_bytes() for path in (folder / "figures").iterdir()}
    assert "value.svg" in figures
    assert b"averaged over" not in figures["value.svg"]
    code, output, _ = invoke(*arguments, "--resume", "--field", "value")
    assert code == 0
    assert "12 points: 0 simulated" in output
    assert (folder / "figures" / "value.svg").read_bytes() == figures["value.svg"]


def test_json_is_all_of_it_and_alone(invoke: Invoke) -> None:
    code, output, _ = invoke("--grid", "level=3,4", "--json", "--out", "o")
    report = json.loads(output)
    assert (code, report["computed"], report["failed"]) == (0, 2, [])
    assert report["columns"]["level"] == [3, 4]
    assert report["sweep"]["base"]["noise"] == 1.0
    assert "o/points.csv" in report["files"]


def test_failed_points_end_with_1_after_everything_is_written(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "log.broken").touch()
    arguments = ("--grid", "level=1,2", "--set", "failing=2", "--set", "log=log", "--out", "o")
    code, output, errors = invoke(*arguments)
    assert code == 1
    assert re.search(r"1 of 2 points failed; point 1: RuntimeError: no such level: 2; use --retry-failed", errors)
    assert "failed" in output
    assert len((tmp_path / "o" / "points.csv").read_text().splitlines()) == 3
    (tmp_path / "log.broken").unlink()
    assert invoke(*arguments, "--retry-failed")[0] == 0


def test_a_folder_of_another_sweep_ends_with_2(invoke: Invoke) -> None:
    assert invoke("--grid", "level=1,2")[0] == 0
    code, _, errors = invoke("--grid", "level=1,3", "--resume")
    assert code == 2
    assert "holds another sweep (it differs in grid)" in errors


def test_every_point_may_fail(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "log.broken").touch()
    code, output, _ = invoke("--set", "failing=1", "--set", "log=log", "--out", "o")
    assert code == 1
    assert "1 points: 1 simulated" in output


def test_a_method_of_this_repository_is_swept(invoke: Invoke, tmp_path: Path) -> None:
    small = ("--set", "prompts=2", "--set", "new_tokens=4", "--set", "compared_positions=0", "--set", "batch=2")
    code, output, errors = invoke(
        "--grid", "scheme=optimal,k_seq", *small, "--replications", "2", "--json", method="multi_draft"
    )
    assert (code, errors) == (0, "")
    columns = json.loads(output)["columns"]
    assert len(columns["block_efficiency"]) == 4
    assert columns["scheme"] == ["optimal", "optimal", "k_seq", "k_seq"]
    assert columns["result.scheme"] == columns["scheme"]
