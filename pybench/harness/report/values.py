"""A Result as JSON, sorted into what a page can show: facts, numbers, tables."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pybench.harness import wording
from pybench.harness.registry import RegisteredMethod
from pybench.harness.report.run_files import RunFile

__all__ = ["Quantity", "Setting", "Table", "Values", "data_of", "settings_of", "values_of"]

#: A table with more rows than this is folded.
LONGEST_OPEN = 8
#: A table or list is cut here; the file has all of it.
LONGEST_SHOWN = 200


@dataclass(frozen=True, kw_only=True)
class Quantity:
    """A single value of a Result."""

    name: str
    doc: str
    unit: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Table:
    """A mapping of a Result, of values or of mappings of values."""

    name: str
    doc: str
    unit: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    left_out: int

    @property
    def folded(self) -> bool:
        """Whether it is so long that a page folds it."""
        return len(self.rows) > LONGEST_OPEN


@dataclass(frozen=True, kw_only=True)
class Values:
    """A Result."""

    facts: list[Quantity] = field(default_factory=list)
    """Names, and what is or is not so."""
    numbers: list[Quantity] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Setting:
    """A field of the Config that was run."""

    name: str
    text: str
    unit: str
    doc: str
    default: bool


def values_of(method: RegisteredMethod, run: RunFile) -> Values:
    """Return the Result of a run with the units and meanings that the method's own Result gives."""
    known = {item.name: item.metadata for item in dataclasses.fields(method.package.Result)}
    values = Values()
    for name, value in run.result.items():
        meta: Mapping[str, Any] = known.get(name, {})
        doc, unit = str(meta.get("doc", "")), str(meta.get("unit", ""))
        if isinstance(value, Mapping) and set(value) != {"array", "shape"}:
            if value:
                values.tables.append(_table(name, doc, unit, value))
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            values.numbers.append(Quantity(name=name, doc=doc, unit=unit, text=_text(value)))
        else:
            values.facts.append(Quantity(name=name, doc=doc, unit=unit, text=_text(value)))
    return values


def settings_of(method: RegisteredMethod, run: RunFile) -> list[Setting]:
    """Return the Config of a run with units and meanings, and which fields were left at their defaults."""
    known = {item.name: item for item in dataclasses.fields(method.package.Config)}
    found = []
    for name, value in run.config.items():
        item = known.get(name)
        meta: Mapping[str, Any] = item.metadata if item else {}
        doc, unit = str(meta.get("doc", "")), str(meta.get("unit", ""))
        default = item is not None and value == item.default
        found.append(Setting(name=name, text=_text(value), unit=unit, doc=doc, default=default))
    return found


def data_of(run: RunFile) -> str:
    """Return what a Result with fields ``data`` and ``synthetic`` says it was made from; nothing for others."""
    name, synthetic = run.result.get("data"), run.result.get("synthetic")
    if not isinstance(name, str):
        return ""
    if not isinstance(synthetic, bool):
        return name
    return f"{name} (synthetic: generated, not real data)" if synthetic else f"{name} (real data)"


def _table(name: str, doc: str, unit: str, value: Mapping[str, Any]) -> Table:
    nested = all(isinstance(row, Mapping) for row in value.values())
    if nested:
        columns = tuple(dict.fromkeys(column for row in value.values() for column in row))
        rows = [(key, *(_text(row.get(column, "")) for column in columns)) for key, row in value.items()]
    else:
        columns, rows = ("value",), [(key, _text(item)) for key, item in value.items()]
    shown = tuple(rows[:LONGEST_SHOWN])
    return Table(name=name, doc=doc, unit=unit, columns=columns, rows=shown, left_out=len(rows) - len(shown))


def _text(value: Any) -> str:
    if isinstance(value, Mapping):
        if set(value) == {"array", "shape"}:
            return f"array {value['shape']} of {value['array']}"
        return ", ".join(f"{key}: {_text(item)}" for key, item in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        shown = ", ".join(_text(item) for item in value[:LONGEST_OPEN])
        return shown if len(value) <= LONGEST_OPEN else f"{len(value):,} values: {shown}, …"
    return wording.value(value)
