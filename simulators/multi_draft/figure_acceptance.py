"""Acceptance of every scheme against the number of drafts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulators.multi_draft.figure_style import DEPENDENT, QUIET, SCHEME_STYLE, TEXT, WHOLE, canvas, refusal, tidy
from simulators.multi_draft.result import Result

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["acceptance_by_draft_count", "describe_acceptance"]

_HEIGHT = 6.4
#: Least distance between the names at the right, as a share of the axes' height.
_APART = 0.062
#: From a name's left end to the axes' right edge.
_LEADER = {"arrowstyle": "-", "linewidth": 1.5, "shrinkA": 2, "shrinkB": 0, "relpos": (0.0, 0.5)}
_NOTHING = "No position was compared: Config.compared_positions is 0."


def acceptance_by_draft_count(result: Result) -> Figure:
    """Acceptance of every scheme at the same laws, against the number of drafts; the optimum bounds independent ones.

    Bars are 95 % intervals over requests. Schemes with hollow markers draw drafts that depend on each other: they may
    lie above the optimum of independent drafts.

    Raises
    ------
    MissingPackageError
        Where matplotlib is not installed.
    """
    figure = canvas(result, _HEIGHT, f"Acceptance at {result.compared_positions:,} positions, the same laws for all")
    axes = figure.add_axes((0.1, 0.11, 0.5, 0.69))
    if not result.scheme_acceptance:
        refusal(axes, _NOTHING)
        return figure
    counts = sorted({int(count) for row in result.scheme_acceptance.values() for count in row})
    for scheme, (colour, marker, _) in SCHEME_STYLE.items():
        if scheme in result.scheme_acceptance and scheme != "single":
            _draw(axes, result, scheme, counts, colour, marker)
    axes.set_xticks(range(len(counts)), [str(count) for count in counts])
    axes.set_xlim(-0.15, len(counts) - 0.85)
    axes.set_ylim(0.0, 1.02)
    axes.set_xlabel("drafts", fontsize=TEXT["label"], color=WHOLE)
    axes.set_ylabel("acceptance", fontsize=TEXT["label"], color=WHOLE)
    tidy(axes)
    _name(axes, result)
    key = "black: the most that independent drafts allow; hollow: other drafts"
    figure.text(0.03, 1.0 - 1.17 / _HEIGHT, key, fontsize=TEXT["small"], color=QUIET, va="center")
    return figure


def describe_acceptance(result: Result) -> str:
    """Say in words what `acceptance_by_draft_count` shows."""
    if not result.scheme_acceptance:
        return _NOTHING
    told = []
    for scheme, (_, _, name) in SCHEME_STYLE.items():
        row = result.scheme_acceptance.get(scheme, {})
        errors = result.scheme_acceptance_error.get(scheme, {})
        values = ", ".join(f"{value:.3f} +- {1.96 * errors[count]:.3f} with {count}" for count, value in row.items())
        told += [f"{name}: {values}"] if values else []
    return f"Acceptance at {result.compared_positions:,} positions by number of drafts. " + "; ".join(told) + "."


def _draw(axes: Any, result: Result, scheme: str, counts: list[int], colour: str, marker: str) -> None:
    row, errors = result.scheme_acceptance[scheme], result.scheme_acceptance_error[scheme]
    known = [count for count in counts if str(count) in row]
    best = scheme == "optimal"
    axes.errorbar(
        [counts.index(count) for count in known],
        [row[str(count)] for count in known],
        yerr=[1.96 * errors[str(count)] for count in known],
        color=colour,
        marker=marker,
        markersize=7,
        markerfacecolor="white" if scheme in DEPENDENT else colour,
        linewidth=3.0 if best else 1.5,
        elinewidth=1.0,
        capsize=2.5,
        zorder=4 if best else 3,
    )


def _name(axes: Any, result: Result) -> None:
    """Write each scheme's name beside its last point, moved apart where they would touch."""
    ends = []
    for scheme, (colour, _, name) in SCHEME_STYLE.items():
        row = result.scheme_acceptance.get(scheme)
        if row and scheme != "single":
            ends.append((list(row.values())[-1], colour, name))
    ends.sort(key=lambda end: -end[0])
    places: list[float] = []
    for value, _, _ in ends:
        places.append(min(value / 1.02, places[-1] - _APART) if places else value / 1.02)
    shift = max(0.0, -min(places) + 0.01)
    for (value, colour, name), place in zip(ends, places, strict=True):
        axes.annotate(
            f"{name} {value:.2f}",
            xy=(1.0, value / 1.02),
            xytext=(1.09, place + shift),
            xycoords="axes fraction",
            textcoords="axes fraction",
            fontsize=TEXT["small"],
            color=WHOLE,
            va="center",
            arrowprops={**_LEADER, "color": colour},
            annotation_clip=False,
        )
