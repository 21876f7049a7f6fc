"""``pybench report``: collect, draw, write the page whole or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pybench.harness.method import Progress
from pybench.harness.output import write_whole
from pybench.harness.registry import RegisteredMethod
from pybench.harness.report.collect import collect
from pybench.harness.report.kept import results_folder
from pybench.harness.report.page import view_of
from pybench.harness.report.render import render

__all__ = ["Written", "write_report"]


@dataclass(frozen=True, kw_only=True)
class Written:
    """The page that was written."""

    path: str
    bytes: int
    methods: tuple[str, ...]
    missing: dict[str, tuple[str, ...]]
    """What was not measured, by method."""
    problems: dict[str, tuple[str, ...]]
    """What was wrong with the files and was left out, by method."""


def write_report(methods: Sequence[RegisteredMethod], out: Path, *, progress: Progress | None = None) -> Written:
    """Write ``report.html`` into the folder that the runs wrote to.

    Raises
    ------
    InvalidInputError
        For a file or figure that cannot be trusted or is too large. Nothing is written then.
    MissingPackageError
        Without jinja2. Without matplotlib the page has no charts and says so.
    """
    report = progress or (lambda fraction, text: None)
    results = results_folder()
    views = []
    for index, method in enumerate(methods):
        report(index / len(methods), method.name)
        views.append(view_of(collect(method, out, results)))
    content = render(views)
    path = out / "report.html"
    write_whole(path, content)
    report(1.0, "written")
    return Written(
        path=str(path),
        bytes=len(content),
        methods=tuple(method.name for method in methods),
        missing={view.section.name: view.section.missing for view in views if view.section.missing},
        problems={view.section.name: view.problems for view in views if view.problems},
    )
