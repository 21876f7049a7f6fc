"""Figures of a sweep: a field's mean over replications against the first axis, coloured by the second."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from pathlib import Path
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

from pybench.errors import MissingPackageError
from pybench.harness.output import write_whole
from pybench.harness.registry import RegisteredMethod
from pybench.harness.sweep.points import Sweep
from pybench.harness.sweep.table import Cell, Table, mean_of
from pybench.optional import require

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["draw_field", "student_quantile", "write_sweep_figures"]

#: Okabe and Ito's palette, told apart with every kind of colour vision; more values than these get a colour scale.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#222222")
MARKERS = "osD^vPX"
#: An axis of numbers above 0 whose largest is this many times its smallest is drawn on a logarithmic scale.
LOGARITHMIC = 50.0


def write_sweep_figures(sweep: Sweep, table: Table, fields: Sequence[str], folder: Path) -> tuple[list[Path], str]:
    """Draw a figure of each field as SVG; return the files, and why there are none (empty where there are).

    The same table gives the same bytes.
    """
    try:
        matplotlib = require("matplotlib", extra="sweep")
    except MissingPackageError as error:
        return [], str(error)
    matplotlib.use("svg")
    written = []
    for field in fields:
        with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": field}), io.BytesIO() as drawn:
            figure = draw_field(sweep, table, field)
            figure.savefig(drawn, format="svg", metadata={"Date": None}, bbox_inches="tight")
            content = drawn.getvalue()
        written.append(folder / f"{field}.svg")
        write_whole(written[-1], content)
    return written, ""


def draw_field(sweep: Sweep, table: Table, field: str) -> Figure:
    """Draw one field: mean and 95 % interval (Student) against the first axis, a line for each value of the second.

    Further axes are averaged over, which the figure says.
    """
    figure: Figure = require("matplotlib.figure", extra="sweep").Figure(figsize=(7.0, 4.4), dpi=150)
    axes = figure.subplots()
    horizontal = sweep.axes[0] if sweep.axes else None
    across = [None] * len(table.column("index")) if horizontal is None else _axis(table, horizontal)
    places = _places(across)
    groups = _axis(table, sweep.axes[1]) if len(sweep.axes) > 1 else [None] * len(across)
    found = _means(across, groups, table.values(field))
    names = sorted(found, key=_order)
    if len(names) > len(COLOURS):
        _scatter(figure, axes, found, places, sweep.axes[1])
    else:
        for name, colour, marker in zip(names, COLOURS, MARKERS, strict=False):
            _line(axes, found[name], places, color=colour, marker=marker, label=str(name))
        if len(sweep.axes) > 1:
            axes.legend(title=sweep.axes[1], frameon=False)
    _dress(sweep, axes, field, horizontal, places)
    return figure


def student_quantile(degrees: int) -> float:
    """Return the 97.5 % point of Student's law: exact for 1 and 2 degrees of freedom, otherwise within 0.2 %.

    By the expansion about the normal law (Abramowitz and Stegun 26.7.5).
    """
    if degrees == 1:
        return math.tan(math.pi * 0.475)
    if degrees == 2:
        return 0.95 * math.sqrt(2.0 / (1.0 - 0.95**2))
    z = NormalDist().inv_cdf(0.975)
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + math.fsum(term / float(degrees) ** power for power, term in enumerate(terms, 1))


def _axis(table: Table, name: str) -> list[Any]:
    return table.columns[f"config.{name}"] if f"config.{name}" in table.columns else table.column(name)


def _means(across: Sequence[Any], groups: Sequence[Any], values: Sequence[Any]) -> dict[Any, dict[Any, Cell]]:
    """Return group -> place -> mean."""
    gathered: dict[Any, dict[Any, list[Any]]] = {}
    for place, group, value in zip(across, groups, values, strict=True):
        gathered.setdefault(group, {}).setdefault(place, []).append(value)
    means = {group: {place: mean_of(found) for place, found in of.items()} for group, of in gathered.items()}
    return {group: {place: cell for place, cell in of.items() if cell is not None} for group, of in means.items()}


def _places(across: Sequence[Any]) -> dict[Any, float]:
    """Return where each value of the first axis stands: numbers at themselves, others side by side."""
    values = sorted(set(across), key=_order)
    numbers = all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in values)
    return {value: float(value) if numbers else float(position) for position, value in enumerate(values)}


def _order(value: Any) -> tuple[bool, Any]:
    return (True, str(value)) if isinstance(value, str) or value is None else (False, value)


def _interval(cell: Cell) -> float:
    return 0.0 if cell.error is None else student_quantile(cell.count - 1) * cell.error


def _line(axes: Any, cells: dict[Any, Cell], places: dict[Any, float], **style: Any) -> None:
    order = sorted(cells, key=lambda value: places[value])
    axes.errorbar(
        [places[value] for value in order],
        [cells[value].mean for value in order],
        yerr=[_interval(cells[value]) for value in order],
        linewidth=1.4,
        markersize=5,
        capsize=3,
        **style,
    )


def _scatter(figure: Any, axes: Any, found: dict[Any, dict[Any, Cell]], places: dict[Any, float], name: str) -> None:
    """Draw a point for each pair, coloured on a scale where the second axis is of numbers."""
    shades = _places(list(found))
    points = [(places[place], cell, shades[group]) for group, cells in found.items() for place, cell in cells.items()]
    horizontal, means = [point[0] for point in points], [point[1].mean for point in points]
    bars = [_interval(point[1]) for point in points]
    axes.errorbar(horizontal, means, yerr=bars, fmt="none", ecolor="#BBBBBB", linewidth=1.0, zorder=1)
    marks = axes.scatter(horizontal, means, c=[point[2] for point in points], cmap="viridis", s=18, zorder=2)
    bar = figure.colorbar(marks, ax=axes)
    bar.set_label(name)
    if any(isinstance(group, str) for group in found):
        bar.set_ticks([*shades.values()], labels=[str(group) for group in shades])


def _dress(sweep: Sweep, axes: Any, field: str, horizontal: str | None, places: dict[Any, float]) -> None:
    """Name what is shown, and how."""
    method = sweep.registered
    if any(not isinstance(value, (int, float)) or isinstance(value, bool) for value in places):
        axes.set_xticks([*places.values()], labels=["" if value is None else str(value) for value in places])
    elif len(places) > 1 and min(places.values()) > 0 and max(places.values()) > LOGARITHMIC * min(places.values()):
        axes.set_xscale("log")
    axes.set_xlabel(_named(horizontal, _unit(method, "Config", horizontal)))
    axes.set_ylabel(_named(field, _unit(method, "Result", field)))
    axes.set_title(f"{method.name}: {field}", loc="left", fontsize=12, fontweight="bold")
    words = [
        f"mean and 95 % interval of {sweep.replications} replications" if sweep.replications > 1 else "one run each"
    ]
    words += [f"averaged over {', '.join(sweep.axes[2:])}"] if len(sweep.axes) > 2 else []
    axes.text(0.0, -0.2, "; ".join(words), transform=axes.transAxes, fontsize=9, color="#555555", va="top")
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.grid(axis="y", color="#BBBBBB", linewidth=0.6, alpha=0.6)
    axes.set_axisbelow(True)


def _unit(method: RegisteredMethod, kind: str, field: str | None) -> str:
    declared = getattr(method.package, kind).__dataclass_fields__
    return "" if field is None else str(declared[field].metadata.get("unit", ""))


def _named(name: str | None, unit: str) -> str:
    return "" if name is None else f"{name} ({unit})" if unit else name
