"""The figures say what the Result says, whatever was simulated."""

from __future__ import annotations

import dataclasses
import functools
import io
import re
from pathlib import Path

import numpy as np
import pytest

from simulators.multi_draft import Config, Result, simulate, write_recording

pytestmark = pytest.mark.native
pytest.importorskip("matplotlib", reason="figures need the extra multi_draft")

NAMES = ("acceptance_by_draft_count", "gap_to_optimum", "efficiency_by_quality")


@functools.cache
def run(**changes: object) -> Result:
    return simulate(Config(**{"vocabulary_size": 60, "prompts": 6, "new_tokens": 8, **changes}))  # type: ignore[arg-type]


def svg(result: Result, name: str) -> bytes:
    import matplotlib

    from simulators.multi_draft.figures import FIGURES

    with matplotlib.rc_context({"svg.hashsalt": name}), io.BytesIO() as drawn:
        FIGURES[name](result).savefig(drawn, format="svg", metadata={"Date": None}, bbox_inches="tight")
        return drawn.getvalue()


def texts(result: Result, name: str) -> str:
    from simulators.multi_draft.figures import FIGURES

    figure = FIGURES[name](result)
    parts = [text.get_text() for text in figure.texts]
    for axes in figure.axes:
        parts += [text.get_text() for text in axes.texts]
        legend = axes.get_legend()
        parts += [] if legend is None else [text.get_text() for text in legend.get_texts()]
    return "\n".join(parts)


def test_every_figure_has_a_description() -> None:
    from simulators.multi_draft.figures import DESCRIPTIONS, FIGURES

    assert tuple(FIGURES) == tuple(DESCRIPTIONS) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_synthetic_data_is_called_so_and_real_data_is_not(name: str) -> None:
    assert "synthetic: generated, not real data" in texts(run(), name)
    real = dataclasses.replace(run(), synthetic=False, data="gemma, wikitext2")
    assert "synthetic" not in texts(real, name)
    assert "gemma, wikitext2" in texts(real, name)


@pytest.mark.parametrize("name", NAMES)
def test_a_figure_is_the_same_bytes_every_time_small_and_narrow(name: str) -> None:
    drawn = svg(run(), name)
    assert drawn == svg(run(), name)
    assert len(drawn) < 400_000
    width = re.search(rb'viewBox="0 0 ([\d.]+)', drawn)
    assert width is not None
    assert float(width[1]) <= 540.0


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "changes",
    [
        {"scheme": "single", "draft_count": 1, "draft_length": 1, "prompts": 2, "new_tokens": 1},
        {"compared_positions": 0},
        {"compared_samples": 0, "scheme": "token_matching"},
        {"verification": "block", "draft_count": 1, "draft_length": 12},
        {"quality": 1.0, "draft_temperature": 1.0},
        {"vocabulary_size": 2, "scheme": "top_k"},
        {"scheme": "greedy", "draft_count": 64, "prompts": 2},
    ],
    ids=lambda changes: "-".join(map(str, changes.values())),
)
def test_edges_are_drawn(name: str, changes: dict[str, object]) -> None:
    from simulators.multi_draft.figures import DESCRIPTIONS

    result = run(**changes)
    assert len(svg(result, name)) < 400_000
    told = DESCRIPTIONS[name](result)
    assert 10 < len(told) < 2_000
    assert "nan" not in told


@pytest.mark.parametrize("name", NAMES)
def test_logs_are_drawn(tmp_path: Path, name: str) -> None:
    generator = np.random.default_rng(4)
    write_recording(
        tmp_path / "log",
        logits_target=generator.normal(size=(7, 20)),
        logits_draft=generator.normal(size=(1, 7, 20)),
        tokens=generator.integers(0, 20, size=7),
        name="a server's log",
    )
    config = Config(data="recorded", recording=str(tmp_path / "log"), draft_length=1)
    assert "a server's log" in texts(simulate(config), name)


def test_no_position_at_all_is_told_in_words() -> None:
    empty = {name: () for name in Result.__dataclass_fields__ if name.startswith("position_")}
    tables = {"scheme_acceptance": {}, "scheme_acceptance_error": {}, "prompt_scheme_acceptance": {}}
    result = dataclasses.replace(run(), **empty, **tables)  # type: ignore[arg-type]
    from simulators.multi_draft.figures import DESCRIPTIONS

    for name in NAMES:
        assert svg(result, name)
        assert DESCRIPTIONS[name](result).startswith(("No draft was verified", "No position was compared"))


def test_descriptions_have_the_numbers_of_the_result() -> None:
    from simulators.multi_draft.figures import DESCRIPTIONS

    result = run()
    assert f"optimal: {result.scheme_acceptance['optimal']['1']:.3f}" in DESCRIPTIONS[NAMES[0]](result)
    assert f"accepted {result.acceptance_by_depth['1']:.3f}" in DESCRIPTIONS[NAMES[1]](result)
    assert f"Mean tokens of {result.target_calls:,} calls" in DESCRIPTIONS[NAMES[2]](result)


def test_rounds_put_together_from_positions_yield_the_tokens_of_the_run() -> None:
    from simulators.multi_draft.figure_quality import _groups

    for changes in ({}, {"verification": "block", "draft_count": 1}):
        result = run(**changes)
        groups, length = _groups(result)
        tokens = np.concatenate([group.tokens for group in groups])
        assert tokens.size == result.target_calls
        assert tokens.sum() == result.tokens
        assert tokens.max() <= length + 1


def test_the_curve_of_each_scheme_is_drawn_with_its_values() -> None:
    from simulators.multi_draft.figures import FIGURES

    result = run()
    drawn = {tuple(map(float, line.get_ydata())) for line in FIGURES[NAMES[0]](result).axes[0].lines}
    for scheme, row in result.scheme_acceptance.items():
        if scheme != "single":
            assert tuple(row.values()) in drawn


def test_names_beside_the_curves_do_not_touch() -> None:
    from simulators.multi_draft.figures import FIGURES

    figure = FIGURES[NAMES[0]](run(quality=1.0, draft_temperature=1.0))
    places = sorted(text.xyann[1] for text in figure.axes[0].texts)
    assert len(places) == 8
    assert min(np.diff(places)) > 0.06
    assert places[0] >= 0.0
