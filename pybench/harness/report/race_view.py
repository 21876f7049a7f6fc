"""Races as the template shows them: a sentence, a chart, and the rows behind both."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
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
    """Empty where the narrow one serves both."""
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
    configurations: tuple[tuple[str, str, str], ...]
    """Contender, versions, configuration in words."""


def job_view(method: str, job: Job, *, charts: bool) -> JobView:
    """Return what the template shows of a job.

    Raises
    ------
    MissingPackageError
        Where charts are wanted and matplotlib is not installed.
    """
    identifier = f"{method}-{job.id}"
    said = headline(job)
    points = _point_bars(job)
    overview = None
    if charts and len(points) > 1:
        label = f"{job.title}: the best peer at each point. {said}"
        overview = _drawing(points, noise=None, name=f"{identifier}-points", label=label)
    races = tuple(
        _race_view(f"{identifier}-{index}", job, race, first=first, charts=charts)
        for index, (race, first) in enumerate(_by_point(job.races))
    )
    return JobView(
        job=job,
        id=identifier,
        headline=said,
        overview=overview,
        races=races,
        configurations=_configurations(job),
    )


def _by_point(races: Sequence[RacePoint]) -> Iterator[tuple[RacePoint, bool]]:
    """Yield the races point by point, the one with the fastest peer first; and whether it is the first of its point."""
    for point in dict.fromkeys(race.point for race in races):
        same = [race for race in races if race.point == point]
        same.sort(key=_nearest)
        yield from ((race, index == 0) for index, race in enumerate(same))


def _nearest(race: RacePoint) -> float:
    peer = best_peer(race)
    return math.inf if peer is None or peer.total is None else peer.total.value


def _race_view(name: str, job: Job, race: RacePoint, *, first: bool, charts: bool) -> RaceView:
    baseline = race.race.baseline
    rows = tuple(sorted(race.race.rows, key=lambda row: wording.place(row, baseline)))
    sentence = point_sentence(race)
    if not first:  # the fastest peer of this race is not the fastest of the point
        others = ", ".join(row.contender for row in race.race.rows if row.contender != baseline)
        sentence = Headline(strong="Also raced here:", rest=others or "the baseline alone")
    bars = [bar for row in rows if (bar := _bar(row, baseline))]
    chart = None
    # Kept races are many: one chart a point is enough, and two bars are a sentence.
    if charts and (len(bars) > 2 and first if race.recorded else len(bars) > 1):
        label = f"{job.title}, {race.point}: {sentence}"
        chart = _drawing(bars, noise=race.race.noise, name=name, label=label, both=not race.recorded)  # for the size
    return RaceView(race=race, sentence=sentence, rows=rows, chart=chart)


def _drawing(bars: Sequence[Bar], *, noise: float | None, name: str, label: str, both: bool = True) -> Drawing:
    def draw(width: int) -> str:
        return inline(interval_chart(bars, noise=noise, width=width, salt=name), name=f"{name}-{width}", label=label)

    return Drawing(wide=draw(WIDE) if both else "", narrow=draw(NARROW))


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


def _point_bars(job: Job) -> list[Bar]:
    """Return the fastest peer of each point, over all races of the point."""
    found: dict[str, Bar] = {}
    for race in job.races:
        peer = best_peer(race)
        if peer is None or peer.total is None:
            continue
        ratio = peer.total
        if race.point not in found or ratio.value < found[race.point].value:
            found[race.point] = Bar(
                label=race.point,
                brief=" ".join(str(value) for value in race.race.params.values()),
                text=f"{wording.short(ratio.value)}× ({wording.span(ratio.low, ratio.high)})",
                kind="peer",
                value=ratio.value,
                low=ratio.low,
                high=ratio.high,
                hollow=race.recorded,
            )
    return list(found.values())


def _configurations(job: Job) -> tuple[tuple[str, str, str], ...]:
    """Return how every contender was configured, each text once: contender, versions, configuration."""
    rows = [row for race in job.races for row in race.race.rows]
    return tuple(dict.fromkeys((row.contender, wording.versions(row.versions), row.configuration) for row in rows))
