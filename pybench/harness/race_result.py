"""What a race found: a row a contender."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from pybench.harness.statistics import Comparison, Ratio
from pybench.harness.workload import ContenderKind

__all__ = ["Race", "Row", "Status"]

Status: TypeAlias = Literal["timed", "missing", "wrong answer", "failed", "crashed", "did not finish", "not timed"]


@dataclass(frozen=True, kw_only=True)
class Row:
    """One contender's result."""

    contender: str
    kind: ContenderKind
    status: Status
    message: str = ""
    """Why it was not timed."""
    configuration: str = ""
    threads: int = 1
    versions: dict[str, str] = field(default_factory=dict)
    """Of the packages that it needs."""
    total: Ratio | None = None
    """Its time over the baseline's, conversion included."""
    run_only: Ratio | None = None
    """The same without the conversion of either."""
    at_least: float | None = None
    """Where it did not finish: the limit over the baseline's median time, a lower bound of the ratio."""
    comparison: Comparison | None = None
    seconds: float | None = None
    """Median of one call, conversion included. Times on a shared machine promise nothing."""
    rounds: int = 0
    """Pairs behind the ratio."""
    calls: int = 0
    """Calls in a round."""
    extra_peak_bytes: int | None = None
    """Resident memory that one call added at its peak, conversion and answer included."""


@dataclass(frozen=True, kw_only=True)
class Race:
    """All rows of one point of a workload."""

    method: str
    workload: str
    revision: int
    title: str
    size: str
    params: dict[str, int | float | str]
    seed: int
    baseline: str
    noise: float | None
    """What the baseline shows against its own twin (0.03 is 3 %); None where the baseline was not timed."""
    work: dict[str, Any]
    """The physical limit of the case: items, item, minimal_bytes, operations."""
    rows: tuple[Row, ...]
    """The baseline first."""

    @property
    def verified(self) -> int:
        """How many contenders gave an answer that passed the check and were timed."""
        return sum(row.status == "timed" for row in self.rows)
