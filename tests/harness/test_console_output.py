"""Tables for people, files for later, and the doctor."""

from __future__ import annotations

import json
import multiprocessing
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from pybench.errors import InvalidInputError
from pybench.harness import console, doctor
from pybench.harness.fields import quantity
from pybench.harness.measure import simulate
from pybench.harness.output import write_json, write_whole
from pybench.harness.race_result import Race, Row
from pybench.harness.registry import RegisteredMethod
from pybench.harness.statistics import Ratio

Command = Callable[..., subprocess.CompletedProcess[str]]


def _words(text: str) -> str:
    return " ".join(text.replace("│", " ").split())


def test_texts_with_brackets_are_printed_as_they_are(command: Command) -> None:
    described = _words(command("info", "sorting").stdout)
    assert "sorting: Runs [of] numbers" in described
    assert "a package [that] nobody has" in described
    assert "How long sorted runs are in [random] numbers." in described
    assert "in [random] numbers" in _words(command("list").stdout)


def test_a_result_is_a_table_with_units(sorting: RegisteredMethod, capsys: pytest.CaptureFixture[str]) -> None:
    config, result = simulate(sorting)
    console.show_result(sorting, config, result, [Path("a/figure.svg")], "pip install 'x[y]'")
    printed = _words(capsys.readouterr().out)
    assert "sorting: Runs [of] numbers" in printed
    assert f"runs {result.runs} runs sorted runs" in printed
    assert "array (20,) float64" in printed
    assert "figure: a/figure.svg" in printed
    assert "figures left out: pip install 'x[y]'" in printed


@dataclass(frozen=True, kw_only=True)
class Long:
    few: int = quantity(doc="A number")
    many: Mapping[str, dict[str, int]] = quantity(doc="A table")
    hidden: Mapping[str, int] = quantity(doc="What a figure draws", detail=True)
    empty: Mapping[str, int] = quantity(doc="Nothing", detail=True)


def test_what_is_long_is_cut_and_details_are_only_named(
    sorting: RegisteredMethod, capsys: pytest.CaptureFixture[str]
) -> None:
    many = {f"row{row}": {f"column{column}": 1 + column for column in range(60)} for row in range(50)}
    console.show_result(sorting, None, Long(few=3, many=many, hidden={"a": 1}, empty={}), [], "")
    printed = capsys.readouterr().out
    assert "and 30 more" in printed
    assert "row19: column0: 1, column1: 2" in _words(printed)
    assert "column59" not in printed
    assert "in run.json and the report also: hidden\n" in printed
    assert printed.count("\n") < 80


def test_a_race_is_a_table_that_says_why_a_row_has_no_time(capsys: pytest.CaptureFixture[str]) -> None:
    rows = (
        Row(contender="ours", kind="native", status="timed", seconds=2.5e-4),
        Row(
            contender="peer",
            kind="peer",
            status="timed",
            total=Ratio(value=2.0, low=1.9, high=2.1),
            run_only=Ratio(value=1.5, low=1.4, high=1.6),
            comparison="slower",
            versions={"package": "4.2"},
        ),
        Row(contender="slow", kind="peer", status="did not finish", message="no answer within 1 s", at_least=4000.0),
        Row(contender="odd", kind="peer", status="failed", message="[bold]no[/nonsense]"),
        Row(
            contender="part",
            kind="limit",
            status="timed",
            total=Ratio(value=0.2, low=0.1, high=0.3),
            run_only=Ratio(value=0.2, low=0.1, high=0.3),
            comparison="faster",
        ),
    )
    facts = {"method": "m", "workload": "w", "revision": 1, "title": "A job", "size": "quick", "seed": 0, "work": {}}
    console.show_race(Race(params={"scale": 1}, baseline="ours", noise=0.034, rows=rows, **facts))
    printed = _words(capsys.readouterr().out)
    assert "A job: scale=1 (noise of this run 3.4%)" in printed
    assert "ours 1 1 1 250 µs a call" in printed
    assert "peer 1 4.2 2 [1.9, 2.1] 1.5 [1.4, 1.6] slower" in printed
    assert "slow 1 at least 4,000 did not finish: no answer within 1 s" in printed
    assert "odd 1 failed: [bold]no[/nonsense]" in printed
    assert "part 1 0.2 [0.1, 0.3] 0.2 [0.1, 0.3] a limit, no rival" in printed


def test_a_point_without_its_data_is_one_line_and_no_table(capsys: pytest.CaptureFixture[str]) -> None:
    rows = tuple(Row(contender=name, kind="native", status="missing", message="no data: get it") for name in "ab")
    facts = {"method": "m", "workload": "w", "revision": 1, "title": "A job", "size": "quick", "seed": 0, "work": {}}
    console.show_race(Race(params={"graph": "x"}, baseline="a", noise=None, rows=rows, **facts))
    assert _words(capsys.readouterr().out) == "A job: graph=x: not raced. no data: get it"


def test_a_file_is_whole_or_not_there(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "file.json"
    write_json(path, {"text": "ü", "value": float("nan")})
    assert json.loads(path.read_text()) == {"text": "ü", "value": "nan"}
    before = path.read_bytes()
    with pytest.raises(InvalidInputError):
        write_json(path, {"value": object()})
    with pytest.raises(TypeError):
        write_whole(path, "no bytes")  # type: ignore[arg-type]
    assert path.read_bytes() == before
    assert [entry.name for entry in path.parent.iterdir()] == ["file.json"]


def _write_often(path: Path, letter: bytes) -> None:
    for _ in range(200):
        write_whole(path, letter * 10_000)


def test_processes_that_write_one_file_at_once_do_not_trip(tmp_path: Path) -> None:
    path = tmp_path / "page.md"
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_write_often, args=(path, letter)) for letter in (b"a", b"b")]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
        assert writer.exitcode == 0
    assert path.read_bytes() in (b"a" * 10_000, b"b" * 10_000)
    assert [entry.name for entry in tmp_path.iterdir()] == ["page.md"]


def test_the_doctor_says_what_is_here_and_how_to_get_what_is_not(
    command: Command, tmp_path: Path, plugin_path: Path
) -> None:
    done = command("doctor", "--json", PYBENCH_DATA=str(tmp_path))
    assert (done.returncode, done.stderr) == (0, "")
    findings = {(finding["group"], finding["name"]): finding for finding in json.loads(done.stdout)}
    assert findings["native", "pybench._native"]["present"]
    assert findings["methods", "sorting"]["detail"] == "from rooms"
    assert ("packages", "networkx") in findings
    missing = findings["data", "bitcoin_otc"]
    assert not missing["present"]
    assert missing["detail"].startswith("expected at $PYBENCH_DATA/")
    assert list(tmp_path.iterdir()) == []
    assert "bitcoin_otc" in command("doctor").stdout


def test_the_doctor_names_the_extra_of_an_absent_package(monkeypatch: pytest.MonkeyPatch) -> None:
    known = doctor.version

    def version(name: str) -> str:
        if name == "networkit":
            raise PackageNotFoundError(name)
        return known(name)

    monkeypatch.setattr(doctor, "version", version)
    (finding,) = [finding for finding in doctor.examine() if finding.name == "networkit"]
    assert not finding.present
    assert finding.detail == "pip install 'pybench-papers[peers]'"
    assert not finding.needed
