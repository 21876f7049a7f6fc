"""What is noted of decoding as it goes: rounds, verified positions, all schemes compared at some of them."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pybench.kernels.draft import acceptance, optimal_acceptance
from simulators.multi_draft.comparison import compare, has_closed_form
from simulators.multi_draft.decoding import Rules
from simulators.multi_draft.drafting import Request
from simulators.multi_draft.language_model import Session
from simulators.multi_draft.verification import Verified, Visit

__all__ = ["Position", "Trace"]


@dataclass(frozen=True, slots=True)
class Position:
    """One verified position.

    Attributes
    ----------
    number, offset
        Its request, and how many tokens that had put out.
    depth
        In the round, from 0.
    live
        Drafts verified there.
    accepted
        Whether one was.
    optimal, expected
        The largest acceptance with as many independent drafts, and the scheme's own.
    """

    number: int
    offset: int
    depth: int
    live: int
    accepted: bool
    optimal: float
    expected: float


@dataclass(slots=True)
class Trace:
    """Hears of decoding; an `Observer`.

    Attributes
    ----------
    rules
        How it is decoded.
    stride
        Every how many tokens of a request all schemes are compared; 0: never.
    samples, seed, threads
        Of the comparison.
    positions
        The verified ones.
    compared
        (scheme, draft count) -> (request, acceptance) of each compared position.
    calls, tokens
        Request -> rounds, tokens put out.
    draft_tokens
        Drawn in all.
    entropies
        (entropy of the target, of the draft, largest probability of the target) of each compared position.
    measuring_s
        Seconds that the measurements themselves took.
    """

    rules: Rules
    stride: int
    samples: int
    seed: tuple[int, ...]
    positions: list[Position] = field(default_factory=list)
    compared: dict[tuple[str, int], list[tuple[int, float]]] = field(default_factory=dict)
    calls: dict[int, int] = field(default_factory=dict)
    tokens: dict[int, int] = field(default_factory=dict)
    draft_tokens: int = 0
    entropies: list[tuple[float, float, float]] = field(default_factory=list)
    measuring_s: float = 0.0

    def visited(self, session: Session, requests: Request, visit: Visit) -> None:
        """Note the positions, and compare all schemes where it is time."""
        began = time.perf_counter()
        numbers = requests.number[visit.owner]
        offsets = requests.position[visit.owner] + visit.depth
        if visit.draft.shape[0]:
            self._note(visit, numbers, offsets)
        if self.stride:
            due = np.flatnonzero((offsets % self.stride == 0) & (offsets < self.rules.new_tokens))
            if due.size:
                draft = self.rules.law(session.draft_logits(visit.node[due]), self.rules.draft_temperature)
                self._compare(draft, visit.target[due], numbers[due], offsets[due])
        self.measuring_s += time.perf_counter() - began

    def ended(self, requests: Request, verified: Verified) -> None:
        """Count the round."""
        counts = (verified.tokens >= 0).sum(axis=1)
        for number, count in zip(requests.number.tolist(), counts.tolist(), strict=True):
            self.calls[number] = self.calls.get(number, 0) + 1
            self.tokens[number] = self.tokens.get(number, 0) + count
        self.draft_tokens += int(requests.draft_count.sum()) * self.rules.draft_length

    def _note(self, visit: Visit, numbers: NDArray[np.int64], offsets: NDArray[np.int64]) -> None:
        optimal = np.empty(numbers.size)
        expected = visit.accepted.astype(np.float64)
        scheme = self.rules.scheme
        for count in np.unique(visit.live).tolist():
            group = np.flatnonzero(visit.live == count)
            laws = visit.draft[group], visit.target[group]
            optimal[group] = optimal_acceptance(*laws, count, threads=self.rules.threads)
            if self.rules.blocks:
                continue
            if scheme == "optimal":
                expected[group] = optimal[group]
            elif has_closed_form(scheme, count):
                expected[group] = acceptance(*laws, count, scheme, **self.rules.importance, threads=self.rules.threads)
        for row in range(numbers.size):
            self.positions.append(
                Position(
                    int(numbers[row]),
                    int(offsets[row]),
                    visit.depth,
                    int(visit.live[row]),
                    bool(visit.accepted[row]),
                    float(optimal[row]),
                    float(expected[row]),
                )
            )

    def _compare(
        self,
        draft: NDArray[np.float32],
        target: NDArray[np.float32],
        numbers: NDArray[np.int64],
        offsets: NDArray[np.int64],
    ) -> None:
        for row in compare(
            draft,
            target,
            numbers=numbers,
            offsets=offsets,
            samples=self.samples,
            seed=self.seed,
            importance=self.rules.importance,
            threads=self.rules.threads,
        ):
            noted = self.compared.setdefault((row.scheme, row.draft_count), [])
            noted += zip(numbers.tolist(), row.acceptance.tolist(), strict=True)
        top = target.max(axis=1)
        self.entropies += zip(_entropy(target).tolist(), _entropy(draft).tolist(), top.tolist(), strict=True)


def _entropy(law: NDArray[np.float32]) -> NDArray[np.float64]:
    exact = law.astype(np.float64)
    entropy: NDArray[np.float64] = -np.sum(exact * np.log(np.where(exact > 0.0, exact, 1.0)), axis=1)
    return entropy
