"""The choices of a run, and the card of the method."""

from __future__ import annotations

from dataclasses import dataclass

from pybench.errors import InvalidInputError
from pybench.harness.fields import parameter, validate
from pybench.harness.method import Method, Paper
from simulators.budget_pacing.policies import POLICIES

__all__ = ["CAMPAIGNS", "INSTANCE_NAMES", "METHOD", "NAMES", "SUFFIXES", "Config"]

#: As `instances.INSTANCES`, which is not imported here to keep this file light; a test compares them.
INSTANCE_NAMES = ("stationary", "twophase", "late", "diurnal")
#: What `Config.data` may be, other than a path.
NAMES = ("synthetic", "ipinyou")
#: How the name of a log ends.
SUFFIXES = (".csv", ".csv.gz", ".parquet")
#: The campaigns of the iPinYou logs.
CAMPAIGNS = ("1458", "2259", "2261", "2821", "2997", "3358", "3386", "3427", "3476")


@dataclass(frozen=True, kw_only=True)
class Config:
    """One point: which auctions, which policy.

    Raises
    ------
    InvalidInputError
        Naming the field, the value and the rule.
    """

    data: str = parameter(
        "synthetic",
        doc="the auctions: synthetic (generated from an instance), ipinyou (real bid requests of nine campaigns; under "
        "$PYBENCH_DATA), or the path of a .csv, .csv.gz or .parquet file with columns t, value, price and, if it has "
        "several campaigns, campaign",
    )
    instance: str = parameter(
        "twophase",
        doc="for synthetic data: how values and prices change over the day: "
        "stationary (not), twophase (values double at noon), late (values fourfold after 70 % of the day), diurnal "
        "(waves)",
        choices=INSTANCE_NAMES,
    )
    policy: str = parameter(
        "one_sample",
        doc="how the campaign bids: the paper's is one_sample; its plan is of one trace and its first multiplier too",
        choices=tuple(POLICIES),
    )
    horizon: int = parameter(
        100_000, doc="for synthetic data: auctions, T", unit="auctions", minimum=100, maximum=100_000_000
    )
    campaign: str = parameter(
        "", doc="for a log: which campaign of it; empty: its only one, of ipinyou 1458, where all are compared as well"
    )
    sample: str = parameter(
        "independent",
        doc="the trace that the plan is learned from: independent (generated: drawn again; of a log its first "
        "half, the second is live), live (the live trace itself: cheating, for study) or, for a path, that of another file, an "
        "earlier day",
    )
    budget: float = parameter(
        0.0,
        doc="of the whole live trace; 0: the instance's rate times T, for a log an eighth of what bidding the values "
        "would spend on the live trace",
        unit="unit of the prices",
        minimum=0.0,
        maximum=1e30,
    )
    noise: float = parameter(
        0.0,
        doc="sampling noise: values of the first 70 % of the sample are too large by this share",
        minimum=0.0,
        maximum=100.0,
    )
    step_scale: float = parameter(
        1.0,
        doc="step size of the controller, over 1 / (square root of T times the sample's mean price)",
        minimum=0.0,
        maximum=1e6,
    )
    regulariser: str = parameter(
        "euclidean",
        doc="of the controller: euclidean adds to the multiplier, entropy multiplies it",
        choices=("euclidean", "entropy"),
    )
    plan_segments: int = parameter(
        0,
        doc="segments of equal length that the plan is compressed to, with the same spend in each; 0: not compressed",
        unit="segments",
        minimum=0,
    )
    restart: str = parameter(
        "none",
        doc="what follows where the spend leaves the band around its plan (drift alarm): none; uniform, the rest "
        "of the budget evenly; relearn, that and a multiplier learned from the live auctions so far, which needs the prices "
        "of lost ones",
        choices=("none", "uniform", "relearn"),
    )
    alarm_band: float = parameter(
        1.5,
        doc="half width of that band, over the square root of the steps times the mean price",
        minimum=0.1,
        maximum=1e6,
    )
    studies: int = parameter(
        8,
        doc="replications of each point of the comparisons beside the run: regret against T, noise, segments, "
        "policies, restarts; 0: no comparisons",
        unit="replications",
        minimum=0,
        maximum=100_000,
    )
    curve_points: int = parameter(
        240, doc="points of the delivery curve and the multiplier's path; 0: none", minimum=0, maximum=10_000
    )

    def __post_init__(self) -> None:
        validate(self)
        if self.data not in NAMES and not self.data.lower().endswith(SUFFIXES):
            raise InvalidInputError(
                f"data is {self.data!r}: it must be one of {', '.join(NAMES)}, or a path that ends in "
                f"{', '.join(SUFFIXES)}"
            )
        self._check_sample()
        chosen = POLICIES[self.policy]
        if self.data != "synthetic" and chosen.needs_law:
            raise InvalidInputError(
                f"policy is {self.policy!r} with data {self.data!r}: it must know the law, which synthetic data have"
            )
        if self.data == "synthetic" and self.campaign:
            raise InvalidInputError(f"campaign is {self.campaign!r} with data 'synthetic': it is for a log")
        if self.data == "ipinyou" and self.campaign not in ("", *CAMPAIGNS):
            raise InvalidInputError(f"campaign is {self.campaign!r}: it must be one of {', '.join(CAMPAIGNS)}")
        if self.regulariser == "entropy" and chosen.moves_from_zero:
            raise InvalidInputError(
                f"regulariser is 'entropy' with policy {self.policy!r}: it multiplies, so a multiplier that starts at "
                "0 stays there"
            )
        if chosen.plan == "none":
            for name, off in (("restart", "none"), ("plan_segments", 0)):
                if getattr(self, name) != off:
                    raise InvalidInputError(
                        f"{name} is {getattr(self, name)!r} with policy {self.policy!r}: that policy has no plan"
                    )

    def _check_sample(self) -> None:
        if self.sample in ("independent", "live"):
            return
        if not self.sample.lower().endswith(SUFFIXES):
            raise InvalidInputError(
                f"sample is {self.sample!r}: it must be independent, live, or a path that ends in {', '.join(SUFFIXES)}"
            )
        if self.data in NAMES:
            raise InvalidInputError(f"sample is {self.sample!r} with data {self.data!r}: a path is for another path")


_QUICK = Config()

METHOD = Method(
    name="budget_pacing",
    title="Robust budget pacing with a single sample",
    summary="How a bidder keeps a budget over a changing day when all it knows is one earlier day.",
    paper=Paper(
        title="Robust Budget Pacing with a Single Sample",
        authors="S. Balseiro, R. Kumar, V. Mirrokni, B. Sivan, D. Wang",
        year=2023,
        identifier="arXiv:2302.02006",
        reconstruction=(
            "The abstract and the opening could be read. The plan, the controller, its step size and every "
            "instance are our reconstruction from the field's terms; no experiment of the paper is known to us, so all figures that "
            "regrets are compared with are our own."
        ),
    ),
    presets={
        "quick": _QUICK,
        "standard": Config(horizon=1_000_000, studies=48),
        "full": Config(horizon=10_000_000, studies=48),
    },
)
