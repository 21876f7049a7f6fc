"""Pictures of a Result, and what each shows in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from simulators.currency_network.figure_bow_tie import bow_tie, describe_bow_tie
from simulators.currency_network.figure_mixing import describe_mixing, mixing_curve
from simulators.currency_network.figure_network import describe_network, network
from simulators.currency_network.figure_nulls import describe_nulls, null_distributions
from simulators.currency_network.figure_profile import describe_profile, significance_profile
from simulators.currency_network.result import Result

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["DESCRIPTIONS", "FIGURES"]

#: Name -> function of a Result.
FIGURES: dict[str, Callable[[Result], Figure]] = {
    "bow_tie": bow_tie,
    "network": network,
    "significance_profile": significance_profile,
    "null_distributions": null_distributions,
    "mixing_curve": mixing_curve,
}

#: Name -> what that figure shows of a Result, in words and numbers.
DESCRIPTIONS: dict[str, Callable[[Result], str]] = {
    "bow_tie": describe_bow_tie,
    "network": describe_network,
    "significance_profile": describe_profile,
    "null_distributions": describe_nulls,
    "mixing_curve": describe_mixing,
}
