"""Claims of a paper as data, and the verdict on a measurement of one."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from pybench.errors import InvalidInputError

__all__ = ["Claim", "Estimate", "Outcome", "Verdict", "judge"]

Kind: TypeAlias = Literal["value", "ordering", "bound", "shape"]
Outcome: TypeAlias = Literal[
    "reproduced", "reproduced at smaller scale", "not reproduced", "not testable here", "not measured"
]


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """What `Claim.measure` found: a value with its interval."""

    value: float
    low: float
    high: float
    """The interval; equal to the value where the measurement is deterministic."""
    count: int
    """How many results (runs, graphs, samples) stand behind it."""
    data: str
    """The name of the data, and ``synthetic`` where it was generated."""
    paper_scale: bool = False
    """True only for the data that the claim is about: the paper's own, or its size where it generates data."""
    note: str = ""
    no_evidence: str = ""
    """Why this measurement can decide nothing, such as data that was generated to fit; empty where it can."""

    def __post_init__(self) -> None:
        if not (math.isfinite(self.value) and self.low <= self.value <= self.high):
            raise InvalidInputError(
                f"estimate {self.value!r} with interval [{self.low!r}, {self.high!r}]: it must be finite and inside"
            )


@dataclass(frozen=True, kw_only=True)
class Claim:
    """One sentence of a paper that can come out wrong."""

    id: str
    statement: str
    """The paper's sentence, in our words."""
    source: str
    """Where it stands in the paper."""
    kind: Kind
    unit: str = ""
    figure: float | None = None
    """The paper's figure; None where it states a sign only."""
    tolerance: float = 0.0
    """For ``value``: how far from the figure still counts, with the reason in `statement` or `note`."""
    at_least: float | None = None
    at_most: float | None = None
    """For the other kinds: the limits that a measured value must keep to."""
    configs: Callable[[str], tuple[Any, ...]]
    """preset -> the Configs to simulate. May raise NotTestableError."""
    measure: Callable[[Sequence[Any]], Estimate]
    """The Results, in the order of the Configs -> Estimate. May raise NotTestableError."""
    note: str = ""
    """What of this claim is our reading rather than the paper's text."""
    paired_by: Callable[[Any], Any] | None = None
    """Config -> value: simulations of equal values run with one seed, so that their differences are of the same draws;
    None: each has a seed of its own."""
    ours: bool = False
    """Whether it is a claim of ours, which no verdict on the paper counts."""

    def __post_init__(self) -> None:
        if self.kind == "value" and self.figure is None:
            raise InvalidInputError(f"claim {self.id}: kind 'value' needs a figure")
        if self.kind != "value" and self.at_least is None and self.at_most is None:
            raise InvalidInputError(f"claim {self.id}: kind {self.kind!r} needs at_least or at_most")
        low, high = self.accepted
        if not low <= high:
            raise InvalidInputError(f"claim {self.id}: it accepts [{low!r}, {high!r}]: no value lies in there")

    @property
    def accepted(self) -> tuple[float, float]:
        """The closed interval of measured values under which the claim holds."""
        if self.kind == "value" and self.figure is not None:
            return self.figure - self.tolerance, self.figure + self.tolerance
        low = -math.inf if self.at_least is None else self.at_least
        high = math.inf if self.at_most is None else self.at_most
        return low, high


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What the harness says of a claim."""

    claim: str
    outcome: Outcome
    reason: str = ""
    """Why, where the outcome is ``not testable here``."""
    estimate: Estimate | None = None


def judge(claim: Claim, estimate: Estimate) -> Verdict:
    """Compare an estimate with what the claim accepts.

    The whole interval must lie inside the accepted values for ``reproduced`` and wholly outside for ``not reproduced``;
    an interval that straddles the limit decides nothing and is ``not testable here``, as is an estimate that says so.
    """
    if estimate.no_evidence:
        return Verdict(claim=claim.id, outcome="not testable here", reason=estimate.no_evidence, estimate=estimate)
    low, high = claim.accepted
    if low <= estimate.low and estimate.high <= high:
        outcome: Outcome = "reproduced" if estimate.paper_scale else "reproduced at smaller scale"
        return Verdict(claim=claim.id, outcome=outcome, estimate=estimate)
    if estimate.high < low or high < estimate.low:
        return Verdict(claim=claim.id, outcome="not reproduced", estimate=estimate)
    reason = (
        f"the interval [{estimate.low:.4g}, {estimate.high:.4g}] of {estimate.count} results straddles the limit of "
        f"the claim [{low:.4g}, {high:.4g}]"
    )
    return Verdict(claim=claim.id, outcome="not testable here", reason=reason, estimate=estimate)
