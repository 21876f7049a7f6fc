"""The page results/RESULTS.md: the newest record of every claim and race, in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pybench.harness import wording
from pybench.harness.records import CLAIM_KEY, RACE_KEY, newest, read
from pybench.harness.workload import format_params

__all__ = ["format_ratio", "summarise"]


def summarise(results: Path) -> str:
    """Return the page for a folder of records."""
    lines = [
        "# Results",
        "",
        "Generated from the records beside this page by `pybench record`; do not edit. The newest record of each",
        "stands. A ratio is a contender's time over the baseline's from one interleaved run, conversion included, with",
        "its 99 % bootstrap interval; `noise` is what the baseline showed against its own twin in that run. A limit is",
        "a part of the job that nobody can do without, timed to show how far the whole is from it.",
    ]
    claims = newest(_records(results / "claims"), CLAIM_KEY)
    races = newest(_records(results / "races"), RACE_KEY)
    if claims:
        lines += [
            "",
            "## Claims",
            "",
            "| method | claim | preset | verdict | value | data | commit |",
            "|" + "---|" * 7,
        ]
        lines += [_claim_row(record) for record in claims]
    for record in races:
        lines += ["", *_race_section(record)]
    return "\n".join(lines) + "\n"


def format_ratio(ratio: dict[str, float] | None) -> str:
    """Return ``12.3 [11.9, 12.8]``, or nothing."""
    return "" if ratio is None else wording.interval(ratio["value"], ratio["low"], ratio["high"])


def _records(folder: Path) -> list[dict[str, Any]]:
    return [record for path in sorted(folder.glob("*.jsonl")) for record in read(path).records]


def _claim_row(record: dict[str, Any]) -> str:
    estimate = record["estimate"]
    value = "" if estimate is None else format_ratio(estimate)
    data = "" if estimate is None else estimate["data"]
    outcome = record["outcome"] + (f": {record['reason']}" if record["reason"] else "")
    return _row(
        [record["method"], record["claim"], record["preset"], outcome, value, data, record["provenance"]["commit"][:10]]
    )


def _race_section(record: dict[str, Any]) -> Iterator[str]:
    machine, build = record["provenance"]["machine"], record["provenance"]["build"]
    noise = "unknown" if record["noise"] is None else f"{record['noise']:.1%}"
    yield f"## {record['title']}: {format_params(record['params'])}"
    yield ""
    yield (
        f"`{record['method']}/{record['workload']}` revision {record['revision']}, size {record['size']}, baseline "
        f"`{record['baseline']}`, noise {noise}; {machine['cpu']}, {machine['cores']} cores, "
        f"SIMD {build['simd_active']}, commit {record['provenance']['commit'][:10]}."
    )
    yield ""
    yield "| contender | versions | time / baseline | run alone | shows | rounds | extra peak MiB | configuration |"
    yield "|" + "---|" * 8
    for row in record["rows"]:
        versions = ", ".join(f"{name} {text}" for name, text in row["versions"].items())
        yield _row([row["contender"], versions, *_race_cells(row, record["baseline"]), row["configuration"]])


def _race_cells(row: dict[str, Any], baseline: str) -> list[str]:
    peak = row["extra_peak_bytes"]
    memory = "" if peak is None else f"{peak / 2**20:.1f}"
    if row["status"] != "timed":
        bound = "" if row["at_least"] is None else f" (at least {row['at_least']:.3g})"
        return ["", "", f"{row['status']}{bound}: {row['message']}", "", memory]
    if row["contender"] == baseline:
        return ["1", "1", f"{row['seconds']:.3g} s", str(row["rounds"]), memory]
    shows = wording.shows(row["kind"], row["comparison"])
    return [format_ratio(row["total"]), format_ratio(row["run_only"]), shows, str(row["rounds"]), memory]


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"
