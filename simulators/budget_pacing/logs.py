"""Bid logs of users: CSV or parquet with the columns t, value, price and, where there are several, campaign."""

from __future__ import annotations

from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pybench.errors import InvalidInputError
from pybench.kernels.auction_inputs import LARGEST
from pybench.optional import require
from simulators.budget_pacing.config import SUFFIXES

__all__ = ["EXTRA", "Log", "read_log"]

#: The extra of the project that installs pyarrow.
EXTRA = "budget_pacing"
_NUMBERS = ("t", "value", "price")


@dataclass(frozen=True, slots=True)
class Log:
    """The auctions of one campaign, in the order of their time."""

    name: str
    campaign: str
    """Empty where the file does not tell campaigns apart."""
    value: NDArray[np.float32]
    """What winning is worth."""
    price: NDArray[np.float32]
    """The highest competing bid, in the unit of the values."""


def read_log(path: str | PathLike[str], campaign: str = "") -> Log:
    """Read one campaign of a log.

    Parameters
    ----------
    path
        A file whose name ends in ``.csv``, ``.csv.gz`` or ``.parquet``, one auction a row, with a header line. Columns:
        ``t`` (any number that orders the auctions), ``value`` and ``price`` (finite, at least 0, one unit) and, if it
        holds several campaigns, ``campaign`` (text or integers). Others are not read.
    campaign
        Which one; empty: the only one.

    Returns
    -------
    Log
        Sorted by t; rows of equal t stay in the order of the file. Values and prices in float32.

    Raises
    ------
    InvalidInputError
        For a path, a column, a campaign or a value that breaks a rule.
    MissingPackageError
        Where pyarrow is not installed.
    """
    file = Path(path)
    table = _read_table(file)
    if "campaign" in table.column_names:
        table, campaign = _of_campaign(file, table, campaign)
    elif campaign:
        raise InvalidInputError(f"campaign is {campaign!r}: {file.name!r} has no column campaign")
    columns = {name: _numbers(file, table.column(name), name) for name in _NUMBERS}
    for name in ("value", "price"):
        _refuse(file, (columns[name] < 0.0) | (columns[name] > LARGEST), columns[name], name, "in [0, 2^120]")
    order = np.argsort(columns["t"], kind="stable")
    value, price = (columns[name][order].astype(np.float32) for name in ("value", "price"))
    return Log(file.name, campaign, value, price)


def _read_table(path: Path) -> Any:
    if not path.name.lower().endswith(SUFFIXES):
        raise InvalidInputError(f"path is {str(path)!r}: it must end in {', '.join(SUFFIXES)}")
    if not path.is_file():
        raise InvalidInputError(f"path is {str(path)!r}: it must be a file that exists")
    if path.stat().st_size == 0:
        raise InvalidInputError(f"path is {str(path)!r}: the file is empty: it must have a header at least")
    pyarrow = require("pyarrow", extra=EXTRA)
    try:
        if path.suffix.lower() == ".parquet":
            with require("pyarrow.parquet", extra=EXTRA).ParquetFile(path) as file:
                return file.read(columns=_present(path, file.schema_arrow.names))
        csv = require("pyarrow.csv", extra=EXTRA)
        with csv.open_csv(path) as reader:
            names = _present(path, reader.schema.names)
        return csv.read_csv(
            path, convert_options=csv.ConvertOptions(include_columns=names, column_types={"campaign": pyarrow.string()})
        )
    except (pyarrow.ArrowException, OSError, EOFError) as error:
        raise InvalidInputError(f"path is {str(path)!r}: it cannot be read: {error}") from error


def _present(path: Path, names: list[str]) -> list[str]:
    for name in _NUMBERS:
        if names.count(name) != 1:
            raise InvalidInputError(f"path is {str(path)!r}: it must have one column {name}, has {', '.join(names)}")
    if names.count("campaign") > 1:
        raise InvalidInputError(f"path is {str(path)!r}: it must have at most one column campaign")
    return [*_NUMBERS, *(["campaign"] if "campaign" in names else [])]


def _of_campaign(path: Path, table: Any, campaign: str) -> tuple[Any, str]:
    """Return the rows of one campaign, and its name."""
    column = table.column("campaign")
    if column.null_count:
        raise InvalidInputError(f"column 'campaign' of {path.name!r} has empty rows: every row must have a value")
    names = [str(name) for name in column.unique().to_pylist()]
    if not campaign and len(names) == 1:
        campaign = names[0]
    if campaign not in names:
        shown = ", ".join(names[:12]) + (" ..." if len(names) > 12 else "")
        raise InvalidInputError(f"campaign is {campaign!r}: it must be one of those of {path.name!r}: {shown}")
    return table.filter(np.array([str(name) == campaign for name in column.to_pylist()])), campaign


def _numbers(path: Path, column: Any, name: str) -> NDArray[np.float64]:
    types = require("pyarrow", extra=EXTRA).types
    if column.null_count:
        raise InvalidInputError(f"column {name!r} of {path.name!r} has empty rows: every row must have a value")
    numeric = types.is_integer(column.type) or types.is_floating(column.type) or types.is_decimal(column.type)
    if len(column) and not numeric:
        raise InvalidInputError(f"column {name!r} of {path.name!r} is of type {column.type}: it must hold numbers")
    values: NDArray[np.float64] = column.to_numpy().astype(np.float64)
    _refuse(path, ~np.isfinite(values), values, name, "finite")
    return values


def _refuse(path: Path, wrong: NDArray[np.bool_], values: NDArray[Any], name: str, rule: str) -> None:
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        raise InvalidInputError(
            f"column {name!r} of {path.name!r} is {values[row].item()!r} in row {row + 1} of the campaign: it must be "
            f"{rule}"
        )
