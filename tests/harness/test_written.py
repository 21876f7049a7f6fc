"""What a run writes beside its numbers: where they come from, and its figures with their words."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pybench.errors import CheckFailedError
from pybench.harness import conformance
from pybench.harness.decoding import decode
from pybench.harness.output import dated, write_figures
from pybench.harness.provenance import Provenance, provenance_of_run
from pybench.harness.registry import RegisteredMethod

Command = Callable[..., subprocess.CompletedProcess[str]]


def _draw(result: float) -> Any:
    """Say what it shows.

    More of it.
    """
    figure = pytest.importorskip("matplotlib.figure", reason="figures need matplotlib").Figure()
    figure.subplots().plot([0.0, result])
    return figure


def _method(**figures: Any) -> Any:
    descriptions = {"line": lambda result: f"A line to {result}."}
    return SimpleNamespace(name="sorting", distribution="rooms", figures=figures, descriptions=descriptions)


def test_a_figure_has_the_first_line_of_its_docstring_and_a_description_of_its_result(tmp_path: Path) -> None:
    figures, left_out = write_figures(_method(line=_draw, other=_draw), 2.5, tmp_path)
    assert left_out == ""
    assert [(item.name, item.caption, item.description) for item in figures] == [
        ("line", "Say what it shows.", "A line to 2.5."),
        ("other", "Say what it shows.", ""),
    ]
    content = (tmp_path / figures[0].file).read_bytes()
    assert figures[0].sha256 == hashlib.sha256(content).hexdigest()
    assert write_figures(_method(line=_draw), 2.5, tmp_path)[0][0] == figures[0]


def _nothing(result: Any) -> Any:
    return result


@pytest.mark.parametrize(
    ("figures", "descriptions", "text"),
    [
        ({"line": _nothing}, {}, "figure line needs a caption"),
        ({"A line": _draw}, {}, "figure 'A line' must be named in lower_case"),
        ({"line": _draw}, {"curve": str}, "DESCRIPTIONS has 'curve': the figures are line"),
        ({"line": _draw}, {"line": lambda result: " "}, "description of figure line must be a text"),
        ({"line": _draw}, {"line": lambda result: None}, "description of figure line must be a text"),
    ],
)
def test_conformance_wants_captions_and_texts(
    sorting: RegisteredMethod, figures: dict[str, Any], descriptions: dict[str, Any], text: str
) -> None:
    method: Any = SimpleNamespace(
        package=sorting.package, card=sorting.card, figures=figures, descriptions=descriptions
    )
    with pytest.raises(CheckFailedError, match=re.escape(text)):
        conformance.check_figures(method)


def test_a_file_says_what_it_is_and_where_it_comes_from(sorting: RegisteredMethod) -> None:
    value = dated("pybench/run", sorting, {"seed": 3})
    assert list(value) == ["schema", "version", "method", "seed", "provenance"]
    origin = decode(Provenance, value["provenance"], where="provenance")
    assert {"pybench-papers", "numpy", "rooms"} <= set(origin.packages)
    assert origin.commit is None or re.fullmatch("[0-9a-f]{40}", origin.commit)


def test_an_unknown_distribution_is_left_out() -> None:
    assert "no-such-distribution" not in provenance_of_run("no-such-distribution")["packages"]


def test_races_are_kept_as_they_finish(command: Command, tmp_path: Path) -> None:
    race = ("race", "trouble", "--workload", "missing_data", "--workload", "baseline_wrong", "--json")
    assert command(*race).returncode == 1
    value = json.loads((tmp_path / "out" / "trouble" / "races.json").read_text())
    assert [item["workload"] for item in value["races"]] == ["missing_data", "baseline_wrong"]
    assert value["schema"] == "pybench/races"
