"""Robust budget pacing with a single sample (ICML 2023).

A campaign bids in T auctions with one budget while values and prices change over the day. From the trace of one
earlier day it learns how much to spend when, and a controller (dual "follow the regularised leader") keeps the live
spend on that plan. This room measures how far it stays from the best that was possible, beside every plainer policy, on
generated markets with known optimum, on the iPinYou logs and on your own.

>>> from simulators import budget_pacing as bp
>>> result = bp.simulate(bp.Config(instance="late", policy="one_sample", horizon=100_000), seed=7)
>>> result.regret, result.share_of_bound, result.spend  # doctest: +SKIP
>>> bp.simulate(bp.Config(data="ipinyou", campaign="2997", restart="relearn")).restart_shares  # doctest: +SKIP
>>> bp.simulate(bp.Config(data="my_log.parquet")).policy_shares  # doctest: +SKIP
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulators.budget_pacing.config import METHOD, Config
    from simulators.budget_pacing.logs import read_log
    from simulators.budget_pacing.plan import HourlyPlan, hourly_plan
    from simulators.budget_pacing.result import Result
    from simulators.budget_pacing.simulation import simulate

__all__ = ["METHOD", "Config", "HourlyPlan", "Result", "hourly_plan", "read_log", "simulate"]

_HOMES = {
    "METHOD": "config",
    "Config": "config",
    "HourlyPlan": "plan",
    "Result": "result",
    "hourly_plan": "plan",
    "read_log": "logs",
    "simulate": "simulation",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
