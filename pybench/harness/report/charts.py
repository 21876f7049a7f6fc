"""Intervals as charts, drawn by matplotlib once for a wide page and once for a phone."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pybench.harness.workload import ContenderKind
from pybench.optional import require

__all__ = ["NARROW", "WIDE", "Bar", "interval_chart", "scale_chart"]

#: Widths of the two drawings in CSS pixels; one unit of the SVG is one pixel there.
WIDE, NARROW = 720, 330
# Okabe and Ito's palette; shapes tell the kinds apart as well.
_COLOURS = {"native": "#0072B2", "cuda": "#009E73", "peer": "#D55E00", "limit": "#CC79A7", "reference": "#777777"}
_MARKERS = {"native": "o", "cuda": "o", "peer": "s", "limit": "|", "reference": "D"}
_INK, _SOFT, _LINE, _BAND = "#222222", "#666666", "#BBBBBB", "#EEEEEE"
_PER_INCH = 72.0


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A row of a chart: a value with its interval, or a lower bound."""

    label: str
    text: str
    """The number in words, at the right."""
    kind: ContenderKind
    value: float
    low: float
    high: float
    open_ended: bool = False
    """Whether `value` is a lower bound."""
    brief: str = ""
    """The label where there is no room for the whole."""
    hollow: bool = False
    """Whether it is of a kept record."""


def interval_chart(bars: Sequence[Bar], *, noise: float | None, width: int, salt: str) -> bytes:
    """Draw ratios on a logarithmic axis: 1 is the baseline, the band around it is noise.

    Parameters
    ----------
    width
        In CSS pixels; below 500 the labels stand above the lines.
    salt
        Of the ids: the same chart gives the same bytes.

    Raises
    ------
    MissingPackageError
        Where matplotlib is not installed.
    """
    stacked = width < 500
    row_height, top, bottom = (38.0 if stacked else 26.0), 6.0, 40.0
    height = top + row_height * len(bars) + bottom
    figure = _figure(width, height)
    label = max(len(bar.label) for bar in bars)
    left, right = (8.0, 12.0) if stacked else (min(345.0, max(180.0, 28.0 + 6.4 * label)), 150.0)
    axes = _axes(figure, width, height, left, right, top, bottom)
    ends = [end for bar in bars for end in (bar.low, bar.high)]
    low, high = min([0.8, *ends]), max([1.25, *ends])
    margin = (high / low) ** 0.04
    axes.set_xscale("log")
    axes.set_xlim(low / margin, high * margin)
    axes.set_ylim(len(bars), 0)
    if noise is not None:
        axes.axvspan(1.0 / (1.0 + noise), 1.0 + noise, color=_BAND, linewidth=0, zorder=0)
    if stacked:  # the line stays clear of the words above each interval
        rows = range(len(bars))
        axes.vlines([1.0] * len(bars), [row + 0.5 for row in rows], [row + 0.9 for row in rows], color=_SOFT)
    else:
        axes.axvline(1.0, color=_SOFT, linewidth=1.2, zorder=1)
    labels = _labels(bars, room=25 if stacked else 50)
    for index, bar in enumerate(bars):
        _draw_bar(axes, bar, index + (0.68 if stacked else 0.5))
        text_y = index + (0.34 if stacked else 0.5)
        _draw_texts(axes, labels[index], bar.text, text_y, width - left - right, left, right)
    _ticks(axes, low / margin, high * margin, "time, as a multiple of the baseline's")
    return _svg(figure, salt)


def scale_chart(
    *, accepted: tuple[float, float], figure: float | None, bar: Bar, unit: str, width: int, salt: str
) -> bytes:
    """Draw what a claim accepts as a band, the paper's figure as a line and what was measured as an interval."""
    height = 66.0
    canvas = _figure(width, height)
    axes = _axes(canvas, width, height, 14.0, 14.0, 4.0, 40.0)
    known = [end for end in (*accepted, figure, bar.low, bar.high) if end is not None and math.isfinite(end)]
    low, high = min(known), max(known)
    margin = 0.15 * (high - low) or 0.05 * abs(high) or 1.0
    axes.set_xlim(low - margin, high + margin)
    axes.set_ylim(1, 0)
    axes.axvspan(max(accepted[0], low - margin), min(accepted[1], high + margin), color=_BAND, linewidth=0, zorder=0)
    for limit in accepted:
        if math.isfinite(limit):
            axes.axvline(limit, color=_LINE, linewidth=1.0, zorder=1)
    if figure is not None:
        axes.axvline(figure, color=_INK, linewidth=1.4, linestyle=(0, (4, 2)), zorder=1)
    _draw_bar(axes, bar, 0.5)
    axes.set_xlabel(unit, fontsize=12, color=_SOFT)
    axes.locator_params(axis="x", nbins=4)
    return _svg(canvas, salt)


def _figure(width: float, height: float) -> Any:
    module = require("matplotlib.figure", extra="all")
    return module.Figure(figsize=(width / _PER_INCH, height / _PER_INCH), dpi=_PER_INCH)


def _axes(figure: Any, width: float, height: float, left: float, right: float, top: float, bottom: float) -> Any:
    axes = figure.add_axes(
        (left / width, bottom / height, (width - left - right) / width, (height - top - bottom) / height)
    )
    figure.patch.set_visible(False)
    axes.patch.set_visible(False)
    for side in ("top", "left", "right"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(_LINE)
    axes.set_yticks([])
    axes.tick_params(axis="x", which="both", color=_LINE, labelcolor=_SOFT, labelsize=12)
    return axes


def _draw_bar(axes: Any, bar: Bar, y: float) -> None:
    colour = _COLOURS[bar.kind]
    marker = ">" if bar.open_ended else _MARKERS[bar.kind]
    inside = "#FFFFFF" if bar.hollow else colour
    axes.plot([bar.low, bar.high], [y, y], color=colour, linewidth=3.0, solid_capstyle="butt", zorder=2)
    style = {"markersize": 7.0, "markerfacecolor": inside, "markeredgecolor": colour, "markeredgewidth": 1.6}
    axes.plot([bar.value], [y], marker=marker, linestyle="", zorder=3, clip_on=False, **style)


def _labels(bars: Sequence[Bar], *, room: int) -> list[str]:
    """Return the labels, or all of them in brief where one is too long; cut where even that is."""
    whole = all(len(bar.label) <= room for bar in bars)
    chosen = [bar.label if whole else bar.brief or bar.label for bar in bars]
    return [text if len(text) <= room else text[: room - 1] + "…" for text in chosen]


def _draw_texts(axes: Any, label: str, text: str, y: float, inner: float, left: float, right: float) -> None:
    """Write label and number at the two edges of the drawing."""
    edge = {"va": "center", "fontsize": 12.0, "color": _INK, "transform": axes.get_yaxis_transform()}
    axes.text((4.0 - left) / inner, y, _plain(label), ha="left", **edge)
    axes.text(1.0 + (right - 4.0) / inner, y, text, ha="right", **edge)


def _plain(text: str) -> str:
    """Keep matplotlib from reading dollars as mathematics."""
    return text.replace("$", r"\$")


def _ticks(axes: Any, low: float, high: float, label: str) -> None:
    """Mark 1, 2, 5 of every decade, or powers of ten alone where there are many."""
    steps = (1, 2, 5) if high / low < 200.0 else (1,)
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    ticks = [step * 10.0**decade for decade in decades for step in steps if low <= step * 10.0**decade <= high]
    axes.set_xticks(ticks, [f"{tick:,.12g}×" for tick in ticks])
    axes.minorticks_off()
    axes.set_xlabel(label, fontsize=12, color=_SOFT)


def _svg(figure: Any, salt: str) -> bytes:
    matplotlib = require("matplotlib", extra="all")
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": salt}), io.BytesIO() as drawn:
        figure.savefig(drawn, format="svg", metadata={"Date": None})
        return drawn.getvalue()
