"""The policies by name: which plan each follows, where its multiplier starts, whether it moves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["POLICIES", "Policy"]


@dataclass(frozen=True, slots=True)
class Policy:
    """How a campaign bids."""

    words: str
    plan: Literal["sample", "expected", "uniform", "none"]
    """What it is to spend at each step: of the sample, in expectation, the same everywhere; none: it has no plan."""
    start: Literal["sample", "zero", "fluid", "hindsight"]
    """The first multiplier: best on the sample, 0, best in expectation, best on the live trace."""
    eager: bool = False
    """Whether the multiplier itself is projected, as dual descent does, and not only what is bid with."""
    throttled: bool = False
    """Whether it enters auctions at random, with the probability that makes the sample's spend meet the budget."""

    @property
    def needs_law(self) -> bool:
        """Whether only generated data have what it must know."""
        return self.plan == "expected" or self.start == "fluid"

    @property
    def moves_from_zero(self) -> bool:
        """Whether a controller starts at 0, which the entropy regulariser cannot leave."""
        return self.plan != "none" and self.start == "zero"


#: The policies, in the order in which they are shown.
POLICIES = {
    "one_sample": Policy("one sample", "sample", "sample"),
    "one_sample_cold": Policy("one sample, from 0", "sample", "zero"),
    "expected_plan": Policy("expected plan", "expected", "fluid"),
    "uniform": Policy("uniform plan", "uniform", "sample"),
    "uniform_cold": Policy("uniform plan, from 0", "uniform", "zero"),
    "uniform_eager": Policy("uniform plan, dual descent", "uniform", "sample", eager=True),
    "static_sample": Policy("fixed, of the sample", "none", "sample"),
    "static_optimal": Policy("fixed, of the law", "none", "fluid"),
    "hindsight": Policy("hindsight", "none", "hindsight"),
    "throttling": Policy("throttling", "none", "zero", throttled=True),
    "no_pacing": Policy("no pacing", "none", "zero"),
}
