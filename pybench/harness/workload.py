"""A hot loop as a workload: stated once, raced by the command line, asv and pytest-benchmark alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from pybench.errors import InvalidInputError

__all__ = ["SIZES", "Contender", "ContenderKind", "Params", "Work", "Workload", "format_params"]

#: One point of a workload. Strings and numbers only: asv and the records key on their text.
Params: TypeAlias = Mapping[str, int | float | str]
Size: TypeAlias = Literal["quick", "standard", "large"]
SIZES: tuple[Size, ...] = ("quick", "standard", "large")
#: A `limit` is no rival: it does a smaller part of the job that nobody can do without, such as one read of the input.
ContenderKind: TypeAlias = Literal["reference", "native", "cuda", "peer", "limit"]


def _unchanged(case: Any) -> Any:
    return case


@dataclass(frozen=True, kw_only=True)
class Work:
    """The physical limit of a case: what any implementation must at least do."""

    items: int
    """What the rate is quoted in: links, auctions, tokens."""
    item: str
    """The name of one item, singular."""
    minimal_bytes: int
    """Each input read once and each output written once."""
    operations: int
    """The elementary steps of the best algorithm we know."""


@dataclass(frozen=True, kw_only=True)
class Contender:
    """One way to do a workload: the reference, ours, the best configuration of a peer that trying found, or a limit."""

    id: str
    kind: ContenderKind
    run: Callable[[Any], Any]
    """input -> answer."""
    convert: Callable[[Any], Any] = _unchanged
    """case -> input: what a user who holds the case's arrays must do first. The headline times it too."""
    configuration: str
    """How it is configured, in words; part of every record."""
    requires: tuple[str, ...] = ()
    """Distributions it needs, as `pip` names them."""
    extra: str = "peers"
    """The extra that installs them, of the distribution that brings the workload."""
    threads: int = 1
    environment: Mapping[str, str] = field(default_factory=dict)
    """Variables set in its process before anything is imported."""


@dataclass(frozen=True, kw_only=True)
class Workload:
    """A job, its sizes, its check and all who can do it."""

    id: str
    revision: int
    """Raised whenever the case or the job changes, so that histories never mix two things."""
    title: str
    sizes: Mapping[Size, tuple[Params, ...]]
    """The points of each size."""
    make: Callable[[Params, int], Any]
    """(point, seed) -> case. Deterministic; may raise MissingDataError."""
    check: Callable[[Any, Any], None]
    """(case, answer) -> None, or CheckFailedError: a certificate first, an oracle where the case is small."""
    work: Callable[[Any], Work]
    contenders: tuple[Contender, ...]

    def __post_init__(self) -> None:
        ids = [contender.id for contender in self.contenders]
        if len(set(ids)) != len(ids):
            raise InvalidInputError(f"workload {self.id}: contender ids must be unique, got {', '.join(ids)}")

    @property
    def baseline(self) -> Contender:
        """The contender all others are compared with: the first native one.

        Raises
        ------
        InvalidInputError
            Where the workload has none.
        """
        for contender in self.contenders:
            if contender.kind == "native":
                return contender
        raise InvalidInputError(f"workload {self.id}: it needs a contender of kind 'native' to compare with")

    def contender(self, identifier: str) -> Contender:
        """Return the contender of that id.

        Raises
        ------
        InvalidInputError
            For an id that the workload lacks.
        """
        for contender in self.contenders:
            if contender.id == identifier:
                return contender
        known = ", ".join(contender.id for contender in self.contenders)
        raise InvalidInputError(f"contender is {identifier!r}: workload {self.id} has {known}")

    def points(self, size: str) -> tuple[Params, ...]:
        """Return the points of a size.

        Raises
        ------
        InvalidInputError
            For a size that the workload lacks.
        """
        for name, points in self.sizes.items():
            if name == size:
                return points
        raise InvalidInputError(f"size is {size!r}: workload {self.id} has {', '.join(self.sizes)}")


def format_params(params: Params) -> str:
    """Return the text of a point: ``graph=rmat scale=14``."""
    return " ".join(f"{name}={value}" for name, value in params.items())
