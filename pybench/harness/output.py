"""What a run writes under --out: JSON and figures, each file whole or not at all."""

from __future__ import annotations

import hashlib
import inspect
import io
import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pybench.errors import InvalidInputError, MissingPackageError
from pybench.harness.encoding import to_json
from pybench.harness.provenance import provenance_of_run, without_paths
from pybench.harness.registry import RegisteredMethod
from pybench.optional import require

__all__ = ["FIGURE_NAME", "WRITTEN", "Figure", "caption_of", "dated", "write_figures", "write_json", "write_whole"]

#: Every schema of a file under --out and the newest version of it.
WRITTEN: Mapping[str, int] = {
    "pybench/run": 1,
    "pybench/claims": 1,
    "pybench/races": 2,
    "pybench/sweep": 1,
    "pybench/sweep-points": 1,
}


#: How a figure may be named: it becomes a file and part of ids.
FIGURE_NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A figure that a run drew."""

    name: str
    file: str
    """Relative to the folder of the method."""
    caption: str
    description: str = ""
    """What it shows, in words and numbers, for those who cannot see it."""
    sha256: str
    """Of the file: another run's figure is told apart."""


@contextmanager
def _moved_into_place(path: Path) -> Iterator[Path]:
    """Give a path of this process's own beside a file's place; at the end what was written there takes the place."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InvalidInputError(
            f"folder is {str(path.parent)!r}: it must be one that can be made ({error.strerror})"
        ) from error
    beside = path.with_name(f"{path.name}.{os.getpid()}.partial")
    try:
        yield beside
        beside.replace(path)
    except OSError as error:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        raise InvalidInputError(f"file is {str(path)!r}: it cannot be written ({error.strerror})") from error
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def write_whole(path: Path, content: bytes) -> None:
    """Write a file beside its place and move it there."""
    with _moved_into_place(path) as beside:
        beside.write_bytes(content)


def write_json(path: Path, value: Any) -> None:
    """Write a value in its JSON form."""
    write_whole(path, json.dumps(to_json(value), indent=2, ensure_ascii=False).encode() + b"\n")


def dated(schema: str, method: RegisteredMethod, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a file under --out holds: the facts, what they are of, and where they come from."""
    head = {"schema": schema, "version": WRITTEN[schema], "method": method.name}
    return {**head, **facts, "provenance": without_paths(provenance_of_run(method.distribution))}


def caption_of(draw: Any) -> str:
    """Return the caption of a figure: the first line of the docstring of its function."""
    return (inspect.getdoc(draw) or "").partition("\n")[0].strip()


def write_figures(method: RegisteredMethod, result: Any, folder: Path) -> tuple[list[Figure], str]:
    """Draw every figure of a method as SVG.

    The same result gives the same bytes: ids are salted with the figure's name and no date is written.

    Returns
    -------
    The figures written, and why figures were left out (empty where none were).
    """
    figures, descriptions = method.figures, method.descriptions
    if not figures:
        return [], ""
    try:
        matplotlib = require("matplotlib", extra=method.name)
    except MissingPackageError as error:
        return [], str(error)
    matplotlib.use("svg")
    written = []
    for name, draw in figures.items():
        with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": name}), io.BytesIO() as drawn:
            draw(result).savefig(drawn, format="svg", metadata={"Date": None}, bbox_inches="tight")
            content = drawn.getvalue()
        file = f"figures/{name}.svg"
        write_whole(folder / file, content)
        written.append(
            Figure(
                name=name,
                file=file,
                caption=caption_of(draw),
                description=descriptions[name](result) if name in descriptions else "",
                sha256=hashlib.sha256(content).hexdigest(),
            )
        )
    return written, ""
