"""The command ``record``: on a clean tree only, into results/ only."""

from __future__ import annotations

import getpass
import os
import re
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from pybench.harness.records import read

Command = Callable[..., subprocess.CompletedProcess[str]]
RECORD = ("record", "sorting", "--preset", "quick", "--size", "quick", "--rounds", "5")


def _git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=nobody", "-c", "user.email=nobody@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    root = tmp_path / "checkout"
    root.mkdir()
    (root / "code.py").write_text("1\n")
    _git(root, "init", "--quiet")
    _git(root, "add", ".")
    _git(root, "commit", "--quiet", "-m", "first")
    return root


def _files(root: Path) -> set[str]:
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file() and ".git" not in path.parts}


def test_a_clean_tree_makes_records_and_the_page(command: Command, checkout: Path) -> None:
    done = command(*RECORD, "--seed", "4", cwd=checkout)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "claim one_run: reproduced at smaller scale",
        "claim untestable: not testable here",
        "claim absent: not testable here",
        "race sort (count=1000): 3 contenders timed",
    ]
    results = checkout / "results"
    assert _files(checkout) == {
        "code.py",
        "results/RESULTS.md",
        "results/claims/sorting.jsonl",
        "results/races/sorting.jsonl",
    }
    claims, races = read(results / "claims" / "sorting.jsonl"), read(results / "races" / "sorting.jsonl")
    assert claims.problem is races.problem is None
    assert len(claims.records) == 3
    (race,) = races.records
    commit = subprocess.run(["git", "rev-parse", "HEAD"], cwd=checkout, capture_output=True, text=True, check=True)
    for record in (*claims.records, race):
        assert record["seed"] == 4
        assert record["provenance"]["commit"] == commit.stdout.strip()
    assert [row["status"] for row in race["rows"]] == ["timed", "timed", "timed", "missing"]
    page = (results / "RESULTS.md").read_text()
    assert "| sorting | one_run | quick | reproduced at smaller scale | 1 [1, 1] | synthetic |" in page
    assert "## Sort numbers: count=1000" in page
    everything = page + "".join(path.read_text() for path in results.rglob("*.jsonl"))
    assert "/somewhere" not in everything
    assert "quick.csv is not here" in everything
    for private in (str(checkout), f"{Path.home()}/", os.environ["PYTHONPATH"], f"/{getpass.getuser()}/"):
        assert private not in everything
    assert not re.search(rf"\b{re.escape(socket.gethostname())}\b", everything)


def test_a_second_run_appends_and_says_what_it_repaired(command: Command, checkout: Path) -> None:
    only_claims = ("record", "sorting", "--preset", "quick", "--size", "large")
    assert command(*only_claims, cwd=checkout).returncode == 0
    file = checkout / "results" / "claims" / "sorting.jsonl"
    with file.open("ab") as broken:
        broken.write(b'{"schema"')
    done = command(*only_claims, "--seed", "1", cwd=checkout)
    assert done.returncode == 0
    assert done.stdout.startswith(
        "repaired: sorting.jsonl, line 4: the line has no end; read up to there\nclaim one_run"
    )
    assert len(read(file).records) == 6


def test_what_a_commit_has_decided_is_not_measured_again(command: Command, checkout: Path) -> None:
    only_claims = ("record", "sorting", "--preset", "quick", "--size", "large")
    assert command(*only_claims, cwd=checkout).returncode == 0
    again = command(*only_claims, cwd=checkout)
    assert again.stdout.splitlines() == [
        "claim one_run: recorded before, at this commit",
        "claim untestable: not testable here",
        "claim absent: not testable here",
    ]
    other_seed = command(*only_claims, "--seed", "1", cwd=checkout)
    assert other_seed.stdout.startswith("claim one_run: reproduced at smaller scale")
    assert len(read(checkout / "results" / "claims" / "sorting.jsonl").records) == 8


def test_a_dirty_tree_makes_none(command: Command, checkout: Path) -> None:
    (checkout / "new.py").write_text("")
    done = command(*RECORD, cwd=checkout)
    assert done.returncode == 1
    assert "the tree differs from its commit in new.py: commit first" in done.stderr
    assert _files(checkout) == {"code.py", "new.py"}


def test_outside_git_there_is_none(command: Command, tmp_path: Path) -> None:
    done = command(*RECORD)
    assert done.returncode == 3
    assert "records are made inside a git checkout" in done.stderr
    assert _files(tmp_path) == set()


@pytest.mark.parametrize(
    ("bad", "text"),
    [
        (("--preset", "huge"), "preset is 'huge': it must be one of quick, standard"),
        (("--size", "huge"), "size is 'huge': it must be one of quick, standard, large"),
        (("--rounds", "4"), "rounds is 4: it must be at least 5"),
        (("trouble", "--preset", "standard"), "preset is 'standard': it must be one of quick"),
    ],
)
def test_bad_input_is_refused_before_anything_is_measured(
    command: Command, checkout: Path, bad: tuple[str, ...], text: str
) -> None:
    done = command("record", "sorting", *bad, cwd=checkout)
    assert done.returncode == 2
    assert text in done.stderr
    assert _files(checkout) == {"code.py"}
