"""Where a record comes from: commit, build, machine class, packages. No paths, no host or user names."""

from __future__ import annotations

import contextlib
import datetime
import os
import platform
import re
import subprocess
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from pybench.build_info import build_info
from pybench.errors import CheckFailedError, InvalidInputError, MissingDataError
from pybench.optional import DISTRIBUTION

__all__ = [
    "Provenance",
    "commit_of",
    "machine",
    "provenance",
    "provenance_of_run",
    "repository",
    "require_clean",
    "without_paths",
]

#: A change here cannot change what is measured.
FREE_FOLDERS = ("results/", "docs/")


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """Where something that was measured comes from, as `provenance` and `provenance_of_run` write it."""

    time: str
    commit: str | None
    """None for an installed copy, whose commit is not known."""
    changed: bool = False
    """Whether the files differed from the commit; never in a record that is kept."""
    build: dict[str, str]
    machine: dict[str, int | str | None]
    packages: dict[str, str]

    def __post_init__(self) -> None:
        try:
            zone = datetime.datetime.fromisoformat(self.time).tzinfo
        except ValueError:
            zone = None
        if zone is None:
            raise InvalidInputError(f"time is {self.time!r}: it must be of ISO 8601, with its zone")


def repository() -> Path:
    """Return the root of the git checkout that holds the current folder.

    Raises
    ------
    MissingDataError
        Outside a checkout, or in one without a commit.
    """
    try:
        root = Path(_git("rev-parse", "--show-toplevel", cwd=Path.cwd()).strip())
        _git("rev-parse", "--verify", "HEAD", cwd=root)
    except (OSError, subprocess.CalledProcessError) as error:
        raise MissingDataError("records are made inside a git checkout of this project, and here is none") from error
    return root


def require_clean(root: Path) -> None:
    """Make sure that the commit says all of what is measured.

    Raises
    ------
    CheckFailedError
        Naming the files that differ from the commit, outside results/ and docs/.
    """
    changed = _changed(root)
    if changed:
        shown = ", ".join(changed[:5]) + (f" and {len(changed) - 5} more" if len(changed) > 5 else "")
        raise CheckFailedError(
            f"the tree differs from its commit in {shown}: commit first, a dirty tree makes no record"
        )


def _changed(root: Path) -> list[str]:
    status = _git("status", "--porcelain", "-z", "--no-renames", "--untracked-files=all", cwd=root)
    return [entry[3:] for entry in status.split("\0") if entry and not entry[3:].startswith(FREE_FOLDERS)]


def commit_of(root: Path) -> str:
    """Return the commit that is checked out."""
    return _git("rev-parse", "HEAD", cwd=root).strip()


def provenance(commit: str) -> dict[str, Any]:
    """Return the facts that stand in every record."""
    return {
        "time": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "commit": commit,
        "build": build_info(),
        "machine": machine(),
        "packages": {name: version(name) for name in (DISTRIBUTION, "numpy")},
    }


def provenance_of_run(distribution: str) -> dict[str, Any]:
    """Return the same facts for what a run writes: the tree may differ from its commit, or there may be none.

    Parameters
    ----------
    distribution
        Who brought the method.
    """
    facts: dict[str, Any] = {**provenance(""), "commit": None, "changed": False}
    with contextlib.suppress(PackageNotFoundError):
        facts["packages"][distribution] = version(distribution)
    own = Path(__file__)
    with contextlib.suppress(OSError, subprocess.CalledProcessError):
        _git("ls-files", "--error-unmatch", own.name, cwd=own.parent)  # a copy in some other checkout is not tracked
        root = Path(_git("rev-parse", "--show-toplevel", cwd=own.parent).strip())
        facts |= {"commit": commit_of(root), "changed": bool(_changed(root))}
    return facts


def without_paths(value: Any) -> Any:
    """Return a JSON value with the folders of absolute paths left out of its texts, as peers' messages hold some."""
    if isinstance(value, str):
        value = value.replace(str(Path.home()), "~") if Path.home() != Path("/") else value
        return re.sub(r"(?<![\w/:.~])/(?:[^\s/'\":,;()]+/)+", "", value)
    if isinstance(value, dict):
        return {name: without_paths(item) for name, item in value.items()}
    if isinstance(value, list):
        return [without_paths(item) for item in value]
    return value


def machine() -> dict[str, Any]:
    """Return the class of this machine: what a time depends on, nothing that names it."""
    return {
        "cpu": _cpu_model(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "system": platform.system(),
        "architecture": platform.machine(),
        "python": platform.python_version(),
    }


def _cpu_model() -> str:
    """Return the processor's name, with family and model where the name alone says little (as in virtual machines)."""
    facts: dict[str, str] = {}
    try:
        for line in Path("/proc/cpuinfo").read_text().split("\n\n", 1)[0].splitlines():
            name, _, value = line.partition(":")
            facts[name.strip()] = value.strip()
    except OSError:
        return platform.processor()
    text = facts.get("model name", platform.processor())
    if "cpu family" in facts:
        text += f" (family {facts['cpu family']}, model {facts.get('model', '?')})"
    return text


def _git(*arguments: str, cwd: Path) -> str:
    done = subprocess.run(["git", *arguments], cwd=cwd, check=True, capture_output=True, text=True)
    return done.stdout
