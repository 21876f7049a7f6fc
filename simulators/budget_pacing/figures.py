"""Pictures of a Result, and what each shows in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from simulators.budget_pacing.figure_delivery import delivery, describe_delivery
from simulators.budget_pacing.figure_regret import describe_regret, regret_by_horizon
from simulators.budget_pacing.figure_robustness import describe_robustness, robustness
from simulators.budget_pacing.figure_shares import describe_shares, shares
from simulators.budget_pacing.result import Result

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["DESCRIPTIONS", "FIGURES"]

#: Name -> function of a Result.
FIGURES: dict[str, Callable[[Result], Figure]] = {
    "delivery": delivery,
    "shares": shares,
    "regret_by_horizon": regret_by_horizon,
    "robustness": robustness,
}

#: Name -> what that figure shows of a Result, in words and numbers.
DESCRIPTIONS: dict[str, Callable[[Result], str]] = {
    "delivery": describe_delivery,
    "shares": describe_shares,
    "regret_by_horizon": describe_regret,
    "robustness": describe_robustness,
}
