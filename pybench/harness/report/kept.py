"""The newest kept records of a method: what ``results/`` of the checkout holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pybench.errors import InvalidInputError, MissingDataError
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


KeptT = TypeVar("KeptT", KeptClaim, KeptRace)


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
    claims, claims_problem = _newest(results / "claims" / f"{method}.jsonl", CLAIM_KEY, _claim)
    races, races_problem = _newest(results / "races" / f"{method}.jsonl", RACE_KEY, _race)
    problems = tuple(problem for problem in (claims_problem, races_problem) if problem)
    return Kept(claims=claims, races=races, problems=problems)


def _newest(
    path: Path, key: tuple[str, ...], made: Callable[[Any, str], KeptT]
) -> tuple[tuple[KeptT, ...], str | None]:
    """Return the newest records of a file, and what is wrong with it; each record is held to its type first."""
    reading = read(path)
    found = {
        id(record): made(record, f"{path.parent.name}/{path.name}, record {number}")
        for number, record in enumerate(reading.records, 1)
    }
    return tuple(found[id(record)] for record in newest(reading.records, key)), reading.problem


def _provenance(record: dict[str, Any], where: str) -> Provenance:
    return decode(Provenance, record.get("provenance"), where=f"{where}: provenance")


def _text(record: dict[str, Any], name: str, where: str) -> str:
    value = record.get(name)
    if not isinstance(value, str):
        raise InvalidInputError(f"{where}: {name} is {value!r}: it must be a text")
    return value


def _claim(record: dict[str, Any], where: str) -> KeptClaim:
    _text(record, "method", where)
    facts = {name: record.get(name) for name in ("claim", "outcome", "reason", "estimate")}
    return KeptClaim(
        preset=_text(record, "preset", where),
        verdict=decode(Verdict, facts, where=where),
        provenance=_provenance(record, where),
    )


def _race(record: dict[str, Any], where: str) -> KeptRace:
    facts = {name: item for name, item in record.items() if name not in ("schema", "version", "provenance")}
    race = decode(Race, facts, where=where)
    check_race(race, where=where)
    return KeptRace(race=race, provenance=_provenance(record, where))
