"""What a run returns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pybench.harness.fields import quantity

__all__ = ["Result"]

_PRICE = "unit of the prices"


@dataclass(frozen=True, kw_only=True)
class Result:
    """How a policy paced, and how far that is from the best that was possible.

    A *bound* is ``m B + sum of (v - (1 + m) d)^+`` at some multiplier m: no policy that keeps to the budget has more
    utility on these very auctions, whatever m. Regret is the bound at the law's own multiplier less the utility: never
    negative but for rounding (sums of 64 float32 numbers, at most 4e-6 of the utility), and its mean is the fluid
    optimum less the expected utility, without the noise of the trace. Of a log the law is not known: there the least
    bound is used.
    """

    data: str = quantity(doc="name of the data")
    synthetic: bool = quantity(doc="whether they were generated")
    campaign: str = quantity(doc="for a log: the campaign")
    instance: str = quantity(doc="for synthetic data: the instance")
    policy: str = quantity(doc="how the campaign bid")
    horizon: int = quantity(doc="live auctions", unit="auctions")
    budget: float = quantity(doc="budget", unit=_PRICE)
    wins: int = quantity(doc="auctions won", unit="auctions")
    spend: float = quantity(doc="what was paid; never above the budget", unit=_PRICE)
    budget_used: float = quantity(doc="spend over budget")
    utility: float = quantity(doc="value of what was won less what was paid", unit=_PRICE)
    regret: float = quantity(doc="bound at the law's multiplier (of a log: the least bound) less utility", unit=_PRICE)
    share_of_bound: float = quantity(
        doc="utility over the least bound: a certificate, the optimum's share is at most 1"
    )
    least_bound: float = quantity(doc="the least bound over all multipliers", unit=_PRICE)
    fluid_value: float = quantity(
        doc="expected utility of the fluid optimum; of a log, whose law is not known, the least bound", unit=_PRICE
    )
    first_multiplier: float = quantity(doc="the multiplier of the first bid")
    last_multiplier: float = quantity(doc="the multiplier after the last auction")
    sample_multiplier: float = quantity(doc="the best multiplier on the sample")
    best_multiplier: float = quantity(doc="the best one for the law; of a log the best in hindsight")
    step_size: float = quantity(doc="of the controller", unit="1 / unit of the prices")
    wasserstein_sum: float = quantity(
        doc="sum over steps of the distance between the laws of sample and live trace; exact for synthetic data, of a "
        "log an estimate by 24 blocks",
        unit=_PRICE,
    )
    alarms: tuple[int, ...] = quantity(doc="auctions that had passed at each drift alarm", unit="auctions")
    delivery_time: tuple[float, ...] = quantity(detail=True, doc="points of the day, as a share of it")
    delivery_planned: tuple[float, ...] = quantity(
        detail=True, doc="planned spend up to there; empty for a policy without a plan", unit=_PRICE
    )
    delivery_actual: tuple[float, ...] = quantity(detail=True, doc="spend up to there", unit=_PRICE)
    delivery_best: tuple[float, ...] = quantity(
        detail=True, doc="spend up to there of the best fixed multiplier in hindsight", unit=_PRICE
    )
    multiplier_path: tuple[float, ...] = quantity(detail=True, doc="the multiplier there")
    policy_regret: Mapping[str, float] = quantity(
        doc="regret by policy on the same traces, mean over the studies' replications", unit=_PRICE
    )
    policy_shares: Mapping[str, float] = quantity(doc="share of the least bound by policy, likewise")
    campaign_shares: Mapping[str, Mapping[str, float]] = quantity(
        detail=True, doc="for ipinyou: the same by campaign, and of one_sample with each kind of restart"
    )
    campaign_alarms: Mapping[str, Mapping[str, int]] = quantity(
        detail=True, doc="for ipinyou: drift alarms by campaign and kind of restart", unit="alarms"
    )
    restart_shares: Mapping[str, float] = quantity(
        doc="share of the least bound of the policy by kind of restart, mean over the studies' replications"
    )
    restart_alarms: Mapping[str, float] = quantity(doc="drift alarms likewise", unit="alarms")
    ladder: Mapping[str, Mapping[str, Mapping[str, tuple[float, float]]]] = quantity(
        detail=True,
        doc="for synthetic data: mean regret and its standard error by instance, policy and horizon",
        unit=_PRICE,
    )
    slopes: Mapping[str, Mapping[str, float]] = quantity(
        detail=True, doc="slope of the logarithm of mean regret in that of the horizon, by instance and policy"
    )
    segment_regret: Mapping[str, tuple[float, float]] = quantity(
        detail=True,
        doc="mean regret and standard error of one_sample by segments that its plan is compressed to; 0: none",
        unit=_PRICE,
    )
    noise_regret: Mapping[str, tuple[float, float, float]] = quantity(
        detail=True,
        doc="by sampling noise: mean regret, its standard error, and the sum of Wasserstein distances",
        unit=_PRICE,
    )
