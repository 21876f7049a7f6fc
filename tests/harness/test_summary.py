"""The page results/RESULTS.md."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pybench.harness.encoding import to_json
from pybench.harness.race_result import Race, Row
from pybench.harness.records import append
from pybench.harness.statistics import Ratio
from pybench.harness.summary import format_ratio, summarise

PROVENANCE = {
    "commit": "0123456789abcdef",
    "machine": {"cpu": "A | B", "cores": 2},
    "build": {"simd_active": "avx2"},
}
RATIO = Ratio(value=12.34, low=11.9, high=12.8)
ROWS = (
    Row(contender="ours", kind="native", status="timed", seconds=0.5, rounds=9, extra_peak_bytes=3 << 20),
    Row(
        contender="peer",
        kind="peer",
        status="timed",
        versions={"igraph": "1.0.0"},
        configuration="census()",
        total=RATIO,
        run_only=RATIO,
        comparison="slower",
        seconds=6.0,
        rounds=9,
    ),
    Row(contender="slow", kind="peer", status="did not finish", message="no answer within 1 s", at_least=2.0),
    Row(contender="absent", kind="peer", status="missing", message="pip install 'x[y]'\nor | not"),
)


def _race(**changes: Any) -> dict[str, Any]:
    result = Race(
        method="m",
        workload="w",
        revision=1,
        title="A job",
        size="quick",
        params={"scale": 14},
        seed=0,
        baseline="ours",
        noise=0.034,
        work={},
        rows=ROWS,
    )
    return {"schema": "pybench/race", "version": 1, **to_json(result), "provenance": PROVENANCE, **changes}


def _claim(**changes: Any) -> dict[str, Any]:
    estimate = {"value": 0.5, "low": 0.25, "high": 0.75, "data": "synthetic"}
    facts = {
        "method": "m",
        "claim": "c",
        "preset": "quick",
        "outcome": "reproduced",
        "reason": "",
        "estimate": estimate,
    }
    return {"schema": "pybench/claim", "version": 1, **facts, "provenance": PROVENANCE, **changes}


@pytest.mark.parametrize(
    ("ratio", "text"), [(None, ""), ({"value": 12.34, "low": 11.9, "high": 12.8}, "12.3 [11.9, 12.8]")]
)
def test_a_ratio_is_written_with_its_interval(ratio: dict[str, float] | None, text: str) -> None:
    assert format_ratio(ratio) == text


def test_a_folder_without_records_gives_a_page_that_says_what_it_is(tmp_path: Path) -> None:
    page = summarise(tmp_path)
    assert page.startswith("# Results\n")
    assert "##" not in page


def test_a_race_is_a_table_of_its_rows(tmp_path: Path) -> None:
    append(tmp_path / "races" / "m.jsonl", _race())
    lines = summarise(tmp_path).splitlines()
    assert "## A job: scale=14" in lines
    assert "noise 3.4%; A | B, 2 cores, SIMD avx2, commit 0123456789." in " ".join(lines)
    rows = [line for line in lines if line.startswith("| ")][1:]
    assert rows == [
        "| ours |  | 1 | 1 | 0.5 s | 9 | 3.0 |  |",
        "| peer | igraph 1.0.0 | 12.3 [11.9, 12.8] | 12.3 [11.9, 12.8] | slower | 9 |  | census() |",
        "| slow |  |  |  | did not finish (at least 2): no answer within 1 s |  |  |  |",
        "| absent |  |  |  | missing: pip install 'x[y]' or \\| not |  |  |  |",
    ]


def test_a_limit_is_called_one_and_an_old_record_is_summarised_beside_it(tmp_path: Path) -> None:
    fast = Ratio(value=0.05, low=0.04, high=0.06)
    limit = Row(contender="dot", kind="limit", status="timed", total=fast, run_only=fast, comparison="faster", rounds=9)
    append(tmp_path / "races" / "m.jsonl", _race(params={"scale": 13}))
    append(tmp_path / "races" / "m.jsonl", _race(version=2, rows=to_json((ROWS[0], limit))))
    page = summarise(tmp_path)
    assert "## A job: scale=13" in page
    assert "| dot |  | 0.05 [0.04, 0.06] | 0.05 [0.04, 0.06] | a limit, no rival | 9 |  |  |" in page
    assert "faster" not in page


def test_a_race_whose_baseline_failed_is_still_a_table(tmp_path: Path) -> None:
    rows = (Row(contender="ours", kind="native", status="crashed", message="why"),)
    append(tmp_path / "races" / "m.jsonl", _race(noise=None, rows=to_json(rows)))
    page = summarise(tmp_path)
    assert "noise unknown" in page
    assert "| ours |  |  |  | crashed: why |  |  |  |" in page


def test_the_newest_record_of_each_stands(tmp_path: Path) -> None:
    file = tmp_path / "claims" / "m.jsonl"
    append(file, _claim(outcome="not reproduced"))
    append(file, _claim(claim="other", outcome="not testable here", reason="no | data", estimate=None))
    append(file, _claim())
    append(tmp_path / "races" / "m.jsonl", _race(title="Old"))
    append(tmp_path / "races" / "m.jsonl", _race(title="New"))
    append(tmp_path / "races" / "m.jsonl", _race(title="Other point", params={"scale": 15}))
    page = summarise(tmp_path)
    assert "| m | c | quick | reproduced | 0.5 [0.25, 0.75] | synthetic | 0123456789 |" in page
    assert "| m | other | quick | not testable here: no \\| data |  |  | 0123456789 |" in page
    assert "not reproduced" not in page
    assert "## Old" not in page
    assert page.index("## New: scale=14") < page.index("## Other point: scale=15")


def test_a_race_of_some_contenders_stands_beside_the_older_one_of_others(tmp_path: Path) -> None:
    file = tmp_path / "races" / "m.jsonl"
    append(file, _race(title="Everybody"))
    append(file, _race(title="Two again", rows=to_json(ROWS[:2])))
    page = summarise(tmp_path)
    assert page.index("## Two again") < page.index("## Everybody")
    append(file, _race(title="Everybody again"))
    page = summarise(tmp_path)
    assert "## Everybody again" in page
    assert "## Two again" not in page
    assert "## Everybody:" not in page


def test_what_stands_after_a_broken_line_is_left_out(tmp_path: Path) -> None:
    file = tmp_path / "claims" / "m.jsonl"
    append(file, _claim())
    with file.open("ab") as broken:
        broken.write(b"{\n")
    assert "| m | c | quick | reproduced |" in summarise(tmp_path)
