"""The hot loops of this room as workloads: campaigns paced one, side by side, as a grid; plans learned.

Importing this loads no heavy package. Cases are in `peers_case`, checks in `peers_checks`, the peers in `peers_*`.
"""

from __future__ import annotations

from pybench.harness.workload import Workload
from simulators.budget_pacing.workloads_campaigns import CAMPAIGNS_16_BITS, CAMPAIGNS_FLOAT32, PACK
from simulators.budget_pacing.workloads_generated import GENERATED
from simulators.budget_pacing.workloads_one_trace import GRID, LONG_CAMPAIGN, PLAN

__all__ = ["WORKLOADS"]

#: Every workload of this room.
WORKLOADS: tuple[Workload, ...] = (LONG_CAMPAIGN, CAMPAIGNS_FLOAT32, CAMPAIGNS_16_BITS, PACK, GRID, GENERATED, PLAN)
