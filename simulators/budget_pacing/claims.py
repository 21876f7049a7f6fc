"""What the paper's abstract says of pacing with one sample, and what we say of it, as what can come out wrong.

Only the abstract and the opening of the paper could be read, and no experiment of it is known to us: what it claims is
an order of growth, and every figure is ours.
"""

from __future__ import annotations

from pybench.harness.claim import Claim
from simulators.budget_pacing.claims_growth import GROWTH_CLAIMS
from simulators.budget_pacing.claims_logs import LOG_CLAIMS
from simulators.budget_pacing.claims_noise import NOISE_CLAIMS
from simulators.budget_pacing.claims_samples import SAMPLE_CLAIMS

__all__ = ["CLAIMS"]

#: The claims, in the order in which the harness prints them.
CLAIMS: tuple[Claim, ...] = (*GROWTH_CLAIMS, *SAMPLE_CLAIMS, *NOISE_CLAIMS, *LOG_CLAIMS)
