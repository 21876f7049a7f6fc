"""What the numbers say, in sentences: verdicts counted, and how fast against the best peer that was timed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from pybench.harness import wording
from pybench.harness.claim import Outcome
from pybench.harness.race_result import Row
from pybench.harness.report.collect import ClaimEntry, Job, RacePoint

__all__ = ["Headline", "best_peer", "headline", "peer_name", "point_sentence", "verdict_counts"]


@dataclass(frozen=True, kw_only=True)
class Headline:
    """How a job stands against its best peer: the words that count, and those around them."""

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
    peers = [row for row in race.race.rows if row.kind == "peer" and row.total is not None]
    return min(peers, key=lambda row: row.total.value if row.total else 0.0, default=None)


def point_sentence(race: RacePoint) -> Headline:
    """Say how the baseline stands against the best peer at one point."""
    baseline = race.race.rows[0]
    if baseline.status != "timed":
        return Headline(strong="Not raced.", rest=f"{baseline.status}: {baseline.message}")
    peer = best_peer(race)
    if peer is None or peer.total is None:
        return Headline(strong="No peer was timed", rest="in this race.")
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
    """Say how a job stands at the point where its best peer comes closest; None where no peer was timed."""
    met = [(peer, race) for race in job.races if (peer := best_peer(race)) is not None]
    if not met:
        return None
    _, race = min(met, key=lambda pair: pair[0].total.value if pair[0].total else 0.0)
    said = point_sentence(race)
    points = len({other.point for _, other in met})
    where = f", {race.point}" if points == 1 else f", at the closest of {points} points, {race.point}"
    return Headline(strong=said.strong, rest=said.rest + where + (" (kept record)" if race.recorded else ""))
