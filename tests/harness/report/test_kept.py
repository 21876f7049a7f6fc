"""Kept records stand beside this run's numbers, named as such, and stand in where the run has none."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pybench.errors import InvalidInputError
from pybench.harness.records import append
from pybench.harness.registry import RegisteredMethod
from pybench.harness.report.collect import MethodSection, collect
from pybench.harness.report.kept import results_folder
from pybench.harness.report.page import view_of

PROVENANCE = {
    "time": "2026-01-02T03:04:05+00:00",
    "commit": "0123456789abcdef",
    "build": {"simd_active": "avx2"},
    "machine": {"cpu": "Old CPU", "cores": 4},
    "packages": {},
}
ESTIMATE = {"value": 1.0, "low": 1.0, "high": 1.0, "count": 1, "data": "real", "note": "", "no_evidence": ""}

Section = Callable[[], MethodSection]


def _keep(results: Path, kind: str, **facts: Any) -> None:
    head = {"schema": f"pybench/{kind}", "version": 1, "method": "sorting"}
    append(results / f"{kind}s" / "sorting.jsonl", {**head, **facts, "provenance": PROVENANCE})


def _claim(results: Path, claim: str, outcome: str, preset: str = "standard", reason: str = "") -> None:
    estimate = ESTIMATE if outcome.startswith("reproduced") else None
    _keep(results, "claim", preset=preset, seed=0, claim=claim, outcome=outcome, reason=reason, estimate=estimate)


def _race(results: Path, out: Path, **changes: Any) -> None:
    (race,) = json.loads((out / "sorting" / "races.json").read_text())["races"]
    _keep(results, "race", **{**race, "size": "standard", **changes})


@pytest.fixture
def results(tmp_path: Path) -> Path:
    return tmp_path / "results"


@pytest.fixture
def section(sorting: RegisteredMethod, out: Path, results: Path) -> Section:
    return lambda: collect(sorting, out, results)


def test_what_decides_stands_and_this_run_comes_first(section: Section, results: Path) -> None:
    _claim(results, "one_run", "reproduced")
    _claim(results, "untestable", "reproduced")
    _claim(results, "absent", "not testable here", reason="no data")
    first, second, third = section().claims
    assert (first.outcome, [item.recorded for item in first.measurements]) == ("not reproduced", [False, True])
    assert (second.outcome, [item.recorded for item in second.measurements]) == ("reproduced", [True, False])
    assert (third.outcome, [item.recorded for item in third.measurements]) == ("not testable here", [True])


def test_a_reason_is_given_once(section: Section, results: Path) -> None:
    _claim(results, "absent", "not testable here", preset="quick", reason="no data")
    _claim(results, "absent", "not testable here", reason="no data")
    assert len(section().claims[2].measurements) == 1


def test_a_record_stands_beside_where_it_timed_somebody_else(
    sorting: RegisteredMethod, out: Path, results: Path
) -> None:
    ratio = {"value": 2.0, "low": 1.5, "high": 2.5}
    other = {"contender": "merge", "kind": "peer", "status": "timed", "total": ratio, "comparison": "slower"}
    (race,) = json.loads((out / "sorting" / "races.json").read_text())["races"]
    _race(results, out, rows=[race["rows"][0], other])
    (job,) = view_of(collect(sorting, out, results)).jobs
    assert str(job.headline) == "2× faster than merge (1.5–2.5), count=1000 (kept record)"
    assert [str(view.sentence) for view in job.races] == [
        "2× faster than merge (1.5–2.5)",
        "Also raced here: stable, slow, absent",
    ]


def test_points_that_this_run_raced_are_not_taken_from_records(section: Section, results: Path, out: Path) -> None:
    _race(results, out)
    _race(results, out, params={"count": 2000})
    _race(results, out, params={"count": 3000}, revision=1)
    (job,) = section().jobs
    assert [(race.point, race.recorded) for race in job.races] == [("count=1000", False), ("count=2000", True)]


def test_records_stand_in_for_a_run(section: Section, results: Path, out: Path) -> None:
    _race(results, out, params={"count": 2000})
    _claim(results, "one_run", "reproduced")
    for path in (out / "sorting").glob("*.json"):
        path.unlink()
    found = section()
    assert found.claims[0].outcome == "reproduced"
    assert {origin.commit for origin in found.provenances} == {"0123456789abcdef"}
    assert len(found.missing) == 2


def test_a_broken_last_line_is_said_and_the_rest_is_read(section: Section, results: Path) -> None:
    _claim(results, "absent", "reproduced")
    with (results / "claims" / "sorting.jsonl").open("ab") as file:
        file.write(b'{"schema":')
    found = section()
    assert found.claims[2].outcome == "reproduced"
    assert found.problems[0].startswith("sorting.jsonl, line 2: the line has no end")


def test_a_record_that_breaks_a_rule_is_refused_by_name(section: Section, results: Path, out: Path) -> None:
    _race(results, out, params={"count": 2000}, noise=-1)
    with pytest.raises(InvalidInputError, match=r"races/sorting\.jsonl, record 1: noise is -1\.0"):
        section()


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"rows": [{}]}, r"races/sorting\.jsonl, record 1\.rows\[0\] lacks 'contender'"),
        ({"rows": 3}, r"record 1\.rows is 3: it must be a list"),
        ({"params": None}, r"record 1\.params is None: it must be an object"),
        ({"method": None}, r"record 1\.method is None: it must be a text"),
    ],
)
def test_records_of_a_wrong_shape_are_refused(
    section: Section, results: Path, out: Path, changes: dict[str, Any], text: str
) -> None:
    _race(results, out, **changes)
    with pytest.raises(InvalidInputError, match=text):
        section()


@pytest.mark.parametrize("name", ["preset", "method", "outcome"])
def test_claims_of_a_wrong_shape_are_refused(section: Section, results: Path, name: str) -> None:
    facts = {"preset": "quick", "seed": 0, "claim": "absent", "outcome": "reproduced", "reason": "", "estimate": None}
    _keep(results, "claim", **{**facts, name: None})
    with pytest.raises(InvalidInputError, match=f"claims/sorting.jsonl, record 1.*{name} is None"):
        section()


def test_records_are_looked_for_in_the_checkout(out: Path, tmp_path: Path) -> None:
    assert results_folder() is None
    commit = ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "--allow-empty", "-m", "x"]
    for arguments in (["init", "--quiet"], commit):
        subprocess.run(["git", *arguments], cwd=tmp_path, check=True)
    assert results_folder() == tmp_path / "results"
