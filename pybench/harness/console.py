"""What people see in a terminal: tables by rich, and a progress bar on standard error."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pybench.harness import wording
from pybench.harness.claim import Claim, Verdict
from pybench.harness.method import Progress
from pybench.harness.race_result import Race, Row
from pybench.harness.registry import RegisteredMethod
from pybench.harness.workload import format_params

if TYPE_CHECKING:
    from rich.console import Console

    from pybench.harness.doctor import Finding
    from pybench.harness.report.write import Written

__all__ = [
    "print_line",
    "print_table",
    "progress",
    "show_claims",
    "show_description",
    "show_findings",
    "show_methods",
    "show_race",
    "show_report",
    "show_result",
    "working",
]

_COLOURS = {"reproduced": "green", "reproduced at smaller scale": "green", "not reproduced": "red"}

#: A mapping of a Result longer than this is cut in the table, and so is a line of it; the JSON has all of it.
LONGEST_MAPPING = 20
LONGEST_LINE = 100


@contextmanager
def working(title: str) -> Iterator[Progress | None]:
    """As `progress`; what the work prints meanwhile goes to standard error, so that JSON stays alone."""
    with progress(title) as bar, redirect_stdout(sys.stderr):
        yield bar


@contextmanager
def progress(title: str) -> Iterator[Progress | None]:
    """Give a progress callback that draws a bar on standard error; None where that is no terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("[bold]{task.description}"),
        BarColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[now]}"),
    )
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=1.0, now="")
        yield lambda fraction, text: bar.update(task, completed=fraction, now=text)


def show_methods(methods: Sequence[RegisteredMethod]) -> None:
    """Print the installed methods."""
    rows = [
        (method.name, method.card.summary, str(len(method.claims)), str(len(method.workloads)), method.distribution)
        for method in methods
    ]
    print_table("Methods", ("method", "what it does", "claims", "workloads", "from"), rows)
    _out().print("Next: [bold]pybench info METHOD[/], [bold]pybench run METHOD[/]", markup=True)


def show_description(description: Mapping[str, Any]) -> None:
    """Print what `describe` found."""
    paper = description["paper"]
    _out().print(f"{description['name']}: {description['title']}", style="bold", highlight=False)
    _out().print(description["summary"], highlight=False)
    _out().print(f"{paper['authors']} ({paper['year']}): {paper['title']}, {paper['identifier']}", highlight=False)
    if paper["reconstruction"]:
        _out().print(f"Our reconstruction: {paper['reconstruction']}", highlight=False)
    presets = list(description["fields"][0]["presets"]) if description["fields"] else []
    rows = [
        (item["field"], *(str(item["presets"][name]) for name in presets), item["unit"], item["doc"])
        for item in description["fields"]
    ]
    print_table("Config: change a field with --set FIELD=VALUE", ("field", *presets, "unit", "what it is"), rows)
    claims = [(item["id"], item["kind"], item["statement"], item["source"]) for item in description["claims"]]
    print_table("Claims", ("claim", "kind", "statement", "where it stands"), claims)
    workloads = [
        (item["id"], item["title"], "\n".join(f"{size}: {'; '.join(item['points'][size])}" for size in item["points"]))
        for item in description["workloads"]
    ]
    print_table("Workloads", ("workload", "job", "points"), workloads)
    for item in description["workloads"]:
        print_table(f"Contenders of {item['id']}", ("contender", "configuration"), list(item["contenders"].items()))


def show_result(method: RegisteredMethod, config: Any, result: Any, figures: Sequence[Path], left_out: str) -> None:
    """Print a Result: each field with its unit and meaning; arrays by their shape."""
    del config
    rows, details = [], []
    for field in dataclasses.fields(result):
        value = getattr(result, field.name)
        if isinstance(value, Mapping) and not value:
            continue
        if field.metadata.get("detail"):
            details.append(field.name)
            continue
        rows.append((field.name, _text(value), field.metadata.get("unit", ""), field.metadata.get("doc", "")))
    print_table(f"{method.name}: {method.card.title}", ("result", "value", "unit", "what it is"), rows)
    if details:
        _out().print(f"in run.json and the report also: {', '.join(details)}", highlight=False)
    for path in figures:
        _out().print(f"figure: {path}", highlight=False)
    if left_out:
        _out().print(f"figures left out: {left_out}", highlight=False)


def show_claims(method: RegisteredMethod, pairs: Sequence[tuple[Claim, Verdict]]) -> None:
    """Print the verdict on each claim: what the paper says, what was measured, and what to know of both."""
    from rich.table import Table
    from rich.text import Text

    out = _out()
    out.print(f"\nClaims of {method.name}", style="italic", highlight=False)
    for claim, verdict in pairs:
        colour = _COLOURS.get(verdict.outcome, "yellow")
        out.print(Text.assemble((claim.id, "bold"), ": ", (verdict.outcome, colour)))
        lines = {"claim": claim.statement, "source": f"{wording.figure(claim)} ({claim.source})"}
        if verdict.estimate is not None:
            lines["measured"] = wording.estimate(verdict.estimate, claim.unit)
        notes = (verdict.reason, verdict.estimate.note if verdict.estimate else "", claim.note)
        lines["note"] = "; ".join(filter(None, notes))
        table = Table.grid(padding=(0, 2))
        for name, text in lines.items():
            if text:
                table.add_row(f"  {name}", text)
        out.print(table, highlight=False)


def show_race(result: Race) -> None:
    """Print a race: the baseline, the others from the fastest on, then those that were not timed.

    How each contender is configured is in ``pybench info`` and in every record.
    """
    title = f"{result.title}: {format_params(result.params)}"
    if result.rows[0].status == "missing":
        _out().print(f"{title}: not raced. {result.rows[0].message}\n", highlight=False)
        return
    rows = [
        (row.contender, str(row.threads), _text_of_versions(row), *_race_cells(row, result.baseline))
        for row in sorted(result.rows, key=lambda row: wording.place(row, result.baseline))
    ]
    columns = ("contender", "threads", "version", "times the baseline", "run alone", "shows")
    print_table(f"{title} (noise of this run {wording.noise(result.noise)})", columns, rows)


def _text_of_versions(row: Row) -> str:
    return ", ".join(row.versions.values())


def show_report(written: Written) -> None:
    """Print where the report is, how large, and what it lacks."""
    for kind in (written.missing, written.problems):
        for method, texts in kind.items():
            for text in texts:
                _out().print(f"{method}: {text}", highlight=False)
    _out().print(f"report: {written.path} ({written.bytes:,} bytes)", highlight=False, soft_wrap=True)


def show_findings(findings: Sequence[Finding]) -> None:
    """Print what `examine` found."""
    rows = [(item.group, item.name, "yes" if item.present else "no", item.detail) for item in findings]
    print_table("This installation", ("group", "what", "here", "what it is, or how to get it"), rows)


def _race_cells(row: Row, baseline: str) -> tuple[str, str, str]:
    if row.status != "timed":
        return wording.bound(row.at_least), "", f"{row.status}: {row.message}"
    if row.contender == baseline:
        return "1", "1", f"{wording.seconds(row.seconds)} a call"
    return wording.ratio(row.total), wording.ratio(row.run_only), wording.shows(row.kind, row.comparison)


def _text(value: Any) -> str:
    if isinstance(value, Mapping):
        shown = {key: item for key, item in value.items() if item != 0} or dict(value)
        lines = [_cut(f"{key}: {_text(item).replace(chr(10), ', ')}") for key, item in shown.items()]
        if len(shown) < len(value):
            lines.append("others: 0")
        rest = [f"and {len(lines) - LONGEST_MAPPING} more"] if len(lines) > LONGEST_MAPPING else []
        return "\n".join(lines[:LONGEST_MAPPING] + rest)
    return _cut(wording.value(value))


def _cut(line: str) -> str:
    return line if len(line) <= LONGEST_LINE else f"{line[: LONGEST_LINE - 4]} ..."


def print_line(text: str) -> None:
    """Print a line as it is."""
    _out().print(text, highlight=False, soft_wrap=True)


def print_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table; what is too wide is folded."""
    from rich.table import Table

    table = Table(title=title, title_justify="left", show_lines=False)
    for index, column in enumerate(columns):
        table.add_column(column, overflow="fold", no_wrap=index == 0)
    for row in rows:
        table.add_row(*row)
    _out().print(table, highlight=False)


def _out() -> Console:
    from rich.console import Console

    width = None if sys.stdout.isatty() else 140
    return Console(width=width, markup=False)  # texts come from methods and peers, and some hold [brackets]
