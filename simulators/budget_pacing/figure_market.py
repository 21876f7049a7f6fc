"""A market over time: spend against plan, multipliers, prices."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from pybench.optional import require
from simulators.budget_pacing.market import MarketResult

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["describe_market", "market_figure"]

_WIDTH, _HEIGHT = 7.0, 9.6
_INK, _QUIET, _FAINT = "#222222", "#555555", "#BBBBBB"
# Okabe and Ito's palette, and a dash pattern each: told apart with every kind of colour vision, and in print.
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#7A5230", "#222222")
_DASHES: tuple[Any, ...] = ("solid", (0, (5, 1.5)), (0, (1.5, 1.2)), (0, (7, 1.5, 1.5, 1.5)))
_TITLE, _HEADING, _LABEL, _SMALL = 17.0, 13.0, 12.0, 11.5
_POINTS = 400


def market_figure(
    result: MarketResult,
    *,
    name: str = "",
    synthetic: bool = True,
    equilibrium: NDArray[np.float64] | None = None,
) -> Figure:
    """Draw spend against plan, multipliers and prices over the items.

    At most eight bidders are shown, those of the largest budgets.

    Parameters
    ----------
    result
        Of `run_market`.
    name
        Of the data.
    synthetic
        Whether the values were generated; then the figure says so.
    equilibrium
        Multipliers [N] of a pacing equilibrium, to be marked at the right.

    Raises
    ------
    MissingPackageError
        Where matplotlib is not installed.
    """
    figure: Figure = require("matplotlib.figure", extra="budget_pacing").Figure(figsize=(_WIDTH, _HEIGHT), dpi=150)
    bidders, steps = result.value.shape
    kind = "second price" if result.auction == "second_price" else "first price"
    title = name or "market"
    heading = f"{bidders} paced bidders, {steps:,} items, {kind}"
    figure.text(0.03, 1.0 - 0.24 / _HEIGHT, title, fontsize=_TITLE, fontweight="bold", color=_INK, va="center")
    figure.text(0.03, 1.0 - 0.55 / _HEIGHT, heading, fontsize=_LABEL, color=_INK, va="center")
    if synthetic:
        note: dict[str, Any] = {"fontsize": _LABEL, "fontweight": "bold", "color": "#D55E00"}
        figure.text(0.97, 1.0 - 0.24 / _HEIGHT, "synthetic: generated, not real data", ha="right", va="center", **note)
    shown = _shown(result)
    panels = [
        ("Spend less plan, in % of the budget", 0.625, 0.2, _draw_spend),
        ("Multipliers: bid = value / (1 + multiplier)", 0.345, 0.195, _draw_multipliers),
        ("Prices: mean and middle 80 % of what was paid", 0.065, 0.195, _draw_prices),
    ]
    for text, bottom, height, draw in panels:
        axes = figure.add_axes((0.12, bottom, 0.82, height))
        at = bottom + height + (0.082 if draw is _draw_spend else 0.02)
        figure.text(0.03, at, text, fontsize=_HEADING, fontweight="bold", color=_INK, va="center")
        draw(axes, result, shown)
        axes.set_xlim(0, max(steps, 1))
        _tidy(axes)
    if equilibrium is not None:
        _mark(figure.axes[1], equilibrium, shown, steps)
    axes.set_xlabel("items so far", fontsize=_LABEL, color=_INK)
    return figure


def describe_market(result: MarketResult) -> str:
    """Say in words what `market_figure` shows."""
    spend, share = result.pacing.spend, result.pacing.spend / result.budget
    told = [
        f"bidder {i}: budget {result.budget[i]:.4g}, spent {share[i]:.1%}, mean multiplier "
        f"{result.pacing.mean_multiplier[i]:.3f}"
        for i in _shown(result)
    ]
    price = result.price
    sold = int(np.isfinite(price).sum())
    mean = float(spend.sum()) / sold if sold else 0.0
    return f"{'; '.join(told)}. {sold:,} of {price.size:,} items sold at a mean price of {mean:.4g}."


def _shown(result: MarketResult) -> list[int]:
    """Return the bidders that are drawn, in their order."""
    largest = np.argsort(-result.budget, kind="stable")[: len(_COLOURS)]
    return sorted(int(i) for i in largest)


def _style(place: int) -> dict[str, Any]:
    return {"color": _COLOURS[place], "linestyle": _DASHES[place % len(_DASHES)], "linewidth": 2.0}


def _moments(steps: int) -> NDArray[np.int64]:
    """Return the steps that are drawn."""
    return np.unique(np.linspace(0, max(steps - 1, 0), _POINTS).astype(np.int64)) if steps else np.zeros(0, np.int64)


def _draw_spend(axes: Any, result: MarketResult, shown: list[int]) -> None:
    at = _moments(result.value.shape[1])
    plan = np.cumsum(np.broadcast_to(result.target_spend, result.value.shape), axis=1, dtype=np.float64)
    spend = result.spend_path()
    for place, i in enumerate(shown):
        ahead = 100.0 * (spend[i, at] - plan[i, at]) / result.budget[i]
        label = f"{i}: {result.pacing.spend[i] / result.budget[i]:.1%} spent"
        axes.plot(at + 1, ahead, label=label, **_style(place))
    axes.axhline(0.0, color=_INK, linewidth=1.0)
    axes.set_ylabel("spend less plan, %", fontsize=_LABEL, color=_INK)
    axes.legend(loc="lower left", bbox_to_anchor=(-0.1, 1.0), ncols=3, frameon=False, fontsize=_SMALL, handlelength=2.2)


def _draw_multipliers(axes: Any, result: MarketResult, shown: list[int]) -> None:
    at = _moments(result.value.shape[1])
    for place, i in enumerate(shown):
        axes.plot(at + 1, result.pacing.multiplier_path[i, at], **_style(place))
    axes.set_ylim(bottom=0.0)
    axes.set_ylabel("multiplier", fontsize=_LABEL, color=_INK)


def _mark(axes: Any, equilibrium: NDArray[np.float64], shown: list[int], steps: int) -> None:
    """Mark the multipliers of an equilibrium at the right edge, in the bidders' colours."""
    for place, i in enumerate(shown):
        axes.plot(steps, equilibrium[i], marker="<", markersize=9, color=_COLOURS[place], clip_on=False, zorder=5)
    axes.set_ylim(bottom=0.0)
    note: dict[str, Any] = {"fontsize": _SMALL, "color": _QUIET, "ha": "right", "va": "bottom"}
    axes.text(1.0, 1.02, "◂ equilibrium", transform=axes.transAxes, **note)


def _draw_prices(axes: Any, result: MarketResult, shown: list[int]) -> None:
    del shown
    price = result.price
    edges = np.linspace(0, price.size, min(80, max(price.size, 1)) + 1).astype(np.int64)
    middle, mean, low, high, floor = [], [], [], [], []
    for begin, end in itertools.pairwise(edges):
        sold = price[begin:end][np.isfinite(price[begin:end])]
        if sold.size:
            middle.append(0.5 * (begin + end))
            mean.append(float(sold.mean()))
            floor.append(float(result.reserve[begin:end].mean()))
            low.append(float(np.quantile(sold, 0.1)))
            high.append(float(np.quantile(sold, 0.9)))
    axes.fill_between(middle, low, high, color="#56B4E9", alpha=0.4, linewidth=0)
    axes.plot(middle, mean, color=_INK, linewidth=2.0)
    if any(floor):
        axes.plot(middle, floor, color="#D55E00", linewidth=1.6, linestyle=(0, (4, 2)))
        axes.annotate("reserve", (middle[-1], floor[-1]), (0, -4), textcoords="offset points", ha="right", va="top",
                      fontsize=_SMALL, color="#D55E00")  # fmt: skip
    axes.set_ylim(bottom=0.0)
    axes.set_ylabel("price", fontsize=_LABEL, color=_INK)


def _tidy(axes: Any) -> None:
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color(_QUIET)
    axes.tick_params(labelsize=_SMALL, length=3, colors=_INK)
    axes.grid(axis="y", color=_FAINT, linewidth=0.6, alpha=0.6)
    axes.set_axisbelow(True)
