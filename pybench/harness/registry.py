"""Which methods are installed: found by entry point, without importing any of them.

A distribution declares ``[project.entry-points."pybench.methods"]`` with the import name of a package; every folder of
that package with an ``__init__.py`` is a method.
"""

from __future__ import annotations

import importlib
import importlib.util
from dataclasses import dataclass
from functools import cache
from importlib.machinery import ModuleSpec
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType
from typing import Any

from pybench.errors import InvalidInputError
from pybench.harness.claim import Claim
from pybench.harness.method import Method
from pybench.harness.workload import Workload

__all__ = ["GROUP", "RegisteredMethod", "find", "methods"]

GROUP = "pybench.methods"


@dataclass(frozen=True)
class RegisteredMethod:
    """A method that is installed. Nothing of it is imported before a property asks for it."""

    name: str
    module: str
    """Import name of its package."""
    distribution: str
    """Who brought it."""

    @property
    def package(self) -> ModuleType:
        """The imported package."""
        return importlib.import_module(self.module)

    @property
    def card(self) -> Method:
        """Its ``METHOD``."""
        method: Method = self.package.METHOD
        return method

    @property
    def claims(self) -> tuple[Claim, ...]:
        """Its claims; empty where it has no ``claims`` file."""
        return tuple(self._optional("claims", "CLAIMS", ()))

    @property
    def workloads(self) -> tuple[Workload, ...]:
        """Its workloads; empty where it has no ``workloads`` file."""
        return tuple(self._optional("workloads", "WORKLOADS", ()))

    @property
    def figures(self) -> dict[str, Any]:
        """Its figures, name -> function of a Result; empty where it has no ``figures`` file."""
        return dict(self._optional("figures", "FIGURES", {}))

    @property
    def descriptions(self) -> dict[str, Any]:
        """Text alternatives of its figures, name -> function of a Result that returns a text; those that it gives."""
        return dict(self._optional("figures", "DESCRIPTIONS", {}, needed=False))

    @property
    def commands(self) -> Any:
        """Its own commands, a typer app, as ``pybench <method> ...``; None where it has no ``cli`` file."""
        return self._optional("cli", "app", None)

    def has(self, file: str) -> bool:
        """Whether the package has a module of that name, without importing the module."""
        return importlib.util.find_spec(f"{self.module}.{file}") is not None

    def workload(self, identifier: str) -> Workload:
        """Return the workload of that id.

        Raises
        ------
        InvalidInputError
            For an id that the method lacks.
        """
        for workload in self.workloads:
            if workload.id == identifier:
                return workload
        known = ", ".join(workload.id for workload in self.workloads) or "none"
        raise InvalidInputError(f"workload is {identifier!r}: method {self.name} has {known}")

    def _optional(self, file: str, name: str, default: Any, *, needed: bool = True) -> Any:
        if not self.has(file):
            return default
        module = importlib.import_module(f"{self.module}.{file}")
        return getattr(module, name) if needed else getattr(module, name, default)


@cache
def methods() -> dict[str, RegisteredMethod]:
    """Return every installed method by name, in alphabetical order.

    Raises
    ------
    InvalidInputError
        Where two distributions bring a method of the same name.
    """
    found: dict[str, RegisteredMethod] = {}
    for point in entry_points(group=GROUP):
        distribution = point.dist.name if point.dist is not None else "unknown"
        spec = _find_package(point.value)
        if spec is None or spec.submodule_search_locations is None:
            raise InvalidInputError(
                f"entry point {point.name!r} of {distribution} is {point.value!r}: it must name an importable package"
            )
        folders = {
            child.name
            for location in spec.submodule_search_locations
            if Path(location).is_dir()
            for child in Path(location).iterdir()
            if (child / "__init__.py").is_file()
        }
        for name in folders:
            if name in found and found[name].module != f"{point.value}.{name}":
                raise InvalidInputError(
                    f"method {name!r} is brought by {found[name].distribution} and by {distribution}: names must differ"
                )
            found[name] = RegisteredMethod(name, f"{point.value}.{name}", distribution)
    return dict(sorted(found.items()))


def _find_package(name: str) -> ModuleSpec | None:
    try:
        return importlib.util.find_spec(name)
    except (ImportError, ValueError):  # a parent that is not there, a name that is none
        return None


def find(name: str) -> RegisteredMethod:
    """Return the method of that name.

    Raises
    ------
    InvalidInputError
        For a name that no installed distribution brings.
    """
    try:
        return methods()[name]
    except KeyError:
        known = ", ".join(methods()) or "none"
        raise InvalidInputError(f"method is {name!r}: installed are {known}") from None
