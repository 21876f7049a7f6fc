"""Draws multi_draft_cost.svg from the recorded races: time against the vocabulary, beside one read of both laws."""

from __future__ import annotations

import json
from pathlib import Path

import matplotlib
from matplotlib.figure import Figure

ROOT = Path(__file__).resolve().parents[2]
SHOWN = {
    ("verify_one_row", "argsort"): ("argsort of q/p as installed: an order alone", "#999999", "^"),
    ("verify_one_row", "packed_avx2"): ("NumPy's fastest full order, alone", "#cc6677", "s"),
    ("verify_one_row", "numba"): ("the same algorithm in numba", "#ddaa33", "D"),
    ("verify_one_row", "native"): ("plan, acceptance, verify one row", "#222222", "o"),
    ("one_read", "native"): ("plan and acceptance", "#4477aa", "o"),
    ("one_read", "dot"): ("the limit: one read of p and q", "#228833", "v"),
}


def main() -> None:
    """Draw the figure beside this script, from the newest record of each point."""
    matplotlib.rcParams["svg.hashsalt"] = "multi_draft_cost"
    seconds: dict[tuple[str, str], dict[int, float]] = {key: {} for key in SHOWN}
    for line in (ROOT / "results/races/multi_draft.jsonl").read_text().splitlines():
        race = json.loads(line)
        for row in race["rows"]:
            key = (race["workload"], row["contender"])
            if key in SHOWN and race["params"]["law"] == "noisy" and row["seconds"]:
                seconds[key][race["params"]["vocabulary"]] = row["seconds"]
    figure = Figure(figsize=(7.2, 4.2), layout="constrained")
    axes = figure.subplots()
    for key, (label, color, marker) in SHOWN.items():
        points = sorted(seconds[key].items())
        axes.plot(*zip(*points, strict=True), color=color, marker=marker, label=label)
    axes.set(xscale="log", yscale="log", xlabel="tokens of the vocabulary", ylabel="seconds a call, as recorded")
    axes.set_xticks([32_000, 128_256, 262_144], ["32,000", "128,256", "262,144"], minor=False)
    axes.set_xticks([], minor=True)
    axes.grid(alpha=0.3)
    axes.legend(frameon=False, fontsize=9, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    figure.savefig(Path(__file__).with_suffix(".svg"), metadata={"Date": None})


if __name__ == "__main__":
    main()
