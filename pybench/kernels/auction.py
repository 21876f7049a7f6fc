"""Budget pacing in repeated auctions: plans learned from one trace, the controller that follows them, its certificate.

A campaign bids in T auctions with one budget. A plan says how much to spend at each step; dual mirror descent
("follow the regularised leader") scales the bids by 1 / (1 + multiplier) so that the spend follows the plan.

NumPy arrays in, NumPy arrays out. Errors are `pybench.errors.InvalidInputError` (a ValueError) naming the argument, the
value and the rule; a TypeError for what is no array. The variable ``PYBENCH_SIMD`` (portable, avx2, avx512) of the
environment forces an instruction set; answers never depend on it, nor on threads.
"""

from __future__ import annotations

from pybench.kernels.auction_generated import generate_traces, pace_generated, spending_plan_generated
from pybench.kernels.auction_market import pace_market
from pybench.kernels.auction_market_results import MarketPacing
from pybench.kernels.auction_pace import PackedTraces, pace, pack_traces
from pybench.kernels.auction_pacer import Bid, Pacer
from pybench.kernels.auction_plan import lagrangian_bound, spending_plan
from pybench.kernels.auction_results import Pacing, SpendingPlan
from pybench.kernels.auction_timed_plan import TimedPlan

__all__ = [
    "Bid",
    "MarketPacing",
    "Pacer",
    "Pacing",
    "PackedTraces",
    "SpendingPlan",
    "TimedPlan",
    "generate_traces",
    "lagrangian_bound",
    "pace",
    "pace_generated",
    "pace_market",
    "pack_traces",
    "spending_plan",
    "spending_plan_generated",
]
