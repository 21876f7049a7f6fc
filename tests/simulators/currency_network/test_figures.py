"""The figures say what the Result says, whatever the network."""

from __future__ import annotations

import dataclasses
import functools
import io
import math
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from pybench.kernels.graph import CONNECTED_TRIADS
from simulators.currency_network import Config, Result, simulate
from simulators.currency_network.data import dataset

pytestmark = pytest.mark.native
pytest.importorskip("matplotlib", reason="figures need the extra currency_network")


NAMES = ("bow_tie", "network", "significance_profile", "null_distributions", "mixing_curve")


@functools.cache
def synthetic(null_models: str = "degree,dyad") -> Result:
    return simulate(Config(data="synthetic", accounts=500, null_models=null_models, null_samples=12, mixing_chains=4))


def texts(result: Result, name: str = "bow_tie") -> str:
    from simulators.currency_network.figures import FIGURES

    figure = FIGURES[name](result)
    figure.savefig(io.BytesIO(), format="png")
    parts = [text.get_text() for text in figure.texts]
    for axes in figure.axes:
        parts += [text.get_text() for text in axes.texts]
        legend = axes.get_legend()
        parts += [] if legend is None else [text.get_text() for text in legend.get_texts()]
    return "\n".join(parts)


def svg(result: Result, name: str) -> bytes:
    import matplotlib

    from simulators.currency_network.figures import FIGURES

    with matplotlib.rc_context({"svg.hashsalt": name}), io.BytesIO() as drawn:
        FIGURES[name](result).savefig(drawn, format="svg", metadata={"Date": None}, bbox_inches="tight")
        return drawn.getvalue()


def test_every_figure_has_a_description() -> None:
    from simulators.currency_network.figures import DESCRIPTIONS, FIGURES

    assert tuple(FIGURES) == tuple(DESCRIPTIONS) == NAMES


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("null_models", ["degree,dyad", "degree", "dyad", "none"])
def test_synthetic_data_is_called_so(name: str, null_models: str) -> None:
    result = synthetic(null_models)
    assert "synthetic: generated, not real data" in texts(result, name)
    assert f"{result.nodes:,} accounts, {result.links:,} links" in texts(result, name)


@pytest.mark.parametrize("name", NAMES)
def test_a_figure_is_the_same_bytes_every_time_and_small(name: str) -> None:
    first = svg(synthetic(), name)
    assert first == svg(synthetic(), name)
    assert len(first) < 250_000


def test_the_bow_tie_says_what_was_counted() -> None:
    result = synthetic()
    written = texts(result)
    assert f"{result.positions['IN']:,} (" in written
    assert all(name in written for name in result.census)
    assert f"{result.cyclic_volume_share:.1%} of the volume" in written


def test_the_network_says_how_much_of_it_is_drawn() -> None:
    result = synthetic()
    drawn = sum(len(group) for row in result.drawn_accounts.values() for group in row.values())
    lines = len(result.drawn_links["source"])
    assert f"Drawn: {drawn:,} of the accounts, {lines:,} of the links" in texts(result, "network")


def test_accounts_are_drawn_inside_their_shapes() -> None:
    from matplotlib.patches import PathPatch

    from simulators.currency_network.figures import FIGURES

    result = simulate(Config(data="synthetic", accounts=5_000, null_models="none"))
    patches = [patch for patch in FIGURES["network"](result).axes[0].patches if isinstance(patch, PathPatch)]
    dots = [patch.get_path().vertices.reshape(-1, 5, 2)[:, :4].mean(axis=1) for patch in patches if patch.get_fill()]
    points = np.concatenate(dots)
    shown = sum(len(group) for row in result.drawn_accounts.values() for group in row.values())
    assert len(points) == shown == len(np.unique(points.round(6), axis=0))
    assert np.all(np.abs(points[:, 0]) <= 2.6)
    assert np.all((points[:, 1] >= -3.0) & (points[:, 1] <= 2.0))


def test_dots_are_drawn_on_pixels_too() -> None:
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    from simulators.currency_network.figure_style import ACYCLIC
    from simulators.currency_network.figures import FIGURES

    figure = FIGURES["network"](synthetic())
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    colour = [int(ACYCLIC[start : start + 2], 16) for start in (1, 3, 5)]
    pixels = np.asarray(canvas.buffer_rgba())[..., :3]
    assert (np.abs(pixels.astype(int) - colour).max(axis=2) < 8).sum() > 500


def test_signs_that_differ_are_marked() -> None:
    result = synthetic()
    opposite = [name for name in result.sign_disagreements if name in CONNECTED_TRIADS]
    assert opposite
    written = texts(result, "significance_profile").splitlines()
    assert written.count("\N{NOT EQUAL TO}") == len(opposite)


def test_a_constant_is_told_in_words() -> None:
    row = {"observed": 7, "mean": 3.0, "standard_deviation": 0.0, "p": 0.1, "reached_by": 0, "constant": True}
    result = synthetic()
    changed = dataclasses.replace(result, degree_null={**result.degree_null, "030T": row})
    assert "7 against 3" in texts(changed, "significance_profile")
    assert "degree all agree" in texts(changed, "null_distributions")


@pytest.mark.parametrize("name", NAMES)
def test_descriptions_have_the_numbers_of_the_result(name: str) -> None:
    from simulators.currency_network.figures import DESCRIPTIONS

    result = synthetic()
    told = DESCRIPTIONS[name](result)
    expected = {
        "bow_tie": f"{result.positions['GSCC']:,}",
        "network": f"of {result.links:,} links",
        "significance_profile": f"{max(result.degree_null[t].get('z', 0.0) for t in CONNECTED_TRIADS):+.1f}",
        "null_distributions": f"{result.degree_null['030T']['observed']:,} against",
        "mixing_curve": f"from {result.mixed_at['degree: 030T']:g} on",
    }
    assert expected[name] in told
    assert len(told) < 1_500


@pytest.mark.skipif(not dataset("polblogs").available, reason="needs polblogs.csv.gz under $PYBENCH_DATA")
def test_real_data_is_not_called_synthetic() -> None:
    written = texts(simulate(Config(data="polblogs", null_models="none")))
    assert "synthetic" not in written
    assert "polblogs" in written


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("rows", ["", "1,2\n", "1,1\n", "1,2\n3,4\n5,6\n", "1,2\n2,1\n", "1,2\n2,3\n3,1\n4,1\n1,5\n"])
def test_degenerate_networks_are_drawn(tmp_path: Path, rows: str, name: str) -> None:
    from simulators.currency_network.figures import DESCRIPTIONS

    pytest.importorskip("pyarrow", reason="reading a file needs the extra currency_network")
    (tmp_path / "few.csv").write_text("source,target\n" + rows)
    result = simulate(Config(data=str(tmp_path / "few.csv"), null_samples=4, mixing_chains=2))
    written = texts(result, name)
    assert "few.csv" in written
    assert DESCRIPTIONS[name](result)
    if rows in ("", "1,2\n") and name not in ("bow_tie", "network"):
        assert "rewiring needs at least 2" in written or name == "mixing_curve"


def test_areas_are_proportional_to_accounts() -> None:
    from matplotlib.patches import Circle, Polygon

    from simulators.currency_network.figures import FIGURES

    result = simulate(Config(data="synthetic", accounts=5_000, null_models="none"), seed=2)
    patches = FIGURES["bow_tie"](result).axes[0].patches
    circle = next(patch for patch in patches if isinstance(patch, Circle))
    per_account = math.pi * circle.get_radius() ** 2 / result.positions["GSCC"]
    wings = [patch.get_xy() for patch in patches if isinstance(patch, Polygon)]
    areas = [abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(wing))) / 2 for wing in wings]
    split = result.position_by_cyclicity
    expected = [result.positions["IN"], split["IN"]["cyclic"], result.positions["OUT"], split["OUT"]["cyclic"]]
    assert [area / per_account for area in areas] == pytest.approx(expected, rel=1e-9)
