"""The command line: what it prints, what it writes, how it ends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pybench.cli import EXIT_CODES, main

Command = Callable[..., subprocess.CompletedProcess[str]]

RACE = ("race", "sorting", "--contender", "stable", "--rounds", "5")
BAD = [
    (("run",), "METHOD is missing: name some of budget_pacing, currency_network, multi_draft, sorting, trouble, or use --all"),
    (("run", "nothing"), "method is 'nothing': installed are budget_pacing, currency_network, multi_draft, sorting, trouble"),
    (("run", "sorting", "nothing"), "method is 'nothing'"),
    (("run", "sorting", "--all"), "--all and METHOD exclude each other"),
    (("run", "sorting", "--preset", "huge"), "preset is 'huge': it must be one of quick, standard"),
    (("run", "sorting", "trouble", "--preset", "standard"), "preset is 'standard': it must be one of quick"),
    (("run", "sorting", "--set", "size=1"), "--set names field 'size': the fields are count, scale, order, folded"),
    (("run", "sorting", "--set", "count"), "--set is 'count': it must be field=value"),
    (("run", "sorting", "--set", "count=many"), "count is 'many': it must be of type int"),
    (("run", "sorting", "--set", "count=1"), "count is 1: it must be at least 2"),
    (("run", "sorting", "--set", "count=13"), "count is 13: nobody wants that many"),
    (("run", "sorting", "--set", "count=5", "--set", "count=6"), "--set names field 'count' twice"),
    (("run", "sorting", "trouble", "--set", "count=5"), "--set needs exactly one METHOD"),
    (("run", "sorting", "--seed", "-1"), "--seed"),
    (("run", "sorting", "--seed", "x"), "--seed"),
    (("run", "sorting", "--speed", "1"), "--speed"),
    (("run", "sorting", "--out", __file__), "--out"),
    (("info", "nothing"), "method is 'nothing'"),
    (("claims", "sorting", "--preset", "huge"), "preset is 'huge'"),
    (("claims", "sorting", "trouble", "--preset", "standard"), "preset is 'standard'"),
    (("race", "sorting", "--workload", "w"), "workload is 'w': method sorting has sort"),
    (("race", "sorting", "trouble", "--workload", "sort"), "workload is 'sort': method trouble has every_act"),
    (("race", "sorting", "--contender", "c"), "contender is 'c': known are absent, numpy, reference, stable"),
    (("race", "sorting", "--size", "huge"), "size is 'huge': it must be one of quick, standard, large"),
    (("race", "sorting", "--rounds", "4"), "rounds is 4: it must be at least 5"),
    (("report", "nothing"), "method is 'nothing'"),
    (("report", "sorting", "--all"), "--all and METHOD exclude each other"),
    (("nothing",), "nothing"),
]


@pytest.fixture
def invoke(
    plugin_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """Run the command line in this process; return exit code, output and errors."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["pybench", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        return int(ended.value.code or 0), *capsys.readouterr()

    return run


@pytest.mark.parametrize(("arguments", "text"), BAD, ids=[" ".join(arguments[:6]) for arguments, _ in BAD])
def test_bad_input_ends_with_2_says_why_and_writes_nothing(
    invoke: Callable[..., tuple[int, str, str]], tmp_path: Path, arguments: tuple[str, ...], text: str
) -> None:
    code, output, errors = invoke(*arguments)
    assert (code, output) == (2, "")
    assert text in " ".join(errors.split())
    assert list(tmp_path.iterdir()) == []


def test_a_process_ends_with_the_same_code_and_no_traceback(command: Command) -> None:
    done = command("run", "nothing")
    assert (done.returncode, done.stdout) == (2, "")
    names = "budget_pacing, currency_network, multi_draft, sorting, trouble"
    assert done.stderr == f"pybench: method is 'nothing': installed are {names}\n"


@pytest.mark.parametrize("name", ["", "list", "info", "run", "claims", "race", "report", "record", "doctor"])
def test_the_exit_codes_stand_in_the_help_of_every_command(
    invoke: Callable[..., tuple[int, str, str]], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    code, output, errors = invoke(*filter(None, (name, "--help")))
    assert (code, errors) == (0, "")
    assert all(f" {number} " in EXIT_CODES for number in range(4))
    assert EXIT_CODES in " ".join(output.split())
    assert name in output


def _json(command: Command, *arguments: str) -> Any:
    done = command(*arguments, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout, parse_constant=pytest.fail)


def test_list_and_info_as_json(command: Command) -> None:
    listed = {method["name"]: method for method in _json(command, "list")}
    assert listed["sorting"]["title"] == "Runs [of] numbers"
    assert _json(command, "info", "sorting")["distribution"] == "rooms"


def test_run_as_json_is_what_it_writes(command: Command, tmp_path: Path) -> None:
    arguments = ("run", "sorting", "trouble", "--seed", "5", "--out", "elsewhere")
    first, second = _json(command, *arguments)
    assert (first["method"], second["method"], first["preset"], first["seed"]) == ("sorting", "trouble", "quick", 5)
    assert first["config"] == {"count": 20, "scale": 2, "order": "random", "folded": False}
    assert first["result"]["huge"] == 3**200
    assert len(first["result"]["numbers"]) == 20
    written = json.loads((tmp_path / "elsewhere" / "sorting" / "run.json").read_text())
    assert written == first
    assert _json(command, *arguments)[0]["result"] == first["result"]
    assert _json(command, "run", "sorting", "--seed", "6")[0]["result"] != first["result"]


def test_a_method_named_twice_runs_once(command: Command) -> None:
    assert len(_json(command, "run", "sorting", "sorting")) == 1


def test_settings_are_typed_by_the_config_and_what_a_method_prints_stays_out_of_the_json(command: Command) -> None:
    settings = [part for text in ("scale=0.5", "folded=yes", "order=sorted") for part in ("--set", text)]
    done = command("run", "sorting", "--json", *settings)
    assert (done.returncode, done.stderr) == (0, "folding\n")
    (report,) = json.loads(done.stdout)
    assert report["config"] == {"count": 20, "scale": 0.5, "order": "sorted", "folded": True}
    assert report["result"]["runs"] == 1


def test_claims_as_json_and_on_paper(command: Command, tmp_path: Path) -> None:
    (report,) = _json(command, "claims", "sorting")
    assert [verdict["outcome"] for verdict in report["verdicts"]] == [
        "reproduced at smaller scale",
        "not testable here",
        "not testable here",
    ]
    assert json.loads((tmp_path / "out" / "sorting" / "claims.json").read_text()) == report
    printed = command("claims", "sorting").stdout
    assert "one_run: reproduced at smaller scale" in printed
    assert "nobody can at quick" in printed


def test_a_claim_that_is_not_reproduced_ends_with_1(
    command: Command, distribution: Callable[..., Path], plugin_path: Path
) -> None:
    folder = distribution("wrong", "wrong_rooms", "wrong_rooms/__init__.py", "wrong_rooms/wrong/__init__.py")
    room = folder / "wrong_rooms" / "wrong"
    (room / "__init__.py").write_text("from rooms.trouble import *\n")
    (room / "claims.py").write_text(
        "from pybench.harness import Claim, Estimate\n"
        "def measure(results):\n"
        "    return Estimate(value=2, low=2, high=2, count=1, data='synthetic')\n"
        "CLAIMS = [Claim(id='c', statement='s', source='p', kind='value', figure=1.0, configs=lambda preset: (),"
        " measure=measure)]\n"
    )
    done = command("claims", "wrong", "--json", PYTHONPATH=f"{folder}{os.pathsep}{plugin_path}")
    assert done.returncode == 1
    assert json.loads(done.stdout)[0]["verdicts"][0]["outcome"] == "not reproduced"


def test_race_as_json_is_what_it_writes(command: Command, tmp_path: Path) -> None:
    (report,) = _json(command, *RACE)
    assert [(row["contender"], row["status"]) for row in report["rows"]] == [("numpy", "timed"), ("stable", "timed")]
    assert report["rows"][1]["rounds"] == 5
    assert json.loads((tmp_path / "out" / "sorting" / "races.json").read_text())["races"] == [report]


def test_report_writes_one_page_of_every_method_and_says_what_is_missing(command: Command, tmp_path: Path) -> None:
    assert command("run", "sorting").returncode == 0
    written = _json(command, "report", "sorting")
    page = tmp_path / "out" / "report.html"
    assert (written["path"], written["bytes"], written["methods"]) == (
        "out/report.html",
        page.stat().st_size,
        ["sorting"],
    )
    assert [text.partition(":")[0] for text in written["missing"]["sorting"]] == ["claims not measured", "not raced"]
    every = command("report")
    assert every.returncode == 0
    assert "report: out/report.html (" in every.stdout
    assert "trouble: not run" in every.stdout
    assert "currency_network" in page.read_text()


def test_report_refuses_a_file_that_it_cannot_trust_with_2(command: Command, tmp_path: Path) -> None:
    folder = tmp_path / "out" / "sorting"
    folder.mkdir(parents=True)
    (folder / "run.json").write_text('{"schema": "pybench/run", "version": 99}')
    done = command("report", "sorting")
    assert (done.returncode, done.stdout) == (2, "")
    assert "run.json: version is 99: it must be a whole number in [1, 1]" in done.stderr
    assert not (tmp_path / "out" / "report.html").exists()


def test_a_wrong_answer_ends_with_1_after_every_row_is_written(command: Command, tmp_path: Path) -> None:
    done = command("race", "trouble", "--workload", "every_act", "--contender", "wrong", "--rounds", "5")
    assert done.returncode == 1
    assert done.stderr.startswith(
        "pybench: every_act (case=plain), wrong: wrong answer: answer is [-0. -1. -2.]".replace("[-0. -1. -2.]", "[")
    )
    assert "Traceback" not in done.stderr
    assert "wrong answer" in done.stdout
    (race,) = json.loads((tmp_path / "out" / "trouble" / "races.json").read_text())["races"]
    assert race["rows"][1]["status"] == "wrong answer"


def test_a_missing_peer_and_missing_data_are_rows_and_end_with_0(command: Command) -> None:
    done = command("race", "sorting", "--contender", "absent", "--rounds", "5")
    assert (done.returncode, done.stderr) == (0, "")
    assert "missing: no-such-package not installed" in " ".join(done.stdout.replace("│", " ").split())
    assert "'rooms[peers]'" in done.stdout
    done = command("race", "trouble", "--workload", "missing_data")
    assert (done.returncode, done.stderr) == (0, "")
    assert "ask [somebody]" in " ".join(done.stdout.replace("│", " ").split())


def test_something_missing_ends_with_3(command: Command, tmp_path: Path) -> None:
    done = command("run", "currency_network", "--set", "data=bitcoin_otc", PYBENCH_DATA="")
    assert done.returncode == 3
    assert "set PYBENCH_DATA to the folder of the data" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_stray_file_in_the_current_folder_is_no_module_of_a_contender(plugin_path: Path, tmp_path: Path) -> None:
    for name in ("random.py", "selectors.py", "numpy.py"):
        (tmp_path / name).write_text("raise SystemExit('imported by mistake')\n")
    race = [sys.executable, "-P", "-m", "pybench", *RACE, "--json"]
    done = subprocess.run(race, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    assert [row["status"] for row in json.loads(done.stdout)[0]["rows"]] == ["timed", "timed"]
