"""The newest kept records of a method: what ``results/`` of the checkout holds."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pybench.errors import MissingDataError
from pybench.harness.claim import Verdict
from pybench.harness.decoding import decode
from pybench.harness.provenance import Provenance, repository
from pybench.harness.race_result import Race
from pybench.harness.records import CLAIM_KEY, RACE_KEY, newest, read
from pybench.harness.report.run_files import check_race

__all__ = ["Kept", "KeptClaim", "KeptRace", "kept_records", "results_folder"]


@dataclass(frozen=True, kw_only=True)
class KeptClaim:
    """A record of schema ``pybench/claim``."""

    preset: str
    verdict: Verdict
    provenance: Provenance


@dataclass(frozen=True, kw_only=True)
class KeptRace:
    """A record of schema ``pybench/race``."""

    race: Race
    provenance: Provenance


@dataclass(frozen=True, kw_only=True)
class Kept:
    """The newest records of a method, and what was wrong with their files."""

    claims: tuple[KeptClaim, ...] = ()
    races: tuple[KeptRace, ...] = ()
    problems: tuple[str, ...] = ()


def results_folder() -> Path | None:
    """Return ``results/`` of the checkout that holds the current folder; None outside one."""
    try:
        return repository() / "results"
    except MissingDataError:
        return None


def kept_records(results: Path | None, method: str) -> Kept:
    """Return the newest records of a method; none without a folder.

    Raises
    ------
    InvalidInputError
        Naming the file, the record and the rule that it breaks. A file that is broken at its end is read up to there.
    """
    if results is None:
        return Kept()
    claims, claims_problem = _records(results / "claims" / f"{method}.jsonl", CLAIM_KEY)
    races, races_problem = _records(results / "races" / f"{method}.jsonl", RACE_KEY)
    return Kept(
        claims=tuple(_claim(record, where) for where, record in claims),
        races=tuple(_race(record, where) for where, record in races),
        problems=tuple(problem for problem in (claims_problem, races_problem) if problem),
    )


def _records(path: Path, key: tuple[str, ...]) -> tuple[list[tuple[str, dict[str, Any]]], str | None]:
    reading = read(path)
    whole = [record for record in reading.records if all(part in record for part in key)]
    found = [(f"{path.parent.name}/{path.name}, record of {record[key[1]]}", record) for record in newest(whole, key)]
    return found, reading.problem


def _provenance(record: dict[str, Any], where: str) -> Provenance:
    return decode(Provenance, record.get("provenance"), where=f"{where}: provenance")


def _claim(record: dict[str, Any], where: str) -> KeptClaim:
    facts = {name: record.get(name) for name in ("claim", "outcome", "reason", "estimate")}
    return KeptClaim(
        preset=str(record["preset"]),
        verdict=decode(Verdict, facts, where=where),
        provenance=_provenance(record, where),
    )


def _race(record: dict[str, Any], where: str) -> KeptRace:
    facts = {name: item for name, item in record.items() if name not in ("schema", "version", "provenance")}
    race = decode(Race, facts, where=where)
    check_race(race, where=where)
    return KeptRace(race=race, provenance=_provenance(record, where))
