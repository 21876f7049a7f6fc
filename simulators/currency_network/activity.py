"""When and how often accounts transact."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulators.currency_network.network import Network

__all__ = ["DAY_S", "Activity", "activity_of"]

#: Seconds in a day.
DAY_S = 86_400.0


@dataclass(frozen=True, slots=True, eq=False)
class Activity:
    """What every account did, payments to itself apart. Days are None where the data has no times."""

    events: NDArray[np.int64]
    """[node_count]: transactions made or received."""
    first_day: NDArray[np.float64] | None
    """[node_count]: its first transaction, in days since the first of all; infinite for an account without one."""
    last_day: NDArray[np.float64] | None
    """[node_count]: its last one; minus infinite for an account without one."""
    active_days: NDArray[np.int64] | None
    """[node_count]: UTC days on which it transacts."""

    @property
    def once(self) -> NDArray[np.bool_]:
        """[node_count]: whether the account has exactly one transaction in all."""
        return np.asarray(self.events == 1)


def activity_of(network: Network) -> Activity:
    """Count transactions and days of every account. O(rows log rows) with times, O(rows) without."""
    proper = network.source != network.target
    ends = np.concatenate((network.source[proper], network.target[proper]))
    events = np.bincount(ends, minlength=network.node_count)
    if network.time is None:
        return Activity(events, None, None, None)
    time = np.tile(network.time[proper], 2)
    days = (time - time.min(initial=np.inf)) / DAY_S
    first, last = np.full(network.node_count, np.inf), np.full(network.node_count, -np.inf)
    np.minimum.at(first, ends, days)
    np.maximum.at(last, ends, days)
    _, calendar = np.unique(np.floor(time / DAY_S), return_inverse=True)
    span = int(calendar.max(initial=0)) + 1
    active = np.unique(ends.astype(np.int64) * span + calendar) // span
    return Activity(events, first, last, np.bincount(active, minlength=network.node_count))
