"""The optimal verifier of multi-draft speculative sampling in NumPy: one row, one full sort, slow and readable.

`pybench.kernels.draft` does the same without the sort; `docs/multi_draft.md` derives it. Letters: p is the draft law, q
the target law, K the draft count, r = q/p, f(s) = K s^(K-1) the density of the largest of K uniforms.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pybench.kernels.draft_results import Verification
from pybench.kernels.inputs import mix_seed
from pybench.kernels.reference.draft_random import ACCEPTING, RESIDUAL, SCORING, uniforms

__all__ = ["Plan", "acceptance_by_subsets", "plan"]

Floats = NDArray[np.float64]


def acceptance_by_subsets(draft: Floats, target: Floats, draft_count: int) -> float:
    """Return the least of q(S) + 1 - p(S)^K over all sets S of tokens: O(2^V), the minimum cut itself."""
    inside = (np.arange(2 ** len(draft))[:, None] >> np.arange(len(draft))) & 1
    return float((inside @ target + 1.0 - (inside @ draft) ** draft_count).min())


@dataclass(frozen=True)
class Slots:
    """The tokens side by side on [0, 1], in order of r: slot i is [start[i], start[i + 1]], those of one level.

    Attributes
    ----------
    start
        [slots + 1].
    level
        [slots], not decreasing: the mean of f(score) that a draw in this slot must have.
    of_token
        int64 [V]: the slot of each token; -1 where it cannot be drawn.
    surplus, deficit
        [slots + 1]: integrals from 0 of the positive and of the negative part of level - f.
    """

    start: Floats
    level: Floats
    of_token: NDArray[np.int64]
    surplus: Floats
    deficit: Floats


@dataclass(frozen=True)
class Plan:
    """What `plan` answers for one row.

    Attributes
    ----------
    acceptance
        The largest probability with which any verifier can accept one of K i.i.d. drafts.
    selection_law
        [V]: the law of the draft that is selected, before it is accepted or not.
    low, high
        The limits between which r is clipped to give selection_law = p clip(r).
    slots
        See there; one slot [0, 1] of level 1 for K = 1.
    draft, target, draft_count
        What it was made of, rescaled to sum to 1.
    """

    acceptance: float
    selection_law: Floats
    low: float
    high: float
    slots: Slots
    draft: Floats
    target: Floats
    draft_count: int

    def score(self, token: int, place: float, coin: float) -> float:
        """Return the score of a draw from a place in its slot and a coin, both of [0, 1): see section 1.4 (c)."""
        slots, count = self.slots, self.draft_count
        if count == 1:
            return place
        slot = int(slots.of_token[token])
        start, end, level = slots.start[slot], slots.start[slot + 1], slots.level[slot]
        here = start + (end - start) * place
        difference = level - _density(here, count)
        if difference > 0.0:
            mass = slots.surplus[slot] + _parts(start, here, level, count)[0]
            there = _invert(slots, mass, count, part=1)
        elif difference < 0.0:
            mass = slots.deficit[slot] + _parts(start, here, level, count)[1]
            there = _invert(slots, mass, count, part=0)
        else:
            return float(here)
        gap = _density(there, count) - _density(here, count)
        return float(there) if gap != 0.0 and coin * abs(gap) < abs(difference) else float(here)

    def verify(
        self,
        draft_tokens: NDArray[np.int64],
        *,
        seed: int | tuple[int, ...],
        request: NDArray[np.uint64] | None = None,
        position: int = 0,
    ) -> Verification:
        """Verify rows of drafts [n, K]."""
        key, rows = mix_seed(seed), len(draft_tokens)
        requests = np.arange(rows, dtype=np.uint64) if request is None else request
        positions = np.full(rows, position, dtype=np.uint64)
        scores = np.zeros(draft_tokens.shape)
        for draw in range(self.draft_count):
            places, coins = uniforms(key, requests, positions, SCORING, draw)
            for row in range(rows):
                scores[row, draw] = self.score(int(draft_tokens[row, draw]), places[row], coins[row])
        chosen = scores.argmax(axis=1)
        tokens = draft_tokens[np.arange(rows), chosen]
        accept, _ = uniforms(key, requests, positions, ACCEPTING, 0)
        kept = accept * self.selection_law[tokens] < self.target[tokens]
        residual = np.cumsum(np.maximum(self.target - self.selection_law, 0.0))
        where, _ = uniforms(key, requests, positions, RESIDUAL, 0)
        others = np.searchsorted(residual, where * residual[-1], side="right")
        return Verification(np.where(kept, tokens, others), np.where(kept, chosen, -1))


def plan(draft: Floats, target: Floats, draft_count: int) -> Plan:
    """Make the optimal verifier of K i.i.d. drafts: O(V log V)."""
    scale = draft.astype(np.float64).sum() / target.astype(np.float64).sum()
    p = draft / draft.astype(np.float64).sum()
    q = target / target.astype(np.float64).sum()
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        ratio = np.minimum(target.astype(np.float64) / draft.astype(np.float64) * scale, np.finfo(np.float64).max)
    drawn = np.flatnonzero(p > 0.0)
    order = drawn[np.argsort(ratio[drawn], kind="stable")]
    masses = np.concatenate([[0.0], np.cumsum(p[order])])
    targets = np.concatenate([[0.0], np.cumsum(q[order])])
    rejected = _least_rejection(p[order], q[order], float(q[p == 0.0].sum()), draft_count)
    if draft_count == 1:
        low = high = 1.0
    else:
        low = _low_level(ratio[order], masses, targets, rejected)
        high = max(low, _high_level(ratio[order], p[order], q[order], float(q[p == 0.0].sum()), rejected))
    level = np.clip(ratio[drawn], low, high)
    law = np.zeros(len(p))
    law[drawn] = np.maximum(q[drawn], low * p[drawn])
    if high < np.inf:
        law[drawn] = np.minimum(law[drawn], high * p[drawn])
    slots = _slots(order, level[np.argsort(ratio[drawn], kind="stable")], masses, len(p), draft_count)
    return Plan(1.0 - rejected, law, low, high, slots, p, q, draft_count)


def _least_rejection(p: Floats, q: Floats, undrawn: float, draft_count: int) -> float:
    """Return the largest of P^K - Q over the prefixes of an order, by whichever of two ways to write it is precise."""
    mass, target = np.concatenate([[0.0], np.cumsum(p)]), np.concatenate([[0.0], np.cumsum(q)])
    mass_after = np.concatenate([np.cumsum(p[::-1])[::-1], [0.0]])
    target_after = np.concatenate([np.cumsum(q[::-1])[::-1], [0.0]]) + undrawn
    forwards = mass**draft_count - target
    backwards = target_after + np.expm1(draft_count * np.log1p(-np.minimum(mass_after, 1.0 - 2.0**-53)))
    return max(0.0, float(np.where(target <= target_after, forwards, backwards).max()))


def _low_level(ratio: Floats, masses: Floats, targets: Floats, rejected: float) -> float:
    """Return the c with sum of p (c - r)^+ = rejected: the tokens of least r are raised to it."""
    if rejected <= 0.0:
        return 0.0
    for pooled in range(1, len(ratio) + 1):
        level = (rejected + targets[pooled]) / masses[pooled]
        if pooled == len(ratio) or level <= ratio[pooled]:
            return float(level)
    raise AssertionError("unreachable: the last pool holds all")


def _high_level(ratio: Floats, p: Floats, q: Floats, undrawn: float, rejected: float) -> float:
    """Return the c with sum of (q - c p)^+ = rejected: the tokens of largest r are lowered to it."""
    mass, weight = undrawn, 0.0
    if rejected <= mass:
        return np.inf
    for index in range(len(ratio) - 1, -1, -1):
        mass, weight = mass + q[index], weight + p[index]
        level = (mass - rejected) / weight
        if index == 0 or level >= ratio[index - 1]:
            return float(level)
    raise AssertionError("unreachable: the last pool holds all")


def _slots(order: NDArray[np.int64], level: Floats, masses: Floats, size: int, count: int) -> Slots:
    # Tokens of one level share a slot: what the level says of the score is the same wherever in the slot they stand.
    group = np.concatenate([[0], np.cumsum(np.diff(level) != 0.0)]).astype(np.int64)
    first = np.flatnonzero(np.diff(group, prepend=-1))
    of_token = np.full(size, -1, dtype=np.int64)
    of_token[order] = group
    start = np.concatenate([masses[first], [1.0]])
    levels = level[first]
    surplus, deficit = np.zeros(len(start)), np.zeros(len(start))
    if count > 1:
        for slot, (a, b, c) in enumerate(zip(start[:-1], start[1:], levels, strict=True)):
            more, less = _parts(a, b, c, count)
            surplus[slot + 1], deficit[slot + 1] = surplus[slot] + more, deficit[slot] + less
    return Slots(start, levels, of_token, surplus, deficit)


def _density(s: float, count: int) -> float:
    return float(count * np.float64(s) ** (count - 1))


def _parts(start: float, end: float, level: float, count: int) -> tuple[float, float]:
    """Return the integrals over [start, end] of (level - f)^+ and of (f - level)^+."""
    crossing = min(max((level / count) ** (1.0 / (count - 1)), start), end)
    more = level * (crossing - start) - (crossing**count - start**count)
    less = (end**count - crossing**count) - level * (end - crossing)
    return max(more, 0.0), max(less, 0.0)


def _invert(slots: Slots, mass: float, count: int, *, part: int) -> float:
    """Return the place where the surplus (part 0) or the deficit (part 1) has reached a mass."""
    total = slots.surplus if part == 0 else slots.deficit
    slot = min(int(np.searchsorted(total, mass, side="right")) - 1, len(slots.level) - 1)
    while slot > 0 and total[slot + 1] <= total[slot]:
        slot -= 1  # past the end of all mass: the last slot that has some
    start, end, level = slots.start[slot], slots.start[slot + 1], slots.level[slot]
    low, high = start, end
    for _ in range(200):
        middle = 0.5 * (low + high)
        if total[slot] + _parts(start, middle, level, count)[part] < mass:
            low = middle
        else:
            high = middle
    return float(0.5 * (low + high))
