"""What the numbers say, in sentences: verdicts counted, and how fast against the best peer, or a limit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from pybench.harness import wording
from pybench.harness.claim import Outcome
from pybench.harness.race_result import Row
from pybench.harness.report.collect import ClaimEntry, Job, RacePoint
from pybench.harness.workload import ContenderKind

__all__ = ["Headline", "best_limit", "best_peer", "headline", "peer_name", "point_sentence", "verdict_counts"]


@dataclass(frozen=True, kw_only=True)
class Headline:
    """How a job stands against its best peer or its limit: the words that count, and those around them."""

    strong: str
    rest: str

    def __str__(self) -> str:
        return f"{self.strong} {self.rest}".strip()


def verdict_counts(claims: Sequence[ClaimEntry]) -> list[str]:
    """Return ``1 reproduced``, ``2 not testable here`` ..., in the order in which the verdicts rank."""
    ranks: tuple[Outcome, ...] = (
        "reproduced",
        "reproduced at smaller scale",
        "not reproduced",
        "not testable here",
        "not measured",
    )
    counts = Counter(entry.outcome for entry in claims if not entry.claim.ours)
    own = Counter(entry.outcome for entry in claims if entry.claim.ours)
    of_the_paper = [f"{counts[outcome]} {outcome}" for outcome in ranks if counts[outcome]]
    return of_the_paper + [f"{own[outcome]} of ours {outcome}" for outcome in ranks if own[outcome]]


def peer_name(row: Row) -> str:
    """Return the name of a contender with the version of its first package: ``scipy 1.17.1``."""
    for package, version in row.versions.items():
        return f"{row.contender} {version}" if row.contender == package else f"{row.contender} ({package} {version})"
    return row.contender


def best_peer(race: RacePoint) -> Row | None:
    """Return the fastest peer that was timed; None where none was."""
    return _fastest(race, "peer")


def best_limit(race: RacePoint) -> Row | None:
    """Return the fastest limit that was timed; None where none was."""
    return _fastest(race, "limit")


def _fastest(race: RacePoint, kind: ContenderKind) -> Row | None:
    rows = [row for row in race.race.rows if row.kind == kind and row.total is not None]
    return min(rows, key=_time, default=None)


def _time(row: Row) -> float:
    return row.total.value if row.total else 0.0


def point_sentence(race: RacePoint) -> Headline:
    """Say how the baseline stands against the best peer at one point; where there is none, how far from the limit."""
    baseline = race.race.rows[0]
    if baseline.status != "timed":
        return Headline(strong="Not raced.", rest=f"{baseline.status}: {baseline.message}")
    peer = best_peer(race)
    if peer is None or peer.total is None:
        limit = best_limit(race)
        if limit is None or limit.total is None:
            return Headline(strong="No peer was timed", rest="in this race.")
        low, high = 1.0 / limit.total.high, 1.0 / limit.total.low
        return Headline(
            strong=f"{wording.short(1.0 / limit.total.value)}× the limit",
            rest=f"{peer_name(limit)} ({wording.span(low, high)}), which is no rival",
        )
    found, name = peer.total, peer_name(peer)
    if peer.comparison == "slower":
        return Headline(
            strong=f"{wording.short(found.value)}× faster", rest=f"than {name} ({wording.span(found.low, found.high)})"
        )
    if peer.comparison == "faster":
        low, high = 1.0 / found.high, 1.0 / found.low
        return Headline(
            strong=f"{wording.short(1.0 / found.value)}× slower", rest=f"than {name} ({wording.span(low, high)})"
        )
    return Headline(
        strong="No difference shown",
        rest=f"from {name}: its time is {wording.span(found.low, found.high)} times ours, "
        f"with {wording.noise(race.race.noise)} noise",
    )


def headline(job: Job) -> Headline | None:
    """Say how a job stands at the point where its best peer comes closest.

    Of a job without a timed peer: where it is farthest from its limit. None where no limit was timed either.
    """
    met = [(peer, race) for race in job.races if (peer := best_peer(race)) is not None]
    which = "closest"
    if not met:
        met = [(limit, race) for race in job.races if (limit := best_limit(race)) is not None]
        which = "farthest"
    if not met:
        return None
    _, race = min(met, key=lambda pair: _time(pair[0]))
    said = point_sentence(race)
    points = len({other.point for _, other in met})
    where = f", {race.point}" if points == 1 else f", at the {which} of {points} points, {race.point}"
    return Headline(strong=said.strong, rest=said.rest + where + (" (kept record)" if race.recorded else ""))
