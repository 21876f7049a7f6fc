"""Draws multi_draft_levels.svg: the levels of a small pair of laws, and where the score kernel moves draws."""

from __future__ import annotations

from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.figure import Figure

from pybench.kernels.reference.draft import plan

COUNT = 3


def main() -> None:
    """Draw the figure beside this script."""
    matplotlib.rcParams["svg.hashsalt"] = "multi_draft_levels"
    draft = np.array([0.16, 0.14, 0.12, 0.1, 0.1, 0.1, 0.1, 0.08, 0.06, 0.04])
    target = draft * np.array([0.05, 0.2, 0.45, 0.6, 0.8, 1.1, 1.5, 1.9, 3.0, 5.0])
    target /= target.sum()
    made = plan(draft, target, COUNT)
    order = np.argsort(target / draft)
    edges = np.concatenate([[0.0], np.cumsum(draft[order])])
    ratio = (target / draft)[order]
    level = (made.selection_law / draft)[order]

    figure = Figure(figsize=(7.2, 4.0), layout="constrained")
    axes = figure.subplots()
    place = np.linspace(0.0, 1.0, 400)
    density = COUNT * place ** (COUNT - 1)
    levels = level[np.clip(np.searchsorted(edges, place, side="right") - 1, 0, len(level) - 1)]
    for name, color, part in (("surplus", "#4477aa", levels > density), ("deficit", "#cc6677", levels < density)):
        axes.fill_between(place, density, levels, where=part, color=color, alpha=0.25, linewidth=0, label=name)
    axes.plot(place, density, color="#333333", label=f"f(s) = {COUNT} s²: the largest of {COUNT} uniforms")
    axes.stairs(ratio, edges, color="#777777", linestyle=":", label="ratio r = q / p, sorted")
    axes.stairs(level, edges, color="#222222", linewidth=2, label="level b: the ratio clipped")
    start, end = made.slots.start[0], made.slots.start[1]
    here = start + 0.4 * (end - start)
    there = made.score(int(order[0]), 0.4, 0.0)
    axes.annotate(
        "",
        xy=(there, COUNT * there ** (COUNT - 1)),
        xytext=(here, level[0]),
        arrowprops={"arrowstyle": "->", "color": "#222222", "connectionstyle": "arc3,rad=-0.3"},
    )
    axes.text(here, 1.25, "a draw of surplus scores there\nwith probability θ, else here", ha="center", fontsize=9)
    axes.set(xlim=(0, 1), ylim=(0, 3.4), xlabel="tokens side by side, each as wide as its draft probability")
    axes.legend(loc="upper left", frameon=False, fontsize=9)
    figure.savefig(Path(__file__).with_suffix(".svg"), metadata={"Date": None})


if __name__ == "__main__":
    main()
