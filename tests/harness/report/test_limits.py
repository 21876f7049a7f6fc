"""A limit in the report: how far we are from it, never a lost race."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pybench.harness.records import append
from pybench.harness.registry import RegisteredMethod
from pybench.harness.report.collect import collect
from pybench.harness.report.page import view_of

RATIO = {"value": 0.05, "low": 0.04, "high": 0.1}
LIMIT = {"contender": "part", "kind": "limit", "status": "timed", "total": RATIO, "comparison": "faster"}

Change = Callable[[str, Callable[[Any], None]], None]


def _with_rows(change: Change, *rows: dict[str, Any], keep: int) -> None:
    def edit(value: Any) -> None:
        value["races"][0]["rows"] = [*value["races"][0]["rows"][:keep], *rows]

    change("races", edit)


def test_beside_a_peer_a_limit_is_no_opponent(
    sorting: RegisteredMethod, out: Path, report: Callable[[Path], str], change: Change
) -> None:
    _with_rows(change, LIMIT, keep=2)
    (job,) = view_of(collect(sorting, out, None)).jobs
    assert str(job.headline) == "12.3× faster than stable (sorter 1.17) (11.1–13), count=1000"
    page = report(out)
    assert "<td>a limit, no rival</td>" in page
    assert "<td>faster</td>" not in page


def test_alone_it_says_how_far_we_are_from_it(sorting: RegisteredMethod, out: Path, change: Change) -> None:
    nearer = {**LIMIT, "contender": "whole", "total": {"value": 0.5, "low": 0.4, "high": 0.6}}
    _with_rows(change, nearer, LIMIT, keep=1)
    change("races", lambda value: value["races"].append({**value["races"][0], "params": {"count": 7}}))
    change("races", lambda value: value["races"][1].update(rows=[value["races"][0]["rows"][0], nearer]))
    (job,) = view_of(collect(sorting, out, None)).jobs
    said = "20× the limit part (10–25), which is no rival"
    assert [str(view.sentence) for view in job.races] == [said, "2× the limit whole (1.67–2.5), which is no rival"]
    assert str(job.headline) == f"{said}, at the farthest of 2 points, count=1000"


def test_an_old_record_that_calls_it_a_peer_is_read_as_the_workload_has_it_today(
    sorting: RegisteredMethod, out: Path, tmp_path: Path, change: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    (workload,) = sorting.workloads
    limits = tuple(replace(one, kind="limit") if one.id == "stable" else one for one in workload.contenders)
    monkeypatch.setattr(type(sorting), "workloads", (replace(workload, contenders=limits),))
    (race,) = json.loads((out / "sorting" / "races.json").read_text())["races"]
    origin = json.loads((out / "sorting" / "races.json").read_text())["provenance"]
    head = {"schema": "pybench/race", "version": 1}
    append(tmp_path / "results" / "races" / "sorting.jsonl", {**head, **race, "provenance": origin})
    (out / "sorting" / "races.json").unlink()
    (job,) = view_of(collect(sorting, out, tmp_path / "results")).jobs
    assert [row.kind for row in job.races[0].race.race.rows if row.contender == "stable"] == ["limit"]
    assert str(job.headline) == (
        "0.081× the limit stable (sorter 1.17) (0.0769–0.0901), which is no rival, count=1000 (kept record)"
    )
