"""A folder as runs leave it, of a method with claims and races, made by hand where measuring would take time."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pybench.harness.claim import Estimate, Verdict
from pybench.harness.measure import simulate
from pybench.harness.output import Figure, dated, write_json
from pybench.harness.race_result import Race, Row
from pybench.harness.registry import RegisteredMethod
from pybench.harness.report.write import write_report
from pybench.harness.statistics import Ratio

#: What must come out as text wherever a file can put it.
HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)> & \"quoted\" 'twice'"
SVG = (
    '<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "x"><svg xmlns:xlink="http://www.w3.org/1999/xlink"'
    ' xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 60" width="90pt" height="60pt"><metadata>secret</metadata>'
    "<defs><style>*{stroke-linejoin: round}</style><path id='a' d='M 0 0 L 1.23456 2'/></defs>"
    "<g id='unused'><path style='fill: #ffffff' d='M 0 0 L 9 9'/><use xlink:href='#a' style='stroke: #222222'/></g>"
    "</svg>"
)

Report = Callable[..., str]


def race(**changes: Any) -> Race:
    """Return a race of the workload `sort` with every sort of row."""
    ratio = Ratio(value=12.34, low=11.1, high=13.0)
    rows = (
        Row(contender="numpy", kind="native", status="timed", seconds=5e-4, rounds=9, extra_peak_bytes=3 << 20),
        Row(
            contender="stable",
            kind="peer",
            status="timed",
            versions={"sorter": "1.17"},
            configuration=HOSTILE,
            total=ratio,
            run_only=ratio,
            comparison="slower",
            seconds=6e-3,
        ),
        Row(contender="slow", kind="peer", status="did not finish", message="no answer within 1 s", at_least=2000.0),
        Row(contender="absent", kind="peer", status="missing", message=HOSTILE),
    )
    facts: dict[str, Any] = {
        "method": "sorting",
        "workload": "sort",
        "revision": 2,
        "title": "Sort numbers",
        "size": "quick",
        "params": {"count": 1000},
        "seed": 0,
        "baseline": "numpy",
        "noise": 0.03,
        "work": {},
        "rows": rows,
    }
    return Race(**{**facts, **changes})


@pytest.fixture
def out(sorting: RegisteredMethod, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder with all three files and a figure of `sorting`."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "out" / "sorting"
    config, result = simulate(sorting, settings=["count=50"])
    figure = Figure(
        name="runs",
        file="figures/runs.svg",
        caption=f"Runs {HOSTILE}",
        description=HOSTILE,
        sha256=hashlib.sha256(SVG.encode()).hexdigest(),
    )
    run = {
        "preset": "quick",
        "seed": 0,
        "config": config,
        "result": result,
        "figures": [figure],
        "figures_left_out": "",
    }
    estimate = Estimate(value=1.0, low=0.5, high=1.5, count=3, data="synthetic", note=HOSTILE)
    verdicts = [
        Verdict(claim="one_run", outcome="not reproduced", estimate=estimate),
        Verdict(claim="untestable", outcome="not testable here", reason=HOSTILE),
    ]
    write_json(folder / "run.json", dated("pybench/run", sorting, run))
    write_json(
        folder / "claims.json", dated("pybench/claims", sorting, {"preset": "quick", "seed": 0, "verdicts": verdicts})
    )
    write_json(folder / "races.json", dated("pybench/races", sorting, {"races": [race()]}))
    (folder / "figures").mkdir()
    (folder / "figures" / "runs.svg").write_text(SVG)
    return tmp_path / "out"


@pytest.fixture
def report(sorting: RegisteredMethod) -> Report:
    """Write the report of `sorting` into a folder and return it."""

    def make(out: Path) -> str:
        return Path(write_report([sorting], out).path).read_text()

    return make


@pytest.fixture
def change(out: Path) -> Callable[..., None]:
    """Change a file of the folder: ``change("races", lambda value: ...)``."""

    def apply(name: str, edit: Callable[[Any], None]) -> None:
        path = out / "sorting" / f"{name}.json"
        value = json.loads(path.read_text())
        edit(value)
        path.write_text(json.dumps(value))

    return apply
