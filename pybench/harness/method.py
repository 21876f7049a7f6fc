"""What a method says of itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from pybench.errors import InvalidInputError

__all__ = ["PRESETS", "Method", "Paper", "Preset", "Progress"]

Preset: TypeAlias = Literal["quick", "standard", "full"]
PRESETS: tuple[Preset, ...] = ("quick", "standard", "full")

#: Called with the fraction done (0 to 1) and what is being done.
Progress: TypeAlias = Callable[[float, str], None]


@dataclass(frozen=True, kw_only=True)
class Paper:
    """The paper that a method implements."""

    title: str
    authors: str
    year: int
    identifier: str
    """For example ``arXiv:2409.13674``."""
    reconstruction: str
    """Which parts are our reconstruction, as the paper does not state them or could not be read; empty for none."""


@dataclass(frozen=True, kw_only=True)
class Method:
    """The card of a method: a package's ``METHOD``.

    The rest is found by the names of files: ``claims.CLAIMS``, ``workloads.WORKLOADS``, ``figures.FIGURES`` (and
    ``figures.DESCRIPTIONS``) and ``cli.app`` of the same package, each optional and imported only when asked for.
    """

    name: str
    title: str
    summary: str
    """One sentence for a newcomer."""
    paper: Paper
    presets: Mapping[Preset, Any]
    """A Config for each of quick (< 20 s on two cores), standard (< 30 min), full (paper scale)."""

    def preset(self, name: str) -> Any:
        """Return the Config of a preset.

        Raises
        ------
        InvalidInputError
            For a name that is no preset.
        """
        for preset, config in self.presets.items():
            if preset == name:
                return config
        raise InvalidInputError(f"preset is {name!r}: it must be one of {', '.join(self.presets)}")
