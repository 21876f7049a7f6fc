"""The sections of the report as the template shows them: drawings made, texts worded, nothing left to decide."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pybench.errors import InvalidInputError, MissingPackageError
from pybench.harness import wording
from pybench.harness.output import Figure
from pybench.harness.provenance import Provenance
from pybench.harness.report.charts import NARROW, Bar, scale_chart
from pybench.harness.report.collect import ClaimEntry, MethodSection
from pybench.harness.report.race_view import JobView, job_view
from pybench.harness.report.sentences import verdict_counts
from pybench.harness.report.svg import has_image, inline
from pybench.harness.report.values import Setting, Values, data_of, settings_of, values_of

__all__ = ["ClaimView", "FigureView", "MethodView", "view_of"]


@dataclass(frozen=True, kw_only=True)
class FigureView:
    """A figure of the run."""

    id: str
    svg: str
    caption: str
    description: str
    raster: bool


@dataclass(frozen=True, kw_only=True)
class ClaimView:
    """A claim and its chart."""

    entry: ClaimEntry
    chart: str


@dataclass(frozen=True, kw_only=True)
class MethodView:
    """A method."""

    section: MethodSection
    counts: tuple[str, ...]
    claims: tuple[ClaimView, ...]
    jobs: tuple[JobView, ...]
    figures: tuple[FigureView, ...]
    values: Values | None
    settings: tuple[Setting, ...]
    data: str
    provenances: tuple[Provenance, ...]
    problems: tuple[str, ...]


def view_of(section: MethodSection) -> MethodView:
    """Return what the template shows of a method.

    Raises
    ------
    InvalidInputError
        For a figure that is not the one of the run, or may not stand in the page.
    """
    run, problems = section.run, list(section.problems)
    try:
        claims = tuple(_claim(section.name, entry) for entry in section.claims)
        jobs = tuple(job_view(section.name, job, charts=True) for job in section.jobs)
    except MissingPackageError as error:
        problems.append(f"charts are left out, their numbers stand in the tables: {error}")
        claims = tuple(ClaimView(entry=entry, chart="") for entry in section.claims)
        jobs = tuple(job_view(section.name, job, charts=False) for job in section.jobs)
    return MethodView(
        section=section,
        counts=tuple(verdict_counts(section.claims)),
        claims=claims,
        jobs=jobs,
        figures=tuple(_figure(section, figure) for figure in run.figures) if run else (),
        values=values_of(section.method, run) if run else None,
        settings=tuple(settings_of(section.method, run)) if run else (),
        data=data_of(run) if run else "",
        provenances=_distinct(section.provenances),
        problems=tuple(problems),
    )


def _distinct(provenances: Sequence[Provenance]) -> tuple[Provenance, ...]:
    """Return one provenance, the newest, of each commit, build and machine."""
    found: dict[str, Provenance] = {}
    for origin in sorted(provenances, key=lambda item: item.time):
        key = repr((origin.commit, origin.changed, origin.build, origin.machine, origin.packages))
        found[key] = origin
    return tuple(sorted(found.values(), key=lambda item: item.time, reverse=True))


def _figure(section: MethodSection, figure: Figure) -> FigureView:
    path = section.folder / figure.file
    again = f"`pybench run {section.name}` draws it anew"
    if Path(figure.file).is_absolute() or ".." in Path(figure.file).parts:
        raise InvalidInputError(f"figure {figure.name}: file is {figure.file!r}: it must lie in {section.folder}")
    try:
        source = path.read_bytes()
    except OSError as error:
        raise InvalidInputError(f"figure {figure.name}: {path} cannot be read ({error.strerror}); {again}") from error
    if hashlib.sha256(source).hexdigest() != figure.sha256:
        raise InvalidInputError(f"figure {figure.name}: {path} is not the file that run.json names; {again}")
    identifier = f"{section.name}-figure-{figure.name}"
    caption = figure.caption or figure.name.replace("_", " ")
    note = f"{identifier}-text" if figure.description else ""
    svg = inline(source, name=identifier, label=caption, described_by=note)
    return FigureView(id=identifier, svg=svg, caption=caption, description=figure.description, raster=has_image(source))


def _claim(method: str, entry: ClaimEntry) -> ClaimView:
    estimate = next((item.verdict.estimate for item in entry.measurements if item.verdict.estimate), None)
    if estimate is None:
        return ClaimView(entry=entry, chart="")
    claim, name = entry.claim, f"{method}-claim-{entry.claim.id}"
    bar = Bar(label="", text="", kind="native", value=estimate.value, low=estimate.low, high=estimate.high)
    drawn = scale_chart(accepted=claim.accepted, figure=claim.figure, bar=bar, unit=claim.unit, width=NARROW, salt=name)
    label = f"{claim.id}: measured {wording.estimate(estimate, claim.unit)}; source: {wording.figure(claim)}"
    return ClaimView(entry=entry, chart=inline(drawn, name=name, label=label))
