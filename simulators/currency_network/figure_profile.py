"""How significant the triads are, under both null models."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pybench.kernels.graph import CONNECTED_TRIADS
from simulators.currency_network.evidence import Z_99
from simulators.currency_network.figure_style import FAINT, MODELS, QUIET, TEXT, WHOLE, canvas, refusal, tidy
from simulators.currency_network.result import Result
from simulators.currency_network.significance import BEYOND, Row
from simulators.currency_network.triad_glyphs import draw_glyphs

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["describe_profile", "significance_profile"]

_HEIGHT = 8.6


def significance_profile(result: Result) -> Figure:
    """Triads that are more and less frequent than at random, under both null models side by side.

    The axis is linear up to 2 and logarithmic beyond. A bar is the 99 % interval of a z-score by sampling.

    Raises
    ------
    MissingPackageError
        Where matplotlib is not installed.
    """
    figure = canvas(result, _HEIGHT, f"Connected triads against {result.null_samples:,} random networks of each kind")
    nulls = _nulls(result)
    axes = figure.add_axes((0.2, 0.085, 0.76, 0.745))
    if not nulls:
        refusal(axes, result)
        return figure
    draw_glyphs(figure.add_axes((0.02, 0.085, 0.17, 0.745)), CONNECTED_TRIADS)
    _draw(axes, result, nulls)
    return figure


def describe_profile(result: Result) -> str:
    """Say in words what `significance_profile` shows."""
    nulls = _nulls(result)
    if not nulls:
        return "No null model: " + ("; ".join(result.null_refusals.values()) or "none was asked for") + "."
    sentences = []
    for model, rows in nulls.items():
        scored = {name: rows[name]["z"] for name in CONNECTED_TRIADS if not rows[name]["constant"]}
        if scored:
            least, most = min(scored, key=scored.__getitem__), max(scored, key=scored.__getitem__)
            sentences.append(
                f"Against random networks with {_kept(model)}, {most} is the most over-represented connected triad "
                f"(z {scored[most]:+.1f}) and {least} the least (z {scored[least]:+.1f})."
            )
    opposite = [name for name in CONNECTED_TRIADS if name in result.sign_disagreements]
    if len(nulls) == 2:
        sentences.append(f"The two null models have opposite signs on {', '.join(opposite) or 'no triad'}.")
    return " ".join(sentences)


def _nulls(result: Result) -> dict[str, Mapping[str, Row]]:
    both = {"degree": result.degree_null, "dyad": result.dyad_null}
    return {model: rows for model, rows in both.items() if rows}


def _kept(model: str) -> str:
    return "the same degrees" if model == "degree" else "the same degrees and mutual dyads"


def _draw(axes: Any, result: Result, nulls: Mapping[str, Mapping[str, Row]]) -> None:
    scores = [abs(rows[name]["z"]) for rows in nulls.values() for name in CONNECTED_TRIADS if "z" in rows[name]]
    limit = 2.5 * max(10.0, *scores) if scores else 25.0
    axes.set_xscale("symlog", linthresh=BEYOND, linscale=0.6)
    axes.set_xlim(-limit, limit)
    axes.set_ylim(len(CONNECTED_TRIADS) - 0.4, -0.6)
    axes.axvspan(-BEYOND, BEYOND, color="#F0F0F0", zorder=0)
    axes.axvline(0.0, color=FAINT, linewidth=1.0, zorder=1)
    for row, name in enumerate(CONNECTED_TRIADS):
        axes.axhline(row + 0.5, color="#EEEEEE", linewidth=0.8, zorder=0)
        if name in result.sign_disagreements:
            axes.axhspan(row - 0.5, row + 0.5, facecolor="#F0E442", alpha=0.3, zorder=0)
            axes.text(0.0, row, "\N{NOT EQUAL TO}", ha="center", va="center", fontsize=TEXT["title"], color=WHOLE)
        for place, (model, rows) in enumerate(nulls.items()):
            height = row + (0.0 if len(nulls) == 1 else -0.2 + 0.4 * place)
            _mark(axes, height, rows[name], model)
    powers = [10.0**power for power in range(1, 9) if 10.0**power < limit]
    powers = powers[:: 1 + len(powers) // 4]
    ticks = [-value for value in reversed(powers)] + [-BEYOND, 0.0, BEYOND] + powers
    axes.set_xticks(ticks, [f"{value:,.0f}".replace("-", "\N{MINUS SIGN}") for value in ticks])
    axes.minorticks_off()
    axes.set_yticks([])
    for model in nulls:
        colour, marker, kept = MODELS[model]
        axes.plot([], [], linestyle="", marker=marker, color=colour, markeredgecolor=WHOLE, markersize=8, label=kept)
    axes.legend(
        loc="lower left",
        bbox_to_anchor=(-0.26, 0.995),
        ncols=2,
        frameon=False,
        fontsize=TEXT["small"],
        handletextpad=0.1,
        columnspacing=1.0,
    )
    axes.text(
        0.0,
        -0.105,
        "\N{NOT EQUAL TO}: opposite signs. Open mark: all samples agree, so no z.",
        transform=axes.transAxes,
        fontsize=TEXT["small"],
        color=QUIET,
    )
    axes.set_xlabel(
        "rarer   \N{LEFTWARDS ARROW}   z-score   \N{RIGHTWARDS ARROW}   more frequent", fontsize=TEXT["small"]
    )
    tidy(axes)


def _mark(axes: Any, height: float, row: Row, model: str) -> None:
    colour, marker, _ = MODELS[model]
    if row["constant"]:
        axes.plot(0.0, height, marker=marker, markersize=8, markerfacecolor="white", markeredgecolor=colour)
        if row["observed"] != row["mean"]:
            text = f"{row['observed']:,} against {row['mean']:,.0f}"
            axes.text(BEYOND * 1.3, height, text, va="center", fontsize=TEXT["small"], color=WHOLE)
        return
    low, high = row["z"] - Z_99 * row["z_error"], row["z"] + Z_99 * row["z_error"]
    axes.plot([low, high], [height, height], color=colour, linewidth=3.0, alpha=0.6, zorder=2)
    axes.plot(row["z"], height, marker=marker, markersize=8, color=colour, markeredgecolor=WHOLE, zorder=3)
