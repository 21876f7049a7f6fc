"""docs/adding-a-method.md works as it stands: the package it prints is built, installed and driven."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "adding-a-method.md"


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    """Install the page's package into a folder of its own and return the environment that sees it."""
    source, site = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("site")
    for name, text in re.findall(r"```\w+ file=(\S+)\n(.*?)```", PAGE.read_text(), flags=re.DOTALL):
        path = source / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*install, "--target", str(site), str(source)], check=True)
    return {**os.environ, "PYTHONPATH": str(site)}


def pybench(environment, folder, *arguments):
    done = subprocess.run(
        [sys.executable, "-m", "pybench", *arguments], env=environment, cwd=folder, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_list_names_it_and_the_rooms_of_this_repository(environment, tmp_path):
    listed = {method["name"] for method in pybench(environment, tmp_path, "list", "--json")}
    assert {"random_walk", "currency_network"} <= listed


def test_info_shows_its_fields(environment, tmp_path):
    fields = pybench(environment, tmp_path, "info", "random_walk", "--json")["fields"]
    assert [(field["field"], field["unit"]) for field in fields] == [("steps", "steps"), ("walks", "walks")]


def test_run_takes_a_setting(environment, tmp_path):
    (report,) = pybench(environment, tmp_path, "run", "random_walk", "--set", "steps=400", "--seed", "3", "--json")
    assert report["config"] == {"steps": 400, "walks": 2000}
    assert 14 < report["result"]["mean_distance"] < 18
    assert (tmp_path / "out" / "random_walk" / "run.json").is_file()


def test_claims_gives_a_verdict(environment, tmp_path):
    (report,) = pybench(environment, tmp_path, "claims", "random_walk", "--json")
    assert report["verdicts"][0]["outcome"] == "reproduced at smaller scale"


@pytest.mark.alone
def test_race_times_every_contender(environment, tmp_path):
    (result,) = pybench(environment, tmp_path, "race", "random_walk", "--rounds", "5", "--json")
    assert [(row["contender"], row["status"]) for row in result["rows"]] == [("numpy", "timed"), ("python", "timed")]
    assert result["rows"][1]["total"]["low"] > 1


def test_it_passes_the_conformance_suite(environment, tmp_path):
    code = (
        "from pybench.harness import conformance, registry\n"
        "method = registry.find('random_walk')\n"
        "for check in conformance.CHECKS: check(method)\n"
        "for name, workload, contender, params in conformance.contender_cases({'random_walk': method}):\n"
        "    conformance.check_contender(workload, contender, params)\n"
    )
    subprocess.run([sys.executable, "-c", code], env=environment, cwd=tmp_path, check=True)
