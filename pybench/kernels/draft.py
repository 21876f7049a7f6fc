"""Multi-draft speculative sampling: the exact optimal verifier at full vocabulary, and every scheme of the field.

A server draws K tokens from a cheap draft law, and one token must come out whose law is exactly the target's. A
verifier decides which; the probability that it is one of the drafts is its acceptance. `plan` makes the verifier with
the largest acceptance that there is, in O(V).

>>> import numpy as np
>>> draft, target = np.array([0.5, 0.3, 0.2]), np.array([0.2, 0.3, 0.5])
>>> verifier = plan(draft, target, 2)
>>> round(float(verifier.acceptance), 12)
0.86
>>> outcome = verifier.verify(np.array([[0, 2], [1, 1]]), seed=7)
>>> outcome.token.shape
(2,)

NumPy arrays in, NumPy arrays out; torch tensors of the CPU in, torch tensors out. Errors are
`pybench.errors.InvalidInputError` (a ValueError) naming the argument, the value and the rule; a TypeError for what is
no array. The variable ``PYBENCH_SIMD`` (portable, avx2, avx512) of the environment forces an instruction set; answers
never depend on it, nor on threads.
"""

from __future__ import annotations

from pybench.kernels.draft_blocks import block_verify
from pybench.kernels.draft_logits import plan_from_logits, probabilities
from pybench.kernels.draft_plan import Plan, optimal_acceptance, plan
from pybench.kernels.draft_results import AcceptanceEstimate, BlockVerification, Verification
from pybench.kernels.draft_schemes import SCHEMES, acceptance, draw_drafts, estimate_acceptance, verify

__all__ = [
    "SCHEMES",
    "AcceptanceEstimate",
    "BlockVerification",
    "Plan",
    "Verification",
    "acceptance",
    "block_verify",
    "draw_drafts",
    "estimate_acceptance",
    "optimal_acceptance",
    "plan",
    "plan_from_logits",
    "probabilities",
    "verify",
]
