"""Races as the template shows them: a sentence, a chart, and the rows behind both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pybench.harness import wording
from pybench.harness.race_result import Row
from pybench.harness.report.charts import NARROW, WIDE, Bar, interval_chart
from pybench.harness.report.collect import Job, RacePoint
from pybench.harness.report.sentences import Headline, best_peer, headline, point_sentence
from pybench.harness.report.svg import inline

__all__ = ["Drawing", "JobView", "RaceView", "job_view"]


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """A chart as markup, for a wide page and for a phone."""

    wide: str
    narrow: str


@dataclass(frozen=True, kw_only=True)
class RaceView:
    """A race: a sentence, a chart, and the rows behind both."""

    race: RacePoint
    sentence: Headline
    rows: tuple[Row, ...]
    chart: Drawing | None


@dataclass(frozen=True, kw_only=True)
class JobView:
    """A workload: its headline, a chart of all its points, its races."""

    job: Job
    id: str
    headline: Headline | None
    overview: Drawing | None
    races: tuple[RaceView, ...]


def job_view(method: str, job: Job, *, charts: bool) -> JobView:
    """Return what the template shows of a job.

    Raises
    ------
    MissingPackageError
        Where charts are wanted and matplotlib is not installed.
    """
    identifier = f"{method}-{job.id}"
    said = headline(job)
    points = [bar for race in job.races if (bar := _point_bar(race))]
    overview = None
    if charts and len(points) > 1:
        label = f"{job.title}: the best peer at each point. {said}"
        overview = _drawing(points, noise=None, name=f"{identifier}-points", label=label)
    races = tuple(_race_view(f"{identifier}-{index}", job, race, charts=charts) for index, race in enumerate(job.races))
    return JobView(job=job, id=identifier, headline=said, overview=overview, races=races)


def _race_view(name: str, job: Job, race: RacePoint, *, charts: bool) -> RaceView:
    baseline = race.race.baseline
    rows = tuple(sorted(race.race.rows, key=lambda row: wording.place(row, baseline)))
    sentence = point_sentence(race)
    bars = [bar for row in rows if (bar := _bar(row, baseline))]
    chart = None
    if charts and len(bars) > 1:
        chart = _drawing(bars, noise=race.race.noise, name=name, label=f"{job.title}, {race.point}: {sentence}")
    return RaceView(race=race, sentence=sentence, rows=rows, chart=chart)


def _drawing(bars: Sequence[Bar], *, noise: float | None, name: str, label: str) -> Drawing:
    wide, narrow = (
        inline(interval_chart(bars, noise=noise, width=width, salt=name), name=f"{name}-{width}", label=label)
        for width in (WIDE, NARROW)
    )
    return Drawing(wide=wide, narrow=narrow)


def _bar(row: Row, baseline: str) -> Bar | None:
    if row.contender == baseline and row.status == "timed":
        return Bar(label=row.contender, text="1×", kind=row.kind, value=1.0, low=1.0, high=1.0)
    if row.total is not None:
        found = row.total
        text = f"{wording.short(found.value)}× ({wording.span(found.low, found.high)})"
        return Bar(label=row.contender, text=text, kind=row.kind, value=found.value, low=found.low, high=found.high)
    if row.at_least is not None:
        least, text = row.at_least, f"over {wording.short(row.at_least)}×"
        return Bar(label=row.contender, text=text, kind=row.kind, value=least, low=least, high=least, open_ended=True)
    return None


def _point_bar(race: RacePoint) -> Bar | None:
    peer = best_peer(race)
    if peer is None or peer.total is None:
        return None
    found = peer.total
    return Bar(
        label=race.point,
        text=f"{wording.short(found.value)}× ({wording.span(found.low, found.high)})",
        kind="peer",
        value=found.value,
        low=found.low,
        high=found.high,
        hollow=race.recorded,
    )
