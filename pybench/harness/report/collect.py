"""What goes into the report: for every method its card, claims, run, races and what is missing. Nothing is run here."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pybench.harness.claim import Claim, Outcome, Verdict
from pybench.harness.method import Method
from pybench.harness.provenance import Provenance
from pybench.harness.race_result import Race
from pybench.harness.registry import RegisteredMethod
from pybench.harness.report.kept import Kept, kept_records
from pybench.harness.report.run_files import RunFile, read_claims, read_races, read_run
from pybench.harness.workload import Workload, format_params

__all__ = ["ClaimEntry", "Job", "Measurement", "MethodSection", "RacePoint", "collect"]

_DECIDES = ("reproduced", "reproduced at smaller scale", "not reproduced")


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """A verdict and where it comes from."""

    verdict: Verdict
    preset: str
    recorded: bool
    """From a kept record rather than this run."""
    provenance: Provenance


@dataclass(frozen=True, kw_only=True)
class ClaimEntry:
    """A claim with the verdict that stands, and the others beside it."""

    claim: Claim
    measurements: tuple[Measurement, ...]
    """The first stands: of those that decide something this run's, then the newest record; else whichever there is."""

    @property
    def outcome(self) -> Outcome:
        """The verdict that stands."""
        return self.measurements[0].verdict.outcome if self.measurements else "not measured"


@dataclass(frozen=True, kw_only=True)
class RacePoint:
    """One race of a job."""

    race: Race
    recorded: bool
    provenance: Provenance

    @property
    def point(self) -> str:
        """The text of its parameters."""
        return format_params(self.race.params)


@dataclass(frozen=True, kw_only=True)
class Job:
    """A workload and its races: this run's, and kept ones that timed contenders which this run did not."""

    id: str
    title: str
    races: tuple[RacePoint, ...]


@dataclass(frozen=True, kw_only=True)
class MethodSection:
    """All that the report says of a method."""

    name: str
    method: RegisteredMethod
    card: Method
    folder: Path
    claims: tuple[ClaimEntry, ...]
    run: RunFile | None
    jobs: tuple[Job, ...]
    missing: tuple[str, ...]
    """What was not measured, each with the command that measures it."""
    problems: tuple[str, ...]
    """What was wrong with the files and could be left out."""

    @property
    def provenances(self) -> tuple[Provenance, ...]:
        """Of everything that this run measured, or of the records where it measured nothing."""
        races = [race for job in self.jobs for race in job.races]
        measured = [(claim.recorded, claim.provenance) for entry in self.claims for claim in entry.measurements]
        measured += [(race.recorded, race.provenance) for race in races]
        own = [origin for recorded, origin in measured if not recorded] + ([self.run.provenance] if self.run else [])
        return tuple(own or [origin for _, origin in measured])


def collect(method: RegisteredMethod, out: Path, results: Path | None) -> MethodSection:
    """Return the section of a method.

    Parameters
    ----------
    out
        The folder that the runs wrote to.
    results
        The folder of kept records; None where there is none.

    Raises
    ------
    InvalidInputError
        Naming the file and the rule, for one that cannot be trusted.
    """
    folder = out / method.name
    run, claims_file, races_file = read_run(folder), read_claims(folder), read_races(folder)
    kept = kept_records(results, method.name)
    measured = {verdict.claim: verdict for verdict in claims_file.verdicts} if claims_file else {}
    claims = []
    for claim in method.claims:
        found = [
            Measurement(verdict=entry.verdict, preset=entry.preset, recorded=True, provenance=entry.provenance)
            for entry in reversed(kept.claims)
            if entry.verdict.claim == claim.id
        ]
        if claims_file and claim.id in measured:
            preset, origin = claims_file.preset, claims_file.provenance
            found.insert(0, Measurement(verdict=measured[claim.id], preset=preset, recorded=False, provenance=origin))
        found.sort(key=lambda item: item.verdict.outcome not in _DECIDES)
        claims.append(ClaimEntry(claim=claim, measurements=_without_repeats(found)))
    own = (
        [RacePoint(race=race, recorded=False, provenance=races_file.provenance) for race in races_file.races]
        if (races_file)
        else []
    )
    jobs = _jobs(method, own, kept)
    problems = [*kept.problems, *_strangers(method, measured, own)]
    if run and run.figures_left_out:
        problems.append(f"figures were left out: {run.figures_left_out}")
    return MethodSection(
        name=method.name,
        method=method,
        card=method.card,
        folder=folder,
        claims=tuple(claims),
        run=run,
        jobs=jobs,
        missing=tuple(_missing(method.name, run, claims, jobs)),
        problems=tuple(problems),
    )


def _without_repeats(found: Sequence[Measurement]) -> tuple[Measurement, ...]:
    """Leave out what decides nothing for a reason that was given already."""
    undecided: set[str] = set()
    kept = []
    for item in found:
        if item.verdict.outcome in _DECIDES or item.verdict.reason not in undecided:
            kept.append(item)
        if item.verdict.outcome not in _DECIDES:
            undecided.add(item.verdict.reason)
    return tuple(kept)


def _jobs(method: RegisteredMethod, own: Sequence[RacePoint], kept: Kept) -> tuple[Job, ...]:
    jobs = []
    for workload in method.workloads:
        mine = [race for race in own if (race.race.workload, race.race.revision) == (workload.id, workload.revision)]
        raced = {(race.point, name) for race in mine for name in _timed(race.race)}
        known = [
            RacePoint(race=_as_declared(record.race, workload), recorded=True, provenance=record.provenance)
            for record in kept.races
            if (record.race.workload, record.race.revision) == (workload.id, workload.revision)
            and {(format_params(record.race.params), name) for name in _timed(record.race)} - raced
        ]
        jobs.append(Job(id=workload.id, title=workload.title, races=(*mine, *known)))
    return tuple(jobs)


def _as_declared(race: Race, workload: Workload) -> Race:
    """Return a kept race with its contenders of the kinds that the workload gives them today.

    Records of version 1 know no limits and call them peers.
    """
    kinds = {contender.id: contender.kind for contender in workload.contenders}
    rows = (dataclasses.replace(row, kind=kinds.get(row.contender, row.kind)) for row in race.rows)
    return dataclasses.replace(race, rows=tuple(rows))


def _timed(race: Race) -> list[str]:
    return [row.contender for row in race.rows if row.status == "timed"]


def _strangers(method: RegisteredMethod, measured: dict[str, Verdict], own: Sequence[RacePoint]) -> list[str]:
    """Say what the files hold that the installed method does not know."""
    claims = {claim.id for claim in method.claims}
    workloads = {(workload.id, workload.revision) for workload in method.workloads}
    found = [f"claims.json has claim {name!r}, which the method lacks" for name in measured if name not in claims]
    for race in own:
        if (race.race.workload, race.race.revision) not in workloads:
            found.append(f"races.json has {race.race.workload!r} revision {race.race.revision}, which the method lacks")
    return found


def _missing(name: str, run: RunFile | None, claims: Sequence[ClaimEntry], jobs: Sequence[Job]) -> list[str]:
    found = []
    if run is None:
        found.append(f"not run: `pybench run {name}` runs it and draws its figures")
    if any(not entry.measurements for entry in claims):
        found.append(f"claims not measured: `pybench claims {name}` measures them")
    if any(not job.races for job in jobs):
        titles = ", ".join(job.id for job in jobs if not job.races)
        found.append(f"not raced: {titles}; `pybench race {name}` races them")
    return found
