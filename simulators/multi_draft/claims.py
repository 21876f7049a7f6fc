"""What the paper and its field say of multi-draft verification, and what we say of it, as what can come out wrong.

The body of the paper could not be read: figures are from its tables as others transcribed them, and each claim says
what of it is our reading.
"""

from __future__ import annotations

from pybench.harness.claim import Claim
from simulators.multi_draft.claims_drafting import DRAFTING_CLAIMS
from simulators.multi_draft.claims_orders import ORDER_CLAIMS
from simulators.multi_draft.claims_output import OUTPUT_CLAIMS
from simulators.multi_draft.claims_papers_models import PAPERS_MODELS_CLAIMS
from simulators.multi_draft.claims_theorems import THEOREM_CLAIMS
from simulators.multi_draft.claims_truncation import TRUNCATION_CLAIMS

__all__ = ["CLAIMS"]

#: The claims, in the order in which the harness prints them.
CLAIMS: tuple[Claim, ...] = (
    *THEOREM_CLAIMS,
    *OUTPUT_CLAIMS,
    *ORDER_CLAIMS,
    *TRUNCATION_CLAIMS,
    *DRAFTING_CLAIMS,
    *PAPERS_MODELS_CLAIMS,
)
