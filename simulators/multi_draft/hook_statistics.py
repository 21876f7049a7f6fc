"""What decoding with several drafts counted."""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["DecodingStatistics"]


@dataclass(kw_only=True)
class DecodingStatistics:
    """Counts of one call; `output.multi_draft` of what `generate` returns.

    A row takes part in a target call as long as it is unfinished, so the block efficiency of a batch is that of its
    rows.
    """

    tokens: list[int]
    """By row: tokens put out, the end-of-sequence token included."""
    target_calls: list[int]
    """By row: calls of the target that it took part in, without that of the prompt."""
    verified: list[int] = field(default_factory=list)
    """By depth in the tree of drafts: verifications."""
    accepted: list[int] = field(default_factory=list)
    """By depth: verifications that accepted a draft."""
    target_forwards: int = 0
    """Forward passes of the target for the whole batch, that of the prompts included."""
    draft_forwards: int = 0
    """Forward passes of the draft model, that of the prompts included."""

    @property
    def acceptance(self) -> float:
        """Share of verifications that accepted a draft; 0 where there was none."""
        return sum(self.accepted) / max(sum(self.verified), 1)

    @property
    def block_efficiency(self) -> float:
        """Tokens put out a target call, at most draft_length + 1; 0 where there was no call."""
        return sum(self.tokens) / max(sum(self.target_calls), 1)

    def count(self, depth: int, accepted: int, verified: int) -> None:
        """Add verifications at one depth."""
        while len(self.verified) <= depth:
            self.verified.append(0)
            self.accepted.append(0)
        self.verified[depth] += verified
        self.accepted[depth] += accepted
