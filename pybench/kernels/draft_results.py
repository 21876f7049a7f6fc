"""What the drafting kernels answer. Import from `pybench.kernels.draft`."""

from __future__ import annotations

from typing import Any, NamedTuple

__all__ = ["AcceptanceEstimate", "BlockVerification", "Verification"]


class Verification(NamedTuple):
    """The outcome of verifying rows of draft tokens.

    Attributes
    ----------
    token
        int64 [n], or [B, n] for a batch of laws: what each row puts out. Its law is exactly the target.
    accepted
        int64, same shape: which of the row's drafts was accepted, 0 to K - 1; -1 where none was, and the token comes
        from the residual law.
    """

    token: Any
    accepted: Any


class AcceptanceEstimate(NamedTuple):
    """An acceptance probability by simulation.

    Attributes
    ----------
    value
        Share of the samples that were accepted, or a mean with less variance where a scheme allows it.
    standard_error
        Of `value`.
    """

    value: Any
    standard_error: Any


class BlockVerification(NamedTuple):
    """The outcome of verifying a chain of draft tokens as one block.

    Attributes
    ----------
    accepted_count
        int64 [B], or a scalar for one chain: how many of the first draft tokens are kept, 0 to L.
    token
        int64, same shape: what follows them.
    """

    accepted_count: Any
    token: Any
