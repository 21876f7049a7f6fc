"""What the runs wrote under --out, read with suspicion: a file that breaks a rule is refused by its name."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pybench.errors import InvalidInputError
from pybench.harness.claim import Verdict
from pybench.harness.decoding import decode
from pybench.harness.output import FIGURE_NAME, WRITTEN, Figure
from pybench.harness.provenance import Provenance
from pybench.harness.race_result import Race

__all__ = ["ClaimsFile", "RacesFile", "RunFile", "check_race", "read_claims", "read_races", "read_run"]

#: A file larger than this is none of ours.
MAXIMUM_BYTES = 16 << 20


@dataclass(frozen=True, kw_only=True)
class _File:
    """What every file says first and last."""

    schema: str
    version: int
    method: str
    provenance: Provenance


@dataclass(frozen=True, kw_only=True)
class RunFile(_File):
    """``run.json``: a simulation and its figures."""

    preset: str
    seed: int
    config: dict[str, Any]
    result: dict[str, Any]
    figures: tuple[Figure, ...]
    figures_left_out: str


@dataclass(frozen=True, kw_only=True)
class ClaimsFile(_File):
    """``claims.json``: the verdict on every claim."""

    preset: str
    seed: int
    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True, kw_only=True)
class RacesFile(_File):
    """``races.json``: the races that finished."""

    races: tuple[Race, ...]


FileT = TypeVar("FileT", bound=_File)


def read_run(folder: Path) -> RunFile | None:
    """Read ``run.json`` of a method's folder; None where there is none.

    Raises
    ------
    InvalidInputError
        Naming the file and the rule that it breaks; so do the others.
    """
    found = _read(folder, "run", RunFile)
    seen: set[str] = set()
    for figure in found.figures if found else ():
        if not FIGURE_NAME.fullmatch(figure.name) or figure.name in seen:
            raise InvalidInputError(
                f"{folder / 'run.json'}: figure is {figure.name!r}: names must be in lower_case and differ"
            )
        seen.add(figure.name)
    return found


def read_claims(folder: Path) -> ClaimsFile | None:
    """Read ``claims.json`` of a method's folder; None where there is none."""
    return _read(folder, "claims", ClaimsFile)


def read_races(folder: Path) -> RacesFile | None:
    """Read ``races.json`` of a method's folder; None where there is none."""
    found = _read(folder, "races", RacesFile)
    for index, race in enumerate(found.races if found else ()):
        check_race(race, where=f"{folder / 'races.json'}: races[{index}]")
    return found


def check_race(race: Race, *, where: str) -> None:
    """Hold a race to what its type cannot say.

    Raises
    ------
    InvalidInputError
        For a race that does not begin with its baseline, a noise below 0, or a contender timed without a ratio.
    """
    if not race.rows or race.rows[0].contender != race.baseline:
        raise InvalidInputError(f"{where}: the first row must be the baseline {race.baseline!r}")
    if race.noise is not None and race.noise < 0.0:
        raise InvalidInputError(f"{where}: noise is {race.noise!r}: it must be at least 0")
    for row in race.rows[1:]:
        if row.status == "timed" and row.total is None:
            raise InvalidInputError(f"{where}: contender {row.contender!r} was timed: it must have a ratio")
        if row.at_least is not None and not row.at_least > 0.0:
            raise InvalidInputError(f"{where}: at_least is {row.at_least!r}: it must be above 0")


def _read(folder: Path, name: str, kind: type[FileT]) -> FileT | None:
    path, schema = folder / f"{name}.json", f"pybench/{name}"
    try:
        size = path.stat().st_size
        if size > MAXIMUM_BYTES:
            raise InvalidInputError(f"{path} has {size} bytes: it must have at most {MAXIMUM_BYTES}")
        value = json.loads(path.read_bytes().decode(), parse_constant=_refuse_constant)
    except FileNotFoundError:
        return None
    except InvalidInputError:
        raise
    except OSError as error:
        raise InvalidInputError(f"{path} cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise InvalidInputError(f"{path} must be JSON: {error}") from error
    if not isinstance(value, dict):
        raise InvalidInputError(f"{path} must be a JSON object")
    again = f"`pybench {name if name != 'races' else 'race'} {folder.name}` writes it anew"
    if value.get("schema") != schema:
        raise InvalidInputError(f"{path}: schema is {value.get('schema')!r}: it must be {schema!r}; {again}")
    version, newest = value.get("version"), WRITTEN[schema]
    if type(version) is not int or not 1 <= version <= newest:
        raise InvalidInputError(f"{path}: version is {version!r}: it must be a whole number in [1, {newest}]; {again}")
    if value.get("method") != folder.name:
        raise InvalidInputError(f"{path}: method is {value.get('method')!r}: it must be its folder's, {folder.name!r}")
    return decode(kind, value, where=f"{path}: {name}")


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON number")
