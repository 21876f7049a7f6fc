"""What people see of a sweep: how it went, and the means of each setting."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pybench.harness import wording
from pybench.harness.console import print_line, print_table
from pybench.harness.sweep.points import Sweep
from pybench.harness.sweep.run import Finished
from pybench.harness.sweep.table import Cell, Summary, Table

__all__ = ["show_sweep", "shown_fields"]

#: Settings and fields that a terminal shows; the files have all.
MOST_SETTINGS = 40
MOST_FIELDS = 6


def shown_fields(table: Table) -> tuple[str, ...]:
    """Return the fields that are shown where none are asked for: numeric ones that differ somewhere, the first few."""
    differing = [name for name in table.numeric if len({repr(value) for value in table.values(name)} - {"None"}) > 1]
    return tuple((differing or list(table.numeric))[:MOST_FIELDS])


def show_sweep(sweep: Sweep, finished: Finished, summary: Summary, files: Sequence[Path], left_out: str) -> None:
    """Print the means and standard errors of each setting, how the sweep went, and the files."""
    rows = [
        (
            *(wording.value(setting[name]) for name in summary.axes),
            *(_text(cells[name]) for name in summary.fields),
            str(failed) if failed else "",
        )
        for setting, cells, failed in zip(summary.settings, summary.cells, summary.failed, strict=True)
    ]
    several = f", mean ± standard error of {sweep.replications} replications" if sweep.replications > 1 else ""
    print_table(f"Sweep of {sweep.method}{several}", (*summary.axes, *summary.fields, "failed"), rows[:MOST_SETTINGS])
    if len(rows) > MOST_SETTINGS:
        print_line(f"and {len(rows) - MOST_SETTINGS} more settings in settings.csv")
    others = [name for name in finished.table.numeric if name not in summary.fields]
    if others:
        print_line(f"in points.csv also: {', '.join(others)}; choose with --field")
    print_line(_how_it_went(sweep, finished))
    for note in finished.notes:
        print_line(f"note: {note}")
    for path in files:
        print_line(f"file: {path}")
    if left_out:
        print_line(f"figures left out: {left_out}")


def _how_it_went(sweep: Sweep, finished: Finished) -> str:
    words = [f"{sweep.size:,} points: {finished.computed:,} simulated in {wording.seconds(finished.wall_s)}"]
    words += [f"{sweep.size - finished.computed:,} there before"] if finished.computed < sweep.size else []
    if finished.busy_share is not None:
        words.append(f"{finished.tasks:,} tasks, simulating for {finished.busy_share:.0%} of the workers' time")
    return ", ".join(words)


def _text(cell: Cell | None) -> Any:
    if cell is None:
        return "failed"
    return wording.value(cell.mean) if cell.error is None else f"{wording.value(cell.mean)} ± {cell.error:.2g}"
