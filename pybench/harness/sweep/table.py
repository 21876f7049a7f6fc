"""A sweep's results as a table, and its means over replications; both as CSV."""

from __future__ import annotations

import csv
import dataclasses
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from pybench.errors import InvalidInputError
from pybench.harness.output import write_whole
from pybench.harness.sweep.points import Sweep
from pybench.harness.sweep.tasks import Outcome

__all__ = ["Cell", "Summary", "Table", "mean_of", "summarise", "table_of"]


@dataclass(frozen=True, kw_only=True)
class Table:
    """A row for each point, in the order of the points."""

    axes: tuple[str, ...]
    fields: tuple[str, ...]
    """Of the Result, those that are one number, truth value or text."""
    columns: Mapping[str, list[Any]]
    """``index``, ``setting``, ``replication``, ``seed``; the axes by name; the fields by name, after ``result.`` where
    an axis is called the same; ``seconds``; ``error``, empty for a point that did not fail. What a point lacks is None.
    """

    def column(self, name: str) -> list[Any]:
        """Return a column.

        Raises
        ------
        InvalidInputError
            For a name that is none.
        """
        if name not in self.columns:
            raise InvalidInputError(f"column is {name!r}: the columns are {', '.join(self.columns)}")
        return self.columns[name]

    @property
    def failed(self) -> list[int]:
        """The points that failed."""
        return [index for index, error in zip(self.columns["index"], self.columns["error"], strict=True) if error]

    @property
    def numeric(self) -> tuple[str, ...]:
        """The fields whose values are numbers or truth values."""
        return tuple(name for name in self.fields if _is_numeric(self.columns[_column(name, self.axes)]))

    def values(self, field: str) -> list[Any]:
        """Return a field of the Result, whatever its column is called."""
        return self.column(_column(field, self.axes))

    def write(self, path: Path) -> None:
        """Write it as CSV."""
        write_csv(path, list(self.columns), list(zip(*self.columns.values(), strict=True)))


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A mean over replications."""

    mean: float
    error: float | None
    """Its standard error; None with one replication."""
    count: int


@dataclass(frozen=True, kw_only=True)
class Summary:
    """A row for each setting."""

    axes: tuple[str, ...]
    fields: tuple[str, ...]
    settings: tuple[Mapping[str, Any], ...]
    cells: tuple[Mapping[str, Cell | None], ...]
    """Of each setting by field; None where no replication is done."""
    failed: tuple[int, ...]
    """Failed replications of each setting."""

    def write(self, path: Path) -> None:
        """Write it as CSV: the axes, how many replications, then mean and standard error of each field."""
        names = [*self.axes, "replications", "failed"]
        names += [f"{name}.{part}" for name in self.fields for part in ("mean", "standard_error")]
        rows = []
        for setting, cells, failed in zip(self.settings, self.cells, self.failed, strict=True):
            found = [cells[name] for name in self.fields]
            count = max((cell.count for cell in found if cell is not None), default=0)
            parts = [part for cell in found for part in ((cell.mean, cell.error) if cell else (None, None))]
            rows.append([*(setting[name] for name in self.axes), count, failed, *parts])
        write_csv(path, names, rows)


def table_of(sweep: Sweep, outcomes: Mapping[int, Outcome]) -> Table:
    """Return the table of the outcomes of a sweep's points; points without one are left out."""
    points = [sweep.point(index) for index in sorted(outcomes)]
    found = [outcomes[point.index] for point in points]
    present = {name for outcome in found for name, value in (outcome[2] or {}).items() if value is not None}
    declared = {item.name: item.type for item in dataclasses.fields(sweep.registered.package.Result)}
    fields = tuple(name for name in declared if name in present)
    columns: dict[str, list[Any]] = {
        "index": [point.index for point in points],
        "setting": [point.setting for point in points],
        "replication": [point.replication for point in points],
        "seed": [" ".join(map(str, point.seed)) for point in points],
    }
    columns |= {_axis_column(name): [point.changes[name] for point in points] for name in sweep.axes}
    for name in fields:
        read = _float_of if declared[name] in ("float", float) else _same
        columns[_column(name, sweep.axes)] = [read((outcome[2] or {}).get(name)) for outcome in found]
    columns |= {"seconds": [outcome[1] for outcome in found], "error": [outcome[3] or "" for outcome in found]}
    return Table(axes=sweep.axes, fields=fields, columns=columns)


def summarise(sweep: Sweep, table: Table, fields: Sequence[str]) -> Summary:
    """Return the means over the replications of each setting.

    Raises
    ------
    InvalidInputError
        For a field that is none of the table's numeric ones.
    """
    for name in fields:
        if name not in table.numeric:
            raise InvalidInputError(f"field is {name!r}: the numeric fields are {', '.join(table.numeric) or 'none'}")
    rows: dict[int, list[int]] = {number: [] for number in range(sweep.settings)}
    for row, setting in enumerate(table.column("setting")):
        rows[setting].append(row)
    values = {name: table.values(name) for name in fields}
    errors = table.column("error")
    return Summary(
        axes=sweep.axes,
        fields=tuple(fields),
        settings=tuple(sweep.changes(number) for number in rows),
        cells=tuple({name: mean_of([values[name][row] for row in of]) for name in fields} for of in rows.values()),
        failed=tuple(sum(bool(errors[row]) for row in of) for of in rows.values()),
    )


def mean_of(values: Sequence[Any]) -> Cell | None:
    """Return the mean of the values that are there, with its standard error; None for none."""
    found: npt.NDArray[np.float64] = np.array([_number(value) for value in values if value is not None])
    if found.size == 0:
        return None
    with np.errstate(invalid="ignore", over="ignore"):
        error = float(found.std(ddof=1) / math.sqrt(found.size)) if found.size > 1 else None
    return Cell(mean=float(found.mean()), error=error, count=found.size)


def write_csv(path: Path, names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Write rows under names; None is an empty cell."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    writer.writerows(rows)
    write_whole(path, text.getvalue().encode())


def _float_of(value: Any) -> Any:
    """Return a float that is not finite from its text."""
    return float(value) if isinstance(value, str) else value


def _same(value: Any) -> Any:
    return value


def _number(value: Any) -> float:
    try:
        return float(value)
    except OverflowError:  # an int that no float can hold
        return math.inf if value > 0 else -math.inf


def _is_numeric(values: Sequence[Any]) -> bool:
    found = [value for value in values if value is not None]
    return bool(found) and all(isinstance(value, (bool, int, float)) for value in found)


def _axis_column(name: str) -> str:
    return f"config.{name}" if name in _OWN else name


def _column(field: str, axes: Sequence[str]) -> str:
    return f"result.{field}" if field in _OWN or field in axes else field


#: Columns that are neither an axis nor a field.
_OWN = frozenset({"index", "setting", "replication", "seed", "seconds", "error"})
